"""The chain: any change of any link, any deletion, insertion or swap breaks it; the text that is hashed has one form only."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langqiao.engine.record.canonical import DEPTH_MAX, LENGTH_MAX, canonical, is_canonical
from langqiao.engine.record.chain import GENESIS, TEXTS, Link, link_hash, problems
from langqiao.engine.record.head import Head, head_of

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcdefg", max_size=3), inner, max_size=3),
    max_leaves=8,
)


def chain(payloads):
    made, previous = [], GENESIS
    for seq, payload in enumerate(payloads, 1):
        link = Link(
            seq=seq,
            at="2026-11-24T03:43:46.123456Z",
            actor=f"user/{seq % 2}",
            action="test.said",
            subject='deal/"1"',
            parties="[7]",
            payload=canonical(payload),
            prev_hash=previous,
        ).sealed()
        made.append(link)
        previous = link.hash
    return made


@given(VALUES)
def test_the_canonical_text_is_canonical_and_says_the_value(value):
    text = canonical(value)
    assert is_canonical(text)
    assert canonical(json.loads(text)) == text


@given(st.dictionaries(st.text("abcdé", max_size=4), st.integers(), max_size=6))
def test_the_order_of_keys_does_not_matter(value):
    assert canonical(value) == canonical(dict(reversed(value.items())))


def test_letters_that_look_the_same_are_the_same():
    assert canonical({"e\u0301": "e\u0301"}) == canonical({"é": "é"}) == '{"é":"é"}'


@pytest.mark.parametrize(
    "value", [1.0, float("nan"), b"x", {1: 2}, {"a": {"b": object()}}, "\udc80", {"é": 1, "e\u0301": 2}, "x" * (LENGTH_MAX + 1)]
)
def test_what_has_no_single_form_is_refused(value):
    with pytest.raises(ValueError):
        canonical(value)


def test_a_value_nested_too_deep_is_refused():
    value = []
    for _ in range(DEPTH_MAX + 1):
        value = [value]
    with pytest.raises(ValueError):
        canonical(value)


@pytest.mark.parametrize("text", ['{"a": 1}', '{"b":1,"a":2}', "1.5", "[1,]", '"\\u0041"', '"e\u0301"', "[" * 100_000])
def test_any_other_writing_is_not_canonical(text):
    assert not is_canonical(text)


def test_the_content_of_a_link_is_the_canonical_json_of_its_fields():
    (link,) = chain([{"n": 1, "名": ["é"]}])
    told = {name: getattr(link, name) for name in ("action", "actor", "at", "subject")}
    assert link.body() == canonical({**told, "parties": json.loads(link.parties), "payload": json.loads(link.payload)})
    assert link.hash == link_hash(GENESIS, 1, link.body())


@given(st.lists(VALUES, min_size=1, max_size=6), st.data())
def test_a_chain_is_sound_and_any_changed_letter_breaks_it(payloads, data):
    links = chain(payloads)
    assert list(problems(links)) == []
    place, name = data.draw(st.integers(0, len(links) - 1)), data.draw(st.sampled_from(TEXTS))
    text = getattr(links[place], name)
    at = data.draw(st.integers(0, len(text) - 1)) if text else 0
    changed = text[:at] + chr(ord(text[at]) ^ 1 if text else 65) + text[at + 1 :]
    links[place] = replace(links[place], **{name: changed})
    assert list(problems(links))


@given(st.integers(2, 8), st.data())
def test_a_deletion_an_insertion_and_a_swap_break_the_chain(size, data):
    links = chain([{"n": n} for n in range(size)])
    place = data.draw(st.integers(0, size - 2))
    assert list(problems(links[:place] + links[place + 1 :]))
    assert list(problems([*links[: place + 1], links[place], *links[place + 1 :]]))
    assert list(problems([*links[:place], links[place + 1], links[place], *links[place + 2 :]]))


@given(st.integers(2, 8), st.data())
def test_renumbering_after_a_deletion_does_not_hide_it(size, data):
    links = chain([{"n": n} for n in range(size)])
    place = data.draw(st.integers(0, size - 2))
    left = links[:place] + links[place + 1 :]
    assert list(problems(replace(link, seq=seq) for seq, link in enumerate(left, 1)))


def test_a_chain_can_be_checked_from_a_known_link_on():
    links = chain([{}, {}, {}])
    assert list(problems(links[1:], after=1, prev_hash=links[0].hash)) == []
    assert [problem.code for problem in problems(links[1:])] == ["record_gap", "record_chain_broken"]


@pytest.mark.parametrize("changed", [{"payload": None}, {"actor": 7}, {"prev_hash": "zz"}, {"seq": -1}, {"seq": 1 << 70}, {"seq": "1"}])
def test_a_link_of_wrong_types_is_not_sound_and_does_not_stop_the_check(changed):
    assert "record_changed" in {problem.code for problem in problems([replace(chain([{}])[0], **changed)])}


def head():
    return Head(
        size=3,
        root="ab" * 32,
        last_hash="cd" * 32,
        at="2026-11-24T00:00:00.000000Z",
        public_key="ef" * 32,
        also=(("ledger", 2, "11" * 32),),
    )


def test_a_head_reads_back_from_its_signed_text():
    assert head_of(json.loads(head().body())) == head()


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "x"},
        {"size": 0},
        {"size": True},
        {"size": "3"},
        {"root": 3},
        {"key": "0" * 16},
        {"also": {}},
        {"also": [["ledger", "2", "x"]]},
    ],
)
def test_a_text_that_is_no_head_is_refused(changed):
    with pytest.raises(ValueError):
        head_of(json.loads(head().body()) | changed)


@pytest.mark.parametrize("name", ["size", "root", "last_hash", "at", "public_key", "tree", "algorithm", "also"])
def test_a_head_that_lacks_a_field_is_refused(name):
    told = json.loads(head().body())
    del told[name]
    with pytest.raises(ValueError):
        head_of(told)
