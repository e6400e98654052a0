"""Which accounts of the ledger the roles of a deal mean, and the entries that an outcome's transfers become."""

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable

from langqiao.engine.ledger.entry import Entry
from langqiao.engine.operations.encumbrance import Standing
from langqiao.engine.operations.outcome import Account, Transfer
from langqiao.web.deals.models import Deal, DealTransfer
from langqiao.web.deals.selectors import organization_of, today
from langqiao.web.ledger.models import LedgerAccount
from langqiao.web.ledger.services import account_ensure
from langqiao.web.people.models import Organization
from langqiao.web.people.session import owner_of

NAMESPACE = uuid.UUID("6d1f0b0e-6a50-5c5e-9c53-2f3c1d0a7e11")
"""Of the ids of transfers: uuid5 of deal, key and phase, so that a repeated step names the same transfers."""


def client_account(organization: Organization) -> str:
    """The account of an organization's money held by the platform."""
    return account_ensure(owner=owner_of(organization.pk), purpose="client_money")


def available_fen(organization: Organization) -> int:
    """What an organization may still spend of its client money: posted, less what is held."""
    known = LedgerAccount.objects.filter(owner=owner_of(organization.pk), purpose="client_money", ref="", currency="CNY").first()
    return known.credits_posted_fen - known.debits_posted_fen - known.debits_pending_fen if known else 0


def escrow_deal(deal: Deal) -> Deal:
    """The deal whose escrow holds the money: that of the auction where a deposit came in, its own otherwise."""
    return deal.parent if deal.parent is not None and deal.parent.kind == "auction" else deal


def account_for(deal: Deal, account: Account, standings: Iterable[Standing]) -> str:
    """The ledger's account of a role. A payee who is not on the market has its share kept with the deal, under a mark of its name."""
    kept = f"deal/{deal.pk}"
    match account.role:
        case "buyer":
            return party_account(deal, account.party)
        case "escrow":
            return account_ensure(owner=f"deal/{escrow_deal(deal).pk}", purpose="escrow")
        case "seller":
            return party_account(deal, account.party)
        case "platform_fee":
            return account_ensure(owner="platform", purpose="platform_fee")
        case "broker":
            return account_ensure(owner=owner_of(deal.broker.pk) if deal.broker else kept, purpose="broker_fee")
        case "tax":
            return account_ensure(owner=kept, purpose="tax_payable")
        case "holdback":
            return account_ensure(owner=kept, purpose="holdback")
        case "pledgee":
            holder = next((b.holder for s in standings for b in s.burdens("pledged") if b.holder), "")
            bank = Organization.objects.filter(name=holder, check_state="verified").first()
            return client_account(bank) if bank else account_ensure(owner=kept, purpose="pledge_deposit", ref=_mark(holder))
        case "pledge_deposit":
            return account_ensure(owner=kept, purpose="pledge_deposit", ref=_mark(account.party))


def party_account(deal: Deal, name: str) -> str:
    """The client money of a party by its name in the deal; who is not on the market has its part kept with the deal."""
    organization = organization_of(deal, name, today())
    if organization is not None:
        return client_account(organization)
    return account_ensure(owner=f"deal/{deal.pk}", purpose="co_owner_payable", ref=_mark(name))


def _mark(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:24] if name else ""


def ledger_id(deal: Deal, key: str, phase: str) -> str:
    """The id of a transfer."""
    return str(uuid.uuid5(NAMESPACE, f"{escrow_deal(deal).pk if key.startswith('deposit:') else deal.pk}\n{key}\n{phase}"))


def entries_of(deal: Deal, transfers: Iterable[Transfer], standings: Iterable[Standing], *, event: str, day: dt.date) -> list[Entry]:
    """The entries of an outcome's transfers, in their order."""
    known = list(standings)
    return [_entry(deal, transfer, known, event=event, day=day) for transfer in transfers]


def _entry(deal: Deal, transfer: Transfer, standings: list[Standing], *, event: str, day: dt.date) -> Entry:
    resolves = transfer.phase in {"post", "void"}
    return Entry(
        id=ledger_id(deal, transfer.key, transfer.phase),
        phase=transfer.phase,
        debit=account_for(deal, transfer.source, standings),
        credit=account_for(deal, transfer.target, standings),
        amount_fen=transfer.amount_fen,
        pending_id=ledger_id(deal, transfer.key, "hold") if resolves else None,
        expires_on=transfer.expires_on + LATER if transfer.expires_on and transfer.phase == "hold" else None,
        code=f"deal.{event}",
        ref=f"deal/{deal.pk}",
        business_date=day,
    )


LATER = dt.timedelta(days=30)
"""The ledger frees a hold by itself this long after the deal should have: the deal's own expiry comes first and changes its state with it."""


def row_of(transfer: Transfer, entry: Entry, deal: Deal) -> DealTransfer:
    """The deal's own note of a transfer, not yet saved."""
    return DealTransfer(
        deal=deal,
        key=transfer.key,
        phase=transfer.phase,
        source_role=transfer.source.role,
        source_party=transfer.source.party,
        target_role=transfer.target.role,
        target_party=transfer.target.party,
        amount_fen=transfer.amount_fen,
        expires_on=transfer.expires_on,
        debit=entry.debit,
        credit=entry.credit,
        ledger_id=entry.id,
    )
