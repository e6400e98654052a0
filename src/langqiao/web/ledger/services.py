"""Writes of the books: an account is made once, a group of entries is posted all or none, once whatever the number of retries."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.ledger.account import AccountName, account_name
from langqiao.engine.ledger.entry import ID, Entry, entries_check
from langqiao.engine.ledger.row import payload_hash
from langqiao.web.ledger.explaining import refusal_of
from langqiao.web.ledger.posting import BooksRefusedError, Link, chain_lock, group_insert, head_and_group, must_be_in_transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A group as it stands in the books. `repeated`: it had been posted before, and nothing happened now."""

    group: str
    links: tuple[Link, ...]
    repeated: bool = False


def account_ensure(*, owner: str, purpose: str, ref: str = "", currency: str = "CNY") -> str:
    """The id of the account of these four words, made if it is not there. Raises Refusal(ledger_account_unfit).

    Must be called inside a transaction. `owner`: `organization/12`, `fund/3`, `deal/UUID`, `person/5`, `loan/UUID`, `pool/2` or `platform`.
    """
    must_be_in_transaction()
    name = account_name(owner=owner, purpose=purpose, ref=ref, currency=currency)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM ledger_account WHERE id = %s", [name.id])
        if cursor.fetchone() is None:
            _account_insert(cursor, name)
    return name.id


def _account_insert(cursor: Any, name: AccountName) -> None:
    line = name.line
    limits = [line.debits_limited, line.credits_limited]
    key = f"{name.purpose}/{name.owner_kind}"
    cursor.execute("SELECT 1 FROM ledger_chartline WHERE key = %s", [key])
    if cursor.fetchone() is None:
        cursor.execute(
            "INSERT INTO ledger_chartline (key, purpose, owner_kind, pot, debits_limited, credits_limited)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (key) DO NOTHING",
            [key, name.purpose, name.owner_kind, name.pot, *limits],
        )
    cursor.execute(
        "INSERT INTO ledger_account (id, owner_kind, owner, purpose, ref, currency, pot, debits_posted_fen, credits_posted_fen,"
        " debits_pending_fen, credits_pending_fen, debits_limited, credits_limited, closed, last_seq)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, 0, 0, 0, 0, %s, %s, %s, 0) ON CONFLICT (id) DO NOTHING",
        [name.id, name.owner_kind, name.owner, name.purpose, name.ref, name.currency, name.pot, *limits, False],
    )


def group_post(entries: Sequence[Entry], *, group: str, by: Any) -> Posted:
    """Posts entries all or none, inside the caller's transaction; the same group again with the same entries has no second effect.

    `group` is the client's id (1 to 160 printable ASCII characters), `by` a user or a word for the actor (`user/5`, `scheduler`).
    Raises Refusal: ledger_entry_malformed, ledger_account_unknown, ledger_account_closed, ledger_currency_differs, ledger_overdrawn,
    ledger_hold_unknown, ledger_hold_resolved, ledger_hold_exceeded, ledger_hold_expired, ledger_hold_not_expired,
    ledger_already_reversed, ledger_reversal_differs, idempotency_key_reused; nothing is written then, and the transaction can go on.
    Lock your own rows before: the chain's lock is held to the end of the transaction (ledger, then audit: always in this order).
    """
    must_be_in_transaction()
    entries_check(entries)
    if not ID.fullmatch(group):
        raise Refusal("ledger_entry_malformed", f"{group[:80]!r} is no id of a group", facts={"entry": group[:80], "why": "id"})
    payload = payload_hash(entries)
    chain_lock()
    seq, last, before = head_and_group(group)
    if before is not None:
        return _posted_before(group, payload, before)
    try:
        links = group_insert(entries, group=group, payload=payload, by=actor_word(by), at_us=time.time_ns() // 1000, end=(seq, last))
    except BooksRefusedError as refused:
        raise refusal_of(refused.code, entries) from refused
    return Posted(group=group, links=links)


def _posted_before(group: str, payload: str, before: str) -> Posted:
    if before != payload:
        message = _("The group %(group)s was posted before with other content.") % {"group": group}
        raise Refusal("idempotency_key_reused", message, facts={"key": group})
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, seq, hash FROM ledger_transfer WHERE group_id = %s ORDER BY seq", [group])
        return Posted(group=group, links=tuple(Link(id=row[0], seq=row[1], hash=row[2]) for row in cursor.fetchall()), repeated=True)


def actor_word(by: Any) -> str:
    """The actor as the books name it: `user/5`, or the given word."""
    word = by if isinstance(by, str) else f"user/{by.pk}"
    if not ID.fullmatch(word) or len(word) > 80:
        raise ValueError(f"{word[:80]!r} does not name an actor")
    return word
