"""What a replay starts from: the record of a right apart from its events, and the record of its fees."""

import datetime as dt
from dataclasses import dataclass

from langqiao.engine.kernel.evidence import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One annual or maintenance fee paid: for which patent year (US: 4, 8, 12), and the legal day of payment (Implementing Rules 111)."""

    year: int
    paid_on: dt.date
    source: Source | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeRecord:
    """The payments known, and the day up to which the record is complete: only then does a missing payment mean an unpaid fee."""

    payments: tuple[Payment, ...] = ()
    complete_to: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RightFacts:
    """A right as its publications tell it. Dates not told are None and make the answer say what is unknown.

    `is_granted_document`: the publication is a granted one, even where its date is not told.
    `patent_type`: invention | utility_model | design | plant | reissue | sir | defensive. `kind`: kind code of the publication.
    `earliest_filing_date`: US, of the earliest non-provisional parent, None if a parent without date is told.
    `has_undated_parent`: such a parent exists. `adjustment_days`: US, printed on the grant (None: not told), as are
    `printed_term_years` (designs). `owners_told_on`: the day of the publication that names the owners; earlier transfers led to them.
    """

    office: str
    number: str
    kind: str = ""
    patent_type: str
    filing_date: dt.date | None = None
    publication_date: dt.date | None = None
    grant_date: dt.date | None = None
    is_granted_document: bool = False
    owners: tuple[str, ...] = ()
    owners_told_on: dt.date | None = None
    same_day_invention: str = ""
    earliest_filing_date: dt.date | None = None
    has_undated_parent: bool = False
    adjustment_days: int | None = None
    printed_term_years: int | None = None
    terminal_disclaimer: bool = False
    designated_states: tuple[str, ...] = ()
    fees: FeeRecord = FeeRecord()
    source: Source | None = None
