"""The sections of the bibliographic part of USPTO XML v4: each reads its elements into the draft."""

from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain, count, repeat

from langqiao.data.formats import uspto_v4_names as n
from langqiao.data.formats.model import Citation, Classification
from langqiao.data.formats.uspto_draft import Draft, Fields, Named
from langqiao.data.formats.uspto_values import cited_number, day, edition, locarno, one_line, packed_ipc, uspc
from langqiao.data.formats.xmlrows import Wanted

_UNKNOWN = frozenset(("omitted", "unknown"))


_CITED = Wanted([[n.PATCIT, n.NPLCIT], [n.COUNTRY], [n.DOC_NUMBER], [n.KIND], [n.DATE], [n.CATEGORY]], len(n.IDS))
_make: Callable[[Iterable[object]], Citation] = partial(tuple.__new__, Citation)
"""A citation of its fields in order, without a call for each."""


def citations(draft: Draft, number: int) -> None:
    """Cited documents in order: patents have a number, literature has none; `raw` is what the document says of each."""
    texts, offices, numbers, kinds, dates, categories = draft.columns(number, _CITED)
    first = len(draft.citations) + 1
    draft.citations += map(
        _make,
        zip(
            count(first),
            ["patent" if printed else "npl" for printed in numbers],
            offices,
            [
                printed.lstrip("0") if office == "US" and printed.isdigit() and len(printed) < 9 else cited_number(office, printed)
                for office, printed in zip(offices, numbers, strict=True)
            ],
            kinds,
            map(day, dates),
            map(_CATEGORIES.__getitem__, categories),
            repeat(""),
            repeat(""),
            texts,
            strict=False,
        ),
    )


class _Categories(dict[str, str]):
    def __missing__(self, said: str) -> str:
        return ""


_CATEGORIES = _Categories(n.CATEGORIES)


_make_class: Callable[[Iterable[object]], Classification] = partial(tuple.__new__, Classification)
_SYMBOL = Wanted([[n.SECTION], [n.CLASS], [n.SUBCLASS], [n.GROUP], [n.SUBGROUP], [n.VALUE], [n.DATE]], len(n.IDS))


def ipcr(draft: Draft, number: int) -> None:
    """IPC symbols in parts (v4.1 and later), the first one main."""
    _symbols(draft, number, "ipc")


def cpc(draft: Draft, number: int) -> None:
    """CPC symbols, the first one main; those of combination sets stand among the further ones."""
    _symbols(draft, number, "cpc")


def _symbols(draft: Draft, number: int, scheme: str) -> None:
    first = len(draft.classifications) + 1
    sections, classes, letters, groups, subgroups, values, dates = draft.columns(number, _SYMBOL)
    subclasses = [section + class_ + letter for section, class_, letter in zip(sections, classes, letters, strict=True)]
    symbols = [
        f"{subclass} {group}/{subgroup}" if group and subgroup else subclass
        for subclass, group, subgroup in zip(subclasses, groups, subgroups, strict=True)
    ]
    draft.classifications += map(
        _make_class,
        zip(
            repeat(scheme),
            count(first),
            symbols,
            subclasses,
            chain((True,), repeat(False)),
            [value == "I" if value else None for value in values],
            map(edition, dates),
            symbols,
            strict=False,
        ),
    )


def ipc(draft: Draft, number: int) -> None:
    """IPC symbols in fixed columns (v4.0)."""
    version = draft.fields(number).get(n.EDITION, "")
    for child in draft.children(number):
        if draft.ids[child] in (n.MAIN, n.FURTHER):
            raw = draft.text(child)
            draft.classify("ipc", packed_ipc(raw), raw, main=draft.ids[child] == n.MAIN, version=edition(version))


def national(draft: Draft, number: int) -> None:
    """US classes."""
    for child in draft.children(number):
        if draft.ids[child] in (n.MAIN, n.FURTHER):
            raw = draft.text(child)
            draft.classify("uspc", uspc(raw), raw, main=draft.ids[child] == n.MAIN)


def locarno_class(draft: Draft, number: int) -> None:
    """The Locarno class of a design."""
    get = draft.fields(number).get
    raw = get(n.MAIN, "")
    draft.classify("locarno", locarno(raw), raw, main=True, version=get(n.EDITION, ""))


def priorities(draft: Draft, number: int) -> None:
    """Foreign priorities claimed."""
    for child in draft.children(number):
        get = draft.fields(child).get
        draft.relate("priority", get(n.COUNTRY, ""), get(n.DOC_NUMBER, ""), get(n.DATE, ""))


def related(draft: Draft, number: int) -> None:
    """Earlier applications this one continues, provisional ones, and its own pre-grant publication."""
    for child in draft.children(number):
        relation = n.RELATIONS.get(draft.ids[child])
        if relation is None:
            continue
        inside = [k for k in range(child + 1, draft.after[child]) if draft.ids[k] == n.PARENT]
        for parent in inside or [child]:
            get = draft.fields(parent).get
            draft.relate(relation, get(n.COUNTRY, ""), get(n.DOC_NUMBER, ""), get(n.DATE, ""))
        _parent_grants(draft, child, relation)


