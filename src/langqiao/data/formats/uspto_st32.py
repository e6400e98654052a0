"""USPTO grants of 2001 to 2004 in ST.32 (SGML v2.4, XML v2.5, root PATDOC): fields are B-codes."""

from collections.abc import Callable

from langqiao.data.formats.model import Citation, Place, Publication
from langqiao.data.formats.uspto_draft import Draft, Named
from langqiao.data.formats.uspto_texts import Parts, read_texts
from langqiao.data.formats.uspto_values import cited_number, day, edition, locarno, one_line, packed_ipc, uspc
from langqiao.data.formats.xmlcheck import Tree
from langqiao.data.formats.xmltables import Vocabulary
from langqiao.engine.kernel.problem import Problem

_CODES = """
SDOBI B100 B110 B130 B140 B200 B210 B211US B220 B300 B310 B320 B330 B400 B472 B473 B473US B474 B474US B500 B510 B511 B512 B516 B520 B521 B522
B540 B560 B561 B562 B570 B577 B578US B590 B595 B596 B600 B610 B620 B620US B630 B631 B632 B633 B640 B640US B641US B645 B645US B660 B680US
B690US B700 B720 B721 B721US B730 B731 B732US B740 B741 B745 B746 B747 B748US B800 B860 B861 B864US B870 B871
PCIT NCIT DOC DNUM DATE KIND CTRY PARTY-US NAM FNM SNM SFX ONM ADR CITY STATE PNC PIC PARENT-US PDOC CDOC PPUB
CITED-BY-EXAMINER CITED-BY-OTHER SDOAB SDOCL CLM CLREF
""".split()  # noqa: SIM905
_BLOCKS = ["PARA", "H", "CLM", "CLMSTEP", "ROW", "ENTRY", "LI", "SDOAB", "BTEXT", "T-ROW"]
_EMPTY = """
B473US B597US CITED-BY-EXAMINER CITED-BY-OTHER CHEMCDX CHEMMOL COLSPEC CUSTOM-CHARACTER EMI MATHEMATICA B221US B565EP SEQ-EMBD SPANSPEC
""".split()  # noqa: SIM905

VOCABULARY = Vocabulary(_CODES, block=_BLOCKS, void=_EMPTY, opaque=["SDODE", "SDODR"], tables=["SDOCL"])
"""`void` are the elements that the SGML v2.4 declares empty: they stand there without a slash."""

_N = VOCABULARY.ids
_TEXTS = Parts(_N["SDOAB"], _N["SDODE"], _N["SDOCL"], _N["CLM"], _N["CLREF"], from_text=True)
_RELATIONS = {
    "B610": "addition", "B620": "division", "B620US": "division", "B631": "continuation", "B632": "cip", "B633": "continuing_reissue",
    "B640": "reissue", "B640US": "reissue", "B641US": "divisional_reissue", "B645": "reexamination", "B645US": "reexamination",
    "B660": "substitution", "B680US": "provisional", "B690US": "related_publication",
}  # fmt: skip
_RELATED = {_N[name]: relation for name, relation in _RELATIONS.items()}


def read_document(tree: Tree, place: Place, root: str, *, spent: Callable[[], None]) -> tuple[Publication | None, list[Problem]]:  # noqa: ARG001 - one root
    """The grant of a document and what is wrong with it; None (with an error) where it names no number."""
    first = next((k for k, number in enumerate(tree.ids) if number == _N["SDOBI"]), None)
    draft = Draft.of_tree(tree, place, "uspto_st32", first) if first is not None else Draft(place, "uspto_st32")
    text: dict[str, str] = {}
    if first is not None:
        text = _sections(draft, first)
    if not text.get("B110"):
        message = "the document names no patent number (B110)"
        return None, [Problem(where=place.source_file, offset=place.offset, code="number_missing", message=message)]
    read_texts(draft, tree.after[first or 0], _TEXTS, spent=spent)
    record = draft.publication(
        number=text["B110"],
        kind=text.get("B130", ""),
        stage="grant",
        published=text.get("B140", ""),
        applied=(text.get("B210", ""), text.get("B220", "")),
    )
    return record, draft.problems


