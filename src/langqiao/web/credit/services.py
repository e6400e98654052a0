"""Writes of loans: one transaction that locks, asks the table and its gates, changes rows and books, and writes the record; or nothing."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.credit.limit import METHODS
from langqiao.engine.credit.loan_workflow import FOUR_EYES, LOAN
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.kernel.workflow import Step
from langqiao.engine.operations.encumbrance import Reason
from langqiao.web.audit.services import record_append
from langqiao.web.common.steps import request_turned_down
from langqiao.web.credit import clock
from langqiao.web.credit.attempt import Attempt
from langqiao.web.credit.books import Posting
from langqiao.web.credit.cluster import cluster_of
from langqiao.web.credit.effects import EFFECTS
from langqiao.web.credit.fields import VALUING, fields_for
from langqiao.web.credit.gates import refused
from langqiao.web.credit.models import Loan, LoanAppraisal, LoanPaper, LoanPatent, LoanRequest, LoanStep, Pool
from langqiao.web.credit.selectors import loan_get, roles_of
from langqiao.web.deals.fields import parsed
from langqiao.web.deals.terms import digest, invalid
from langqiao.web.market.patents import patents_named
from langqiao.web.people.models import CheckState, Membership, Organization, OrganizationKind
from langqiao.web.people.session import must_edit
from langqiao.web.rights.models import Holding
from langqiao.web.rights.services import holding_open

INTERNAL = frozenset({"classify"})
"""Steps that only the bank sees."""
PATENTS_MAX = 100
MONTHS_MAX = 600
NEEDED: Mapping[str, tuple[str, ...]] = {
    "new": ("bank", "patents", "amount_fen", "months", "purpose"),
    "appraise": ("appraisers", "base_date", "paper"),
    "approve": ("principal_fen", "rate_annual", "term", "method"),
    "pay": ("amount_fen",),
    "revalue": ("appraisers", "base_date", "paper"),
    "appraise_more": ("appraisers", "base_date", "paper"),
    "supplement": ("patents",),
    "release_part": ("patent", "notice"),
    "take_proceeds": ("deal",),
    "free_proceeds": ("deal",),
    "link_sale": ("deal",),
    "classify": ("quality",),
    "compensate_part": ("amount_fen",),
    "enforce": ("enforced_by",),
}


@transaction.atomic
def loan_open(*, membership: Membership, fields: Mapping[str, Any]) -> Loan:
    """A draft of an application. Refused: not_allowed, terms_invalid (fault of each field), party_missing."""
    must_edit(membership)
    given = _given("new", fields)
    bank = Organization.objects.filter(pk=_number(given["bank"]), kind=OrganizationKind.BANK, check_state=CheckState.VERIFIED).first()
    if bank is None or bank.pk == membership.organization_id:
        raise Refusal("party_missing", _("Choose a bank that the platform has verified."), facts={})
    named, unknown = patents_named(str(given["patents"]), membership.organization)
    if unknown or not 1 <= len(named) <= PATENTS_MAX:
        told = "; ".join(unknown[:5]) or str(len(named))
        raise invalid({"patents": _("1 to %(n)d numbers of patents of the lake, a line each: %(told)s") % {"n": PATENTS_MAX, "told": told}})
    loan = Loan.objects.create(
        borrower=membership.organization, bank=bank, by=membership.user, purpose=str(given["purpose"])[:5000], asked_fen=given["amount_fen"],
        asked_months=given["months"], is_scenario=membership.organization.is_demo,
    )  # fmt: skip
    for one in named:
        words = {"number": one.number, "title_zh": one.title_zh, "title_en": one.title_en, "cluster": cluster_of(one.key, loan.borrower)}
        LoanPatent.objects.get_or_create(loan=loan, key=holding_open(one.key).key, defaults=words)
    record_append(actor=membership.user, action="loan.draft", subject=f"loan/{loan.pk}", payload={"patents": [one.key for one in named]})
    return loan


def _number(text: Any) -> int:
    plain = str(text)
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else 0


def _given(event: str, fields: Mapping[str, Any], keys: tuple[str, ...] = ()) -> dict[str, Any]:
    """The parsed fields with those that must not be missing. Refused: terms_invalid."""
    given = parsed(fields_for(event, keys), fields)
    needed = (*NEEDED.get(event, ()), *(f"value.{key}" for key in keys))
    faults = {name: _("needed") for name in needed if given.get(name) in (None, "")}
    for name in given:
        bad = (name.endswith("_fen") or name.startswith("value.")) and given[name] <= 0 and name != "cost_fen"
        months = name in {"months", "term"} and not 0 < given[name] <= MONTHS_MAX
        resets = name == "reset_months" and not 0 <= given[name] <= MONTHS_MAX
        if bad or months or resets or (name in {"draw_days", "cost_fen"} and not 0 <= given[name] <= 10**15):
            faults[name] = _("not in range")
    if int(given.get("draw_days") or 0) > 365:
        faults["draw_days"] = _("not in range")
    if faults:
        raise invalid(faults)
    return given


def locked(loan_id: uuid.UUID, membership: Membership | None) -> Loan:
    """The loan, its pool and the records of its rights under locks, always in this order."""
    if membership is None:
        loan = Loan.objects.select_for_update(of=("self",)).select_related("borrower", "bank", "appraiser", "pool", "deal").get(pk=loan_id)
    else:
        loan = loan_get(loan_id, membership, lock=True)
    if loan.pool_id:
        Pool.objects.select_for_update().get(pk=loan.pool_id)
    keys = [patent.key for patent in loan.patents.all()]
    list(Holding.objects.select_for_update().filter(key__in=keys).order_by("key").values_list("pk", flat=True))
    return loan


def role_for(loan: Loan, event: str, membership: Membership | None) -> str:
    """The role in which the event is tried: one that the table allows, else the first. Refused: not_found for a stranger."""
    if membership is None:
        return "system"
    must_edit(membership)
    roles = roles_of(loan, membership.organization)
    step = LOAN.step(loan.state, event)
    return next((role for role in roles if step and role in step.by), roles[0])


def loan_advance(
    loan_id: uuid.UUID, event: str, *, membership: Membership | None, key: str, fields: Mapping[str, Any] | None = None
) -> LoanStep:
    """Takes a step of a loan, or refuses it with nothing changed. `membership` None: the clock, in the role `system`.

    `key` is the caller's idempotency key: the same key with the same content answers with the step taken then. A step of two people
    takes the fields of the other's request. Refused: not_found, not_allowed, approver_needed, step_not_possible, terms_invalid,
    idempotency_key_missing, idempotency_key_reused, and every code of the table; all that hold stand in facts["also"].
    """
    if not key or len(key) > 100:
        raise Refusal("idempotency_key_missing", _("A step needs a key of 1 to 100 characters that names this attempt."))
    with transaction.atomic():
        loan = locked(loan_id, membership)
        print_ = digest([str(loan_id), event, membership.pk if membership else None, dict(fields or {})])
        known = LoanStep.objects.filter(key=key).first()
        if known is not None:
            if known.fingerprint != print_:
                raise Refusal("idempotency_key_reused", _("The key names another step that was taken before."), facts={"key": key})
            return known
        attempt, step = _attempt(loan, event, membership, fields or {})
        against = reasons_against(attempt, step)
        if against:
            _refuse(against)
        return _written(attempt, step, key=key, fingerprint=print_)


def _attempt(loan: Loan, event: str, membership: Membership | None, fields: Mapping[str, Any]) -> tuple[Attempt, Step]:
    role = role_for(loan, event, membership)
    step = LOAN.take(loan.state, event, role)
    two = FOUR_EYES in step.unless
    if two and membership is not None and not membership.may_approve:
        raise Refusal("approver_needed", _("An approver of the organization takes this step."), facts={"role": membership.role})
    request = _request(loan, event, membership) if two and membership else None
    keys = valued_keys(loan, event)
    given = dict(request.fields) if request else ({} if two else _given(event, fields, keys))
    attempt = Attempt(loan=loan, event=event, role=role, today=clock.today(), membership=membership, fields=given, request=request)
    _prepared(attempt)
    return attempt, step


def valued_keys(loan: Loan, event: str) -> tuple[str, ...]:
    """The rights that a step of the appraiser values: the loan's own, or those offered beside them."""
    if event == "appraise_more":
        return tuple(one.key for one in loan.additions.filter(state__in=("offered", "appraised")))
    return tuple(patent.key for patent in loan.patents.all()) if event in {"appraise", "revalue"} else ()


