"""USPTO published applications of 2001 to 2004 in PAP v1.5 and v1.6 (root patent-application-publication)."""

from collections.abc import Callable

from langqiao.data.formats.model import Place, Publication
from langqiao.data.formats.uspto_draft import Draft, Named
from langqiao.data.formats.uspto_texts import Parts, read_texts
from langqiao.data.formats.uspto_values import edition, one_line, packed_ipc, uspc
from langqiao.data.formats.xmlcheck import Tree
from langqiao.data.formats.xmltables import Vocabulary
from langqiao.engine.kernel.problem import Problem

_ELEMENTS = """
subdoc-bibliographic-information document-id doc-number kind-code document-date country-code publication-filing-type
domestic-filing-data application-number application-number-series-code filing-date foreign-priority-data priority-application-number
technical-information classification-ipc classification-ipc-primary classification-ipc-secondary classification-ipc-edition ipc
classification-us classification-us-primary classification-us-secondary uspc class subclass title-of-invention
inventors first-named-inventor inventor assignee correspondence-address name given-name middle-name family-name name-prefix name-suffix
residence residence-us residence-non-us city state organization-name assignee-type address name-1
continuity-data continuations continuation-of continuation-in-part-of division-of continuing-reissue-of reissue-of
non-provisional-of-provisional a-371-of-international substitution-for parent-child parent child parent-patent
subdoc-abstract subdoc-claims claim dependent-claim-reference
""".split()  # noqa: SIM905
_BLOCKS = ["paragraph", "heading", "claim", "row", "entry", "li", "subdoc-abstract"]

VOCABULARY = Vocabulary(_ELEMENTS, block=_BLOCKS, opaque=["subdoc-description", "subdoc-drawings"], tables=["subdoc-claims"])
_N = VOCABULARY.ids
_TEXTS = Parts(_N["subdoc-abstract"], _N["subdoc-description"], _N["subdoc-claims"], _N["claim"], _N["dependent-claim-reference"])
_RELATIONS = {
    _N[name]: relation
    for name, relation in {
        "continuation-of": "continuation",
        "continuation-in-part-of": "cip",
        "division-of": "division",
        "continuing-reissue-of": "continuing_reissue",
        "reissue-of": "reissue",
        "non-provisional-of-provisional": "provisional",
        "a-371-of-international": "pct",
        "substitution-for": "substitution",
    }.items()
}


def read_document(tree: Tree, place: Place, root: str, *, spent: Callable[[], None]) -> tuple[Publication | None, list[Problem]]:  # noqa: ARG001 - one root
    """The application of a document and what is wrong with it; None (with an error) where it names no number."""
    first = next((k for k, number in enumerate(tree.ids) if number == _N["subdoc-bibliographic-information"]), None)
    draft = Draft.of_tree(tree, place, "uspto_pap", first) if first is not None else Draft(place, "uspto_pap")
    if first is not None:
        for child in draft.children(first):
            if section := _SECTIONS.get(draft.ids[child]):
                section(draft, child)
    published, applied = draft.known.pop("published", {}), draft.known.pop("applied", ("", ""))
    if not published.get("number"):
        message = "the document names no publication number"
        return None, [Problem(where=place.source_file, offset=place.offset, code="number_missing", message=message)]
    read_texts(draft, tree.after[first or 0], _TEXTS, spent=spent)
    record = draft.publication(
        number=published["number"], kind=published["kind"], stage="application", published=published["date"], applied=applied
    )
    record.abstract = record.abstract.removeprefix("Abstract of Disclosure ").strip()
    record.patent_type = "plant" if record.kind.startswith("P") else "invention"
    return record, draft.problems


def _document_id(draft: Draft, number: int) -> None:
    get = draft.fields(number).get
    draft.known["published"] = {
        "number": get(_N["doc-number"], "").strip(),
        "kind": get(_N["kind-code"], "").strip(),
        "date": get(_N["document-date"], "").strip(),
    }


