"""The reference page of indicators: every formula with its source, what makes a figure absent, and the table that holds them."""

from collections.abc import Iterator

from langqiao.cli.reference.page import Page, page, table
from langqiao.data.indicators.compute import LONG
from langqiao.data.indicators.register import INDICATORS, VERSION
from langqiao.engine.indicators.reading import MIN_COHORT, MIN_COMPLETENESS, MIN_COVERAGE, REASONS

OPENING = f"""`langqiao compute --as-of DATE` computes these for every right of the lake from what was public by that day and writes the table
`indicators` (`langqiao export indicators`). Version {VERSION} of every formula. Written from the register
`langqiao.data.indicators.register`."""

CONVENTIONS = f"""- **One row a right and indicator.** A right is an application; it stands under the key of its newest granted publication, else its newest.
- **As of a day 时点.** Only publications, grants and family members public by that day are used; a record without a date counts from the day it
  was retrieved. Data cut off at the day give identical bytes (tested).
- **Cohort 同组** = WIPO field of the first IPC symbol (CPC where there is no IPC) × filing year; where it says so also office or family model.
  `percentile` = 100 · (below + half of the equal ones) / n; none below {MIN_COHORT} members. Composites winsorize a cohort at its 1st and 99th
  percentile and divide by the maximum left.
- **Unknown is not zero 未知不是零.** A forward count is known when its window has ended and the lake holds at least {MIN_COVERAGE:.0%} of the patents
  that the right's office granted in the window's years, weighted by months (table `citing_coverage`; official totals in
  `data/indicators/tables`, others by `langqiao compute --totals FILE`). Else the value is absent, `low` is the count seen, `completeness` the
  coverage. The {MIN_COVERAGE:.0%} are our convention, and so are the {MIN_COMPLETENESS:.0%} of references or citing documents whose classes must be
  known before a dispersion enters a percentile.
- **Citations** are resolved to rights of the lake by office, number and, where that is ambiguous, kind; equivalents and repeats count once.
  A citation counts from the day of the citing publication. The clock of a window starts at the right's first publication.
- Left out: the Lanjouw-Schankerman factor (its weights by field are not published), and renewal years (a right's status is replayed from events)."""


def pages() -> Iterator[Page]:
    """The page of indicators."""
    parts = ["## Conventions 约定", CONVENTIONS, "## Formulas 公式", _formulas()]
    parts += ["## Why a figure is absent 缺失原因", _reasons(), "## Columns 字段", _columns()]
    yield page("reference/indicators.md", "Indicators 指标", OPENING, parts)


def _formulas() -> str:
    rows = [(f"`{one.name}`", f"{one.title['zh']} · {one.title['en']}", one.unit, one.formula, one.source) for one in INDICATORS.values()]
    return table(["name", "title", "unit", "formula", "source"], rows)


def _reasons() -> str:
    return table(["reason", "zh", "en"], [(f"`{code}`", text["zh"], text["en"]) for code, text in sorted(REASONS.items())])


def _columns() -> str:
    return table(["column", "type"], [(f"`{field.name}`", str(field.type).split("<")[0]) for field in LONG])