def _parent_grants(draft: Draft, number: int, relation: str) -> None:
    for child in range(number + 1, draft.after[number]):
        if draft.ids[child] == n.PARENT_GRANT and (printed := draft.fields(child).get(n.DOC_NUMBER)):
            said = f"{relation}:{cited_number('US', printed)}"
            draft.extra["parent_patents"] = ";".join(filter(None, (draft.extra.get("parent_patents"), said)))


def pct_filing(draft: Draft, number: int) -> None:
    """The international application this one entered the national stage from."""
    get = draft.fields(number).get
    draft.relate("pct", get(n.COUNTRY, "WO"), get(n.DOC_NUMBER, ""), get(n.DATE, ""))


def pct_publication(draft: Draft, number: int) -> None:
    """The publication of the international application."""
    get = draft.fields(number).get
    if printed := get(n.DOC_NUMBER):
        office = get(n.COUNTRY, "WO")
        draft.extra["pct_publication"] = office + cited_number(office, printed.removeprefix(office))


def term(draft: Draft, number: int) -> None:
    """Term of a grant: extension in days, length in years (designs), terminal disclaimer."""
    get = draft.fields(number).get
    for name, field in (("us-term-extension", "term_extension_days"), ("length-of-grant", "term_years")):
        if value := get(n.IDS[name], "").strip():
            draft.extra[field] = value
    if n.DISCLAIMER in draft.ids[number : draft.after[number]]:
        draft.extra["terminal_disclaimer"] = "1"


def parties(draft: Draft, number: int) -> None:
    """Applicants, inventors and agents; before 2012 an applicant who is the inventor is both."""
    for group in draft.children(number):
        for child in draft.children(group):
            role = _ROLES.get(draft.ids[child])
            if role is None:
                continue
            party = _party(draft.fields(child))
            if role != "applicant":
                draft.take_party(role, party)
                continue
            said = draft.tree.attributes(child)
            draft.take_party(role, party._replace(code=said.get("applicant-authority-category", "")))
            if said.get("app-type") == "applicant-inventor":
                draft.take_party("inventor", party)


def assignees(draft: Draft, number: int) -> None:
    """Owners at the time of the publication, with the office's role code."""
    for child in draft.children(number):
        found = draft.fields(child)
        draft.take_party("owner", _party(found)._replace(code=found.get(n.ROLE, "")))


def _party(found: Fields) -> Named:
    """A party by its fields; persons as "Last, First Middle"."""
    get = found.get
    name, country, city = get(n.ORGNAME, ""), get(n.COUNTRY, ""), get(n.CITY, "")
    organization = bool(name)
    if not organization:
        middle, suffix = get(n.MIDDLE), get(n.SUFFIX)
        name = f"{get(n.LAST, '')}, {get(n.FIRST, '')}".strip(", ") or get(n.NAME, "")
        name = f"{name} {middle}" if middle else name
        name = f"{name}, {suffix}" if suffix else name
    return Named(one_line(name), organization, "" if country in _UNKNOWN else country, get(n.STATE, ""), one_line(city), "")


def examiners(draft: Draft, number: int) -> None:
    """Examiners by name, and their art unit."""
    for child, field in zip(draft.children(number), ("examiner", "assistant_examiner"), strict=False):
        get = draft.fields(child).get
        draft.extra[field] = ", ".join(filter(None, (get(n.LAST, ""), get(n.FIRST, ""))))
        if unit := get(n.DEPARTMENT):
            draft.extra["art_unit"] = unit


def figures(draft: Draft, number: int) -> None:
    """Sheets and figures of the drawings."""
    get = draft.fields(number).get
    for name, field in (("number-of-drawing-sheets", "drawing_sheets"), ("number-of-figures", "figures")):
        if value := get(n.IDS[name]):
            draft.extra[field] = value


def botanic(draft: Draft, number: int) -> None:
    """The plant of a plant patent."""
    get = draft.fields(number).get
    draft.extra["botanic_name"] = one_line(get(n.IDS["latin-name"], ""))
    draft.extra["botanic_variety"] = one_line(get(n.IDS["variety"], ""))


def hague(draft: Draft, number: int) -> None:
    """The international registration of a design under the Hague agreement."""
    if value := draft.fields(number).get(n.IDS["international-registration-number"]):
        draft.extra["hague_registration"] = value


_ROLES = {
    n.IDS[name]: role
    for name, role in {
        "applicant": "applicant",
        "us-applicant": "applicant",
        "inventor": "inventor",
        "deceased-inventor": "inventor",
        "us-deceased-inventor": "inventor",
        "agent": "agent",
    }.items()
}
SECTIONS: dict[int, Callable[[Draft, int], None]] = {
    n.IDS[name]: section
    for name, section in {
        "references-cited": citations,
        "us-references-cited": citations,
        "classifications-ipcr": ipcr,
        "classification-ipc": ipc,
        "classifications-cpc": cpc,
        "classification-national": national,
        "classification-locarno": locarno_class,
        "priority-claims": priorities,
        "us-related-documents": related,
        "pct-or-regional-filing-data": pct_filing,
        "pct-or-regional-publishing-data": pct_publication,
        "us-term-of-grant": term,
        "parties": parties,
        "us-parties": parties,
        "assignees": assignees,
        "examiners": examiners,
        "figures": figures,
        "us-botanic": botanic,
        "hague-agreement-data": hague,
    }.items()
}
