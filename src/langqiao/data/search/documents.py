"""What the index holds of each patent of the lake: text, owners, classes, status, grade; read in chunks, so that memory stays flat."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from langqiao.data.lake.store import Lake
from langqiao.data.reference.industry import sei
from langqiao.data.reference.technology import wipo_field
from langqiao.data.rights import rights_for
from langqiao.data.search.index import MAX_CLAIMS_CHARS, IndexDocument
from langqiao.engine.kernel.parameters import Parameters

CHUNK = 4_000
Row = dict[str, Any]


def documents(lake: Lake, as_of: dt.date, parameters: Parameters) -> Iterator[IndexDocument]:
    """The index documents of every publication of the lake, in the order of their keys."""
    keys = _keys(lake)
    grades = _grades(lake)
    for start in range(0, len(keys), CHUNK):
        yield from _chunk(lake, keys[start : start + CHUNK], as_of, parameters=parameters, grades=grades)


def _keys(lake: Lake) -> list[str]:
    return sorted(lake.table("publications").select("key").to_pyarrow()["key"].to_pylist())


def _grades(lake: Lake) -> dict[str, Row]:
    """Grade and high-value mark of each patent where they were computed (table `grades`)."""
    if lake.derived("grades") is None:
        return {}
    return {row["key"]: row for row in lake.table("grades").to_pyarrow().to_pylist()}


def _chunk(lake: Lake, keys: Sequence[str], as_of: dt.date, *, parameters: Parameters, grades: dict[str, Row]) -> Iterator[IndexDocument]:
    def rows(table: str, more: str = "true") -> dict[str, list[Row]]:
        found = defaultdict(list)
        for row in lake.rows(table, f"key IN (SELECT unnest(?)) AND {more}", [list(keys)]):
            found[row["key"]].append(row)
        return found

    publications = {row["key"]: row for row in lake.rows("publications", "key IN (SELECT unnest(?))", [list(keys)])}
    parties = rows("parties", "role IN ('owner', 'applicant')")
    symbols = rows("classifications", "scheme IN ('ipc', 'cpc')")
    claims = rows("claims")
    rights = rights_for(lake, list(keys), as_of, parameters=parameters)
    for key in keys:
        row = publications[key]
        document = _document(row, parties[key], symbols[key], claims[key])
        document.status = rights[key].status
        graded = grades.get(key, {})
        document.grade = graded.get("grade") or ""
        document.high_value = graded.get("high_value") or ""
        yield document


def _document(row: Row, parties: Sequence[Row], symbols: Sequence[Row], claims: Sequence[Row]) -> IndexDocument:
    ipc = [entry["symbol"] for entry in symbols if entry["scheme"] == "ipc" and entry["symbol"]]
    titles = list(dict.fromkeys(row[name] for name in ("title", "title_zh", "title_en") if row[name]))
    return IndexDocument(
        key=row["key"],
        numbers=_numbers(row),
        title=titles[0] if titles else "",
        title_other=" ".join(titles[1:]),
        abstract=row["abstract"] or "",
        claims=" ".join(entry["text"] or "" for entry in sorted(claims, key=lambda c: c["number"] or 0))[:MAX_CLAIMS_CHARS],
        owners=_owners(parties),
        office=row["office"],
        kind=row["kind"] or "",
        patent_type=row["patent_type"] or "",
        ipc=ipc,
        cpc=[entry["symbol"] for entry in symbols if entry["scheme"] == "cpc" and entry["symbol"]],
        field=[str(hit.field.number) for hit in wipo_field(ipc)],
        sei=sorted({hit.field.code for hit in sei(ipc)}),
        filed=row["filing_date"],
        published=row["publication_date"] or row["grant_date"],
    )


def _numbers(row: Row) -> list[str]:
    office, number, kind = row["office"], row["number"] or "", row["kind"] or ""
    found = [
        number,
        f"{office}{number}",
        f"{office}{number}{kind}",
        row["number_raw"],
        row["application_number"],
        row["application_number_raw"],
    ]
    if row["application_number"]:
        found.append(f"{office}{row['application_number']}")
    return ["".join(str(text).split()) for text in found if text]


def _owners(parties: Sequence[Row]) -> list[str]:
    ranked = sorted(parties, key=lambda p: (p["role"] != "owner", p["sequence"] or 0))
    role = ranked[0]["role"] if ranked else ""
    return list(dict.fromkeys(p["name"] for p in ranked if p["role"] == role and p["name"]))