def _sections(draft: Draft, first: int) -> dict[str, str]:
    """Read every section; the plain fields by B-code."""
    names = {number: name for name, number in _N.items()}
    text: dict[str, str] = {}
    for group in draft.children(first):
        for child in draft.children(group):
            name = names[draft.ids[child]]
            if section := _SECTIONS.get(name):
                section(draft, child)
            elif name in _RELATED_NAMES:
                _related(draft, child)
            else:
                text.setdefault(name, one_line(draft.text(child)))
    if text.get("B211US"):
        draft.extra["series"] = text["B211US"]
    draft.known["title"] = draft.known["title_en"] = text.get("B540", "")
    _priorities(draft, first)
    return text


def _priorities(draft: Draft, first: int) -> None:
    """B310, B320 and B330 stand side by side, one after another for several priorities."""
    waiting: dict[str, str] = {}
    for group in draft.children(first):
        if draft.ids[group] != _N["B300"]:
            continue
        for child in draft.children(group):
            name = {_N["B310"]: "number", _N["B320"]: "date", _N["B330"]: "office"}.get(draft.ids[child], "")
            if name in waiting:
                _priority(draft, waiting)
                waiting = {}
            waiting[name] = draft.text(child).strip()
    _priority(draft, waiting)


def _priority(draft: Draft, said: dict[str, str]) -> None:
    if said.get("number"):
        draft.relate("priority", said.get("office", ""), said["number"], said.get("date", ""))


def _classes(draft: Draft, number: int) -> None:
    """B510: IPC in fixed columns, for designs the Locarno class."""
    version = draft.fields(number).get(_N["B516"], "")
    for child in draft.children(number):
        if draft.ids[child] in (_N["B511"], _N["B512"]):
            raw, main = draft.text(child), draft.ids[child] == _N["B511"]
            if raw.strip().isdigit():
                draft.classify("locarno", locarno(raw), raw, main=main, version=edition(version))
            else:
                draft.classify("ipc", packed_ipc(raw), raw, main=main, version=edition(version))


def _national(draft: Draft, number: int) -> None:
    for child in draft.children(number):
        raw = draft.text(child)
        draft.classify("uspc", uspc(raw), raw, main=draft.ids[child] == _N["B521"])


def _citations(draft: Draft, number: int) -> None:
    for child in draft.children(number):
        found = draft.fields(child)
        sequence = len(draft.citations) + 1
        category = "examiner" if _N["CITED-BY-EXAMINER"] in found else "other" if _N["CITED-BY-OTHER"] in found else ""
        if draft.ids[child] == _N["B562"]:
            draft.citations.append(Citation(sequence, "npl", "", "", "", None, category, "", "", one_line(draft.text(child))))
        elif draft.ids[child] == _N["B561"]:
            office, printed = found.get(_N["CTRY"], "").strip() or "US", found.get(_N["DNUM"], "").strip()
            kind, date = found.get(_N["KIND"], "").strip(), found.get(_N["DATE"], "").strip()
            raw = one_line(" ".join(filter(None, (office, printed, kind, date, found.get(_N["NAM"], ""), found.get(_N["PNC"], "")))))
            cited = cited_number(office, printed)
            draft.citations.append(Citation(sequence, "patent", office, cited, kind, day(date), category, "", "", raw))


