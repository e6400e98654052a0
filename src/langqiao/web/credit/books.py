"""The entries of a loan in the ledger: cash between clients beside the claim's own accounts, one group a step."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from langqiao.engine.ledger.entry import Entry
from langqiao.web.credit.models import Loan, PoolMember
from langqiao.web.ledger.services import account_ensure, group_post


@dataclass(slots=True, kw_only=True)
class Posting:
    """The entries of one step of a loan, in their order; amounts of zero are left out."""

    loan: Loan
    event: str
    number: int | str
    today: dt.date
    entries: list[Entry] = field(default_factory=list)

    def move(self, debit: str, credit: str, amount_fen: int) -> None:
        """One entry of the step."""
        if amount_fen:
            name = f"loan/{self.loan.pk}/{self.number}/{len(self.entries)}"
            self.entries.append(
                Entry(
                    id=name, phase="transfer", debit=debit, credit=credit, amount_fen=amount_fen, code=f"loan.{self.event}",
                    ref=f"loan/{self.loan.pk}", business_date=self.today,
                )
            )  # fmt: skip

    @property
    def group(self) -> str:
        """The ledger's name of the step's entries; the record names it too."""
        return f"loan/{self.loan.pk}/{self.number}"

    def post(self, by: Any) -> list[list[Any]]:
        """Posts the group; the moved amounts for the record."""
        if self.entries:
            group_post(self.entries, group=self.group, by=by or "duty/loans")
        return [[one.debit, one.credit, one.amount_fen] for one in self.entries]

    def own(self, purpose: str) -> str:
        """An account of the loan itself."""
        return account_ensure(owner=f"loan/{self.loan.pk}", purpose=purpose)

    @property
    def borrower(self) -> str:
        """The borrower's client money."""
        return client(self.loan.borrower_id)

    @property
    def bank(self) -> str:
        """The bank's client money."""
        return client(self.loan.bank_id)

    def lend(self, amount_fen: int) -> None:
        """Cash from the bank to the borrower, and the claim."""
        self.move(self.bank, self.borrower, amount_fen)
        self.move(self.own("loans"), self.own("loan_funding"), amount_fen)

    def accrue(self, amount_fen: int) -> None:
        """Interest that has become due."""
        self.move(self.own("loan_interest"), self.own("loan_income"), amount_fen)

    def settle(self, principal_fen: int, interest_fen: int) -> None:
        """The claim falls by what was paid."""
        self.move(self.own("loan_funding"), self.own("loans"), principal_fen)
        self.move(self.own("loan_funding"), self.own("loan_interest"), interest_fen)

    def pay(self, principal_fen: int, interest_fen: int, *, source: str | None = "borrower") -> None:
        """Cash from the borrower (or another account; None: the bank has it already) to the bank, and the claim falls."""
        if source is not None:
            self.move(self.borrower if source == "borrower" else source, self.bank, principal_fen + interest_fen)
        self.settle(principal_fen, interest_fen)

    def bear(self, member: PoolMember | None, amount_fen: int) -> None:
        """A part of the loss: a member pays the bank and has recourse, the bank writes its own part off."""
        if member is not None:
            self.move(pool_account(member), self.bank, amount_fen)
        self.move(self.borne(member), self.own("loans"), amount_fen)

    def give_back(self, member: PoolMember | None, amount_fen: int) -> None:
        """A part of a recovery goes back to who bore the loss; the bank received the cash."""
        if member is not None:
            self.move(self.bank, pool_account(member), amount_fen)
        self.move(self.own("loan_funding"), self.borne(member), amount_fen)

    def borne(self, member: PoolMember | None) -> str:
        """Where a borne part of the loss stands."""
        if member is None:
            return self.own("loan_loss")
        return account_ensure(owner=f"pool/{member.pool_id}", purpose="recourse_receivable", ref=f"{self.loan.pk}/{member.pk}")


def client(organization_id: int) -> str:
    """An organization's client money."""
    return account_ensure(owner=f"organization/{organization_id}", purpose="client_money")


def pool_account(member: PoolMember) -> str:
    """A member's money in the pool."""
    return account_ensure(owner=f"pool/{member.pool_id}", purpose="risk_pool", ref=str(member.pk))


def total(rows: Iterable[Any], name: str) -> int:
    """The sum of a field."""
    return sum(getattr(row, name) for row in rows)
