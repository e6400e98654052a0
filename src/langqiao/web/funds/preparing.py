"""Each kind of movement made ready: its amount where the books give it, its gates, and the partners' shares; the same at asking and at approval."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from langqiao.engine.funds.calls import Commitment
from langqiao.engine.funds.closes import Call, Close, ClosesInput, Settlement, equalize_closes
from langqiao.engine.funds.defaults import forfeited
from langqiao.engine.funds.notices import CallNoticeInput, CallUses, PartnerAccount, call_notice
from langqiao.engine.kernel.money import Fen, round_half_up
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.steps import Gate, gates_must
from langqiao.web.funds.books import Account, books_of, cost_fen, partner_accounts
from langqiao.web.funds.defaults import in_default, interest_due, out_of_calls
from langqiao.web.funds.diligence import checks_fill
from langqiao.web.funds.distributing import entitled_carry
from langqiao.web.funds.fees import fees_of
from langqiao.web.funds.models import Newcomer, Order, Partner, Share
from langqiao.web.funds.paying import cash_gap, disbursement_gates
from langqiao.web.funds.services_project import decision_of
from langqiao.web.funds.terms import terms_on


def _not_possible(kind: str, state: str, text: str) -> Refusal:
    return Refusal("step_not_possible", text, facts={"event": kind, "state": state})


def account_of_partner(order: Order) -> Account:
    """The account of the order's partner."""
    return next(found for found in partner_accounts(order.fund) if found.partner == order.partner)


# Amounts that the books give: nobody types them.


def _equalization_fen(order: Order) -> Fen:
    own, _others = settlements(order)
    return own.capital + own.interest


def _forfeiture_fen(order: Order) -> Fen:
    account, lost, _parts = _loss(order)
    return lost + account.open_fen


def _excess_carry(order: Order) -> Fen:
    """Carry received above what the whole fund entitles to, without the part paid as tax."""
    agreement = terms_on(order.fund, order.on).agreement
    received = -books_of(order.fund).total("accrued_carry")
    entitled = entitled_carry(order.fund, agreement, on=order.on, worth=0)
    return round_half_up(max(0, received - entitled) * (1 - agreement.clawback_tax))


AMOUNTS: Mapping[str, Callable[[Order], Fen]] = {
    "fee_accrual": lambda order: fees_of(order.fund, order.on).due_fen,
    "fee": lambda order: fees_of(order.fund, order.on).payable_fen,
    "equalization": _equalization_fen,
    "late_interest": lambda order: interest_due(order.partner, order.on) if order.partner else 0,
    "forfeiture": _forfeiture_fen,
    "release": lambda order: account_of_partner(order).suspended_fen,
    "clawback": _excess_carry,
}
"""The kinds whose amount follows from books and terms."""


def amount_set(order: Order) -> None:
    """Sets the amount of a kind that the books give. Refused: step_not_possible where nothing is due; order_outdated where it has changed."""
    if order.kind not in AMOUNTS:
        return
    now = AMOUNTS[order.kind](order)
    if now <= 0:
        raise _not_possible(order.kind, "nothing_due", _("By the books nothing of this kind is due."))
    if order.amount_fen and order.amount_fen != now:
        message = _("The books give another amount by now; ask again.")
        raise Refusal("order_outdated", message, facts={"asked_fen": order.amount_fen, "now_fen": now})
    order.amount_fen = now


# Calls and later closes


def call_shares(order: Order) -> list[Share]:
    """A call split by commitments, each use by itself; who is in default or out is not called. Refused: call_above_commitment."""
    terms, out = terms_on(order.fund, order.on), out_of_calls(order.fund)
    accounts = [found for found in partner_accounts(order.fund) if found.partner.pk not in out]
    assert order.due_on is not None
    if not accounts:
        raise _not_possible("call", "nobody", _("Nobody is left to call."))
    partners = tuple(
        PartnerAccount(
            partner=str(found.partner.pk),
            commitment=found.partner.commitment_fen,
            called_before=found.called_fen,
            recallable_before=found.recallable_fen,
        )
        for found in accounts
    )
    uses = order.result["uses"]
    days = terms.agreement.notice_days
    given = CallNoticeInput(partners=partners, uses=CallUses(**uses), noticed_on=order.on, due_on=order.due_on, notice_working_days=days)
    notice = call_notice(given)
    order.result = {"uses": uses, "working_days": notice.working_days, "long_enough": notice.notice_long_enough, "notice_days": days}
    lines = {line.partner: line for line in notice.lines}
    return [
        Share(
            order=order,
            partner=found.partner,
            amount_fen=(line := lines[str(found.partner.pk)]).total,
            parts={"unfunded_after_fen": line.unfunded_after, "called_after_fen": line.called_after}
            | {f"{use}_fen": getattr(line, use) for use in uses},
        )
        for found in accounts
    ]


