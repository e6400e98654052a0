"""What lies inside .gz, .zip and .tar files, unpacked as streams under limits; nothing is ever written to disk by the name of an entry."""

import io
import re
import shutil
import stat
import struct
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

from isal import igzip, isal_zlib

from langqiao.data.formats.archive_streams import ArchiveRefusedError, Budget, Counted, Deflated, Section, Tally
from langqiao.data.formats.limits import Limits
from langqiao.data.formats.model import Place
from langqiao.data.formats.source import Input, Rejected, rejected
from langqiao.engine.kernel.problem import Problem

_INFLATE_ERROR: type[Exception] = isal_zlib.error  # type: ignore[assignment]  # its stub says it is an exception, not a class

DAMAGE: tuple[type[Exception], ...] = (
    ArchiveRefusedError,
    EOFError,
    OSError,
    _INFLATE_ERROR,
    zipfile.BadZipFile,
    tarfile.TarError,
    NotImplementedError,
)
"""What reading from an archive may raise: the entry, or the archive where it has no entries of its own, is then refused."""

UNREADABLE: tuple[type[Exception], ...] = (*DAMAGE, ValueError, LookupError, RuntimeError, OverflowError, struct.error)
"""What reading the directory of a damaged archive may raise besides."""

DIRECTORY_BYTES = 4 * 1024 * 1024
"""The largest central directory of a .zip that is read: about 400 bytes an entry at the limit of entries."""
HEADER_BYTES = 64 * 1024
"""The longest extended header (long names, attributes) of a .tar entry."""
_END_BYTES = 22 + 65_535
_DRIVE = re.compile(r"[A-Za-z]:")
_SPREADSHEET = ("[Content_Types].xml", "mimetype")

Kind = Literal["gzip", "zip", "tar"]
Leaf = Input | Rejected


def kind_of(head: bytes) -> Kind | None:
    """The kind of archive that begins with `head`, or None."""
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    return "tar" if head[257:262] == b"ustar" else None


def leaves(source: Input, *, packed_bytes: int) -> Iterator[Leaf]:
    """Every innermost file of an input, which may be no archive at all, and the refusal of every entry and archive that is not taken.

    A leaf must be read before the next is asked for. `packed_bytes` is the size of the outermost file: all that comes out of it, every
    layer counted, stays within the ratio. A refusal has no bytes of its own: the outermost file stands for it.
    """
    yield from _open(_Layer(source, Budget(limits=source.limits, packed_bytes=packed_bytes), 0))


@dataclass(frozen=True, slots=True)
class _Layer:
    source: Input
    budget: Budget
    depth: int

    @property
    def limits(self) -> Limits:
        return self.source.limits

    def inner(self, name: str, opener: Callable[[], BinaryIO]) -> "_Layer":
        source = Input(name=name, open=opener, retrieved_at=self.source.retrieved_at, limits=self.limits)
        return _Layer(source, self.budget, self.depth + 1)

    def entry(self, name: str, opener: Callable[[], BinaryIO]) -> "_Layer":
        return self.inner(f"{self.source.name}!{name}", opener)


def _open(layer: _Layer) -> Iterator[Leaf]:
    try:
        kind = kind_of(layer.source.head)
    except DAMAGE as error:
        layer.source.close()
        yield refusal(layer.source.name, error)
        return
    if kind is None:
        yield layer.source
        return
    layer.source.close()
    if layer.depth > layer.limits.archive_depth:
        message = f"archives lie {layer.depth} deep inside one another; the limit is {layer.limits.archive_depth}"
        yield refusal(layer.source.name, ArchiveRefusedError("archive_too_deep", message))
        return
    try:
        yield from {"gzip": _gzip, "zip": _zip, "tar": _tar}[kind](layer)
    except UNREADABLE as error:
        yield refusal(layer.source.name, error)


def refusal(name: str, error: Exception) -> Rejected:
    """The refusal of an entry or archive that could not be read to its end."""
    if isinstance(error, ArchiveRefusedError):
        code, message = error.code, error.message
    elif isinstance(error, NotImplementedError):
        code, message = "archive_method_unknown", f"the method of compression is not supported: {error}"
    else:
        code, message = "archive_damaged", f"the archive is damaged or cut off: {error or type(error).__name__}"
    return rejected(Place(name, 0, 0, ""), None, Problem(where=name, offset=0, code=code, message=message))


