"""An attempt at a step: who, in which role, with what, on which day; and whether a refusal of the tables holds for it."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from langqiao.engine.kernel.calculation import BadInput
from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.engine.operations.encumbrance import Reason
from langqiao.engine.securitization.terms import Terms, terms_read, terms_reasons
from langqiao.engine.securitization.waterfall import Payment, accelerate, conserved, pay
from langqiao.engine.securitization.workflow import NEEDED
from langqiao.web.deals.money import available_fen
from langqiao.web.deals.terms import invalid
from langqiao.web.people.models import Membership, User
from langqiao.web.securitization import asking, selectors
from langqiao.web.securitization.books import holders_of
from langqiao.web.securitization.models import Asset, Period, Request, Transaction
from langqiao.web.securitization.projection import Projection, projected

Facts = Mapping[str, Any] | None


@dataclass(slots=True, kw_only=True)
class Attempt:
    """`request`: the other person's request that this step approves; `period`: the payment date, for its own steps and the trigger's."""

    deal: Transaction
    event: str
    role: str
    today: dt.date
    membership: Membership | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    request: Request | None = None
    period: Period | None = None
    _reasons: list[tuple[Asset | None, tuple[Reason, ...]]] | None = None
    _terms: Terms | None = None
    _payment: Payment | None = None

    @property
    def user(self) -> User | None:
        """Who acts; None: the clock."""
        return self.membership.user if self.membership else None

    def pool(self) -> list[tuple[Asset | None, tuple[Reason, ...]]]:
        """Reasons by claim, asked once; for a replacement only the new claim is asked."""
        if self._reasons is None:
            assets = [
                a for a in self.deal.assets.prefetch_related("patents", "flows").select_related("loan") if a.state in {"listed", "pooled"}
            ]
            if self.event == "replace":
                new = next((one for one in assets if one.claim == str(self.fields.get("new", "")) and one.state == "listed"), None)
                reasons = asking.asset_reasons(self.deal, new, asking.criteria(self.deal)) if new else ()
                self._reasons = [(new, reasons)]
            else:
                self._reasons = asking.pool_reasons(self.deal, assets)
        return self._reasons

    def terms(self) -> Terms:
        """The terms proposed with the step, or those of the deal. Refused: terms_invalid."""
        if self._terms is None:
            try:
                self._terms = terms_read(self.fields.get("terms") or self.deal.terms)
            except BadInput as bad:
                raise invalid({f"terms.{bad.field}": bad.message}) from bad
        return self._terms

    def payment(self) -> Payment:
        """The payment of the date as it would be made now."""
        if self._payment is None:
            assert self.period is not None
            assert self.period.closing_fen is not None
            facts = selectors.period_facts(self.period, closing_fen=self.period.closing_fen)
            self._payment = pay(self.terms(), self.state(), facts)
        return self._payment

    def state(self) -> Any:
        """What stands before the date, after a trigger where one has tripped."""
        found = selectors.state_of(self.deal)
        return accelerate(found) if self.period is not None and self.period.accelerated else found


def refused(attempt: Attempt, code: str) -> Facts:
    """The facts of a refusal that holds for the attempt, None where it does not."""
    if code in GATES:
        return GATES[code](attempt)
    found = [reason for _asset, reasons in attempt.pool() for reason in reasons if reason.code == code]
    if not found:
        return None
    named = tuple(dict.fromkeys(str(one.facts.get("asset") or one.facts.get("patent") or one.facts.get("name") or "") for one in found))
    return {**found[0].facts, "assets": named[:20], "count": len(found)}


def _four_eyes(attempt: Attempt) -> Facts:
    request = attempt.request
    if request is None or attempt.user is None or request.requested_by_id == attempt.user.pk:
        return {"actor": attempt.user.pk if attempt.user else "system"}
    return None


def _roles_missing(attempt: Attempt) -> Facts:
    named = {party.role for party in attempt.deal.parties.all()}
    needed = set(NEEDED) | ({"support"} if attempt.event == "structure" and attempt.terms().support is not None else set())
    missing = tuple(sorted(needed - named))
    return {"roles": missing} if missing else None


def _not_verified(attempt: Attempt) -> Facts:
    names = tuple(party.organization.name for party in attempt.deal.parties.all() if not party.organization.is_verified)
    return {"parties": names} if names else None


def _pool_empty(attempt: Attempt) -> Facts:
    return None if attempt.deal.assets.exists() else {}


def _structure(code: str) -> Callable[[Attempt], Facts]:
    def gate(attempt: Attempt) -> Facts:
        issue = attempt.fields.get("issue_fen") or attempt.deal.issue_fen
        found = terms_reasons(attempt.terms(), issue_fen=issue, lot_fen=selectors.lot_fen())
        return next((_yuan(reason.facts) for reason in found if reason.code == code), None)

    return gate


def _yuan(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name.removesuffix("_fen"): fen_to_yuan(value) if name.endswith("_fen") else value for name, value in facts.items()}


def base_case(attempt: Attempt) -> Projection:
    """The projection of the terms on the pool as it is."""
    first = attempt.fields.get("first_end_on")
    start = dt.date.fromisoformat(first) if first else attempt.deal.first_end_on
    return projected(attempt.deal, attempt.terms(), first_end_on=start)


def _coverage(attempt: Attempt) -> Facts:
    """Senior holders get everything on its day in the base case, and cash covers what is due to them on each date (I68)."""
    if terms_reasons(attempt.terms(), issue_fen=attempt.terms().size, lot_fen=selectors.lot_fen()):
        return None  # the other gates say what is wrong; such terms have no base case
    found = base_case(attempt)
    cover = found.senior_cover
    return None if found.senior_whole and (cover is None or cover >= 1) else {"coverage": "–" if cover is None else f"{cover:.4f}"}


def _investors(attempt: Attempt) -> Facts:
    return None if attempt.deal.investors.exists() else {}


def _not_qualified(attempt: Attempt) -> Facts:
    rows = attempt.deal.investors.filter(confirmed_by=None, subscriptions__isnull=False).distinct().select_related("organization")
    names = tuple(one.organization.name for one in rows)
    return {"names": names} if names else None


def _below_issue(attempt: Attempt) -> Facts:
    for tranche in attempt.deal.tranches.all():
        asked = sum(one.asked_fen for one in tranche.subscriptions.all())
        if asked < tranche.size_fen:
            return {"tranche": tranche.name, "asked": fen_to_yuan(asked), "size": fen_to_yuan(tranche.size_fen)}
    return None


def _unpaid(attempt: Attempt) -> Facts:
    owed: dict[Any, int] = {}
    for tranche in attempt.deal.tranches.all():
        for one in holders_of(tranche):
            owed[one.investor.organization] = owed.get(one.investor.organization, 0) + (one.allotted_fen or 0)
    names = tuple(organization.name for organization, amount in owed.items() if available_fen(organization) < amount)
    return {"names": names} if names else None


def _wrong_day(attempt: Attempt) -> Facts:
    deal = attempt.deal
    early, late = attempt.today < deal.cut_off_on, deal.first_end_on is not None and attempt.today > deal.first_end_on
    return {"cut_off_on": deal.cut_off_on.isoformat()} if early or late else None


def _replacement(attempt: Attempt) -> Facts:
    old = attempt.deal.assets.filter(claim=str(attempt.fields.get("old", "")), active=True).first()
    new = attempt.deal.assets.filter(claim=str(attempt.fields.get("new", "")), state="listed").first()
    faults = [name for name, row in (("old", old), ("new", new)) if row is None]
    if old is not None and new is not None:
        if new.balance_fen < old.performing_fen + old.defaulted_fen:
            faults.append("balance")
        last = attempt.deal.periods.last()
        left = attempt.terms().periods - (last.number if last else 0)
        end = asking.months_on(last.until, left * 12 // attempt.terms().periods_per_year) if last else new.ends_on
        if new.ends_on > end:
            faults.append("ends_after_the_deal")
        if new.obligor == old.obligor:
            faults.append("same_obligor")
    return {"faults": tuple(faults)} if faults else None


def _notes_left(attempt: Attempt) -> Facts:
    """Ends when the last date is paid; what stays unpaid is told, not hidden."""
    deal = attempt.deal
    last = deal.periods.last()
    open_ = selectors.period_now(deal) is not None or last is None
    return {"open": True} if open_ or deal.retained_fen or deal.reserve_fen else None


def _trigger_not_agreed(attempt: Attempt) -> Facts:
    wanted = str(attempt.fields.get("trigger", ""))
    return None if any(one.kind == wanted for one in attempt.terms().triggers) else {"trigger": wanted}


def _not_tripped(attempt: Attempt) -> Facts:
    """The tests of the latest report, or an event declared since; whoever presses the button cannot trip by will."""
    last = attempt.deal.periods.exclude(reported_on=None).last()
    measured = [one for one in (last.tests if last else []) if one["tripped"]]
    agreed = {one.kind for one in attempt.terms().triggers}
    return None if measured or agreed & set(attempt.deal.declared) else {}


def _no_vote(attempt: Attempt) -> Facts:
    """Two thirds of what is outstanding vote for it, and the resolution has a number (I71)."""
    outstanding = sum(one.balance_fen for one in attempt.deal.tranches.all())
    share = Fraction(str(selectors.parameter("vote_share")))
    votes = int(attempt.fields.get("votes_for_fen") or 0)
    enough = 0 < votes <= outstanding and Fraction(votes) >= share * outstanding
    return None if enough and str(attempt.fields.get("resolution", "")).strip() else {"votes": fen_to_yuan(votes)}


def _unmatched(attempt: Attempt) -> Facts:
    assert attempt.period is not None
    count = attempt.period.collections.filter(asset=None, returned_why="").count()
    return {"n": count} if count else None


def _not_ended(attempt: Attempt) -> Facts:
    assert attempt.period is not None
    return {"day": attempt.period.until} if attempt.today < attempt.period.until else None


def _no_shortfall(attempt: Attempt) -> Facts:
    return None if attempt.period is not None and attempt.period.call_fen and attempt.terms().support is not None else {}


def _support_money(attempt: Attempt) -> Facts:
    assert attempt.period is not None
    provider = selectors.party_of(attempt.deal, "support")
    missing = provider is None or available_fen(provider) < attempt.period.call_fen
    return {"amount": fen_to_yuan(attempt.period.call_fen)} if missing else None


def _not_overdue(attempt: Attempt) -> Facts:
    due = attempt.period.call_due_on if attempt.period else None
    return {"day": due} if due is None or attempt.today <= due else None


def _not_called(attempt: Attempt) -> Facts:
    call = attempt.period.call_fen if attempt.period else 0
    return {"amount": fen_to_yuan(call)} if call else None


def _not_conserved(attempt: Attempt) -> Facts:
    assert attempt.period is not None
    if attempt.period.closing_fen is None:
        return {}
    facts = selectors.period_facts(attempt.period, closing_fen=attempt.period.closing_fen)
    return None if conserved(attempt.payment(), attempt.state(), facts) else {}


GATES: Mapping[str, Callable[[Attempt], Facts]] = {
    "four_eyes_missing": _four_eyes, "roles_missing": _roles_missing, "party_not_verified": _not_verified, "pool_empty": _pool_empty,
    "tranches_do_not_sum": _structure("tranches_do_not_sum"), "structure_inconsistent": _structure("structure_inconsistent"),
    "senior_coverage_below_one": _coverage, "investors_missing": _investors, "investor_not_qualified": _not_qualified,
    "subscriptions_below_issue": _below_issue, "subscription_unpaid": _unpaid, "issued_before_cut_off": _wrong_day,
    "replacement_unfit": _replacement, "notes_outstanding": _notes_left, "trigger_not_agreed": _trigger_not_agreed,
    "trigger_not_tripped": _not_tripped, "trigger_reversal_without_vote": _no_vote, "collections_unmatched": _unmatched,
    "period_not_ended": _not_ended, "no_shortfall": _no_shortfall, "support_money_missing": _support_money, "support_not_overdue": _not_overdue,
    "shortfall_not_called": _not_called, "cash_not_conserved": _not_conserved,
    "reason_missing": lambda attempt: None if str(attempt.fields.get("reason", "")).strip() else {},
}  # fmt: skip