def _filing(draft: Draft, number: int) -> None:
    get = draft.fields(number).get
    draft.known["applied"] = (get(_N["doc-number"], "").strip(), get(_N["filing-date"], "").strip())
    if series := get(_N["application-number-series-code"], "").strip():
        draft.extra["series"] = series


def _priority(draft: Draft, number: int) -> None:
    get = draft.fields(number).get
    draft.relate("priority", get(_N["country-code"], "").strip(), get(_N["doc-number"], ""), get(_N["filing-date"], "").strip())


def _technical(draft: Draft, number: int) -> None:
    """Title, IPC and US classes."""
    found = draft.fields(number)
    draft.known["title"] = draft.known["title_en"] = one_line(found.get(_N["title-of-invention"], ""))
    version = edition(found.get(_N["classification-ipc-edition"], ""))
    for child in range(number + 1, draft.after[number]):
        name, inside = draft.ids[child], draft.fields(child)
        if name in (_N["classification-ipc-primary"], _N["classification-ipc-secondary"]):
            raw = inside.get(_N["ipc"], "")
            draft.classify("ipc", packed_ipc(raw), raw, main=name == _N["classification-ipc-primary"], version=version)
        elif name in (_N["classification-us-primary"], _N["classification-us-secondary"]):
            raw = _national(inside.get(_N["class"], ""), inside.get(_N["subclass"], ""))
            draft.classify("uspc", uspc(raw), raw, main=name == _N["classification-us-primary"])


def _national(main: str, subclass: str) -> str:
    """Class and subclass in the fixed columns of later files: "002", "067000" is "  2 67"; "006400" is 6.4."""
    whole, rest = subclass[:3].lstrip("0"), subclass[3:].rstrip("0")
    return f"{main.lstrip('0'):>3}{whole:>3}{rest}" if subclass[:3].isdigit() else f"{main.lstrip('0'):>3}{subclass.lstrip('0')}"


def _inventors(draft: Draft, number: int) -> None:
    """The inventors, who were the applicants too in those years."""
    for role in ("applicant", "inventor"):
        for child in draft.children(number):
            _party(draft, role, child)


def _owner(draft: Draft, number: int) -> None:
    _party(draft, "owner", number)


def _party(draft: Draft, role: str, number: int) -> None:
    get = draft.fields(number).get
    organization = one_line(get(_N["organization-name"], ""))
    given = one_line(f"{get(_N['given-name'], '')} {get(_N['middle-name'], '')}")
    person = ", ".join(filter(None, (one_line(get(_N["family-name"], "")), given, one_line(get(_N["name-suffix"], "")))))
    name = organization or person
    if not name:
        return
    country, region, city = (one_line(get(_N[part], "")) for part in ("country-code", "state", "city"))
    code = get(_N["assignee-type"], "").strip() if role == "owner" else ""
    country = country or ("US" if region else "")
    draft.take_party(role, Named(name, bool(organization), country, region, city, code))


def _continuity(draft: Draft, number: int) -> None:
    for child in range(number + 1, draft.after[number]):
        relation = _RELATIONS.get(draft.ids[child])
        if relation is None:
            continue
        parents = [k for k in range(child + 1, draft.after[child]) if draft.ids[k] == _N["parent"]] or [child]
        for parent in parents:
            get = draft.fields(parent).get
            if printed := get(_N["doc-number"], "").strip():
                draft.relate(relation, get(_N["country-code"], "").strip(), printed, get(_N["document-date"], "").strip())


_SECTIONS: dict[int, Callable[[Draft, int], None]] = {
    _N[name]: section
    for name, section in {
        "document-id": _document_id,
        "domestic-filing-data": _filing,
        "foreign-priority-data": _priority,
        "technical-information": _technical,
        "inventors": _inventors,
        "assignee": _owner,
        "continuity-data": _continuity,
    }.items()
}
