"""Workbooks written for tests: .xlsx by openpyxl, .xls as the smallest compound file with one BIFF8 sheet."""

import io
import struct

import openpyxl


def xlsx(rows, merged=(), sheets=None):
    """The bytes of a workbook with one sheet of `rows`, or with several named `sheets`."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, content in (sheets or {"专利": rows}).items():
        sheet = book.create_sheet(name)
        for row in content:
            sheet.append(list(row))
        for area in merged:
            sheet.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_text(rows, delimiter=","):
    """Rows as delimited text with every cell quoted where needed."""
    import csv

    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _record(code, body):
    return struct.pack("<HH", code, len(body)) + body


def _biff(rows):
    def bof(kind):
        return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 1996, 0, 6))

    name = "Sheet1".encode("latin-1")
    bound = struct.pack("<IBBBB", 0, 0, 0, len(name), 0) + name
    start = len(bof(5)) + 4 + len(bound) + 4
    sheet = bof(0x10)
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, int | float):
                sheet += _record(0x0203, struct.pack("<HHHd", r, c, 0, value))
            elif value:
                text = value.encode("utf-16-le")
                sheet += _record(0x0204, struct.pack("<HHHHB", r, c, 0, len(value), 1) + text)
    sheet += _record(0x000A, b"")
    return bof(5) + _record(0x0085, struct.pack("<I", start) + bound[4:]) + _record(0x000A, b"") + sheet


def xls(rows):
    """The bytes of a .xls workbook with one sheet."""
    stream = _biff(rows)
    stream += b"\0" * (-len(stream) % 512)
    stream = stream.ljust(4096, b"\0")
    sectors = len(stream) // 512
    chain = [*range(3, sectors + 2), 0xFFFFFFFE]
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *chain]
    assert len(fat) <= 128
    fat += [0xFFFFFFFF] * (128 - len(fat))

    def entry(name, kind, child, first, size):
        raw = name.encode("utf-16-le") + b"\0\0" if name else b""
        return (
            raw.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(raw), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
            + b"\0" * 36
            + struct.pack("<IQ", first, size)
        )

    directory = (
        entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, 0xFFFFFFFF, 2, len(stream)) + entry("", 0, 0xFFFFFFFF, 0, 0) * 2
    )
    header = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + struct.pack("<I", 0xFFFFFFFF) * 108
    return header + struct.pack("<128I", *fat) + directory + stream
