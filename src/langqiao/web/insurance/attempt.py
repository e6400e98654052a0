"""An attempt at a step of a policy or a claim: who, in which role, with what, on which day; and whether a refusal of the tables holds for it."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from langqiao.engine.insurance.claim import Cover, Payable, payable, time_refusal
from langqiao.engine.insurance.cover import KINDS
from langqiao.engine.insurance.workflow import CLAIM, FOUR_EYES, POLICY, TIME
from langqiao.engine.kernel.dates import add_months
from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.engine.kernel.workflow import Workflow
from langqiao.rules import parameters
from langqiao.web.insurance import selectors
from langqiao.web.insurance.models import Claim, InsuredPatent, Policy, Request, Step, Subsidy
from langqiao.web.insurance.standing import rights_gap, status_on
from langqiao.web.insurance.words import said
from langqiao.web.people.models import Membership, User

Facts = Mapping[str, Any] | None


@dataclass(slots=True, kw_only=True)
class Attempt:
    """`request`: the other person's request that this step approves; `claim` None: a step of the policy itself."""

    policy: Policy
    event: str
    role: str
    today: dt.date
    claim: Claim | None = None
    membership: Membership | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    request: Request | None = None

    @property
    def user(self) -> User | None:
        """Who acts; None: the clock."""
        return self.membership.user if self.membership else None

    @property
    def table(self) -> Workflow:
        """The table of the step."""
        return POLICY if self.claim is None else CLAIM

    @property
    def state(self) -> str:
        """Where the policy or the claim stands."""
        return self.policy.state if self.claim is None else self.claim.state

    @property
    def of_claim(self) -> Claim:
        """The claim of a claim's step."""
        assert self.claim is not None
        return self.claim

    @property
    def text(self) -> str:
        """The reason given, or ""."""
        return str(self.fields.get("reason", "")).strip()[:2000]


def refused(attempt: Attempt, code: str) -> Facts:
    """The facts of a refusal that holds for the attempt, None where it does not."""
    return GATES[code](attempt)


def _four_eyes(attempt: Attempt) -> Facts:
    request = attempt.request
    if request is None or attempt.user is None or request.requested_by_id == attempt.user.pk:
        return {"actor": attempt.user.pk if attempt.user else "system"}
    return None


def _unverified(attempt: Attempt) -> Facts:
    names = tuple(one.name for one in (attempt.policy.holder, attempt.policy.insurer) if not one.is_verified)
    return {"parties": names} if names else None


def _quote_over(attempt: Attempt) -> Facts:
    until = attempt.policy.valid_until
    return {"until": until.isoformat()} if attempt.today > until else None


def _rights(code: str) -> Callable[[Attempt], Facts]:
    def gate(attempt: Attempt) -> Facts:
        policy = attempt.policy
        if not KINDS[policy.tariff.product.kind].owned:
            return None
        keys = [one.key for one in policy.patents.filter(removed_on__isnull=True)]
        return rights_gap(code, policy.holder, keys, attempt.today)

    return gate


def subsidy_of(policy: Policy) -> Subsidy | None:
    """The subsidy that waits or was granted."""
    return policy.subsidies.filter(state__in=["open", "granted"]).select_related("payer").first()


def _subsidy_decided(attempt: Attempt) -> Facts:
    found = subsidy_of(attempt.policy)
    if attempt.event == "ask_subsidy":
        return {} if found is not None else None
    own = attempt.membership.organization_id if attempt.membership else None
    return None if found is not None and found.state == "open" and found.payer_id == own else {}


def _subsidy_double(attempt: Attempt) -> Facts:
    """The same patent, kind and time subsidized in another policy; without patents the same holder, kind and time."""
    policy = attempt.policy
    others = Policy.objects.filter(
        tariff__product__kind=policy.tariff.product.kind, subsidies__state="granted", since__lt=policy.until, until__gt=policy.since
    ).exclude(pk=policy.pk)
    keys = list(policy.patents.filter(removed_on__isnull=True).values_list("key", flat=True))
    if keys:
        rows = InsuredPatent.objects.filter(policy__in=others, key__in=keys, removed_on__isnull=True)
        found = set(rows.values_list("number", flat=True))
    else:
        found = set(others.filter(holder=policy.holder).values_list("number", flat=True))
    return {"patents": tuple(sorted(found)[:5])} if found else None


