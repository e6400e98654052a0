"""Reads XML4IP documents of the USPTO's file wrapper: the claims, the specification or the abstract of an application as filed on a day."""

from collections.abc import Iterator

from langqiao.data.formats.model import Claim, Place, Publication
from langqiao.data.formats.source import Input, Record, Rejected, rejected
from langqiao.data.formats.uspto_draft import Draft
from langqiao.data.formats.uspto_values import claim_text, claims_referred, one_line
from langqiao.data.formats.uspto_xml import front_of, refused
from langqiao.data.formats.xmlcheck import Scanner, Tree
from langqiao.data.formats.xmlprolog import Finding
from langqiao.data.formats.xmlsplit import Piece, Splitter
from langqiao.data.formats.xmltables import Vocabulary
from langqiao.engine.kernel.problem import Problem

_NAMES = (
    "ApplicationNumber", "DocumentCode", "MailRoomDate", "InventionTitle", "Specification", "Claim", "ClaimNumber", "ClaimText",
    "ClaimReference", "ClaimLabelText", "BoundaryData", "Heading",
)  # fmt: skip
_BLOCKS = ("P", "Heading", "ClaimText", "Claim", "BoundaryData")
_ROOTS = frozenset(("ClaimsDocument", "SpecificationDocument", "AbstractDocument"))


def _prefixed(names: tuple[str, ...]) -> list[str]:
    """The names in the name space's usual prefix and without one."""
    return [f"{prefix}{name}" for prefix in ("pat:", "") for name in names]


VOCABULARY = Vocabulary(_prefixed(_NAMES), block=_prefixed(_BLOCKS), lines=_prefixed(("Specification",)))
_LOCAL = {number: name.removeprefix("pat:") for name, number in VOCABULARY.ids.items()}
_NOT_TEXT = frozenset(("BoundaryData", "ClaimLabelText"))


def read(source: Input) -> Iterator[Record]:
    """The document of the input: a Publication of the application it belongs to, or a Rejected document with its reason."""
    scanner = Scanner(VOCABULARY, source.limits)
    for piece in Splitter(source).pieces():
        if isinstance(piece, Rejected):
            yield piece
        else:
            yield from _document(piece, source, scanner)


def _document(piece: Piece, source: Input, scanner: Scanner) -> Iterator[Record]:
    place = piece.place(source.name)
    front = front_of(piece, source.limits)
    tree = front if isinstance(front, Finding) else scanner.tree(piece.array, piece.start, piece.end, front=front)
    if isinstance(front, Finding) or isinstance(tree, Finding):
        yield refused(place, piece, front if isinstance(front, Finding) else tree)  # type: ignore[arg-type]
        return
    root = front.root.removeprefix("pat:")
    if root not in _ROOTS:
        yield refused(
            place, piece, Finding("unknown_root", front.root_at, f"the root element {root!r} is no claims or specification document")
        )
        return
    found = _publication(tree, place)
    if found is None:
        message = "the document names no application number"
        problem = Problem(where=place.source_file, offset=place.offset, code="number_missing", message=message)
        yield rejected(place, piece.raw(), problem)
    else:
        yield found


def _publication(tree: Tree, place: Place) -> Publication | None:
    first: dict[str, str] = {}
    for number, name in enumerate(tree.ids):
        if _LOCAL[name] in {"ApplicationNumber", "DocumentCode", "MailRoomDate", "InventionTitle"}:
            first.setdefault(_LOCAL[name], one_line(tree.value(number)))
    if not first.get("ApplicationNumber"):
        return None
    draft = Draft(place, "uspto_xml4ip")
    code = first.get("DocumentCode", "")
    draft.extra.update({"document_code": code, "mail_room_date": first.get("MailRoomDate", "")})
    draft.known["title"] = draft.known["title_en"] = first.get("InventionTitle", "")
    draft.claims = _claims(tree)
    if draft.claims:
        draft.known["claim_count"] = len(draft.claims)
    running = "\n".join(_text(tree, number) for number, name in enumerate(tree.ids) if _LOCAL[name] == "Specification").strip()
    if code == "ABST":
        draft.known["abstract"] = one_line(running).removeprefix("ABSTRACT").strip()
    elif running:
        draft.known["description"] = running
    return draft.publication(number="", kind="", stage="application", published="", applied=(first["ApplicationNumber"], ""))


def _text(tree: Tree, number: int) -> str:
    """The text of an element without page headers and claim labels."""
    whole, first = tree.value(number), tree.starts[number]
    position, parts = 0, []
    for inside in range(number + 1, tree.after[number]):
        if _LOCAL[tree.ids[inside]] in _NOT_TEXT and tree.starts[inside] - first >= position:
            parts.append(whole[position : tree.starts[inside] - first])
            position = tree.ends[inside] - first
    parts.append(whole[position:])
    return "".join(parts)


def _claims(tree: Tree) -> list[Claim]:
    """The claims in order; what holds only a page header is none."""
    found: list[Claim] = []
    numbers: dict[str, int] = {}
    for number, name in enumerate(tree.ids):
        if _LOCAL[name] != "Claim":
            continue
        inside = range(number + 1, tree.after[number])
        said = {_LOCAL[tree.ids[k]]: k for k in reversed(inside)}
        printed = tree.value(said["ClaimNumber"]).strip() if "ClaimNumber" in said else ""
        own = int(printed) if printed.isdigit() else len(found) + 1
        numbers[tree.attributes(number).get("pat:id", "")] = own
        body = " ".join(_text(tree, k) for k in inside if _LOCAL[tree.ids[k]] == "ClaimText")
        text = claim_text(body, own)
        if not text:
            continue
        targets = (tree.attributes(k).get("pat:idrefs", "") for k in inside if _LOCAL[tree.ids[k]] == "ClaimReference")
        marked = dict.fromkeys(numbers[t] for target in targets for t in target.split() if numbers.get(t, own) != own)
        found.append(Claim(own, text, tuple(marked) or claims_referred(text, own)))
    return found
