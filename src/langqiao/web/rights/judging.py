"""What is judged of a right as the record has it: status, term, answers of the checks and grade, in a form that a petition keeps."""

import dataclasses
from typing import Any

from langqiao.data.appraisal import DEFAULT_SCHEME
from langqiao.data.appraisal_facts import facts_of
from langqiao.data.appraisal_rows import PatentRows, citing_rows, rows_of
from langqiao.engine.grading.facts import Facts
from langqiao.engine.grading.grade import Grade, grade
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.check import check
from langqiao.engine.operations.encumbrance import OPERATIONS, PLEDGEE, Plan
from langqiao.rules import parameters
from langqiao.rules.scheme_reader import schemes
from langqiao.web.common.lake import site_lake
from langqiao.web.rights.selectors import Held


def judged(held: Held) -> dict[str, Any]:
    """Status, term, owners, burdens, the refusal codes of every operation with all consents given, and the grade, as JSON values."""
    view, standing = held.view, held.standing
    agreed = dataclasses.replace(standing, consents=frozenset({*standing.owners, PLEDGEE}))
    graded = grade_of(held)
    return {
        "day": held.day.isoformat(),
        "status": view.phase.state,
        "expiry": view.term.end.isoformat() if view.term.end else "",
        "owners": list(standing.owners),
        "burdens": [f"{one.kind} {one.reference}".strip() for one in standing.encumbrances],
        "refused": {name: list(check(agreed, Plan(operation=name, on=held.day)).codes) for name in OPERATIONS},
        "grade": graded.letter if graded else "",
        "score": f"{graded.score:.2f}" if graded and graded.score is not None else "",
    }


def grade_of(held: Held) -> Grade | None:
    """The grade from the lake's rows with the right as the record has it; None where the evidence is later than the day."""
    try:
        return grade(facts_recorded(held), schemes()[DEFAULT_SCHEME], "")
    except Refusal:
        return None


def facts_recorded(held: Held) -> Facts:
    """Every fact of the patent on the view's day, with the right as the record has it."""
    rows = rows_recorded(held)
    return facts_of(dataclasses.replace(rows, citing=citing_rows(site_lake(), rows.publication, held.day)))


def rows_recorded(held: Held) -> PatentRows:
    """The lake's rows of the patent, with the dates and the type that the record corrected and the right replayed from both."""
    rows = rows_of(site_lake(), [held.key], held.day, parameters=parameters())[held.key]
    facts = held.view.facts
    corrected = {name: getattr(facts, name) for name in ("filing_date", "grant_date", "patent_type") if name in held.state.facts}
    return dataclasses.replace(rows, view=held.view, publication={**rows.publication, **corrected})
