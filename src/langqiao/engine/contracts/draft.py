"""A contract drafted from its terms: which clauses it needs, what is missing, what the law forbids, and the text in one language."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langqiao.engine.contracts.clause import Clause, Contract, Field, Forbidden, Language, holds, is_given
from langqiao.engine.contracts.wording import written
from langqiao.engine.kernel.refusal import Refusal

PLACE = re.compile(r"\{(\w+)\}")
PARTY_PARTS = ("credit_code", "address", "representative", "contact")
"""What may be said of a party beside its name, as terms such as seller_address."""
PARTY_LABELS: Mapping[str, Mapping[str, str]] = {
    "credit_code": {"zh": "统一社会信用代码", "en": "Unified social credit code"},
    "address": {"zh": "住所", "en": "Address"},
    "representative": {"zh": "法定代表人（负责人）", "en": "Legal representative"},
    "contact": {"zh": "联系人", "en": "Contact"},
}
OWN_CLAUSES_MAX, OWN_TEXT_MAX = 40, 8_000
OWN_HEADING: Mapping[str, str] = {"zh": "特别约定", "en": "Special terms"}


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """One side as the head of the contract names it."""

    side: str
    side_name: str
    name: str
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under a head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A clause as it stands in the contract. `id` and `version` name it in the library; version 0 is the parties' own."""

    id: str
    version: int
    number: int
    heading: str
    parts: tuple[str | Table, ...]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The whole text in one language, and the clauses it was made from."""

    kind: str
    version: str
    language: Language
    title: str
    parties: tuple[Party, ...]
    sections: tuple[Section, ...]

    @property
    def made_from(self) -> tuple[tuple[str, int], ...]:
        """Clause ids with their versions, in order."""
        return tuple((section.id, section.version) for section in self.sections)


def needed(contract: Contract, terms: Mapping[str, Any]) -> tuple[Clause, ...]:
    """The clauses that the terms need, in the contract's order."""
    return tuple(clause for clause in contract.clauses if holds(clause.when, terms))


def missing(contract: Contract, terms: Mapping[str, Any]) -> tuple[Missing, ...]:
    """Every term that is asked for and not given, tables row by row, in the contract's order."""
    found = []
    for side, words in contract.sides.items():
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


def forbidden_in(contract: Contract, terms: Mapping[str, Any], own: Sequence[OwnClause]) -> tuple[tuple[Forbidden, str], ...]:
    """What the terms or the parties' own words say although no such contract may, with the words that say it.

    A list of expressions finds plain wording only: what it finds is refused, what it does not find is not cleared by it.
    """
    found = []
    for rule in contract.forbidden:
        if rule.unless and is_given(terms.get(rule.unless)):
            continue
        said = (
            [f"{name}={terms[name]}" for name in rule.terms if is_given(terms.get(name))] if rule.terms and holds(rule.terms, terms) else []
        )
        texts = [(language, text) for clause in own for language, text in clause.text.items()]
        texts += [(language, value) for value in _free_texts(contract, terms) for language in ("zh", "en")]
        for language, text in texts:
            said.extend(match[0] for pattern in rule.patterns.get(language, ()) if (match := re.search(pattern, text, re.IGNORECASE)))
        if said:
            found.append((rule, said[0]))
    return tuple(found)


def _free_texts(contract: Contract, terms: Mapping[str, Any]) -> list[str]:
    return [str(terms[term.name]) for term in contract.fields if term.type in {"text", "long_text"} and is_given(terms.get(term.name))]


