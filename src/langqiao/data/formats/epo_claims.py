"""Full text of OPS: splits the one block of claims on its numbering, reads which claims a claim depends on, and joins the description."""

import re

from langqiao.data.formats.epo_biblio import patent_type, stage_of
from langqiao.data.formats.epo_ids import first, normal, references
from langqiao.data.formats.epo_tree import Element, words
from langqiao.data.formats.model import Claim, Place, Publication

HEAD_CHARACTERS = 400
"""A dependent claim says so at its beginning: only this much of it is read for references."""

_NUMBERED = re.compile(r"^\s*(\d{1,3})\s*[.)]\s*", re.MULTILINE)
_WORD = r"(?:claims?|Anspr(?:uch|[üu]e?che?n?|üchen?)|revendications?)"
_RANGE = re.compile(rf"\b{_WORD}\s+(\d{{1,3}}(?:\s*(?:,|to|or|and|-|–|bis|oder|und|à|ou|et)\s*(?:{_WORD}\s+)?\d{{1,3}})*)", re.IGNORECASE)
_PRECEDING = re.compile(
    rf"\b(?:preceding|previous|foregoing|above)\s+{_WORD}|{_WORD}\s+(?:précédentes?|above)|\bvorhergehenden\s+{_WORD}", re.IGNORECASE
)
_SPAN = re.compile(r"(\d{1,3})\s*(?:to|-|–|bis|à)\s*(?:\w+\s+)?(\d{1,3})", re.IGNORECASE)


def fulltext(document: Element, place: Place, *, fmt: str) -> Publication:
    """The publication of a `fulltext-document`: claims or description in one language (English where there is one), nothing else."""
    printed = first(references(document, "bibliographic-data/publication-reference", kind_of="publication"))
    office, number, kind = printed.office, printed.number, printed.kind
    if not number:
        office, number, kind = normal(
            document.get("country", ""), document.get("doc-number", ""), document.get("kind", ""), kind_of="publication"
        )
    claims = _in_english(document, "claims")
    description = _in_english(document, "description")
    found = Publication(
        place=place,
        format=fmt,
        office=office,
        number=number,
        kind=kind,
        number_raw=printed.raw,
        patent_type=patent_type(office, kind),
        stage=stage_of(office, kind),
        claims=split_claims(claims) if claims is not None else [],
        description=paragraphs(description) if description is not None else "",
    )
    found.claim_count = len(found.claims) or None
    return found


def split_claims(block: Element) -> list[Claim]:
    """The claims of a block: one element each, or one run of text with numbers at the start of its lines."""
    texts = ["".join(entry.itertext()) for entry in block.iter("claim-text")] or [
        "".join(entry.itertext()) for entry in block.findall("claim")
    ]
    whole = "\n".join(texts) if texts else "".join(block.itertext())
    starts = _increasing([(match.start(), match.end(), int(match[1])) for match in _NUMBERED.finditer(whole)])
    if not starts:
        return [_claim(index, " ".join(text.split())) for index, text in enumerate((text for text in texts if text.strip()), 1)]
    ends = [start for start, _, _ in starts[1:]] + [len(whole)]
    return [_claim(number, " ".join(whole[begin:end].split())) for (_, begin, number), end in zip(starts, ends, strict=True)]


def dependencies(text: str, number: int) -> tuple[int, ...]:
    """The numbers of the earlier claims that a claim refers to at its beginning ("according to any of claims 1 to 3"); empty: independent."""
    head = text[:HEAD_CHARACTERS]
    if _PRECEDING.search(head):
        return tuple(range(1, number))
    found: set[int] = set()
    if match := _RANGE.search(head):
        listed = match[1]
        for span in _SPAN.finditer(listed):
            found.update(range(int(span[1]), int(span[2]) + 1))
        found.update(int(entry) for entry in re.findall(r"\d{1,3}", listed))
    return tuple(sorted(entry for entry in found if 0 < entry < number))


def paragraphs(block: Element) -> str:
    """The text of a description, one line a paragraph or heading."""
    parts = [words(entry) for entry in block.iter("p", "heading")]
    return "\n".join(part for part in parts if part) or words(block)


def _claim(number: int, text: str) -> Claim:
    return Claim(number, text, dependencies(text, number))


def _increasing(starts: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Only the numbers 1, 2, 3 … in order: a figure at the start of a line inside a claim is no claim."""
    kept: list[tuple[int, int, int]] = []
    for entry in starts:
        if entry[2] == len(kept) + 1:
            kept.append(entry)
    return kept


def _in_english(document: Element, name: str) -> Element | None:
    found = document.findall(name)
    return next((entry for entry in found if entry.get("lang", "").lower() == "en"), found[0] if found else None)
