"""The rows of the lake that concern some rights, read in a few questions whatever their number."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from langqiao.data.lake.precedence import latest_rows
from langqiao.data.lake.store import Lake

Row = dict[str, Any]
_IN = "IN (SELECT unnest(?))"


@dataclass(frozen=True, slots=True, kw_only=True)
class RightRows:
    """Publications by key and by application or number; parties and priorities by key; events and conveyances by number."""

    publications: dict[str, Row]
    mates: dict[tuple[str, str, str], list[Row]]
    parties: dict[str, list[Row]]
    priorities: dict[str, list[Row]]
    events: dict[tuple[str, str, str], list[Row]]
    conveyances: dict[tuple[str, str], list[Row]]

    @classmethod
    def read(cls, lake: Lake, keys: Sequence[str], known_at: dt.datetime | None) -> "RightRows":
        """Everything about the publications of these keys and the other publications of their applications."""
        asked = _whole(lake, "publications", f"key {_IN}", [list(keys)], known_at=known_at)
        applications = _filled(row["application_number"] for row in asked)
        numbers = _filled(row["number"] for row in asked)
        where = f"application_number {_IN} OR number {_IN}"
        mates = {row["key"] for row in lake.rows("publications", where, [applications, numbers], known_at=known_at, latest=False)}
        others = sorted(mates - {row["key"] for row in asked})
        held = {row["key"]: row for row in [*_whole(lake, "publications", f"key {_IN}", [others], known_at=known_at), *asked]}
        of_held = (f"key {_IN}", [list(held)])
        return cls(
            publications=held,
            mates=_by_identity(held[key] for key in sorted(held)),
            parties=_by_key(_whole(lake, "parties", *of_held, known_at=known_at), "role", "sequence"),
            priorities=_by_key(_whole(lake, "priorities", *of_held, known_at=known_at), "sequence"),
            events=_events(lake, held.values(), known_at),
            conveyances=_conveyances(lake, held.values(), known_at),
        )

    def publications_of(self, key: str) -> list[Row]:
        """The publication and the others of the same right, the one asked for first. Raises KeyError for a key the lake does not hold."""
        if key not in self.publications:
            raise KeyError(f"the lake does not hold {key}")
        first = self.publications[key]
        found = {key: first}
        for identity in _identities(first):
            found.update({row["key"]: row for row in self.mates.get(identity, ())})
        return list(found.values())

    def events_of(self, publications: Iterable[Row]) -> list[Row]:
        """The events registered under any number of these publications, each row once, in order of date."""
        found = {id(row): row for publication in publications for name in _event_names(publication) for row in self.events.get(name, ())}
        return sorted(found.values(), key=lambda row: (str(row["date"]), str(row["effective_date"]), row["code"] or ""))

    def conveyances_of(self, publications: Iterable[Row]) -> list[Row]:
        """The conveyances that name any of these publications, each once, in order of recording."""
        found = {
            row["conveyance_key"]: row
            for publication in publications
            for number in _conveyed_names(publication)
            for row in self.conveyances.get((publication["office"], number), ())
        }
        return sorted(found.values(), key=lambda row: (str(row["recorded_date"]), str(row["execution_date"]), row["conveyance_key"]))


def _whole(lake: Lake, table: str, where: str, values: list[Any], *, known_at: dt.datetime | None) -> list[Row]:
    """Rows under a condition that takes every reading of a thing or none: the newest are chosen here, without ranking the whole table."""
    return latest_rows(lake.rows(table, where, values, known_at=known_at, latest=False), table) if any(values) else []


def _filled(values: Iterable[str | None]) -> list[str]:
    return sorted({value for value in values if value})


def _by_key(rows: Iterable[Row], *order: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: [(row[column] is not None, row[column]) for column in order]):
        found[row["key"]].append(row)
    return found


def _identities(row: Row) -> list[tuple[str, str, str]]:
    """By what another publication is known to be of the same right: its application; its number too, except in the United States."""
    found = [(row["office"], "application", row["application_number"])] if row["application_number"] else []
    if row["number"] and row["office"] != "US":  # a US grant has a number of its own
        found.append((row["office"], "publication", row["number"]))
    return found


def _by_identity(rows: Iterable[Row]) -> dict[tuple[str, str, str], list[Row]]:
    found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        for identity in _identities(row):
            found[identity].append(row)
    return found


def _event_names(publication: Row) -> list[tuple[str, str, str]]:
    names = (("publication", publication["number"]), ("application", publication["application_number"]))
    return [(publication["office"], kind, number) for kind, number in names if number]


def _events(lake: Lake, publications: Iterable[Row], known_at: dt.datetime | None) -> dict[tuple[str, str, str], list[Row]]:
    held = list(publications)
    numbers = _filled(row["number"] for row in held)
    applications = _filled(row["application_number"] for row in held)
    where = f"number {_IN} OR application_number {_IN}"
    found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in _whole(lake, "events", where, [[*numbers, *applications], applications], known_at=known_at):
        kind = "application" if row["number_kind"] == "application" else "publication"
        found[row["office"], kind, row["number"]].append(row)
        if row["application_number"] and (kind, row["number"]) != ("application", row["application_number"]):
            found[row["office"], "application", row["application_number"]].append(row)
    return found


def _conveyed_names(publication: Row) -> list[str]:
    return [number for number in (publication["number"], publication["application_number"]) if number]


def _conveyances(lake: Lake, publications: Iterable[Row], known_at: dt.datetime | None) -> dict[tuple[str, str], list[Row]]:
    numbers = sorted({number for row in publications for number in _conveyed_names(row)})
    where = f"patent_number {_IN} OR publication_number {_IN} OR application_number {_IN}"
    named = _whole(lake, "conveyed_properties", where, [numbers, numbers, numbers], known_at=known_at)
    keys = _filled(row["conveyance_key"] for row in named)
    heads = (
        {row["conveyance_key"]: row for row in _whole(lake, "conveyances", f"conveyance_key {_IN}", [keys], known_at=known_at)}
        if keys
        else {}
    )
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in named:
        head = heads.get(row["conveyance_key"])
        for number in _filled(row[name] for name in ("patent_number", "publication_number", "application_number")):
            if head is not None:
                found[head["office"], number].append(head)
    return found
