"""Which chart shows the working of a calculation: bars of tiers, lines of balances, stacks of cash by period."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

from langqiao.engine.kernel.calculation import Calculation
from langqiao.web.calc.words import code_word, code_words, label
from langqiao.web.common.charts import spec_of, svg_of

MAX_POINTS = 1_000
Values = list[dict[str, Any]]


def chart_of(calculation: Calculation, output: dict[str, Any]) -> str | None:
    """The digest under which the SVG of a calculation's chart is kept, or None where a table says it better."""
    maker = CHARTS.get(calculation.name)
    if maker is None or "refusal" in output:
        return None
    spec = maker(output)
    return _kept(svg_of(spec)) if spec else None


def _folder() -> Path:
    folder: Path = settings.VAR / "cache" / "calc"
    return folder


def _kept(svg: str) -> str:
    digest = hashlib.sha256(svg.encode()).hexdigest()
    path = _folder() / f"{digest}.svg"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}.new")
        fresh.write_text(svg, encoding="utf-8")
        fresh.replace(path)
    return digest


def kept_chart(digest: str) -> bytes | None:
    """The SVG kept under a digest."""
    path = _folder() / f"{digest}.svg"
    return path.read_bytes() if path.exists() else None


def _stack(rows: list[dict[str, Any]], x: str, series: list[str], *, scale: float = 1, x_title: str = "") -> dict[str, Any] | None:
    values: Values = [
        {"x": row[x], "y": float(row[name] or 0) / scale, "part": label(name)} for row in rows[:MAX_POINTS] for name in series
    ]
    if not values:
        return None
    kind = "ordinal" if len(rows) <= 40 else "quantitative"
    return spec_of(
        {
            "title": {"text": f"n = {len(rows)}", "anchor": "start", "fontSize": 12, "fontWeight": "normal"},
            "data": {"values": values},
            "mark": "bar" if kind == "ordinal" else "area",
            "encoding": {
                "x": {"field": "x", "type": kind, "title": x_title or label(x), "axis": {"labelAngle": 0, "labelOverlap": True}},
                "y": {"field": "y", "type": "quantitative", "title": _unit(scale)},
                "color": {
                    "field": "part",
                    "type": "nominal",
                    "title": None,
                    "scale": {"range": PALETTE},
                    "sort": [label(name) for name in series],
                },
                "order": {"field": "part"},
            },
        },
        height=260,
    )


PALETTE = ["#2f5d7e", "#8fa9a0", "#ad2f17", "#565046", "#c9a227", "#7b8f3a"]


def _unit(scale: float) -> str:
    return {1: label("amount") + " (CNY)", 1e6: label("amount") + " (CNY m)"}[scale]


def _scale(rows: list[dict[str, Any]], names: list[str]) -> float:
    largest = max((abs(float(row[name] or 0)) for row in rows for name in names), default=0)
    return 1e6 if largest >= 1e6 else 1


def _bars(pairs: list[tuple[str, float]]) -> dict[str, Any] | None:
    scale = 1e6 if max((abs(value) for _, value in pairs), default=0) >= 1e6 else 1
    return spec_of(
        {
            "data": {"values": [{"part": label(name), "y": value / scale} for name, value in pairs]},
            "mark": "bar",
            "encoding": {
                "y": {
                    "field": "part",
                    "type": "nominal",
                    "title": None,
                    "sort": [label(name) for name, _ in pairs],
                    "axis": {"labelLimit": 240},
                },
                "x": {"field": "y", "type": "quantitative", "title": _unit(scale)},
            },
        },
        height=26 * len(pairs) + 10,
    )


def _schedule(output: dict[str, Any]) -> dict[str, Any] | None:
    names = ["principal", "interest"]
    return _stack(output["rows"], "period", names, scale=_scale(output["rows"], names))


def _tiers(output: dict[str, Any]) -> dict[str, Any] | None:
    return _bars([(name, float(value)) for name, value in output["tiers"].items()])


def _pool(output: dict[str, Any]) -> dict[str, Any] | None:
    names = ["interest", "scheduled", "prepayment", "recovery"]
    return _stack(output["rows"], "period", names, scale=_scale(output["rows"], names))


def _deal(output: dict[str, Any]) -> dict[str, Any] | None:
    names = list(output["tranches"])
    rows = [{"period": row["period"], **dict(zip(names, map(float, row["balances"]), strict=True))} for row in output["rows"]]
    return _stack(rows, "period", names, scale=_scale(rows, names))


def _annuities(output: dict[str, Any]) -> dict[str, Any] | None:
    return _stack(output["schedule"], "year", ["amount"])


def _survival(output: dict[str, Any]) -> dict[str, Any] | None:
    values = [{"x": year, "y": share} for year, share in enumerate(output["survival"], 1)]
    return spec_of(
        {
            "data": {"values": values},
            "mark": {"type": "line", "point": True, "color": "#2f5d7e"},
            "encoding": {
                "x": {"field": "x", "type": "quantitative", "title": label("year")},
                "y": {"field": "y", "type": "quantitative", "title": label("survival"), "axis": {"format": "%"}},
            },
        },
        height=220,
    )


def _tornado(output: dict[str, Any]) -> dict[str, Any] | None:
    """For each input a bar from the value at its low to the value at its high figure, the widest on top, around the base."""
    rows = output["bars"]
    names = [code_word(row["field"]) if row["field"] in code_words() else label(row["field"]) for row in rows]
    values = [{"part": name, "low": row["value_at_low"], "high": row["value_at_high"]} for name, row in zip(names, rows, strict=True)]
    side = {"field": "part", "type": "nominal", "title": None, "sort": names, "axis": {"labelLimit": 240}}
    scale = {"zero": False}
    bars = {
        "mark": {"type": "bar", "color": PALETTE[0]},
        "encoding": {
            "y": side,
            "x": {"field": "low", "type": "quantitative", "title": label("value"), "scale": scale},
            "x2": {"field": "high"},
        },
    }
    base = {"mark": {"type": "rule", "color": PALETTE[2]}, "encoding": {"x": {"datum": output["base"]}}}
    return spec_of({"data": {"values": values}, "layer": [bars, base]}, height=30 * len(rows) + 10) if rows else None


CHARTS: dict[str, Callable[[dict[str, Any]], dict[str, Any] | None]] = {
    "loan.schedule": _schedule,
    "loan.floating_schedule": _schedule,
    "fund.waterfall": _tiers,
    "fund.management_fee": lambda output: _stack(output["rows"], "since", ["net", "offset"], scale=_scale(output["rows"], ["net"])),
    "securitization.run": _pool,
    "securitization.deal": _deal,
    "patents.annuities": _annuities,
    "valuation.renewal": _survival,
    "valuation.tornado": _tornado,
    "pool.split": lambda output: _bars([(name, float(value)) for name, value in output["parts"].items()]),
}
