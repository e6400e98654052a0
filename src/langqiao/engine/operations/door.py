"""The check of an operation as the calculation door offers it: the six operations of the contract on flags that cover the whole scope."""

from typing import Annotated, Literal

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.record import Date, Flag, Rows, Text, record
from langqiao.engine.operations.check import check as check_plan
from langqiao.engine.operations.encumbrance import Encumbrance, Plan, Reason, Standing
from langqiao.engine.patents.kinds import DoorStatus, PatentType

DoorOperation = Literal["assign", "license_exclusive", "license_sole", "license_ordinary", "open_license", "pledge"]
DoorFlag = Literal[
    "pledged", "open_license", "exclusive_license", "sole_license", "ordinary_license", "suspended", "under_invalidation",
    "same_day_invention",
]  # fmt: skip


def _one_or_more(value: object) -> object:
    if isinstance(value, list | tuple) and not value:
        raise PydanticCustomError("list_length", "the list is empty")
    return value


@record
class PatentFacts:
    """The right as its register shows it. `consents`: owners who agree, `pledgee`, `pledge_parties` (both sides after notice)."""

    office: Text = "CN"
    type: PatentType
    granted: Flag
    status: DoorStatus
    owners: Annotated[Rows[Text], BeforeValidator(_one_or_more)]
    consents: Rows[Text]
    flags: Rows[DoorFlag]
    expiry_date: Date
    evaluation_report: Flag


@record
class Terms:
    """`license_end`: none = no limit within the patent's life; `debt_end`: required for a pledge."""

    license_end: Date | None = None
    debt_end: Date | None = None


NO_TERMS = Terms()


@record
class CheckInput:
    """The operation, its day, the right, and the terms wanted."""

    operation: DoorOperation
    on: Date
    patent: PatentFacts
    terms: Terms = NO_TERMS


@record
class CheckReason:
    """One reason with its article; `needs` names whose consent would remove it."""

    code: Text
    rule: Text
    needs: Rows[Text]


@record
class CheckOutput:
    """`allowed` is true exactly if `refusals` is empty; both lists are sorted codes; `reasons` gives the article of each refusal."""

    allowed: Flag
    refusals: Rows[Text]
    warnings: Rows[Text]
    reasons: Rows[CheckReason]


@calculation(
    "operations.check",
    title_zh="运营可行性检查",
    title_en="May this operation be done with this right",
    formula_zh=(
        "逐条适用运营与权利负担对照表的全部规则，列出每一条拒绝理由的代码，而不只是第一条。"
        "一个事实只给一个代码：未授权的申请 not_granted，滞纳期 annuity_unpaid，已失效的权利 right_not_in_force。"
        "已备的同意消除相应代码。其他局的权利答以 office_not_covered，不适用中国法规则。"
    ),
    source="The table of the contract, each row with its article [c]; flags cover the whole scope, licenses in grace refused [d]",
    example={
        "operation": "pledge",
        "on": "2026-06-30",
        "patent": {
            "type": "invention",
            "granted": True,
            "status": "in_force",
            "owners": ["X", "Y"],
            "consents": ["X"],
            "flags": ["pledged"],
            "expiry_date": "2040-01-01",
            "evaluation_report": False,
        },
        "terms": {"debt_end": "2041-01-01"},
    },
)
def check(given: CheckInput) -> CheckOutput:
    """Every rule of the operation × encumbrance matrix that applies, by its code: not the first only.

    One fact gives one code: an application is not_granted, a grace period annuity_unpaid, a dead right right_not_in_force. A consent on
    file removes its code. A right of another office gets office_not_covered and no rule of Chinese law.
    """
    answer = check_plan(_standing(given.patent), _plan(given))
    return CheckOutput(
        allowed=answer.allowed,
        refusals=answer.codes,
        warnings=tuple(reason.code for reason in answer.warnings),
        reasons=tuple(_reason(reason) for reason in answer.refusals),
    )


def _plan(given: CheckInput) -> Plan:
    if given.operation == "pledge" and given.terms.debt_end is None:
        raise BadInput("missing_field", "a pledge needs the end of the debt", "terms.debt_end")
    return Plan(operation=given.operation, on=given.on, license_end=given.terms.license_end, debt_end=given.terms.debt_end)


def _standing(patent: PatentFacts) -> Standing:
    return Standing(
        office=patent.office,
        type=patent.type,
        granted=patent.granted,
        status=patent.status,
        owners=patent.owners,
        consents=frozenset(patent.consents),
        encumbrances=tuple(Encumbrance(kind=flag) for flag in dict.fromkeys(patent.flags)),
        expiry_date=patent.expiry_date,
        evaluation_report=patent.evaluation_report,
    )


def _reason(reason: Reason) -> CheckReason:
    return CheckReason(code=reason.code, rule=reason.article, needs=tuple(reason.facts.get("missing", ())))
