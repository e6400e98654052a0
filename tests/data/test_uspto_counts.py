"""The counts of the real files, as their README states them."""

from collections import Counter

import pytest

from langqiao.data.formats.source import Rejected, Skipped
from tests.uspto_shared import FULLTEXT, WEEK_1976, data_of, full, needs_real_files, publications, read

pytestmark = needs_real_files


@pytest.fixture(scope="module")
def grants():
    files = sorted((FULLTEXT / "grants_concatenated").glob("*.gz"))
    assert len(files) == 10
    return [record for path in files for record in read(data_of(path), path.name)]


def test_the_ten_concatenated_files_hold_421_patents_and_five_sequence_listings(grants):
    found = publications(grants)
    assert Counter(record.patent_type for record in found) == {"invention": 199, "design": 220, "plant": 1, "sir": 1}
    assert sum(isinstance(record, Skipped) for record in grants) == 5
    assert not [record for record in grants if isinstance(record, Rejected)]
    assert len({record.key for record in found}) == 421


def test_their_claims_citations_and_owners_are_counted(grants):
    found = publications(grants)
    assert sum(len(record.claims) for record in found) == 3_346
    assert sum(len(record.citations) for record in found) == 10_395
    assert sum(any(party.role == "owner" for party in record.parties) for record in found) == 363


def test_every_grant_has_the_fields_that_every_grant_has(grants):
    for record in publications(grants):
        assert record.number
        assert record.kind
        assert record.title
        assert record.filing_date <= record.publication_date == record.grant_date
        assert record.claims[0].text
        assert record.description
        assert record.claim_count == len(record.claims)
        assert any(party.role == "inventor" for party in record.parties)
        assert any(symbol.is_main for symbol in record.classifications)
        assert bool(record.abstract) == (record.patent_type != "design")


def test_a_claim_depends_only_on_earlier_claims(grants):
    for record in publications(grants):
        numbers = {claim.number for claim in record.claims}
        assert len(numbers) == len(record.claims)
        for claim in record.claims:
            assert set(claim.depends_on) <= numbers - {claim.number}
    dependent = sum(bool(claim.depends_on) for record in publications(grants) for claim in record.claims)
    assert 2_500 < dependent < 3_000


@pytest.mark.parametrize(
    ("name", "count", "kinds"),
    [
        ("applications_2001_pap_v1.xml.gz", 40, {"A1"}),
        ("applications_2004_pap_v1.xml.gz", 41, {"A1"}),
        ("grants_2001_v24.xml.gz", 23, {"B1", "B2"}),
        ("grants_2004_v25.xml.gz", 9, {"S1"}),
    ],
)
def test_the_weeks_of_2001_and_2004(name, count, kinds):
    records = read(full(name), name)
    found = publications(records)
    assert len(found) == count == len({record.key for record in found})
    assert {record.kind for record in found} <= kinds
    assert not [record for record in records if isinstance(record, Rejected)]
    assert all(record.title and record.claims and record.filing_date and record.description for record in found)


def test_the_week_of_1976():
    found = publications(read(data_of(WEEK_1976 / "patents_1976w1.jsonl.gz")))
    assert len(found) == 1_379
    assert Counter(record.patent_type for record in found) == {"invention": 1_374, "reissue": 5}
    assert sum(any(party.role == "owner" for party in record.parties) for record in found) == 1_187
    assert len({citation.number for record in found for citation in record.citations}) == 6_266
    assert all(record.claims for record in found)
    assert {record.kind for record in found} == {"A", "E"}
