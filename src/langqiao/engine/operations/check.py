"""The rules of the operation × encumbrance matrix as a table, and the check that names every one of them that applies."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langqiao.engine.kernel.dates import add_months
from langqiao.engine.operations.encumbrance import (
    OPERATIONS,
    PLEDGE_PARTIES,
    PLEDGEE,
    Answer,
    Burden,
    Operation,
    Plan,
    Reason,
    Standing,
)
from langqiao.engine.patents.kinds import DEAD

Facts = Mapping[str, Any]
Test = Callable[[Standing, Plan], Facts | None]
"""The facts of the sentence if the rule applies, else None."""

ALL = frozenset(OPERATIONS)
LICENSES: frozenset[Operation] = frozenset({"license_exclusive", "license_sole", "license_ordinary"})
CLOSED: frozenset[Operation] = frozenset({"license_exclusive", "license_sole"})
KINDS_OF_LICENSE: tuple[Burden, ...] = ("exclusive_license", "sole_license", "ordinary_license")
SUSPENDING: tuple[Burden, ...] = ("suspended", "preserved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table: the code, the operations it bears on, its article, and when it applies."""

    code: str
    operations: frozenset[Operation]
    article: str
    applies: Test


def check(standing: Standing, plan: Plan) -> Answer:
    """Every reason against the plan and every warning, not the first only; a right of another office gets one refusal and no rule."""
    if standing.office != "CN":
        reason = Reason(code="office_not_covered", article="", facts={"office": standing.office})
        return Answer(refusals=(reason,), warnings=(), needs=())
    refusals = _apply(REFUSALS, standing, plan)
    needs = {who for reason in refusals for who in reason.facts.get("missing", ())}
    return Answer(refusals=refusals, warnings=_apply(WARNINGS, standing, plan), needs=tuple(sorted(needs)))


def _apply(rules: Sequence[Rule], standing: Standing, plan: Plan) -> tuple[Reason, ...]:
    found = []
    for rule in rules:
        facts = rule.applies(standing, plan) if plan.operation in rule.operations else None
        if facts is not None:
            found.append(Reason(code=rule.code, article=rule.article, facts=facts))
    return tuple(sorted(found, key=lambda reason: reason.code))


def _is_dead(standing: Standing, plan: Plan) -> Facts | None:
    if standing.status in DEAD:
        return {"status": standing.status}
    over = standing.expiry_date is not None and plan.on >= standing.expiry_date
    if over and _is_application(standing, plan) is None:
        return {"status": "expired", "expiry_date": standing.expiry_date}
    return None


def _is_application(standing: Standing, plan: Plan) -> Facts | None:
    waits = plan.operation in _NEED_GRANT and standing.status not in DEAD
    return {"status": standing.status} if waits and (not standing.granted or standing.status == "pending") else None


def _before_grant(standing: Standing, plan: Plan) -> Facts | None:
    early = standing.granted and standing.grant_date is not None and plan.on < standing.grant_date
    return {"on": plan.on, "grant_date": standing.grant_date} if early else None


def _in_grace(standing: Standing, _plan: Plan) -> Facts | None:
    return {} if standing.status == "grace" else None


def _has(*kinds: Burden) -> Test:
    """Applies while a burden of these kinds is in force on the day."""

    def test(standing: Standing, plan: Plan) -> Facts | None:
        held = [burden for burden in standing.burdens(*kinds) if not burden.scope.ended(plan.on)]
        return {"holders": tuple(burden.holder for burden in held if burden.holder)} if held else None

    return test


def _overlaps(*kinds: Burden) -> Test:
    """Applies if the wanted scope meets a burden of these kinds."""

    def test(standing: Standing, plan: Plan) -> Facts | None:
        met = [burden for burden in standing.burdens(*kinds) if burden.scope.meets(plan.wanted)]
        return {"holders": tuple(burden.holder for burden in met if burden.holder)} if met else None

    return test


def _overlaps_sole(standing: Standing, plan: Plan) -> Facts | None:
    stands_for_licensor = plan.operation == "license_ordinary" and plan.own_practice
    return None if stands_for_licensor else _overlaps("sole_license")(standing, plan)


def _lacks_pledgee(standing: Standing, plan: Plan) -> Facts | None:
    pledged = _has("pledged")(standing, plan)
    return None if pledged is None or PLEDGEE in standing.consents else {**pledged, "missing": (PLEDGEE,)}


