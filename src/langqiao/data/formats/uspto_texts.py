"""Abstract, claims and description of a USPTO document in XML: the parts that follow its bibliographic part."""

from collections.abc import Callable
from typing import NamedTuple

from langqiao.data.formats.uspto_claims import claims_of
from langqiao.data.formats.uspto_draft import Draft
from langqiao.data.formats.uspto_values import one_line


class Parts(NamedTuple):
    """The vocabulary numbers of the parts, of a claim and of a reference inside one; whether references are only said, not marked."""

    abstract: int
    description: int
    claims: int
    claim: int
    reference: int
    from_text: bool = False


def read_texts(draft: Draft, first: int, parts: Parts, *, spent: Callable[[], None]) -> None:
    """Read the parts from element `first` on. The description comes last: `spent` is called when the document's own bytes are needed no more."""
    tree = draft.tree
    number, stop, description = first, len(tree.ids), -1
    while number < stop:
        name = tree.ids[number]
        if name == parts.abstract and not draft.known.get("abstract"):
            draft.known["abstract"] = one_line(tree.value(number))
        elif name == parts.description:
            description = number
        elif name == parts.claims:
            draft.claims = claims_of(tree, number, claim=parts.claim, reference=parts.reference, from_text=parts.from_text)
        number = tree.after[number]
    spent()
    if description >= 0:
        draft.known["description"] = tree.utf8(description)
    _count_claims(draft)


def _count_claims(draft: Draft) -> None:
    stated, counted = draft.known.get("claim_count"), len(draft.claims)
    if stated is None and counted:
        draft.known["claim_count"] = counted
    elif counted and stated != counted:
        draft.warn("claim_count", f"the document states {stated} claims and holds {counted}")
