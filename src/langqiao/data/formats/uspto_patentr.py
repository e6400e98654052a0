"""Reads a week of US grants as JSON lines in the columns of the patentr package (WKU, Title, References, Claims …)."""

import re
from collections.abc import Iterator

from langqiao.data.formats.model import Citation, Claim
from langqiao.data.formats.registry_json import JsonRecord, lines
from langqiao.data.formats.source import Input, Record, rejected
from langqiao.data.formats.uspto_draft import Draft, Named
from langqiao.data.formats.uspto_values import cited_number, claims_referred, one_line, packed_ipc
from langqiao.engine.kernel.problem import Problem
from langqiao.engine.patents.number_us import without_check_digit


def read(source: Input) -> Iterator[Record]:
    """Every line: a Publication, or a Rejected line with its reason."""
    for record in lines(source):
        if isinstance(record, JsonRecord):
            yield from _patent(record)
        else:
            yield record


def _patent(record: JsonRecord) -> Iterator[Record]:
    said = {name: value if isinstance(value, str) else "" for name, value in record.value.items()}
    number = without_check_digit(said.get("WKU", ""))
    if not number:
        message = "the record has no number with a check digit in the column WKU"
        place = record.place
        yield rejected(place, record.raw, Problem(where=place.source_file, offset=place.offset, code="number_missing", message=message))
        return
    draft = Draft(record.place, "uspto_patentr")
    for person in _values(said, "Inventor"):
        for role in ("applicant", "inventor"):
            draft.take_party(role, Named(_person(person), is_organization=False))
    for owner in _values(said, "Assignee"):
        draft.take_party("owner", Named(owner, is_organization=True))
    for position, symbol in enumerate(_values(said, "ICL_Class", strip=False)):
        draft.classify("ipc", packed_ipc(symbol), symbol, main=position == 0)
    for printed in dict.fromkeys(_values(said, "References")):  # the column repeats some numbers
        sequence = len(draft.citations) + 1
        draft.citations.append(Citation(sequence, "patent", "US", cited_number("US", printed), "", None, "", "", "", f"US {printed}"))
    draft.claims = claims(said.get("Claims", ""))
    draft.known["claim_count"] = len(draft.claims) or None
    draft.known["title"] = draft.known["title_en"] = one_line(said.get("Title", ""))
    found = draft.publication(
        number=number, kind="", stage="grant", published=_date(said, "Issue_Date"), applied=("", _date(said, "App_Date"))
    )
    found.number_raw = said["WKU"]
    yield found
    yield from draft.problems


def _values(said: dict[str, str], column: str, *, strip: bool = True) -> list[str]:
    parts = said.get(column, "").split(";")
    return [part.strip() if strip else part for part in parts if part.strip()]


def _date(said: dict[str, str], column: str) -> str:
    """YYYYMMDD of an ISO date."""
    return said.get(column, "").replace("-", "")


_SUFFIX = re.compile(r",\s*(Jr\.|Sr\.|II|III|IV|deceased)\s*$", re.IGNORECASE)


def _person(name: str) -> str:
    """The name with the last name first: James W. Widenhofer is Widenhofer, James W."""
    match = _SUFFIX.search(name)
    plain = name[: match.start()] if match else name
    first, _, last = one_line(plain).rpartition(" ")
    return ", ".join(filter(None, (last, first, match[1] if match else "")))


_OPENING = re.compile(r"\A\s*(?:(?:What|That which|I|We|The invention)\b[^:]{0,200}?(?:claimed|claim|is)[^:]{0,80}:)?\s*", re.IGNORECASE)


_NUMBERED = re.compile(r"(?:(?<=[.;:,)\]\sa-z])|\A)([0-9]{1,3})\s*\.\s+(?=[A-Z(\[])")


def claims(text: str) -> list[Claim]:
    """The claims of one running text in which each begins with its number and the lines were joined without a blank.

    The numbers must follow one another, so a number inside a claim ("12. 5 mm") begins no new one unless it is the one expected.
    """
    opening = _OPENING.match(text)
    body = text[opening.end() :] if opening else text
    starts: list[tuple[int, int]] = []
    for match in _NUMBERED.finditer(body):
        if int(match[1]) == len(starts) + 1:
            starts.append(match.span())
    if not starts:
        only = one_line(body)
        return [Claim(1, only, ())] if only else []
    ends = [start for start, _ in starts[1:]] + [len(body)]
    found = []
    for number, ((_, begin), end) in enumerate(zip(starts, ends, strict=True), start=1):
        claim = one_line(body[begin:end])
        found.append(Claim(number, claim, claims_referred(claim, number)))
    return found
