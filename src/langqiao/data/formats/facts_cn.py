"""Our own table of facts on Chinese patents and their register events (data/facts, written from public sources): the Chinese demonstration."""

import datetime as dt
import io
from collections.abc import Iterator, Mapping
from importlib.resources import files

from langqiao.data.formats import sheet_delimited
from langqiao.data.formats.inpadoc import legal_code
from langqiao.data.formats.model import Classification, LegalEvent, Party, Publication
from langqiao.data.formats.sheet_rows import Row
from langqiao.data.formats.source import Input, Record, Rejected, rejected
from langqiao.data.formats.values import language, read_date, split_values, text_of
from langqiao.data.reference.places import province
from langqiao.engine.kernel.problem import Problem
from langqiao.engine.patents.classification import ipc, locarno
from langqiao.engine.patents.number import Number, parse, patent_type

FORMAT = "facts_cn"
WRITTEN_ON = dt.datetime(2026, 10, 14, tzinfo=dt.UTC)
"""When the facts were written down: the day the package data counts as retrieved."""
_PATENTS, _EVENTS = "cn_patents.csv", "cn_events.csv"
_OWN_KINDS = {"NOTICE": "TRANSFER_ANNOUNCED", "DECISION": "INVALIDATION_REFUSED"}
"""The two codes that are ours and no office's."""


def detects(head: bytes, name: str) -> bool:  # noqa: ARG001 - the interface of detection
    """Whether the first line is the header of one of the two tables."""
    return head.startswith((b"patent_key,publication_no,kind,patent_type,", b"publication_no,date,effective_date,code,kind,from_org,"))


def inputs() -> list[Input]:
    """The two tables shipped with the package, patents first."""
    return [_packaged(_PATENTS), _packaged(_EVENTS)]


def _packaged(name: str) -> Input:
    data = files("langqiao.data.facts").joinpath(name).read_bytes()
    return Input(name=f"langqiao/data/facts/{name}", open=lambda: io.BytesIO(data), retrieved_at=WRITTEN_ON)


def read(given: Input) -> Iterator[Record]:
    """Every row of the table of patents as a Publication, every row of the table of events as a LegalEvent."""
    dialect = sheet_delimited.Dialect(encoding="utf-8", delimiter=",")
    header: list[str] = []
    for row in sheet_delimited.sheet(given, dialect).rows:
        if isinstance(row, Rejected):
            yield row
        elif row.number == 1:
            header = [text_of(cell) for cell in row.cells]
        elif not row.is_blank:
            values = {name: text_of(cell) for name, cell in zip(header, row.cells, strict=False)}
            yield _patent(given, row, values) if "patent_key" in values else _event(given, row, values)


def _refuse(given: Input, row: Row, text: str) -> Rejected:
    message = f"row {row.number}: {text[:40]!r} is no patent number"
    return rejected(
        row.place, row.raw, Problem(where=given.name, code="number_unreadable", message=message, offset=row.place.offset, row=row.number)
    )


def _patent(given: Input, row: Row, values: Mapping[str, str]) -> Record:
    published = parse(values["publication_no"], kind_of="publication") if values["publication_no"] else None
    application = parse(values["application_no"], kind_of="application") if values["application_no"] else None
    known = published or application
    if known is None:
        return _refuse(given, row, values["patent_key"])
    kind = values["kind"]
    is_grant = kind[:1] not in {"A", ""} or bool(values["grant_date"])
    title = values["title_zh"] or values["title_en"]
    kept = ("source", "status", "completeness", "owner_type", "filing_year")
    return Publication(
        place=row.place,
        format=FORMAT,
        office=known.office,
        number=published.number if published else "",
        kind=kind,
        number_raw=values["publication_no"],
        application_number=application.number if application else "",
        application_number_raw=values["application_no"],
        patent_type=patent_type(known) or "invention",
        stage="grant" if is_grant else "application",
        title=title,
        title_lang=language(title),
        title_zh=values["title_zh"],
        title_en=values["title_en"],
        filing_date=read_date(values["filing_date"]),
        publication_date=read_date(values["publication_date"]) or read_date(values["grant_date"]),
        grant_date=read_date(values["grant_date"]),
        parties=_parties(values),
        classifications=_classes(values),
        extra={"row": str(row.number)} | {name: values[name] for name in kept if values[name]},
    )


def _parties(values: Mapping[str, str]) -> list[Party]:
    first = split_values(values["owner"])
    current = split_values(values["current_owner"]) or first
    return [*_owners("applicant", first, values), *_owners("owner", current, values if current == first else {})]


def _owners(role: str, names: list[str], values: Mapping[str, str]) -> Iterator[Party]:
    """Country, province and kind stand in the table for the first owner only."""
    place = province(values.get("province", ""))
    kind = values.get("owner_type", "")
    for i, name in enumerate(names):
        first = i == 0
        yield Party(
            role=role,
            sequence=i + 1,
            name=name,
            std_name="",
            is_organization=True,
            country=values.get("country", "") if first else "",
            region=(place.name_zh if place else values.get("province", "")) if first else "",
            city=values.get("city", "") if first else "",
            kind_code=kind if first else "",
        )


def _classes(values: Mapping[str, str]) -> list[Classification]:
    found: list[Classification] = []
    for raw in [*split_values(values["ipc_main"]), *split_values(values["ipc_other"])]:
        symbol = ipc(raw) or locarno(raw)
        if symbol is not None and symbol.symbol not in {entry.symbol for entry in found}:
            found.append(
                Classification(
                    symbol.scheme, len(found) + 1, symbol.symbol, symbol.subclass, not found, symbol.is_inventive, symbol.edition, raw
                )
            )
    return found


def _event(given: Input, row: Row, values: Mapping[str, str]) -> Record:
    number: Number | None = parse(values["publication_no"], office="CN")
    if number is None:
        return _refuse(given, row, values["publication_no"])
    code = legal_code("CN", values["code"])
    is_application = number.kind_of == "application"
    extra = {"effect": code.effect, "source": values["source"], "what": values["kind"]}
    day = read_date(values["date"])
    if day is None:
        extra["date_raw"] = values["date"]
    return LegalEvent(
        place=row.place,
        format=FORMAT,
        office="CN",
        number="" if is_application else number.number,
        number_kind=number.kind,
        application_number=number.number if is_application else "",
        code=values["code"],
        kind=code.kind or _OWN_KINDS.get(values["code"], ""),
        date=day,
        effective_date=read_date(values["effective_date"]),
        from_party=values["from_org"],
        to_party=values["to_org"],
        text=values["detail"],
        influence=code.influence,
        code_class=code.code_class,
        extra={name: text for name, text in extra.items() if text},
    )
