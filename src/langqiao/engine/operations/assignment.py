"""Assignment of a patent: effective on its registration, never on signature (Patent Law 10)."""

from langqiao.engine.operations.deal import Call, Operation, Result
from langqiao.engine.operations.encumbrance import Plan, Standing
from langqiao.engine.operations.gates import GATES
from langqiao.engine.operations.money_steps import fund, post, refund, return_deposit, settle_deal
from langqiao.engine.operations.outcome import Effect
from langqiao.engine.operations.shell import deal_workflow
from langqiao.engine.operations.terms import Right


def _plan(call: Call, right: Right) -> tuple[Standing, Plan]:
    """The plan on the day of registration once there is a receipt, today until then."""
    receipt = call.facts.receipts.get(right.patent) if call.event == "perform" else None
    return right.standing, Plan(operation="assign", on=receipt.on if receipt else call.today, disposing_party=call.facts.seller)


def _perform(call: Call) -> Result:
    facts = call.facts
    effects = tuple(
        Effect(
            patent=right.patent, kind="owner_changed", on=facts.receipts[right.patent].on,
            party=facts.buyer, reference=facts.receipts[right.patent].number,
        )
        for right in facts.rights
    )  # fmt: skip
    return Result(transfers=post(call), effects=effects)


ASSIGNMENT = Operation(
    kind="assignment",
    title={"zh": "转让", "en": "Assignment"},
    workflow=deal_workflow(
        "assignment",
        terms=("price_missing",),
        before_payment=("price_publicity_missing", "first_refusal_not_cleared"),
        before_title=("export_clearance_missing", "assignment_not_registered"),
    ),
    gates=GATES,
    plan=_plan,
    brings={"fund": fund, "perform": _perform, "refund": refund, "expire": refund, "fail": return_deposit, "settle": settle_deal},
)
