"""The registry of refusal codes: complete, in two languages, and the only source of codes that the program may raise."""

import ast
import os
import re
from pathlib import Path

import pytest

from langqiao.engine import register
from langqiao.engine.operations.check import REFUSALS, WARNINGS
from langqiao.rules.refusals import LANGUAGES, cite, refusals, warnings

SOURCE = Path(__file__).parents[2] / "src" / "langqiao"
SHARED = Path(os.environ.get("LANGQIAO_SHARED", Path(__file__).parents[2].parent / "shared"))
KNOWLEDGE = SHARED / "knowledge" / "operations-cn.md"


def raised_codes() -> dict[str, str]:
    """Code → place of every Refusal in the source whose first argument can be read from the text."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            target.id: node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target, value in [(t, node.value) for t in node.targets if isinstance(t, ast.Name)]
            if isinstance(value, ast.Constant)
        }
        pairs = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple)]
        for node in pairs:
            for target in node.targets:
                if isinstance(target, ast.Tuple) and len(target.elts) == len(node.value.elts):
                    names |= {t.id: v for t, v in zip(target.elts, node.value.elts, strict=True) if isinstance(t, ast.Name)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal" and node.args:
                first = node.args[0]
                first = names.get(first.id, first) if isinstance(first, ast.Name) else first
                if isinstance(first, ast.Constant):
                    found[first.value] = f"{path.relative_to(SOURCE)}:{node.lineno}"
    return found


def test_every_refusal_raised_in_the_source_has_its_code_in_the_registry():
    raised = raised_codes()
    assert {"base_not_positive", "term_adjustment_too_late"} <= set(raised), "the walk must find refusals"
    assert {code: place for code, place in raised.items() if code not in refusals()} == {}


def test_every_code_a_calculation_or_a_check_names_is_in_the_registry():
    named = {code for calculation in register.all_calculations() for code in calculation.refusals} | {rule.code for rule in REFUSALS}
    assert named - set(refusals()) == set()
    assert {rule.code for rule in WARNINGS} - set(warnings()) == set()


def test_a_code_is_either_a_refusal_or_a_warning():
    assert set(refusals()) & set(warnings()) == set()


@pytest.mark.parametrize("code", [*refusals().values(), *warnings().values()], ids=lambda code: code.code)
def test_a_code_speaks_both_languages(code):
    for texts in (code.because, code.refuses, code.fix, code.says):
        assert set(texts) in ({"zh", "en"}, set())
        assert len({bool(text) for text in texts.values()}) <= 1
    assert re.search(r"[\u4e00-\u9fff]", code.because["zh"])
    assert not re.search(r"[\u4e00-\u9fff]", code.because["en"])
    zh, en = (set(re.findall(r"\{(\w+)\}", code.says.get(language, ""))) for language in LANGUAGES)
    assert zh == en
    assert bool(code.cited("zh")) == bool(code.article)
    assert all(re.fullmatch(r"I\d+", invariant) and 1 <= int(invariant[1:]) <= 108 for invariant in code.invariants)


def test_articles_are_cited_in_chinese():
    assert cite("Patent Law 44, 47; Civil Code 865; Pledge Measures refusal 2", "zh") == (
        "《专利法》第44、47条；《民法典》第865条；《专利权质押登记办法》不予登记情形2"
    )
    assert cite("Implementing Rules 103-105; 86(2)", "zh") == "《专利法实施细则》第103至105条；《专利法实施细则》第86(2)条"
    assert cite("", "zh") == ""
    with pytest.raises(KeyError, match="names no law"):
        cite("Trademark Law 1", "zh")


def test_a_sentence_carries_the_facts_of_the_case_or_falls_back_to_the_general_one():
    code = refusals()["co_owner_consent_missing"]
    assert code.sentence("en", {"missing": ("甲", "乙")}) == "consent is missing from: 甲, 乙"
    assert code.sentence("zh", {"missing": ("甲", "乙")}) == "缺少共有人的同意：甲、乙"
    assert code.sentence("en") == code.because["en"]
    assert refusals()["already_pledged"].sentence("en", {"holders": ()}) == refusals()["already_pledged"].because["en"]


@pytest.mark.skipif(not KNOWLEDGE.exists(), reason="the shared knowledge is not here")
def test_the_registry_holds_every_code_of_the_knowledge_with_its_invariants():
    text = KNOWLEDGE.read_text(encoding="utf-8")
    table = text[text.index("# 12. ") : text.index("# 13. ")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines() if line.startswith("| `")]
    assert len(rows) >= 126
    for code, _, _, article, invariants, _ in rows:
        entry = refusals()[code.strip("`")]
        assert entry.article == article.replace("–", "")
        assert list(entry.invariants) == [item.strip() for item in invariants.replace("–", "").split(",") if item.strip()]
