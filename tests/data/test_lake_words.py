"""Counting words in compiled code gives what the written rule gives."""

import re

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from langqiao.data.lake.words import word_counts

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
WORD = re.compile(rf"[{CJK}]|[^\s{CJK}]+")
"""The rule: a character of these scripts, or a run of others without a blank."""

TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(" \t\n\u3000\xa0一二ア가a“—."), max_size=60)


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=8))
def test_the_compiled_count_is_the_count_of_the_rule(texts):
    assert word_counts(pa.array(texts, pa.string())).tolist() == [len(WORD.findall(text)) for text in texts]


def test_a_part_of_an_array_is_counted_as_such():
    texts = pa.array(["one", "two words", "一種 device", ""], pa.string())
    assert word_counts(texts.slice(1, 2)).tolist() == [2, 3]
    assert word_counts(pa.array([], pa.string())).tolist() == []