def newcomer_of(order: Order) -> Newcomer:
    """The newcomer of an equalization."""
    return Newcomer.objects.get(pk=order.result["newcomer"], fund=order.fund)


def later_close_gap(order: Order) -> dict[str, Any] | None:
    """Why nobody can enter now: something is open, somebody is in default, something was distributed, or a movement lies on the same day."""
    fund, newcomer = order.fund, newcomer_of(order)
    joined = fund.newcomers.exclude(pk=newcomer.pk).values_list("joined_on", flat=True)
    last_close = max(found for found in (fund.closed_on, *joined) if found)
    reasons = {
        "unchecked": newcomer.checked_at is None,
        "entered": fund.orders.filter(kind="equalization", state="approved", result__newcomer=str(newcomer.pk)).exists(),
        "same_day": order.on <= last_close or fund.orders.filter(kind="call", state="approved", on__gte=order.on).exists(),
        "open_call": any(found.open_fen for found in partner_accounts(fund)),
        "default": bool(out_of_calls(fund)),
        "distributed": fund.orders.filter(kind="distribution", state="approved").exists(),
        "not_called": not fund.orders.filter(kind="call", state="approved").exists(),
    }
    found = [reason for reason, applies in reasons.items() if applies]
    return {"why": found[0]} if found else None


def settlements(order: Order) -> tuple[Settlement, dict[str, Settlement]]:
    """What the newcomer pays, and what each earlier partner receives, by splitting every earlier call anew. Refused: later_close_not_possible."""
    gates_must(("later_close_not_possible",), {"later_close_not_possible": lambda: later_close_gap(order)})
    fund, newcomer = order.fund, newcomer_of(order)
    joined = {found.partner_id: found.joined_on for found in fund.newcomers.exclude(joined_on=None)}
    closes: dict[Any, list[Commitment]] = {}
    for partner in fund.partners.exclude(newcomer=newcomer):
        day = joined.get(partner.pk, fund.closed_on)
        closes.setdefault(day, []).append(Commitment(partner=str(partner.pk), commitment=partner.commitment_fen))
    closes[order.on] = [Commitment(partner="newcomer", commitment=newcomer.commitment_fen)]
    calls = fund.orders.filter(kind="call", state="approved").order_by("on", "decided_at")
    given = ClosesInput(
        closes=tuple(Close(date=day, partners=tuple(closes[day])) for day in sorted(closes)),
        calls=tuple(Call(date=call.on, amount=amount) for call in calls for amount in _uses_of(call).values() if amount),
        rate=terms_on(fund, order.on).agreement.later_rate,
    )
    last = {found.partner: found for found in equalize_closes(given).settlements if found.close == order.on}
    return last.pop("newcomer"), last


def _uses_of(call: Order) -> Mapping[str, Fen]:
    uses: Mapping[str, Fen] = call.result.get("uses") or {call.result.get("use", "investments"): call.amount_fen}
    return uses


def equalization_shares(order: Order) -> list[Share]:
    """The newcomer's capital and interest, and what the earlier partners get of them; the interest is no return of capital."""
    own, others = settlements(order)
    newcomer = newcomer_of(order)
    order.result = {"newcomer": str(newcomer.pk), "capital_fen": own.capital, "interest_fen": own.interest}
    found = []
    if newcomer.partner is not None:
        found.append(Share(order=order, partner=newcomer.partner, amount_fen=own.capital, parts={"interest_fen": own.interest}))
    for partner in order.fund.partners.filter(pk__in=list(others)):
        line = others[str(partner.pk)]
        found.append(Share(order=order, partner=partner, amount_fen=line.capital, parts={"interest_fen": line.interest}))
    return found


# Defaults


