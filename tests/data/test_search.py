"""Search finds Chinese and English patents by word, part of a word, phrase, field, number and filter, and says how it read the query."""

import datetime as dt

import pytest

from langqiao.data.search import similar, vectors
from langqiao.data.search.index import IndexDocument, build, symbol_prefixes
from langqiao.data.search.query import Filters, search
from langqiao.data.search.text import cut, join

DOCUMENTS = [
    IndexDocument(
        key="CN-101-B", numbers=["CN101"], title="一种锂电池的充电方法及装置", abstract="本发明公开了一种锂电池<充电>方法，提高安全性。",
        owners=["某某新能源科技股份有限公司"], office="CN", patent_type="invention", ipc=["H01M 10/44"], filed=dt.date(2019, 1, 2), status="in_force",
    ),
    IndexDocument(
        key="US-202-B2", numbers=["US202"], title="Battery charging method", abstract="A method of charging lithium batteries & cells.",
        claims="1. A method comprising a charger.", owners=["Example Motors Inc."], office="US", patent_type="invention", ipc=["H02J 7/00"],
        filed=dt.date(2018, 1, 2), published=dt.date(2020, 5, 5), status="lapsed",
    ),
    IndexDocument(key="US-D303-S", numbers=["USD303"], title="Chair", office="US", patent_type="design", filed=dt.date(2010, 1, 2)),
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("search") / "text"
    assert build(place, DOCUMENTS) == 3
    return place


def keys(found):
    return [hit.key for hit in found.hits]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("锂电池", ["CN-101-B"]),
        ("电池", ["CN-101-B"]),  # a part of a longer word
        ("ti:电池", ["CN-101-B"]),
        ("charge", ["US-202-B2"]),  # the stem of charging
        ('"lithium batteries"', ["US-202-B2"]),
        ('"batteries lithium"', []),
        ("owner:example", ["US-202-B2"]),
        ("cl:charger", ["US-202-B2"]),
        ("ti:charger", []),
        ("ipc:H01M10", ["CN-101-B"]),
        ("ipc:H01", ["CN-101-B"]),
        ("method -lithium", []),
        ("<script>alert(x)</script>", []),
    ],
)
def test_a_query_finds_what_it_says(folder, text, expected):
    assert keys(search(folder, text)) == expected


def test_when_no_patent_has_every_word_any_word_counts_and_the_page_can_say_so(folder):
    found = search(folder, "锂电池 cells")
    assert sorted(keys(found)) == ["CN-101-B", "US-202-B2"]
    assert found.relaxed
    assert found.understood == "|锂电池 |cell"


def test_highlights_mark_words_and_escape_the_rest(folder):
    hit = search(folder, "充电").hits[0]
    assert "<b>充电</b>" in hit.title
    assert "&lt;" in hit.snippet
    assert "<充" not in hit.snippet


def test_filters_narrow_and_facets_count_what_is_left(folder):
    found = search(folder, "", filters=Filters(values={"office": ["US"]}))
    assert found.total == 2
    assert dict(found.facets["patent_type"]) == {"invention": 1, "design": 1}
    assert keys(search(folder, "", filters=Filters(filed_from=dt.date(2018, 1, 2), filed_to=dt.date(2018, 12, 31)))) == ["US-202-B2"]


def test_an_unknown_filter_and_a_query_beyond_the_limits_are_named(folder):
    with pytest.raises(ValueError, match="no filter 'colour'"):
        search(folder, "", filters=Filters(values={"colour": ["red"]}))
    with pytest.raises(ValueError, match="2001 characters"):
        search(folder, "x" * 2001)
    with pytest.raises(ValueError, match="beyond"):
        search(folder, "x", page=10_000)


def test_without_an_index_the_way_out_is_told(tmp_path):
    with pytest.raises(FileNotFoundError, match="langqiao index"):
        search(tmp_path / "nothing", "x")


def test_an_index_is_rebuilt_beside_the_old_one_and_readers_see_the_new(tmp_path):
    place = tmp_path / "text"
    build(place, DOCUMENTS[:1])
    assert search(place, "").total == 1
    build(place, DOCUMENTS)
    assert search(place, "").total == 3


def test_cut_text_joins_back_to_what_was_written():
    text = "一种基于5G的物联网 IoT 方法（改进）"
    assert join(cut(text)) == "一种基于5G的物联网 IoT 方法(改进)"


def test_symbols_are_found_by_every_level():
    assert symbol_prefixes("G06F 3/0481") == ["G", "G06", "G06F", "G06F3", "G06F3/0481"]


def test_a_patent_in_the_other_language_is_near_in_meaning(folder, tmp_path):
    place = tmp_path / "vectors"
    texts = [(d.key, f"{d.title} {d.abstract}") for d in DOCUMENTS]
    assert vectors.build(place, texts) == 3
    assert similar.similar(folder, place, "CN-101-B")[0].key == "US-202-B2"
    assert similar.similar(folder, place, "CN-404-B") == []
    near = similar.semantic(folder, place, "battery charger", count=3)
    assert {found.key for found in near[:2]} == {"CN-101-B", "US-202-B2"}


def test_unchanged_texts_keep_their_vectors(tmp_path, monkeypatch):
    vectors.build(tmp_path, [("a", "one text"), ("b", "another text")])
    monkeypatch.setattr(vectors, "encode", lambda _: pytest.fail("nothing is new"))
    assert vectors.build(tmp_path, [("b", "another text"), ("a", "one text")]) == 2
