"""The results page: by words, by meaning or by both, in a chosen order, with chosen columns; what is marked leaves as a file."""

import csv
import io
import json
import re

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from langqiao.data.search import stage, vectors
from langqiao.data.search.query import ORDERS
from langqiao.web.common import fragments

KEY, OTHER = "CN-102329749-B", "CN-107190516-B"
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def indexed(facts_lake):
    """The facts' lake with its text index, without vectors."""
    from django.utils import timezone

    stage.build(facts_lake, timezone.localdate())
    return facts_lake


@pytest.fixture
def english(client):
    fragments.forget()
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def with_vectors(indexed, monkeypatch):
    """Vectors by a rule that needs no model: the share of letters that a text has in common with the query stands for meaning."""
    folder = indexed.root / "search" / "vectors"

    def encode(texts):
        import numpy as np

        found = np.zeros((len(texts), vectors.DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            for letter in text.lower():
                found[row, ord(letter) % vectors.DIMENSIONS] += 1
        return found / np.linalg.norm(found, axis=1, keepdims=True)

    monkeypatch.setattr(vectors, "encode", encode)
    monkeypatch.setattr(vectors, "available", lambda: True)
    rows = indexed.table("publications").select("key", "title").to_pyarrow().to_pylist()
    vectors.build(folder, sorted((row["key"], row["title"]) for row in rows if row["title"]))
    yield indexed
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def hits(answer):
    return re.findall(r'name="item" value="([^"]+)"', answer.content.decode())


@pytest.mark.usefixtures("indexed")
def test_without_vectors_the_page_says_so_and_the_words_answer(english):
    answer = english.get("/search?q=apparatus&mode=both")
    assert answer.context["used"].mode == "words" and answer.context["used"].missing == "no_vectors"
    assert b"No sentence vectors were built" in answer.content
    assert hits(answer) == hits(english.get("/search?q=apparatus"))


@pytest.mark.usefixtures("with_vectors")
def test_by_meaning_the_nearest_come_first_whether_or_not_the_words_occur(english):
    title = "a method of cleaning and recovery of waste hair"
    answer = english.get("/search", {"q": title, "mode": "meaning"})
    used = answer.context["used"]
    assert used.mode == "meaning" and used.missing == "" and 0 < used.vector_count <= used.document_count
    shown = hits(answer)
    cosines = [float(text) for text in re.findall(r"cosine ([\d.]+)", answer.content.decode())]
    assert len(shown) == 25 and cosines == sorted(cosines, reverse=True)
    assert f"{used.vector_count:,} of {used.document_count:,} patents have a vector".encode() in answer.content


@pytest.mark.usefixtures("with_vectors")
def test_both_rankings_are_fused_by_reciprocal_rank(english):
    answer = english.get("/search", {"q": "apparatus method", "mode": "both"})
    ranks = [
        (int(words) if words else None, int(meaning) if meaning else None)
        for words, meaning in re.findall(
            r'<span class="note">(?:by words (\d+) · )?(?:by meaning (\d+), cosine [\d.]+)?</span>', answer.content.decode()
        )
    ]
    scores = [sum(1 / (60 + rank) for rank in pair if rank) for pair in ranks]
    assert len(scores) == 25 and scores == sorted(scores, reverse=True)
    assert any(pair[0] for pair in ranks) and any(pair[1] for pair in ranks)
    assert b"fused by reciprocal rank (k = 60)" in answer.content


@pytest.mark.usefixtures("with_vectors")
def test_the_narrowing_holds_by_meaning_too(english):
    answer = english.get("/search", {"q": "apparatus", "mode": "meaning", "patent_type": "utility_model"})
    shown = hits(answer)
    types = {row["key"]: row["patent_type"] for row in rows_of(answer, shown)}
    assert shown and set(types.values()) == {"utility_model"}


def rows_of(_answer, keys):
    from langqiao.web.common.lake import site_lake

    return site_lake().rows("publications", "key IN (SELECT unnest(?))", [keys])


@pytest.mark.usefixtures("indexed")
@pytest.mark.parametrize("order", [order for order in ORDERS if order])
def test_an_order_by_day_is_that_of_the_days(english, order):
    answer = english.get("/search", {"order": order, "col": ["filed", "published"]})
    place = {"newest": 1, "oldest": 1}.get(order, 0)
    cells = re.findall(
        r'<td class="nowrap">(?:<time datetime="([\d-]+)">[\d-]+</time>|<span class="unknown">unknown</span>)</td>', answer.content.decode()
    )
    days = [day for day in cells[place::2] if day]
    assert len(cells) == 50 and days and days == sorted(days, reverse="newest" in order)


@pytest.mark.usefixtures("indexed")
def test_columns_make_a_table_of_just_these_and_what_is_unknown_is_left_out(english):
    page = english.get("/search?q=method&col=owner&col=grade&col=nonsense").content.decode()
    heads = re.findall(r'<th scope="col"[^>]*>(?:<span[^>]*>)?([^<]+)', page[page.index("<table>") :])
    assert heads == ["Mark", "Number", "Title", "Owner", "Grade"]
    assert 'name="col" value="nonsense"' not in page


@pytest.mark.usefixtures("indexed")
def test_a_form_of_the_page_carries_the_rest_of_the_question_along(english):
    page = english.get("/search?q=method&office=CN&filed_from=2010-01-01&order=newest&col=owner&mode=words").content.decode()
    for form in re.findall(r"<form.*?</form>", page, re.DOTALL):
        if 'action="/search"' in form and "top-q" not in form:
            assert 'name="office" value="CN"' in form and "2010-01-01" in form
            assert 'name="order"' in form and 'name="col" value="owner"' in form


@pytest.mark.usefixtures("indexed")
def test_no_internal_key_is_shown_to_people(english):
    page = re.sub(
        r'(?:href|value|hx-get)="[^"]*"', "", english.get("/search?order=oldest").content.decode() + english.get("/").content.decode()
    )
    assert not re.findall(r"\b[A-Z]{2}-\d[\d.]+-[A-Z]?", page)


def test_the_marked_patents_leave_as_csv_xlsx_and_json_lines_with_their_bytes_named(english, facts_lake):
    asked = {"item": [OTHER, KEY, "US-0-A"]}
    table = list(csv.reader(io.StringIO(english.get(reverse("marked_export", args=["csv"]), asked).content.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(english.get(reverse("marked_export", args=["xlsx"]), asked).content)).active
    lines = [json.loads(line) for line in english.get(reverse("marked_export", args=["jsonl"]), asked).content.decode().splitlines()]
    assert [row[0] for row in table[1:]] == [row[0].value for row in list(sheet.rows)[1:]] == ["CN 107190516 B", "CN 102329749 B"]
    assert [line["key"] for line in lines] == [OTHER, KEY]
    line = lines[1]
    assert b"CN102329749B" in facts_lake.raw(line["source_file"], line["offset"], None or raw_length(facts_lake), sha256=line["sha256"])


def raw_length(lake):
    return lake.rows("publications", "key = ?", [KEY])[0]["length"]


@pytest.mark.parametrize(("keys", "code"), [([], "nothing_marked"), ([f"CN-{n}-B" for n in range(201)], "too_many_marked")])
def test_nothing_or_too_much_marked_is_refused_with_the_way_out(english, facts_lake, keys, code):
    answer = english.get(reverse("marked_export", args=["csv"]), {"item": keys})
    assert answer.status_code == 409 and answer.context["told"].code == code


def test_a_worker_loads_the_model_of_meaning_before_anybody_searches_by_it(monkeypatch):
    from langqiao.data.search import vectors
    from langqiao.web.patents import warming

    loaded = []
    monkeypatch.setattr(vectors, "available", lambda: True)
    monkeypatch.setattr(vectors, "encode", loaded.append)
    monkeypatch.setattr(vectors, "count", lambda _folder: 0)
    assert not warming.warm() and not loaded, "without vectors there is nothing to search by meaning"
    monkeypatch.setattr(vectors, "count", lambda _folder: 448)
    timer = warming.warm_later(0.01)
    timer.join(20)
    assert len(loaded) == 1 and timer.daemon
