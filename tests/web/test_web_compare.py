"""Patents side by side and claim sets word by word: nothing lost, nothing invented, differences marked, unknown said."""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from langqiao.data.lake.ingest import ingest
from langqiao.data.lake.store import Lake
from langqiao.web.common.problem_words import sentences
from langqiao.web.patents import reading
from langqiao.web.patents.claimdiff import ALIGNED_MAX, claim_pairs, counts, diff, pieces
from langqiao.web.patents.compare import Cell, Line
from langqiao.web.patents.view import others_with_claims, patent_get

KEYS = ("CN-102329749-B", "CN-107190516-B", "CN-101035548-B")
WORDS = st.lists(
    st.sampled_from(["一种", "桥梁", "装置", "其特征在于", "the", "bridge", " ", ",", "。", "10", "mm", "A/B"]), max_size=30
).map("".join)


@given(WORDS, WORDS)
def test_the_runs_of_a_diff_give_both_texts_back_to_the_letter(first, second):
    parts = diff(first, second)
    assert "".join(part.text for part in parts if part.kind != "in") == first
    assert "".join(part.text for part in parts if part.kind != "out") == second


@given(st.text(max_size=200))
def test_the_pieces_of_any_text_joined_are_the_text(text):
    assert "".join(pieces(text)) == text


def test_a_chinese_sentence_is_compared_by_words_and_an_english_one_too():
    changed = [part for part in diff("一种桥梁监测装置", "一种桥梁检修装置") if part.kind != "same"]
    assert [(part.kind, part.text) for part in changed] == [("out", "监测"), ("in", "检修")]
    changed = [part for part in diff("a bridge of two steel beams", "a bridge of three steel beams") if part.kind != "same"]
    assert [(part.kind, part.text) for part in changed] == [("out", "two"), ("in", "three")]


def claim(number, text):
    return {"number": number, "text": text}


def test_a_claim_put_between_two_leaves_the_others_paired_with_their_like():
    first = [claim(1, "A bridge comprising a deck and two towers."), claim(2, "The bridge of claim 1, wherein the deck is of timber.")]
    second = [
        claim(1, "A bridge comprising a deck and three towers."),
        claim(2, "A ferry with an electric drive and a ramp at both ends."),
        claim(3, "The bridge of claim 1, wherein the deck is of timber."),
    ]
    pairs = claim_pairs(first, second)
    assert [(pair.first and pair.first["number"], pair.second and pair.second["number"], pair.state) for pair in pairs] == [
        (1, 1, "changed"),
        (None, 2, "added"),
        (2, 3, "same"),
    ]
    assert counts(pairs) == {"same": 1, "changed": 1, "deleted": 0, "added": 1}


@given(st.lists(WORDS, max_size=8), st.lists(WORDS, max_size=8))
def test_every_claim_of_both_sets_stands_in_one_pair_in_its_order(first, second):
    pairs = claim_pairs([claim(n, text) for n, text in enumerate(first, 1)], [claim(n, text) for n, text in enumerate(second, 1)])
    assert [pair.first["number"] for pair in pairs if pair.first] == list(range(1, len(first) + 1))
    assert [pair.second["number"] for pair in pairs if pair.second] == list(range(1, len(second) + 1))


def test_very_long_sets_are_paired_by_number():
    first = [claim(n, f"Claim {n}.") for n in range(1, ALIGNED_MAX + 2)]
    assert [pair.state for pair in claim_pairs(first, first[:1])] == ["same"] + ["deleted"] * ALIGNED_MAX


def test_what_is_unknown_is_no_difference():
    assert not Line(word="x", cells=[Cell(text="1"), Cell(text=""), Cell(text="1")]).differs
    assert Line(word="x", cells=[Cell(text="1"), Cell(text="2")]).differs


