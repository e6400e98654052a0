"""Charts from one Vega-Lite spec for page and PDF: rendered to SVG in the process, kept by the hash of the spec, ink and paper by theme."""

import hashlib
import json
from typing import Any

from django.conf import settings

FONT = "system-ui, 'Noto Sans', 'Noto Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
INK, QUIET, LINE, BAR, LOW, DECIDE = "#1d1a16", "#565046", "#e6dfd2", "#2f5d7e", "#8fa9a0", "#ad2f17"
DARK = {INK: "#f0eae0", QUIET: "#b9b0a2", LINE: "#332e27", BAR: "#8bb8d8", LOW: "#5f7d72", DECIDE: "#f0866c"}
"""The colors of the page in light and dark; a chart uses no other."""
CONFIG = {
    "font": FONT,
    "background": None,
    "view": {"stroke": None},
    "axisYQuantitative": {"titleAngle": 0, "titleAlign": "left", "titleBaseline": "bottom", "titleX": -40, "titleY": -8, "format": ",~f"},
    "axisX": {"labelSeparation": 16},
    "padding": {"left": 8, "right": 16, "top": 8, "bottom": 8},
    "axis": {
        "labelColor": QUIET,
        "titleColor": QUIET,
        "titleFontWeight": "normal",
        "gridColor": LINE,
        "domainColor": QUIET,
        "tickColor": QUIET,
        "labelFontSize": 12,
        "titleFontSize": 12,
    },
    "legend": {"labelColor": QUIET, "titleColor": QUIET, "labelFontSize": 12, "titleFontSize": 12},
    "bar": {"color": BAR},
    "text": {"color": INK, "fontSize": 12},
    "rule": {"color": INK},
}


def spec_of(chart: dict[str, Any], *, width: int = 640, height: int | None = None) -> dict[str, Any]:
    """A whole Vega-Lite spec from data, mark and encoding; our colors and fonts."""
    frame: dict[str, Any] = {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "width": width, "config": CONFIG}
    if height is not None:
        frame["height"] = height
    return {**frame, **chart}


def svg_of(spec: dict[str, Any], *, dark: bool = True) -> str:
    """The SVG of a spec, from var/cache where it was drawn before; with `dark` it follows the reader's color scheme."""
    text = json.dumps(spec, sort_keys=True, ensure_ascii=False, default=str)
    folder = settings.VAR / "cache" / "charts"
    path = folder / f"{hashlib.sha256(text.encode()).hexdigest()}.svg"
    if path.exists():
        svg = path.read_text(encoding="utf-8")
    else:
        svg = _drawn(text)
        folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{id(text)}.new")
        fresh.write_text(svg, encoding="utf-8")
        fresh.replace(path)
    return _with_dark(svg) if dark else svg


def _drawn(text: str) -> str:
    import vl_convert  # noqa: PLC0415 - starts a JavaScript engine

    svg: str = vl_convert.vegalite_to_svg(json.loads(text), vl_version="5.21", allowed_base_urls=[])
    return svg


def _with_dark(svg: str) -> str:
    """Adds rules that swap each of our colors when the reader's system is dark."""
    rules = "".join(f'[fill="{light}"]{{fill:{dark}}}[stroke="{light}"]{{stroke:{dark}}}' for light, dark in DARK.items())
    end = svg.index(">") + 1
    return f"{svg[:end]}<style>@media (prefers-color-scheme:dark){{{rules}}}</style>{svg[end:]}"
