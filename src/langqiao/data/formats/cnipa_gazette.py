"""The CNIPA gazette as a ten-column CSV (GB18030 or UTF-8): publications of applications, grants, utility models and designs."""

import re
from collections.abc import Iterator

from langqiao.data.formats import sheet_delimited
from langqiao.data.formats.model import Classification, Party, Publication
from langqiao.data.formats.sheet_rows import Row
from langqiao.data.formats.source import Input, Record, Rejected, rejected
from langqiao.data.formats.values import is_organization, language, read_date, split_values, text_of
from langqiao.data.reference.places import Address, address
from langqiao.engine.kernel.problem import Problem, Severity
from langqiao.engine.patents.classification import any_symbol
from langqiao.engine.patents.number import Number, is_damaged, parse, patent_type
from langqiao.engine.patents.number_parts import CHECK_WRONG

FORMAT = "cnipa_gazette"
COLUMNS = (
    "item", "name", "authorization_notice_id", "authorized_announcement_date", "filing_id", "filing_date", "patentee", "designer",
    "address", "Int.Cl.",
)  # fmt: skip
VARIANT = (
    "type_zh", "type", "gazette_date", "item", "name", "publication_no", "announcement_date", "filing_no", "filing_date", "patentee",
    "province_or_country", "city", "int_cl",
)  # fmt: skip
"""A variant that carries the kind of gazette and the address in two columns."""
_SAME = {"publication_no": "authorization_notice_id", "announcement_date": "authorized_announcement_date", "filing_no": "filing_id",
         "int_cl": "Int.Cl."}  # fmt: skip
_FILE_NAMES = {"published": "A", "authorized": "B", "utility": "U", "designed": "S"}
_HEADER = re.compile(r"\s*[,\t;]\s*")


def detects(head: bytes, name: str) -> bool:  # noqa: ARG001 - the interface of detection
    """Whether the first line is the gazette's header."""
    line = sheet_delimited.first_lines(head[:4096]).splitlines()[:1]
    return bool(line) and tuple(_HEADER.split(line[0].strip().strip('"'))) in {COLUMNS, VARIANT}


def read(given: Input) -> Iterator[Record]:
    """Every row as a Publication; a damaged application number is left empty with a warning, a row without publication number is refused."""
    dialect = sheet_delimited.dialect_of(given.head, ",".join(COLUMNS))
    assert dialect is not None, "detection found the header in this encoding"
    columns: tuple[str, ...] = COLUMNS
    for row in sheet_delimited.sheet(given, dialect).rows:
        if isinstance(row, Rejected):
            yield row
        elif row.number == 1:
            columns = VARIANT if len(row.cells) == len(VARIANT) else COLUMNS
        elif not row.is_blank:
            yield from _record(given, row, columns)


def _record(given: Input, row: Row, columns: tuple[str, ...]) -> Iterator[Record]:
    values = dict.fromkeys(COLUMNS, "") | {_SAME.get(name, name): text_of(cell) for name, cell in zip(columns, row.cells, strict=False)}
    values["address"] = values["address"] or values.get("province_or_country", "") + values.get("city", "")
    if len(row.cells) != len(columns):
        message = f"row {row.number} has {len(row.cells)} cells; the gazette has {len(columns)}"
        yield rejected(row.place, row.raw, _problem(given, row, "row_wrong_width", message, severity="error"))
        return
    raw_number = values["authorization_notice_id"]
    number = parse(raw_number, office="CN", kind_of="publication")
    if number is None or number.kind_of != "publication":
        what = "is destroyed by a spreadsheet" if is_damaged(raw_number) else "is no Chinese publication number"
        message = f"row {row.number}: the publication number {raw_number[:40]!r} {what}"
        yield rejected(
            row.place, row.raw, _problem(given, row, "number_unreadable", message, severity="error", field="authorization_notice_id")
        )
        return
    yield _publication(given, row, values, number)
    yield from _warnings(given, row, values)


