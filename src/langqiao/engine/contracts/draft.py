"""A contract drafted from its terms: the clauses they need, filled in one language, with the parties' own clauses at the end."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langqiao.engine.contracts.check import OwnClause, check, needed
from langqiao.engine.contracts.clause import Clause, Contract, Field, Language, holds, is_given
from langqiao.engine.contracts.wording import money, spoken, written
from langqiao.engine.kernel.refusal import Refusal

PLACE = re.compile(r"\{(\w+)\}")
PARTY_LABELS: Mapping[str, Mapping[str, str]] = {
    "credit_code": {"zh": "统一社会信用代码", "en": "Unified social credit code"},
    "address": {"zh": "住所", "en": "Address"},
    "representative": {"zh": "法定代表人（负责人）", "en": "Legal representative"},
    "contact": {"zh": "联系人", "en": "Contact"},
}
OWN_CLAUSES_MAX, OWN_TEXT_MAX = 40, 8_000
OWN_HEADING: Mapping[str, str] = {"zh": "特别约定", "en": "Special terms"}


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
        parties=tuple(_party(side, words[language], terms, language) for side, words in contract.sides_of(terms).items()),
        sections=tuple(sections),
    )


def _party(side: str, side_name: str, terms: Mapping[str, Any], language: Language) -> Party:
    details = tuple(
        (PARTY_LABELS[part][language], spoken(terms[f"{side}_{part}"], language))
        for part in PARTY_LABELS
        if is_given(terms.get(f"{side}_{part}"))
    )
    return Party(side=side, side_name=side_name, name=spoken(terms[f"{side}_name"], language), details=details)


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
            return spoken(terms.get(place[1], ""), language)
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
        rows=tuple(tuple(_cell(column, row.get(column.name), language) for column in shown) for row in terms.get(name, ())),
    )


def _cell(column: Field, value: Any, language: Language) -> str:
    """A value in a table, which is narrow: days in ISO form, money without its capital form."""
    if not is_given(value):
        return "–"
    said = _said(column, value, language)
    if column.type == "date":
        return value.isoformat() if isinstance(value, dt.date) else str(value)
    return money(value, "en") if column.type == "money" else said


def _own_section(clause: OwnClause, number: int, language: Language) -> Section:
    heading = clause.heading.get(language) or OWN_HEADING[language]
    text = clause.text.get(language) or next(iter(clause.text.values()), "")
    parts = tuple(part.strip() for part in text[:OWN_TEXT_MAX].split("\n\n") if part.strip())
    return Section(id="own", version=0, number=number, heading=heading, parts=parts, source="")
