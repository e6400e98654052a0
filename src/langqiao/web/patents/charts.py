"""The charts of a patent by name; each has a table behind it on its tab."""

from collections.abc import Callable
from typing import Any

from langqiao.web.appraisals.charts import tornado
from langqiao.web.common.charts import svg_of
from langqiao.web.patents.view import Patent

CHARTS: dict[str, Callable[[Patent], dict[str, Any] | None]] = {"tornado": tornado}
"""name → the Vega-Lite spec of a patent, None where it has nothing to show. Rooms enter theirs here."""


def chart_svg(patent: Patent, name: str) -> str | None:
    """The SVG of a chart; None where there is none."""
    maker = CHARTS.get(name)
    spec = maker(patent) if maker else None
    return svg_of(spec) if spec else None
