"""An opinion of value: every method side by side, what they say together as p10, p50 and p90, and a hash that makes it immutable."""

import dataclasses
import math
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import StringConstraints

from langqiao.engine.grading.canonical import digest
from langqiao.engine.kernel.calculation import calculation
from langqiao.engine.kernel.money import Money
from langqiao.engine.kernel.number import Figure
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.kernel.record import Count, Date, Rows, Text, record
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.valuation.by_cost import cost_result, market_result
from langqiao.engine.valuation.by_income import relief_result
from langqiao.engine.valuation.by_renewal import renewal_result
from langqiao.engine.valuation.given import (
    CostGiven,
    MarketGiven,
    ReliefGiven,
    RightGiven,
    StatedFactor,
    check_dates,
    cost_parts,
    relief_parts,
)
from langqiao.engine.valuation.inputs import P90
from langqiao.engine.valuation.result import MethodResult, ValueBar, fen_of
from langqiao.engine.valuation.sampling import DRAWS

ENGINE = "1"
"""Rises when the same input would give another opinion."""
ENDED = frozenset({"lapsed", "expired", "abandoned", "invalidated", "rejected", "withdrawn"})
Currency = Annotated[Text, StringConstraints(pattern=r"^[A-Z]{3}$")]


@record
class OpinionInput:
    """What an opinion rests on: the right on the day, and what is stated for each method. `seed` fixes the scenarios."""

    key: Text
    as_of: Date
    currency: Currency
    right: RightGiven
    relief_from_royalty: ReliefGiven | None = None
    cost: CostGiven | None = None
    market: MarketGiven | None = None
    renewal_price_factor: StatedFactor | None = None
    seed: Count = 0


@record
class Words:
    """A sentence in Chinese and English."""

    zh: Text
    en: Text


@record
class Opinion:
    """`p10`, `p50`, `p90` in the currency's main unit. `basis`: the method they come from, or `reconciled` of several.

    `disagreement`: standard deviation between methods on the log scale beyond their own ranges (0: they agree; null: fewer than two).
    `conditions`: what was assumed because it is not known. `sha256`: of input and opinion in canonical form.
    """

    key: Text
    as_of: Date
    currency: Text
    p10: Money
    p50: Money
    p90: Money
    basis: Literal["relief_from_royalty", "market", "renewal", "reconciled"]
    disagreement: Figure | None
    words: Rows[Words]
    conditions: Rows[Text]
    methods: Rows[MethodResult]
    tornado: Rows[ValueBar]
    seed: Count
    draws: Count
    engine: Text
    sha256: Text


