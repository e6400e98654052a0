"""Registration of a pledge: created by registration, twelve cases of refusal, released only on a ground (Civil Code 444; Pledge Measures)."""

from langqiao.engine.kernel.workflow import Workflow
from langqiao.engine.operations.deal import Call, Operation, Result
from langqiao.engine.operations.encumbrance import Encumbrance, Plan, Standing
from langqiao.engine.operations.gates import GATES
from langqiao.engine.operations.outcome import Effect
from langqiao.engine.operations.shell import step
from langqiao.engine.operations.terms import Right

SIDES = frozenset({"seller", "pledgee"})
TWELVE = (
    "not_registered_owner", "right_not_in_force", "not_granted", "annuity_unpaid", "suspended", "debt_outlives_patent",
    "pledge_contract_incomplete", "co_owner_consent_missing", "already_pledged", "same_day_invention_unconfirmed",
    "invalidation_pending_unconfirmed", "other_pledge_obstacle",
)  # fmt: skip
"""The twelve cases of refusal, in the order of the Measures (I51)."""


def _plan(call: Call, right: Right) -> tuple[Standing, Plan]:
    return right.standing, Plan(
        operation="pledge", on=call.today, debt_end=call.facts.pledge.debt_end, disposing_party=call.facts.seller
    )  # fmt: skip


def _burdens(call: Call, *, added: bool) -> Result:
    facts = call.facts
    burden = Encumbrance(kind="pledged", holder=facts.buyer, reference=facts.deal)
    return Result(
        effects=tuple(
            Effect(
                patent=right.patent, kind="burden_added" if added else "burden_removed", on=facts.receipts[right.patent].on,
                party=facts.buyer, burden=burden, reference=facts.receipts[right.patent].number,
            )
            for right in facts.rights
        )
    )  # fmt: skip


PLEDGE = Operation(
    kind="pledge",
    title={"zh": "质押登记", "en": "Registration of a pledge"},
    workflow=Workflow(
        name="pledge",
        start="drafted",
        ends=frozenset({"deregistered", "enforced", "withdrawn"}),
        steps=(
            step("drafted", "sign", "signed", SIDES, "written_contract_missing", "pledge_contract_incomplete", "signature_missing"),
            step("signed", "file", "filed", SIDES, "four_eyes_missing", "office_not_covered", "operation_outside_term", *TWELVE),
            step("filed", "register", "registered", "office", "office_not_covered", *TWELVE, "pledge_not_registered"),
            step("registered", "change", "registered", SIDES, "four_eyes_missing", "pledge_contract_incomplete"),
            step("registered", "release", "deregistered", "office", "pledge_release_without_ground", "recordal_receipt_missing"),
            step("registered", "enforce", "enforced", "pledgee", "foreclosure_clause_without_effect", "four_eyes_missing"),
            step("drafted", "withdraw", "withdrawn", SIDES),
            step("signed", "withdraw", "withdrawn", SIDES),
            step("filed", "withdraw", "withdrawn", SIDES),
        ),
    ),
    gates=GATES,
    plan=_plan,
    brings={"register": lambda call: _burdens(call, added=True), "release": lambda call: _burdens(call, added=False)},
)
