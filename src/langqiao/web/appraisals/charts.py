"""The charts of an opinion of value as Vega-Lite specs, for page and PDF alike."""

from typing import Any

from django.utils.translation import gettext as _

from langqiao.engine.valuation.opinion import Opinion
from langqiao.web.appraisals.judged import opinion_of
from langqiao.web.common import terms
from langqiao.web.common.charts import BAR, INK, LOW, spec_of
from langqiao.web.patents.view import Patent

BARS_SHOWN = 10


def tornado(patent: Patent) -> dict[str, Any] | None:
    """The value at the low and the high figure of each input, widest first, around the middle of the range."""
    opinion = opinion_of(patent)
    if not isinstance(opinion, Opinion) or not opinion.tornado:
        return None
    rows = [
        {"input": terms.word("value_input", bar.name), "end": end, "value": fen / 100, "middle": opinion.p50 / 100}
        for bar in opinion.tornado[:BARS_SHOWN]
        for end, fen in ((_("at its low figure"), bar.value_at_low), (_("at its high figure"), bar.value_at_high))
    ]
    order = [terms.word("value_input", bar.name) for bar in opinion.tornado[:BARS_SHOWN]]
    word = _("value")
    value = {"field": "value", "type": "quantitative", "title": f"{word}, {opinion.currency}", "axis": {"format": ",.0f"}}
    return spec_of(
        {
            "data": {"values": rows},
            "layer": [
                {
                    "mark": {"type": "bar", "height": 14},
                    "encoding": {
                        "x": value,
                        "x2": {"field": "middle"},
                        "color": {
                            "field": "end",
                            "type": "nominal",
                            "title": None,
                            "scale": {"domain": [_("at its low figure"), _("at its high figure")], "range": [LOW, BAR]},
                            "legend": {"orient": "top"},
                        },
                    },
                },
                {"mark": {"type": "rule", "color": INK}, "encoding": {"x": {"datum": opinion.p50 / 100, "type": "quantitative"}}},
            ],
            "encoding": {"y": {"field": "input", "type": "nominal", "sort": order, "title": None, "axis": {"labelLimit": 220}}},
        },
        width=480,
        height=max(60, 28 * len(order)),
    )
