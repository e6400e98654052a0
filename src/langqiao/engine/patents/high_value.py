"""Whether an invention patent is of high value in the sense of the national statistics (高价值发明专利)."""

import datetime as dt
from collections.abc import Callable
from typing import Literal

from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.dates import add_years
from langqiao.engine.kernel.money import Fen, Money
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.kernel.record import Date, Flag, Rows, Text, record
from langqiao.engine.patents.kinds import PatentType

Criterion = Literal[
    "strategic_emerging_industry", "overseas_family", "maintained_over_10_years", "pledge_financing", "national_award"
]  # fmt: skip
SOURCE = "CNIPA definition of the national statistics [c]; pledge threshold and origin of the ten years [p]"
HOME = "CN"


@record
class HighValueInput:
    """`overseas_rights`: offices where a family right (not an application) exists; `pledge_amount`: the highest single pledge."""

    type: PatentType
    in_force: Flag
    grant_date: Date
    as_of: Date
    sei: Flag
    overseas_rights: Rows[Text] = ()
    pledge_amount: Money = 0
    pledge_threshold: Money | None = None
    awards: Rows[Text] = ()
    maintained_from: Literal["grant", "filing"] = "grant"
    filing_date: Date | None = None


@record
class Finding:
    """One criterion: whether it is met, from which day the ten years are met, and which amount is missing to the threshold."""

    criterion: Criterion
    met: Flag
    met_from: Date | None = None
    missing_amount: Money | None = None


@record
class HighValueOutput:
    """`criteria` are those met by an invention in force; `findings` tell of all five what meets them or what would."""

    high_value: Flag
    criteria: Rows[Criterion]
    qualifies: Flag
    findings: Rows[Finding]


@calculation(
    "patents.high_value",
    title_zh="高价值发明专利认定",
    title_en="High-value invention patent",
    formula_zh=(
        "有效的发明专利至少符合五项标准之一；取并集，每件只计一次。"
        "维持十年：截至日晚于起算日 + 10 年（十周年当日不算“超过十年”）。质押融资：金额 > 0 且 ≥ 门槛。"
        "海外同族中的 CN 不计。实用新型与外观设计不计。"
    ),
    source=SOURCE,
    example={
        "type": "invention",
        "in_force": True,
        "grant_date": "2014-01-01",
        "as_of": "2026-06-30",
        "sei": False,
        "overseas_rights": ["US"],
    },
)
def high_value(given: HighValueInput, parameters: Parameters) -> HighValueOutput:
    """An invention in force that meets at least one of five criteria; a union, each patent once.

    Ten years: as_of after that date + 10 years (the tenth anniversary itself is not more than ten years). Pledge: amount > 0 and
    ≥ threshold. CN among overseas rights is ignored. Utility models and designs never qualify.
    """
    findings = tuple(test(given, parameters) for test in _TESTS)
    qualifies = given.type == "invention" and given.in_force
    criteria = tuple(finding.criterion for finding in findings if finding.met and qualifies)
    return HighValueOutput(high_value=bool(criteria), criteria=criteria, qualifies=qualifies, findings=findings)


def _industry(given: HighValueInput, _parameters: Parameters) -> Finding:
    return Finding(criterion="strategic_emerging_industry", met=given.sei)


def _family(given: HighValueInput, _parameters: Parameters) -> Finding:
    return Finding(criterion="overseas_family", met=any(office != HOME for office in given.overseas_rights))


def _maintained(given: HighValueInput, parameters: Parameters) -> Finding:
    years = int(parameters.value("patents.high_value.maintained_years", given.as_of))
    anniversary = add_years(_origin(given), years)
    return Finding(criterion="maintained_over_10_years", met=given.as_of > anniversary, met_from=anniversary + dt.timedelta(days=1))


def _origin(given: HighValueInput) -> dt.date:
    if given.maintained_from == "grant":
        return given.grant_date
    if given.filing_date is None:
        raise BadInput("missing_field", "maintained_from is filing: filing_date is required", "filing_date")
    if given.filing_date > given.grant_date:
        raise BadInput("inconsistent", "the filing is after the grant", "filing_date")
    return given.filing_date


def _pledge(given: HighValueInput, parameters: Parameters) -> Finding:
    threshold = pledge_threshold(given, parameters)
    met = given.pledge_amount > 0 and given.pledge_amount >= threshold
    return Finding(criterion="pledge_financing", met=met, missing_amount=0 if met else max(threshold - given.pledge_amount, 1))


def pledge_threshold(given: HighValueInput, parameters: Parameters) -> Fen:
    """The threshold in fen: as given, else the parameter in force on the day."""
    if given.pledge_threshold is not None:
        return given.pledge_threshold
    return int(parameters.value("patents.high_value.pledge_threshold_yuan", given.as_of)) * 100


def _award(given: HighValueInput, _parameters: Parameters) -> Finding:
    return Finding(criterion="national_award", met=bool(given.awards))


_TESTS: tuple[Callable[[HighValueInput, Parameters], Finding], ...] = (_industry, _family, _maintained, _pledge, _award)
