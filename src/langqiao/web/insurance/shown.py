"""What the pages of insurance show: steps of a role with every reason against them, the way of a premium, the desk of an insurer."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from langqiao.engine.insurance.cover import KINDS
from langqiao.engine.insurance.workflow import COVER, FOUR_EYES
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.encumbrance import Reason
from langqiao.rules import parameters
from langqiao.web.common.numbers import money_exact, significant
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.deals.fields import Field
from langqiao.web.insurance import clock, selectors
from langqiao.web.insurance.attempt import Attempt, evidence_missing, refused, way_of
from langqiao.web.insurance.fields import GROUNDS, fields_for
from langqiao.web.insurance.models import Claim, Policy, Request
from langqiao.web.insurance.services import reasons_against, request_open
from langqiao.web.insurance.words import FIELD, FIGURE, NOTE, said
from langqiao.web.people.models import CheckState, Membership, Organization, OrganizationKind

FORM_ONLY = frozenset({FOUR_EYES, "reason_missing", "recovery_evidence_missing", "recovery_above_payment", "decider_repeats"})
"""Refusals that the form or the second person answers: they do not turn a button gray before."""
PAYERS = (OrganizationKind.OFFICE, OrganizationKind.CENTER, OrganizationKind.PLATFORM, OrganizationKind.FUND)


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
    request: Request | None = None
    asked: Sequence[tuple[str, str]] = ()
    mine: bool = False


def buttons_for(policy: Policy, claim: Claim | None, membership: Membership) -> list[Button]:
    """Every step the member's organization may take now."""
    if not membership.may_edit:
        return []
    own = membership.organization
    roles = selectors.roles_of(policy, own) if claim is None else selectors.claim_roles(claim, own)
    state = policy.state if claim is None else claim.state
    table = Attempt(policy=policy, claim=claim, event="", role="", today=clock.today()).table
    return [
        _button(policy, claim, step.event, role=role, membership=membership) for role in roles for step in table.events_for(state, role)
    ]


def _button(policy: Policy, claim: Claim | None, event: str, *, role: str, membership: Membership) -> Button:
    attempt = Attempt(policy=policy, claim=claim, event=event, role=role, today=clock.today(), membership=membership)
    step = attempt.table.take(attempt.state, event, role)
    attempt.request = request_open(policy, claim, event, membership) if FOUR_EYES in step.unless else None
    attempt.fields = dict(attempt.request.fields) if attempt.request else {}
    skip = FORM_ONLY if attempt.request is None else FORM_ONLY - {"decider_repeats"}
    against = tuple(reason for reason in reasons_against(attempt, step) if reason.code not in skip)
    kind = policy.tariff.product.kind
    fields = () if attempt.request else tuple(_shown(policy, claim, one) for one in fields_for(event, kind))
    return Button(
        event=event, key=uuid.uuid4().hex, two=FOUR_EYES in step.unless, against=against, fields=fields, request=attempt.request,
        asked=_asked(attempt.request), mine=attempt.request is not None and attempt.request.requested_by_id == membership.user_id,
    )  # fmt: skip


def _asked(request: Request | None) -> list[tuple[str, str]]:
    """What the other person asked for, in words."""
    if request is None:
        return []
    return [(said("field", name), _value_told(name, value)) for name, value in request.fields.items()]


def _value_told(name: str, value: Any) -> str:
    if name.endswith("_fen"):
        return money_exact(int(value))
    return said("ground", value) if name == "ground" else str(value)


def _shown(policy: Policy, claim: Claim | None, field: Field) -> FieldShown:
    value = ""
    if claim is not None and field.name in claim.claimed:
        value = f"{claim.claimed[field.name] // 100}.{claim.claimed[field.name] % 100:02d}"
    return FieldShown(field=field, value=value, choices=_choices(policy, field))


def _choices(policy: Policy, field: Field) -> list[tuple[str, str]]:
    if field.name == "payer":
        rows = Organization.objects.filter(kind__in=PAYERS, check_state=CheckState.VERIFIED, merged_into=None).order_by("name")[:200]
        return [(str(one.pk), one.name) for one in rows]
    if field.name == "ground":
        return [(code, said("ground", code)) for code in GROUNDS]
    return [(one.key, one.number) for one in policy.patents.all()] if field.name == "patent" else []


@dataclass(frozen=True, slots=True, kw_only=True)
class WayLine:
    """One step of a premium in words."""

    word: str
    value: str
    given: str
    origin: str
    source: str
    unit: str


def way_shown(policy: Policy, evidence: Sequence[Mapping[str, str]]) -> list[WayLine]:
    """How a premium came about, each figure with its source."""
    numbers = {one.key: one.number for one in policy.patents.all()}
    return [
        WayLine(
            word=said("figure", line["name"]), value=figure_told(line["name"], Fraction(line["value"])), given=_given(line),
            origin=said("note", line["origin"]) if line["origin"] else "", source=source_told(line["source"]),
            unit=numbers.get(line["unit"], line["unit"]),
        )
        for line in evidence
    ]  # fmt: skip


