"""Streams that count what comes out of an archive against what went in, and stop at the limit."""

import io
from dataclasses import dataclass
from typing import Any, BinaryIO

from isal import isal_zlib

from langqiao.data.formats.limits import Limits

FREE_BYTES = 1024 * 1024
"""What may come out before the ratio is looked at."""
REFUSALS = 4
"""How many times the allowed bytes of an archive may be spent on entries that are then refused."""
_STEP = 256 * 1024


class ArchiveRefusedError(Exception):
    """An archive or an entry breaks a limit; `code` and `message` become a Problem."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(slots=True, kw_only=True)
class Budget:
    """All bytes that come out of one outermost file, layer on layer, against its size.

    What an entry had cost when it was refused does not take the others' room, up to REFUSALS times the whole: overlapping entries cannot
    make the work grow without end.
    """

    limits: Limits
    packed_bytes: int
    unpacked_bytes: int = 0
    refused_bytes: int = 0

    def spend(self, count: int) -> None:
        """Counts bytes; raises ArchiveRefusedError beyond the limit."""
        self.unpacked_bytes += count
        if self.unpacked_bytes > self.limits.archive_bytes:
            raise ArchiveRefusedError("archive_too_large", f"the archive unpacks to more than {self.limits.archive_bytes:,} bytes")
        check_ratio(self.unpacked_bytes, self.packed_bytes, self.limits)
        check_ratio(self.refused_bytes, REFUSALS * self.packed_bytes, self.limits)

    def refuse(self, count: int) -> None:
        """Takes the bytes of a refused entry off the account of the others."""
        self.unpacked_bytes -= count
        self.refused_bytes += count


def check_ratio(unpacked: int, packed: int, limits: Limits) -> None:
    """Raises ArchiveRefusedError where more came out than the ratio allows."""
    if unpacked > FREE_BYTES and unpacked > limits.archive_ratio * packed:
        message = f"{packed:,} packed bytes unpack to more than {unpacked:,}; the limit is {limits.archive_ratio} to 1"
        raise ArchiveRefusedError("archive_ratio", message)


class Tally(io.RawIOBase):
    """Passes bytes on and counts them."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.count = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes."""
        data = self._stream.read(size)
        self.count += len(data)
        return data

    def readinto(self, buffer: Any) -> int:
        """Fills the buffer as far as one read goes."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Closes the stream below."""
        self._stream.close()
        super().close()


class Counted(io.RawIOBase):
    """The unpacked bytes of a layer: counted against the budget and, where `packed` counts them, against the bytes that went in."""

    def __init__(self, stream: Any, *, budget: Budget, packed: Tally | None = None, closes: Any = None) -> None:
        self._stream = stream
        self._budget = budget
        self._packed = packed
        self._closes = closes
        self._count = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fills the buffer as far as one step goes; raises ArchiveRefusedError at a limit."""
        data = self._stream.read(min(len(buffer), _STEP))
        self._count += len(data)
        try:
            self._budget.spend(len(data))
            if self._packed is not None:
                check_ratio(self._count, self._packed.count, self._budget.limits)
        except ArchiveRefusedError:
            self._budget.refuse(self._count)
            raise
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Closes the stream and what lies below it."""
        self._stream.close()
        if self._closes is not None:
            self._closes.close()
        super().close()


class Section:
    """A stretch of a file that others read too: every read seeks first."""

    def __init__(self, stream: BinaryIO, start: int, length: int) -> None:
        self._stream = stream
        self._position = start
        self._end = start + length
        self.count = 0

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; raises EOFError where the file ends before the stretch does."""
        size = min(size, self._end - self._position)
        if size <= 0:
            return b""
        self._stream.seek(self._position)
        data = self._stream.read(size)
        if not data:
            raise EOFError("the archive ends inside an entry")
        self._position += len(data)
        self.count += len(data)
        return data


class Deflated(io.RawIOBase):
    """The bytes of a .zip entry, stored or deflated; at their end the size and the check sum must be those of the directory."""

    def __init__(self, packed: Section, *, budget: Budget, deflated: bool, size: int, crc: int) -> None:
        self._packed = packed
        self._budget = budget
        self._inflater = isal_zlib.decompressobj(-15) if deflated else None
        self._waiting = b""
        self._size, self._crc = size, crc
        self._count, self._sum = 0, 0
        self._ended = False

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, at most one step."""
        data = self._step(_STEP if size < 0 else min(size, _STEP))
        self._count += len(data)
        self._sum = isal_zlib.crc32(data, self._sum)
        try:
            self._check(len(data), ended=not data and size != 0)
        except ArchiveRefusedError:
            self._budget.refuse(self._count)
            raise
        return data

    def _check(self, count: int, *, ended: bool) -> None:
        self._budget.spend(count)
        check_ratio(self._count, self._packed.count, self._budget.limits)
        if self._count > self._size:
            raise ArchiveRefusedError("archive_size_false", f"the entry is longer than the {self._size:,} bytes it declares")
        if ended:
            self._check_end()

    def readinto(self, buffer: Any) -> int:
        """Fills the buffer as far as one step goes."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _step(self, size: int) -> bytes:
        if self._inflater is None:
            return self._packed.read(size)
        while not self._inflater.eof:
            source = self._waiting or self._packed.read(_STEP)
            if not source:
                raise EOFError("the entry ends before its compressed stream does")
            data: bytes = self._inflater.decompress(source, size)
            self._waiting = self._inflater.unconsumed_tail
            if data:
                return data
        return b""

    def _check_end(self) -> None:
        if self._ended:
            return
        self._ended = True
        if self._count != self._size:
            message = f"the entry declares {self._size:,} bytes and has {self._count:,}"
            raise ArchiveRefusedError("archive_size_false", message)
        if self._sum != self._crc:
            raise ArchiveRefusedError("archive_checksum", "the entry's check sum is not that of its bytes")