def _lacks_owner(standing: Standing, _plan: Plan) -> Facts | None:
    owners = dict.fromkeys(standing.owners)
    missing = tuple(owner for owner in owners if owner not in standing.consents)
    return {"missing": missing} if len(owners) > 1 and missing and not standing.co_owners_agreed else None


def _unconfirmed(burden: Burden) -> Test:
    def test(standing: Standing, plan: Plan) -> Facts | None:
        pending = _has(burden)(standing, plan)
        return None if pending is None or PLEDGE_PARTIES in standing.consents else {"missing": (PLEDGE_PARTIES,)}

    return test


def _same_day_unconfirmed(standing: Standing, plan: Plan) -> Facts | None:
    return _unconfirmed("same_day_invention")(standing, plan) if standing.type == "utility_model" else None


def _same_day_pending(standing: Standing, plan: Plan) -> Facts | None:
    return _has("same_day_invention")(standing, plan) if standing.type == "utility_model" else None


def _no_report(standing: Standing, _plan: Plan) -> Facts | None:
    return {"type": standing.type} if standing.type != "invention" and not standing.evaluation_report else None


def _license_too_long(standing: Standing, plan: Plan) -> Facts | None:
    if plan.license_end is None or standing.expiry_date is None or plan.license_end <= standing.expiry_date:
        return None
    return {"license_end": plan.license_end, "expiry_date": standing.expiry_date}


def _debt_too_long(standing: Standing, plan: Plan) -> Facts | None:
    if plan.debt_end is None or standing.expiry_date is None or plan.debt_end <= standing.expiry_date:
        return None
    return {"debt_end": plan.debt_end, "expiry_date": standing.expiry_date}


def _not_owner(standing: Standing, plan: Plan) -> Facts | None:
    stranger = plan.disposing_party is not None and plan.disposing_party not in standing.owners
    return {"party": plan.disposing_party, "owners": standing.owners} if stranger else None


def _recorded_before(standing: Standing, plan: Plan) -> Facts | None:
    known = plan.contract and any(burden.reference == plan.contract for burden in standing.burdens(*KINDS_OF_LICENSE))
    return {"contract": plan.contract} if known else None


def _recordal_late(_standing: Standing, plan: Plan) -> Facts | None:
    if plan.effective_on is None or plan.recordal_months is None:
        return None
    deadline = add_months(plan.effective_on, plan.recordal_months)
    return {"deadline": deadline, "on": plan.on} if plan.on > deadline else None


def _term_unknown(standing: Standing, _plan: Plan) -> Facts | None:
    return {} if standing.expiry_date is None else None


_NEED_GRANT: frozenset[Operation] = frozenset({"open_license", "pledge", "abs_pool"})
_NEED_FEES: frozenset[Operation] = LICENSES | {"open_license", "pledge", "license_recordal", "abs_pool", "contribute_in_kind"}
_BY_OWNER: frozenset[Operation] = frozenset(
    {"assign", "license_recordal", "pledge", "open_license", "abs_pool", "contribute_in_kind", "abandon"}
)
_INTO: frozenset[Operation] = frozenset({"assign", "contribute_in_kind"})
_VALUED: frozenset[Operation] = frozenset({"pledge", "abs_pool", "contribute_in_kind"})
_OPEN: frozenset[Operation] = frozenset({"open_license"})
_PLEDGE: frozenset[Operation] = frozenset({"pledge"})
_RECORDAL: frozenset[Operation] = frozenset({"license_recordal"})
_POOL: frozenset[Operation] = frozenset({"abs_pool"})

