"""The graph of citations: two levels, the same owner hollow, every edge between two patents that stand there."""

from types import SimpleNamespace

import pytest

from langqiao.web.patents import graph, records


def publication(key):
    office, number, _kind = key.split("-")
    return {"key": key, "office": office, "number": number, "title": f"Title of {key}", "citing_title": f"Title of {key}"}


def cites(key):
    row = publication(key)
    return {"held": row, "cited_office": row["office"], "cited_number": row["number"], "cited_kind": "A"}


@pytest.fixture
def patent(monkeypatch):
    """A patent that cites 2 and 3 and is cited by 4; 2 cites 5, 3 cites 5 and 6, 7 cites 4; 6 has the same owner."""
    monkeypatch.setattr(records, "owners_of", lambda _lake, _keys: {"US-6-A": {"Bridge Co"}, "US-2-A": {"Other Co"}})
    second = [("US-2-A", publication("US-5-A")), ("US-3-A", publication("US-5-A")), ("US-3-A", publication("US-6-A"))]
    monkeypatch.setattr(records, "cited_by_each", lambda _lake, keys, limit: [row for row in second if row[0] in keys][:limit])
    monkeypatch.setattr(records, "citing_each", lambda _lake, rows, limit: [("US-4-A", "US-7-A")][:limit] if rows else [])
    monkeypatch.setattr(graph, "_publications", lambda _lake, keys: [publication(key) for key in keys])
    return SimpleNamespace(key="US-1-A", lake=None, owners=[{"std_name": "", "name": "Bridge Co"}])


def test_the_second_level_stands_outside_each_patent_once_and_the_same_owner_is_hollow(patent):
    drawn = graph.citation_graph(patent, [cites("US-2-A"), cites("US-3-A")], [publication("US-4-A")])
    by_key = {node.key: node for node in drawn.nodes if node.key}
    assert sorted(by_key) == [f"US-{n}-A" for n in range(2, 8)] and len(drawn.nodes) == 7
    assert by_key["US-6-A"].kind == "self" and by_key["US-2-A"].kind == by_key["US-5-A"].kind == "held"
    assert by_key["US-5-A"].x < by_key["US-2-A"].x < drawn.nodes[0].x < by_key["US-4-A"].x < by_key["US-7-A"].x
    assert len(drawn.edges) == 3 + 3 + 1
    heights = {node.y for node in drawn.nodes}
    assert all(y1 in heights and y2 in heights and x1 < x2 for x1, y1, x2, y2 in drawn.edges)
    assert all(0 < node.x < drawn.width and 0 < node.y < drawn.height for node in drawn.nodes)


def test_without_a_second_level_the_titles_stand_beside_the_numbers(patent, monkeypatch):
    monkeypatch.setattr(records, "cited_by_each", lambda _lake, _keys, limit: [][:limit])
    drawn = graph.citation_graph(patent, [cites("US-2-A")], [])
    assert [node.title for node in drawn.nodes] == ["", "Title of US-2-A"] and drawn.left_out == 0


def test_a_patent_with_no_citations_has_no_graph(patent):
    assert graph.citation_graph(patent, [], []) is None