def _request(loan: Loan, event: str, membership: Membership) -> LoanRequest | None:
    open_ = LoanRequest.objects.select_for_update().filter(loan=loan, event=event, state="open", organization=membership.organization)
    return open_.first()


def _prepared(attempt: Attempt) -> None:
    """What a gate needs before it can be asked: the new appraisal, the pool that a proposal names."""
    if attempt.event in VALUING and attempt.fields:
        attempt.appraisal = _appraisal(attempt)
    if attempt.event == "approve" and attempt.fields.get("pool"):
        attempt.loan.pool = _pool(str(attempt.fields["pool"]))


def _pool(text: str) -> Pool:
    try:
        return Pool.objects.select_for_update().prefetch_related("members").get(pk=uuid.UUID(text), confirmed_by__isnull=False)
    except (ValueError, Pool.DoesNotExist) as error:
        raise invalid({"pool": _("There is no such pool.")}) from error


def _appraisal(attempt: Attempt) -> LoanAppraisal:
    given, loan, membership = attempt.fields, attempt.loan, attempt.membership
    assert membership is not None
    paper = LoanPaper.objects.filter(pk=given["paper"], loan=loan, organization=membership.organization, kind="appraisal").first()
    if paper is None:
        raise invalid({"paper": _("Attach the report first.")})
    return LoanAppraisal(
        loan=loan, organization=membership.organization, by=membership.user, paper=paper,
        appraisers=[name.strip() for name in str(given["appraisers"]).splitlines() if name.strip()],
        methods=sorted(name for name in METHODS if given.get(f"method_{name}")), one_method_reason=str(given.get("one_method_reason", "")),
        base_date=dt.date.fromisoformat(given["base_date"]), signed_and_sealed=bool(given.get("signed_and_sealed")),
        values_fen={key: given[f"value.{key}"] for key in valued_keys(loan, attempt.event)},
    )  # fmt: skip


