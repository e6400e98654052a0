"""The evidence of a grade's leaves speaks the reader's language: every fixed phrase of the data layer has its Chinese."""

import ast
import re
from pathlib import Path

import pytest
from django.utils.translation import override

import langqiao.data
from langqiao.web.appraisals.phrases import input_word, phrase, value_word

SOURCES = ("appraisal_facts.py", "appraisal_right.py")


def fixed_phrases():
    """Every formula and note that these modules write as one literal, also through a tuple of (name, value, formula)."""
    for name in SOURCES:
        tree = ast.parse(Path(langqiao.data.__file__).parent.joinpath(name).read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg in {"formula", "note"} and isinstance(node.value, ast.Constant):
                yield node.value.value
            if isinstance(node, ast.Tuple) and len(node.elts) == 3 and isinstance(node.elts[2], ast.Constant):
                text = node.elts[2].value
                if isinstance(text, str) and " " in text:
                    yield text


def test_every_fixed_phrase_of_the_facts_has_its_chinese():
    found = sorted({text for text in fixed_phrases() if text})
    assert len(found) >= 10
    with override("zh-hans"):
        assert [text for text in found if not re.search("[\u4e00-\u9fff]", phrase(text))] == []


@pytest.mark.parametrize(
    ("language", "told"), [("zh-hans", ("权利要求 9", "产品和方法", "IPC")), ("en", ("claim 9", "product and method", "IPC"))]
)
def test_names_and_codes_of_inputs_are_words(language, told):
    with override(language):
        assert (input_word("claim 9"), value_word("product_and_method"), input_word("ipc")) == told
        assert (value_word(7), phrase("x / y (version 3; a paper)")) == (7, "x / y (version 3; a paper)")
