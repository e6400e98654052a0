"""What a fund is worth on a day: a fair value of each holding with method, inputs and reason, approved by another; the net asset value that follows."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.dates import add_months
from langqiao.engine.kernel.money import Fen
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.web.appraisals.models import RecordedOpinion
from langqiao.web.audit.services import record_append
from langqiao.web.common.steps import digest_of
from langqiao.web.funds.access import fund_locked, project_get
from langqiao.web.funds.books import books_of, partner_accounts
from langqiao.web.funds.distributing import entitled_carry, liquidated
from langqiao.web.funds.fees import fees_of
from langqiao.web.funds.models import METHODS, Fund, Mark, Project, Valuation
from langqiao.web.funds.terms import decide_must, terms_on
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A fair value as somebody asks for it. `calibration_fen`: what the method gives at the price last paid, less that price. `key`: the client's."""

    project: uuid.UUID
    on: dt.date
    fair_fen: Fen
    method: str
    inputs: str
    key: str
    calibration_fen: Fen | None = None
    reason: str = ""


@transaction.atomic
def mark_ask(*, fund_id: uuid.UUID, membership: Membership, by: User, given: Marked) -> Mark:
    """Asks for a fair value. The newest opinion of value of the project's patents is tied to it; a method that rests on it needs one.

    Refused: not_allowed, not_found, step_not_possible, reason_missing (no inputs), mark_reason_missing, opinion_missing, idempotency_key_reused.
    """
    must_edit(membership)
    fund = fund_locked(fund_id, membership)
    digest = digest_of(*(getattr(given, name) for name in Marked.__dataclass_fields__), by)
    before = fund.marks.filter(key=given.key).first()
    if before is not None:
        if before.payload_sha256 != digest:
            raise Refusal("idempotency_key_reused", _("This form was sent before with other content. Open the page again."))
        return before
    project = project_get(given.project, membership)
    cost = -books_of(fund, given.on).by_ref("investment").get(str(project.pk), 0)
    _mark_must(fund, project, given, cost)
    opinion = opinion_of(project, given.on)
    if given.method == "patent_opinion" and opinion is None:
        raise Refusal("opinion_missing", _("No opinion of value of its patents is recorded."))
    made = Mark.objects.create(
        fund=fund,
        project=project,
        on=given.on,
        fair_fen=given.fair_fen,
        cost_fen=cost,
        method=given.method,
        inputs=given.inputs.strip()[:1000],
        calibration_fen=given.calibration_fen,
        reason=given.reason.strip()[:500],
        opinion=opinion,
        opinion_sha256=opinion.sha256 if opinion else "",
        by=by,
        key=given.key,
        payload_sha256=digest,
    )
    payload = {"mark": str(made.pk), "project": str(project.pk), "fair_fen": made.fair_fen, "method": made.method}
    record_append(actor=by, action="fund.mark_asked", subject=fund.owner, payload=payload)
    return made


def _mark_must(fund: Fund, project: Project, given: Marked, cost: Fen) -> None:
    wrong = project.fund_id != fund.pk or given.method not in METHODS or given.fair_fen < 0
    taken = project.marks.filter(on__gte=given.on, state__in=("asked", "approved")).exists()
    if wrong or taken or not (fund.closed_on and fund.closed_on <= given.on <= timezone.localdate()):
        message = _("A holding is marked once a day, after its last mark and not in the future.")
        raise Refusal("step_not_possible", message, facts={"event": "mark", "state": "marked" if taken else "open"})
    if not given.inputs.strip():
        raise Refusal("reason_missing", _("Name the inputs of the method."))
    last = project.marks.filter(state="approved").order_by("-on").first()
    method, value = (last.method, last.fair_fen) if last else (given.method, cost)
    if (given.method != method or given.fair_fen != value) and not given.reason.strip():
        raise Refusal("mark_reason_missing", _("Say why the value or the method changed."))


