"""Sub-license: only if the head license permits it, within its scope and term, ordinary unless agreed (Patent Law 12, Civil Code 867)."""

import dataclasses

from langqiao.engine.operations.deal import Call, Operation
from langqiao.engine.operations.encumbrance import Plan, Standing
from langqiao.engine.operations.license import BRINGS, LICENSE_GATES, RECORDAL, plan
from langqiao.engine.operations.shell import deal_workflow
from langqiao.engine.operations.terms import Right


def _plan(call: Call, right: Right) -> tuple[Standing, Plan]:
    """The right without the head license, whose holder gives a part of what it has; the licensor is no registered owner."""
    standing, wanted = plan(call, right)
    head = call.facts.license.head
    left = tuple(burden for burden in standing.encumbrances if head is None or burden.reference != head.reference)
    return dataclasses.replace(standing, encumbrances=left), dataclasses.replace(wanted, disposing_party=None)


SUBLICENSE = Operation(
    kind="sublicense",
    title={"zh": "分许可", "en": "Sub-license"},
    workflow=deal_workflow(
        "sublicense",
        terms=("sublicense_not_permitted", "sublicense_exceeds_parent", "license_terms_incomplete"),
        before_payment=(),
        before_title=("export_clearance_missing",),
        before_release=("recordal_awaited",),
        recordal=tuple(code for code in RECORDAL if code != "not_registered_owner"),
    ),
    gates=LICENSE_GATES,
    plan=_plan,
    brings=BRINGS,
)
