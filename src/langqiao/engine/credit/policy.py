"""A bank's own rules for loans on patents, typed: rates by type, grade and life, caps, ages, lines of alarm, figures of risk."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from langqiao.engine.kernel.money import Fen
from langqiao.engine.kernel.parameters import Parameters

PREFIX = "loan.policy."


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """`pledge_rates` by type and `grade_factors` by letter, `life_factors` by the fewest months of remaining life, the most first.

    `warn`, `margin`, `accelerate`: loan-to-value lines. `remaining_life_months`: what must remain after the debt's end. Shares are fractions.
    """

    pledge_rates: Mapping[str, Fraction]
    grade_factors: Mapping[str, Fraction]
    life_factors: tuple[tuple[int, Fraction], ...]
    remaining_life_months: int
    cap_fen: Fen
    term_months: int
    appraisal_months: int
    warn: Fraction
    margin: Fraction
    accelerate: Fraction
    cure_days: int
    acceleration_days: int
    default_days: int
    invalidation_haircut: Fraction
    pd_12_months: Fraction
    pd_lifetime: Fraction
    lgd: Fraction
    penalty_markup: Fraction = Fraction(0)

    def __post_init__(self) -> None:
        if not 0 < self.warn <= self.margin <= self.accelerate:
            raise ValueError("the lines of alarm must rise: warn, margin, accelerate")
        shares = (*self.pledge_rates.values(), *self.grade_factors.values(), *(factor for _months, factor in self.life_factors))
        figures = (self.invalidation_haircut, self.pd_12_months, self.pd_lifetime, self.lgd)
        if any(not 0 <= share <= 1 for share in (*shares, *figures)):
            raise ValueError("rates, factors and shares lie between 0 and 1")
        if not 0 <= self.penalty_markup <= 1:
            raise ValueError("the markup of default interest lies between 0 and 1")
        if self.pd_12_months > self.pd_lifetime:
            raise ValueError("the lifetime probability is below that of 12 months")
        days = (self.cure_days, self.acceleration_days, self.default_days)
        if min(days) < 1 or min(self.cap_fen, self.term_months, self.appraisal_months) < 1 or self.remaining_life_months < 0:
            raise ValueError("caps, terms and days are above zero")

    def rate(self, patent_type: str, grade: str, life_months: int) -> Fraction:
        """Pledge rate of a patent: of its type × its grade's factor × its life's factor; an unknown type or letter takes the lowest."""
        by_type = self.pledge_rates.get(patent_type, min(self.pledge_rates.values()))
        by_grade = self.grade_factors.get(grade or "ungraded", min(self.grade_factors.values()))
        by_life = next((factor for months, factor in self.life_factors if life_months >= months), Fraction(0))
        return by_type * by_grade * by_life


def policy_of(parameters: Parameters, own: Mapping[str, Any] | None = None) -> Policy:
    """The policy from the dated parameters, with a bank's own values (by the parameter's name after `loan.policy.`) in their place.

    Raises ValueError naming what does not fit.
    """
    own = own or {}
    unknown = set(own) - NAMES
    if unknown:
        raise ValueError(f"no rule of a loan policy: {', '.join(sorted(unknown))}")

    def value(name: str) -> Any:
        return own[name] if name in own else parameters.value(DEFAULT_DAYS if name == "default_days" else PREFIX + name)

    lines, risk = value("triggers"), value("risk")
    lives = sorted(((int(months), Fraction(str(factor))) for months, factor in value("life_factors").items()), reverse=True)
    return Policy(
        pledge_rates=_shares(value("pledge_rates")),
        grade_factors=_shares(value("grade_factors")),
        life_factors=tuple(lives),
        remaining_life_months=int(value("remaining_life_months")),
        cap_fen=int(value("cap_yuan")) * 100,
        term_months=int(value("term_months")),
        appraisal_months=int(value("appraisal_months")),
        **_shares(lines),
        cure_days=int(value("cure_days")),
        acceleration_days=int(value("acceleration_days")),
        default_days=int(value("default_days")),
        invalidation_haircut=Fraction(str(value("invalidation_haircut"))),
        **_shares(risk),
        penalty_markup=Fraction(str(value("penalty_markup"))),
    )


DEFAULT_DAYS = "loan.stage.default_days"
NAMES = frozenset(
    {
        "pledge_rates", "grade_factors", "life_factors", "remaining_life_months", "cap_yuan", "term_months", "appraisal_months", "triggers",
        "cure_days", "acceleration_days", "default_days", "invalidation_haircut", "risk", "penalty_markup",
    }
)  # fmt: skip


def _shares(values: Mapping[str, Any]) -> dict[str, Fraction]:
    return {name: Fraction(str(value)) for name, value in values.items()}
