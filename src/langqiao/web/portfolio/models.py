"""The tables of an organization's portfolios: uploads with their problems by row, and each patent as last assessed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from langqiao.web.people.models import Organization
from langqiao.web.work.models import Job


class Portfolio(models.Model):
    """A named set of patents of one organization."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="portfolios")
    name = models.CharField(_("name"), max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(name="portfolio_name_once", fields=["organization", "name"])]

    def __str__(self) -> str:
        return self.name


class Upload(models.Model):
    """One file given to a portfolio; the bytes are kept as they came, `job` reads and assesses them."""

    portfolio = models.ForeignKey(Portfolio, on_delete=models.CASCADE, related_name="uploads")
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="upload")
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.PositiveBigIntegerField()
    stored = models.CharField(max_length=500)
    patent_count = models.PositiveIntegerField(null=True)
    problem_count = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name


class RowProblem(models.Model):
    """What is wrong with one row of an upload, as the spreadsheet numbers its rows."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField(null=True)
    field = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=80)
    message = models.TextField()
    severity = models.CharField(max_length=10)
    raw = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["row", "id"]

    def __str__(self) -> str:
        return f"{self.row} {self.code}"


class Advice(models.TextChoices):
    """What the figures say about paying the next annuity; the holder decides."""

    KEEP = "keep", _("keep")
    DROP = "drop", _("consider dropping")
    UNDECIDED = "undecided", _("cannot say")
    ENDED = "ended", _("right has ended")


class PortfolioItem(models.Model):
    """One patent of a portfolio with its last assessment. Null means unknown, never zero; money is in fen."""

    portfolio = models.ForeignKey(Portfolio, on_delete=models.CASCADE, related_name="items")
    upload = models.ForeignKey(Upload, null=True, on_delete=models.SET_NULL, related_name="items")
    key = models.CharField(max_length=80)
    title = models.TextField(blank=True)
    title_zh = models.TextField(blank=True)
    title_en = models.TextField(blank=True)
    office = models.CharField(max_length=4)
    patent_type = models.CharField(max_length=20, blank=True)
    owner = models.TextField(blank=True)
    filing_date = models.DateField(null=True)
    status = models.CharField(max_length=30, blank=True)
    expiry_date = models.DateField(null=True)
    annuity_year = models.PositiveSmallIntegerField(null=True)
    annuity_due_on = models.DateField(null=True)
    annuity_fee_fen = models.BigIntegerField(null=True)
    grade = models.CharField(max_length=4, blank=True)
    score = models.FloatField(null=True)
    coverage = models.FloatField(null=True)
    high_value = models.BooleanField(null=True)
    value_p10_fen = models.BigIntegerField(null=True)
    value_p50_fen = models.BigIntegerField(null=True)
    value_p90_fen = models.BigIntegerField(null=True)
    value_currency = models.CharField(max_length=3, blank=True)
    fees_to_come_fen = models.BigIntegerField(null=True)
    advice = models.CharField(max_length=12, choices=Advice, default=Advice.UNDECIDED)
    reasons = models.JSONField(default=list)
    as_of = models.DateField(null=True)

    class Meta:
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [
            models.UniqueConstraint(name="item_once", fields=["portfolio", "key"]),
            models.CheckConstraint(
                name="item_value_all_or_nothing",
                condition=models.Q(value_p10_fen=None, value_p50_fen=None, value_p90_fen=None)
                | models.Q(value_p10_fen__lte=models.F("value_p50_fen"), value_p50_fen__lte=models.F("value_p90_fen")),
            ),
            models.CheckConstraint(name="item_advice_known", condition=models.Q(advice__in=Advice.values)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["portfolio", "grade"]),
            models.Index(fields=["portfolio", "annuity_due_on"]),
            models.Index(fields=["portfolio", "expiry_date"]),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def currency(self) -> str:
        """The currency of the value; assessments of the first version did not name it: yuan."""
        return self.value_currency or "CNY"


class ViewPlace(models.TextChoices):
    """Which list a saved view belongs to."""

    SEARCH = "search", _("search results")
    PORTFOLIO = "portfolio", _("table of a portfolio")


class SavedView(models.Model):
    """How a member looks at a list: words, narrowing, order and columns as an address keeps them; shared ones are seen by the whole organization."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="views")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="views")
    name = models.CharField(_("name"), max_length=80)
    place = models.CharField(max_length=12, choices=ViewPlace)
    portfolio = models.ForeignKey(Portfolio, null=True, on_delete=models.CASCADE, related_name="views")
    query = models.TextField(blank=True)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="view_name_once_in_search", fields=["organization", "by", "name"], condition=models.Q(portfolio=None)
            ),
            models.UniqueConstraint(
                name="view_name_once_in_portfolio",
                fields=["organization", "by", "portfolio", "name"],
                condition=models.Q(portfolio__isnull=False),
            ),
            models.CheckConstraint(
                name="view_of_a_portfolio_names_it",
                condition=models.Q(place=ViewPlace.SEARCH, portfolio=None) | models.Q(place=ViewPlace.PORTFOLIO, portfolio__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name
