"""Exclusive, sole and ordinary license: in effect by contract; the recordal within its months is publicity, late is a flag (Implementing Rules 15)."""

from collections.abc import Mapping

from langqiao.engine.kernel.dates import add_months
from langqiao.engine.operations.deal import Call, Gate, Operation, Result
from langqiao.engine.operations.encumbrance import Burden, Encumbrance, Plan, Standing
from langqiao.engine.operations.encumbrance import Operation as Planned
from langqiao.engine.operations.gates import GATES
from langqiao.engine.operations.money_steps import fund, post, refund, return_deposit, settle_deal
from langqiao.engine.operations.outcome import Deadline, Effect
from langqiao.engine.operations.shell import deal_workflow
from langqiao.engine.operations.terms import LicenseKind, Right

PLANS: Mapping[LicenseKind, Planned] = {"exclusive": "license_exclusive", "sole": "license_sole", "ordinary": "license_ordinary"}
BURDEN: Mapping[LicenseKind, Burden] = {"exclusive": "exclusive_license", "sole": "sole_license", "ordinary": "ordinary_license"}
RECORDAL = ("ownership_dispute_pending", "license_already_recorded", "not_registered_owner", "right_not_in_force", "annuity_unpaid",
            "suspended", "license_outlives_patent", "pledgee_consent_missing")  # fmt: skip


def _kind(call: Call) -> LicenseKind:
    """The kind of the operation; a sub-license takes the contract's, ordinary where it is silent."""
    kinds: Mapping[str, LicenseKind] = {"license_exclusive": "exclusive", "license_sole": "sole", "license_ordinary": "ordinary"}
    return kinds.get(call.operation.kind, call.facts.license.kind_or_ordinary)


def _conflict(call: Call) -> Mapping[str, str] | None:
    """A kind in the contract that is not the operation's: an open kind is ordinary (Interpretation 25)."""
    stated = call.facts.license.kind_or_ordinary
    return None if stated == _kind(call) else {"stated": stated, "operation": call.operation.kind}


def plan(call: Call, right: Right) -> tuple[Standing, Plan]:
    """What the one check is asked: the license itself, or its recordal. An owner of several may give an ordinary license (Patent Law 14)."""
    facts, terms = call.facts, call.facts.license
    recording = call.event == "record"
    months = call.parameters.value("operations.license_recordal_months", call.today)
    receipt = facts.receipts.get(right.patent)
    return right.standing, Plan(
        operation="license_recordal" if recording else PLANS[_kind(call)],
        on=receipt.on if recording and receipt else call.today,
        scope=terms.scope,
        license_end=terms.term_end,
        disposing_party=facts.seller,
        own_practice=terms.own_practice,
        effective_on=facts.effective_on,
        recordal_months=months,
    )


def perform(call: Call) -> Result:
    """The license is in effect from the day of performance; its recordal is due within the months of the parameter."""
    facts = call.facts
    months = call.parameters.value("operations.license_recordal_months", call.today)
    burden = [
        Encumbrance(kind=BURDEN[_kind(call)], scope=call.operation.plan(call, right)[1].wanted, holder=facts.buyer, reference=facts.deal)
        for right in facts.rights
    ]
    effects = tuple(
        Effect(
            patent=right.patent, kind="burden_added", on=call.today, party=facts.buyer, burden=one, reference=facts.deal,
            under=facts.license.head.reference if facts.license.head else "", own_practice=facts.license.own_practice,
        )
        for right, one in zip(facts.rights, burden, strict=True)
    )  # fmt: skip
    due = Deadline(code="license_recordal", on=add_months(call.today, months), consequence="recordal_late")
    return Result(transfers=post(call), effects=effects, deadlines=(due,), facts={"kind": _kind(call)})


def _record(call: Call) -> Result:
    effects = tuple(
        Effect(
            patent=right.patent, kind="recorded", on=call.facts.receipts[right.patent].on,
            party=call.facts.buyer, reference=call.facts.receipts[right.patent].number,
        )
        for right in call.facts.rights
    )  # fmt: skip
    return Result(effects=effects)


BRINGS = {
    "fund": fund,
    "perform": perform,
    "refund": refund,
    "expire": refund,
    "fail": return_deposit,
    "settle": settle_deal,
    "record": _record,
}
LICENSE_GATES: Mapping[str, Gate] = {
    **GATES,
    "license_kind_differs": Gate(code="license_kind_differs", article="Interpretation on technology contracts 25", applies=_conflict),
}


def license_operation(kind: str, zh: str, en: str) -> Operation:
    """A license operation of one kind, with the table and gates that all three share."""
    return Operation(
        kind=kind,
        title={"zh": zh, "en": en},
        workflow=deal_workflow(
            kind,
            terms=("license_terms_incomplete", "license_kind_differs"),
            before_payment=("price_publicity_missing",),
            before_title=("export_clearance_missing",),
            before_release=("license_fee_not_shared", "recordal_awaited"),
            recordal=RECORDAL,
        ),
        gates=LICENSE_GATES,
        plan=plan,
        brings=BRINGS,
    )


EXCLUSIVE = license_operation("license_exclusive", "独占许可", "Exclusive license")
SOLE = license_operation("license_sole", "排他许可", "Sole license")
ORDINARY = license_operation("license_ordinary", "普通许可", "Ordinary license")
