"""What a person filled in, read into the engine's terms; what cannot be read is told beside its field, and nothing typed is lost."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast, get_args

from django.http import QueryDict
from django.utils.translation import gettext as _

from langqiao.engine.kernel.money import Fen, yuan_to_fen
from langqiao.engine.market.demand import DemandTerms, WindowTerms
from langqiao.engine.market.listing import MODES, ListingTerms, PriceKind, Route, Tier
from langqiao.web.market.models import PATENTS_MAX, TEXT_CHARS, TITLE_CHARS

LISTING_FIELDS = (
    "mode", "patents", "title", "brief", "detail", "detail_tier", "price_kind", "price_fen", "price_low_fen", "price_high_fen", "expires_on",
)  # fmt: skip
DEMAND_FIELDS = ("title", "problem", "parameters", "budget_fen", "industry", "region", "deadline_on")
WINDOW_FIELDS = ("title", "sought", "opens_on", "closes_on", "decides_by")


@dataclass(slots=True, kw_only=True)
class Form:
    """The fields as typed and what is wrong with each."""

    typed: Mapping[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, limit: int = TEXT_CHARS) -> str:
        """A text within its limit."""
        value = self.typed.get(name, "").strip()
        if len(value) > limit:
            self.errors[name] = _("%(n)d characters; %(limit)d are allowed.") % {"n": len(value), "limit": limit}
        return value[:limit]

    def money(self, name: str) -> Fen | None:
        """An amount in yuan; empty is None."""
        raw = self.typed.get(name, "").replace(",", "").replace("，", "").strip()
        if not raw:
            return None
        try:
            amount = yuan_to_fen(raw)
        except ValueError:
            self.errors[name] = _("Write the amount in yuan with at most two decimals, such as 1234.50.")
            return None
        if amount <= 0:
            self.errors[name] = _("The amount must be above zero.")
            return None
        return amount

    def day(self, name: str) -> dt.date | None:
        """A day; empty is None."""
        raw = self.typed.get(name, "").strip()
        try:
            return dt.date.fromisoformat(raw) if raw else None
        except ValueError:
            self.errors[name] = _("%(text)s is not a date such as 2026-06-30.") % {"text": raw[:40]}
            return None

    def choice(self, name: str, known: Sequence[str]) -> str:
        """One of the known codes, else the first with an error."""
        value = self.typed.get(name, known[0])
        if value not in known:
            self.errors[name] = _("Choose one of the list.")
            return known[0]
        return value


def form_of(given: QueryDict, names: Sequence[str]) -> Form:
    """The fields of a form as typed."""
    return Form(typed={name: given.get(name, "") for name in names if name in given})


def listing_terms(form: Form, *, keys: tuple[str, ...], route: str) -> ListingTerms:
    """The terms of a listing; what is wrong stands in form.errors."""
    if len(keys) > PATENTS_MAX:
        form.errors["patents"] = _("%(n)d patents; %(limit)d are allowed in one listing.") % {"n": len(keys), "limit": PATENTS_MAX}
    price_kind = form.choice("price_kind", get_args(PriceKind))
    return ListingTerms(
        mode=cast("Any", form.choice("mode", tuple(MODES))),
        route=cast("Route", route),
        patents=keys[:PATENTS_MAX],
        title=form.text("title", TITLE_CHARS),
        brief=form.text("brief"),
        detail=form.text("detail"),
        detail_tier=cast("Tier", form.choice("detail_tier", get_args(Tier))),
        price_kind=cast("PriceKind", price_kind),
        price_fen=form.money("price_fen") if price_kind == "posted" else None,
        price_low_fen=form.money("price_low_fen") if price_kind == "range" else None,
        price_high_fen=form.money("price_high_fen") if price_kind == "range" else None,
        expires_on=form.day("expires_on"),
    )


def demand_terms(form: Form) -> DemandTerms:
    """The terms of a demand."""
    return DemandTerms(
        title=form.text("title", TITLE_CHARS),
        problem=form.text("problem"),
        parameters=form.text("parameters"),
        budget_fen=form.money("budget_fen"),
        industry=form.text("industry", 120),
        region=form.text("region", 120),
        deadline_on=form.day("deadline_on"),
    )


def window_terms(form: Form) -> WindowTerms:
    """The terms of a purchase window."""
    return WindowTerms(
        title=form.text("title", TITLE_CHARS),
        sought=form.text("sought"),
        opens_on=form.day("opens_on"),
        closes_on=form.day("closes_on"),
        decides_by=form.day("decides_by"),
    )
