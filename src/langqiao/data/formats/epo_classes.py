"""Classification symbols of EPO records: IPC in fixed columns (ST.8) or printed, CPC in parts or in columns."""

import re

from langqiao.data.formats.epo_tree import Element, text_at, words
from langqiao.data.formats.model import Classification

_SYMBOL = re.compile(r"([A-HY]\d{2}[A-Z])\s*(\d{1,4})\s*/\s*(\d{2,6})\s*")
_MARKS = re.compile(r"(\d{8})?\s*([ACS])?([FL ])?([IN])?")
_OLD = re.compile(r"\s*\d?([A-H])\s?(\d{2})\s?([A-Z])\s*(\d{1,4})/(\d{2,6})")
_CPC_SCHEMES = {"CPCI": True, "CPC": True, "CPCA": False}


def classifications(biblio: Element) -> list[Classification]:
    """IPC and CPC of a bibliographic record, in order, each symbol once per scheme; the first symbol, or the one marked so, is the main one."""
    return [*_ipc(biblio), *_cpc(biblio)]


def symbols(text: str) -> list[tuple[str, str]]:
    """The IPC symbols printed in a text ("H04W84/20, // H04W88/04"), each as (symbol, subclass)."""
    return [(f"{match[1]} {int(match[2])}/{match[3]}", match[1]) for match in _SYMBOL.finditer(text)]


def _ipc(biblio: Element) -> list[Classification]:
    entries = [
        words_kept(entry) for group in biblio.findall("classifications-ipcr")[:1] for entry in group.iterfind("classification-ipcr/text")
    ]
    found = [row for text in entries for row in _fixed(text)]
    if not found:
        old = biblio.find("classification-ipc")
        found = [
            row
            for entry in (old.iter("main-classification", "text", "further-classification") if old is not None else ())
            for row in _old(entry)
        ]
    return _numbered(found)


def words_kept(element: Element) -> str:
    """The text of an element with its blanks: columns count."""
    return "".join(element.itertext())


def _fixed(text: str) -> list[Classification]:
    rows = []
    for match in _SYMBOL.finditer(text):
        marks = _MARKS.match(text, match.end())
        date, position, value = (marks[1] or "", marks[3] or "", marks[4] or "") if marks else ("", "", "")
        edition = f"{date[:4]}.{date[4:6]}" if date else ""
        inventive = {"I": True, "N": False}.get(value)
        rows.append(
            Classification("ipc", 0, f"{match[1]} {int(match[2])}/{match[3]}", match[1], position == "F", inventive, edition, text.strip())
        )
    return rows


def _old(element: Element) -> list[Classification]:
    text = words_kept(element)
    match = _OLD.match(text)
    if not match:
        return [Classification("ipc", 0, symbol, subclass, False, None, "", text.strip()) for symbol, subclass in symbols(text)]
    subclass = match[1] + match[2] + match[3]
    return [Classification("ipc", 0, f"{subclass} {int(match[4])}/{match[5]}", subclass, False, None, "", text.strip())]


def _cpc(biblio: Element) -> list[Classification]:
    found = []
    for entry in biblio.iterfind("patent-classifications/patent-classification"):
        scheme_at = entry.find("classification-scheme")
        scheme = scheme_at.get("scheme", "") if scheme_at is not None else ""
        written = text_at(entry, "classification-symbol")
        if not written:
            parts = [text_at(entry, part) for part in ("section", "class", "subclass", "main-group", "subgroup")]
            written = f"{parts[0]}{parts[1]}{parts[2]} {parts[3]}/{parts[4]}" if parts[3] else "".join(parts)
        symbol = symbols(written)
        name, subclass = symbol[0] if symbol else (written, written[:4])
        value = text_at(entry, "classification-value")
        inventive = {"I": True, "A": False}.get(value, _CPC_SCHEMES.get(scheme))
        label = "cpc" if scheme in _CPC_SCHEMES else {"UC": "uspc"}.get(scheme, scheme.lower())
        edition = words(scheme_at.find("date")) if scheme_at is not None else ""
        main = text_at(entry, "symbol-position") == "F"
        found.append(
            Classification(
                label, 0, name, subclass if label == "cpc" else "", main, inventive, f"{edition[:4]}.{edition[4:6]}".strip("."), written
            )
        )
    return [row for label in dict.fromkeys(row.scheme for row in found) for row in _numbered([row for row in found if row.scheme == label])]


def _numbered(rows: list[Classification]) -> list[Classification]:
    once = list({row.symbol: row for row in reversed(rows)}.values())[::-1]
    main = next((row.symbol for row in once if row.is_main), once[0].symbol if once else "")
    ordered = sorted(once, key=lambda row: row.symbol != main)
    return [row._replace(sequence=index, is_main=row.symbol == main) for index, row in enumerate(ordered, 1)]