def _policy_over(attempt: Attempt) -> Facts:
    return {"until": attempt.policy.until.isoformat()} if attempt.today >= attempt.policy.until else None


def _no_reason(attempt: Attempt) -> Facts:
    return None if attempt.text else {}


def cover_of(claim: Claim) -> Cover:
    """The terms that a claim meets; a patent insured through earlier policies without a gap counts from its first day."""
    policy = claim.policy
    prices = selectors.prices_of(policy.tariff)
    insured = insured_on(claim)
    return Cover(
        kind=policy.tariff.product.kind, since=insured.since if insured else policy.since, until=policy.cover_until,
        waiting_days=prices.whole("waiting_days"), retroactive_days=prices.whole("retroactive_days"),
        deductible_fen=prices.whole("deductible_fen"), coinsurance=prices.value("coinsurance"), limit_fen=policy.limit_fen,
    )  # fmt: skip


def insured_on(claim: Claim) -> InsuredPatent | None:
    """The row of the claim's patent: the one that covers the day of the incident, else the last."""
    rows = list(claim.policy.patents.filter(key=claim.patent))
    on = claim.incident_on
    return next((one for one in rows if one.removed_on is None or on < one.removed_on), rows[-1] if rows else None)


def _time(code: str) -> Callable[[Attempt], Facts]:
    def gate(attempt: Attempt) -> Facts:
        claim = attempt.of_claim
        cover = cover_of(claim)
        if time_refusal(cover, claim.incident_on) != code:
            return None
        until = cover.since + dt.timedelta(days=cover.waiting_days) if code == "claim_in_waiting_period" else cover.until
        return {"incident": claim.incident_on.isoformat(), "since": cover.since.isoformat(), "until": until.isoformat()}

    return gate


def _too_late(attempt: Attempt) -> Facts:
    months = parameters().value("insurance.claim_months", attempt.today)
    claim = attempt.of_claim
    last = add_months(claim.incident_on, months)
    return {"until": last.isoformat()} if claim.notified_on > last else None


def _not_insured(attempt: Attempt) -> Facts:
    claim = attempt.of_claim
    if not KINDS[claim.policy.tariff.product.kind].owned:
        return None
    row = insured_on(claim)
    gone = row is None or (row.removed_on is not None and claim.incident_on >= row.removed_on)
    return {"patent": claim.patent} if gone else None


def _dead(attempt: Attempt) -> Facts:
    claim = attempt.of_claim
    if not KINDS[claim.policy.tariff.product.kind].owned or not claim.patent:
        return None
    status = status_on(claim.patent, claim.incident_on)
    return {"patent": claim.patent, "status": status} if status else None


def evidence_missing(claim: Claim) -> list[str]:
    """The kinds of papers that the cover needs and the claim does not have."""
    have = set(claim.papers.values_list("kind", flat=True))
    return [kind for kind in KINDS[claim.policy.tariff.product.kind].evidence if kind not in have]


def _no_evidence(attempt: Attempt) -> Facts:
    missing = evidence_missing(attempt.of_claim)
    return {"missing": tuple(said("paper", kind) for kind in missing)} if missing else None


def _no_default(attempt: Attempt) -> Facts:
    claim = attempt.of_claim
    loan = claim.policy.loan
    if loan is None:
        return None
    left = selectors.loan_loss(loan, but=claim.pk)
    short = left < (claim.payment_fen or 0) if attempt.event == "settle" else not left
    return {"loss": fen_to_yuan(left)} if short else None


def way_of(attempt: Attempt) -> Payable:
    """What the assessed costs lead to; under a guarantee the bank's own open loss is assessed from the loan, nothing is typed."""
    claim = attempt.of_claim
    loan = claim.policy.loan
    if loan is not None:
        items = {"loss_fen": selectors.loan_loss(loan, but=claim.pk)}
    else:
        items = {name: int(value) for name, value in attempt.fields.items() if name.endswith("_fen")} or dict(claim.claimed)
    return payable(cover_of(claim), items, used_fen=selectors.committed_fen(claim.policy))


