"""Two to six patents side by side: dates, status, owners, classes, indicators with their cohort, grades by scheme, value, burdens; what differs, what is missing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from langqiao.data.appraisal import DEFAULT_SCHEME
from langqiao.engine.grading.grade import Grade
from langqiao.engine.patents.right import RightView
from langqiao.engine.valuation.opinion import Opinion
from langqiao.web.appraisals.indicators import indicators_of, reason_word
from langqiao.web.appraisals.judged import lenses_of, opinion_of
from langqiao.web.appraisals.words import grade_reason
from langqiao.web.common import numbers, terms
from langqiao.web.common.templatetags.langqiao import chinese, titled
from langqiao.web.patents.rights import right_of, unknown_words
from langqiao.web.patents.view import Patent

FEWEST, MOST = 2, 6
SYMBOLS_SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one patent says in a line: `text` ("" is unknown), `note` beside it or why it is unknown, the address of its evidence."""

    text: str
    note: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the comparison, a cell for each patent; `differs` where two of the known cells are not the same."""

    word: str
    cells: Sequence[Cell]
    number: bool = False

    @property
    def differs(self) -> bool:
        """Whether two known cells differ; what is unknown differs from nothing."""
        return len({cell.text for cell in self.cells if cell.text}) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Lines under one heading."""

    word: str
    lines: Sequence[Line]
    note: str = ""


def groups_of(patents: Sequence[Patent]) -> list[Group]:
    """The whole comparison; a group that no patent says anything in is left out."""
    views = [right_of(patent) for patent in patents]
    found = [
        Group(word=_("Right"), lines=[_status(patents, views), _owner(patents, views), _burdens(patents, views)]),
        Group(word=_("Dates"), lines=list(_dates(patents, views))),
        Group(word=_("Content"), lines=[*_parts(patents), *_classes(patents)]),
        Group(
            word=_("Grade by scheme"),
            lines=list(_grades(patents)),
            note=_("as of today; grades of different schemes are not the same thing"),
        ),
        Group(word=_("Value"), lines=[_value(patents)]),
        Group(word=_("Indicators"), lines=list(_indicators(patents)), note=_("cohort: technology field and filing year")),
    ]
    return [group for group in found if group.lines]


def _why(patent: Patent, topic: str, name: str = "") -> str:
    return reverse("evidence_of", args=[patent.key, topic, name]) if name else reverse("evidence", args=[patent.key, topic])


def _status(patents: Sequence[Patent], views: Sequence[RightView]) -> Line:
    cells = [
        Cell(
            text=terms.word("status", view.status),
            note="" if view.certain else _("last told; not known: %(what)s") % {"what": "; ".join(unknown_words(view.unknown))},
            why=_why(patent, "status"),
        )
        for patent, view in zip(patents, views, strict=True)
    ]
    return Line(word=_("Status"), cells=cells)


def _owner(patents: Sequence[Patent], views: Sequence[RightView]) -> Line:
    cells = [
        Cell(text="; ".join(view.ownership.owners), note=_since(view.ownership.since), why=_why(patent, "owner"))
        for patent, view in zip(patents, views, strict=True)
    ]
    return Line(word=_("Owner"), cells=cells)


def _since(day: Any) -> str:
    return _("since %(day)s") % {"day": day.isoformat()} if day else ""


def _burdens(patents: Sequence[Patent], views: Sequence[RightView]) -> Line:
    cells = []
    for patent, view in zip(patents, views, strict=True):
        words = [" ".join(filter(None, (terms.word("burden", one.kind), _since(one.since), one.holder))) for one in view.overlays]
        text = "; ".join(words) or (_("none recorded") if view.events else "")
        cells.append(Cell(text=text, note="" if view.events else _("needs legal events"), why=_why(patent, "status")))
    return Line(word=_("Burdens"), cells=cells)


def _dates(patents: Sequence[Patent], views: Sequence[RightView]) -> Iterator[Line]:
    words = {
        "filing_date": _("Filed"),
        "publication_date": _("Published"),
        "grant_date": _("Granted"),
        "priority_date": _("Priority"),
    }
    for name, word in words.items():
        days = [patent.row[name] for patent in patents]
        cells = [
            Cell(text=day.isoformat() if day else "", why=_why(patent, "field", name) if day else "")
            for patent, day in zip(patents, days, strict=True)
        ]
        yield Line(word=word, cells=cells)
    ends = [
        Cell(text=view.term.end.isoformat() if view.term.end else "", why=_why(patent, "status"))
        for patent, view in zip(patents, views, strict=True)
    ]
    yield Line(word=_("Term ends"), cells=ends)


