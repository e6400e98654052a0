"""The entries of insurance: cash between clients, beside it the insurer's own books of the policy; one group a step."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from langqiao.engine.insurance.earning import earned, returned
from langqiao.engine.ledger.entry import Entry
from langqiao.web.insurance.models import Claim, Policy, PremiumShare
from langqiao.web.insurance.selectors import pieces_of
from langqiao.web.ledger.services import account_ensure, group_post
from langqiao.web.people.models import Organization


@dataclass(slots=True, kw_only=True)
class Posting:
    """The entries of one step, in their order; amounts of zero are left out."""

    policy: Policy
    event: str
    name: str
    today: dt.date
    entries: list[Entry] = field(default_factory=list)

    def move(self, debit: str, credit: str, amount_fen: int) -> None:
        """One entry of the step."""
        if amount_fen:
            self.entries.append(
                Entry(
                    id=f"policy/{self.policy.pk}/{self.name}/{len(self.entries)}", phase="transfer", debit=debit, credit=credit,
                    amount_fen=amount_fen, code=f"policy.{self.event}", ref=f"policy/{self.policy.pk}", business_date=self.today,
                )
            )  # fmt: skip

    def post(self, by: Any) -> list[list[Any]]:
        """Posts the group; the moved amounts for the record."""
        if self.entries:
            group_post(self.entries, group=f"policy/{self.policy.pk}/{self.name}", by=by or "duty/insurance")
        return [[one.debit, one.credit, one.amount_fen] for one in self.entries]

    def own(self, purpose: str, ref: Any = None) -> str:
        """An account of the insurer for this policy, or for one of its claims."""
        return account_ensure(owner=f"organization/{self.policy.insurer_id}", purpose=purpose, ref=str(ref or self.policy.pk))

    @property
    def insurer(self) -> str:
        """The insurer's client money."""
        return client(self.policy.insurer_id)

    def premium(self, payer: Organization, amount_fen: int) -> None:
        """Premium received, not earned yet; who paid it is kept for a return."""
        if not amount_fen:
            return
        self.move(client(payer.pk), self.insurer, amount_fen)
        self.move(self.own("policy_cash"), self.own("deferred_revenue"), amount_fen)
        share, _made = PremiumShare.objects.get_or_create(policy=self.policy, organization=payer)
        share.paid_fen += amount_fen
        share.save(update_fields=["paid_fen"])
        self.policy.paid_fen += amount_fen

    def premium_back(self, amount_fen: int) -> dict[str, int]:
        """Unearned premium returned to those who paid it, in proportion; how much to whom."""
        shares = list(self.policy.shares.select_related("organization"))
        parts = returned(amount_fen, [one.paid_fen - one.returned_fen for one in shares])
        for share, part in zip(shares, parts, strict=True):
            self.move(self.insurer, client(share.organization_id), part)
            share.returned_fen += part
            share.save(update_fields=["returned_fen"])
        self.move(self.own("deferred_revenue"), self.own("policy_cash"), amount_fen)
        self.policy.paid_fen -= amount_fen
        return {str(share.organization_id): part for share, part in zip(shares, parts, strict=True)}

    def earn(self, until: dt.date) -> int:
        """Recognizes what was earned until a day; how much it was. Earned and deferred always sum to what was received (P19)."""
        policy = self.policy
        return self._recognize(earned(pieces_of(policy), min(until, policy.cover_until)) - policy.earned_fen, until)

    def earn_all(self) -> int:
        """Recognizes the rest at once: the cover is used up."""
        return self._recognize(self.policy.paid_fen - self.policy.earned_fen, self.today)

    def _recognize(self, amount_fen: int, until: dt.date) -> int:
        policy = self.policy
        self.move(self.own("deferred_revenue"), self.own("premium_income"), amount_fen)
        policy.earned_fen += amount_fen
        policy.earned_on = until
        return amount_fen

    def reserve(self, claim: Claim, change_fen: int) -> None:
        """Raises or lowers what a claim is expected to cost."""
        incurred, held = self.own("claims_incurred"), self.own("reserve", claim.pk)
        if change_fen > 0:
            self.move(incurred, held, change_fen)
        else:
            self.move(held, incurred, -change_fen)
        claim.reserve_fen += change_fen

    def pay_claim(self, claim: Claim, amount_fen: int) -> None:
        """Pays out of the reserve to the insured or, under a guarantee, to the bank."""
        self.move(self.insurer, client(claim.claimant_id), amount_fen)
        self.move(self.own("reserve", claim.pk), self.own("policy_cash"), amount_fen)
        claim.reserve_fen -= amount_fen
        claim.paid_fen += amount_fen
        self.policy.used_fen += amount_fen

    def recover(self, claim: Claim, amount_fen: int) -> None:
        """Money of recourse that the insurer received outside the platform lowers what the claim cost."""
        self.move(self.own("policy_cash"), self.own("claims_incurred"), amount_fen)
        claim.recovered_fen += amount_fen


def client(organization_id: int) -> str:
    """An organization's client money."""
    return account_ensure(owner=f"organization/{organization_id}", purpose="client_money")
