"""Reads the clause library of rules/clauses/*.yaml into the engine's values."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from langqiao.engine.contracts.clause import Clause, Contract, Field, Forbidden, Limit, Paragraph, Sum, When, as_text

SHARED = ("common", "fields", "forbidden")
"""Files that hold what several contracts share; every other file is one contract."""


@cache
def contracts() -> Mapping[str, Contract]:
    """Every kind of contract shipped with the package, in the order of the files."""
    folder = files(__package__).joinpath("clauses")
    names = sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    documents = {name: yaml.safe_load(folder.joinpath(f"{name}.yaml").read_text(encoding="utf-8")) for name in names}
    shared = {name: documents.pop(name) for name in SHARED}
    return {document["kind"]: contract_of(document, shared) for document in documents.values()}


def contract(kind: str) -> Contract:
    """The contract of that kind. Raises KeyError that names those there are."""
    try:
        return contracts()[kind]
    except KeyError:
        raise KeyError(f"there is no contract {kind!r}; there are {', '.join(contracts())}") from None


def contract_of(document: Mapping[str, Any], shared: Mapping[str, Any]) -> Contract:
    """A contract from the document of its file and the shared files. Raises KeyError where it names what is not there."""
    own = {entry["id"]: entry for entry in document.get("clauses", [])}
    library = {entry["id"]: entry for entry in shared["common"]} | own
    terms = {name: shared["fields"][name] for name in document["terms"]} | document.get("fields", {})
    rules = {entry["id"]: entry for entry in shared["forbidden"]}
    return Contract(
        kind=document["kind"],
        version=str(document["version"]),
        title=document["title"],
        sides=document["sides"],
        signing=tuple(document.get("signing", document["sides"])),
        clauses=tuple(_clause(library[name]) for name in document["order"]),
        fields=tuple(_field(name, body) for name, body in terms.items()),
        forbidden=tuple(_forbidden(rules[name]) for name in document["forbidden"]),
        incomplete=document["incomplete"],
        article=document["article"],
        also=document.get("also", {}),
        limits=tuple(Limit(**entry) for entry in document.get("limits", [])),
        sums=tuple(Sum(**{"code": document["incomplete"]} | entry) for entry in document.get("sums", [])),
    )


def _clause(entry: Mapping[str, Any]) -> Clause:
    return Clause(
        id=entry["id"],
        version=int(entry["version"]),
        heading=entry["heading"],
        paragraphs=tuple(_paragraph(one) for one in entry["paragraphs"]),
        source=entry["source"],
        mandatory=entry.get("mandatory", ""),
        when=when_of(entry.get("when", {})),
    )


def _paragraph(entry: Mapping[str, Any]) -> Paragraph:
    text = (
        {language: " ".join(entry[language].split()) if language == "en" else entry[language].strip() for language in ("zh", "en")}
        if "zh" in entry
        else {}
    )
    return Paragraph(text=text, table=entry.get("table", ""), when=when_of(entry.get("when", {})))


def _field(name: str, body: Mapping[str, Any]) -> Field:
    return Field(
        name=name,
        type=body["type"],
        label=body["label"],
        required=bool(body.get("required", "article" in body)),
        article=body.get("article", ""),
        when=when_of(body.get("when", {})),
        choices={as_text(value): words for value, words in body.get("choices", {}).items()},
        columns=tuple(_field(column, entry) for column, entry in body.get("columns", {}).items()),
    )


def _forbidden(entry: Mapping[str, Any]) -> Forbidden:
    return Forbidden(
        id=entry["id"],
        code=entry["code"],
        article=entry["article"],
        because=entry["because"],
        patterns={language: tuple(found) for language, found in entry.get("patterns", {}).items()},
        spared=entry.get("spared", {}),
        terms=when_of(entry.get("terms", {})),
        unless=entry.get("unless", ""),
        dictionary=entry.get("dictionary", ""),
    )


def when_of(body: Mapping[str, Any]) -> When:
    """A condition as its file writes it: one value or a list, as text."""
    return {name: tuple(as_text(value) for value in _several(allowed)) for name, allowed in body.items()}


def _several(allowed: Any) -> Iterable[Any]:
    return allowed if isinstance(allowed, list) else [allowed]