def _parts(patents: Sequence[Patent]) -> Iterator[Line]:
    for name in ("claims", "citations", "family"):
        counts = [len(patent.rows(name)) for patent in patents]
        cells = [
            Cell(text=numbers.grouped(n) if n else "", why=_why(patent, "table", name) if n else "")
            for patent, n in zip(patents, counts, strict=True)
        ]
        yield Line(word=terms.word("table", name), cells=cells, number=True)
    citing = [
        Cell(text=numbers.grouped(len(patent.rows("cited_by"))), note=_("in the lake; a lower bound"), why=_why(patent, "citing"))
        for patent in patents
    ]
    yield Line(word=_("Cited by"), cells=citing, number=True)


def _classes(patents: Sequence[Patent]) -> Iterator[Line]:
    for scheme in ("ipc", "cpc", "locarno"):
        symbols = [[row["symbol"] for row in patent.rows("classifications") if row["scheme"] == scheme] for patent in patents]
        if any(symbols):
            cells = [
                Cell(
                    text=" · ".join(own[:SYMBOLS_SHOWN]) + (f" +{len(own) - SYMBOLS_SHOWN}" if len(own) > SYMBOLS_SHOWN else ""),
                    why=_why(patent, "table", "classifications") if own else "",
                )
                for patent, own in zip(patents, symbols, strict=True)
            ]
            yield Line(word=terms.word("scheme", scheme), cells=cells)


def _grades(patents: Sequence[Patent]) -> Iterator[Line]:
    by_scheme: dict[str, dict[str, Grade]] = {}
    for patent in patents:
        for grade in lenses_of(patent).grades:
            by_scheme.setdefault(grade.scheme, {})[patent.key] = grade
    for scheme in sorted(by_scheme, key=lambda code: (code != DEFAULT_SCHEME, code)):
        grades = by_scheme[scheme]
        cells = [_grade(patent, grades.get(patent.key)) for patent in patents]
        yield Line(word=titled(next(iter(grades.values())).scheme_title), cells=cells, number=True)


def _grade(patent: Patent, grade: Grade | None) -> Cell:
    if grade is None:
        return Cell(text="")
    why = _why(patent, "grade", f"{grade.scheme}/{grade.scene}")
    if grade.stopped is not None or grade.score is None:
        return Cell(text="", note=titled(grade.stopped) if grade.stopped else grade_reason(grade.letter_reason or "no_score"), why=why)
    text = " · ".join(filter(None, (grade.letter, numbers.significant(grade.score))))
    return Cell(text=text, note=_("coverage %(share)s") % {"share": numbers.share(grade.coverage)}, why=why)


def _value(patents: Sequence[Patent]) -> Line:
    cells = []
    for patent in patents:
        found = opinion_of(patent)
        if not isinstance(found, Opinion):
            cells.append(Cell(text="", note=_("refused: see the tab of value"), why=""))
            continue
        amounts = (numbers.money_short(fen, chinese=chinese(), currency=found.currency) for fen in (found.p10, found.p50, found.p90))
        cells.append(Cell(text=" – ".join(amounts), why=_why(patent, "value", "opinion")))
    return Line(word=_("Value p10 – p50 – p90"), cells=cells, number=True)


def _indicators(patents: Sequence[Patent]) -> Iterator[Line]:
    by_name: dict[str, dict[str, Any]] = {}
    titles: dict[str, str] = {}
    for patent in patents:
        for told, row in indicators_of(patent):
            titles[told.name] = titled(told.title)
            by_name.setdefault(told.name, {})[patent.key] = row
    for name, rows in by_name.items():
        if any(row.value is not None for row in rows.values()):
            yield Line(word=titles[name], cells=[_indicator(patent, name, rows.get(patent.key)) for patent in patents], number=True)


def _indicator(patent: Patent, name: str, row: Any) -> Cell:
    if row is None:
        return Cell(text="", note=grade_reason("not_computed"))
    why = _why(patent, "indicator", name)
    if row.value is None:
        return Cell(text="", note=reason_word(row.reason) if row.reason else "", why=why)
    cohort = row.cohort + (f" · n = {numbers.grouped(row.cohort_n)}" if row.cohort_n is not None else "")
    place = _("percentile %(p)s · ") % {"p": numbers.significant(row.percentile)} if row.percentile is not None else ""
    return Cell(text=numbers.significant(row.value), note=place + cohort, why=why)
