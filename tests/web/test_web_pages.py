"""The pages that everybody may read: what they show, what stands behind each figure, how large they are, how many questions they ask."""

import hashlib
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from langqiao.web.common import fragments
from langqiao.web.common.templatetags.patent_words import number
from langqiao.web.patents.view import claim_tree

KEY = "CN-102329749-B"
PAGES = [
    "/",
    "/search",
    "/search?q=cells",
    f"/patents/{KEY}",
    f"/patents/{KEY}/right",
    f"/patents/{KEY}/owners",
    "/data",
    "/data/problems",
    "/data/files",
]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _with_the_lake(facts_lake):
    fragments.forget()
    return facts_lake


@pytest.mark.parametrize("address", PAGES)
def test_a_page_keeps_within_its_budget(client, address):
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert answer.status_code == 200
    assert len(answer.content) <= 150_000
    assert len(asked) <= 10


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize(("language", "tag"), [("zh-hans", "zh-Hans"), ("en", "en")])
def test_a_page_is_written_in_the_language_asked_for(client, address, language, tag):
    client.cookies["django_language"] = language
    page = client.get(address).content.decode()
    assert f'<html lang="{tag}">' in page
    assert ("检索" in page) == (language == "zh-hans")


def test_the_first_page_counts_the_lake_and_links_to_patents_it_holds(client):
    page = client.get("/").content.decode()
    assert "448" in page and "882" in page
    examples = set(re.findall(r'href="(/patents/[^"]+)"', page))
    assert examples and all(client.get(address).status_code == 200 for address in examples)


def test_a_figure_leads_to_the_bytes_of_its_record_and_they_have_the_recorded_hash(client):
    page = client.get(f"/patents/{KEY}").content.decode()
    proof = client.get(re.search(rf'href="(/evidence/{KEY}/field/title)"', page)[1]).content.decode()
    address = re.search(r'href="(/source/([0-9a-f]{64}))"', proof)
    shown = client.get(address[1])
    assert shown.context["source"].intact
    raw = client.get(address[1] + "/raw")
    assert hashlib.sha256(raw.content).hexdigest() == address[2]
    assert b"CN102329749B" in raw.content
    assert raw["Content-Type"] == "application/octet-stream" and "sandbox" in raw["Content-Security-Policy"]


def test_every_evidence_mark_of_a_patents_tabs_opens(client):
    marks = set()
    for tab in ("", "/right", "/owners", "/documents"):
        marks |= set(re.findall(r'href="(/evidence/[^"]+)"', client.get(f"/patents/{KEY}{tab}").content.decode()))
    assert len(marks) > 8
    for mark in marks:
        answer = client.get(mark.replace("&amp;", "&"))
        assert answer.status_code == 200, mark


def test_the_drawer_gets_the_part_and_a_browser_without_scripts_the_page(client):
    whole, part = client.get(f"/evidence/{KEY}/status"), client.get(f"/evidence/{KEY}/status", headers={"HX-Request": "true"})
    assert b"<html" in whole.content and b"<html" not in part.content
    assert b'class="evidence"' in part.content


def test_the_timeline_shows_the_four_pledges_of_a_patent_and_the_law_refuses_what_a_pledge_forbids(client):
    client.cookies["django_language"] = "en"
    answer = client.get(f"/patents/{KEY}/right")
    kinds = [event.kind for event in answer.context["events"]]
    assert kinds.count("PLEDGE") >= 4
    pledged = any(overlay.kind == "pledged" for overlay in answer.context["right"].overlays)
    refused = {row.operation for row in answer.context["operations"] if not row.allowed}
    assert pledged == ("abandon" in refused)


def test_an_unknown_filing_date_is_called_unknown_and_not_left_blank(client):
    client.cookies["django_language"] = "en"
    page = client.get(f"/patents/{KEY}").content.decode()
    assert re.search(r"<dt>Filed</dt><dd[^>]*><span class=\"unknown\"", page)


def test_an_unknown_patent_is_refused_with_a_sentence(client):
    answer = client.get("/patents/US-0-A")
    assert answer.status_code == 404 and "US-0-A" in answer.content.decode()


def test_a_tab_that_has_nothing_to_show_is_not_there(client):
    assert "claims" not in {tab.name for tab in client.get(f"/patents/{KEY}").context["tabs"]}
    assert client.get(f"/patents/{KEY}/claims").status_code == 302
    assert client.get(f"/patents/{KEY}/nonsense").status_code == 404


def test_bad_dates_and_pages_of_a_query_are_told_beside_the_box(client):
    answer = client.get("/search?q=x&filed_from=2026-13-45&page=-3")
    assert answer.status_code == 422 and "2026-13-45" in answer.content.decode()
    assert answer.context["query"].page == 1


def test_the_policy_of_every_page_allows_this_site_only(client):
    policy = client.get("/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy and "unsafe" not in policy
    page = client.get(f"/patents/{KEY}/right").content.decode()
    assert " style=" not in page and " onclick" not in page and "<script>" not in page
    assert not re.findall(r'(?:src|href)="https?:', page)


def test_a_page_for_a_member_is_kept_by_no_cache(logged_in):
    assert "no-store" in logged_in.get("/")["Cache-Control"]


def test_claims_hang_below_the_first_claim_they_refer_to():
    claims = [{"number": n, "depends_on": d} for n, d in ((1, []), (2, [1]), (3, [2, 1]), (4, []), (5, [6]), (6, [9]))]
    roots = claim_tree(claims)
    assert [node.row["number"] for node in roots] == [1, 4, 5, 6]
    assert [node.row["number"] for node in roots[0].children] == [2]
    assert [node.row["number"] for node in roots[0].children[0].children] == [3]


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("US-8418361-B2", "US 8,418,361 B2"),
        ("US-20230007979-A1", "US 2023/0007979 A1"),
        ("CN-102329749-B", "CN 102329749 B"),
        ("CN-00136116.3-", "CN 00136116.3"),
        ("WO-2009085664-A2", "WO 2009/085664 A2"),
        ("US-RE28436-E", "US RE28,436 E"),
        ("no key at all", "no key at all"),
    ],
)
def test_a_key_is_shown_as_people_of_its_office_write_the_number(key, shown):
    assert number(key) == shown


def test_the_first_page_puts_graded_rights_and_then_those_in_force_first(client, facts_lake):
    rows = client.get("/").context["holdings"].examples
    places = [(row["graded_"], row["status"] not in {"in_force", "granted"}) for row in rows]
    assert rows and places == sorted(places)
    assert max(sum(row["office"] == office for row in rows) for office in {row["office"] for row in rows}) <= 3


def test_what_is_kept_of_a_page_is_the_same_for_everybody_and_speaks_the_readers_language(client, people):
    client.force_login(people["editor"])
    member = client.get(f"/patents/{KEY}").content.decode()
    client.logout()
    client.cookies["django_language"] = "zh-hans"
    stranger = client.get(f"/patents/{KEY}").content.decode()
    client.cookies["django_language"] = "en"
    english = client.get(f"/patents/{KEY}").content.decode()
    body = [re.search(r'<div class="stack waits">.*</article>', page, re.DOTALL)[0] for page in (member, stranger, english)]
    assert body[0] == body[1] != body[2]
    assert "csrfmiddlewaretoken" not in body[1] and "First" not in body[1]