def source_told(source: str) -> str:
    """A source in the reader's language where it is one of the engine's own words."""
    return said("note", source) if source in NOTE else source


def _given(line: Mapping[str, str]) -> str:
    text = line["given"]
    return (
        money_exact(int(text))
        if line["name"].endswith("_fen") and line["name"] in FIELD and line["name"] not in FIGURE and text.isdigit()
        else text
    )


def figure_told(name: str, value: Fraction) -> str:
    """A figure as people read it: money to the fen, whole numbers whole, others with their digits."""
    if (name.endswith("_fen") and name in FIGURE) or name == "severity_layer":
        return money_exact(round(value))
    if value.denominator == 1:
        return f"{value.numerator:,}"
    exact = str(float(value))
    return exact if len(exact) <= 8 else significant(value, digits=4)


def checks_of(claim: Claim) -> list[dict[str, Any]]:
    """Every rule a claim has to pass, with its answer: the insurer's list and the insured's prospects in one."""
    attempt = Attempt(policy=claim.policy, claim=claim, event="approve", role="insurer", today=clock.today())
    kind = KINDS[claim.policy.tariff.product.kind]
    skip = {"loan_not_in_default"} if kind.unit != "loan" else {"patent_not_insured", "right_dead_at_incident"}
    found = []
    for code in COVER:
        if code in skip or (code in {"patent_not_insured", "right_dead_at_incident"} and not kind.owned):
            continue
        facts = refused(attempt, code)
        found.append(
            {
                "code": code,
                "word": said("ground", code),
                "against": Reason(code=code, article="", facts=facts) if facts is not None else None,
            }
        )
    return found


def way_now(claim: Claim) -> list[tuple[str, int]]:
    """What the claim would be paid as assessed or claimed: from the covered loss to the payment."""
    way: Mapping[str, int] = claim.way
    if not way:
        found = way_of(Attempt(policy=claim.policy, claim=claim, event="approve", role="insurer", today=clock.today()))
        way = {name: getattr(found, name) for name in found.__slots__}
    return [(said("note", name), amount) for name, amount in way.items()]


def needed_papers(claim: Claim) -> list[tuple[str, bool]]:
    """The papers that the cover needs, each with whether it is there."""
    missing = set(evidence_missing(claim))
    return [(said("paper", kind), kind not in missing) for kind in KINDS[claim.policy.tariff.product.kind].evidence]


def deadlines_of(claim: Claim) -> list[tuple[str, dt.date, str]]:
    """The insurer's deadlines: to verify after the notification, to pay after the decision, with their articles."""
    found = []
    for name, begins in (("insurance.verify_days", claim.notified_on), ("insurance.pay_days", claim.decided_on)):
        if (
            begins is None
            or (name.endswith("verify_days") and claim.decided_on)
            or (name.endswith("pay_days") and claim.state != "approved")
        ):
            continue
        parameter = parameters().get(name)
        value = parameter.at(begins)
        found.append((parameter.title["zh" if chinese() else "en"], begins + dt.timedelta(days=value.value), value.source))
    return found


def claims_seen(found: Policy, roles: tuple[str, ...]) -> QuerySet[Claim]:
    """The claims of a policy, for those who take part in them; a payer of a subsidy does not."""
    return found.claims.all() if {"holder", "insurer", "beneficiary"} & set(roles) else found.claims.none()


def desk_of(insurer: Organization) -> dict[str, Any]:
    """What waits for an insurer: policies to underwrite, changes and claims to decide; and its sums."""
    policies = Policy.objects.filter(insurer=insurer)
    claims = Claim.objects.filter(policy__insurer=insurer)
    living = list(policies.filter(state="in_force"))
    return {
        "underwrite": policies.filter(state="accepted").count(), "changes": policies.filter(changes__state="open").distinct().count(),
        "claims": claims.filter(state__in=["notified", "assessing", "approved", "objected"]).count(), "living": len(living),
        "limit_fen": sum(one.limit_fen - one.used_fen for one in living), "unearned_fen": sum(one.paid_fen - one.earned_fen for one in living),
        "reserve_fen": sum(claims.values_list("reserve_fen", flat=True)),
    }  # fmt: skip


def change_price(policy: Policy) -> int | None:
    """What an open endorsement would cost or give back today."""
    from langqiao.engine.insurance.earning import remaining  # noqa: PLC0415
    from langqiao.engine.kernel.money import round_half_up  # noqa: PLC0415

    change = policy.changes.filter(state="open").first()
    today = max(clock.today(), policy.since)
    if change is None or today >= policy.until:
        return None
    return round_half_up(remaining(change.full_fen, since=policy.since, until=policy.until, day=today))


def refusal_word(refusal: Refusal | None) -> Refusal | None:
    """A refused step without a field of its own to stand beside."""
    return refusal if refusal is not None and not refusal.facts.get("faults") else None
