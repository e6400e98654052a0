"""Takes the recorded answers out of VCR cassettes (YAML) and, of recorded conveyances, makes one row a reel/frame."""

import re
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
import yaml

from langqiao.data.formats.assignment_text import cited_reel_frames
from langqiao.data.sources.persons import Pseudonyms
from langqiao.data.sources.redact_json import dump, without_persons

BODY_BYTES = 64 * 1024 * 1024
"""The largest answer, unpacked, in bytes."""

_ROW_FIELDS = (
    "reelNumber", "frameNumber", "assignorExecutionDate", "recorded", "mailDate", "conveyance", "conveyanceCode", "assignors", "assignees",
    "noOfProperties", "properties",
)  # fmt: skip
_PROPERTY_DROPS = frozenset({"inventors"})

_CORRECTION = re.compile(r"^(\s*CORRECTIVE ASSIGNMENT TO CORRECT THE\s+)(.*?)(\s*PREVIOUSLY\s*RECORDED\b.*)$", re.DOTALL | re.IGNORECASE)
_HARMLESS = frozenset(
    """THE A AN AND OR OF ON IN TO FOR FROM AT BY AS IS WAS WERE WHICH SHOULD BE REMOVED REMOVE REMOVAL REMOVING REPLACE INCORRECT INCORRECTLY CORRECT
    CORRECTED ERRONEOUSLY ERRONEOUS WRONG DUPLICATE INCLUDED LISTED LIST ASSIGNED RECORDED RECORDS RECORD RECORDING COVER SHEET DOCUMENT DOCUMENTS
    PAGES PAGE NUMBER NUMBERS NO NOS APPL APPLN PAT US APPLICATION APPLICATIONS PATENT PATENTS SERIAL DOCKET ATTORNEY TITLE EXECUTION DATE FILING
    PRIOR PROPERTIES PROPERTY NATURE CONVEYANCE SECURITY INTEREST AGREEMENT UNDERLYING TERM LOAN ASSIGNMENT ORIGINAL CONFIRMATORY WORLDWIDE RIGHTS
    READ PLEASE THAT FILED REEL FRAME ASSIGNOR ASSIGNORS S HEREBY CONFIRMS EXECUTED ORIGINALLY NEWLY SIGNED CORRECTIVE CHANGE NAME LIEN FIRST SECOND
    GRANT PLEDGE SUPER PRIORITY ABL NOTICE CONFIRMATION MERGER SUCCESSOR AGENT SPELLING PREVIOUSLY ASSIGNEE ADDRESS INVENTOR""".split()  # noqa: SIM905 - a table
)
"""Words that a reason for a correction may consist of; one with any other word could quote a person and is left out."""

try:  # the C loader reads 15 MB in seconds; the pure one is its equal and slower
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # pragma: no cover - PyYAML without libyaml
    from yaml import SafeLoader  # type: ignore[assignment]


def bodies(cassette: bytes) -> Iterator[bytes]:
    """The body of every recorded answer with status 200 in order, unpacked where it was compressed."""
    for interaction in yaml.load(cassette, Loader=SafeLoader)["interactions"]:
        response = interaction["response"]
        body = response.get("body", {}).get("string") or b""
        raw = body.encode("utf-8") if isinstance(body, str) else bytes(body)
        if raw.startswith(b"\x1f\x8b"):
            inflater = zlib.decompressobj(wbits=31)
            raw = inflater.decompress(raw, BODY_BYTES)
        if raw and response.get("status", {}).get("code") == 200:
            yield raw


def conveyance_rows(answers: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The rows of Assignment Center answers; an answer of another shape (one detail without reel and frame) has none."""
    for answer in answers:
        found = orjson.loads(answer).get("successResponse") or {}
        rows = found.get("data")
        if isinstance(rows, list):
            yield from (row for row in rows if "reelNumber" in row and "frameNumber" in row)


def merged_rows(rows: Iterable[dict[str, Any]], names: Pseudonyms) -> bytes:
    """One line a reel/frame, in order of reel and frame: a later form of a row adds what the earlier one lacks and erases nothing."""
    found: dict[tuple[int, int], dict[str, Any]] = {}
    for row in rows:
        kept = found.setdefault((int(row["reelNumber"]), int(row["frameNumber"])), {})
        for name in _ROW_FIELDS:
            if row.get(name) and not kept.get(name):
                kept[name] = list(row[name]) if name == "properties" else row[name]
        listed = kept.get("properties", [])
        listed += [
            entry for entry in row.get("properties") or [] if entry not in listed
        ]  # a search lists only the property it was asked for
    return b"".join(orjson.dumps(_without_persons(found[key], names)) + b"\n" for key in sorted(found))


def public_answer(answer: bytes, names: Pseudonyms) -> bytes:
    """A recorded answer of the Open Data Portal without persons."""
    return dump(without_persons(orjson.loads(answer), names))


def without_quotes(text: str) -> str:
    """A corrective text whose reason could quote a person, with the reason left out; the reel/frame and what it confirms stay."""
    match = _CORRECTION.match(text)
    if not match:
        if _is_harmless(text) or not text.upper().lstrip().startswith("CORRECT"):
            return text
        cited = " ".join(f"REEL/FRAME {key}" for key in cited_reel_frames(text))
        return f"CORRECTIVE ASSIGNMENT [DETAIL REMOVED] {cited}".strip()
    recorded, confirms, confirmed = match[3].partition("CONFIRMS")
    reason = match[2] if _is_harmless(match[2]) else "[DETAIL REMOVED]"
    return f"{match[1]}{reason}{recorded}{confirms}{confirmed if _is_harmless(confirmed) else ' [DETAIL REMOVED]'}"


def _is_harmless(text: str) -> bool:
    return all(word in _HARMLESS for word in re.findall(r"[A-Z]+", text.upper()))


def _without_persons(row: dict[str, Any], names: Pseudonyms) -> dict[str, Any]:
    shown = {name: row[name] for name in _ROW_FIELDS if name in row}
    shown["conveyance"] = without_quotes(row.get("conveyance") or "")
    shown["assignors"] = [{**entry, "assignorName": names.shown(entry.get("assignorName") or "")} for entry in row.get("assignors", [])]
    shown["assignees"] = [names.shown(entry) for entry in row.get("assignees", []) if isinstance(entry, str)]
    shown["properties"] = [
        {name: value for name, value in entry.items() if name not in _PROPERTY_DROPS and value not in (None, "")}
        for entry in row.get("properties", [])
    ]
    return shown
