"""What the law asks of a contract before it is written: terms that may not be missing, clauses that may not be left out, words it may not say."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langqiao.engine.contracts.clause import Clause, Contract, Field, Forbidden, Limit, Sum, as_text, holds, is_given
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.statement_words import promotional

FREE = frozenset({"text", "long_text"})
SENTENCE = re.compile(r"[。；;！!？?\n]|\.(?=\s|$)")
PARTY_PARTS = ("name", "credit_code", "address", "representative", "contact")
"""What is said of a party, as terms such as seller_address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A term that is asked for and has no value: its place, its label and the article that asks."""

    field: str
    label: Mapping[str, str]
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnClause:
    """A clause the parties wrote themselves, in the language of the draft or in both."""

    heading: Mapping[str, str]
    text: Mapping[str, str]


def needed(contract: Contract, terms: Mapping[str, Any]) -> tuple[Clause, ...]:
    """The clauses that the terms need, in the contract's order."""
    return tuple(clause for clause in contract.clauses if holds(clause.when, terms))


def missing(contract: Contract, terms: Mapping[str, Any]) -> tuple[Missing, ...]:
    """Every term that is asked for and not given, tables row by row, in the contract's order."""
    found = []
    for side, words in contract.sides_of(terms).items():
        if not is_given(terms.get(f"{side}_name")):
            found.append(Missing(field=f"{side}_name", label=words, article=contract.article))
    for term in contract.fields:
        if not holds(term.when, terms):
            continue
        value = terms.get(term.name)
        if term.required and not is_given(value):
            found.append(Missing(field=term.name, label=term.label, article=term.article))
        elif term.type == "table" and isinstance(value, Sequence) and not isinstance(value, str):
            found.extend(_missing_cells(term, value))
    return tuple(found)


def _missing_cells(term: Field, rows: Sequence[Any]) -> list[Missing]:
    return [
        Missing(field=f"{term.name}[{place}].{column.name}", label=column.label, article=column.article or term.article)
        for place, row in enumerate(rows)
        for column in term.columns
        if column.required and not is_given(row.get(column.name))
    ]


def forbidden_in(contract: Contract, terms: Mapping[str, Any], own: Sequence[OwnClause] = ()) -> tuple[tuple[Forbidden, str], ...]:
    """What the terms or the parties' own words say although no such contract may, with the words that say it.

    A list of expressions finds plain wording only: what it finds is refused, what it does not find is not cleared by it.
    """
    texts = [*_own_texts(own), *_free_texts(contract, terms)]
    found = []
    for rule in contract.forbidden:
        if rule.unless and is_given(terms.get(rule.unless)):
            continue
        said = _said_by_terms(rule, terms) or next((words for text in texts if (words := _said_in(rule, text))), "")
        if said:
            found.append((rule, said))
    return tuple(found)


def _said_by_terms(rule: Forbidden, terms: Mapping[str, Any]) -> str:
    if rule.terms and holds(rule.terms, terms):
        return ", ".join(f"{name}={as_text(terms.get(name))}" for name in rule.terms)
    return ""


def _said_in(rule: Forbidden, text: str) -> str:
    """The words of a text that the rule is about; empty where there are none."""
    if rule.dictionary == "promotional" and (words := promotional(text)):
        return ", ".join(words)
    for sentence in SENTENCE.split(unicodedata.normalize("NFKC", text)):
        for language, patterns in rule.patterns.items():
            plain = re.sub(r"\s+", "" if language == "zh" else " ", sentence)
            spared = rule.spared.get(language)
            if spared and re.search(spared, plain, re.IGNORECASE):
                continue
            for pattern in patterns:
                if match := re.search(pattern, plain, re.IGNORECASE):
                    return match[0]
    return ""


def _own_texts(own: Sequence[OwnClause]) -> list[str]:
    return [text for clause in own for texts in (clause.heading, clause.text) for text in texts.values()]


