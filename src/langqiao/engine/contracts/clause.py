"""What a clause library is made of: fields with types, clauses with source and condition, and contracts as ordered clauses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
FieldType = Literal["text", "long_text", "money", "date", "rate", "count", "choice", "flag", "table"]
Words = Mapping[str, str]
"""One text by language."""
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

    `patterns`: regular expressions by language over the parties' own clauses; `terms`: values of terms that say the same. `unless`: the term
    in which the parties give the reason that makes a restriction reasonable, where the law forbids only unreasonable ones.
    """

    id: str
    code: str
    article: str
    because: Words
    patterns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    terms: When = field(default_factory=dict)
    unless: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A kind of contract: sides in their order, terms, clauses in their order, what it may not say, and the code of an incomplete one."""

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

    def field_named(self, name: str) -> Field | None:
        """The term of that name, None where the contract has none."""
        return next((one for one in self.fields if one.name == name), None)


def is_given(value: Any) -> bool:
    """Whether a term has a value: False and 0 are values, empty text and empty lists are none."""
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
