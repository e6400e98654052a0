"""The two ways a Chinese patent's term is made longer: delay in grant (PTA) and marketing approval of a new drug (PTE)."""

import datetime as dt
from typing import Literal

from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.dates import add_months, add_years
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.kernel.record import Count, Date, Flag, record
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.patents.kinds import Office, PatentType
from langqiao.engine.patents.term import term_end

Bound = Literal["formula", "highest_years", "years_after_approval", "none"]
NOT_ELIGIBLE, TOO_LATE = "term_adjustment_not_eligible", "term_adjustment_too_late"


@record
class AdjustmentInput:
    """A granted patent and the request for term adjustment; the two delays are found by examination and must not overlap."""

    office: Office
    type: PatentType
    filing_date: Date
    examination_requested_on: Date
    grant_date: Date
    requested_on: Date
    reasonable_delay_days: Count = 0
    applicant_delay_days: Count = 0
    same_day_utility_model: Flag = False


@record
class AdjustmentOutput:
    """`threshold`: the later of filing + 4 and examination request + 3 years; `adjustment_days` added to the end of the term."""

    threshold: Date
    delay_days: Count
    adjustment_days: Count
    expiry_date: Date
    adjusted_expiry_date: Date
    request_deadline: Date


@calculation(
    "patents.pta",
    title_zh="专利权期限补偿（授权延迟）",
    title_en="Term adjustment for delay in grant",
    formula_zh=(
        "补偿天数 = 授权日 − max(申请日 + 4 年, 实审请求日 + 3 年) − 合理延迟 − 申请人引起的延迟，不低于 0。"
        "仅限发明，仅当两个期限都已超过，同日申请实用新型后授权的除外（《实施细则》第78条第4款），且须在授权公告之日起三个月内请求。"
    ),
    source="Patent Law 42(2) [c]; Implementing Rules 77-79 [c]; grants from 2021-06-01 [p]",
    example={
        "office": "CN",
        "type": "invention",
        "filing_date": "2016-03-01",
        "examination_requested_on": "2017-03-01",
        "grant_date": "2022-03-01",
        "requested_on": "2022-05-20",
        "applicant_delay_days": 60,
    },
    refusals=(NOT_ELIGIBLE, TOO_LATE),
)
def pta(given: AdjustmentInput, parameters: Parameters) -> AdjustmentOutput:
    """Days added = grant − max(filing + 4 years, examination request + 3 years) − reasonable delay − applicant's delay, not below 0.

    Only inventions, only after both periods, never after same-day dual filing (Implementing Rules 78 ¶4), only on request within
    three months of the announcement of the grant.
    """
    _ordered(given)
    threshold = _threshold(given, parameters)
    deadline = add_months(given.grant_date, int(_rule(given, parameters)["request_months_from_grant"]))
    if given.requested_on > deadline:
        raise Refusal(TOO_LATE, f"requested on {given.requested_on}, after {deadline}", article="Implementing Rules 77")
    delay = (given.grant_date - threshold).days
    days = max(0, delay - given.reasonable_delay_days - given.applicant_delay_days)
    expiry = term_end(given.type, given.filing_date, parameters)
    return AdjustmentOutput(
        threshold=threshold,
        delay_days=delay,
        adjustment_days=days,
        expiry_date=expiry,
        adjusted_expiry_date=expiry + dt.timedelta(days=days),
        request_deadline=deadline,
    )


def _rule(given: AdjustmentInput, parameters: Parameters) -> dict[str, int]:
    try:
        return dict(parameters.value("patents.term_adjustment", given.grant_date))
    except LookupError:
        message = f"no rule on term adjustment covers a grant of {given.grant_date}"
        raise Refusal(NOT_ELIGIBLE, message, article="Patent Law 42") from None


def _ordered(given: AdjustmentInput) -> None:
    if given.examination_requested_on < given.filing_date:
        raise BadInput("inconsistent", "examination is requested before the filing", "examination_requested_on")
    if given.grant_date < given.examination_requested_on:
        raise BadInput("inconsistent", "the grant is before the examination request", "grant_date")
    if given.requested_on < given.grant_date:
        raise BadInput("inconsistent", "the request is before the grant", "requested_on")


