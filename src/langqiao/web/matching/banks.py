"""Which banks would lend on a patent by their own rules and the law of pledges, at what rate, and why not."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.utils import timezone

from langqiao.engine.credit.limit import Security
from langqiao.engine.credit.policy import Policy, policy_of
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.check import check
from langqiao.engine.operations.encumbrance import Plan
from langqiao.rules import parameters
from langqiao.web.credit.models import CreditPolicy
from langqiao.web.credit.selectors import policy_values
from langqiao.web.matching.facts import Shown
from langqiao.web.people.models import CheckState, Membership, Organization, OrganizationKind
from langqiao.web.rights.seen import seen_by


@dataclass(frozen=True, slots=True, kw_only=True)
class BankFit:
    """A bank's answer: `rate` of the appraised value it would lend at most, its cap, and the codes that stand against it."""

    bank: Organization
    rate: Fraction
    cap_fen: int
    against: tuple[str, ...]
    months: int

    @property
    def fits(self) -> bool:
        """Whether nothing stands against it."""
        return not self.against and self.rate > 0


def bank_fits(shown: Shown, membership: Membership, day: dt.date | None = None) -> list[BankFit]:
    """Every verified bank that has rules of its own in force, those that would lend first, by the record as the reader may see it.

    A loan itself asks for an appraisal.
    """
    day = day or timezone.localdate()
    try:
        held = seen_by(membership, shown.candidate.key).held
    except Refusal:  # the record holds no right of this publication: no pledge either
        return []
    patent_type = held.standing.type
    security = Security(patent=shown.candidate.key, type=patent_type, grade=shown.candidate.grade, expiry_date=held.standing.expiry_date)
    law = tuple(check(held.standing, Plan(operation="pledge", on=day)).codes)
    banks = Organization.objects.filter(
        kind=OrganizationKind.BANK,
        check_state=CheckState.VERIFIED,
        pk__in=CreditPolicy.objects.filter(approved_at__isnull=False).values("bank"),
    )
    found = [_of(bank, policy_of(parameters(), policy_values(bank)), security, law=law, day=day) for bank in banks[:200]]
    return sorted(found, key=lambda fit: (not fit.fits, -fit.rate, fit.bank.name))


def _of(bank: Organization, policy: Policy, security: Security, *, law: Sequence[str], day: dt.date) -> BankFit:
    months = security.life_months(day)
    own = {
        "design_not_accepted": policy.pledge_rates.get(security.type, Fraction(0)) == 0,
        "remaining_life_too_short": months < policy.remaining_life_months,
    }
    against = (*law, *(code for code, applies in own.items() if applies))
    rate = policy.rate(security.type, security.grade, months)
    return BankFit(bank=bank, rate=rate, cap_fen=policy.cap_fen, against=against, months=months)
