"""What a conveyance is, read from the phrase at the head of its text; and the reel/frames a text cites.

Order and classes: knowledge/formats 2.3. A party's name ("Allied Security Trust", "First Lien Capital LLC") never decides: the text is read
phrase by phrase from the front, and the first stretch that names a kind of conveyance wins.
"""

import re
from functools import lru_cache
from itertools import islice

_AGENT = (
    r"\bSUCCESS(?:ION|OR)\b.{0,40}\b(?:AGEN(?:T|CY)|TRUSTEE)|\b(?:CHANGE|APPOINTMENT|RESIGNATION|REPLACEMENT|SUBSTITUTION)\b.{0,60}\b(?:AGENTS?|TRUSTEE)\b"
    r"|\bAGENCY\b.{0,20}\b(?:ASSIGNMENT|TRANSFER|SUCCESSION|RESIGNATION)"
)
_SECURITY = r"\bSECURITY\s+(?:INTERESTS?|AGG?REEMENTS?|DEED|DOCUMENTS?|\+|AND\s+PLEDGE)\b|\bLIENS?\b|\bPLEDGES?\b|\bMORTGAGES?\b|\bCOLLATERAL\b|\bDEBENTURES?\b|\bHYPOTHEC(?:ATION)?\b"
_ASSIGNED = (
    rf"\b(?:ASSIGNMENT|TRANSFER)\b(?!\s+(?:OF\s+)?ASSIGNOR).{{0,60}}?(?:{_SECURITY})"
    r"|\bASSIGNMENT\s+AND\s+ASSUMPTION\b.*\b(?:REEL|R/F)\b|\bASSIGNMENT\b.{0,20}\bLIENS?\b"
)
_RELEASE = (
    r"\bRELEASES?\b|\bTERMINATION\b|\bDISCHARGE\b|\bRE-?ASSIGNMENT\b|\bSATISFACTION\b|\bRELINQUISHMENT\b|\bCANCELL?ATION\b|\bRECONVEYANCE\b"
)

KINDS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("CORRECTION", r"^CORRECT(?:IVE|ION)\b|\bNULLIFY\b|^RECORD\s+TO\s+REMOVE\b"),
        ("LIEN_AGENT_CHANGE", _AGENT),
        ("LICENSE_TERMINATION", rf"(?:{_RELEASE})(?!.*SECURITY).*\bLICEN[SC]ES?\b|\bLICEN[SC]ES?\b(?!.*SECURITY).*(?:{_RELEASE})"),
        ("LIEN_RELEASE", _RELEASE),
        ("LIEN_ASSIGNED", _ASSIGNED),
        ("LIEN", _SECURITY),
        ("MERGER", r"\bMERGERS?\b|\bAMALGAMATION\b"),
        ("NAME_CHANGE", r"\bCHANGE\s+OF\s+(?:CORPORATE\s+)?NAME\b|\bNAME\s+CHANGE\b|\bCHANGE\s+(?:THE\s+)?NAME\b"),
        ("ENTITY_CONVERSION", r"\bCONVERSION\b"),
        ("TRANSFER", r"\bNUNC\s+PRO\s+TUNC\b|\bASSIGNMENTS?\b(?!\s+OF\s+(?:\S+\s+){0,2}LICEN[SC]ES?)|\bQUITCLAIM\b|\bBILL\s+OF\s+SALE\b"),
        ("RECEIVERSHIP", r"\bRECEIVERS?(?:HIP)?\b"),
        ("LICENSE", r"\bLICEN[SC](?:ES?|ING)\b"),
    )
)
"""Each kind with the pattern of its head phrase, tried in this order. The end of a license and the assignment of a license are told apart from
the release of a lien and the assignment of the patent: taken for those, they would free or move a right that did not move."""

HEAD_CHARACTERS, HEAD_PHRASES = 1_000, 12
"""How much of a text is read for its head phrase; the longest real one has 350 characters."""

_MARKER = re.compile(r"\s+(?:TO|FROM|BY|BETWEEN|AMONG|WITH|IN\s+FAVOR\s+OF|DATED|EFFECTIVE)\s+|;|\(SEE\s+DOCUMENT")
_PAIR = re.compile(r"\bREELS?[\s:.#/]*(?:NOS?\.?[\s:]*)?(\d{1,6})[\s,;/]*(?:AND\s+)?FRAMES?[\s:.#/]*(?:NOS?\.?[\s:]*)?(\d{1,4})\b")
_LIST = re.compile(r"\b(?:REELS?\s*/\s*FRAMES?|R\s*/\s*F)\b[\s:.#]*(?:NOS?\.?[\s:.]*)?((?:\d{1,6}\s*[/-]\s*\d{1,4}[\s,;&]*(?:AND\s+)?)+)")
_CONFIRMS = re.compile(r"\bCONFIRMS?\s+(?:THE\s+)*(.+)$")
_ENTRY = re.compile(r"(\d{1,6})\s*[/-]\s*(\d{1,4})")


@lru_cache(maxsize=4096)
def conveyance_kind(text: str) -> str:
    """The kind of a conveyance: CORRECTION, LIEN, LIEN_RELEASE, LIEN_ASSIGNED, LIEN_AGENT_CHANGE, MERGER, NAME_CHANGE, ENTITY_CONVERSION,
    TRANSFER, LICENSE, LICENSE_TERMINATION, RECEIVERSHIP, or OTHER where the text names none.
    """
    words = " ".join(text[:HEAD_CHARACTERS].upper().split())
    ends = [match.start() for match in islice(_MARKER.finditer(words), HEAD_PHRASES)]
    for end in [*ends, len(words)]:
        if kind := next((kind for kind, pattern in KINDS if pattern.search(words[:end])), ""):
            return kind
    return "OTHER"


def corrected_kind(text: str) -> str:
    """The kind of the conveyance that a corrective filing confirms ("… confirms the security interest"), or "" where it does not say."""
    match = _CONFIRMS.search(" ".join(text[: 2 * HEAD_CHARACTERS].upper().split()))
    return conveyance_kind(match[1]) if match else ""


def cited_reel_frames(text: str) -> list[str]:
    """The reel/frames that a text cites, as keys "048818/0520", in order of appearance, each once."""
    words = text.upper()
    pairs = [(match.start(), match[1], match[2]) for match in _PAIR.finditer(words)]
    for match in _LIST.finditer(words):
        pairs += [(match.start(1) + entry.start(), entry[1], entry[2]) for entry in _ENTRY.finditer(match[1])]
    return list(dict.fromkeys(reel_frame(reel, frame) for _, reel, frame in sorted(pairs)))


def reel_frame(reel: str | int, frame: str | int) -> str:
    """The key of a recorded conveyance as the office prints it: six digits of reel, four of frame."""
    return f"{int(reel):06d}/{int(frame):04d}"
