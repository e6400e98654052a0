"""What the pages of loans show: the steps of a role with every reason against them, the timeline, the bank's figures."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from langqiao.engine.credit.limit import limit
from langqiao.engine.credit.loan_workflow import FOUR_EYES, LOAN, OWED, PERFORMING
from langqiao.engine.credit.staging import StageInput, stage
from langqiao.engine.operations.encumbrance import Reason
from langqiao.rules import parameters
from langqiao.web.credit import clock
from langqiao.web.credit.asking import securities
from langqiao.web.credit.attempt import Attempt, days_past_due
from langqiao.web.credit.enforcement import sales
from langqiao.web.credit.fields import fields_for
from langqiao.web.credit.judged import Policies
from langqiao.web.credit.models import Loan, LoanRequest, Pool
from langqiao.web.credit.proceeds import brought
from langqiao.web.credit.selectors import roles_of
from langqiao.web.credit.services import INTERNAL, reasons_against, valued_keys
from langqiao.web.credit.words import said
from langqiao.web.deals.fields import Field
from langqiao.web.deals.models import Deal
from langqiao.web.people.models import Membership, Organization

FORM_ONLY = frozenset({FOUR_EYES, "reason_missing", "recovery_evidence_missing", "appraisal_formalities_missing", "appraisal_too_old"})
"""Refusals that the form itself answers: they do not turn its button gray before it is filled in."""
CHANGES = frozenset(
    {
        "revalue", "supplement", "appraise_more", "contract_more", "register_more", "drop_more", "release_part", "take_proceeds", "free_proceeds", "classify",
        "link_sale", "compensate_part", "end_claim", "reset",
    }
)  # fmt: skip
"""Steps beside the road from application to release: told last, and no "next step"."""
NOT_NOW = frozenset({"addition_missing", "addition_open", "proceeds_missing", "sale_not_of_loan", "claim_begun", "claim_not_begun"})
"""Refusals that mean: there is nothing for this step to work on; its button is not shown."""
PRICED = frozenset({"loan_above_pledge_rate", "loan_above_bank_cap", "loan_term_too_long"})
"""Refusals of a proposal that depend on what is proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldShown:
    """A field of a form: what it is, what stands in it, and the choices with their words."""

    field: Field
    value: str = ""
    choices: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One step that the table lists for the member's role, with the reasons against it and the other person's request."""

    event: str
    key: str
    two: bool
    against: tuple[Reason, ...]
    fields: tuple[FieldShown, ...]
    request: LoanRequest | None = None
    mine: bool = False


def buttons_for(loan: Loan, membership: Membership) -> list[Button]:
    """Every step the member's organization may take now."""
    if not membership.may_edit:
        return []
    found = []
    for role in roles_of(loan, membership.organization):
        found += [_button(loan, step.event, role, membership) for step in LOAN.events_for(loan.state, role)]
    return sorted((one for one in found if not NOT_NOW & {reason.code for reason in one.against}), key=lambda one: one.event in CHANGES)


def _button(loan: Loan, event: str, role: str, membership: Membership) -> Button:
    step = LOAN.take(loan.state, event, role)
    request = loan.requests.filter(event=event, state="open", organization=membership.organization).select_related("requested_by").first()
    given = dict(request.fields) if request else {}
    attempt = Attempt(loan=loan, event=event, role=role, today=clock.today(), membership=membership, fields=given, request=request)
    skip = FORM_ONLY | (frozenset() if request else PRICED)
    against = tuple(reason for reason in reasons_against(attempt, step) if reason.code not in skip)
    keys = valued_keys(loan, event)
    fields = () if request else tuple(_shown(loan, one, event) for one in fields_for(event, keys))
    return Button(
        event=event, key=uuid.uuid4().hex, two=FOUR_EYES in step.unless, against=against, fields=fields, request=request,
        mine=request is not None and request.requested_by_id == membership.user_id,
    )  # fmt: skip


def _shown(loan: Loan, field: Field, event: str) -> FieldShown:
    start = {
        "principal_fen": f"{loan.asked_fen // 100}.{loan.asked_fen % 100:02d}", "term": str(loan.asked_months), "draw_days": "60",
        "base_date": clock.today().isoformat(),
    }  # fmt: skip
    return FieldShown(field=field, value=start.get(field.name, ""), choices=_choices(loan, field, event))