def reasons_against(attempt: Attempt, step: Step) -> tuple[Reason, ...]:
    """Every refusal of the step that holds, in the table's order."""
    found = [(code, refused(attempt, code)) for code in step.unless]
    return tuple(Reason(code=code, article="", facts=facts) for code, facts in found if facts is not None)


def _refuse(against: tuple[Reason, ...]) -> None:
    first, *others = against
    raise Refusal(first.code, first.code.replace("_", " "), facts={**first.facts, "also": tuple(reason.code for reason in others)})


def _written(attempt: Attempt, step: Step, *, key: str, fingerprint: str) -> LoanStep:
    loan, request = attempt.loan, attempt.request
    loan.version += 1
    posting = Posting(loan=loan, event=attempt.event, number=loan.version, today=attempt.today)
    done = dict(EFFECTS[attempt.event](attempt, posting))
    moved = posting.post(attempt.user)
    if loan.drawn_on:  # the line of loan to value over time is read from the steps
        done |= {"balance_after_fen": loan.balance_fen, "collateral_fen": loan.value_fen or 0}
    loan.state = step.target
    loan.save()
    if request is not None:
        request.state, request.decided_by, request.decided_at = "taken", attempt.user, timezone.now()
        request.save(update_fields=["state", "decided_by", "decided_at"])
    _lapse(loan)
    payload = {
        "loan": str(loan.pk), "from": step.source, "to": step.target, "role": attempt.role, "number": loan.version, "on": attempt.today.isoformat(), "facts": done,
        "money": moved, "group": posting.group if moved else "", "requested_by": request.requested_by_id if request else None,
    }  # fmt: skip
    record = record_append(
        actor=attempt.user or "duty/loans", action=f"loan.{attempt.event}", subject=_subject(loan, attempt.event), payload=_plain(payload)
    )
    return LoanStep.objects.create(
        loan=loan, number=loan.version, event=attempt.event, source=step.source, target=step.target, role=attempt.role, by=attempt.user,
        requested_by=request.requested_by if request else None, organization=attempt.membership.organization if attempt.membership else None,
        on=attempt.today, facts=_plain(done), audit_seq=record.seq, key=key, fingerprint=fingerprint,
    )  # fmt: skip


def _subject(loan: Loan, event: str) -> str:
    """What a bank thinks of a loan's quality concerns the bank alone; every other step all who take part."""
    return f"organization/{loan.bank_id}" if event in INTERNAL else f"loan/{loan.pk}"


def _lapse(loan: Loan) -> None:
    """Requests for steps that the new state does not know end with it."""
    possible = [step.event for step in LOAN.steps if step.source == loan.state]
    LoanRequest.objects.filter(loan=loan, state="open").exclude(event__in=possible).update(state="lapsed", decided_at=timezone.now())


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, int | str | bool | None) else str(value)


@transaction.atomic
def loan_request(loan_id: uuid.UUID, event: str, *, membership: Membership, fields: Mapping[str, Any] | None = None) -> LoanRequest:
    """Asks for a step that another approver of the same organization then takes. Refused with everything that refuses the step itself."""
    loan = locked(loan_id, membership)
    role = role_for(loan, event, membership)
    step = LOAN.take(loan.state, event, role)
    if FOUR_EYES not in step.unless:
        raise Refusal("request_not_needed", _("This step needs no second person; take it."), facts={"event": event})
    if LoanRequest.objects.filter(loan=loan, event=event, state="open", organization=membership.organization).exists():
        raise Refusal("request_open", _("The step has been asked for and waits for another person."), facts={"event": event})
    given = _given(event, fields or {})
    attempt = Attempt(loan=loan, event=event, role=role, today=clock.today(), membership=membership, fields=given)
    _prepared(attempt)
    against = tuple(reason for reason in reasons_against(attempt, step) if reason.code != FOUR_EYES)
    if against:
        _refuse(against)
    request = LoanRequest.objects.create(
        loan=loan, event=event, organization=membership.organization, fields=given, requested_by=membership.user
    )
    record_append(
        actor=membership.user, action="loan.request", subject=_subject(loan, event), payload=_plain({"event": event, "fields": given})
    )
    return request


@transaction.atomic
def loan_request_decline(request_id: int, *, membership: Membership) -> LoanRequest:
    """Takes a request back or turns it down. Refused: not_found, request_decided."""
    request = request_turned_down(LoanRequest, request_id, membership)
    record_append(
        actor=membership.user,
        action="loan.request_declined",
        subject=_subject(request.loan, request.event),
        payload={"event": request.event},
    )
    return request
