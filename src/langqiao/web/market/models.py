"""The tables of the market: listings with their patents, demands, purchase windows with offers, interest both ways, and every step taken."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from langqiao.engine.market.demand import DEMAND, WINDOW
from langqiao.engine.market.listing import LISTING, MODES, TIERS
from langqiao.web.people.models import Organization

TITLE_CHARS, TEXT_CHARS = 200, 20_000
PATENTS_MAX = 200


def known(name: str, field: str, values: object) -> models.CheckConstraint:
    """The database knows the codes of a field too."""
    return models.CheckConstraint(name=name, condition=models.Q(**{f"{field}__in": sorted(values)}))  # type: ignore[call-overload]


class Offered(models.Model):
    """What listings, demands and windows share: who offers, since when, in which state; `version` grows with each change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("title"), max_length=TITLE_CHARS, blank=True)
    state = models.CharField(max_length=20, default="draft", db_index=True)
    version = models.PositiveIntegerField(default=1)
    is_scenario = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    public_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


class Listing(Offered):
    """Patents offered by their holder. Money in fen. `by_organization`: the institution that acts under a mandate, or the platform."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="listings")
    by_organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="listings_kept")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    route = models.CharField(max_length=20, default="self_service")
    mode = models.CharField(max_length=20, default="assignment", db_index=True)
    brief = models.TextField(blank=True)
    detail = models.TextField(blank=True)
    detail_tier = models.CharField(max_length=20, default="after_nda")
    price_kind = models.CharField(max_length=20, default="on_request")
    price_fen = models.BigIntegerField(null=True)
    price_low_fen = models.BigIntegerField(null=True)
    price_high_fen = models.BigIntegerField(null=True)
    expires_on = models.DateField(null=True, db_index=True)

    class Meta:
        ordering: ClassVar = ["-public_at", "-created_at"]
        constraints: ClassVar = [
            known("listing_state_known", "state", LISTING.states),
            known("listing_mode_known", "mode", MODES),
            known("listing_tier_known", "detail_tier", TIERS),
            known("listing_route_known", "route", ("self_service", "custody", "platform_led")),
            known("listing_price_kind_known", "price_kind", ("posted", "range", "on_request", "by_auction")),
            models.CheckConstraint(name="listing_price_positive", condition=models.Q(price_fen=None) | models.Q(price_fen__gt=0)),
        ]


class ListingPatent(models.Model):
    """A patent of a listing, with what a list shows of it as it was when listed."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="patents")
    key = models.CharField(max_length=80, db_index=True)
    number = models.CharField(max_length=80)
    office = models.CharField(max_length=4)
    title_zh = models.TextField(blank=True)
    title_en = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(name="listing_patent_once", fields=["listing", "key"])]

    def __str__(self) -> str:
        return self.number


class ListingConfidence(models.Model):
    """An organization that promised confidentiality for one listing: the text it agreed to, by its hash, and who agreed."""

    listing = models.ForeignKey(Listing, on_delete=models.CASCADE, related_name="confidences")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text_sha256 = models.CharField(max_length=64)
    signed_at = models.DateTimeField(auto_now_add=True)
    audit_seq = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="confidence_once", fields=["listing", "organization"])]

    def __str__(self) -> str:
        return f"{self.listing_id} {self.organization_id}"


class Demand(Offered):
    """A problem that an organization wants solved. Money in fen."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="demands")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    problem = models.TextField(blank=True)
    parameters = models.TextField(blank=True)
    budget_fen = models.BigIntegerField(null=True)
    industry = models.CharField(max_length=120, blank=True)
    region = models.CharField(max_length=120, blank=True)
    deadline_on = models.DateField(null=True, db_index=True)

    class Meta:
        ordering: ClassVar = ["-public_at", "-created_at"]
        constraints: ClassVar = [
            known("demand_state_known", "state", DEMAND.states),
            models.CheckConstraint(name="demand_budget_positive", condition=models.Q(budget_fen=None) | models.Q(budget_fen__gt=0)),
        ]


class Window(Offered):
    """A purchase window of a buyer or alliance: open for fixed days, decided by a published day."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="windows")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sought = models.TextField(blank=True)
    opens_on = models.DateField(null=True)
    closes_on = models.DateField(null=True)
    decides_by = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-opens_on", "-created_at"]
        constraints: ClassVar = [known("window_state_known", "state", WINDOW.states)]


class WindowOffer(models.Model):
    """A holder's patent at the holder's price in a window; the buyer reads it once the window has closed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="offers")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="window_offers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    number = models.CharField(max_length=80)
    price_fen = models.BigIntegerField()
    note = models.TextField(blank=True)
    state = models.CharField(max_length=20, default="submitted")
    reasons = models.JSONField(default=list)
    text = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="window_offer_once", fields=["window", "key"], condition=~models.Q(state="withdrawn")),
            models.CheckConstraint(name="window_offer_price_positive", condition=models.Q(price_fen__gt=0)),
            known("window_offer_state_known", "state", ("submitted", "withdrawn", "accepted", "declined")),
        ]

    def __str__(self) -> str:
        return self.number


class Interest(models.Model):
    """An organization's interest in a listing, or its proposal for a demand, with reason codes; the other side answers with its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listing = models.ForeignKey(Listing, null=True, on_delete=models.PROTECT, related_name="interests")
    demand = models.ForeignKey(Demand, null=True, on_delete=models.PROTECT, related_name="interests")
    key = models.CharField(max_length=80, blank=True)
    number = models.CharField(max_length=80, blank=True)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="interests")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    wants = models.BooleanField()
    reasons = models.JSONField(default=list)
    text = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    answer = models.CharField(max_length=12, blank=True)
    answer_reasons = models.JSONField(default=list)
    answer_text = models.TextField(blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="interest_in_one_thing",
                condition=models.Q(listing=None, demand__isnull=False) | models.Q(demand=None, listing__isnull=False),
            ),
            known("interest_answer_known", "answer", ("", "accepted", "declined")),
            models.UniqueConstraint(name="interest_once_listing", fields=["listing", "organization"], condition=models.Q(demand=None)),
            models.UniqueConstraint(
                name="interest_once_demand", fields=["demand", "organization", "key"], condition=models.Q(listing=None)
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class MarketStep(models.Model):
    """A step taken: append-only. `key`: the client's idempotency key; `payload_sha256` tells a repeat from another use of the key."""

    subject = models.CharField(max_length=60, db_index=True)
    event = models.CharField(max_length=20)
    source = models.CharField(max_length=20)
    target = models.CharField(max_length=20)
    role = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, null=True, on_delete=models.PROTECT, related_name="+")
    reasons = models.JSONField(default=list)
    text = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)
    audit_seq = models.BigIntegerField()
    key = models.CharField(max_length=80, blank=True)
    payload_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(name="market_step_once", fields=["key"], condition=~models.Q(key=""))]

    def __str__(self) -> str:
        return f"{self.subject} {self.event}"
