"""A package for an office: which papers the facts ask for, which are there, and by which day it must be filed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from langqiao.engine.contracts.clause import Words, holds
from langqiao.engine.kernel.dates import add_months
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.kernel.refusal import Refusal

PaperState = Literal["there", "unsigned", "missing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One paper the office asks for. `kinds`: documents of this platform that are the paper; empty: the parties give it.

    `when`: the facts under which it is asked for. `confirmed`: the text of the source was read, not only its practice.
    """

    id: str
    title: Words
    source: str
    confirmed: bool
    kinds: tuple[str, ...] = ()
    signed: bool = False
    when: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """By when: the parameter that holds the period, its unit, and the fact it is counted from."""

    parameter: str
    unit: Literal["months", "days"]
    counted_from: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A kind of package with its papers in the order of filing."""

    kind: str
    title: Words
    article: str
    papers: tuple[Paper, ...]
    due: Due | None = None

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that decide which papers are asked for, in the order they are first asked."""
        asked = [name for paper in self.papers for name in paper.when]
        return tuple(dict.fromkeys(asked))


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A file that is there for a paper. `complete`: every side has signed it, where it is signed at all."""

    name: str
    sha256: str
    complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of the checklist."""

    paper: Paper
    state: PaperState
    given: Given | None = None


def checklist(package: Package, facts: Mapping[str, Any], given: Mapping[str, Given]) -> tuple[Item, ...]:
    """Each paper the facts ask for and whether it is there; `given` is by the paper's id."""
    asked = [paper for paper in package.papers if holds(paper.when, facts)]
    return tuple(Item(paper=paper, state=_state(paper, given.get(paper.id)), given=given.get(paper.id)) for paper in asked)


def _state(paper: Paper, given: Given | None) -> PaperState:
    if given is None:
        return "missing"
    return "unsigned" if paper.signed and not given.complete else "there"


def require_complete(items: Sequence[Item]) -> None:
    """Raises Refusal(package_incomplete) that names every paper that is missing or not signed by all."""
    open_items = [item for item in items if item.state != "there"]
    if open_items:
        names = tuple(item.paper.id for item in open_items)
        articles = "; ".join(dict.fromkeys(item.paper.source for item in open_items))
        message = f"{len(names)} papers of the package are missing or unsigned: {', '.join(names)}"
        papers = tuple(f"{item.paper.title['zh']} ({item.paper.title['en']})" for item in open_items)
        raise Refusal("package_incomplete", message, article=articles, facts={"missing": names, "papers": papers})


def due_on(package: Package, facts: Mapping[str, Any], parameters: Parameters) -> dt.date | None:
    """The last day to file; None where there is no period, or the day it is counted from is not known."""
    if package.due is None:
        return None
    start = facts.get(package.due.counted_from)
    if start is None:
        return None
    day = start if isinstance(start, dt.date) else dt.date.fromisoformat(str(start))
    length = parameters.value(package.due.parameter, day)
    return add_months(day, length) if package.due.unit == "months" else day + dt.timedelta(days=length)
