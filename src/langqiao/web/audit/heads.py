"""Signed tree heads: made each day and on demand, written out of the database to where nobody who changes it can follow."""

import json
import os
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from langqiao.engine.record.canonical import canonical
from langqiao.engine.record.head import Head
from langqiao.web.audit.keys import private_key, public_key
from langqiao.web.audit.models import Chain, SigningKey, TreeHead
from langqiao.web.audit.services import moment_text
from langqiao.web.audit.tree import Tree, blocks_complete
from langqiao.web.ledger.models import Transfer

VARIABLE = "LANGQIAO_HEADS"
"""Names the environment variable with the file to which heads are written out; on another machine's disk it is the anchor."""


@transaction.atomic
def head_make() -> TreeHead | None:
    """Signs the record as it stands; the head that is there where nothing was appended since; None where nothing is recorded."""
    end = Chain.objects.select_for_update().get(pk=1)
    if end.size == 0:
        return None
    found = TreeHead.objects.filter(pk=end.size).first()
    if found is not None:
        return found
    blocks_complete(end.size)
    key = private_key()
    head = Head(
        size=end.size,
        root=Tree().rooted(0, end.size).hex(),
        last_hash=end.hash,
        at=moment_text(timezone.now()),
        public_key=public_key(key),
        also=_other_chains(),
    )
    SigningKey.objects.get_or_create(key_id=head.key_id, defaults={"algorithm": head.algorithm, "public_key": head.public_key})
    signature = key.sign(head.body().encode()).hex()
    return TreeHead.objects.create(size=head.size, root=head.root, at=head.at, key_id=head.key_id, body=head.body(), signature=signature)


def _other_chains() -> tuple[tuple[str, int, str], ...]:
    last = Transfer.objects.order_by("-seq").values_list("seq", "hash").first()
    return (("ledger", *last),) if last else ()


def head_line(head: TreeHead) -> str:
    """A head as one line of a file: the signed text's fields and the signature."""
    return canonical({**json.loads(head.body), "signature": head.signature})


def heads_file() -> Path:
    """Where heads are written out to."""
    return Path(os.environ.get(VARIABLE, "") or Path(settings.VAR) / "heads.jsonl")


def heads_write_out(path: Path) -> int:
    """Appends the heads that the file does not hold yet, and sees them on the disk; returns how many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    held = set(path.read_text(encoding="utf-8").splitlines()) if path.exists() else set()
    lines = [line for head in TreeHead.objects.order_by("size") if (line := head_line(head)) not in held]
    if lines:
        with path.open("a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
    return len(lines)


def head_duty() -> str:
    """The timed duty: a head of the day, written out."""
    head = head_make()
    written = heads_write_out(heads_file())
    return f"size {head.size if head else 0}, {written} written to {heads_file()}"