def _free_texts(contract: Contract, terms: Mapping[str, Any]) -> list[str]:
    """Every text that the parties wrote freely: terms of text, and texts in the rows of tables."""
    found = []
    for term in contract.fields:
        value = terms.get(term.name)
        if term.type in FREE and is_given(value) and term.name != "restriction_reason":
            found += _texts(value)
        elif term.type == "table":
            cells = [row.get(column.name) for row in value or () for column in term.columns if column.type in FREE]
            found += [text for cell in cells if is_given(cell) for text in _texts(cell)]
    return found


def _texts(value: Any) -> list[str]:
    """A free text, or the texts of one given by language."""
    return [str(text) for text in value.values() if text] if isinstance(value, Mapping) else [str(value)]


def check(contract: Contract, terms: Mapping[str, Any], *, own: Sequence[OwnClause] = (), omit: Sequence[str] = ()) -> None:
    """Refuses what the law does not let the parties write.

    Raises Refusal: `contract_term_wrong` for a term the kind does not know, the code of a forbidden clause, `mandatory_clause_missing`, the
    kind's own code for missing terms, the codes of days out of order and of sums that differ.
    """
    if unknown := unknown_terms(contract, terms):
        raise Refusal("contract_term_wrong", f"a {contract.kind} has no term {unknown[0]}", facts={"field": unknown[0]})
    for rule, words in forbidden_in(contract, terms, own):
        raise Refusal(rule.code, rule.because["en"], article=rule.article, facts={"words": words, "clause": rule.id})
    for clause in needed(contract, terms):
        if clause.id in omit and clause.mandatory:
            message = f"the clause {clause.id} may not be left out"
            raise Refusal("mandatory_clause_missing", message, article=clause.mandatory, facts={"clause": clause.id})
    if absent := missing(contract, terms):
        articles = "; ".join(dict.fromkeys(item.article for item in absent if item.article)) or contract.article
        message = f"{len(absent)} terms of the contract are missing: {', '.join(item.field for item in absent)}"
        raise Refusal(contract.incomplete, message, article=articles, facts={"missing": tuple(item.field for item in absent)})
    for limit in contract.limits:
        _check_limit(limit, terms)
    for total in contract.sums:
        _check_sum(total, terms)


def unknown_terms(contract: Contract, terms: Mapping[str, Any]) -> list[str]:
    """Names of terms that the kind does not know, so that a misspelled term is not lost in silence."""
    known = {term.name for term in contract.fields} | {"own_clauses", "omit"}
    known |= {f"{side}_{part}" for side in contract.sides_of(terms) for part in PARTY_PARTS}
    return sorted(set(terms) - known)


def _check_limit(limit: Limit, terms: Mapping[str, Any]) -> None:
    table, _, column = limit.not_after.partition(".")
    bounds = [row.get(column) for row in terms.get(table) or ()] if column else [terms.get(table)]
    days = [_day(bound, limit.not_after) for bound in bounds if is_given(bound)]
    value = terms.get(limit.field)
    if is_given(value) and days and _day(value, limit.field) > min(days):
        message = f"{limit.field} {value} lies after {min(days).isoformat()}"
        raise Refusal(limit.code, message, article=limit.article, facts={"end": str(value), "patent_end": min(days).isoformat()})


def _day(value: Any, name: str) -> dt.date:
    try:
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
    except ValueError as wrong:
        raise Refusal("contract_term_wrong", f"{name}: {wrong}", facts={"field": name}) from wrong


def _check_sum(total: Sum, terms: Mapping[str, Any]) -> None:
    rows, expected = terms.get(total.table) or (), terms.get(total.field)
    if not rows or not isinstance(expected, int):
        return
    found = sum(row.get(total.column) or 0 for row in rows)
    if found != expected:
        message = f"{total.table} sums to {found} fen, {total.field} is {expected} fen"
        raise Refusal(total.code, message, facts={"missing": (f"{total.table} = {total.field}",), "sum": found, "expected": expected})
