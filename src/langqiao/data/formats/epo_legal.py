"""INPADOC legal events as OPS gives them: the fixed fields by number, the details by the description that stands on them."""

import re
from collections.abc import Iterator

from langqiao.data.formats.assignment_text import cited_reel_frames, conveyance_kind
from langqiao.data.formats.epo_ids import day, document_id, normal
from langqiao.data.formats.epo_tree import Element, text_at, words
from langqiao.data.formats.inpadoc import LegalCode, effect_of, legal_code
from langqiao.data.formats.model import LegalEvent, Place

Key = tuple[str, str, str, str, str]
"""What makes two entries one event: authority, number, code, gazette date, details."""

_DETAILS = re.compile(r"L5\d\dEP$")
_STATE = re.compile(r"^([A-Z]{2}):\s")
_STATE_KINDS = frozenset(
    {"LAPSE", "EXPIRY", "RESTORATION", "REVOCATION", "INVALIDATION", "ABANDONMENT", "TRANSFER", "GRANT", "TERM_EXTENSION"}
)
_ASSIGNORS = re.compile(r"ASSIGNORS?:(.*?)(?:;SIGNING DATES? |;REEL/FRAME|$)", re.IGNORECASE)


def legal_event(element: Element, place: Place, *, fmt: str, publication: str = "") -> LegalEvent:
    """One `ops:legal` element. `number` is the number the office registers the event under (mostly the application's); `publication` the key of
    the family member it came with. `extra` holds every detail by its description, the effect, and the state an EP event is limited to.
    """
    office = text_at(element, "L001EP")
    written = "".join(text_at(element, "L003EP").split())
    is_filing = text_at(element, "L002EP") != "P"
    kind_letter = text_at(element, "L004EP")
    _, number, _ = normal(office, written, kind_letter, kind_of="application" if is_filing else "publication")
    details = _details(element)
    code = legal_code(office, element.get("code", "") or text_at(element, "L008EP"))
    text = details.get("free_format_text", "")
    reading = _reading(code, details, text)
    event = LegalEvent(
        place=place,
        format=fmt,
        office=office,
        number=number,
        number_kind="application" if is_filing else "publication",
        code=code.code,
        kind=reading.kind,
        date=day(text_at(element, "L007EP")),
        effective_date=day(details.get("effective_date", "") or details.get("payment_date", "")),
        from_party=_assignors(text) if code.code == "AS" else details.get("former_owner", ""),
        to_party=details.get("owner", "") or details.get("new_owner", "") or details.get("licensee", ""),
        text=text or element.get("desc", "").strip(),
        influence=element.get("infl", "").strip() or reading.influence,
        code_class=reading.code_class,
        application_number=number if is_filing else "",
        extra={name: value for name, value in details.items() if value and name != "free_format_text"},
    )
    _add_extra(event, element, effect_of(reading, text), publication)
    return event


def event_key(event: LegalEvent) -> Key:
    """The key by which repeated entries of one event are told: with each member of a family, and again at regional and national level."""
    details = ";".join(
        f"{name}={event.extra[name]}" for name in sorted(event.extra) if name not in {"publication", "first_created", "last_exchanged"}
    )
    return event.office, event.number, event.code, str(event.date), f"{event.text};{details}"


def unique(events: Iterator[LegalEvent]) -> Iterator[LegalEvent]:
    """Each event once, in order of first appearance."""
    seen: set[Key] = set()
    for event in events:
        key = event_key(event)
        if key not in seen:
            seen.add(key)
            yield event


def _reading(code: LegalCode, details: dict[str, str], text: str) -> LegalCode:
    """The code's reading, made exact by what stands beside it: the national code it refers to, the text of a US assignment, the state."""
    if code.code == "REG" and details.get("ref_country_code"):
        national = legal_code(details["ref_country_code"], details.get("ref_legal_event_code", ""))
        kind = f"{national.kind}_STATE" if national.kind in _STATE_KINDS else national.kind
        return national._replace(kind=kind or code.kind)
    if (code.authority, code.code) == ("US", "AS"):
        return code._replace(kind=conveyance_kind(text) if text else code.kind, effect="")
    return code


def _details(element: Element) -> dict[str, str]:
    """The details by their description in small letters ("Ref Country Code" -> ref_country_code); the number of the field says nothing sure."""
    found: dict[str, str] = {}
    for field in element.iter():
        if isinstance(field.tag, str) and _DETAILS.match(field.tag) and not len(field) and field.tag != "L500EP":
            name = "_".join(field.get("desc", field.tag).lower().replace("(s)", "s").split())
            found[name] = f"{found[name]} {words(field)}".strip() if name in found else words(field)
            if field.get("descData"):
                found.setdefault(f"{name}_meaning", field.get("descData", "").strip())
            if field.get("infl", "").strip():
                found.setdefault(f"{name}_influence", field.get("infl", "").strip())
    return found


def _assignors(text: str) -> str:
    match = _ASSIGNORS.search(text)
    return "; ".join(name.strip() for name in match[1].split(";") if name.strip()) if match else ""


def _add_extra(event: LegalEvent, element: Element, effect: str, publication: str) -> None:
    state = event.extra.get("ref_country_code", "")
    if not state and (match := _STATE.match(element.get("desc", ""))):
        state = match[1]
    cited = cited_reel_frames(event.text) if event.code == "AS" else []
    told = {
        "effect": effect,
        "territory": state if event.office in {"EP", "WO"} else "",
        "description": element.get("desc", "").strip(),
        "reel_frame": cited[-1] if cited else "",
        "publication": publication,
        "first_created": text_at(element, "L019EP"),
        "last_exchanged": text_at(element, "L018EP"),
    }
    event.extra.update({name: value for name, value in told.items() if value})


def requested(family: Element) -> str:
    """The number an answer was asked for, as written in its `publication-reference`; "" where it has none."""
    entry = family.find("publication-reference/document-id")
    found = document_id(entry, kind_of="publication") if entry is not None else None
    return f"{found.office}-{found.number}-{found.kind}" if found else ""