def _gzip(layer: _Layer) -> Iterator[Leaf]:
    def opener() -> BinaryIO:
        packed = Tally(layer.source.open())
        plain = igzip.IGzipFile(fileobj=packed, mode="rb")
        return _buffered(Counted(plain, budget=layer.budget, packed=packed, closes=packed))

    yield from _open(layer.inner(layer.source.name, opener))


def _zip(layer: _Layer) -> Iterator[Leaf]:
    with _seekable(layer) as stream:
        _check_directory(stream, layer.limits)
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            if len(entries) > layer.limits.archive_entries:
                raise _too_many(layer.limits)
            if any(entry.filename in _SPREADSHEET for entry in entries):
                yield from _spreadsheet(layer, stream, entries)
                return
            for entry in entries:
                if not entry.is_dir():
                    yield from _zip_entry(layer, stream, entry)


def _zip_entry(layer: _Layer, stream: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[Leaf]:
    inner = layer.entry(_shown(entry.filename), lambda: _buffered(_inflated(stream, entry, layer.budget)))
    reason = _forbidden(entry.orig_filename, link=stat.S_ISLNK(entry.external_attr >> 16))
    if reason is None and entry.flag_bits & 0x1:
        reason = ArchiveRefusedError("archive_encrypted", "the entry is encrypted")
    if reason is not None:
        yield refusal(inner.source.name, reason)
    else:
        yield from _open(inner)


def _inflated(stream: BinaryIO, entry: zipfile.ZipInfo, budget: Budget) -> Any:
    """An entry's bytes; its declared sizes are limits to keep to, never trusted for memory."""
    stream.seek(entry.header_offset)
    header = stream.read(30)
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        raise zipfile.BadZipFile("an entry does not begin where the directory says")
    start = entry.header_offset + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    packed = Section(stream, start, entry.compress_size)
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise NotImplementedError(f"method {entry.compress_type}")
    deflated = entry.compress_type == zipfile.ZIP_DEFLATED
    return Deflated(packed, budget=budget, deflated=deflated, size=entry.file_size, crc=entry.CRC)


def _spreadsheet(layer: _Layer, stream: BinaryIO, entries: list[zipfile.ZipInfo]) -> Iterator[Leaf]:
    """A workbook is one document: it is handed on whole after every entry was inflated once within the limits."""
    for entry in entries:
        reason = _forbidden(entry.orig_filename, link=stat.S_ISLNK(entry.external_attr >> 16))
        if reason is not None:
            raise reason
        if not entry.is_dir():
            inner = _inflated(stream, entry, layer.budget)
            while inner.read(1 << 20):
                pass
    yield Input(name=layer.source.name, open=layer.source.open, retrieved_at=layer.source.retrieved_at, limits=layer.limits)


def _check_directory(stream: BinaryIO, limits: Limits) -> None:
    """Refuses a directory that would fill the memory before its entries can be counted."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - _END_BYTES))
    tail = stream.read(_END_BYTES)
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) - end < 22:
        raise zipfile.BadZipFile("the directory at the end is missing")
    entries, directory_bytes = int.from_bytes(tail[end + 10 : end + 12], "little"), int.from_bytes(tail[end + 12 : end + 16], "little")
    locator = tail.rfind(b"PK\x06\x06", 0, end)
    if locator >= 0:
        entries = int.from_bytes(tail[locator + 32 : locator + 40], "little")
        directory_bytes = int.from_bytes(tail[locator + 40 : locator + 48], "little")
    elif entries == 0xFFFF or directory_bytes == 0xFFFFFFFF:
        raise zipfile.BadZipFile("the directory of a large archive is missing")
    if entries > limits.archive_entries:
        raise _too_many(limits, entries)
    if directory_bytes > DIRECTORY_BYTES:
        message = f"the archive's directory has {directory_bytes:,} bytes; the limit is {DIRECTORY_BYTES:,}"
        raise ArchiveRefusedError("archive_directory_too_large", message)


class _BoundedTarInfo(tarfile.TarInfo):
    """An entry whose extended headers are short enough to be held."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_BoundedTarInfo":
        """The entry of one header block."""
        found = super().frombuf(buf, encoding, errors)
        extended = found.type in {
            tarfile.XHDTYPE,
            tarfile.XGLTYPE,
            tarfile.SOLARIS_XHDTYPE,
            tarfile.GNUTYPE_LONGNAME,
            tarfile.GNUTYPE_LONGLINK,
        }
        if extended and found.size > HEADER_BYTES:
            message = f"an extended header has {found.size:,} bytes; the limit is {HEADER_BYTES:,}"
            raise ArchiveRefusedError("archive_header_too_large", message)
        return found


def _tar(layer: _Layer) -> Iterator[Leaf]:
    with layer.source.open() as stream, _tar_stream(stream) as archive:
        for index, member in enumerate(archive):
            archive.members = []  # type: ignore[attr-defined]  # a streamed archive need not remember what it has passed
            if index >= layer.limits.archive_entries:
                raise _too_many(layer.limits)
            if not member.isdir():
                yield from _tar_entry(layer, archive, member, index)


def _tar_entry(layer: _Layer, archive: tarfile.TarFile, member: tarfile.TarInfo, index: int) -> Iterator[Leaf]:
    current = [archive]

    def opener() -> BinaryIO:
        if current:
            return _buffered(Counted(current.pop().extractfile(member), budget=layer.budget))
        return _buffered(_reopened(layer, index))

    inner = layer.entry(_shown(member.name), opener)
    reason = _forbidden(member.name, link=member.issym() or member.islnk())
    if reason is None and (not member.isreg() or member.issparse()):
        reason = ArchiveRefusedError("archive_entry_not_a_file", "the entry is a device, a pipe or a sparse file")
    if reason is not None:
        yield refusal(inner.source.name, reason)
    else:
        yield from _open(inner)


def _reopened(layer: _Layer, index: int) -> Any:
    """The bytes of an entry of a streamed archive once more: the archive is read again up to it."""
    stream = layer.source.open()
    archive = _tar_stream(stream)
    for position, member in enumerate(archive):
        archive.members = []  # type: ignore[attr-defined]
        if position == index:
            return Counted(
                archive.extractfile(member), budget=Budget(limits=layer.limits, packed_bytes=layer.budget.packed_bytes), closes=stream
            )
    raise EOFError("the entry is gone")


def _tar_stream(stream: BinaryIO) -> tarfile.TarFile:
    return tarfile.open(fileobj=stream, mode="r|", tarinfo=_BoundedTarInfo, bufsize=1 << 18)


def _forbidden(name: str, *, link: bool) -> ArchiveRefusedError | None:
    parts = re.split(r"[/\\]", name)
    if link:
        return ArchiveRefusedError("archive_link", "the entry is a link")
    if name.startswith(("/", "\\")) or _DRIVE.match(name) or ".." in parts or "\0" in name:
        return ArchiveRefusedError("archive_path_forbidden", f"the entry's name leads out of the archive: {name[:200]!r}")
    return None


def _too_many(limits: Limits, entries: int | None = None) -> ArchiveRefusedError:
    count = f"{entries:,}" if entries else f"more than {limits.archive_entries:,}"
    return ArchiveRefusedError("archive_too_many_entries", f"the archive has {count} entries; the limit is {limits.archive_entries:,}")


def _seekable(layer: _Layer) -> BinaryIO:
    """The archive as a stream that can be sought in: an archive inside another is copied, counted, to an unnamed file."""
    stream = layer.source.open()
    if stream.seekable():
        return stream
    spooled = tempfile.SpooledTemporaryFile(max_size=8 * 1024 * 1024)  # noqa: SIM115 - the caller closes it
    with stream:
        shutil.copyfileobj(stream, spooled, 1 << 20)
    spooled.seek(0)
    return spooled  # type: ignore[return-value]


def _shown(name: str) -> str:
    """An entry's name as it may be shown and stored: without control characters, at most 300 characters."""
    return re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "�", name)[:300]


def _buffered(raw: Any) -> BinaryIO:
    return io.BufferedReader(raw, 1 << 18)
