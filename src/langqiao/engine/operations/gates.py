"""The gates of the deal shell: for each code the article and the test of the facts that forbids a step."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction

from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.deal import Call, Facts, Gate, Test
from langqiao.engine.operations.money_steps import split_of
from langqiao.engine.operations.statement_words import promotional
from langqiao.engine.operations.terms import Statement
from langqiao.engine.patents.kinds import DEAD

BOTH = frozenset({"buyer", "seller"})
PLEDGE_SIDES = frozenset({"seller", "pledgee"})


def _nda(call: Call) -> Facts | None:
    return _unsigned(BOTH - call.facts.nda_signed_by)


def _unsigned(missing: frozenset[str]) -> Facts | None:
    return {"missing": tuple(sorted(missing))} if missing else None


def _signatures(call: Call) -> Facts | None:
    sides = PLEDGE_SIDES if call.operation.kind == "pledge" else BOTH
    return _unsigned(sides - call.facts.signed_by)


def _four_eyes(call: Call) -> Facts | None:
    asked, actor = call.facts.requested_by, call.facts.actor
    return {"actor": actor} if not asked or asked == actor else None


def _own_offer(call: Call) -> Facts | None:
    return {"role": call.role} if call.facts.offer_by in {"", call.role} else None


def _offer_expired(call: Call) -> Facts | None:
    day = call.facts.offer_expires_on
    return {"expired_on": day} if day is not None and day < call.today else None


def _price(call: Call) -> Facts | None:
    return {"missing": ("price_fen",)} if call.facts.payment.price_fen is None or call.facts.payment.price_fen <= 0 else None


def _license_terms(call: Call) -> Facts | None:
    facts, terms = call.facts, call.facts.license
    free = facts.payment.method == "free"
    gaps = {
        "parties": not facts.seller or not facts.buyer,
        "patents": not facts.rights,
        "term": terms.term_end is None and not terms.no_term,
        "payment_method": facts.payment.method is None,
        "price_fen": facts.payment.price_fen is None and not free,
    }
    missing = tuple(name for name, absent in gaps.items() if absent)
    return {"missing": missing} if missing else None


def _publicity(call: Call) -> Facts | None:
    facts = call.facts
    if not facts.state_unit or facts.price_by != "agreement":
        return None
    days = call.parameters.value("operations.price_publicity_days", call.today)
    if facts.publicity_objection:
        return {"objection": facts.publicity_objection}
    if facts.publicity_from is None:
        return {"days": days}
    over = facts.publicity_from + dt.timedelta(days=days)
    return {"days": days, "until": over} if call.today < over else None


def _first_refusal(call: Call) -> Facts | None:
    served = {notice.holder for notice in call.facts.notices}
    waiting = {notice.holder for notice in call.facts.notices if notice.open_on(call.today)}
    waiting |= set(call.facts.first_refusal_holders) - served
    return {"holders": tuple(sorted(waiting))} if waiting else None


def _export(call: Call) -> Facts | None:
    return {"buyer": call.facts.buyer} if call.facts.buyer_is_foreign and not call.facts.export_clearance else None


def _paid_in(call: Call) -> Facts | None:
    due, paid = call.facts.due_fen, call.facts.paid_in_fen
    return {"due": fen_to_yuan(due), "paid": fen_to_yuan(paid)} if paid != due else None


def _hold_over(call: Call) -> Facts | None:
    day = call.facts.hold_expires_on
    return {"expires_on": day} if day is None or day <= call.today else None


def _period_running(call: Call) -> Facts | None:
    statement = call.facts.statement
    day = statement.term_end if statement else call.facts.hold_expires_on
    return {"until": day} if day is None or call.today < day else None


def _receipt_missing(call: Call) -> Facts | None:
    receipts = call.facts.receipts
    missing = tuple(
        right.patent
        for right in call.facts.rights
        if right.patent not in receipts or not receipts[right.patent].number or receipts[right.patent].on > call.today
    )
    return {"patents": missing} if missing else None


def _receipt_awaited(call: Call) -> Facts | None:
    return _receipt_missing(call) if call.facts.license.release_on_recordal else None


def _proceeds(call: Call) -> Facts | None:
    return {} if call.facts.pledged(call.today) and call.facts.pledge_route is None else None


def _payees(call: Call) -> Facts | None:
    if call.facts.payees is None or not call.facts.price_fen:
        return None
    due = {name: amount for name, amount in split_of(call).owners.items() if amount}
    given = {name: amount for name, amount in call.facts.payees.items() if amount}
    return None if due == given else {"due": {name: fen_to_yuan(amount) for name, amount in due.items()}}


def _deductions(call: Call) -> Facts | None:
    try:
        if call.facts.price_fen:
            split_of(call)
    except Refusal as refusal:
        if refusal.code == "deductions_above_price":
            return refusal.facts
        raise
    return None


def _no_sublicense(call: Call) -> Facts | None:
    head = call.facts.license.head
    return {"licensee": call.facts.seller} if head is None or not head.may_sublicense or head.licensee != call.facts.seller else None


def _beyond_head(call: Call) -> Facts | None:
    terms = call.facts.license
    if terms.head is None:
        return {}
    right = call.facts.rights[0]
    wanted = call.operation.plan(call, right)[1].wanted
    return None if wanted.within(terms.head.scope) else {"head_end": terms.head.scope.end}


def _pledge_contents(call: Call) -> Facts | None:
    facts, terms = call.facts, call.facts.pledge
    gaps = {
        "parties": not facts.seller or not facts.buyer,
        "patents": not facts.rights,
        "claim_kind": not terms.claim_kind,
        "claim_fen": not terms.claim_fen,
        "debt_end": terms.debt_end is None,
        "security_scope": not terms.security_scope,
    }
    missing = tuple(name for name, absent in gaps.items() if absent)
    return {"missing": missing} if missing else None


def _items(call: Call) -> Facts | None:
    statement = call.facts.statement
    if statement is None:
        return {"missing": ("statement",)}
    gaps = {
        "patent_number": not call.facts.rights or not all(right.patent for right in call.facts.rights),
        "patentee": not statement.patentee,
        "fee": not _fee_complete(statement),
        "term": statement.term_end is None,
        "other_matters": not statement.other_matters,
    }
    missing = tuple(name for name, absent in gaps.items() if absent)
    return {"missing": missing} if missing else None


def _fee_complete(statement: Statement) -> bool:
    method = statement.fee_method
    fixed_ok = statement.fixed_fen is not None and statement.fixed_fen > 0
    rate_ok = statement.rate is not None and statement.rate > 0
    if method is None:
        return False
    needs_fixed, needs_rate = method == "fixed" or method.startswith("entry"), method.endswith(("net_sales", "profit"))
    return (fixed_ok or not needs_fixed) and (rate_ok or not needs_rate)


def _promotional(call: Call) -> Facts | None:
    statement = call.facts.statement
    words = promotional(statement.other_matters) if statement else ()
    return {"words": words} if words else None


def _above_cap(call: Call) -> Facts | None:
    statement = call.facts.statement
    if statement is None or statement.justified or statement.fee_method is None:
        return None
    cap = call.parameters.value("operations.open_license_cap.fixed_yuan", call.today)
    if (statement.fixed_fen or 0) > int(cap) * 100:
        return {"fee": fen_to_yuan(statement.fixed_fen or 0), "cap": fen_to_yuan(int(cap) * 100)}
    base = "profit" if statement.fee_method.endswith("profit") else "net_sales"
    share = call.parameters.value(f"operations.open_license_cap.{base}_share", call.today)
    return {"fee": str(statement.rate), "cap": share} if statement.rate is not None and statement.rate > Fraction(str(share)) else None


def _in_place(_call: Call) -> Facts | None:
    return {}


def _statement_silent(call: Call) -> Facts | None:
    statement, day = call.facts.statement, call.facts.noticed_on or call.today
    return None if statement is not None and statement.in_force(day) else {"on": day}


def _unequal(call: Call) -> Facts | None:
    statement = call.facts.statement
    return None if statement is None or call.facts.taken_terms == statement.terms else {"published": str(statement.terms)}


def _unpaid(call: Call) -> Facts | None:
    due = call.facts.statement.due_fen if call.facts.statement else 0
    paid = call.facts.paid_in_fen
    wrong = paid != due or call.facts.price_fen != due
    return {"due": fen_to_yuan(due), "paid": fen_to_yuan(paid)} if wrong else None


def _alive(call: Call) -> Facts | None:
    living = tuple(right.patent for right in call.facts.rights if right.standing.status not in DEAD)
    return {"patents": living} if living else None


def _gate(code: str, article: str, applies: Test) -> Gate:
    return Gate(code=code, article=article, applies=applies)


GATES: Mapping[str, Gate] = {
    gate.code: gate
    for gate in (
        _gate("nda_missing", "", _nda),
        _gate("signature_missing", "Civil Code 490", _signatures),
        _gate("four_eyes_missing", "", _four_eyes),
        _gate("offer_is_your_own", "Civil Code 479", _own_offer),
        _gate("offer_expired", "Civil Code 478", _offer_expired),
        _gate("price_missing", "Civil Code 845", _price),
        _gate("license_terms_incomplete", "Civil Code 845, 846", _license_terms),
        _gate("written_contract_missing", "Patent Law 10; Civil Code 427, 863", lambda c: None if c.facts.written_contract else {}),
        _gate("price_publicity_missing", "Technology Transformation Law 18", _publicity),
        _gate("first_refusal_not_cleared", "Civil Code 847, 859, 860", _first_refusal),
        _gate("export_clearance_missing", "Patent Law 10; Civil Code 877", _export),
        _gate("escrow_payment_missing", "", _paid_in),
        _gate("hold_expired", "", _hold_over),
        _gate("period_not_over", "", _period_running),
        _gate("assignment_not_registered", "Patent Law 10", _receipt_missing),
        _gate("recordal_receipt_missing", "", _receipt_missing),
        _gate("recordal_awaited", "", _receipt_awaited),
        _gate("pledge_not_registered", "Civil Code 444", _receipt_missing),
        _gate("pledge_proceeds_not_escrowed", "Civil Code 444", _proceeds),
        _gate("license_fee_not_shared", "Patent Law 14", _payees),
        _gate("deductions_above_price", "", _deductions),
        _gate("sublicense_not_permitted", "Patent Law 12; Civil Code 867", _no_sublicense),
        _gate("sublicense_exceeds_parent", "Civil Code 867", _beyond_head),
        _gate("pledge_contract_incomplete", "Pledge Measures refusal 7; Civil Code 427", _pledge_contents),
        _gate("other_pledge_obstacle", "Pledge Measures refusal 12", lambda c: {"obstacle": c.facts.obstacle} if c.facts.obstacle else None),
        _gate("foreclosure_clause_without_effect", "Civil Code 428", lambda c: {} if c.facts.pledge.title_passes else None),
        _gate(
            "pledge_release_without_ground", "Pledge Measures (deregistration)", lambda c: None if c.facts.pledge.release_ground else {},
        ),
        _gate("open_license_statement_incomplete", "Implementing Rules 85", _items),
        _gate("advertising_language_in_statement", "Implementing Rules 85", _promotional),
        _gate("open_license_fee_above_cap", "CNIPA notice 2024", _above_cap),
        _gate("open_license_terms_fixed", "Patent Law 50", _in_place),
        _gate("open_license_terms_unequal", "Patent Law 51", _unequal),
        _gate("open_license_not_in_force", "Patent Law 50, 51", _statement_silent),
        _gate("open_license_payment_missing", "Patent Law 51", _unpaid),
        _gate(
            "false_open_license_statement", "Implementing Rules 88",
            lambda c: {"finding": c.facts.false_statement} if c.facts.false_statement else None,
        ),
        _gate(
            "other_exploitation_obstacle", "Implementing Rules 86(5)",
            lambda c: {"obstacle": c.facts.obstacle} if c.facts.obstacle else None,
        ),
        _gate("license_already_recorded", "license recordal rules", lambda c: {"contract": c.facts.deal} if c.facts.recorded else None),
        _gate("right_still_in_force", "", _alive),
        _gate("right_reserved", "", lambda c: {"patents": c.facts.reserved} if c.facts.reserved else None),
    )
}  # fmt: skip
"""Every gate of the shell, by its code; auctions add their own (bidding)."""
