"""What is gathered for one US publication while its checked document is read, and how it becomes a Publication."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from langqiao.data.formats.model import Citation, Claim, Classification, Party, Place, Priority, Publication
from langqiao.data.formats.uspto_values import application_number, day, kind_code, month_only, patent_number, patent_type
from langqiao.data.formats.xmlcheck import Tree
from langqiao.data.formats.xmlrows import Wanted, columns
from langqiao.engine.kernel.problem import Problem

Fields = dict[int, str]
"""Texts by vocabulary number."""

EARLIER = frozenset(
    ("priority", "provisional", "continuation", "cip", "division", "pct", "substitution", "reissue", "continuing_reissue", "utility_model")
)
"""Relations whose date may be the priority date; a related publication is later than the filing."""


class Named(NamedTuple):
    """A party as a section of a document names it: `code` is the office's role code of an owner, or what makes an applicant one."""

    name: str
    is_organization: bool
    country: str = ""
    region: str = ""
    city: str = ""
    code: str = ""


_NOTHING = Tree((np.zeros(0, dtype=np.uint8), 0), memoryview(b""), np.zeros((8, 1), dtype=np.int32))
"""A document of one element without text."""


class Draft:
    """One publication while it is read. An XML document gives `tree` and `part`, its text up to the end of the bibliographic part."""

    def __init__(self, place: Place, form: str) -> None:
        self.place, self.form = place, form
        self.tree = _NOTHING
        self.ids: list[int] = []
        self.after: list[int] = []
        self.part = ""
        self.citations: list[Citation] = []
        self.parties: list[Party] = []
        self.classifications: list[Classification] = []
        self.priorities: list[Priority] = []
        self.claims: Sequence[Claim] = []
        self.extra: dict[str, str] = {}
        self.problems: list[Problem] = []
        self.dates: dict[str, str] = {}
        self.known: dict[str, Any] = {}
        self._parties_of: dict[str, int] = {}

    @classmethod
    def of_tree(cls, tree: Tree, place: Place, form: str, number: int) -> "Draft":
        """A draft over a document whose bibliographic part is element `number`."""
        draft = cls(place, form)
        draft.tree, draft.ids, draft.after = tree, tree.ids, tree.after
        draft.part = tree.upto(number)
        return draft

    def text(self, number: int) -> str:
        """All text inside an element of the bibliographic part."""
        return self.part[self.tree.starts[number] : self.tree.ends[number]]

    def fields(self, number: int) -> Fields:
        """The texts of everything inside an element by vocabulary number; the first of a name wins."""
        text, ids, starts, ends = self.part, self.ids, self.tree.starts, self.tree.ends
        return {ids[k]: text[starts[k] : ends[k]] for k in range(self.after[number] - 1, number, -1)}

    def columns(self, number: int, wanted: Wanted) -> list[list[str]]:
        """The children of an element as a table: for each wanted column the texts, "" where a child has none."""
        return columns(self.tree.nodes, number, wanted, self.tree.text)

    def children(self, number: int) -> list[int]:
        """The recorded elements directly inside an element."""
        found, child, stop = [], number + 1, self.after[number]
        while child < stop:
            found.append(child)
            child = self.after[child]
        return found

    def classify(self, scheme: str, symbol: tuple[str, str], raw: str, *, main: bool, value: str = "", version: str = "") -> None:
        """Take a classification: its symbol and subclass, and whether it stands first; `value` I inventive, N or A additional."""
        inventive = value == "I" if value else None
        sequence = len(self.classifications) + 1
        self.classifications.append(Classification(scheme, sequence, symbol[0], symbol[1], main, inventive, version, raw))

    def take_party(self, role: str, party: Named) -> None:
        """Take a party that has a name; those of a role are numbered from 1."""
        name, organization, country, region, city, code = party
        if name:
            sequence = self._parties_of[role] = self._parties_of.get(role, 0) + 1
            self.parties.append(Party(role, sequence, name, "", organization, country, region, city, code))

    def relate(self, relation: str, office: str, number: str, date: str) -> None:
        """Take a priority or an earlier or related application or publication."""
        if relation == "related_publication":
            office, normal = office or "US", patent_number(number)
        else:
            office, normal = application_number(office or "US", number)
        self.priorities.append(Priority(len(self.priorities) + 1, relation, office, normal, day(date)))

    def date(self, name: str, raw: str) -> dt.date | None:
        """A date of the publication itself; what it says to the month only, or not at all, is kept as text and reported."""
        if not raw:
            return None
        found = day(raw)
        self.dates[name] = raw
        if found is None and month_only(raw):
            self.extra[f"{name}_precision"] = "month"
        elif found is None:
            self.warn("date", f"the {name} date is no day of the calendar", raw)
        return found

    def warn(self, code: str, message: str, raw: str = "") -> None:
        """Note something that is wrong with a record that is taken nevertheless."""
        self.problems.append(
            Problem(
                where=self.place.source_file,
                offset=self.place.offset,
                code=code,
                message=message,
                severity="warning",
                raw=raw[:200] or None,
            )
        )

    def publication(
        self, *, number: str, kind: str, stage: str, published: str, applied: tuple[str, str], kind_of_patent: str = ""
    ) -> Publication:
        """The record. `number` and `applied` (number, date) as printed; a kind code that is not printed is inferred and marked."""
        normal, published_on = patent_number(number), self.date("publication", published)
        kind_normal, inferred = kind_code(kind, normal, published_on) if stage == "grant" else (kind, False)
        if inferred:
            self.extra["kind_inferred"] = kind or "1"
        office, application = application_number("US", applied[0]) if applied[0] else ("", "")
        filed_on = self.date("filing", applied[1])
        earlier = [p.date for p in self.priorities if p.date and p.relation in EARLIER]
        if office == "WO":
            self.extra["application_office"] = office
        return Publication(
            place=self.place,
            format=self.form,
            office="US",
            number=normal,
            kind=kind_normal,
            number_raw=number,
            application_number=application,
            application_number_raw=applied[0],
            patent_type=kind_of_patent or patent_type(normal),
            stage="grant" if stage == "grant" else "application",
            title_lang="en" if self.known.get("title") else "",
            abstract_lang="en" if self.known.get("abstract") else "",
            filing_date=filed_on,
            publication_date=published_on,
            grant_date=published_on if stage == "grant" else None,
            priority_date=min([*earlier, filed_on] if filed_on else earlier, default=None),
            dates_raw=";".join(f"{name}={raw}" for name, raw in self.dates.items()),
            claims=self.claims,
            citations=self.citations,
            parties=self.parties,
            classifications=self.classifications,
            priorities=self.priorities,
            extra=self.extra,
            **self.known,
        )