def _related(draft: Draft, number: int) -> None:
    """B600: the parent's own document, else the document named."""
    inside = [k for k in range(number, draft.after[number]) if draft.ids[k] in _RELATED]
    for element in inside:
        relation = _RELATED[draft.ids[element]]
        parents = [k for k in range(element + 1, draft.after[element]) if draft.ids[k] == _N["PDOC"]] or [element]
        for parent in parents:
            get = draft.fields(parent).get
            printed = get(_N["DNUM"], "").strip()
            if printed:
                draft.relate(relation, get(_N["CTRY"], "").strip(), printed, get(_N["DATE"], "").strip())
        for grant in (k for k in range(element + 1, draft.after[element]) if draft.ids[k] == _N["PPUB"]):
            said = f"{relation}:{cited_number('US', draft.fields(grant).get(_N['DNUM'], '').strip())}"
            draft.extra["parent_patents"] = ";".join(filter(None, (draft.extra.get("parent_patents"), said)))


def _parties(draft: Draft, number: int, role: str) -> None:
    code = draft.fields(number).get(_N["B732US"], "").strip()
    for child in draft.children(number):
        get = draft.fields(child).get
        organization = one_line(get(_N["ONM"], ""))
        person = ", ".join(filter(None, (one_line(get(_N[part], "")) for part in ("SNM", "FNM", "SFX"))))
        name = organization or person
        if not name:
            continue
        region, country = get(_N["STATE"], "").strip(), get(_N["CTRY"], "").strip()
        country = country or ("US" if region else "")
        draft.take_party(
            role, Named(name, bool(organization), country, region, one_line(get(_N["CITY"], "")), code if role == "owner" else "")
        )


def _inventors(draft: Draft, number: int) -> None:
    """B720: the inventors, who were the applicants too in those years."""
    _parties(draft, number, "applicant")
    _parties(draft, number, "inventor")


def _term(draft: Draft, number: int) -> None:
    found = draft.fields(number)
    if _N["B473US"] in found or _N["B473"] in found:
        draft.extra["terminal_disclaimer"] = "1"
    for code, field in (("B474", "term_years"), ("B474US", "term_extension_days")):
        if value := found.get(_N[code], "").strip():
            draft.extra[field] = value


def _counts(draft: Draft, number: int) -> None:
    """B570 and B590: claims, exemplary claim, drawings."""
    found = draft.fields(number)
    for code, field in (("B578US", "exemplary_claim"), ("B595", "drawing_sheets"), ("B596", "figures")):
        if value := found.get(_N[code], "").strip():
            draft.extra[field] = value
    stated = found.get(_N["B577"], "").strip()
    if stated.isdigit():
        draft.known["claim_count"] = int(stated)


def _examiners(draft: Draft, number: int) -> None:
    for child in draft.children(number):
        field = {_N["B746"]: "examiner", _N["B747"]: "assistant_examiner"}.get(draft.ids[child])
        get = draft.fields(child).get
        if field:
            draft.extra[field] = ", ".join(filter(None, (one_line(get(_N["SNM"], "")), one_line(get(_N["FNM"], "")))))
        elif draft.ids[child] == _N["B748US"]:
            draft.extra["art_unit"] = draft.text(child).strip()


def _pct(draft: Draft, number: int) -> None:
    """B860: the international application."""
    get = draft.fields(number).get
    if printed := get(_N["DNUM"], "").strip():
        draft.relate("pct", get(_N["CTRY"], "").strip() or "WO", printed, get(_N["DATE"], "").strip())


def _pct_publication(draft: Draft, number: int) -> None:
    get = draft.fields(number).get
    if printed := get(_N["DNUM"], "").strip():
        office = get(_N["CTRY"], "").strip() or "WO"
        draft.extra["pct_publication"] = office + cited_number(office, printed.removeprefix(office))


_RELATED_NAMES = frozenset((*_RELATIONS, "B630"))
_SECTIONS: dict[str, Callable[[Draft, int], None]] = {
    "B472": _term,
    "B510": _classes,
    "B520": _national,
    "B560": _citations,
    "B570": _counts,
    "B590": _counts,
    "B720": _inventors,
    "B730": lambda draft, number: _parties(draft, number, "owner"),
    "B740": lambda draft, number: _parties(draft, number, "agent"),
    "B745": _examiners,
    "B860": _pct,
    "B870": _pct_publication,
}
