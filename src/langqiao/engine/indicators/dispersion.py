"""How widely citations spread over classes: generality, originality and concentration, raw and free of small-sample bias."""

import math
from collections.abc import Mapping, Sequence
from typing import Annotated

from langqiao.engine.indicators.reading import Reading
from langqiao.engine.kernel.calculation import calculation
from langqiao.engine.kernel.number import Figure
from langqiao.engine.kernel.record import Count, Text, record

Counts = Annotated[dict[Text, Count], "class → number of citations"]


@record
class DispersionInput:
    """`counts`: how many citations fall into each class."""

    counts: Counts


@record
class DispersionOutput:
    """`n` citations; `raw` null without any; `corrected` and its `standard_error` null below two."""

    n: int
    raw: Figure | None
    corrected: Figure | None
    standard_error: Figure | None


@calculation(
    "indicators.dispersion",
    title_zh="引用离散度(通用性、原创性)",
    title_en="Dispersion of citations (generality, originality)",
    formula_zh=(
        "原始值 = 1 − Σ(n_j/n)²；校正值 = 原始值 × n ÷ (n − 1)，消除小样本偏差。不作截断。"
        "标准误是校正值在独立抽取 n 次引用、以观察份额代替真实份额时的标准误；引用相互关联时偏小。"
    ),
    source="Hall, Jaffe, Trajtenberg 2001 and Hall 2005 [c]; standard error: exact variance of Simpson 1949 with observed shares",
    example={"counts": {"G09G": 2, "H01L": 1, "G02F": 1, "G06F": 1}},
)
def dispersion_of(given: DispersionInput) -> DispersionOutput:
    """Raw = 1 − Σ(n_j/n)²; corrected = raw·n/(n − 1), the estimate free of small-sample bias. Never clipped.

    The standard error is that of the corrected value under drawing n citations independently, with the observed shares in place of the
    true ones; it understates where citations hang together.
    """
    counts = list(given.counts.values())
    n = sum(counts)
    return DispersionOutput(n=n, raw=raw(counts).value, corrected=corrected(counts).value, standard_error=corrected(counts).standard_error)


def raw(counts: Sequence[int]) -> Reading:
    """1 − Σ(n_j/n)²; its expectation is (n − 1)/n of the true dispersion (Hall 2005), so small n reads low."""
    n = sum(counts)
    if n == 0:
        return Reading(value=None, n=0, reason="no_citations")
    return Reading(value=1 - sum(count * count for count in counts) / (n * n), n=n)


def corrected(counts: Sequence[int]) -> Reading:
    """raw·n/(n − 1) = 1 − Σ n_j(n_j − 1)/(n(n − 1)), unbiased; 1.0 is right for two citations of different classes."""
    n = sum(counts)
    if n < 2:
        return Reading(value=None, n=n, reason="one_citation" if n else "no_citations")
    squares, cubes = sum(count**2 for count in counts), sum(count**3 for count in counts)
    value = (n * n - squares) / (n * (n - 1))
    return Reading(value=value, n=n, standard_error=math.sqrt(simpson_variance(n, squares, cubes)))


def simpson_variance(n: int, squares: float, cubes: float) -> float:
    """Variance of the corrected dispersion (Simpson 1949, Nature 163:688) with shares n_j/n; `squares` = Σn_j², `cubes` = Σn_j³."""
    s2, s3 = squares / n**2, cubes / n**3
    variance = (4 * (n - 2) * s3 + 2 * s2 - 2 * (2 * n - 3) * s2 * s2) / (n * (n - 1))
    return max(0.0, variance)


def weighted(shares: Sequence[Mapping[str, int]]) -> Reading:
    """OECD generality: 1 − Σ_j[(1/N)Σ_i β_ji]², β_ji = T_ji/T_i, T_ji = full symbols of citing patent i in class j (OECD STI WP 2013/03).

    `shares`: one map class → number of full symbols per citing patent; patents without symbols must be left out.
    """
    n = len(shares)
    if n == 0:
        return Reading(value=None, n=0, reason="no_citations")
    mass: dict[str, float] = {}
    for patent in shares:
        total = sum(patent.values())
        for name, number in patent.items():
            mass[name] = mass.get(name, 0.0) + number / total / n
    return Reading(value=1 - sum(share * share for share in mass.values()), n=n)


def concentration(counts: Sequence[int]) -> Reading:
    """Herfindahl index freed of small-sample bias: (N·HHI − 1)/(N − 1), HHI = Σ(n_j/N)² (Hall 2005)."""
    n = sum(counts)
    if n < 2:
        return Reading(value=None, n=n, reason="one_citation" if n else "no_citations")
    squares, cubes = sum(count**2 for count in counts), sum(count**3 for count in counts)
    return Reading(value=(squares - n) / (n * (n - 1)), n=n, standard_error=math.sqrt(simpson_variance(n, squares, cubes)))