def _nothing(attempt: Attempt) -> Facts:
    return None if way_of(attempt).payment_fen else {}


def _above_limit(attempt: Attempt) -> Facts:
    claim, policy = attempt.of_claim, attempt.policy
    left, payment = policy.limit_fen - policy.used_fen, claim.payment_fen or 0
    return {"left": fen_to_yuan(left), "payment": fen_to_yuan(payment)} if payment > left else None


def _decided_before(attempt: Attempt) -> Facts:
    """Whoever took part in refusing the claim."""
    claim = attempt.of_claim
    people = {pk for pair in Step.objects.filter(claim=claim, event="refuse").values_list("by", "requested_by") for pk in pair}
    asked = attempt.request.requested_by_id if attempt.request else None
    user = attempt.user.pk if attempt.user else None
    return {} if people & {asked, user} - {None} else None


def objection_until(claim: Claim) -> dt.date | None:
    """The last day on which the insured may object to a refusal."""
    days: int = parameters().value("insurance.objection_days", claim.decided_on)
    return claim.decided_on + dt.timedelta(days=days) if claim.decided_on else None


def _objection_late(attempt: Attempt) -> Facts:
    until = objection_until(attempt.of_claim)
    return {"until": until.isoformat()} if until and attempt.today > until else None


def _objection_possible(attempt: Attempt) -> Facts:
    until = objection_until(attempt.of_claim)
    return {"until": until.isoformat()} if until and attempt.today <= until else None


def _no_receipt(attempt: Attempt) -> Facts:
    return None if str(attempt.fields.get("evidence", "")).strip() else {}


def _over_recovered(attempt: Attempt) -> Facts:
    claim, amount = attempt.of_claim, attempt.fields.get("amount_fen") or 0
    over = claim.recovered_fen + amount > claim.paid_fen
    return {"paid": fen_to_yuan(claim.paid_fen), "recovered": fen_to_yuan(claim.recovered_fen)} if over else None


def _change(*, missing: bool) -> Callable[[Attempt], Facts]:
    def gate(attempt: Attempt) -> Facts:
        there = attempt.policy.changes.filter(state="open").exists()
        return {} if there is not missing else None

    return gate


def rate_of(subsidy: Subsidy) -> Fraction:
    """The payer's share of the premium."""
    return Fraction(subsidy.rate)


GATES: Mapping[str, Callable[[Attempt], Facts]] = {
    FOUR_EYES: _four_eyes,
    "party_not_verified": _unverified,
    "quote_expired": _quote_over,
    "quote_still_valid": lambda attempt: None if attempt.today > attempt.policy.valid_until else {},
    "right_not_in_force": _rights("right_not_in_force"),
    "not_registered_owner": _rights("not_registered_owner"),
    "subsidy_decided": _subsidy_decided,
    "subsidy_double": _subsidy_double,
    "subsidy_undecided": lambda attempt: {} if attempt.policy.subsidies.filter(state="open").exists() else None,
    "reason_missing": _no_reason,
    "change_open": _change(missing=False),
    "change_missing": _change(missing=True),
    "policy_over": _policy_over,
    "policy_not_over": lambda attempt: None if attempt.today >= attempt.policy.until else {},
    "limit_not_exhausted": lambda attempt: None if attempt.policy.used_fen >= attempt.policy.limit_fen else {},
    **{code: _time(code) for code in TIME if code != "claim_too_late"},
    "claim_too_late": _too_late,
    "patent_not_insured": _not_insured,
    "right_dead_at_incident": _dead,
    "claim_evidence_missing": _no_evidence,
    "loan_not_in_default": _no_default,
    "nothing_payable": _nothing,
    "claim_above_limit": _above_limit,
    "decider_repeats": _decided_before,
    "objection_late": _objection_late,
    "objection_possible": _objection_possible,
    "recovery_evidence_missing": _no_receipt,
    "recovery_above_payment": _over_recovered,
}
"""Refusal code → its test."""