REFUSALS: tuple[Rule, ...] = (
    Rule(code="right_not_in_force", operations=ALL, article="Patent Law 44, 47; Civil Code 865", applies=_is_dead),
    Rule(code="operation_outside_term", operations=ALL, article="Patent Law 39, 40, 42", applies=_before_grant),
    Rule(code="not_granted", operations=_NEED_GRANT, article="Implementing Rules 85; Pledge Measures refusal 3", applies=_is_application),
    Rule(code="annuity_unpaid", operations=_NEED_FEES, article="Implementing Rules 86(3); Pledge Measures refusal 4", applies=_in_grace),
    Rule(code="suspended", operations=ALL, article="Implementing Rules 103-105; 86(2)", applies=_has(*SUSPENDING)),
    Rule(code="ownership_dispute_pending", operations=_RECORDAL, article="license recordal rules", applies=_has("ownership_dispute")),
    Rule(code="not_registered_owner", operations=_BY_OWNER, article="Patent Law 10; Pledge Measures refusal 1", applies=_not_owner),
    Rule(code="co_owner_consent_missing", operations=ALL - {"license_ordinary", "license_recordal"}, article="Patent Law 14", applies=_lacks_owner),
    Rule(code="already_pledged", operations=_PLEDGE, article="Pledge Measures refusal 9", applies=_has("pledged")),
    Rule(
        code="pledgee_consent_missing", operations=ALL - {"pledge", "abandon"},
        article="Civil Code 444; Implementing Rules 86(4)", applies=_lacks_pledgee,
    ),
    Rule(
        code="abandonment_while_pledged", operations=frozenset({"abandon"}),
        article="Pledge Measures (during pledge)", applies=_has("pledged"),
    ),
    Rule(
        code="exclusive_or_sole_license_in_force", operations=_OPEN,
        article="Implementing Rules 86(1)", applies=_has("exclusive_license", "sole_license"),
    ),
    Rule(code="open_license_already_declared", operations=_OPEN, article="Patent Law 50", applies=_has("open_license")),
    Rule(code="open_license_in_force", operations=CLOSED, article="Patent Law 51", applies=_has("open_license")),
    Rule(
        code="overlaps_exclusive_license", operations=LICENSES,
        article="Interpretation on technology contracts 25", applies=_overlaps("exclusive_license"),
    ),
    Rule(code="overlaps_sole_license", operations=LICENSES, article="Interpretation on technology contracts 25, 27", applies=_overlaps_sole),
    Rule(
        code="overlaps_existing_license", operations=CLOSED,
        article="Interpretation on technology contracts 25", applies=_overlaps("ordinary_license"),
    ),
    Rule(code="evaluation_report_missing", operations=_OPEN, article="Patent Law 50", applies=_no_report),
    Rule(
        code="license_outlives_patent", operations=LICENSES | _OPEN | _RECORDAL,
        article="Civil Code 865; Implementing Rules 85(4)", applies=_license_too_long,
    ),
    Rule(code="license_already_recorded", operations=_RECORDAL, article="license recordal rules", applies=_recorded_before),
    Rule(code="debt_outlives_patent", operations=_PLEDGE, article="Pledge Measures refusal 6", applies=_debt_too_long),
    Rule(
        code="invalidation_pending_unconfirmed", operations=_PLEDGE,
        article="Pledge Measures refusal 11", applies=_unconfirmed("under_invalidation"),
    ),
    Rule(
        code="same_day_invention_unconfirmed", operations=_PLEDGE,
        article="Pledge Measures refusal 10; Patent Law 9", applies=_same_day_unconfirmed,
    ),
    Rule(code="asset_not_eligible", operations=_POOL, article="pool documents", applies=_has("under_invalidation")),
)  # fmt: skip

WARNINGS: tuple[Rule, ...] = (
    Rule(code="annuity_in_grace", operations=_INTO, article="Implementing Rules 115", applies=_in_grace),
    Rule(code="invalidation_pending", operations=ALL, article="Patent Law 45, 47", applies=_has("under_invalidation")),
    Rule(code="same_day_invention_pending", operations=ALL, article="Implementing Rules 47", applies=_same_day_pending),
    Rule(
        code="licenses_survive_transfer", operations=_INTO,
        article="Interpretation on technology contracts 24", applies=_has(*KINDS_OF_LICENSE, "open_license"),
    ),
    Rule(code="open_license_must_be_declared_anew", operations=_INTO, article="Patent Law 50", applies=_has("open_license")),
    Rule(
        code="existing_license_reduces_value", operations=_VALUED,
        article="Interpretation on technology contracts 24", applies=_has(*KINDS_OF_LICENSE, "open_license"),
    ),
    Rule(code="recordal_late", operations=_RECORDAL, article="Implementing Rules 15", applies=_recordal_late),
    Rule(code="term_unknown", operations=ALL, article="Patent Law 42", applies=_term_unknown),
)  # fmt: skip