def _threshold(given: AdjustmentInput, parameters: Parameters) -> dt.date:
    if given.type != "invention":
        raise Refusal(NOT_ELIGIBLE, f"a {given.type} has no term adjustment", article="Patent Law 42")
    if given.same_day_utility_model:
        raise Refusal(NOT_ELIGIBLE, "granted after same-day dual filing", article="Implementing Rules 78")
    rule = _rule(given, parameters)
    threshold = max(
        add_years(given.filing_date, rule["years_from_filing"]),
        add_years(given.examination_requested_on, rule["years_from_examination_request"]),
    )
    if given.grant_date <= threshold:
        raise Refusal(NOT_ELIGIBLE, f"granted on {given.grant_date}, not after {threshold}", article="Implementing Rules 78")
    return threshold


@record
class DrugInput:
    """A patent on a new drug and its marketing approval in China; `expiry_date` defaults to the statutory end (pass an adjusted one)."""

    office: Office
    type: PatentType
    filing_date: Date
    approval_date: Date
    requested_on: Date
    expiry_date: Date | None = None
    subject: Literal["product", "preparation_method", "medical_use", "other"] = "product"
    already_compensated: Flag = False
    drug_already_compensated: Flag = False


@record
class DrugOutput:
    """`bound_by`: what limited the compensation: the days themselves, five years, or fourteen years after approval."""

    formula_days: Count
    compensation_days: Count
    expiry_date: Date
    compensated_expiry_date: Date
    bound_by: Bound
    request_deadline: Date


@calculation(
    "patents.pte",
    title_zh="新药相关发明专利权期限补偿",
    title_en="Term compensation of a patent on a new drug",
    formula_zh=(
        "补偿天数 = 上市批准日 − (申请日 + 5 年)，最多至期满日 + 5 年且不超过批准日 + 14 年。"
        "一药一专利、一专利一药；须在批准之日起三个月内且专利有效期内请求。"
    ),
    source="Patent Law 42(3) [c]; Implementing Rules 80-84 [c]; five years counted on the calendar [d]",
    example={
        "office": "CN",
        "type": "invention",
        "filing_date": "2012-04-10",
        "approval_date": "2023-08-30",
        "requested_on": "2023-10-08",
    },
    refusals=(NOT_ELIGIBLE, TOO_LATE, "right_not_in_force"),
)
def pte(given: DrugInput, parameters: Parameters) -> DrugOutput:
    """Days added = approval − (filing + 5 years), at most to expiry + 5 years and at most to approval + 14 years.

    One patent a drug and one drug a patent; request within three months of approval, while the patent is in force.
    """
    rule = dict(parameters.value("patents.drug_term_compensation", given.approval_date))
    expiry = given.expiry_date or term_end(given.type, given.filing_date, parameters)
    deadline = add_months(given.approval_date, rule["request_months_from_approval"])
    _may_ask(given, expiry, deadline)
    days = max(0, (given.approval_date - add_years(given.filing_date, rule["deducted_years"])).days)
    ends: dict[Bound, dt.date] = {
        "formula": expiry + dt.timedelta(days=days),
        "highest_years": add_years(expiry, rule["highest_years"]),
        "years_after_approval": max(expiry, add_years(given.approval_date, rule["highest_years_after_approval"])),
    }
    bound = min(ends, key=lambda name: (ends[name], name != "formula"))
    return DrugOutput(
        formula_days=days,
        compensation_days=(ends[bound] - expiry).days,
        expiry_date=expiry,
        compensated_expiry_date=ends[bound],
        bound_by=bound if ends[bound] > expiry else "none",
        request_deadline=deadline,
    )


def _may_ask(given: DrugInput, expiry: dt.date, deadline: dt.date) -> None:
    if given.approval_date < given.filing_date:
        raise BadInput("inconsistent", "the approval is before the filing", "approval_date")
    if given.requested_on < given.approval_date:
        raise BadInput("inconsistent", "the request is before the approval", "requested_on")
    if given.type != "invention" or given.subject == "other":
        message = "only patents on a new drug product, its preparation or its medical use are compensated"
        raise Refusal(NOT_ELIGIBLE, message, article="Implementing Rules 80")
    if given.already_compensated or given.drug_already_compensated:
        raise Refusal(NOT_ELIGIBLE, "one patent a drug and one drug a patent", article="Implementing Rules 81")
    if given.requested_on >= expiry:
        raise Refusal("right_not_in_force", f"the right ended on {expiry}", article="Implementing Rules 81(3)")
    if given.requested_on > deadline:
        raise Refusal(TOO_LATE, f"requested on {given.requested_on}, after {deadline}", article="Implementing Rules 81")
