"""The entries of a securitization in the ledger: cash of clients through the vehicle's accounts, claims and notes beside it."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from langqiao.engine.ledger.entry import Entry
from langqiao.engine.securitization.allocation import holders_parts
from langqiao.web.ledger.selectors import balance
from langqiao.web.ledger.services import account_ensure, group_post
from langqiao.web.securitization.models import Investor, Subscription, Tranche, Transaction


@dataclass(slots=True, kw_only=True)
class Posting:
    """The entries of one step in their order; amounts of zero are left out. `name` tells this group from every other of the transaction."""

    deal: Transaction
    event: str
    name: str
    today: dt.date
    entries: list[Entry] = field(default_factory=list)

    def move(self, debit: str, credit: str, amount_fen: int) -> None:
        """One entry."""
        if amount_fen:
            self.entries.append(
                Entry(
                    id=f"abs/{self.deal.pk}/{self.name}/{len(self.entries)}", phase="transfer", debit=debit, credit=credit, amount_fen=amount_fen,
                    code=f"securitization.{self.event}", ref=f"securitization/{self.deal.pk}", business_date=self.today,
                )
            )  # fmt: skip

    def post(self, by: Any) -> list[list[Any]]:
        """Posts the group; the moved amounts for the record."""
        if self.entries:
            group_post(self.entries, group=f"abs/{self.deal.pk}/{self.name}", by=by or "duty/securitization")
        return [[one.debit, one.credit, one.amount_fen] for one in self.entries]

    def own(self, purpose: str, ref: str = "") -> str:
        """An account of the vehicle."""
        return account_ensure(owner=f"pool/{self.deal.pk}", purpose=purpose, ref=ref)

    def collect(self, servicer_id: int, amount_fen: int, *, repaid_fen: int) -> None:
        """Cash from the servicer into the pool; the claims fall by what was repaid of them."""
        self.move(client(servicer_id), self.own("pool_cash"), amount_fen)
        self.move(self.own("pool_equity"), self.own("pool_claims"), repaid_fen)

    def claims_in(self, amount_fen: int) -> None:
        """Claims enter the pool."""
        self.move(self.own("pool_claims"), self.own("pool_equity"), amount_fen)

    def claims_out(self, amount_fen: int) -> None:
        """Claims in default or replaced leave what the pool counts on."""
        self.move(self.own("pool_equity"), self.own("pool_claims"), amount_fen)

    def support_in(self, provider_id: int, amount_fen: int) -> None:
        """A shortfall is paid, and owed back."""
        self.move(client(provider_id), self.own("pool_cash"), amount_fen)
        self.move(self.own("pool_equity"), self.own("support_owed"), amount_fen)

    def holders(self, tranche: Tranche, item: str, amount_fen: int) -> dict[Investor, int]:
        """A line of a tranche to its holders, in proportion to what they hold; principal lowers the notes."""
        purpose = "tranche_principal" if item.endswith("principal") else "tranche_interest"
        through = self.own(purpose, str(tranche.place))
        self.move(self.own("pool_cash"), through, amount_fen)
        rows = {str(one.pk): one for one in holders_of(tranche)}
        parts = holders_parts(amount_fen, {name: one.allotted_fen or 0 for name, one in rows.items()})
        for name, part in parts.items():
            self.move(through, client(rows[name].investor.organization_id), part)
        if item.endswith("principal"):
            self.move(self.own("notes", str(tranche.place)), self.own("pool_equity"), amount_fen)
        return {rows[name].investor: part for name, part in parts.items()}


def holders_of(tranche: Tranche) -> list[Subscription]:
    """Who holds a tranche."""
    return list(tranche.subscriptions.filter(allotted_fen__gt=0).select_related("investor__organization"))


def client(organization_id: int) -> str:
    """An organization's client money."""
    return account_ensure(owner=f"organization/{organization_id}", purpose="client_money")


def own_balance(deal: Transaction, purpose: str, ref: str = "") -> int:
    """Credits less debits of an account of the vehicle."""
    return balance(f"pool/{deal.pk}:{purpose}:{ref}:CNY")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A figure of the room beside the ledger's."""

    what: str
    room_fen: int
    ledger_fen: int

    @property
    def agrees(self) -> bool:
        """Whether they are one."""
        return self.room_fen == self.ledger_fen


def reconciled(deal: Transaction, *, performing_fen: int, collected_open_fen: int) -> list[Checked]:
    """Cash, reserve, claims, notes and support of the room beside the ledger's. `collected_open_fen`: cash of the date that is not paid yet."""
    rows = [
        Checked(what="cash", room_fen=deal.retained_fen + collected_open_fen, ledger_fen=own_balance(deal, "pool_cash")),
        Checked(what="reserve", room_fen=deal.reserve_fen, ledger_fen=own_balance(deal, "reserve")),
        Checked(what="claims", room_fen=performing_fen, ledger_fen=-own_balance(deal, "pool_claims")),
        Checked(what="support", room_fen=deal.support_fen, ledger_fen=own_balance(deal, "support_owed")),
    ]
    rows += [
        Checked(what=one.name, room_fen=one.balance_fen, ledger_fen=own_balance(deal, "notes", str(one.place)))
        for one in deal.tranches.all()
    ]
    return rows
