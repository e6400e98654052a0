"""The evidence behind the figures of a portfolio: how each is counted, over how many patents, and what would change it."""

import datetime as dt

from django.utils.translation import gettext as _

from langqiao.web.common import numbers, terms
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.patents.evidence import Proof
from langqiao.web.portfolio.selectors import Figures

DUE_DAYS = 365


def figure_proof(figures: Figures, name: str, *, today: dt.date) -> Proof | None:
    """The proof of a figure by its name; None where there is no such figure."""
    maker = _MAKERS.get(name)
    return maker(figures, today) if maker else None


def _total(figures: Figures, today: dt.date) -> Proof:
    return Proof(
        what=_("Patents of the portfolio"),
        answer=figures.total,
        formula=_("Number of rows of the portfolio; one row a publication, however often it was uploaded."),
        inputs={terms.word("status", status) if status else _("status unknown"): n for status, n in figures.by_status},
        as_of=today,
        changes=_("An upload adds rows; the uploads below name each file with its hash and its problems by row."),
    )


def _graded(figures: Figures, today: dt.date) -> Proof:
    return Proof(
        what=_("Graded patents"),
        answer=figures.graded,
        formula=_(
            "Patents for which at least one leaf of GB/T 42748 is known (Langqiao's reading), so that there is a score; a letter needs enough coverage."
        ),
        inputs={grade or _("no grade"): n for grade, n in figures.by_grade},
        n=figures.total,
        completeness=_share(figures.graded, figures.total),
        as_of=today,
        changes=_("Office files with claims, classes and events of these patents; the grade tab of each patent lists what is missing."),
    )


def _valued(figures: Figures, today: dt.date) -> Proof:
    return Proof(
        what=_("Valued patents"),
        answer=figures.valued,
        formula=_(
            "Patents for which a method of valuation has all its inputs in the record; each has a range p10 to p90 with its inputs on its value tab."
        ),
        n=figures.total,
        completeness=_share(figures.valued, figures.total),
        as_of=today,
        changes=_(
            "Filing dates and statuses for the renewal method; revenues, royalty rates or comparable sales stated with their source."
        ),
    )


def _high_value(figures: Figures, today: dt.date) -> Proof:
    return Proof(
        what=_("High-value patents"),
        answer=figures.high_value,
        formula=_("An invention patent in force that meets at least one of five criteria; definition of the national statistics."),
        n=figures.total,
        as_of=today,
        note=_("A patent whose criteria are not known counts as not met here; its own check says which evidence is missing."),
        changes=_("Evidence for a criterion on the high-value tab of a patent."),
    )


def _due(figures: Figures, today: dt.date) -> Proof:
    return Proof(
        what=_("Annuities due in a year"),
        answer=numbers.money_short(figures.due_fen, chinese=chinese()),
        formula=_("Sum of the full official fees whose due day lies within 365 days; without reductions and surcharges."),
        inputs={_("fees"): figures.due_count, _("from"): today, _("until"): today + dt.timedelta(days=DUE_DAYS - 1)},
        n=figures.due_count,
        as_of=today,
        note=_("A patent whose filing date is unknown has no due day and is not in the sum."),
        changes=_("A payment told by the office, or a filing date, ingested as a file."),
    )


def _drop(figures: Figures, today: dt.date) -> Proof:
    return Proof(
        what=_("Consider dropping"),
        answer=figures.by_advice.get("drop", 0),
        formula=_("Patents in force whose value at p90 is below the sum of all fees to come, with no pledge and no license on record."),
        inputs={terms.word("advice", advice): n for advice, n in figures.by_advice.items()},
        n=figures.total,
        as_of=today,
        changes=_("A better-founded value, or a duty to keep the right alive. The holder decides."),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


_MAKERS = {"total": _total, "graded": _graded, "valued": _valued, "high-value": _high_value, "due": _due, "drop": _drop}
FIGURES = tuple(_MAKERS)
"""The names of the figures that have a proof."""
