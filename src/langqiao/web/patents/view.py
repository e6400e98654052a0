"""A patent as its page shows it: header, tabs that have something to show, and each tab's rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from langqiao.data.lake.snapshot import Dossier
from langqiao.data.lake.store import Lake
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.patents import records
from langqiao.web.patents.records import Row


@dataclass(frozen=True, kw_only=True)
class Patent:
    """One publication of the lake and, read when asked, what belongs to it."""

    lake: Lake
    key: str
    dossier: Dossier

    @property
    def row(self) -> Row:
        """The publication's own row."""
        return self.dossier.publication

    def rows(self, table: str) -> list[Row]:
        """The rows of a part of the publication: claims, citations, cited_by, parties, classifications, priorities, family, …"""
        found: list[Row] = getattr(self.dossier, table)
        return found

    @cached_property
    def siblings(self) -> list[Row]:
        """Other publications of the same application."""
        return records.siblings(self.lake, self.row)

    def parties(self, *roles: str) -> list[Row]:
        """The parties in these roles."""
        return [party for party in self.rows("parties") if party["role"] in roles]

    @cached_property
    def owners(self) -> list[Row]:
        """Owners, else applicants, as this publication names them."""
        return self.parties("owner") or self.parties("applicant")

    def title(self, *, chinese: bool) -> str:
        """The title in the page's language where known, else as published."""
        return (
            (self.row["title_zh"] if chinese else self.row["title_en"]) or self.row["title"] or self.row["title_zh"] or self.row["title_en"]
        )

    def other_title(self, *, chinese: bool) -> str:
        """The title in the other language where it differs from the one shown."""
        shown = self.title(chinese=chinese)
        return next((text for text in (self.row["title"], self.row["title_en"], self.row["title_zh"]) if text and text != shown), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One tab: its name in the address, its word, how many things it shows (None: not a list)."""

    name: str
    word: Any
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimNode:
    """A claim and the claims that depend on it first."""

    row: Row
    children: list["ClaimNode"] = field(default_factory=list)


def patent_get(lake: Lake, key: str) -> Patent:
    """The patent of a key. Refused (not_a_patent) where the lake does not hold it."""
    found = records.dossier(lake, key)
    if found is None:
        raise Refusal("not_a_patent", _("The lake holds no publication %(key)s. Search for the number in any form.") % {"key": key[:60]})
    return Patent(lake=lake, key=key, dossier=found)


def claim_tree(claims: list[Row]) -> list[ClaimNode]:
    """Independent claims as roots; a claim hangs below the first claim it refers to that comes before it."""
    nodes = {claim["number"]: ClaimNode(row=claim) for claim in claims}
    roots: list[ClaimNode] = []
    for claim in claims:
        parent = next((number for number in claim["depends_on"] or () if number in nodes and number < claim["number"]), None)
        (roots if parent is None else nodes[parent].children).append(nodes[claim["number"]])
    return roots


def citation_rows(patent: Patent) -> tuple[list[Row], list[Row]]:
    """(cited patents with a link where the lake holds them, cited literature)."""
    cited = patent.rows("citations")
    patents = [row for row in cited if row["kind_of"] == "patent"]
    held = records.by_number(patent.lake, [(row["cited_office"], row["cited_number"]) for row in patents])
    linked = [{**row, "held": held.get((row["cited_office"], row["cited_number"]))} for row in patents]
    return linked, [row for row in cited if row["kind_of"] != "patent"]


def family_rows(patent: Patent) -> Mapping[str, list[Row]]:
    """Family members by model, each linked where the lake holds it."""
    members = patent.rows("family")
    held = records.by_number(patent.lake, [(row["office"], row["number"]) for row in members])
    found: dict[str, list[Row]] = {}
    for row in members:
        found.setdefault(row["model"], []).append({**row, "held": held.get((row["office"], row["number"]))})
    return found


def others_with_claims(patent: Patent) -> list[Row]:
    """What a claim set is compared with: publications in the lake with claims, of the same application, of the family that an office

    has told of, or with a priority in common.
    """
    members = [row["held"] for rows in family_rows(patent).values() for row in rows if row["held"]]
    members += records.sharing_a_priority(patent.lake, patent.rows("priorities"), patent.key)
    found = {row["key"]: row for row in [*patent.siblings, *members] if row["key"] != patent.key}
    return [row for row in found.values() if (other := records.dossier(patent.lake, row["key"])) is not None and other.claims]
