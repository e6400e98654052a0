"""The evidence behind grades, values and the high-value check, as the drawer shows it."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from langqiao.engine.grading.grade import Grade, LeafGrade
from langqiao.engine.kernel.evidence import Evidence
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.valuation.opinion import Opinion
from langqiao.engine.valuation.result import MethodResult
from langqiao.web.appraisals.judged import check_of, grade_of, opinion_of
from langqiao.web.appraisals.phrases import input_word, phrase, value_word
from langqiao.web.appraisals.words import grade_reason, missing_by_method
from langqiao.web.common import numbers, terms
from langqiao.web.common.refusals import told
from langqiao.web.common.templatetags.langqiao import chinese, titled
from langqiao.web.patents.evidence import SOURCES_SHOWN, Proof
from langqiao.web.patents.records import Row
from langqiao.web.patents.rights import source_row
from langqiao.web.patents.view import Patent


def sources_in(found: Iterable[Evidence]) -> list[Row]:
    """The distinct places behind some evidence."""
    places: dict[str, Row] = {}
    for evidence in found:
        for source in evidence.sources:
            places.setdefault(source.sha256, source_row(source))
    return list(places.values())


def grade_proof(patent: Patent, name: str) -> Proof | None:
    """`name` is scheme/scene or scheme/scene/leaf."""
    scheme, _slash, rest = name.partition("/")
    scene, _slash, leaf = rest.partition("/")
    grade = grade_of(patent, scheme, scene)
    if grade is None:
        return None
    if not leaf:
        return _whole_grade(grade)
    found = next((one for one in grade.leaves if one.code == leaf), None)
    return _leaf(grade, found) if found else None


def _whole_grade(grade: Grade) -> Proof:
    places = sources_in(leaf.evidence for leaf in grade.leaves if leaf.evidence)
    missing = [titled(leaf.title) for leaf in grade.leaves if leaf.score is None]
    return Proof(
        what=titled(grade.scheme_title),
        answer=grade.score,
        formula=_("Mean of the known leaves by weight; the coverage is the known part of the weight.")
        if grade.unit == "points"
        else _("Product of the leaves as the scheme defines it."),
        inputs={titled(leaf.title): leaf.score for leaf in grade.leaves if leaf.score is not None},
        completeness=grade.coverage,
        as_of=grade.as_of,
        note=titled(grade.reading),
        changes=_("Supplying what is missing: %(leaves)s.") % {"leaves": "; ".join(missing)} if missing else "",
        sources=places[:SOURCES_SHOWN],
        source_count=len(places),
    )


def _leaf(grade: Grade, leaf: LeafGrade) -> Proof:
    evidence = leaf.evidence
    inputs: dict[str, Any] = {input_word(name): value_word(value) for name, value in evidence.inputs.items()} if evidence else {}
    if evidence and evidence.value is not None:
        inputs = {_("fact"): value_word(evidence.value), **inputs}
    if leaf.answer is not None:
        inputs |= {_("expert"): leaf.answer.expert, _("answer"): leaf.answer.answer, _("reason given"): leaf.answer.reason}
    places = sources_in([evidence] if evidence else [])
    notes = [grade_reason(leaf.reason)] if leaf.reason else []
    return Proof(
        what=titled(leaf.title),
        answer=leaf.score,
        formula="\n".join(filter(None, [titled(leaf.means), phrase(evidence.formula) if evidence else ""])),
        inputs=inputs,
        cohort=evidence.cohort if evidence else "",
        n=evidence.n if evidence else None,
        completeness=evidence.completeness if evidence else None,
        as_of=grade.as_of,
        note=" ".join([*notes, phrase(evidence.note) if evidence else ""]).strip(),
        changes=titled(leaf.needs),
        sources=places[:SOURCES_SHOWN],
        source_count=len(places),
    )


def value_proof(patent: Patent, name: str) -> Proof | None:
    """`name` is `opinion` or a method."""
    found = opinion_of(patent)
    if not isinstance(found, Opinion):
        return _no_opinion(found) if name == "opinion" else None
    if name == "opinion":
        return _opinion(found)
    method = next((one for one in found.methods if one.method == name), None)
    return _method(found, method) if method else None


def _no_opinion(refusal: Refusal) -> Proof:
    """Why there is no value, and what each method would need."""
    missing = missing_by_method(refusal)
    return Proof(
        what=_("Value as a range"),
        answer=None,
        formula=told(refusal).sentence if not missing else _("No method has all its inputs in the record."),
        inputs={method: "; ".join(names) for method, names in missing},
        note=_("The inputs above are those that are missing, by method."),
        changes=_("Stating inputs of this patent: revenues, a royalty rate, comparable sales, cost."),
    )


def _opinion(found: Opinion) -> Proof:
    shown = {
        terms.word("method", one.method): _range(one.p10, one.p50, one.p90, found.currency) for one in found.methods if one.p50 is not None
    }
    return Proof(
        what=_("Value as a range"),
        answer=_range(found.p10, found.p50, found.p90, found.currency),
        formula=_(
            "Estimates are lognormal and weigh by 1 ÷ (deviation² + disagreement²); the prior stands in only where nothing is stated of this patent; the cost is a floor apart."
        ),
        inputs={**shown, _("draws"): found.draws, _("seed"): found.seed, "SHA-256": found.sha256},
        as_of=found.as_of,
        note="; ".join(terms.word("condition", code) for code in found.conditions),
        changes=_("Stating inputs of this patent: revenues, a royalty rate, comparable sales, cost."),
    )


def _method(found: Opinion, method: MethodResult) -> Proof:
    inputs = {f"{terms.word('value_input', used.name)} ({used.source})": used.base for used in method.inputs}
    return Proof(
        what=terms.word("method", method.method),
        answer=_range(method.p10, method.p50, method.p90, found.currency) if method.p50 is not None else None,
        formula=terms.word("method_role", method.role),
        inputs=inputs,
        n=method.n,
        as_of=found.as_of,
        note="; ".join([method.message, *method.notes]).strip("; "),
        changes="; ".join(terms.word("value_input", name) for name in method.missing),
    )


def _range(low: int | None, middle: int | None, high: int | None, currency: str) -> str | None:
    if low is None or middle is None or high is None:
        return None
    return " – ".join(numbers.money_short(fen, chinese=chinese(), currency=currency) for fen in (low, middle, high))


def high_value_proof(patent: Patent, name: str) -> Proof | None:
    """`name` is `all` or a criterion."""
    check = check_of(patent)
    if name == "all":
        places = sources_in(evidence for row in check.criteria for evidence in row.evidence)
        return Proof(
            what=_("High-value check"),
            answer={True: _("yes"), False: _("no"), None: None}[check.high_value],
            formula=_("An invention patent in force that meets at least one of five criteria; definition of the national statistics."),
            inputs={titled(row.title): terms.word("verdict", row.verdict) for row in check.criteria},
            as_of=check.as_of,
            note=titled(check.why_not),
            changes="; ".join(titled(row.would) for row in check.criteria if row.would),
            sources=places[:SOURCES_SHOWN],
            source_count=len(places),
        )
    row = next((one for one in check.criteria if one.criterion == name), None)
    if row is None:
        return None
    places = sources_in(row.evidence)
    return Proof(
        what=titled(row.title),
        answer=terms.word("verdict", row.verdict),
        formula="\n".join(filter(None, (phrase(evidence.formula) for evidence in row.evidence))),
        inputs={evidence.what: value_word(evidence.value) for evidence in row.evidence},
        as_of=check.as_of,
        note=" ".join(phrase(evidence.note) for evidence in row.evidence).strip(),
        changes=titled(row.would),
        sources=places[:SOURCES_SHOWN],
        source_count=len(places),
    )
