"""Compound annual growth, the measure of the key-city targets."""

from langqiao.engine.kernel.calculation import calculation
from langqiao.engine.kernel.number import Figure, NotNegative, Number, Positive
from langqiao.engine.kernel.record import record
from langqiao.engine.kernel.refusal import Refusal


@record
class GrowthInput:
    """A figure at the start (`base`) and at the end of `years`."""

    base: Number
    end: NotNegative
    years: Positive


@record
class GrowthOutput:
    """`cagr`: growth a year, 0.2 for 20 %."""

    cagr: Figure


@calculation(
    "policy.growth",
    title_zh="年均复合增长率",
    title_en="Compound annual growth",
    formula_zh="年均增长率 = (期末值 ÷ 基期值)^(1 ÷ 年数) − 1；基期值不大于零的不予计算（I101）。",
    source="Key-city targets of 2020 (财办建〔2020〕40号) [c]",
    example={"base": 100, "end": 144, "years": 2},
    refusals=("base_not_positive",),
)
def growth(given: GrowthInput) -> GrowthOutput:
    """The growth a year: cagr = (end / base)^(1 / years) − 1; refused if the base is not above zero (I101)."""
    if given.base <= 0:
        raise Refusal("base_not_positive", f"the base value {float(given.base):g} is not above zero", facts={"base": float(given.base)})
    return GrowthOutput(cagr=float(given.end / given.base) ** float(1 / given.years) - 1)
