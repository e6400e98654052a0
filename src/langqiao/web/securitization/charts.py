"""The charts of a securitization as Vega-Lite specs: cash by payment date and tranche, cover of the senior holders, missing by default rate."""

from typing import Any

from django.utils.translation import gettext as _

from langqiao.web.common.charts import BAR, DECIDE, INK, LOW, QUIET, spec_of, svg_of
from langqiao.web.securitization import words
from langqiao.web.securitization.projection import Projection, flows_of

COLORS = (BAR, LOW, QUIET, INK, DECIDE)
NAMES = ("flows", "cover")


def svg(projection: Projection, name: str, *, day: str, label: str) -> str:
    """The SVG of a chart by its name."""
    return svg_of(_flows(projection, day, label) if name == "flows" else _cover(projection, day, label))


def _titled(title: str, projection: Projection, day: str) -> dict[str, Any]:
    subtitle = _("n = %(n)d payment dates, base case, as of %(day)s") % {"n": len(projection.ends), "day": day}
    return {"text": title, "subtitle": subtitle, "anchor": "start", "color": INK, "subtitleColor": QUIET, "fontSize": 13}


def _flows(projection: Projection, day: str, label: str) -> dict[str, Any]:
    rows = []
    for row in flows_of(projection):
        for tranche in row["tranches"]:
            for part, word in (("principal", _("principal")), ("interest", _("interest"))):
                rows.append({"date": row["end"].isoformat(), "part": f"{tranche['name']} · {word}", "value": round(tranche[part] / 100, 2)})
        rows.append({"date": row["end"].isoformat(), "part": words.said("item", "residual"), "value": round(row["residual"] / 100, 2)})
    names = list(dict.fromkeys(one["part"] for one in rows))
    return spec_of(
        {
            "title": _titled(label, projection, day),
            "data": {"values": rows},
            "mark": {"type": "bar", "stroke": "#1d1a16", "strokeWidth": 0.3},
            "encoding": {
                "x": {"field": "date", "type": "ordinal", "title": _("end of the collection period"), "axis": {"labelAngle": -60}},
                "y": {"field": "value", "type": "quantitative", "title": _("yuan"), "axis": {"format": "~s"}},
                "color": {
                    "field": "part", "type": "nominal", "title": None, "scale": {"domain": names, "range": [COLORS[n % 5] for n in range(len(names))]},
                    "legend": {"orient": "top", "columns": 3},
                },
                "order": {"field": "part", "type": "nominal"},
            },
        },
        width=680,
        height=260,
    )  # fmt: skip


def _cover(projection: Projection, day: str, label: str) -> dict[str, Any]:
    rows = [{"date": row["end"].isoformat(), "value": round(row["cover"], 4)} for row in flows_of(projection) if row["cover"] is not None]
    line = {
        "mark": {"type": "line", "point": True, "color": BAR},
        "encoding": {
            "x": {"field": "date", "type": "ordinal", "title": _("end of the collection period"), "axis": {"labelAngle": -60}},
            "y": {
                "field": "value",
                "type": "quantitative",
                "title": _("cash ÷ senior interest and principal due"),
                "scale": {"zero": False},
            },
        },
    }
    one = {"mark": {"type": "rule", "color": DECIDE, "strokeDash": [4, 3]}, "encoding": {"y": {"datum": 1}}}
    return spec_of({"title": _titled(label, projection, day), "data": {"values": rows}, "layer": [line, one]}, width=680, height=200)
