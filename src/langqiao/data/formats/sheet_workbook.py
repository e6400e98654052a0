"""Excel workbooks (.xlsx, .xls) as rows: opened only after their real unpacked size was counted."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from langqiao.data.formats.sheet_rows import ROWS_PER_SHEET, Row, Sheet, cell_place, row_bytes
from langqiao.data.formats.source import Input, Rejected, place_of, rejected
from langqiao.engine.kernel.problem import Problem

MAX_UNPACKED_BYTES = 512 * 1024 * 1024
"""The most bytes a workbook may unpack to: its cells are held in memory."""
MAX_SHEETS = 100

ZIP_MARK, COMPOUND_MARK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FREE_BYTES = 1024 * 1024
"""Below this no ratio is counted."""


class BadWorkbookError(ValueError):
    """A workbook that is not opened; `code` is the Problem's."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def sheets(given: Input) -> "list[Sheet] | Rejected":
    """The sheets of a workbook, or its refusal: too large, a bomb, encrypted or broken."""
    data = given.whole()
    if isinstance(data, Rejected):
        return data
    try:
        if data.startswith(ZIP_MARK):
            _check_unpacked(data, given.limits.archive_ratio, given.limits.archive_entries)
        return list(_open(given, data))
    except BadWorkbookError as error:
        code, message = error.code, str(error)
    except (CalamineError, OSError, ValueError) as error:
        code, message = "workbook_unreadable", f"the workbook cannot be read: {error}"[:300]
    return rejected(place_of(given.name, 0, data), data, Problem(where=given.name, code=code, message=message, offset=0))


def _open(given: Input, data: bytes) -> Iterator[Sheet]:
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    meta = [entry for entry in workbook.sheets_metadata if entry.typ == SheetTypeEnum.WorkSheet]
    if len(meta) > MAX_SHEETS:
        raise BadWorkbookError("too_many_sheets", f"the workbook has {len(meta)} sheets, more than {MAX_SHEETS}")
    for index, entry in enumerate(meta):
        found = workbook.get_sheet_by_name(entry.name)
        yield Sheet(
            name=entry.name,
            rows=_rows(given, index, found),
            label=f"sheet {entry.name!r}, " if len(meta) > 1 else "",
            merged=[(r1 + 1, c1, r2 + 1, c2) for (r1, c1), (r2, c2) in found.merged_cell_ranges or []],
            is_workbook=True,
        )


def row_again(given: Input, offset: int) -> bytes:
    """The JSON list of the cells of the row that a Place's `offset` names, for a page that shows where a figure comes from.

    Raises LookupError where the workbook has no such row.
    """
    index, number = divmod(offset, ROWS_PER_SHEET)
    found = sheets(given)
    if not isinstance(found, Rejected) and index < len(found):
        for row in found[index].rows:
            if isinstance(row, Row) and row.number == number:
                return row_bytes(row.cells)
    raise LookupError(f"{given.name} has no row {number} in sheet {index + 1}")


def _rows(given: Input, index: int, sheet: CalamineSheet) -> Iterator[Row | Rejected]:
    if sheet.start is None:
        return
    left = [None] * sheet.start[1]
    width = given.limits.row_cells
    for number, cells in enumerate(sheet.iter_rows(), 1):
        values = [*left, *cells]
        place = cell_place(given, index, number, values)
        if len(values) > width:
            message = f"row {number} has {len(values)} cells, more than {width}"
            yield rejected(place, row_bytes(values), Problem(where=place.source_file, code="row_too_wide", message=message, row=number))
        else:
            yield Row(number=number, cells=values, place=place)


def _check_unpacked(data: bytes, ratio: int, entries: int) -> None:
    """Inflates every member without keeping it: what a directory says of sizes may be a lie."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise BadWorkbookError("workbook_unreadable", f"the workbook is no valid archive: {error}") from error
    if len(members) > entries:
        raise BadWorkbookError("archive_too_many_entries", f"the workbook holds {len(members):,} parts, more than {entries:,}")
    total = 0
    for member in members:
        if member.flag_bits & 1:
            raise BadWorkbookError("workbook_encrypted", "the workbook is protected by a password")
        total += _inflated(data, member, ratio, MAX_UNPACKED_BYTES - total)


def _inflated(data: bytes, member: zipfile.ZipInfo, ratio: int, left: int) -> int:
    start = member.header_offset
    name, extra = (int.from_bytes(data[start + place : start + place + 2], "little") for place in (26, 28))
    start += 30 + name + extra
    packed = memoryview(data)[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        return len(packed)
    if member.compress_type != zipfile.ZIP_DEFLATED:
        raise BadWorkbookError("workbook_unreadable", f"part {member.filename!r} is packed in a way no workbook uses")
    limit = max(_FREE_BYTES, min(left, ratio * len(packed)))
    inflater, size, source = zlib.decompressobj(-15), 0, bytes(packed)
    while source and not inflater.eof:
        size += len(inflater.decompress(source, 1 << 20))
        source = inflater.unconsumed_tail
        if size > limit:
            message = f"part {member.filename!r} unpacks to more than {ratio} times its size or {MAX_UNPACKED_BYTES:,} bytes in all"
            raise BadWorkbookError("archive_ratio", message)
    return size