@calculation(
    "valuation.opinion",
    title_zh="价值意见（多方法并列）",
    title_en="Opinion of value",
    formula_zh=(
        "各估计并列后的 p10、p50、p90；只有本专利没有任何陈述时才用续展先验；成本单列为底线。"
        "先验来自其他专利、其他价格：只并列于估计之旁，不牵动估计。每个估计为对数正态，中位数 p50，离差 ln(p90/p10) ÷ 2.563；"
        "权重为 1 ÷ (离差² + τ²)，τ² 为各估计之间的分歧；区间针对一件专利：方差 1/Σw + τ²。没有一种方法具备输入的不予计算，并列出缺项。"
    ),
    source="Income, market, cost and renewal methods [c]; random-effects combination of DerSimonian and Laird 1986 on the log scale [d]",
    example={
        "key": "CN-102905253-B",
        "as_of": "2026-06-30",
        "currency": "CNY",
        "right": {
            "office": "CN",
            "type": "invention",
            "status": "in_force",
            "years_run": 14,
            "remaining_years": 6.1,
            "fees_paid": True,
            "owner_is_domestic": True,
        },
        "relief_from_royalty": {
            "revenues": {"base": [5000000, 5500000, 6000000], "low": 0.7, "high": 1.2, "source": "business plan of the holder, 2026"},
            "royalty_rate": {"base": 0.04, "low": 0.02, "high": 0.06, "source": "license of a similar patent, 2024"},
            "discount_rate": {
                "base": 0.15,
                "low": 0.12,
                "high": 0.2,
                "basis": "after_tax",
                "includes_stage_risk": False,
                "source": "bank's estimate",
            },
            "tax_rate": {"base": 0.15, "source": "high-tech enterprise certificate"},
        },
        "seed": 1,
    },
    refusals=(
        "right_not_in_force", "value_input_missing", "stage_risk_counted_twice", "tax_basis_mixed", "life_beyond_legal_life", "currency_mixed",
        "evidence_after_valuation_date", "obsolescence_above_cost",
    ),
)  # fmt: skip
def opinion(given: OpinionInput, parameters: Parameters) -> Opinion:
    """p10, p50, p90 of the estimates together; of the renewal prior only where nothing is stated of this patent; the cost is a floor apart.

    The prior is of other patents, at other prices: it stands beside an estimate and never pulls it. Each estimate is a lognormal with median p50 and deviation ln(p90/p10) / 2.563; together they weigh by 1 / (deviation² + τ²), τ² the
    disagreement between them, and the range covers one patent: variance 1 / Σw + τ². Refused where no method has its inputs, naming them.
    """
    _guard(given)
    methods = (
        relief_result(given.relief_from_royalty, given.right, given.currency, given.seed),
        market_result(given.market, given.currency),
        renewal_result(given.right, given.currency, price_factor=given.renewal_price_factor, parameters=parameters, as_of=given.as_of),
        cost_result(given.cost, given.currency, given.seed),
    )
    usable = [one for one in methods if one.status == "given" and one.role != "floor"]
    estimates = [one for one in usable if one.role == "estimate"] or usable
    if not estimates:
        missing = [name for one in methods for name in one.missing]
        refused = "; ".join(one.message for one in methods if one.status == "refused")
        message = f"no method can be used; missing are {', '.join(missing)}" + (f" ({refused})" if refused else "")
        raise Refusal("value_input_missing", message, facts={"inputs": ", ".join(missing)})
    p10, p50, p90, tau = reconciled(estimates)
    first = max(estimates, key=lambda one: bool(one.tornado) + (one.role == "estimate"))
    found = Opinion(
        key=given.key,
        as_of=given.as_of,
        currency=given.currency,
        p10=p10,
        p50=p50,
        p90=p90,
        basis="reconciled" if len(estimates) > 1 else estimates[0].method,  # type: ignore[arg-type]
        disagreement=tau,
        words=tuple(_words(usable, (p10, p50, p90), parameters, as_of=given.as_of)),
        conditions=tuple(_conditions(given)),
        methods=methods,
        tornado=first.tornado,
        seed=given.seed,
        draws=DRAWS,
        engine=ENGINE,
        sha256="",
    )
    return dataclasses.replace(found, sha256=content_hash(given, found))


def content_hash(given: OpinionInput, found: Opinion) -> str:
    """The SHA-256 of what was stated and what was found, in canonical form."""
    return digest({"given": given, "opinion": dataclasses.replace(found, sha256="")})


def is_repeated(given: OpinionInput, found: Opinion, parameters: Parameters) -> bool:
    """Whether the same input gives the recorded opinion again, to the last bit."""
    return opinion(given, parameters) == found


def _guard(given: OpinionInput) -> None:
    if given.right.status in ENDED:
        message = f"the right is no longer in force ({given.right.status}): it has no value to give an opinion of"
        raise Refusal("right_not_in_force", message, article="Patent Law 44, 47", facts={"status": given.right.status})
    for name, part in (("relief_from_royalty", given.relief_from_royalty), ("cost", given.cost), ("market", given.market)):
        if part is not None and part.currency not in {None, given.currency}:
            message = f"the opinion is in {given.currency}, {name} in {part.currency}"
            raise Refusal("currency_mixed", message, facts={"expected": given.currency, "method": name, "given": part.currency})
    if given.relief_from_royalty is not None:
        check_dates(given.as_of, list(relief_parts(given.relief_from_royalty)))
        check_dates(given.as_of, [("success", stated) for stated in given.relief_from_royalty.success])
    if given.cost is not None:
        check_dates(given.as_of, list(cost_parts(given.cost)))
        check_dates(given.as_of, [(line.what, line.amount) for line in given.cost.items])
    check_dates(given.as_of, [("market", given.market), ("renewal_price_factor", given.renewal_price_factor)])


