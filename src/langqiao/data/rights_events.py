"""Legal events and conveyances of the lake as events of a right: the office's code read, numbers, parties, states and days found."""

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from langqiao.data.formats.inpadoc import effect_of, legal_code
from langqiao.engine.kernel.evidence import Source
from langqiao.engine.patents.event import RightEvent

Row = Mapping[str, Any]

_NUMBERED = frozenset({"LICENSE", "PLEDGE", "OPEN_LICENSE", "PRESERVATION"})
_REFERENCE = re.compile(
    r"(?:登记号|备案号|registration (?:no|number)|record(?:al|ed|ation)? (?:no|number)|record no)[.:：\s]*([A-Z]?\d[\d-]{5,})",
    re.IGNORECASE,
)
_BARE_NUMBER = re.compile(r"\b([XYZ]?\d{10,16})\b")
_LICENSE_WORDS = (
    ("exclusive", re.compile(r"独占|(?<!non-)\bexclusive\b(?! of)", re.IGNORECASE)),
    ("sole", re.compile(r"排他|排它|\bsole\b", re.IGNORECASE)),
    ("ordinary", re.compile(r"普通|\bcommon\b|\bordinary\b|non-exclusive|\bgeneral licen", re.IGNORECASE)),
)
_YEAR = re.compile(r"\b(\d{1,2})(?:ST|ND|RD|TH)[ -]YEAR|YEAR (\d{1,2})\b", re.IGNORECASE)
_DAYS = re.compile(r"\b([\d,]{1,6}) DAYS?\b", re.IGNORECASE)
_US_STATUS = {"STCB": "ABANDONMENT", "STCC": "RESTORATION", "STCH": "LAPSE", "STCK": "RESTORATION"}
"""Entries of the US status file; STCF (patent grant) is dated before the grant itself and tells nothing the grant does not."""
_BY_CLASS = {
    ("F", "+"): "GRANT", ("H", "-"): "LAPSE", ("B", "-"): "WITHDRAWN", ("K", "+"): "RESTORATION", ("C", "+"): "RESTORATION",
}  # fmt: skip
"""What a code that nobody read does to a status, by its class and the sign of its influence only (knowledge/formats 6)."""
_LIEN_KINDS = {"LIEN": "open", "LIEN_RELEASE": "close", "LIEN_ASSIGNED": "amend", "LIEN_AGENT_CHANGE": "amend"}


def right_events(events: Iterable[Row], conveyances: Iterable[Row] = ()) -> tuple[RightEvent, ...]:
    """Every event of the rows once: what several sources tell alike is one event."""
    found: dict[tuple[Any, ...], RightEvent] = {}
    for event in [*_of_events(events), *_of_conveyances(conveyances)]:
        known = found.get(_same(event))
        if known is None or _fuller(event, known):
            found[_same(event)] = event
    return tuple(found.values())


def _same(event: RightEvent) -> tuple[Any, ...]:
    parties = () if event.reference else (event.from_parties, event.to_parties, event.text if event.kind in {"NOTICE", "STATUS"} else "")
    return event.kind, event.effect, event.announced_on or event.on, event.reference, event.territories, event.year, parties


def _fuller(event: RightEvent, known: RightEvent) -> bool:
    return (event.on is not None) + len(event.to_parties) > (known.on is not None) + len(known.to_parties)


def _of_events(rows: Iterable[Row]) -> Iterator[RightEvent]:
    for place, row in enumerate(rows):
        extra = json.loads(row["extra"]) if row.get("extra") else {}
        yield _event(place, row, extra)


