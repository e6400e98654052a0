"""Where the bytes of documents lie: under the media folder, named by their hash, written once and read only if they still have it."""

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal

FOLDER = "documents"
ENDINGS = {"application/pdf": "pdf", "application/zip": "zip"}


def sha256_of(content: bytes) -> str:
    """The hash by which a file is known."""
    return hashlib.sha256(content).hexdigest()


def keep(content: bytes, media_type: str) -> tuple[str, str]:
    """Writes the bytes and gives their hash and path below the media folder; the same bytes are kept once. On disk before it returns."""
    digest = sha256_of(content)
    relative = f"{FOLDER}/{digest[:2]}/{digest}.{ENDINGS[media_type]}"
    path = Path(settings.MEDIA_ROOT) / relative
    if not path.exists() or sha256_of(path.read_bytes()) != digest:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_whole(path, content)
    return digest, relative


def _write_whole(path: Path, content: bytes) -> None:
    """All or nothing: a crash leaves no half file under the name."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".making-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def kept(relative: str, sha256: str) -> bytes:
    """The bytes at a path. Refused (document_damaged) where they are gone or no longer have their hash."""
    try:
        content = (Path(settings.MEDIA_ROOT) / relative).read_bytes()
    except FileNotFoundError:
        content = b""
    if sha256_of(content) != sha256:
        message = _("The file of this document is missing or was changed on disk. Restore it from a backup.")
        raise Refusal("document_damaged", message, facts={"sha256": sha256})
    return content
