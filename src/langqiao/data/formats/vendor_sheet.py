"""Patent lists as spreadsheets or delimited text (incoPat, PatSnap, Chinese lists, phpIP, English front ends): found by their headers."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice

from langqiao.data.formats import sheet_delimited, sheet_workbook, vendor_row
from langqiao.data.formats.sheet_rows import HEADER_SEARCH_ROWS, Row, Sheet, column_letter
from langqiao.data.formats.source import Input, Record, Rejected, Skipped, place_of, rejected
from langqiao.data.formats.values import Cell, DateColumn, decide_orders, has_ordered_dates, text_of
from langqiao.data.formats.vendor_headers import IDENTITY, HeaderPlan, is_header, plan
from langqiao.data.formats.vendor_values import DATE_FIELDS, RowValues, by_field
from langqiao.engine.kernel.problem import Problem, Severity

SAMPLE_ROWS = 5_000
"""Rows that are looked at to decide the order of day and month; where they leave it open the whole file is."""


def detects_workbook(head: bytes, name: str) -> bool:  # noqa: ARG001 - the interface of detection
    """Excel files: an OOXML archive or a compound file. Whether it is a patent list shows only when it is open."""
    if head.startswith(sheet_workbook.COMPOUND_MARK):
        return True
    return head.startswith(sheet_workbook.ZIP_MARK) and (b"[Content_Types].xml" in head or b"xl/w" in head or b"xl/_rels" in head)


def detects_text(head: bytes, name: str) -> bool:  # noqa: ARG001
    """Delimited text with a header row of a patent list among its first lines."""
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"<", b"{", b"["}:
        return False
    lines = sheet_delimited.first_lines(head).splitlines()
    return any(_is_header_line(line) for line in lines[:HEADER_SEARCH_ROWS])


def _is_header_line(line: str) -> bool:
    return any(line.count(d) and is_header([cell.strip(' "') for cell in line.split(d)]) for d in sheet_delimited.DELIMITERS)


def read(given: Input, mapping: Mapping[str, str] | None = None) -> Iterator[Record]:
    """Every row of every sheet that has a header row. `mapping` (header → field) is what a person has confirmed for this kind of file."""
    found = _sheets(given)
    if isinstance(found, Rejected):
        yield found
        return
    read_any, looked_at = False, []
    for sheet in found:
        head, rest = _head(sheet)
        how = plan(sheet, head, mapping)
        if how is None or not how.fields & IDENTITY:
            looked_at.append(_what_was_seen(sheet, head, how))
            continue
        read_any = True
        yield from _rows(given, sheet, how, chain((row for row in head if row.number >= how.first_data_row), rest))
    if not read_any:
        yield _no_header(given, looked_at)


def plans(given: Input, mapping: Mapping[str, str] | None = None) -> list[tuple[str, HeaderPlan]]:
    """How each sheet would be read, for a page that shows the mapping and asks; sheets without a header row are left out."""
    found = _sheets(given)
    if isinstance(found, Rejected):
        return []
    return [(sheet.name, how) for sheet in found if (how := plan(sheet, _head(sheet)[0], mapping))]


def _sheets(given: Input) -> list[Sheet] | Rejected:
    if detects_workbook(given.head, given.name):
        return sheet_workbook.sheets(given)
    line = next((line for line in sheet_delimited.first_lines(given.head).splitlines() if _is_header_line(line)), None)
    dialect = sheet_delimited.dialect_of(given.head, line)
    if dialect is None:
        data = given.whole()
        if isinstance(data, Rejected):
            return data
        problem = Problem(
            where=given.name, code="encoding_unknown", message="the file is neither UTF-8 nor GB18030 text in columns", offset=0
        )
        return rejected(place_of(given.name, 0, data), data, problem)
    return [sheet_delimited.sheet(given, dialect)]


def _head(sheet: Sheet) -> tuple[list[Row], Iterator[Row | Rejected]]:
    rows = iter(sheet.rows)
    first = list(islice(rows, HEADER_SEARCH_ROWS))
    kept = [row for row in first if isinstance(row, Row)]
    return kept, chain((row for row in first if isinstance(row, Rejected)), rows)


def _what_was_seen(sheet: Sheet, head: Sequence[Row], how: HeaderPlan | None) -> str:
    name = f"sheet {sheet.name!r}: " if sheet.name else ""
    if how is not None:
        return f"{name}the header row {how.header_row} has no column for a publication or application number"
    row = next((row for row in head if not row.is_blank), None)
    if row is None:
        return f"{name}no filled row"
    return f"{name}row {row.number} begins {', '.join(repr(text_of(cell)[:20]) for cell in row.cells[:4])}"


def _no_header(given: Input, looked_at: Sequence[str]) -> Rejected:
    data = b"".join(given.chunks())
    message = (
        f"no header row of a patent list in the first {HEADER_SEARCH_ROWS} rows ({'; '.join(looked_at[:5]) or 'no sheet'}). A header row has "
        "column names such as 公开(公告)号, 申请号, 标题, 申请日 or Publication Number, Title, Filing Date"
    )
    return rejected(place_of(given.name, 0, data), data, Problem(where=given.name, code="header_not_found", message=message, offset=0))


def _rows(given: Input, sheet: Sheet, how: HeaderPlan, rows: Iterator[Row | Rejected]) -> Iterator[Record]:
    where = given.name
    sample = list(rows if sheet.is_workbook else islice(rows, SAMPLE_ROWS))
    dates, undecided = _date_columns(how, [row for row in sample if isinstance(row, Row)])
    if undecided and not sheet.is_workbook and len(sample) == SAMPLE_ROWS:
        dates, undecided = _date_columns(how, _again(given, how))
    filled = {i for row in sample if isinstance(row, Row) for i, cell in enumerate(row.cells) if text_of(cell)}
    yield from _header_problems(where, sheet, how, filled)
    yield from _undecided(where, how, undecided)
    seen: dict[str, tuple[int, str]] = {}
    for row in chain(sample, rows):
        if isinstance(row, Rejected):
            yield row
        elif not row.is_blank and row.number >= how.first_data_row:
            yield from _once(_record(given, sheet, how, row=row, dates=dates), row, seen)


def _record(given: Input, sheet: Sheet, how: HeaderPlan, *, row: Row, dates: Mapping[str, DateColumn]) -> Iterator[Record]:
    known, unknown = by_field(how, row.cells)
    headers = {column.field: column.header for column in reversed(how.columns) if column.field}
    return vendor_row.records(
        RowValues(
            row=row,
            sheet=sheet.name,
            label=sheet.label,
            vendor=how.vendor,
            retrieved_on=given.retrieved_at.date(),
            cells=known,
            headers=headers,
            unknown=unknown,
            dates=dates,
        )
    )


def _once(records: Iterator[Record], row: Row, seen: dict[str, tuple[int, str]]) -> Iterator[Record]:
    """Overlapping batches repeat rows: the same row again is skipped and counted, another row of the same number is reported."""
    first = next(records)
    key = getattr(first, "key", "")
    earlier = seen.get(key) if key else None
    if earlier is None:
        seen[key] = (row.number, _content(row))
    elif earlier[1] == _content(row):
        yield Skipped(place=row.place, reason=f"row {row.number} repeats row {earlier[0]}")
        return
    else:
        message = f"row {row.number}: {key} stands already in row {earlier[0]} with other content; the later row counts"
        yield Problem(
            where=row.place.source_file,
            code="number_repeated",
            message=message,
            severity="warning",
            offset=row.place.offset,
            row=row.number,
        )
    yield first
    yield from records


def _content(row: Row) -> str:
    return "\x1f".join(text_of(cell) for cell in row.cells)


def _again(given: Input, how: HeaderPlan) -> list[Row]:
    """Every row once more, only for the columns that hold dates."""
    wanted = {column.index for column in how.columns if column.field in DATE_FIELDS}
    found = _sheets(given)
    assert not isinstance(found, Rejected), "the file was opened before"
    again = (row for row in found[0].rows if isinstance(row, Row) and row.number >= how.first_data_row)
    return [Row(number=r.number, cells=[c if i in wanted else None for i, c in enumerate(r.cells)], place=r.place) for r in again]


def _date_columns(how: HeaderPlan, rows: Sequence[Row]) -> tuple[dict[str, DateColumn], list[tuple[str, int]]]:
    """How each date field is read, and the fields whose order stays open with the number of such cells."""
    columns = [column for column in how.columns if column.field in DATE_FIELDS and column.how != "repeated"]
    cells: list[list[Cell]] = [[row.cells[c.index] for row in rows if c.index < len(row.cells)] for c in columns]
    orders = decide_orders(cells)
    dates = {column.field: DateColumn(order=order) for column, order in zip(columns, orders, strict=True)}
    open_ones = [
        (column.field, sum(has_ordered_dates([cell]) for cell in values))
        for column, values, order in zip(columns, cells, orders, strict=True)
        if order is None and has_ordered_dates(values)
    ]
    return dates, open_ones


def _undecided(where: str, how: HeaderPlan, undecided: Sequence[tuple[str, int]]) -> Iterator[Problem]:
    for field, count in undecided:
        column = next(column for column in how.columns if column.field == field)
        message = (
            f"column {column.letter} ({column.header}): {count} dates may be read day first or month first and no value decides it; they are "
            "left empty. Say which order it is, or export the dates as YYYY-MM-DD"
        )
        yield _problem(where, how, "date_order_undecided", message, field=column.header)


def _header_problems(where: str, sheet: Sheet, how: HeaderPlan, filled: set[int]) -> Iterator[Problem]:
    covered = [(a, b) for top, a, bottom, b in sheet.merged if a < b and top <= how.header_row <= bottom]
    for column in how.of("missing"):
        if column.index not in filled:
            continue
        merged = next((span for span in covered if span[0] < column.index <= span[1]), None)
        if merged:
            message = f"{sheet.label}row {how.header_row}: columns {column_letter(merged[0])} to {column_letter(merged[1])} share one merged header; "
            message += f"column {column.letter} has none of its own and is kept unnamed"
            yield _problem(where, how, "header_merged", message, field=column.letter)
        else:
            message = f"{sheet.label}row {how.header_row}: column {column.letter} has no header and is kept unnamed"
            yield _problem(where, how, "header_missing", message, field=column.letter)
    for column in how.of("repeated"):
        message = f"{sheet.label}row {how.header_row}: column {column.letter} ({column.header}) has the meaning of an earlier one; it fills only its empty cells"
        yield _problem(where, how, "header_repeated", message, field=column.header)
    if guessed := how.of("guessed"):
        listed = ", ".join(f"{column.header} = {column.field}" for column in guessed)
        yield _problem(
            where,
            how,
            "headers_guessed",
            f"{sheet.label}row {how.header_row}: taken by likeness, please confirm: {listed}",
            severity="note",
        )
    if unknown := how.of("unknown"):
        listed = ", ".join(column.header for column in unknown)
        message = f"{sheet.label}row {how.header_row}: {len(unknown)} columns are not known and are kept under their names: {listed}"[
            :2_000
        ]
        yield _problem(where, how, "headers_unknown", message, severity="note")


def _problem(where: str, how: HeaderPlan, code: str, message: str, *, severity: Severity = "warning", field: str | None = None) -> Problem:
    return Problem(where=where, code=code, message=message, severity=severity, offset=0, row=how.header_row, field=field)
