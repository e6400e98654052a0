"""The dossier of one publication: everything the lake knows of it as of a moment, each row with the place it came from."""

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from langqiao.data.lake.precedence import RECORD_ORDER, latest_rows

if TYPE_CHECKING:
    from langqiao.data.lake.store import Lake

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """One publication with its parts.

    Every row is a dictionary of the table's columns (docs/reference/lake.md), provenance included: `source_file`, `sha256`, `offset`,
    `length`, `format`, `retrieved_at`, `known_at`. `records` are the raw records that `publication` was put together from, newest first.
    `cited_by` rows carry the citing publication's `citing_title` and `citing_date`; `conveyances` the `properties` of this patent.
    `family` holds the members the sources state and, with `model` "lake", other publications of the lake with the same family number.
    """

    key: str
    known_at: dt.datetime | None
    publication: Row
    description: Row | None = None
    claims: list[Row] = field(default_factory=list)
    citations: list[Row] = field(default_factory=list)
    cited_by: list[Row] = field(default_factory=list)
    parties: list[Row] = field(default_factory=list)
    classifications: list[Row] = field(default_factory=list)
    priorities: list[Row] = field(default_factory=list)
    family: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    conveyances: list[Row] = field(default_factory=list)
    opinions: list[Row] = field(default_factory=list)
    records: list[Row] = field(default_factory=list)


def dossier(lake: "Lake", key: str, known_at: dt.datetime | None = None) -> Dossier:
    """Everything known of one publication. Raises KeyError where the lake did not hold it by then."""
    records = lake.rows("publications", "key = ?", [key], known_at=known_at, latest=False)
    if not records:
        raise KeyError(f"the lake does not hold {key}")
    return _Asking(lake, known_at, records).dossier()


class _Asking:
    """The questions asked for one dossier."""

    def __init__(self, lake: "Lake", known_at: dt.datetime | None, records: list[Row]) -> None:
        publication = latest_rows(records, "publications")[0]
        self.lake, self.known_at, self.publication = lake, known_at, publication
        self.records = sorted(records, key=lambda row: tuple(row[column] for column in RECORD_ORDER), reverse=True)
        self.key, self.office = publication["key"], publication["office"]
        self.number, self.application = publication["number"], publication["application_number"]

    def dossier(self) -> Dossier:
        described = self._of_key("descriptions", "key")
        return Dossier(
            key=self.key,
            known_at=self.known_at,
            publication=self.publication,
            description=described[0] if described else None,
            claims=self._of_key("claims", "number"),
            citations=self._of_key("citations", "sequence"),
            cited_by=self._cited_by(),
            parties=self._of_key("parties", "role sequence"),
            classifications=self._of_key("classifications", "scheme sequence"),
            priorities=self._of_key("priorities", "sequence"),
            family=self._family(),
            events=self._events(),
            conveyances=self._conveyances(),
            opinions=self._of_key("opinions", "vendor name"),
            records=self.records,
        )

    def _rows(self, table: str, where: str, values: list[Any]) -> list[Row]:
        return self.lake.rows(table, where, values, known_at=self.known_at)

    def _whole(self, table: str, where: str, values: list[Any], *, order: str) -> list[Row]:
        """Rows under a condition that takes all rows of a thing or none: the newest are chosen here, more quickly than in the table."""
        rows = latest_rows(self.lake.rows(table, where, values, known_at=self.known_at, latest=False), table)
        columns = order.split()
        return sorted(rows, key=lambda row: [(row[column] is not None, row[column]) for column in columns])

    def _of_key(self, table: str, order: str) -> list[Row]:
        return self._whole(table, "key = ?", [self.key], order=order)

    def _cited_by(self) -> list[Row]:
        if not self.number:
            return []
        where = "cited_office = ? AND cited_number = ? AND kind_of = 'patent'"
        if not self.lake.rows("citations", where, [self.office, self.number], known_at=self.known_at, latest=False):
            return []
        rows = self._rows("citations", f"{where} ORDER BY key, sequence", [self.office, self.number])
        citing = self._titles({row["key"] for row in rows})
        return [{**row, "citing_title": citing[row["key"]]["title"], "citing_date": citing[row["key"]]["publication_date"]} for row in rows]

    def _titles(self, keys: set[str]) -> dict[str, Row]:
        if not keys:
            return {}
        rows = self._whole("publications", f"key IN ({', '.join('?' * len(keys))})", sorted(keys), order="key")
        return {row["key"]: row for row in rows}

    def _family(self) -> list[Row]:
        stated = self._of_key("families", "model office number member_kind")
        family_id = self.publication["family_id"]
        if not family_id:
            return stated
        keys = {row["key"] for row in self.lake.rows("publications", "family_id = ?", [family_id], known_at=self.known_at, latest=False)}
        mates = self._titles(keys - {self.key}).values()
        shared = [{**mate, "model": "lake", "member_kind": mate["kind"], "date": mate["publication_date"]} for mate in mates]
        return stated + shared

    def _events(self) -> list[Row]:
        conditions, values = [], [self.office]
        if self.number:
            conditions.append("(number_kind = 'publication' AND number = ?)")
            values.append(self.number)
        if self.application:
            conditions += ["(number_kind = 'application' AND number = ?)", "application_number = ?"]
            values += [self.application, self.application]
        return self._whole("events", f"office = ? AND ({' OR '.join(conditions)})", values, order="date effective_date code")

    def _conveyances(self) -> list[Row]:
        conditions, values = [], []
        if self.number:
            conditions += ["patent_number = ?", "publication_number = ?"]
            values += [self.number, self.number]
        if self.application:
            conditions.append("application_number = ?")
            values.append(self.application)
        properties = self._whole("conveyed_properties", " OR ".join(conditions), values, order="conveyance_key sequence")
        if not properties:
            return []
        keys = sorted({row["conveyance_key"] for row in properties})
        where = f"office = ? AND conveyance_key IN ({', '.join('?' * len(keys))})"
        rows = self._whole("conveyances", where, [self.office, *keys], order="recorded_date execution_date conveyance_key")
        named: dict[str, list[Row]] = {}
        for entry in properties:
            named.setdefault(entry["conveyance_key"], []).append(entry)
        return [{**row, "properties": named[row["conveyance_key"]]} for row in rows]
