"""A raw record behind a row: where it lies, whether its bytes still have the recorded hash, and an excerpt for the eye."""

import hashlib
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from langqiao.data.lake.store import Lake
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.patents.records import Row, record_place

EXCERPT_BYTES = 40_000
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSource:
    """`row` tells file, offset, length, format and days; `content` is None where the file is no longer there."""

    sha256: str
    row: Row
    content: bytes | None
    missing: str = ""

    @property
    def intact(self) -> bool:
        """Whether the bytes have the recorded hash."""
        return self.content is not None and hashlib.sha256(self.content).hexdigest() == self.sha256

    @property
    def excerpt(self) -> str:
        """The first bytes as text; what is no text in UTF-8 or GB18030 is shown in hexadecimal."""
        head = (self.content or b"")[:EXCERPT_BYTES]
        for encoding in ("utf-8", "gb18030"):
            for cut in range(4):
                try:
                    return head[: len(head) - cut].decode(encoding)
                except UnicodeDecodeError:
                    continue
        return head[:4096].hex(" ")

    @property
    def is_cut(self) -> bool:
        """Whether the excerpt leaves bytes out."""
        return len(self.content or b"") > EXCERPT_BYTES


def source_get(lake: Lake, sha256: str) -> RawSource:
    """The raw record of a hash. Refused (not_found) where the lake knows none."""
    row = record_place(lake, sha256) if _HASH.fullmatch(sha256) else None
    if row is None:
        raise Refusal("not_found", _("The lake knows no record with this SHA-256."))
    try:
        return RawSource(sha256=sha256, row=row, content=lake.raw(row["source_file"], row["offset"], row["length"], sha256=sha256))
    except (LookupError, OSError, ValueError) as error:
        return RawSource(sha256=sha256, row=row, content=None, missing=str(error))
