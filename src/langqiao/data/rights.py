"""A right out of the lake: its publications and events gathered, replayed by the engine, and set beside what others claim of its status."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from langqiao.data.lake.store import Lake
from langqiao.data.rights_events import Row, right_events, source_of
from langqiao.data.rights_rows import RightRows
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.kernel.problem import Problem
from langqiao.engine.patents.event import RightEvent
from langqiao.engine.patents.facts import FeeRecord, RightFacts
from langqiao.engine.patents.right import RightView, replay

PARENTS = frozenset({"continuation", "division", "cip", "pct", "substitution", "reissue", "reexamination"})
"""Relations by which a US application counts its term from an earlier filing (35 U.S.C. 154(a)(2)); a provisional does not."""
_CLAIMED = {
    "in_force": {"in_force", "grace"},
    "granted": {"in_force", "grace"},
    "patented case": {"in_force", "grace"},
    "pending": {"pending"},
    "dead": {"lapsed", "expired", "abandoned", "invalidated"},
    "lapsed": {"lapsed"},
    "expired": {"expired"},
    "refused": {"abandoned"},
    "withdrawn": {"abandoned"},
    "abandoned": {"abandoned"},
    "revoked": {"invalidated"},
    "invalidated": {"invalidated"},
}
"""What a claimed status allows the derived one to be; words not listed are not compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What the lake holds of one right: its facts, its events, and the statuses others claim with their day."""

    key: str
    keys: tuple[str, ...]
    facts: RightFacts
    events: tuple[RightEvent, ...]
    claims: tuple[tuple[str, dt.date | None, str], ...]


def right_for(
    lake: Lake,
    key: str,
    as_of: dt.date,
    *,
    parameters: Parameters,
    on: dt.date | None = None,
    known_at: dt.datetime | None = None,
    fees: FeeRecord | None = None,
) -> RightView:
    """The right that a publication belongs to, on a day (`on`, default `as_of`), from what was announced by `as_of`.

    `known_at`: only what the lake had taken by that moment. `fees`: the holder's own record of payments. Raises KeyError for an unknown key.
    """
    given = {} if fees is None else {key: fees}
    return rights_for(lake, [key], as_of, parameters=parameters, on=on, known_at=known_at, fees=given)[key]


def rights_for(
    lake: Lake,
    keys: Sequence[str],
    as_of: dt.date,
    *,
    parameters: Parameters,
    on: dt.date | None = None,
    known_at: dt.datetime | None = None,
    fees: Mapping[str, FeeRecord] | None = None,
) -> dict[str, RightView]:
    """The rights of many publications by key, read in a few questions to the lake; `fees` by key. Raises KeyError for an unknown key."""
    found = {}
    for key, gathered in gather(lake, keys, known_at=known_at).items():
        record = (fees or {}).get(key)
        facts = gathered.facts if record is None else replace(gathered.facts, fees=record)
        view = replay(facts, gathered.events, as_of=as_of, on=on, parameters=parameters)
        found[key] = replace(view, problems=(*view.problems, *_conflicts(view, gathered)))
    return found


def gather(lake: Lake, keys: Sequence[str], *, known_at: dt.datetime | None = None) -> dict[str, Gathered]:
    """Facts and events of the rights, each from every publication of its application, by key. Raises KeyError for an unknown key."""
    rows = RightRows.read(lake, keys, known_at)
    return {key: _gathered(key, rows) for key in keys}


def _gathered(key: str, rows: RightRows) -> Gathered:
    publications = rows.publications_of(key)
    return Gathered(
        key=key,
        keys=tuple(row["key"] for row in publications),
        facts=facts_of(
            publications,
            [rows.parties[row["key"]] for row in publications],
            [priority for row in publications for priority in rows.priorities[row["key"]]],
        ),
        events=right_events(rows.events_of(publications), rows.conveyances_of(publications)),
        claims=tuple((row["status_claimed"], row["status_claimed_on"], row["key"]) for row in publications if row["status_claimed"]),
    )


def facts_of(publications: Sequence[Row], parties: Sequence[Sequence[Row]], priorities: Sequence[Row]) -> RightFacts:
    """The facts of a right from the rows of its publications; what the grant says goes before what the application says."""
    ranked = sorted(zip(publications, parties, strict=True), key=lambda pair: pair[0]["stage"] != "grant")
    first = ranked[0][0]
    grant = first if first["stage"] == "grant" else None
    application = next((row for row, _ in ranked if row["stage"] == "application"), None)
    owners, told_on = _owners(ranked)
    extra = _extra(first)
    parents = [row for row in priorities if row["relation"] in PARENTS] if first["office"] == "US" else []
    parent_dates = [row["date"] for row in parents if row["date"]]
    filed = next((row["filing_date"] for row, _ in ranked if row["filing_date"]), None)
    return RightFacts(
        office=first["office"],
        number=first["number"] or first["application_number"],
        kind=first["kind"],
        patent_type=first["patent_type"],
        filing_date=filed,
        publication_date=application["publication_date"] if application else None,
        grant_date=(grant["grant_date"] or grant["publication_date"]) if grant else None,
        is_granted_document=grant is not None,
        owners=owners,
        owners_told_on=told_on,
        earliest_filing_date=min([*parent_dates, *([filed] if filed else [])], default=None),
        has_undated_parent=len(parent_dates) < len(parents),
        adjustment_days=_whole(extra.get("term_extension_days")),
        printed_term_years=_whole(extra.get("term_years")),
        terminal_disclaimer=bool(extra.get("terminal_disclaimer")),
        designated_states=_states(row for row, _ in ranked),
        source=source_of(first),
    )


def _owners(ranked: Sequence[tuple[Row, Sequence[Row]]]) -> tuple[tuple[str, ...], dt.date | None]:
    """The first owners told, and since when they are owners.

    The owner a granted document prints is that of the day of grant. Chinese lists name the applicant and beside it today's owner: there
    the applicant is the first owner, and the transfers since lead to today's.
    """
    roles = ("applicant", "owner") if ranked[0][0]["office"] == "CN" else ("owner", "applicant")
    for role in roles:
        for row, parties in ranked:
            names = tuple(dict.fromkeys(party["name"] for party in parties if party["role"] == role and party["name"]))
            if names:
                return names, None if role == "applicant" else row["grant_date"] or row["publication_date"]
    return (), None


def _states(publications: Iterable[Row]) -> tuple[str, ...]:
    told = " ".join(_extra(row).get("designated_states", "") for row in publications)
    return tuple(dict.fromkeys(told.split()))


def _extra(row: Row) -> Mapping[str, Any]:
    return json.loads(row["extra"]) if row.get("extra") else {}


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.strip().isdigit() else None


def _conflicts(view: RightView, gathered: Gathered) -> list[Problem]:
    """Claims of a status, at most as new as `as_of`, that the dated events do not bear out: told, never followed."""
    found = []
    for claimed, day, key in gathered.claims:
        allowed = _CLAIMED.get(claimed.strip().lower())
        if allowed is not None and day is not None and day <= view.as_of and view.status not in allowed:
            message = f"{key} is said to be {claimed} on {day}; the dated events make it {view.phase.state}"
            found.append(Problem(where=key, code="status_conflict", message=message, severity="warning", field="status_claimed"))
    return found
