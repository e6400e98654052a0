"""Open license: the owner's statement, and the taker's license that arises by notice and payment alone (Patent Law 50, 51)."""

from langqiao.engine.kernel.dates import add_months
from langqiao.engine.kernel.workflow import Workflow
from langqiao.engine.operations.deal import Call, Operation, Result
from langqiao.engine.operations.encumbrance import Encumbrance, Plan, Standing
from langqiao.engine.operations.gates import GATES
from langqiao.engine.operations.money_steps import settle_deal
from langqiao.engine.operations.outcome import Account, Deadline, Effect, Transfer
from langqiao.engine.operations.scope import Scope
from langqiao.engine.operations.settlement import ESCROW
from langqiao.engine.operations.shell import step
from langqiao.engine.operations.terms import Right

DECLARE = (
    "open_license_statement_incomplete", "advertising_language_in_statement", "open_license_fee_above_cap", "false_open_license_statement",
    "office_not_covered", "right_not_in_force", "operation_outside_term", "not_granted", "annuity_unpaid", "suspended",
    "not_registered_owner", "co_owner_consent_missing", "pledgee_consent_missing", "exclusive_or_sole_license_in_force",
    "open_license_already_declared", "evaluation_report_missing", "license_outlives_patent", "other_exploitation_obstacle",
)  # fmt: skip
"""What forbids a statement: its own words (Implementing Rules 85, 88), and the bars of 86 with those of the Patent Law."""


def _plan(call: Call, right: Right) -> tuple[Standing, Plan]:
    statement = call.facts.statement
    end = statement.term_end if statement else None
    return right.standing, Plan(operation="open_license", on=call.today, license_end=end, disposing_party=call.facts.seller)


def _burden(call: Call, *, added: bool) -> Result:
    """The open license begins and is withdrawn on the day the office announces it; it expires or dies with the right on the day of the step."""
    facts = call.facts
    reference = facts.statement.reference if facts.statement else facts.deal
    burden = Encumbrance(kind="open_license", reference=reference)
    announced = call.event in {"announce", "announce_withdrawal"}
    return Result(
        effects=tuple(
            Effect(
                patent=right.patent, kind="burden_added" if added else "burden_removed",
                on=facts.receipts[right.patent].on if announced else call.today, burden=burden, reference=reference,
            )
            for right in facts.rights
        )
    )  # fmt: skip


OPEN_LICENSE = Operation(
    kind="open_license",
    title={"zh": "开放许可声明", "en": "Statement of open license"},
    workflow=Workflow(
        name="open_license",
        start="draft",
        ends=frozenset({"withdrawn", "expired", "terminated"}),
        steps=(
            step("draft", "file", "filed", "seller", *DECLARE, "four_eyes_missing"),
            step("draft", "drop", "withdrawn", "seller"),
            step("filed", "drop", "withdrawn", "seller"),
            step("filed", "announce", "published", "office", *DECLARE, "recordal_receipt_missing"),
            step("published", "edit_terms", "published", "seller", "open_license_terms_fixed"),
            step("published", "withdraw", "withdrawing", "seller", "four_eyes_missing"),
            step("published", "expire", "expired", "system", "period_not_over"),
            step("published", "terminate", "terminated", "system", "right_still_in_force"),
            step("withdrawing", "announce_withdrawal", "withdrawn", "office", "recordal_receipt_missing"),
            step("withdrawing", "terminate", "terminated", "system", "right_still_in_force"),
        ),
    ),
    gates=GATES,
    plan=_plan,
    brings={
        "announce": lambda call: _burden(call, added=True),
        "announce_withdrawal": lambda call: _burden(call, added=False),
        "expire": lambda call: _burden(call, added=False),
        "terminate": lambda call: _burden(call, added=False),
    },
)
"""A price change is a withdrawal and a new statement (I45); a withdrawal removes the open license and no license taken before (I42)."""


def _taking_plan(call: Call, right: Right) -> tuple[Standing, Plan]:
    statement = call.facts.statement
    end = statement.term_end if statement else None
    return right.standing, Plan(operation="license_ordinary", on=call.today, license_end=end)


def _take(call: Call) -> Result:
    """The license on the published terms, the payment, the reduction of annuities while it is practiced, and the record by the office (87)."""
    facts = call.facts
    statement = facts.statement
    end = statement.term_end if statement else None
    burden = Encumbrance(kind="ordinary_license", scope=Scope(start=call.today, end=end), holder=facts.buyer, reference=facts.deal)
    effects = []
    for right in facts.rights:
        effects.append(
            Effect(patent=right.patent, kind="burden_added", on=call.today, party=facts.buyer, burden=burden, reference=facts.deal)
        )
        effects.append(Effect(patent=right.patent, kind="annuity_reduced", on=call.today, party=facts.seller, reference=facts.deal))
    months = call.parameters.value("operations.license_recordal_months", call.today)
    due = Deadline(code="license_recordal", on=add_months(call.today, months), consequence="recordal_late")
    buyer = Account(role="buyer", party=facts.buyer)
    paid = facts.price_fen
    transfers = (Transfer(key="price", phase="transfer", source=buyer, target=ESCROW, amount_fen=paid),) if paid else ()
    return Result(transfers=transfers, effects=tuple(effects), deadlines=(due,))


TAKE = ("office_not_covered", "right_not_in_force", "open_license_not_in_force", "open_license_terms_unequal")
OPEN_LICENSE_TAKING = Operation(
    kind="open_license_taking",
    title={"zh": "取得开放许可", "en": "Taking an open license"},
    workflow=Workflow(
        name="open_license_taking",
        start="lead",
        ends=frozenset({"closed", "failed"}),
        steps=(
            step("lead", "give_notice", "noticed", "buyer", *TAKE),
            step("lead", "fail", "failed", "buyer"),
            step("noticed", "pay", "performed", "buyer", *TAKE, "open_license_payment_missing"),
            step("noticed", "fail", "failed", frozenset({"buyer", "system"})),
            step(
                "performed", "settle", "settled", frozenset({"platform", "system"}),
                "pledge_proceeds_not_escrowed", "deductions_above_price", "license_fee_not_shared",
            ),
            step("settled", "close", "closed", frozenset({"platform", "system"})),
        ),
    ),
    gates=GATES,
    plan=_taking_plan,
    brings={"pay": _take, "settle": settle_deal},
)  # fmt: skip
"""The owner has no step in it: the license arises without its act, on the terms of every taker (I41). The statement must be in force on the
day of the notice; a notice given before the announcement of a withdrawal may still be paid (Langqiao's reading of 50 and 51)."""