def opinion_of(project: Project, on: dt.date) -> RecordedOpinion | None:
    """The newest opinion of value of a patent of the project that the manager recorded within the months of the rules before a day."""
    months = int(parameters().value("fund.opinion_months", timezone.localdate()))
    keys = list(project.patents.values_list("key", flat=True))
    found = RecordedOpinion.objects.filter(organization=project.fund.organization, key__in=keys, as_of__lte=on, p50_fen__isnull=False)
    return found.filter(as_of__gte=add_months(on, -months)).order_by("-as_of", "-recorded_at").first()


@transaction.atomic
def mark_decide(*, mark_id: uuid.UUID, membership: Membership, by: User, approve: bool) -> Mark:
    """Another person approves or refuses a fair value; it stands as it is then. Refused: not_found, not_allowed, four_eyes_missing, step_not_possible."""
    found = Mark.objects.filter(pk=mark_id, fund__organization=membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There is no such mark."))
    fund = fund_locked(found.fund_id, membership)
    found = Mark.objects.select_for_update().get(pk=mark_id)
    decide_must(found, membership, by)
    _decided(found, by, approve=approve)
    payload = {"mark": str(found.pk), "fair_fen": found.fair_fen, "approved": approve}
    record_append(actor=by, action="fund.mark_decided", subject=fund.owner, payload=payload)
    return found


def _decided(row: Mark | Valuation, by: User, *, approve: bool) -> None:
    row.state, row.decided_by, row.decided_at = "approved" if approve else "refused", by, timezone.now()
    row.save()


SUMS = {
    "called": ("fund.call", "fund.equalization", "fund.cancel", "fund.forfeiture"),
    "distributed": ("fund.distribution", "fund.clawback"),
}


def valuation_body(fund: Fund, on: dt.date) -> dict[str, Any]:
    """Every line of the net asset value of a day, in fen. Refused (mark_missing) where a holding has no approved fair value of that day.

    NAV = Σ fair values + cash + calls receivable − liabilities (kept back for partners, escrow) − accrued fee − accrued carry; the carry is that of
    a sale of everything on that day at these values (IPEV December 2022 §4; knowledge/capital.md §1.1).
    """
    books, agreement = books_of(fund, on), terms_on(fund, on).agreement
    holdings = _holdings(fund, on, {ref: -amount for ref, amount in books.by_ref("investment").items()})
    fees = fees_of(fund, on, books=books)
    unposted = max(0, fees.due_fen)
    sums = {
        "fair_fen": sum(line["fair_fen"] for line in holdings),
        "cost_fen": -books.total("investment"),
        "cash_fen": -books.total("fund_cash"),
        "receivables_fen": -books.total("calls_receivable"),
        "liabilities_fen": books.total("distribution_payable") + books.total("carry_escrow") + books.total("equalization_interest"),
        "accrued_fee_fen": books.total("fee_payable") + unposted,
        "income_fen": books.total("fund_income"),
        "fees_fen": -books.total("management_fee") + unposted,
        "expenses_fen": -books.total("fund_expense"),
        "carry_received_fen": -books.total("accrued_carry"),
    }
    capital = {name: _capital(books.credits, codes) - _capital(books.debits, codes) for name, codes in SUMS.items()}
    sums |= {"called_fen": capital["called"], "distributed_fen": -capital["distributed"]}
    plus = sums["fair_fen"] + sums["cash_fen"] + sums["receivables_fen"]
    net = plus - sums["liabilities_fen"] - sums["accrued_fee_fen"]
    entitled = entitled_carry(fund, agreement, on=on, worth=net)
    accrued = max(0, entitled - sums["carry_received_fen"])
    accounts = partner_accounts(fund, on, books=books)
    shares = liquidated(fund, agreement, accounts, on=on, worth=net - accrued)
    return {
        "on": on.isoformat(),
        "holdings": holdings,
        **sums,
        "net_fen": net,
        "accrued_carry_fen": accrued,
        "possible_clawback_fen": max(0, sums["carry_received_fen"] - entitled),
        "partners_fen": net - accrued,
        "by_partner": shares,
        "terms_version": terms_on(fund, on).number,
    }


def _capital(sums: Any, codes: Sequence[str]) -> Fen:
    return sum(amount for (purpose, _ref, code), amount in sums.items() if purpose == "partner_capital" and code in codes)


def _holdings(fund: Fund, on: dt.date, costs: dict[str, Fen]) -> list[dict[str, Any]]:
    marks = {str(mark.project_id): mark for mark in fund.marks.filter(on=on, state="approved").select_related("project")}
    names = dict(fund.projects.values_list("pk", "title"))
    missing = [names[uuid.UUID(ref)] for ref, cost in costs.items() if cost and ref not in marks]
    if missing:
        text = "、".join(missing[:5])
        raise Refusal("mark_missing", _("Holdings without a fair value of that day: %(names)s") % {"names": text}, facts={"missing": text})
    return [
        {
            "project": ref,
            "name": mark.project.title,
            "cost_fen": costs.get(ref, 0),
            "fair_fen": mark.fair_fen,
            "method": mark.method,
            "opinion_sha256": mark.opinion_sha256,
            "mark": str(mark.pk),
        }
        for ref, mark in sorted(marks.items(), key=lambda pair: pair[1].project.created_at)
    ]


@transaction.atomic
def valuation_ask(*, fund_id: uuid.UUID, membership: Membership, by: User, on: dt.date) -> Valuation:
    """Computes the net asset value of a day and asks for its approval.

    Refused: not_allowed, step_not_possible (a day before the last valuation or movement, or in the future), mark_missing.
    """
    must_edit(membership)
    fund = fund_locked(fund_id, membership)
    later = fund.valuations.filter(on__gte=on, state__in=("asked", "approved")).exists()
    if later or fund.closed_on is None or not fund.closed_on < on <= timezone.localdate():
        message = _("Valuations follow each other by their days, the last one not in the future.")
        raise Refusal("step_not_possible", message, facts={"event": "valuation", "state": "valued" if later else "open"})
    body = valuation_body(fund, on)
    made = Valuation.objects.create(
        fund=fund, on=on, body=body, sha256=digest_of(body), net_fen=body["net_fen"], partners_fen=body["partners_fen"], by=by
    )
    payload = {"on": on.isoformat(), "partners_fen": made.partners_fen, "valuation": made.sha256}
    record_append(actor=by, action="fund.valuation_asked", subject=fund.owner, payload=payload)
    return made


@transaction.atomic
def valuation_decide(*, valuation_id: uuid.UUID, membership: Membership, by: User, approve: bool) -> Valuation:
    """Another person approves, after the value is computed anew; movements of earlier days are closed then.

    Refused: not_found, not_allowed, four_eyes_missing, step_not_possible, order_outdated (the books give another value by now).
    """
    found = Valuation.objects.filter(pk=valuation_id, fund__organization=membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There is no such valuation."))
    fund = fund_locked(found.fund_id, membership)
    found = Valuation.objects.select_for_update().get(pk=valuation_id)
    decide_must(found, membership, by)
    if approve and digest_of(valuation_body(fund, found.on)) != found.sha256:
        raise Refusal("order_outdated", _("The books give another amount by now; ask again."))
    _decided(found, by, approve=approve)
    payload = {"on": found.on.isoformat(), "valuation": found.sha256, "approved": approve}
    record_append(actor=by, action="fund.valuation_decided", subject=fund.owner, payload=payload)
    return found


STEPS = ("called", "distributed", "realized", "unrealized", "fees", "expenses", "carry")


def bridge(before: dict[str, Any] | None, after: dict[str, Any]) -> list[tuple[str, Fen]]:
    """From the partners' value of one valuation to the next: the changes, which sum to the difference to the fen."""

    def change(name: str) -> Fen:
        return int(after[name]) - (int(before[name]) if before else 0)

    steps = {
        "called": change("called_fen"),
        "distributed": -change("distributed_fen"),
        "realized": change("income_fen"),
        "unrealized": change("fair_fen") - change("cost_fen"),
        "fees": -change("fees_fen"),
        "expenses": -change("expenses_fen"),
        "carry": -change("carry_received_fen") - change("accrued_carry_fen"),
    }
    return [(name, steps[name]) for name in STEPS]
