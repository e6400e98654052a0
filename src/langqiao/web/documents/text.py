"""A draft as JSON and back: what is kept beside a document, shown as its preview, compared with another version and written as Word."""

from collections.abc import Mapping
from typing import Any

from langqiao.engine.contracts.draft import Draft, Party, Section, Table


def draft_as_json(draft: Draft) -> dict[str, Any]:
    """The whole draft in plain values."""
    return {
        "kind": draft.kind,
        "version": draft.version,
        "language": draft.language,
        "title": draft.title,
        "parties": [
            {"side": party.side, "side_name": party.side_name, "name": party.name, "details": [list(pair) for pair in party.details]}
            for party in draft.parties
        ],
        "sections": [_section_as_json(section) for section in draft.sections],
    }


def _section_as_json(section: Section) -> dict[str, Any]:
    parts = [
        part if isinstance(part, str) else {"head": list(part.head), "rows": [list(row) for row in part.rows]} for part in section.parts
    ]
    return {
        "id": section.id,
        "version": section.version,
        "number": section.number,
        "heading": section.heading,
        "parts": parts,
        "source": section.source,
    }


def draft_from_json(body: Mapping[str, Any]) -> Draft:
    """The draft that was kept."""
    return Draft(
        kind=body["kind"],
        version=body["version"],
        language=body["language"],
        title=body["title"],
        parties=tuple(
            Party(side=one["side"], side_name=one["side_name"], name=one["name"], details=tuple((a, b) for a, b in one["details"]))
            for one in body["parties"]
        ),
        sections=tuple(_section_from_json(one) for one in body["sections"]),
    )


def _section_from_json(body: Mapping[str, Any]) -> Section:
    parts = tuple(
        part if isinstance(part, str) else Table(head=tuple(part["head"]), rows=tuple(tuple(row) for row in part["rows"]))
        for part in body["parts"]
    )
    return Section(
        id=body["id"], version=body["version"], number=body["number"], heading=body["heading"], parts=parts, source=body["source"]
    )
