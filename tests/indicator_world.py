"""A small random world of patents in the lake's own schema: the ground on which indicators are compared with their reference formulas."""

import datetime as dt
import random
from collections.abc import Iterable

import pyarrow as pa

from langqiao.data.indicators import references
from langqiao.data.indicators.compute import References
from langqiao.data.lake.schema import TABLES

AS_OF = dt.date(2020, 6, 30)
EARLIER = dt.date(2012, 9, 15)
OFFICES = ("US", "EP", "CN")
SUBCLASSES = ("A61K", "G06F", "H04L", "B60R", "C07D")
FIELDS = [("A61K", "", 16), ("A61K", "8", 14), ("G06F", "", 6), ("H04L", "", 4), ("B60R", "", 32)]  # C07D maps to no field
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


DENSE = 1_000
"""Seeds from here on give a dense world: few cohorts, quick grants, stated families, so that what needs large cohorts has values."""


def world(seed: int, rights: int = 420) -> dict[str, list[dict]]:
    """Rows of the lake's tables, in no particular order; nulls, doubles, self-references, unknown numbers and undated rows included."""
    r = World(seed)
    r.is_dense = seed >= DENSE
    made = {name: [] for name in ("publications", "citations", "classifications", "parties", "claims", "families")}
    documents = []
    for number in range(rights):
        documents += _right(r, number, made)
    for document in documents:
        _citations(r, document, documents, made)
    for rows in made.values():
        r.shuffle(rows)
    return made


class World(random.Random):
    """The dice of a world."""

    is_dense = False


def tables(made: dict[str, list[dict]]) -> dict[str, pa.Table]:
    """The rows as Arrow tables with the lake's schema; texts that are not given are empty, as in the lake."""
    found = {}
    for name, rows in made.items():
        schema = TABLES[name]
        full = [{f.name: row.get(f.name, "" if pa.types.is_string(f.type) else None) for f in schema} for row in rows]
        found[name] = pa.Table.from_pylist(full, schema=schema)
    return found


def reference(made: dict[str, list[dict]], seed: int) -> References:
    """Official totals such that some office-years are held whole and others are not; owners resolved for some names."""
    r = random.Random(seed + 1)
    held: dict[tuple[str, str, int], set[str]] = {}
    for row in made["publications"]:
        day = row.get("grant_date") or (row.get("publication_date") if row["stage"] == "grant" else None)
        if day and day <= AS_OF:
            held.setdefault((row["office"], row["patent_type"], day.year), set()).add(row["application_number"] or row["key"])
    totals = {
        key: len(units) * (1 if key[0] == "US" or seed >= DENSE or r.random() < 0.93 else 3)
        for key, units in held.items()
        if key[0] != "CN"
    }
    return References(
        fields=references.fields(FIELDS),
        totals=references.totals_of(totals),
        gni=references.gni(),
        resolve=resolve_simply,
    )


def resolve_simply(names: Iterable[str]) -> dict[str, str]:
    """A resolution that is easy to check by eye."""
    return {name: "ACME" if name.upper().startswith("ACME") else name.strip().upper() for name in names}


def _day(r: World, first: int, last: int) -> dt.date:
    return dt.date(r.randint(first, last), r.randint(1, 12), r.choice([1, 5, 15, 28]))


def _right(r: World, number: int, made: dict[str, list[dict]]) -> list[dict]:
    office = r.choices(OFFICES, (6, 5, 1))[0]
    year = r.choice([2006, 2006, 2006, 2009, 2009, r.randint(2003, 2018)])
    if r.is_dense:
        year = 2006 if number < 220 else 2007 + number % 13
    filed = _day(r, year, year) if r.random() > 0.03 else None
    start = filed or dt.date(2006, 5, 5)
    shown = start + dt.timedelta(days=r.randint(200, 700))
    granted = shown + dt.timedelta(days=r.randint(0, 200 if r.is_dense else 1800)) if r.random() < 0.85 else None
    application = f"{number:08d}" if r.random() > 0.1 else ""
    kind = r.choices(("invention", "design"), (12, 1))[0]
    family = f"F{number % 120}" if r.random() < 0.5 else ""
    stages = [("application", shown, "A1")] if r.random() < 0.5 or granted is None else []
    stages += [("grant", granted, "B1")] if granted else []
    documents = []
    for stage, day, suffix in stages:
        key = f"{office}-{number + (5000 if stage == 'grant' and office == 'US' else 0)}-{suffix}"
        row = {
            "key": key, "office": office, "number": key.split("-")[1], "kind": suffix, "application_number": application, "stage": stage,
            "patent_type": kind, "filing_date": filed, "publication_date": day if r.random() > 0.03 else None,
            "grant_date": granted if stage == "grant" or r.random() < 0.1 else None, "family_id": family, "format": f"reader-{stage}",
            "claim_count": r.choice([r.randint(1, 40), r.randint(1, 40) if r.is_dense else None, r.randint(1, 9) if r.is_dense else 0]), "retrieved_at": NOW, "known_at": NOW, "sha256": key,
        }  # fmt: skip
        made["publications"].append(row)
        documents.append(row)
        _parts(r, row, made)
    return documents


