"""USPTO grants and applications in XML v4.0 to v4.7: a checked document becomes a Publication."""

from collections.abc import Callable

from langqiao.data.formats import uspto_v4_names as n
from langqiao.data.formats.model import Place, Publication
from langqiao.data.formats.uspto_draft import Draft, Fields
from langqiao.data.formats.uspto_texts import Parts, read_texts
from langqiao.data.formats.uspto_v4_sections import SECTIONS
from langqiao.data.formats.uspto_values import one_line
from langqiao.data.formats.xmlcheck import Tree
from langqiao.engine.kernel.problem import Problem

VOCABULARY = n.VOCABULARY
_PUBLICATION, _APPLICATION, _TITLE = (n.IDS[name] for name in ("publication-reference", "application-reference", "invention-title"))
_PLAIN = {
    n.IDS["us-application-series-code"]: "series",
    n.IDS["us-exemplary-claim"]: "exemplary_claim",
    n.IDS["rule-47-flag"]: "rule_47",
    n.IDS["us-sir-flag"]: "sir",
}
_TEXTS = Parts(n.ABSTRACT, n.DESCRIPTION, n.CLAIMS, n.CLAIM, n.CLAIM_REF)
_COUNT = n.IDS["number-of-claims"]


def read_document(tree: Tree, place: Place, root: str, *, spent: Callable[[], None]) -> tuple[Publication | None, list[Problem]]:
    """The publication of a document and what is wrong with it; None (with an error) where it names no publication.

    `spent` is called when the document's own bytes are needed no more.
    """
    first = next((tree.ids.index(number) for number in n.BIBLIOGRAPHY if number in tree.ids), None)
    if first is None:
        return None, [_missing(place, "the document has no bibliographic part")]
    draft = Draft.of_tree(tree, place, "uspto_xml_v4", first)
    published, applied, appl_type = _sections(draft, first)
    if not published.get(n.DOC_NUMBER):
        return None, [_missing(place, "the document names no publication number")]
    read_texts(draft, tree.after[first], _TEXTS, spent=spent)
    record = draft.publication(
        number=published[n.DOC_NUMBER],
        kind=published.get(n.KIND, ""),
        stage="grant" if root == "us-patent-grant" else "application",
        published=published.get(n.DATE, ""),
        applied=(applied.get(n.DOC_NUMBER, ""), applied.get(n.DATE, "")),
        kind_of_patent=n.TYPES.get(appl_type, ""),
    )
    return record, draft.problems


def _sections(draft: Draft, first: int) -> tuple[Fields, Fields, str]:
    """Read every section; the identifications of publication and application, and the application type."""
    published: Fields = {}
    applied: Fields = {}
    appl_type = ""
    for child in draft.children(first):
        name = draft.ids[child]
        if section := SECTIONS.get(name):
            section(draft, child)
        elif name == _PUBLICATION:
            published = draft.fields(child)
        elif name == _APPLICATION:
            applied, appl_type = draft.fields(child), draft.tree.attributes(child).get("appl-type", "")
        elif name == _TITLE:
            draft.known["title"] = draft.known["title_en"] = one_line(draft.text(child))
        elif name == _COUNT:
            draft.known["claim_count"] = int(draft.text(child)) if draft.text(child).isdigit() else None
        elif field := _PLAIN.get(name):
            draft.extra[field] = draft.text(child) or "1"
    return published, applied, appl_type


def _missing(place: Place, message: str) -> Problem:
    return Problem(where=place.source_file, offset=place.offset, code="number_missing", message=message)
