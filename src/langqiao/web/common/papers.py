"""Papers that people attach: which kinds of file are taken, and the shelf of a room that keeps their bytes under their hash."""

import hashlib
import re
import uuid
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.numbers import size

PAPER_MAX_BYTES = 20 * 1024 * 1024
"""Certificates, receipts and contracts are scans of a few megabytes; larger ones are archives and belong elsewhere."""
BEGINS = {
    ".pdf": (b"%PDF-",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".tif": (b"II*\x00", b"MM\x00*"),
    ".tiff": (b"II*\x00", b"MM\x00*"),
    ".ofd": (b"PK\x03\x04",),
    ".docx": (b"PK\x03\x04",),
}
"""Ending of a name → how such a file begins: a file whose bytes say otherwise is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file as it was kept: its plain name, the SHA-256 of its bytes, how many."""

    name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """The files of one room below MEDIA_ROOT."""

    room: str

    def keep(self, file: "UploadedFile[bytes]") -> Kept:
        """Keeps a file that was sent. Refused: file_kind, file_too_large, file_empty."""
        name = plain_name(file.name or "")
        content = _content(file, name)
        digest = hashlib.sha256(content).hexdigest()
        target = self.place_of(digest)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            staged = target.with_suffix(f".{uuid.uuid4().hex}")  # two who send the same file at once do not write into one another's
            staged.write_bytes(content)
            staged.replace(target)
        return Kept(name=name, sha256=digest, size_bytes=len(content))

    def place_of(self, sha256: str) -> Path:
        """Where the bytes with that hash lie."""
        return Path(settings.MEDIA_ROOT) / self.room / sha256[:2] / sha256

    def read(self, sha256: str) -> bytes:
        """The bytes as they came. Refused (document_damaged) where they are gone or no longer have the recorded hash."""
        place = self.place_of(sha256)
        content = place.read_bytes() if place.exists() else b""
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Refusal("document_damaged", _("The stored bytes no longer have the recorded SHA-256. Restore them from the backup."))
        return content


def given(file: "UploadedFile[bytes] | None") -> "UploadedFile[bytes]":
    """The file of a form. Refused (file_missing) where none was chosen."""
    if file is None:
        raise Refusal("file_missing", _("Choose a file first."))
    return file


def plain_name(name: str) -> str:
    """The name without folders and control characters."""
    last = re.split(r"[\\/]", name)[-1]
    return re.sub(r"[\x00-\x1f\x7f]", "", last).strip(". ")[-120:] or "document"


def _content(file: "UploadedFile[bytes]", name: str) -> bytes:
    suffix = Path(name).suffix.lower()
    if suffix not in BEGINS:
        raise Refusal("file_kind", _("%(name)s is none of %(kinds)s.") % {"name": name, "kinds": ", ".join(BEGINS)})
    if (file.size or 0) > PAPER_MAX_BYTES:
        facts = {"n": size(file.size or 0), "limit": size(PAPER_MAX_BYTES)}
        raise Refusal("file_too_large", _("The file has %(n)s; %(limit)s are allowed.") % facts)
    if not file.size:
        raise Refusal("file_empty", _("The file is empty."))
    content = file.read()
    if not content.startswith(BEGINS[suffix]):
        raise Refusal("file_kind", _("%(name)s does not begin as a file of its ending does.") % {"name": name})
    return content