def _choices(loan: Loan, field: Field, event: str) -> list[tuple[str, str]]:
    if field.name == "appraiser":
        known = Organization.objects.filter(kind="appraiser", check_state="verified", merged_into=None).order_by("name")[:200]
        return [(str(one.pk), one.name) for one in known]
    if field.name == "pool":
        return [(str(one.pk), one.name) for one in Pool.objects.filter(confirmed_by__isnull=False).order_by("name")[:100]]
    if field.name == "quality":
        return [(code, said("quality", code)) for code in field.choices]
    if field.name == "rate_base":
        return [(code, said("base", code)) for code in field.choices if code]
    if field.name == "patent":
        return [(one.key, one.number) for one in loan.patents.all()]
    if field.name == "deal":
        return [(str(one.pk), f"{one.label or said('deal', one.kind)} {one.opened_at:%Y-%m-%d}") for one in _deals(loan, event)]
    if field.name == "paper":
        return [(str(one.pk), one.name) for one in loan.papers.filter(kind="appraisal")]
    return []


def _deals(loan: Loan, event: str) -> list[Deal]:
    return sales(loan) if event == "link_sale" else [one.deal for one in brought(loan)]


def next_of(loan: Loan) -> list[tuple[str, str]]:
    """What comes next and who does it: (event, role), the roads that go on before those that end."""
    steps = [
        step for step in LOAN.steps if step.source == loan.state and step.event not in {"withdraw", "decline", "pay", "draw"} | CHANGES
    ]
    if loan.state in PERFORMING:
        return [("pay", "borrower")]
    if loan.state == "registered":
        return [("draw", "bank")]
    return [(step.event, role) for step in steps for role in sorted(step.by)][:3]


def timeline(loan: Loan, *, internal: bool) -> list[dict[str, Any]]:
    """Steps and alarms together, the latest first; `internal`: with the steps that only the bank sees."""
    steps = [
        {"at": one.at, "on": one.on, "step": one}
        for one in loan.steps.select_related("by", "requested_by", "organization")
        if internal or one.event not in INTERNAL
    ]
    alarms = [{"at": one.at, "on": one.on, "alarm": one} for one in loan.alarms.all()]
    return sorted([*steps, *alarms], key=lambda row: row["at"], reverse=True)


def stage_of(loan: Loan, policies: Policies) -> Any:
    """The loan's stage of impairment and its expected loss; None where nothing is owed."""
    if loan.state not in OWED or not loan.balance_fen:
        return None
    policy = policies.of(loan.policy)
    return stage(
        StageInput(
            days_past_due=days_past_due(loan, clock.today()), pd_12_months=policy.pd_12_months, pd_lifetime=policy.pd_lifetime,
            pd_at_origination=policy.pd_lifetime, lgd=policy.lgd, exposure=loan.balance_fen,
            collateral_alive=any(patent.alive for patent in loan.patents.all()), watch_list=loan.level != "fine",
            defaulted=loan.defaulted_on is not None,
        ),
        parameters(),
    )  # fmt: skip


def ltv_of(loan: Loan) -> float | None:
    """Balance over the living value as last judged."""
    return float(Fraction(loan.balance_fen, loan.value_fen)) if loan.value_fen else None


def desk(loans: Sequence[Loan]) -> dict[str, Any]:
    """The bank's portfolio: rows with loan to value and stage, and sums by stage."""
    policies, rows = Policies(), []
    stages = {number: {"stage": number, "count": 0, "balance_fen": 0, "loss_fen": 0} for number in (1, 2, 3)}
    for loan in loans:
        found = stage_of(loan, policies)
        rows.append({"loan": loan, "ltv": ltv_of(loan), "stage": found})
        if found is not None:
            line = stages[found.stage]
            line["count"] += 1
            line["balance_fen"] += loan.balance_fen
            line["loss_fen"] += found.expected_loss
    return {
        "rows": rows, "stages": list(stages.values()), "outstanding_fen": sum(line["balance_fen"] for line in stages.values()),
        "loss_fen": sum(line["loss_fen"] for line in stages.values()), "alarms": [row for row in rows if row["loan"].level != "fine" and row["stage"]],
    }  # fmt: skip


def limit_shown(loan: Loan, answered: Sequence[Any], policy: Any) -> Any:
    """The limit of the page, or None before the patents have values."""
    if all(patent.value_fen is None for patent in loan.patents.all()):
        return None
    return limit(securities(list(answered)), policy, clock.today())
