"""Patents per 10,000 residents, the form of the national high-value indicator."""

from langqiao.engine.kernel.calculation import calculation
from langqiao.engine.kernel.number import Figure, Number
from langqiao.engine.kernel.record import Count, record
from langqiao.engine.kernel.refusal import Refusal


@record
class PerCapitaInput:
    """A count of patents and the resident population of the same region and day."""

    count: Count
    population: Number


@record
class PerCapitaOutput:
    """`per_10000`: patents per 10,000 residents."""

    per_10000: Figure


@calculation(
    "policy.per_10000",
    title_zh="每万人口专利拥有量",
    title_en="Patents per 10,000 residents",
    formula_zh="每万人口拥有量 = 件数 ÷ 人口 × 10,000；人口不大于零的不予计算（I93）。",
    source="CNIPA definition of 每万人口高价值发明专利拥有量 [c]",
    example={"count": 1665000, "population": 1410000000},
    refusals=("population_not_positive",),
)
def per_10000(given: PerCapitaInput) -> PerCapitaOutput:
    """per_10000 = count ÷ population × 10,000; refused if the population is not above zero (I93)."""
    if given.population <= 0:
        message = f"a population of {float(given.population):g} is not above zero"
        raise Refusal("population_not_positive", message, facts={"population": float(given.population)})
    return PerCapitaOutput(per_10000=float(given.count / given.population * 10_000))
