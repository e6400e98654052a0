"""What a reader yields: publications with their parts, conveyances and legal events, each with its place in the source."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple


class Place(NamedTuple):
    """Where a raw record lies: file name (archive members as "outer.zip!inner.xml"), byte offset and length in the unpacked file, SHA-256."""

    source_file: str
    offset: int
    length: int
    sha256: str


class Claim(NamedTuple):
    """One claim: number from 1, text, numbers of the claims it depends on (empty: independent)."""

    number: int
    text: str
    depends_on: tuple[int, ...]


class Citation(NamedTuple):
    """One cited document. `kind_of` patent | npl; `category` examiner | applicant | other | "" ; `relevance` X, Y, A …; `phase` search, examination …"""

    sequence: int
    kind_of: str
    office: str
    number: str
    kind: str
    date: dt.date | None
    category: str
    relevance: str
    phase: str
    raw: str


class Party(NamedTuple):
    """One party of a publication. `role` applicant | owner | inventor | agent; organizations keep names; `std_name` is a vendor's or office's normalized form."""

    role: str
    sequence: int
    name: str
    std_name: str
    is_organization: bool | None
    country: str
    region: str
    city: str
    kind_code: str


class Classification(NamedTuple):
    """One classification symbol. `scheme` ipc | cpc | locarno | uspc | loc; `symbol` normalized such as "G06F 3/0481"; first = main."""

    scheme: str
    sequence: int
    symbol: str
    subclass: str
    is_main: bool
    is_inventive: bool | None
    edition: str
    raw: str


class Priority(NamedTuple):
    """One priority or related application. `relation` priority | continuation | division | cip | pct | provisional …"""

    sequence: int
    relation: str
    office: str
    number: str
    date: dt.date | None


class FamilyMember(NamedTuple):
    """One family member as the source states it. `model` docdb | inpadoc | vendor-simple | vendor-extended."""

    model: str
    family_id: str
    office: str
    number: str
    kind: str
    date: dt.date | None


class VendorOpinion(NamedTuple):
    """A third party's score or value: never mixed into our own grade."""

    vendor: str
    name: str
    value: str
    date: dt.date | None


@dataclass(slots=True, kw_only=True)
class Publication:
    """One publication (or application record) with everything the source says of it.

    `office` ISO code; `number` normalized without office and kind; `kind` kind code; `key` = office-number-kind.
    `patent_type` invention | utility_model | design | plant | reissue | sir | defensive; `stage` grant | application.
    `description` is text, or its UTF-8 as a reader of large files has it.
    """

    place: Place
    format: str
    office: str
    number: str
    kind: str
    number_raw: str = ""
    application_number: str = ""
    application_number_raw: str = ""
    patent_type: str = "invention"
    stage: Literal["grant", "application"] = "grant"
    title: str = ""
    title_lang: str = ""
    title_zh: str = ""
    title_en: str = ""
    abstract: str = ""
    abstract_lang: str = ""
    description: str | bytes | memoryview = ""
    filing_date: dt.date | None = None
    publication_date: dt.date | None = None
    grant_date: dt.date | None = None
    priority_date: dt.date | None = None
    claim_count: int | None = None
    page_count: int | None = None
    family_id: str = ""
    status_claimed: str = ""
    status_claimed_on: dt.date | None = None
    dates_raw: str = ""
    claims: Sequence[Claim] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    classifications: list[Classification] = field(default_factory=list)
    priorities: list[Priority] = field(default_factory=list)
    family: list[FamilyMember] = field(default_factory=list)
    opinions: list[VendorOpinion] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Office-number-kind such as US-8418361-B2; the application number stands in where no publication number is known."""
        return f"{self.office}-{self.number or self.application_number}-{self.kind}"


@dataclass(slots=True, kw_only=True)
class LegalEvent:
    """One dated event on a right. `code` the office's code; `kind` our word (TRANSFER, LICENSE, PLEDGE, GRANT, LAPSE …) or "".

    `date` is the gazette or announcement day, `effective_date` the day it takes effect; `influence` + | - | "" as the code table says.
    """

    place: Place
    format: str
    office: str
    number: str
    number_kind: str
    code: str
    kind: str
    date: dt.date | None
    effective_date: dt.date | None = None
    from_party: str = ""
    to_party: str = ""
    text: str = ""
    influence: str = ""
    code_class: str = ""
    application_number: str = ""
    alignment: Literal["certain", "uncertain"] = "certain"
    extra: dict[str, str] = field(default_factory=dict)


class ConveyedProperty(NamedTuple):
    """One patent or application named by a conveyance."""

    application_number: str
    patent_number: str
    publication_number: str
    pct_number: str
    title: str
    filing_date: dt.date | None
    issue_date: dt.date | None


@dataclass(slots=True, kw_only=True)
class Conveyance:
    """One recorded conveyance (a reel/frame at the USPTO). `kind` TRANSFER | LIEN | LIEN_RELEASE | MERGER | NAME_CHANGE | LICENSE …"""

    place: Place
    format: str
    office: str
    key: str
    kind: str
    text: str
    code: str = ""
    recorded_date: dt.date | None = None
    execution_date: dt.date | None = None
    assignors: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    releases: list[str] = field(default_factory=list)
    property_count: int | None = None
    properties: list[ConveyedProperty] = field(default_factory=list)