def _event(place: int, row: Row, extra: Mapping[str, str]) -> RightEvent:
    text = row.get("text") or ""
    kind = _kind(row, text)
    return RightEvent(
        id=f"{row['sha256'][:12]}@{row['offset']}:{row['code']}:{row['date']}:{place}",
        kind=kind,
        effect=_effect(kind, row, extra),
        on=row.get("effective_date"),
        announced_on=row.get("date"),
        code=row.get("code") or "",
        from_parties=_names(row.get("from_party")),
        to_parties=_names(row.get("to_party")),
        license_kind=(extra.get("license_type") or _license_kind(text)) if kind == "LICENSE" else "",
        reference=_reference(text) if kind in _NUMBERED else "",
        territories=_territories(extra),
        year=_year(text, extra) if kind == "FEE_PAID" else None,
        days=_days(text) if kind in {"TERM_ADJUSTMENT", "TERM_EXTENSION"} else None,
        until=_day(extra.get("end")),
        text=text or extra.get("description", ""),
        source=source_of(row),
    )


def _kind(row: Row, text: str) -> str:
    kind, code = row.get("kind") or "", row.get("code") or ""
    if kind == "STATUS":
        word = _US_STATUS.get(code, "NOTICE") if row["office"] == "US" else "NOTICE"
        return "NOTICE" if word == "LAPSE" and "NONPAYMENT" not in text.upper().replace("-", "").replace(" ", "") else word
    if kind == "FEE_PAID" and row["office"] == "US" and code == "FIFP":
        return "NOTICE"
    return kind or _BY_CLASS.get((row.get("code_class") or "", row.get("influence") or ""), "NOTICE")


def _effect(kind: str, row: Row, extra: Mapping[str, str]) -> str:
    if row.get("alignment") == "uncertain":
        return "unknown"
    if kind.startswith("TRANSFER"):
        return ""  # an old code leaves open whether the application or the patent went over: the owner changed in both cases
    told = extra.get("effect") or effect_of(legal_code(row["office"], row.get("code") or ""), row.get("text") or "")
    return told or ("open" if kind in _NUMBERED else "")


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.strip() for name in re.split(r"[;；]", text or "") if name.strip()))


def _license_kind(text: str) -> str:
    found = [word for word, pattern in _LICENSE_WORDS if pattern.search(text)]
    return found[0] if len(found) == 1 else ""


def _reference(text: str) -> str:
    match = _REFERENCE.search(text) or _BARE_NUMBER.search(text)
    return match[1].upper() if match else ""


def _territories(extra: Mapping[str, str]) -> tuple[str, ...]:
    told = f"{extra.get('territory', '')} {extra.get('designated_states', '')}"
    return tuple(dict.fromkeys(state for state in told.split() if re.fullmatch(r"[A-Z]{2}", state)))


def _year(text: str, extra: Mapping[str, str]) -> int | None:
    told = extra.get("year_of_fee_payment") or extra.get("renewal_year") or ""
    if told.isdigit():
        return int(told)
    match = _YEAR.search(text)
    return int(match[1] or match[2]) if match else None


def _days(text: str) -> int | None:
    match = _DAYS.search(text)
    return int(match[1].replace(",", "")) if match else None


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None


def _of_conveyances(rows: Iterable[Row]) -> Iterator[RightEvent]:
    for row in rows:
        kind = row.get("kind") or "NOTICE"
        released = [name for name in row.get("releases") or [] if name] if kind != "LIEN" else []
        for reference in released or [row["conveyance_key"] if kind == "LIEN" else ""]:
            yield RightEvent(
                id=f"conveyance:{row['conveyance_key']}:{reference}",
                kind="LIEN" if kind in _LIEN_KINDS else kind,
                effect=_LIEN_KINDS.get(kind, "open" if kind == "LICENSE" else ""),
                on=row.get("execution_date") or row.get("recorded_date"),
                announced_on=row.get("recorded_date"),
                code=row.get("code") or "",
                from_parties=tuple(row.get("assignors") or ()),
                to_parties=tuple(row.get("assignees") or ()) if kind != "LIEN_RELEASE" else (),
                reference=reference,
                text=row.get("text") or "",
                source=source_of(row),
            )


def source_of(row: Row) -> Source:
    """The place a row of the lake came from."""
    retrieved = row.get("retrieved_at")
    return Source(
        file=row["source_file"],
        sha256=row["sha256"],
        offset=row["offset"],
        retrieved_on=retrieved.date() if retrieved is not None else None,
    )
