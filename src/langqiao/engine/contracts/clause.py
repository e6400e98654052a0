"""What a clause library is made of: fields with types, clauses with source and condition, and contracts as ordered clauses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
FieldType = Literal["text", "long_text", "money", "date", "rate", "count", "choice", "flag", "table"]
Words = Mapping[str, str]
"""One text by language."""
_FURTHER = re.compile(r"(?P<side>[a-z_]+)_\d{1,2}_name")
When = Mapping[str, tuple[str, ...]]
"""Field → the values under which something holds; `given` and `absent` ask only whether there is a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One term of a contract. `article`: the law that asks for it; `required` without an article is asked for by the contract's own logic.

    `when`: under which other terms it is asked for. `columns`: the fields of a row, for a table. `choices`: value → words.
    """

    name: str
    type: FieldType
    label: Words
    required: bool = False
    article: str = ""
    when: When = field(default_factory=dict)
    choices: Mapping[str, Words] = field(default_factory=dict)
    columns: tuple["Field", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph of a clause: its text with {places} for terms, or the table of one term."""

    text: Words = field(default_factory=dict)
    table: str = ""
    when: When = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One clause of the library.

    `source`: the article its content answers. `mandatory`: the article that names it, so that no contract may leave it out; empty where the
    parties are free. `when`: the terms under which it is needed; under others it has no place in the contract.
    """

    id: str
    version: int
    heading: Words
    paragraphs: tuple[Paragraph, ...]
    source: str
    mandatory: str = ""
    when: When = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden:
    """What no contract of a kind may say: the refusal code, the article, and how it is recognized.

    `patterns`: regular expressions by language, tried sentence by sentence on the parties' own clauses and free terms; a sentence that also meets
    `spared` (a negation, reciprocity) is let pass. `terms`: values of terms that say the same. `unless`: the term in which the parties give the reason that makes a restriction reasonable, where the law forbids only unreasonable ones. `dictionary`: a list
    of words of the engine ("promotional") that the free terms may not contain.
    """

    id: str
    code: str
    article: str
    because: Words
    patterns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    spared: Mapping[str, str] = field(default_factory=dict)
    terms: When = field(default_factory=dict)
    unless: str = ""
    dictionary: Literal["", "promotional"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A day that may not lie after another: `field` not after `not_after`, which is a term or a column as patents.term_end (its earliest)."""

    field: str
    not_after: str
    code: str
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A column of a table whose sum is a term; `code` is how a difference is refused."""

    table: str
    column: str
    field: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A kind of contract: sides in their order, terms, clauses in their order, what it may not say, and the code of an incomplete one.

    `also`: further sides that a contract may have any number of, named by a number (co_owner_1); they sign. `signing`: who signs of `sides`.
    """

    kind: str
    version: str
    title: Words
    sides: Mapping[str, Words]
    signing: tuple[str, ...]
    clauses: tuple[Clause, ...]
    fields: tuple[Field, ...]
    forbidden: tuple[Forbidden, ...]
    incomplete: str
    article: str
    also: Mapping[str, Words] = field(default_factory=dict)
    limits: tuple[Limit, ...] = ()
    sums: tuple[Sum, ...] = ()

    def sides_of(self, terms: Mapping[str, Any]) -> dict[str, Words]:
        """Every side of one contract with its words: those of the kind, then the numbered further ones that the terms name."""
        found = dict(self.sides)
        for name in sorted(terms, key=lambda name: (len(name), name)):
            if (match := _FURTHER.fullmatch(name)) and match["side"] in self.also:
                found[name.removesuffix("_name")] = self.also[match["side"]]
        return found

    def signing_of(self, terms: Mapping[str, Any]) -> tuple[str, ...]:
        """Who signs one contract, in the order of the signature fields."""
        return tuple(side for side in self.sides_of(terms) if side in self.signing or side not in self.sides)

    def field_named(self, name: str) -> Field | None:
        """The term of that name, None where the contract has none."""
        return next((one for one in self.fields if one.name == name), None)


def is_given(value: Any) -> bool:
    """Whether a term has a value: False and 0 are values; empty text, empty lists and texts by language that are all empty are none."""
    if isinstance(value, Mapping):
        return any(is_given(one) for one in value.values())
    return value is not None and value not in ("", [], ())


def as_text(value: Any) -> str:
    """A value as conditions compare it."""
    return "true" if value is True else "false" if value is False else str(value)


def holds(when: When, terms: Mapping[str, Any]) -> bool:
    """Whether every condition holds under the terms."""
    return all(_one_holds(allowed, terms.get(name)) for name, allowed in when.items())


def _one_holds(allowed: tuple[str, ...], value: Any) -> bool:
    if not is_given(value):
        return "absent" in allowed
    return "given" in allowed or as_text(value) in allowed
