"""The tables of the books as Django reads them; the migration makes them by SQL, with the rules that the database itself enforces."""

import datetime as dt
from typing import ClassVar

from django.db import models

from langqiao.engine.ledger.row import Row
from langqiao.web.ledger.models_bank import BankLine, PaymentOrder

__all__ = ["BankLine", "ChartLine", "Group", "LedgerAccount", "PaymentOrder", "Touch", "Transfer"]


class ChartLine(models.Model):
    """A purpose of the chart for one kind of owner and whose money it holds; written once, never changed."""

    key = models.CharField(primary_key=True, max_length=100)
    purpose = models.CharField(max_length=60)
    owner_kind = models.CharField(max_length=20)
    pot = models.CharField(max_length=20)
    debits_limited = models.BooleanField()
    credits_limited = models.BooleanField()

    class Meta:
        db_table = "ledger_chartline"

    def __str__(self) -> str:
        return f"{self.key} {self.pot}"


class LedgerAccount(models.Model):
    """An account and its balances, which only the insert of a transfer moves. `last_seq`: the transfer that moved it last."""

    id = models.CharField(primary_key=True, max_length=240)
    owner_kind = models.CharField(max_length=20)
    owner = models.CharField(max_length=60)
    purpose = models.CharField(max_length=60)
    ref = models.CharField(max_length=80, blank=True)
    currency = models.CharField(max_length=3)
    pot = models.CharField(max_length=20)
    debits_posted_fen = models.BigIntegerField(default=0)
    credits_posted_fen = models.BigIntegerField(default=0)
    debits_pending_fen = models.BigIntegerField(default=0)
    credits_pending_fen = models.BigIntegerField(default=0)
    debits_limited = models.BooleanField()
    credits_limited = models.BooleanField()
    closed = models.BooleanField(default=False)
    last_seq = models.BigIntegerField(default=0)

    class Meta:
        db_table = "ledger_account"
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.id

    @property
    def balance_fen(self) -> int:
        """Credits less debits, posted: positive is money held for or owed to the owner."""
        return self.credits_posted_fen - self.debits_posted_fen


class Group(models.Model):
    """Transfers that happened together: all of them or none. `payload_hash` tells a repetition from another group under the same id."""

    id = models.CharField(primary_key=True, max_length=160)
    payload_hash = models.CharField(max_length=64)
    size = models.IntegerField()
    by = models.CharField(max_length=80)
    posted_at_us = models.BigIntegerField()

    class Meta:
        db_table = "ledger_group"

    def __str__(self) -> str:
        return self.id


class Transfer(models.Model):
    """A posted entry, a link of the chain; the database refuses to change or delete it."""

    seq = models.BigIntegerField(primary_key=True)
    id = models.CharField(max_length=160, unique=True)
    group = models.ForeignKey(Group, on_delete=models.DO_NOTHING, db_index=False, related_name="transfers")
    phase = models.CharField(max_length=10)
    debit = models.ForeignKey(LedgerAccount, on_delete=models.DO_NOTHING, db_index=False, related_name="debited")
    credit = models.ForeignKey(LedgerAccount, on_delete=models.DO_NOTHING, db_index=False, related_name="credited")
    currency = models.CharField(max_length=3)
    amount_fen = models.BigIntegerField()
    held_fen = models.BigIntegerField()
    pending = models.ForeignKey("self", to_field="id", null=True, on_delete=models.DO_NOTHING, db_index=False, related_name="resolutions")
    expires_on = models.DateField(null=True)
    reverses = models.ForeignKey("self", to_field="id", null=True, on_delete=models.DO_NOTHING, db_index=False, related_name="reversals")
    code = models.CharField(max_length=60)
    ref = models.CharField(max_length=160, blank=True)
    business_date = models.DateField()
    by = models.CharField(max_length=80)
    posted_at_us = models.BigIntegerField()
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "ledger_transfer"
        ordering: ClassVar = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.id}"

    @property
    def posted_at(self) -> dt.datetime:
        """When it was posted."""
        return dt.datetime.fromtimestamp(self.posted_at_us / 1_000_000, tz=dt.UTC)

    @property
    def moved_fen(self) -> int:
        """What it moves from debit to credit: nothing for a hold, void or expire."""
        return self.amount_fen if self.phase in {"transfer", "post"} else 0

    def row(self) -> Row:
        """The transfer as the engine's row."""
        return Row(
            seq=self.seq, id=self.id, group=self.group_id, phase=self.phase, debit=self.debit_id, credit=self.credit_id,  # type: ignore[arg-type]
            currency=self.currency, amount_fen=self.amount_fen, held_fen=self.held_fen, pending_id=self.pending_id,
            expires_on=self.expires_on, reverses=self.reverses_id, code=self.code, ref=self.ref, business_date=self.business_date,
            by=self.by, posted_at_us=self.posted_at_us, prev_hash=self.prev_hash, hash=self.hash,
        )  # fmt: skip


class Touch(models.Model):
    """That a group's transfers touched an account; the database writes it when it closes the group, and statements find their lines by it."""

    pk = models.CompositePrimaryKey("account_id", "group_id")
    account = models.ForeignKey(LedgerAccount, on_delete=models.DO_NOTHING, db_index=False, related_name="touches")
    group = models.ForeignKey(Group, on_delete=models.DO_NOTHING, db_index=False, related_name="touches")

    class Meta:
        db_table = "ledger_touch"

    def __str__(self) -> str:
        return f"{self.account_id} {self.group_id}"
