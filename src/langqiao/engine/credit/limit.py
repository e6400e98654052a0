"""How much may be lent on patents and what a bank's own rules say against it: every reason, not only the first."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from langqiao.engine.credit.policy import Policy
from langqiao.engine.kernel.dates import add_months
from langqiao.engine.kernel.money import Fen, round_half_up
from langqiao.engine.operations.encumbrance import Reason

METHODS = frozenset({"cost", "market", "income"})
BANK_RULES = (
    "design_not_accepted", "remaining_life_too_short", "loan_term_too_long", "loan_above_bank_cap", "appraisal_formalities_missing",
    "appraisal_too_old", "loan_above_pledge_rate",
)  # fmt: skip
"""The bank's own rules, in the order in which they are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """One patent as security: its type, grade ("" ungraded), end of term (None: unknown) and appraised value (None: not appraised yet)."""

    patent: str
    type: str
    grade: str = ""
    expiry_date: dt.date | None = None
    value_fen: Fen | None = None

    def life_months(self, day: dt.date) -> int:
        """Whole months until the right ends; 0 where the end is unknown or past."""
        if self.expiry_date is None or self.expiry_date <= day:
            return 0
        months = (self.expiry_date.year - day.year) * 12 + self.expiry_date.month - day.month
        return months if add_months(day, months) <= self.expiry_date else months - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An appraisal's formalities (Asset Appraisal Law 24, 26): who appraised, by which methods, why one alone, the base date, signed and sealed."""

    appraisers: tuple[str, ...]
    methods: frozenset[str]
    one_method_reason: str = ""
    base_date: dt.date
    signed_and_sealed: bool = True

    @property
    def missing(self) -> tuple[str, ...]:
        """What the law asks and the report lacks."""
        names = {" ".join(name.split()).casefold() for name in self.appraisers if name.strip()}
        found = {
            "two_appraisers": len(names) < 2,
            "known_methods": not self.methods or not self.methods <= METHODS,
            "second_method_or_reason": len(self.methods) < 2 and not self.one_method_reason.strip(),
            "signatures_and_seal": not self.signed_and_sealed,
        }
        return tuple(name for name, lacks in found.items() if lacks)


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRow:
    """The part of a limit that one patent carries."""

    patent: str
    value_fen: Fen
    rate: Fraction
    limit_fen: Fen


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """`by_value_fen`: Σ value × rate; `limit_fen`: the lower of it and the bank's cap."""

    rows: tuple[LimitRow, ...]
    by_value_fen: Fen
    cap_fen: Fen

    @property
    def limit_fen(self) -> Fen:
        """The most that may be lent."""
        return min(self.by_value_fen, self.cap_fen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The loan that is asked for or proposed."""

    amount_fen: Fen
    months: int
    on: dt.date

    @property
    def debt_end(self) -> dt.date:
        """The day of the last payment, if drawn on `on`."""
        return add_months(self.on, self.months)


def limit(securities: Sequence[Security], policy: Policy, day: dt.date) -> Limit:
    """Value × rate by type, grade and remaining life, rounded half up per patent; a patent without a value carries nothing (I53)."""
    rows = []
    for one in securities:
        rate = policy.rate(one.type, one.grade, one.life_months(day))
        value = one.value_fen or 0
        rows.append(LimitRow(patent=one.patent, value_fen=value, rate=rate, limit_fen=round_half_up(value * rate)))
    return Limit(rows=tuple(rows), by_value_fen=sum(row.limit_fen for row in rows), cap_fen=policy.cap_fen)


def bank_reasons(
    wanted: Wanted, securities: Sequence[Security], policy: Policy, *, report: Report | None = None, appraised: bool = False
) -> tuple[Reason, ...]:
    """Every rule of the bank that forbids the loan. `appraised`: the value is asked too; before the appraisal only what needs no value."""
    found = [*_of_patents(wanted, securities, policy)]
    if wanted.months > policy.term_months:
        found.append(_reason("loan_term_too_long", months=wanted.months, limit=policy.term_months))
    if wanted.amount_fen > policy.cap_fen:
        found.append(_reason("loan_above_bank_cap", amount_fen=wanted.amount_fen, limit_fen=policy.cap_fen))
    if report is not None or appraised:
        found += report_reasons(report, policy, wanted.on)
    if appraised:
        most = limit(securities, policy, wanted.on)
        if wanted.amount_fen > most.by_value_fen:
            found.append(_reason("loan_above_pledge_rate", amount_fen=wanted.amount_fen, limit_fen=most.by_value_fen))
    return tuple(found)


def _of_patents(wanted: Wanted, securities: Sequence[Security], policy: Policy) -> list[Reason]:
    refused = [one.patent for one in securities if not policy.pledge_rates.get(one.type, Fraction(0))]
    needed = add_months(wanted.debt_end, policy.remaining_life_months)
    short = [one.patent for one in securities if one.expiry_date is None or one.expiry_date < needed]
    found = [_reason("design_not_accepted", patents=tuple(refused))] if refused else []
    return [*found, _reason("remaining_life_too_short", patents=tuple(short), until=needed.isoformat())] if short else found


def report_reasons(report: Report | None, policy: Policy, day: dt.date) -> list[Reason]:
    """What is against an appraisal on a day: formalities, and its age counted from the base date (I54)."""
    if report is None:
        return [_reason("appraisal_formalities_missing", missing=("report",))]
    found = [_reason("appraisal_formalities_missing", missing=report.missing)] if report.missing else []
    last = add_months(report.base_date, policy.appraisal_months)
    if not report.base_date <= day <= last:
        found.append(_reason("appraisal_too_old", base_date=report.base_date.isoformat(), last_day=last.isoformat()))
    return found


def _reason(code: str, **facts: object) -> Reason:
    article = "Asset Appraisal Law 24, 26-28" if code == "appraisal_formalities_missing" else "bank policy"
    return Reason(code=code, article=article, facts=facts)
