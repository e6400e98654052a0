"""The patents a person marked on a list: read from the address, and written out as CSV, XLSX or JSON lines."""

import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common import terms
from langqiao.web.common.sheets import XLSX, csv_bytes, workbook
from langqiao.web.common.templatetags.langqiao import title_of
from langqiao.web.common.templatetags.patent_words import number
from langqiao.web.patents.reading import lakes_for
from langqiao.web.patents.records import Row

MARKED_MAX = 200
KEY_MAX_CHARS = 80
FIELDS = ("key", "office", "number", "kind", "patent_type", "stage", "title", "title_zh", "title_en", "application_number")
DATES = ("filing_date", "publication_date", "grant_date", "priority_date")
PLACE = ("source_file", "sha256", "offset")


def keys_read(given: QueryDict) -> list[str]:
    """The marked keys in their order, each once. Refused (too_many_marked) beyond the limit, (nothing_marked) for none."""
    keys = list(dict.fromkeys(key.strip() for key in given.getlist("item") if 0 < len(key.strip()) <= KEY_MAX_CHARS))
    if not keys:
        raise Refusal("nothing_marked", _("Mark the patents first: x on a row, or its box."))
    if len(keys) > MARKED_MAX:
        raise Refusal("too_many_marked", _("At most %(n)d patents can be marked at once.") % {"n": MARKED_MAX}, facts={"n": MARKED_MAX})
    return keys


def rows_marked(request: HttpRequest, keys: Sequence[str]) -> list[tuple[Row, list[str]]]:
    """The publications of the keys with the names of their owners, from the lakes the request may read; keys none of them holds are left out."""
    found: dict[str, tuple[Row, list[str]]] = {}
    for lake in lakes_for(request):
        wanted = [key for key in keys if key not in found]
        if not wanted:
            break
        owners: dict[str, dict[str, list[str]]] = {}
        for party in lake.rows("parties", "key IN (SELECT unnest(?)) AND role IN ('owner', 'applicant') ORDER BY sequence", [wanted]):
            owners.setdefault(party["key"], {}).setdefault(party["role"], []).append(party["name"])
        for row in lake.rows("publications", "key IN (SELECT unnest(?))", [wanted]):
            roles = owners.get(row["key"], {})
            found[row["key"]] = (row, roles.get("owner") or roles.get("applicant") or [])
    return [found[key] for key in keys if key in found]


def _columns() -> dict[str, Callable[[Row, list[str]], Any]]:
    return {
        _("number"): lambda row, _owners: number(row["key"]),
        _("title"): lambda row, _owners: title_of(row),
        _("owner"): lambda _row, owners: "; ".join(owners),
        _("office"): lambda row, _owners: row["office"],
        _("type"): lambda row, _owners: terms.word("patent_type", row["patent_type"]) if row["patent_type"] else None,
        _("application number"): lambda row, _owners: row["application_number"] or None,
        _("filing date"): lambda row, _owners: row["filing_date"],
        _("publication date"): lambda row, _owners: row["publication_date"],
        _("grant date"): lambda row, _owners: row["grant_date"],
        _("source file"): lambda row, _owners: row["source_file"],
        "SHA-256": lambda row, _owners: row["sha256"],
        _("byte offset"): lambda row, _owners: row["offset"],
    }


def _table(rows: Sequence[tuple[Row, list[str]]]) -> Iterator[list[Any]]:
    columns = _columns()
    yield list(columns)
    for row, owners in rows:
        yield [read(row, owners) for read in columns.values()]


def csv_of(rows: Sequence[tuple[Row, list[str]]]) -> tuple[str, bytes]:
    """UTF-8 with a byte order mark; no cell that a spreadsheet would execute."""
    return "text/csv; charset=utf-8", csv_bytes(_table(rows))


def xlsx_of(rows: Sequence[tuple[Row, list[str]]]) -> tuple[str, bytes]:
    """One sheet."""
    return XLSX, workbook(_table(rows))


def jsonl_of(rows: Sequence[tuple[Row, list[str]]]) -> tuple[str, bytes]:
    """One JSON object a line, fields named as in the lake; null where unknown."""
    out = io.StringIO()
    for row, owners in rows:
        told = {name: row[name] or None for name in FIELDS} | {name: row[name] for name in DATES}
        out.write(json.dumps({**told, "owners": owners, **{name: row[name] for name in PLACE}}, ensure_ascii=False, default=str) + "\n")
    return "application/x-ndjson; charset=utf-8", out.getvalue().encode()


FORMS: dict[str, Callable[[Sequence[tuple[Row, list[str]]]], tuple[str, bytes]]] = {"csv": csv_of, "xlsx": xlsx_of, "jsonl": jsonl_of}
"""The end of the address → how the marked patents are written."""