def _publication(given: Input, row: Row, values: dict[str, str], number: Number) -> Publication:
    kind = number.kind or next((k for part, k in _FILE_NAMES.items() if part in given.name.lower()), "")
    announced = read_date(values["authorized_announcement_date"])
    is_grant = kind[:1] not in {"A", ""}
    application = _application(values["filing_id"])
    title = values["name"].strip("?;； ")
    publication = Publication(
        place=row.place,
        format=FORMAT,
        office="CN",
        number=number.number,
        kind=kind,
        number_raw=values["authorization_notice_id"],
        application_number=application.number if application else "",
        application_number_raw=values["filing_id"],
        patent_type=patent_type(number) or "invention",
        stage="grant" if is_grant else "application",
        title=title,
        title_lang=language(title),
        title_zh=title,
        filing_date=read_date(values["filing_date"]),
        publication_date=announced,
        grant_date=announced if is_grant else None,
        dates_raw="; ".join(filter(None, (values["authorized_announcement_date"], values["filing_date"]))),
        parties=_parties(values),
        classifications=_classes(values["Int.Cl."]),
    )
    where = address(values["address"])
    extra = {"item": values["item"], "row": str(row.number), "address": values["address"], "postcode": where.postcode}
    if is_damaged(values["filing_id"]):
        extra["flag"] = "number_damaged"
    publication.extra = {key: value for key, value in extra.items() if value}
    return publication


def _application(text: str) -> Number | None:
    found = None if is_damaged(text) else parse(text, office="CN", kind_of="application")
    return found if found is not None and found.kind_of == "application" else None


def _parties(values: dict[str, str]) -> list[Party]:
    where = address(values["address"])
    owners = split_values(values["patentee"])
    parties = [_owner(i, name, where) for i, name in enumerate(owners, 1)]
    return parties + [Party("inventor", i, name, "", False, "", "", "", "") for i, name in enumerate(split_values(values["designer"]), 1)]


def _owner(sequence: int, name: str, where: Address) -> Party:
    """The gazette gives one address, that of the first patentee."""
    first = sequence == 1
    return Party(
        role="owner",
        sequence=sequence,
        name=name,
        std_name="",
        is_organization=is_organization(name),
        country=where.country if first else "",
        region=where.region if first else "",
        city=where.city if first else "",
        kind_code="",
    )


def _classes(text: str) -> list[Classification]:
    found: list[Classification] = []
    for raw in split_values(text.replace("\u2002", ";")):
        symbol = any_symbol(raw)
        if symbol is not None:
            found.append(
                Classification(
                    scheme=symbol.scheme,
                    sequence=len(found) + 1,
                    symbol=symbol.symbol,
                    subclass=symbol.subclass,
                    is_main=not found,
                    is_inventive=symbol.is_inventive,
                    edition=symbol.edition,
                    raw=raw,
                )
            )
    return found


def _warnings(given: Input, row: Row, values: dict[str, str]) -> Iterator[Problem]:
    raw = values["filing_id"]
    application = _application(raw)
    if is_damaged(raw):
        message = f"row {row.number}: the application number was destroyed by a spreadsheet ({raw}); it is left empty"
        yield _problem(given, row, "number_damaged", message, field="filing_id", raw=raw)
    elif raw and application is None:
        yield _problem(
            given, row, "number_unreadable", f"row {row.number}: {raw[:40]!r} is no application number", field="filing_id", raw=raw
        )
    elif application is not None and CHECK_WRONG in application.flags:
        message = f"row {row.number}: the check digit of {raw[:40]!r} does not fit its other digits"
        yield _problem(given, row, "check_digit_wrong", message, field="filing_id", raw=raw)
    for field in ("authorized_announcement_date", "filing_date"):
        if values[field] and read_date(values[field]) is None:
            message = f"row {row.number}: {values[field][:40]!r} is no date"
            yield _problem(given, row, "date_unreadable", message, field=field, raw=values[field])
    for text in split_values(values["Int.Cl."].replace("\u2002", ";")):
        if any_symbol(text) is None:
            message = f"row {row.number}: {text[:40]!r} is no classification symbol"
            yield _problem(given, row, "class_unreadable", message, field="Int.Cl.", raw=text)


def _problem(
    given: Input, row: Row, code: str, message: str, *, severity: Severity = "warning", field: str | None = None, raw: str | None = None
) -> Problem:
    return Problem(
        where=given.name, code=code, message=message, severity=severity, offset=row.place.offset,
        row=row.number, field=field, raw=raw,
    )  # fmt: skip
