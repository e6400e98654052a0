"""The pages of money that read: the organization's accounts and payments, a statement, a transfer."""

import datetime as dt
import hashlib
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from langqiao.engine.ledger.row import COLUMNS, row_canonical
from langqiao.web.ledger import exports
from langqiao.web.ledger.access import account_get, is_platform, may_see, transfer_get
from langqiao.web.ledger.models import LedgerAccount, Transfer
from langqiao.web.ledger.models_bank import PaymentOrder
from langqiao.web.ledger.rails import RAILS, rail_in_use
from langqiao.web.ledger.selectors import accounts_of
from langqiao.web.ledger.statements import statement_page
from langqiao.web.ledger.words import HOLD_TONES, HOLDS, PHASES, POTS, Owners, code_word, purpose_word
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page, owner_of

SHOWN_ORDERS = 30
SHOWN_ROWS = 200


def account_row(account: LedgerAccount) -> dict[str, Any]:
    """An account as a table shows it: its balance on the side it grows on, what is reserved, what is free."""
    sign = 1 if account.debits_limited or not account.credits_limited else -1
    held = account.debits_pending_fen if sign > 0 else account.credits_pending_fen
    balance = sign * account.balance_fen
    return {
        "account": account,
        "purpose": purpose_word(account.purpose),
        "balance_fen": balance,
        "held_fen": held,
        "coming_fen": account.credits_pending_fen if sign > 0 else account.debits_pending_fen,
        "available_fen": balance - held,
    }


def money_context(membership: Membership) -> dict[str, Any]:
    """What the first page of money shows."""
    organization, platform = membership.organization, is_platform(membership)
    accounts = list(accounts_of(owner_of(organization.pk)))
    if platform:
        accounts += list(accounts_of("platform"))
    orders = PaymentOrder.objects.filter(organization=organization).select_related("asked_by", "approved_by")
    return {
        "room": "money",
        "membership": membership,
        "platform": platform,
        "rows": [account_row(account) for account in accounts],
        "waiting": list(orders.filter(state="asked")),
        "orders": list(orders.exclude(state="asked")[:SHOWN_ORDERS]),
        "simulated_rails": [rail.name for rail in RAILS.values() if rail.simulated],
        "rail": rail_in_use(),
        "key": uuid.uuid4(),
    }


@require_safe
@member_page
def money(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The organization's accounts, and its payments in and out."""
    return render(request, "ledger/money.html", money_context(membership))


@require_safe
@member_page
def account(request: HttpRequest, membership: Membership, account: str) -> HttpResponse:
    """The statement of an account."""
    found = account_get(membership=membership, account=account)
    start, end = period(request)
    page = request.GET.get("page", "1")
    shown = statement_page(found.id, start=start, end=end, page=int(page) if page.isascii() and page.isdigit() and len(page) < 9 else 1)
    owners = Owners([found.id, *(line.other for line in shown.lines)])
    states = hold_states([line.transfer for line in shown.lines])
    context = {
        "room": "money",
        "shown": shown,
        "page": shown.page,
        "page_count": shown.page_count,
        "start": start,
        "end": end,
        "row": account_row(found),
        "owner": owners.owner(found.id),
        "pot": POTS[found.pot],
        "lines": [
            {
                "line": line,
                "phase": PHASES[line.transfer.phase],
                "code": code_word(line.transfer.code),
                "other": owners.account(line.other),
                "hold": states.get(line.transfer.id),
            }
            for line in shown.lines
        ],
    }
    return render(request, "ledger/account.html", context)


def period(request: HttpRequest) -> tuple[dt.date | None, dt.date | None]:
    """The business days asked for; what is no day is not asked for."""
    return _day(request.GET.get("from", "")), _day(request.GET.get("to", ""))


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def hold_states(transfers: list[Transfer]) -> dict[str, dict[str, Any]]:
    """The state of every hold among the transfers, by its id, with what resolved it."""
    holds = [transfer.id for transfer in transfers if transfer.phase == "hold"]
    resolved = {found.pending_id: found for found in Transfer.objects.filter(pending__id__in=holds)} if holds else {}
    states = {}
    for hold in holds:
        first = resolved.get(hold)
        state = first.phase if first else "open"
        states[hold] = {"state": state, "word": HOLDS[state], "tone": HOLD_TONES[state], "by": first}
    return states


@require_safe
@member_page
def statement_file(request: HttpRequest, membership: Membership, form: str, account: str) -> HttpResponse:
    """The statement as CSV or XLSX."""
    found = account_get(membership=membership, account=account)
    maker = exports.FORMS.get(form)
    if maker is None:
        raise Http404
    kind, content = maker(found.id, *period(request))
    headers = {"Content-Disposition": f'attachment; filename="statement-{found.purpose}.{form}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


@require_safe
@member_page
def transfer(request: HttpRequest, membership: Membership, seq: int) -> HttpResponse:
    """One transfer: accounts, hold, group, reversal, and its place in the chain with the text that its hash is taken of."""
    found = transfer_get(membership=membership, seq=seq)
    together = list(Transfer.objects.filter(group_id=found.group_id).select_related("debit", "credit").order_by("seq")[:SHOWN_ROWS])
    seen = [other for other in together if may_see(membership, other.debit.owner) or may_see(membership, other.credit.owner)]
    owners = Owners([side for other in seen for side in (other.debit_id, other.credit_id)])
    row = found.row()
    values = [value.isoformat() if isinstance(value := getattr(row, name), dt.date) else value for name in COLUMNS]
    text = row_canonical(values)
    context = {
        "room": "money",
        "transfer": found,
        "phase": PHASES[found.phase],
        "code": code_word(found.code),
        "sides": [
            {"account": side, "word": owners.account(side.id), "seen": may_see(membership, side.owner)}
            for side in (found.debit, found.credit)
        ],
        "hold": hold_states([found]).get(found.id),
        "resolves": found.pending,
        "takes_back": found.reverses,
        "taken_back_by": Transfer.objects.filter(reverses__id=found.id).first(),
        "group": [
            {
                "transfer": other,
                "phase": PHASES[other.phase],
                "debit": owners.account(other.debit_id),
                "credit": owners.account(other.credit_id),
            }
            for other in seen
        ],
        "hidden": len(together) - len(seen),
        "text": text.decode(),
        "intact": hashlib.sha256(text).hexdigest() == found.hash,
    }
    return render(request, "ledger/transfer.html", context)