def check(contract: Contract, terms: Mapping[str, Any], *, own: Sequence[OwnClause] = (), omit: Sequence[str] = ()) -> None:
    """Refuses what the law does not let the parties write: a forbidden term, a mandatory clause left out, a missing term.

    Raises Refusal with the code of the forbidden clause, `mandatory_clause_missing`, or the contract's own code for an incomplete one.
    """
    for rule, words in forbidden_in(contract, terms, own):
        raise Refusal(rule.code, rule.because["en"], article=rule.article, facts={"words": words, "clause": rule.id})
    for clause in needed(contract, terms):
        if clause.id in omit and clause.mandatory:
            message = f"the clause {clause.id} may not be left out"
            raise Refusal("mandatory_clause_missing", message, article=clause.mandatory, facts={"clause": clause.id})
    absent = missing(contract, terms)
    if absent:
        articles = "; ".join(dict.fromkeys(item.article for item in absent if item.article)) or contract.article
        message = f"{len(absent)} terms of the contract are missing: {', '.join(item.field for item in absent)}"
        raise Refusal(contract.incomplete, message, article=articles, facts={"missing": tuple(item.field for item in absent)})


def draft(
    contract: Contract, terms: Mapping[str, Any], *, language: Language, own: Sequence[OwnClause] = (), omit: Sequence[str] = ()
) -> Draft:
    """The contract in one language. Refused as `check` refuses; a value that does not fit its term is `contract_term_wrong`."""
    check(contract, terms, own=own, omit=omit)
    chosen = [clause for clause in needed(contract, terms) if clause.id not in omit]
    sections = [_section(contract, clause, place, terms, language=language) for place, clause in enumerate(chosen, 1)]
    sections += [_own_section(clause, len(sections) + place, language) for place, clause in enumerate(own[:OWN_CLAUSES_MAX], 1)]
    return Draft(
        kind=contract.kind,
        version=contract.version,
        language=language,
        title=contract.title[language],
        parties=tuple(_party(side, words[language], terms, language) for side, words in contract.sides.items()),
        sections=tuple(sections),
    )


def _party(side: str, side_name: str, terms: Mapping[str, Any], language: Language) -> Party:
    details = tuple(
        (PARTY_LABELS[part][language], str(terms[f"{side}_{part}"])) for part in PARTY_PARTS if is_given(terms.get(f"{side}_{part}"))
    )
    return Party(side=side, side_name=side_name, name=str(terms[f"{side}_name"]), details=details)


def _section(contract: Contract, clause: Clause, number: int, terms: Mapping[str, Any], *, language: Language) -> Section:
    parts: list[str | Table] = []
    for paragraph in clause.paragraphs:
        if not holds(paragraph.when, terms):
            continue
        if paragraph.table:
            parts.append(_table(contract, paragraph.table, terms, language))
        else:
            parts.append(_filled(contract, paragraph.text[language], terms, language))
    return Section(
        id=clause.id, version=clause.version, number=number, heading=clause.heading[language], parts=tuple(parts), source=clause.source
    )


def _filled(contract: Contract, text: str, terms: Mapping[str, Any], language: Language) -> str:
    def fill(place: re.Match[str]) -> str:
        term = contract.field_named(place[1])
        if term is None:
            return str(terms.get(place[1], ""))
        return _said(term, terms.get(term.name), language)

    return PLACE.sub(fill, text)


def _said(term: Field, value: Any, language: Language) -> str:
    try:
        return written(term, value, language)
    except ValueError as wrong:
        raise Refusal("contract_term_wrong", f"{term.name}: {wrong}", facts={"field": term.name}) from wrong


def _table(contract: Contract, name: str, terms: Mapping[str, Any], language: Language) -> Table:
    term = contract.field_named(name)
    assert term is not None, f"the library names a table {name} without a term"
    shown = [column for column in term.columns if column.required or any(is_given(row.get(column.name)) for row in terms.get(name, ()))]
    return Table(
        head=tuple(column.label[language] for column in shown),
        rows=tuple(
            tuple(_said(column, row.get(column.name), language) if is_given(row.get(column.name)) else "–" for column in shown)
            for row in terms.get(name, ())
        ),
    )


def _own_section(clause: OwnClause, number: int, language: Language) -> Section:
    heading = clause.heading.get(language) or OWN_HEADING[language]
    text = clause.text.get(language) or next(iter(clause.text.values()), "")
    parts = tuple(part.strip() for part in text[:OWN_TEXT_MAX].split("\n\n") if part.strip())
    return Section(id="own", version=0, number=number, heading=heading, parts=parts, source="")