@pytest.mark.django_db
@pytest.mark.usefixtures("facts_lake")
def test_patents_stand_side_by_side_with_their_evidence_and_what_is_missing_said(client):
    client.cookies["django_language"] = "en"
    answer = client.get("/compare", {"item": KEYS})
    assert answer.status_code == 200
    words = [group.word for group in answer.context["groups"]]
    assert words[:3] == ["Right", "Dates", "Content"] and "Grade by scheme" in words and "Value" in words
    assert all(len(line.cells) == len(KEYS) for group in answer.context["groups"] for line in group.lines)
    page = answer.content.decode()
    filed = next(line for group in answer.context["groups"] for line in group.lines if line.word == "Filed")
    assert filed.cells[0].text == "" and 'class="unknown"' in page
    marks = set(re.findall(r'href="(/evidence/[^"]+)"', page))
    assert len(marks) > 10 and all(client.get(mark.replace("&amp;", "&")).status_code == 200 for mark in marks)


@pytest.mark.django_db
@pytest.mark.usefixtures("facts_lake")
def test_only_lines_that_differ_are_left_when_asked_for(client):
    page = client.get("/compare", {"item": KEYS, "only": "differences"}).content.decode()
    body = page[page.index('class="compare"') :]
    assert '<tr class="differs">' in body and "<tr >" not in body


@pytest.mark.django_db
@pytest.mark.usefixtures("facts_lake")
@pytest.mark.parametrize("count", [1, 7])
def test_one_patent_or_seven_are_refused(client, count):
    answer = client.get("/compare", {"item": [f"CN-{n}-B" for n in range(count)]})
    assert answer.status_code == 409 and answer.context["told"].code == "compare_count"


@pytest.mark.django_db
@pytest.mark.usefixtures("facts_lake")
def test_a_set_of_claims_that_the_lake_does_not_hold_is_not_compared(client):
    answer = client.get(reverse("claims_diff", args=KEYS[:2]))
    assert answer.status_code == 409 and answer.context["told"].code == "claims_missing"


REAL = Path("/work/shared/data/us_fulltext/weekly_2001_2004")
FAMILY = ("US-20010054199-A1", "US-20040000010-A1")
"""Two applications on one plant variety that claim the same provisional application of March 2000."""


@pytest.mark.django_db
@pytest.mark.skipif(not REAL.is_dir(), reason="the shared development data are not here")
def test_the_claims_of_a_real_family_stand_word_by_word_against_each_other(client, tmp_path, monkeypatch):
    lake = Lake(tmp_path / "lake")
    ingest([REAL / "applications_2001_pap_v1.xml.gz", REAL / "applications_2004_pap_v1.xml.gz"], lake)
    monkeypatch.setattr(reading, "site_lake", lambda: lake)
    patent = patent_get(lake, FAMILY[0])
    assert [row["key"] for row in others_with_claims(patent)] == [FAMILY[1]]
    assert [row["key"] for row in others_with_claims(patent_get(lake, FAMILY[1]))] == [FAMILY[0]]
    client.cookies["django_language"] = "en"
    tab = client.get(f"/patents/{FAMILY[0]}/claims").content.decode()
    assert reverse("claims_diff", args=[FAMILY[1], FAMILY[0]]) in tab
    answer = client.get(reverse("claims_diff", args=FAMILY))
    told = answer.context["counts"]
    assert answer.status_code == 200 and sum(told.values()) == len(answer.context["pairs"])
    assert told["same"] + told["changed"] + told["deleted"] == len(patent.rows("claims"))
    assert told["changed"] + told["added"] + told["deleted"] > 0, "the later application claims something else"


def test_every_code_of_a_data_problem_has_a_sentence_in_both_languages():
    from tests.web.problem_codes import FOLDERS, SOURCE, codes

    found = codes()
    assert len(found) > 80
    assert {code: place for code, place in found.items() if code not in sentences()} == {}
    assert all(words["zh"] and words["en"] and re.search("[\u4e00-\u9fff]", words["zh"]) for words in sentences().values())
    source = "".join(path.read_text(encoding="utf-8") for folder in (*FOLDERS, "data") for path in SOURCE.joinpath(folder).rglob("*.py"))
    assert [code for code in sentences() if f'"{code}"' not in source] == [], "a sentence for a code that nothing gives"