def reconciled(estimates: Sequence[MethodResult]) -> tuple[int, int, int, float | None]:
    """p10, p50, p90 in fen, and τ; one estimate is itself, whatever its shape. An estimate with no positive p50 cannot be put on the log scale."""
    usable = [one for one in estimates if one.p50 and one.p90 and one.p90 > one.p50]
    if len(usable) < 2:
        one = (usable or list(estimates))[0]
        assert one.p10 is not None
        assert one.p50 is not None
        assert one.p90 is not None
        return one.p10, one.p50, one.p90, None
    centers = [math.log(one.p50 or 1) for one in usable]
    variances = [_deviation(one) ** 2 for one in usable]
    tau2 = between(centers, variances)
    weights = [1 / (variance + tau2) for variance in variances]
    center = math.fsum(w * c for w, c in zip(weights, centers, strict=True)) / math.fsum(weights)
    reach = P90 * math.sqrt(1 / math.fsum(weights) + tau2)
    low, middle, high = (fen_of(math.exp(center + shift) / 100) for shift in (-reach, 0.0, reach))
    return low, middle, high, math.sqrt(tau2)


def _deviation(one: MethodResult) -> float:
    """The log standard deviation of a method: from p10 and p90, or from the upper half where p10 is nothing."""
    assert one.p50 is not None
    assert one.p90 is not None
    if one.p10:
        return math.log(one.p90 / one.p10) / (2 * P90)
    return math.log(one.p90 / one.p50) / P90


def between(centers: Sequence[float], variances: Sequence[float]) -> float:
    """τ² of DerSimonian and Laird: the variance between estimates that their own variances do not explain, never below 0."""
    weights = [1 / variance for variance in variances]
    total = math.fsum(weights)
    center = math.fsum(w * c for w, c in zip(weights, centers, strict=True)) / total
    q = math.fsum(w * (c - center) ** 2 for w, c in zip(weights, centers, strict=True))
    scale = total - math.fsum(w * w for w in weights) / total
    return max(0.0, (q - (len(centers) - 1)) / scale) if scale > 0 else 0.0


def _words(usable: Sequence[MethodResult], found: tuple[int, int, int], parameters: Parameters, *, as_of: Date) -> Iterator[Words]:
    low, middle, high = found
    limit = float(parameters.value("valuation.interval_in_words_above", as_of))
    if low <= 0:
        yield Words(zh="十分之一的可能价值为零或近于零。", en="With one chance in ten it is worth nothing, or next to nothing.")
    elif high / low > limit:
        times = round(high / low)
        yield Words(
            zh=f"高低相差约 {times} 倍：这些依据只能说明量级，不能说明数值。",
            en=f"The ends are about {times} times apart: this evidence tells an order of magnitude, not a figure.",
        )
    prior = next((one for one in usable if one.role == "prior"), None)
    if prior is None:
        return
    if len(usable) == 1:
        yield Words(
            zh="仅为同局同龄专利的先验，不含该专利自身的收益、成交或成本；均值无法由续展数据识别，故只报中位数和区间。",
            en="Only a prior of patents of this office and age, nothing of this patent's own income, deals or cost; renewal data do not"
            " identify the mean, so median and range are given.",
        )
    elif prior.p90 is not None and middle > prior.p90:
        yield Words(
            zh="估值中位数高于九成同局同龄专利的续展价值：请核对收入和许可费率的依据。",
            en="The median lies above what nine in ten patents of this office and age are worth to those who renew them: check the"
            " grounds of revenue and royalty.",
        )


def _conditions(given: OpinionInput) -> list[str]:
    found = []
    if given.right.status is None:
        found.append("assumes_in_force")
    if not given.right.fees_paid:
        found.append("assumes_fees_paid_to_date")
    if given.right.remaining_years is None:
        found.append("legal_life_not_checked")
    return found
