"""What the tabs of grade, value and high-value check show, by the scheme, scene and stated inputs chosen in the address."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from langqiao.data.appraisal import DEFAULT_SCHEME
from langqiao.engine.grading.grade import Grade, LeafGrade, LevelGrade
from langqiao.engine.kernel.calculation import BadInput
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.valuation.opinion import Opinion
from langqiao.rules.scheme_reader import schemes
from langqiao.web.appraisals.judged import check_of, grade_of, lenses_of, opinion_of
from langqiao.web.appraisals.stated import FIELDS, stated_inputs
from langqiao.web.appraisals.words import missing_by_method
from langqiao.web.common.refusals import told
from langqiao.web.patents.view import Patent


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeRow:
    """A line of the tree: a heading (depth 1 or 2) or a leaf with the place of its evidence."""

    depth: int
    level: LevelGrade | None = None
    leaf: LeafGrade | None = None
    place: str = ""


def tree_of(grade: Grade) -> Iterator[TreeRow]:
    """Headings and leaves in the order of the scheme."""
    by_parent: dict[str, list[LevelGrade]] = {}
    for level in grade.levels:
        by_parent.setdefault(level.parent, []).append(level)
    for first in by_parent.get("", []):
        yield TreeRow(depth=1, level=first)
        yield from _leaves(grade, first.code, "")
        for second in by_parent.get(first.code, []):
            yield TreeRow(depth=2, level=second)
            yield from _leaves(grade, first.code, second.code)


def _leaves(grade: Grade, first: str, second: str) -> Iterator[TreeRow]:
    for leaf in grade.leaves:
        if leaf.level1 == first and leaf.level2 == second:
            yield TreeRow(depth=3, leaf=leaf, place=f"{grade.scheme}/{grade.scene}/{leaf.code}")


def grade_context(patent: Patent, given: QueryDict) -> Mapping[str, Any]:
    """The grade under the chosen scheme and scene, its tree, and the other readings beside it."""
    scheme = given.get("scheme", DEFAULT_SCHEME)
    grade = grade_of(patent, scheme, given.get("scene", "")) or grade_of(patent, DEFAULT_SCHEME, "")
    assert grade is not None
    scenes = [(scene.code, scene.title) for scene in schemes()[grade.scheme].scenes]
    return {
        "grade": grade,
        "place": f"{grade.scheme}/{grade.scene}",
        "tree": list(tree_of(grade)),
        "lenses": lenses_of(patent),
        "scenes": scenes,
    }


def value_context(patent: Patent, given: QueryDict) -> Mapping[str, Any]:
    """The opinion from the record alone, or with inputs stated in the form: then it is a what-if and marked so."""
    fields, inputs = stated_inputs(given)
    context: dict[str, Any] = {"fields": fields, "stated": bool(inputs), "field_names": FIELDS}
    try:
        found = opinion_of(patent, inputs or None)
    except BadInput as error:
        return {**context, "opinion": None, "input_error": error}
    if isinstance(found, Refusal):
        return {**context, "refusal": told(found), "missing": missing_by_method(found)}
    return {**context, "opinion": found, "recordable": not inputs}


def high_value_context(patent: Patent, _given: QueryDict) -> Mapping[str, Any]:
    """The five criteria."""
    return {"check": check_of(patent)}


def header_of(patent: Patent) -> Mapping[str, Any]:
    """The grade and the value that the head of the page shows."""
    grade, opinion = grade_of(patent, DEFAULT_SCHEME, ""), opinion_of(patent)
    assert grade is not None
    return {
        "header_grade": grade,
        "header_grade_place": f"{grade.scheme}/{grade.scene}",
        "header_opinion": opinion if isinstance(opinion, Opinion) else None,
        "header_high_value": check_of(patent).high_value if patent.row["office"] == "CN" else None,
    }


CHOOSING: dict[str, Callable[[Patent, QueryDict], Mapping[str, Any]]] = {
    "grade": grade_context,
    "value": value_context,
    "high-value": high_value_context,
}
