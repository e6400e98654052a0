"""The tables of royalties: statements by period with their audits, the unit's rule for inventors, and distributions with their shares."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from langqiao.web.deals.models import Deal
from langqiao.web.people.models import Organization

USER = settings.AUTH_USER_MODEL


class RoyaltyStatement(models.Model):
    """What a licensee states for one period of a license, what that makes due, and what was paid. `until` is the first day after the period.

    One person of the licensee states, another pays: nobody approves their own statement.
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="royalty_statements")
    number = models.PositiveIntegerField()
    since = models.DateField()
    until = models.DateField()
    due_on = models.DateField()
    net_sales_fen = models.BigIntegerField()
    third_party_fen = models.BigIntegerField(default=0)
    earned_fen = models.BigIntegerField()
    offset_fen = models.BigIntegerField(default=0)
    top_up_fen = models.BigIntegerField(default=0)
    due_fen = models.BigIntegerField()
    paid_fen = models.BigIntegerField(default=0)
    interest_paid_fen = models.BigIntegerField(default=0)
    stated_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()
    paid_on = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["deal", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="royalty_statement_once", fields=["deal", "number"]),
            models.CheckConstraint(name="royalty_period_forward", condition=models.Q(until__gt=models.F("since"))),
            models.CheckConstraint(
                name="royalty_amounts_positive",
                condition=models.Q(net_sales_fen__gte=0, due_fen__gte=0, paid_fen__gte=0, third_party_fen__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.number}"


class RoyaltyAudit(models.Model):
    """What the licensor's audit of a statement found. The statement stays; the deficiency is due beside it."""

    statement = models.OneToOneField(RoyaltyStatement, on_delete=models.PROTECT, related_name="audit")
    net_sales_fen = models.BigIntegerField()
    due_fen = models.BigIntegerField()
    deficiency_fen = models.BigIntegerField()
    deficiency_share = models.CharField(max_length=20)
    cost_on = models.CharField(max_length=10)
    report = models.CharField(max_length=200)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(name="royalty_deficiency_positive", condition=models.Q(deficiency_fen__gte=0))]

    def __str__(self) -> str:
        return f"audit of {self.statement_id}"


class UpkeepBreach(models.Model):
    """An annual fee of a licensed right that was missed: found on a day, in grace or lapsed since, made good on another day or open."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="upkeep_breaches")
    key = models.CharField(max_length=80)
    status = models.CharField(max_length=10, choices=[("grace", "grace"), ("lapsed", "lapsed")])
    found_on = models.DateField()
    cured_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="upkeep_breach_open_once", fields=["deal", "key"], condition=models.Q(cured_on=None)),
            models.CheckConstraint(
                name="upkeep_breach_forward", condition=models.Q(cured_on=None) | models.Q(cured_on__gte=models.F("found_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.status} {self.found_on}"


class InventorRule(models.Model):
    """The unit's own rule or agreement on the inventors' share of net income (Technology Transformation Law 44), in force from a day."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="inventor_rules")
    share = models.CharField(max_length=12)
    document = models.CharField(max_length=200)
    since = models.DateField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["-since", "-pk"]
        constraints: ClassVar = [models.UniqueConstraint(name="inventor_rule_a_day", fields=["organization", "since"])]

    def __str__(self) -> str:
        return f"{self.organization} {self.share} {self.since}"


class Distribution(models.Model):
    """The income of one deal, or of one statement of it, divided between a unit and its inventors: proposed by one, approved by another.

    `source`: `price`, or `statement/N`; each is divided once.
    """

    PROPOSED, APPROVED, DECLINED = "proposed", "approved", "declined"

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="distributions")
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="distributions")
    statement = models.ForeignKey(RoyaltyStatement, null=True, on_delete=models.PROTECT, related_name="distributions")
    source = models.CharField(max_length=20, default="price")
    income_fen = models.BigIntegerField()
    costs = models.JSONField(default=list)
    rule = models.ForeignKey(InventorRule, null=True, on_delete=models.PROTECT, related_name="+")
    share = models.CharField(max_length=12)
    net_fen = models.BigIntegerField()
    inventors_fen = models.BigIntegerField()
    owner_fen = models.BigIntegerField()
    state = models.CharField(max_length=10, default=PROPOSED)
    proposed_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-proposed_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="distribution_once", fields=["organization", "deal", "source"], condition=~models.Q(state="declined")
            ),
            models.CheckConstraint(name="distribution_whole", condition=models.Q(net_fen=models.F("inventors_fen") + models.F("owner_fen"))),
            models.CheckConstraint(
                name="distribution_by_two", condition=models.Q(decided_by=None) | models.Q(state="declined") | ~models.Q(decided_by=models.F("proposed_by"))
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.organization} {self.deal_id} {self.state}"


class InventorShare(models.Model):
    """One inventor's part: gross, tax withheld, and the receipt of the payment. `user`: whoever may see it as their own."""

    distribution = models.ForeignKey(Distribution, on_delete=models.PROTECT, related_name="shares")
    name = models.CharField(max_length=120)
    user = models.ForeignKey(USER, null=True, on_delete=models.SET_NULL, related_name="inventor_shares")
    share = models.CharField(max_length=40)
    amount_fen = models.BigIntegerField()
    withheld_fen = models.BigIntegerField(default=0)
    receipt = models.CharField(max_length=80, blank=True)
    paid_on = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="inventor_once", fields=["distribution", "name"]),
            models.CheckConstraint(
                name="inventor_withheld_below_amount", condition=models.Q(withheld_fen__gte=0, withheld_fen__lte=models.F("amount_fen"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.amount_fen}"

    @property
    def net_fen(self) -> int:
        """What is paid out."""
        return self.amount_fen - self.withheld_fen
