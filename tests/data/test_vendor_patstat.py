"""PATSTAT tables: known by their columns, read where a row names its publication, refused where it holds only ids."""

import datetime as dt

import pytest

from langqiao.data.formats import detect, patstat
from langqiao.data.formats.model import LegalEvent, Publication
from langqiao.data.formats.source import Input, Rejected

APPLICATIONS = "appln_id,appln_auth,appln_nr,appln_kind,appln_filing_date,ipr_type,docdb_family_id,granted,earliest_filing_date"


def read(text):
    data = text.encode()
    assert detect.entry(data, "x.csv").name == "patstat"
    return list(patstat.read(Input.of_bytes(data, "x.csv")))


def test_applications_are_read_with_their_ids():
    (patent,) = read(f"{APPLICATIONS}\n55,US,201113167395,A ,2011-06-23,PI,777,Y,9999-12-31\n")
    assert isinstance(patent, Publication)
    assert (patent.office, patent.number, patent.application_number) == ("US", "", "13167395")
    assert (patent.filing_date, patent.priority_date, patent.family_id) == (dt.date(2011, 6, 23), None, "777")
    assert patent.extra["appln_id"] == "55"


def test_publications_joined_with_applications_have_both_numbers():
    header = "pat_publn_id,publn_auth,publn_nr,publn_kind,publn_date,publn_first_grant,publn_claims," + APPLICATIONS
    patent, other = read(
        f"{header}\n9,CN,102329749,B,2013-02-06,Y,8,55,CN,201110252867,A,2011-08-30,PI,777,Y,2011-08-30\n"
        "10,CN,209098573,U,2019-07-12,1,0,56,CN,201821276033,U,2018-08-08,UM,0,Y,2018-08-08\n"
    )
    assert (patent.key, patent.application_number, patent.grant_date) == ("CN-102329749-B", "201110252867.2", dt.date(2013, 2, 6))
    assert (patent.claim_count, patent.extra["pat_publn_id"], patent.stage) == (8, "9", "grant")
    assert (other.patent_type, other.claim_count, other.family_id) == ("utility_model", None, "")


def test_legal_events_keep_the_application_they_belong_to():
    header = "event_id,appln_id,event_auth,event_code,event_publn_date,event_effective_date,party_new,party_old,event_text"
    (event,) = read(f"{header}\n1,55,EP,PG25,2012-01-31,9999-12-31,,,lapsed\n")
    assert isinstance(event, LegalEvent)
    assert (event.office, event.code, event.date, event.effective_date) == ("EP", "PG25", dt.date(2012, 1, 31), None)
    assert event.extra["appln_id"] == "55"


@pytest.mark.parametrize(
    "header", ["pat_publn_id,citn_id,cited_pat_publn_id", "appln_id,nace2_code,weight", "ipc_maingroup_symbol,techn_field_nr"]
)
def test_a_table_of_ids_is_refused_with_what_to_join(header):
    (refused,) = read(f"{header}\n1,2,3\n")
    assert isinstance(refused, Rejected)
    assert refused.problems[0].code == "table_of_ids"
    assert "joined with tls201 or tls211" in refused.problems[0].message


def test_a_row_without_any_number_is_refused():
    (refused,) = read(f"{APPLICATIONS}\n0,,,,9999-12-31,,0,N,9999-12-31\n")
    assert (refused.problems[0].code, refused.problems[0].row) == ("number_missing", 2)