def _loss(order: Order) -> tuple[Account, Fen, dict[Any, Fen]]:
    """The account of the partner in default, what it loses, and what each other gains."""
    agreement = terms_on(order.fund, order.on).agreement
    accounts = {found.partner.pk: found for found in partner_accounts(order.fund)}
    assert order.partner is not None
    own = accounts[order.partner.pk]
    others = [found for pk, found in accounts.items() if pk != order.partner_id and found.weight_fen > 0]
    lost, parts = forfeited(max(0, own.weight_fen), agreement.forfeit_share, [found.weight_fen for found in others])
    return own, lost, {found.partner.pk: part for found, part in zip(others, parts, strict=True)}


def forfeiture_shares(order: Order) -> list[Share]:
    """What the clause takes and to whom it goes. Refused: default_not_declared, grace_running, forfeiture_not_agreed."""
    assert order.partner is not None
    running = order.partner.defaults.filter(state="defaulted").first()
    agreement = terms_on(order.fund, order.on).agreement
    gates: dict[str, Gate] = {
        "forfeiture_not_agreed": lambda: None if agreement.forfeit_share else {},
        "default_not_declared": lambda: None if running else {},
        "grace_running": lambda: (
            {"days": agreement.grace_days}
            if running and running.decided_on and (order.on - running.decided_on).days < agreement.grace_days
            else None
        ),
    }
    gates_must(tuple(gates), gates)
    account, lost, parts = _loss(order)
    partners = {found.pk: found for found in Partner.objects.filter(pk__in=list(parts))}
    made = [Share(order=order, partner=account.partner, amount_fen=-lost, parts={"cancelled_fen": account.open_fen})]
    return [*made, *(Share(order=order, partner=partners[pk], amount_fen=part) for pk, part in parts.items() if part)]


# Gates of the plain kinds


def _disbursement(order: Order) -> Mapping[str, Gate]:
    assert order.project is not None
    checks_fill(order.project)
    return disbursement_gates(order)


def _receipt_gap(order: Order) -> dict[str, Any] | None:
    account = account_of_partner(order)
    return {"open_fen": account.open_fen} if order.amount_fen > account.open_fen else None


def _cost_gap(order: Order) -> dict[str, Any] | None:
    taken = order.amount_fen if order.kind == "write_off" else order.cost_fen
    return {} if not 0 <= taken <= cost_fen(order.fund, order.project_id) else None


def _written_off(order: Order) -> Mapping[str, Gate]:
    assert order.project is not None
    project = order.project
    return {
        "committee_decision_missing": lambda: None if decision_of(project, "write_off") else {},
        "cost_above_book": lambda: _cost_gap(order),
    }


def _escrow_gap(order: Order) -> dict[str, Any] | None:
    """Whether carry is released that the newest approved valuation does not cover: then the escrow stays."""
    held = books_of(order.fund).total("carry_escrow")
    worth = order.fund.valuations.filter(state="approved", on__lte=order.on).order_by("-on").first()
    agreement = terms_on(order.fund, order.on).agreement
    if order.amount_fen > held or worth is None:
        return {"escrow_fen": held}
    received = -books_of(order.fund).total("accrued_carry")
    entitled = entitled_carry(order.fund, agreement, on=order.on, worth=worth.net_fen)
    return {"escrow_fen": held} if held - order.amount_fen < received - entitled else None


Gates = Callable[[Order], Mapping[str, Gate]]
GATES: Mapping[str, Gates] = {
    "disbursement": _disbursement,
    "receipt": lambda order: {"call_not_open": lambda: _receipt_gap(order)},
    "proceeds": lambda order: {"cost_above_book": lambda: _cost_gap(order)},
    "expense": lambda order: {"cash_missing": lambda: cash_gap(order)},
    "fee": lambda order: {"cash_missing": lambda: cash_gap(order)},
    "release": lambda order: {"default_running": lambda: {} if order.partner_id in in_default(order.fund) else None},
    "escrow_release": lambda order: {"escrow_needed": lambda: _escrow_gap(order)},
    "write_off": _written_off,
}
"""What each kind without shares is held against; accruals and interest are held against their amount alone."""


def gated(order: Order) -> list[Share]:
    """The kinds without shares."""
    if order.kind in GATES:
        gates = GATES[order.kind](order)
        gates_must(tuple(gates), gates)
    return []
