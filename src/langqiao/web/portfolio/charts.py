"""The charts of a portfolio as Vega-Lite specs: grades, expiry by year, annuities by month, grade against value."""

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from langqiao.web.common.charts import BAR, LOW, spec_of
from langqiao.web.portfolio.models import Portfolio, PortfolioItem
from langqiao.web.portfolio.selectors import MAPPED


def _items(portfolio: Portfolio) -> Any:
    return PortfolioItem.objects.filter(portfolio=portfolio)


FEW = 6


def _counts(top: int) -> dict[str, Any]:
    """An axis of counts: whole numbers only, also where there are few."""
    return {"values": list(range(top + 1)), "format": "d"} if top <= FEW else {"tickMinStep": 1}


def grades(portfolio: Portfolio, _today: dt.date) -> dict[str, Any]:
    """Patents by grade; those without one stand apart."""
    counted = _items(portfolio).order_by("grade").values_list("grade").annotate(n=Count("id"))
    unknown = _("no grade")
    values = [{"grade": grade or unknown, "n": n, "known": bool(grade)} for grade, n in counted]
    order = [*sorted({row["grade"] for row in values if row["known"]}), unknown]
    return spec_of(
        {
            "data": {"values": values},
            "layer": [
                {
                    "mark": {"type": "bar"},
                    "encoding": {"color": {"condition": {"test": "datum.known", "value": BAR}, "value": LOW}},
                },
                {"mark": {"type": "text", "dy": -8}, "encoding": {"text": {"field": "n", "type": "quantitative", "format": ","}}},
            ],
            "encoding": {
                "x": {"field": "grade", "type": "ordinal", "sort": order, "title": _("grade"), "axis": {"labelAngle": 0}},
                "y": {
                    "field": "n",
                    "type": "quantitative",
                    "title": _("patents"),
                    "axis": _counts(max((row["n"] for row in values), default=0)),
                },
            },
        },
        width=400,
        height=180,
    )


def cliff(portfolio: Portfolio, today: dt.date) -> dict[str, Any]:
    """Patents by the year their term ends, from this year on."""
    ahead = _items(portfolio).filter(expiry_date__gte=dt.date(today.year, 1, 1))
    counted = list(ahead.order_by("expiry_date__year").values_list("expiry_date__year").annotate(n=Count("id")))
    return spec_of(
        {
            "data": {"values": [{"year": str(year), "n": n} for year, n in counted]},
            "mark": "bar",
            "encoding": {
                "x": {
                    "field": "year",
                    "type": "ordinal",
                    "title": _("year in which the term ends"),
                    "axis": {"labelOverlap": "greedy", "labelAngle": 0},
                },
                "y": {
                    "field": "n",
                    "type": "quantitative",
                    "title": _("patents"),
                    "axis": _counts(max((n for _year, n in counted), default=0)),
                },
            },
        },
        width=400,
        height=180,
    )


def annuities(portfolio: Portfolio, today: dt.date) -> dict[str, Any]:
    """Annual fees by the month they fall due, the next twelve months."""
    ahead = _items(portfolio).filter(annuity_due_on__gte=today, annuity_due_on__lt=today + dt.timedelta(days=365))
    by_month = (
        ahead.annotate(month=TruncMonth("annuity_due_on")).order_by("month").values_list("month").annotate(fen=Sum("annuity_fee_fen"))
    )
    values = [{"month": f"{month:%Y-%m}", "yuan": (fen or 0) / 100} for month, fen in by_month]
    return spec_of(
        {
            "data": {"values": values},
            "mark": "bar",
            "encoding": {
                "x": {"field": "month", "type": "ordinal", "title": _("month due"), "axis": {"labelAngle": -45}},
                "y": {"field": "yuan", "type": "quantitative", "title": _("annuities, yuan"), "axis": {"format": ",.0f"}},
            },
        },
        width=400,
        height=180,
    )


DOTS_MAX = 400
"""Up to here each patent is a dot; beyond, dots would hide one another and cells are counted."""
CELL_SCORE, CELLS_A_DECADE = 10, 2


def map_of_values(portfolio: Portfolio, _today: dt.date) -> dict[str, Any]:
    """Score against the middle of the value range: one dot a patent that has both, or, of many, cells by how many patents they hold."""
    pairs = list(_items(portfolio).filter(MAPPED).order_by("key").values_list("score", "value_p50_fen"))
    x = {"type": "quantitative", "title": _("score, 0 to 100"), "scale": {"domain": [0, 100]}}
    y = {
        "type": "quantitative",
        "title": _("value p50, yuan (logarithmic)"),
        "scale": {"type": "log"},
        "axis": {"format": "~s", "tickCount": 6},
    }
    if len(pairs) <= DOTS_MAX:
        layer: dict[str, Any] = {
            "data": {"values": [{"score": score, "yuan": fen / 100} for score, fen in pairs]},
            "mark": {"type": "point", "filled": True, "opacity": 0.5, "size": 36, "color": BAR},
            "encoding": {"x": {"field": "score", **x}, "y": {"field": "yuan", **y}},
        }
        return spec_of(layer, width=400, height=180)
    cells = Counter((min(int(score // CELL_SCORE), 9), math.floor(math.log10(fen / 100) * CELLS_A_DECADE)) for score, fen in pairs)
    values = [
        {
            "score": column * CELL_SCORE,
            "score_end": (column + 1) * CELL_SCORE,
            "yuan": 10 ** (row / CELLS_A_DECADE),
            "yuan_end": 10 ** ((row + 1) / CELLS_A_DECADE),
            "n": n,
        }
        for (column, row), n in sorted(cells.items())
    ]
    layer = {
        "data": {"values": values},
        "mark": {"type": "rect", "color": BAR},
        "encoding": {
            "x": {"field": "score", **x},
            "x2": {"field": "score_end"},
            "y": {"field": "yuan", **y},
            "y2": {"field": "yuan_end"},
            "opacity": {"field": "n", "type": "quantitative", "title": _("patents"), "scale": {"range": [0.15, 1], "zero": True}},
        },
    }
    return spec_of(layer, width=400, height=180)


CHARTS: dict[str, Callable[[Portfolio, dt.date], dict[str, Any]]] = {
    "grades": grades,
    "cliff": cliff,
    "annuities": annuities,
    "values": map_of_values,
}
