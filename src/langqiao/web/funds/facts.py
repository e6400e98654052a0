"""What no ledger knows and somebody enters with its source: newcomers, facts of the mandate, fees to offset, index series; each checked by another."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.web.audit.services import record_append
from langqiao.web.funds.access import fund_locked
from langqiao.web.funds.models import FACT_KINDS, FundFact, IndexSeries, Newcomer, Project
from langqiao.web.funds.services import sha_must
from langqiao.web.funds.terms import decide_must
from langqiao.web.people.models import Membership, Organization, User
from langqiao.web.people.session import must_edit

MAX_LEVELS = 20_000


@transaction.atomic
def newcomer_enter(
    *, fund_id: uuid.UUID, membership: Membership, by: User, name: str, commitment_fen: int, facts: Mapping[str, str]
) -> Newcomer:
    """Who wants to enter after the first close, with the same papers as a partner.

    Refused: not_allowed, step_not_possible (the fund has not closed), name_taken, partner_count_out_of_range, evidence_missing.
    """
    must_edit(membership)
    fund = fund_locked(fund_id, membership)
    if fund.closed_on is None:
        message = _("Before the first close partners are entered as such.")
        raise Refusal("step_not_possible", message, facts={"event": "newcomer", "state": "forming"})
    if fund.partners.filter(name=name).exists() or fund.newcomers.filter(name=name).exists():
        raise Refusal("name_taken", _("This partner is entered already."), facts={"name": name})
    most = parameters().value("fund.partners", timezone.localdate())["most"]
    if fund.partners.count() + fund.newcomers.filter(partner=None).count() >= most:
        raise Refusal("partner_count_out_of_range", _("A limited partnership has at most %(most)d partners.") % {"most": most})
    papers = {key: sha_must(facts[key]) for key in ("identity_sha256", "disclosure_sha256")}
    made = Newcomer.objects.create(
        fund=fund,
        by=by,
        name=name,
        organization=Organization.objects.filter(name=name, merged_into=None).first(),
        commitment_fen=commitment_fen,
        basis=facts["basis"],
        funds_source=facts["funds_source"],
        disclosed_at=timezone.now(),
        **papers,
    )
    payload = {"newcomer": str(made.pk), "commitment_fen": commitment_fen, **papers}
    record_append(actor=by, action="fund.newcomer_entered", subject=fund.owner, payload=payload)
    return made


@transaction.atomic
def newcomer_check(*, newcomer_id: uuid.UUID, membership: Membership, by: User) -> Newcomer:
    """The check by a second person. Refused: not_found, not_allowed, four_eyes_missing, investor_not_qualified."""
    found = Newcomer.objects.filter(pk=newcomer_id, fund__organization=membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There is no such partner."))
    fund = fund_locked(found.fund_id, membership)
    if not membership.may_approve:
        raise Refusal("not_allowed", _("An approver or administrator checks partners."))
    if found.by_id == by.pk:
        raise Refusal("four_eyes_missing", _("Who entered a partner does not check it."))
    if not found.basis or not found.funds_source:
        raise Refusal("investor_not_qualified", _("The basis of the qualification or the source of the money is not stated."))
    if found.checked_at is None:
        found.checked_by, found.checked_at = by, timezone.now()
        found.save(update_fields=["checked_by", "checked_at"])
        record_append(actor=by, action="fund.newcomer_checked", subject=fund.owner, payload={"newcomer": str(found.pk)})
    return found


@transaction.atomic
def fact_enter(*, fund_id: uuid.UUID, membership: Membership, by: User, fact: Mapping[str, object]) -> FundFact:
    """A fact with its source and paper. `fact`: kind, on, amount (fen, or jobs), source, evidence_sha256, project (or None).

    Refused: not_allowed, step_not_possible, reason_missing (no source), evidence_missing.
    """
    must_edit(membership)
    fund = fund_locked(fund_id, membership)
    kind, on, amount = str(fact["kind"]), fact["on"], fact["amount"]
    source = str(fact["source"]).strip()
    if kind not in FACT_KINDS or not isinstance(on, dt.date) or on > timezone.localdate() or not isinstance(amount, int) or amount <= 0:
        message = _("A fact has a kind, a day that has come and an amount above zero.")
        raise Refusal("step_not_possible", message, facts={"event": "fact", "state": "open"})
    if not source:
        raise Refusal("reason_missing", _("Name the source of the fact."))
    project = Project.objects.filter(pk=fact["project"], fund=fund).first() if fact.get("project") else None  # type: ignore[misc]
    made = FundFact.objects.create(
        fund=fund,
        project=project,
        kind=kind,
        on=on,
        amount=amount,
        source=source[:500],
        evidence_sha256=sha_must(str(fact["evidence_sha256"])),
        by=by,
    )
    payload = {"fact": str(made.pk), "kind": kind, "amount": amount, "evidence_sha256": made.evidence_sha256}
    record_append(actor=by, action="fund.fact_entered", subject=fund.owner, payload=payload)
    return made


@transaction.atomic
def fact_decide(*, fact_id: uuid.UUID, membership: Membership, by: User, approve: bool) -> FundFact:
    """Another person confirms a fact, which counts from then on. Refused: not_found, not_allowed, four_eyes_missing, step_not_possible."""
    found = FundFact.objects.filter(pk=fact_id, fund__organization=membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There is no such fact."))
    fund = fund_locked(found.fund_id, membership)
    found = FundFact.objects.select_for_update().get(pk=fact_id)
    decide_must(found, membership, by)
    found.state, found.decided_by, found.decided_at = "approved" if approve else "refused", by, timezone.now()
    found.save()
    payload = {"fact": str(found.pk), "approved": approve}
    record_append(actor=by, action="fund.fact_decided", subject=fund.owner, payload=payload)
    return found


def levels_of(content: bytes) -> list[tuple[str, float]]:
    """Day and level of each line of a file "2020-01-31,1234.5"; a first line of words is a head. Refused (series_unreadable) at the first other line."""
    found: list[tuple[str, float]] = []
    lines = content.decode("utf-8-sig", errors="replace").splitlines()
    for number, line in enumerate(lines[: MAX_LEVELS + 2], 1):
        if not line.strip():
            continue
        try:
            day, level = (part.strip() for part in line.replace("，", ",").split(",", 1))
            value = (dt.date.fromisoformat(day).isoformat(), float(level))
        except ValueError as unread:
            if number == 1:
                continue
            raise _unreadable(number) from unread
        if not 0 < value[1] < float("inf") or (found and value[0] <= found[-1][0]) or len(found) >= MAX_LEVELS:
            raise _unreadable(number)
        found.append(value)
    if not found:
        raise _unreadable(1)
    return found


def _unreadable(line: int) -> Refusal:
    return Refusal("series_unreadable", _("Line %(n)d of the series cannot be read.") % {"n": line}, facts={"line": line})


@transaction.atomic
def series_add(*, fund_id: uuid.UUID, membership: Membership, by: User, name: str, source: str, content: bytes) -> IndexSeries:
    """An index as somebody gives it, with its source. The same file again is the same series. Refused: not_allowed, reason_missing, series_unreadable."""
    must_edit(membership)
    fund = fund_locked(fund_id, membership)
    if not name.strip() or not source.strip():
        raise Refusal("reason_missing", _("Name the index and where its levels come from."))
    sha256 = hashlib.sha256(content).hexdigest()
    before = fund.series.filter(sha256=sha256).first()
    if before is not None:
        return before
    levels = levels_of(content)
    made = IndexSeries.objects.create(fund=fund, name=name.strip()[:200], source=source.strip()[:500], levels=levels, sha256=sha256, by=by)
    record_append(actor=by, action="fund.series_added", subject=fund.owner, payload={"series": sha256, "levels": len(levels)})
    return made
