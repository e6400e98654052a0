"""Writes of the record: appending one link inside the caller's transaction, and marking personal data instead of writing it down."""

import datetime as dt
import hashlib
import hmac
import json
import secrets
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from langqiao.engine.record.canonical import canonical
from langqiao.engine.record.chain import Link
from langqiao.web.audit.models import LINK_FIELDS, Chain, LookupKey, MarkSalt, Record, RecordReader
from langqiao.web.audit.subjects import parties_of
from langqiao.web.ledger.posting import chain_lock
from langqiao.web.people.models import User

LENGTHS = {"actor": 120, "action": 80, "subject": 160}


def record_append(*, actor: User | str, action: str, subject: str, payload: Mapping[str, Any], seen_by: Iterable[int] = ()) -> Record:
    """Appends one link to the chain, in the caller's transaction; the record and what it tells of are committed together or not at all.

    `actor` is a user, or who acts written as `user/12`, `platform` or `duty/NAME`; `subject` is what it is about, as `deal/UUID`, `right/KEY`,
    `organization/12`. `payload` holds text, whole numbers, true, false, null, lists and objects; personal data only as `mark(…)`.
    `seen_by` are organizations (their ids) whose members may read it; the organizations of a known kind of subject are added by themselves.
    Raises TransactionManagementError outside a transaction and ValueError for what has no canonical form. Append last in a transaction
    on PostgreSQL: the end of the chain stays locked until it ends.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("a record is appended inside the transaction of what it tells of")
    names = {"actor": f"user/{actor.pk}" if isinstance(actor, User) else actor, "action": action, "subject": subject}
    parties = sorted({*parties_of(subject), *seen_by})
    texts = {name: _name(name, text) for name, text in names.items()} | {"payload": canonical(payload), "parties": canonical(parties)}
    chain_lock()  # the books' lock first, always: two transactions that write both in any order then wait for each other, never in a circle
    end = Chain.objects.select_for_update().get(pk=1)
    link = Link(seq=end.size + 1, prev_hash=end.hash, at=moment_text(timezone.now()), **texts).sealed()
    record = Record(**{name: getattr(link, name) for name in LINK_FIELDS})
    record.save(force_insert=True)
    RecordReader.objects.bulk_create([RecordReader(record=record, organization_id=number) for number in parties])
    return record


def moment_text(moment: dt.datetime) -> str:
    """A moment as the record writes it: UTC, always with six digits of the second."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _name(what: str, text: str) -> str:
    text = json.loads(canonical(text))
    if not text.strip() or not text.isprintable() or len(text) > LENGTHS[what]:
        raise ValueError(f"{text[:40]!r} is no {what} of a record: 1 to {LENGTHS[what]} printable characters are needed")
    return text


def mark(text: str, *, of: User | None = None) -> str:
    """What the record writes instead of a personal datum: HMAC-SHA-256 under a salt of the datum's own, as `mark:` and 64 hexadecimal digits.

    The same text gives the same mark until its salt is deleted (`marks_forget`); from then on nobody, not even with every key of this
    site, can tell whose mark it was, and the chain still verifies. `of` ties the salt to a person, so that erasing the person finds it.
    """
    found, _made = MarkSalt.objects.get_or_create(lookup=lookup(text), defaults={"salt": secrets.token_hex(32), "user": of})
    if of is not None and found.user_id is None:
        MarkSalt.objects.filter(pk=found.pk, user=None).update(user=of)
    return f"mark:{_keyed(found.salt, text)}"


def lookup(text: str) -> str:
    """Under which the salt of a datum is found."""
    key, _made = LookupKey.objects.get_or_create(pk=1, defaults={"key": secrets.token_hex(32)})
    return _keyed(key.key, text)


def marks_forget(*, user: User, texts: Iterable[str] = ()) -> int:
    """Deletes the salts of a person's marks and those of the given texts; returns how many. Their marks in the record say nothing any more."""
    found = MarkSalt.objects.filter(user=user) | MarkSalt.objects.filter(lookup__in=[lookup(text) for text in texts if text])
    deleted, _by_table = MarkSalt.objects.filter(pk__in=list(found.values_list("pk", flat=True))).delete()
    return deleted


def _keyed(key: str, text: str) -> str:
    return hmac.new(bytes.fromhex(key), unicodedata.normalize("NFC", text).encode(), hashlib.sha256).hexdigest()