def _parts(r: World, row: dict, made: dict[str, list[dict]]) -> None:
    child = {"key": row["key"], "record": row["key"], "retrieved_at": NOW, "known_at": NOW}
    scheme = r.choices(("ipc", "cpc", "both", "none"), (6, 2, 1, 1))[0]
    for sequence in range(r.randint(1, 4) if scheme != "none" else 0):
        subclass = r.choices(SUBCLASSES, (1, 60, 1, 1, 1) if r.is_dense and sequence == 0 else (2, 9, 1, 2, 1))[0]
        symbol = f"{subclass} {r.choice([8, 9, 31])}/{r.choice(['00', '02', '10'])}"
        for one in ("ipc", "cpc") if scheme == "both" else (scheme,):
            made["classifications"].append(
                {**child, "scheme": one, "sequence": sequence, "symbol": symbol, "subclass": subclass, "is_main": sequence == 0}
            )
    for sequence in range(r.randint(0, 3)):
        role = r.choice(["owner", "applicant", "inventor", "inventor"])
        name = r.choice(["ACME INC", "Acme, Inc.", "Beta AG", "gamma ltd ", f"Owner {r.randint(0, 20)}"])
        made["parties"].append({**child, "role": role, "sequence": sequence, "name": name})
    for number in range(1, r.choice([6 if r.is_dense else 1, 1, 4, 8])):
        made["claims"].append(
            {**child, "number": number, "is_independent": number % 3 == 1, "words": r.choice([None, 0, r.randint(20, 300)])}
        )
    if r.random() < 0.6 or r.is_dense:
        model = "inpadoc" if r.is_dense else r.choice(["docdb", "inpadoc", "vendor-simple", "unheard-of"])
        for office in r.sample(["US", "CN", "JP", "WO", "DE", *([] if r.is_dense else ["EP", "TW"])], r.randint(1, 4)):
            made["families"].append(
                {**child, "model": model, "office": office, "number": "1", "date": r.choice([None, _day(r, 2004, 2019)])}
            )


def _citations(r: World, row: dict, documents: list[dict], made: dict[str, list[dict]]) -> None:
    if row["stage"] == "application" and row["office"] != "EP":
        return
    child = {"key": row["key"], "record": row["key"], "retrieved_at": NOW, "known_at": NOW}
    for sequence in range(r.choice([0, 1, 5, 12, 20])):
        kind_of = "npl" if r.random() < 0.15 else "patent"
        cited = _cited(r, documents)
        named = kind_of == "patent"
        made["citations"].append(
            {
                **child, "sequence": sequence, "kind_of": kind_of, "cited_office": cited["office"] if named else "",
                "cited_number": cited["number"] if named else "", "cited_kind": r.choice([cited["kind"], ""]) if named else "",
                "relevance": r.choice(["X", "Y", "A", "X,Y", ""]) if row["office"] == "EP" else "", "raw": r.choice(["", f"paper {r.randint(0, 9)}"]),
            }
        )  # fmt: skip


def _cited(r: World, documents: list[dict]) -> dict:
    if r.random() > 0.85:
        return {"office": "US", "number": str(r.randint(9000, 9100)), "kind": "A"}
    if r.is_dense:
        return r.choice(documents[:250])
    return documents[min(int(r.paretovariate(0.45)), len(documents) - 1)]
