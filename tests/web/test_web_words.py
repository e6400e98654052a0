"""Words and numbers in two languages: every string of the site is translated, the compiled catalog is the written one, numbers read well."""

import gettext
import re
from fractions import Fraction
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType
from django.utils.translation import override
from django.utils.translation.template import templatize

import langqiao.web
from langqiao.web.common import numbers, terms

WEB = Path(langqiao.web.__file__).parent
CATALOGS = sorted(path.with_suffix("") for path in WEB.glob("**/locale/zh_Hans/LC_MESSAGES/django.po"))
"""The site's own catalog and one in each room that has words of its own."""
_STRING = r"""\s*u?(?P<quote>'{3}|"{3}|['"])(?P<text>(?:\\.|(?!(?P=quote)).)*)(?P=quote)"""
_CALL = re.compile(r"(?:\b_|gettext(?:_lazy)?|gettext_noop|ngettext)\(" + _STRING, re.DOTALL)


def written():
    """msgid → translation, of all catalogs."""
    return {text: translation for catalog in CATALOGS for text, translation in written_in(catalog).items()}


def written_in(catalog):
    """msgid → translation of one .po file."""
    text = catalog.with_suffix(".po").read_text(encoding="utf-8")
    found = {}
    for block in text.split("\n\n")[1:]:
        parts = re.findall(r'^(msgid|msgid_plural|msgstr(?:\[\d\])?) ((?:"(?:[^"\\]|\\.)*"\s*)+)', block, re.MULTILINE)
        joined = {name: "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', raw)) for name, raw in parts}
        unescaped = {name: value.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\") for name, value in joined.items()}
        found[unescaped["msgid"]] = unescaped.get("msgstr", unescaped.get("msgstr[0]", ""))
    return found


def used():
    """Every string that a template or a module marks for translation, with the file that does."""
    for path in [*WEB.rglob("*.html"), *WEB.rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        source = templatize(text) if path.suffix == ".html" else text
        for match in _CALL.finditer(source):
            yield match["text"].replace("\\'", "'").replace('\\"', '"').replace("\\n", "\n"), path.name


def test_every_string_of_the_site_has_a_chinese_translation():
    known, found = written(), dict(used())
    assert len(found) > 400
    missing = {text: place for text, place in found.items() if not known.get(text)}
    assert not missing


def test_the_catalog_holds_no_string_that_nothing_uses_and_no_empty_translation():
    found = dict(used())
    assert [text for text in written() if text not in found] == []
    assert [text for text, translation in written().items() if not translation] == []


def test_a_translation_keeps_the_places_for_numbers_and_names():
    def places(text):
        return set(re.findall(r"%\((\w+)\)[sd]", text))

    assert [
        text for text, translation in written().items() if places(translation) - places(text) or places(text) - places(translation)
    ] == []


@pytest.mark.parametrize("catalog", CATALOGS, ids=lambda path: path.parents[3].name)
def test_the_compiled_catalog_says_what_the_written_one_says(catalog):
    with catalog.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for text, translation in written_in(catalog).items():
        assert translation in {compiled.gettext(text), compiled.ngettext(text, "", 1)}, text


def test_a_string_in_two_catalogs_has_one_translation():
    said = {}
    for catalog in CATALOGS:
        for text, translation in written_in(catalog).items():
            said.setdefault(text, set()).add(translation)
    assert {text: words for text, words in said.items() if len(words) > 1} == {}


def test_no_template_writes_words_that_are_not_marked_for_translation():
    allowed = {
        "AUC",
        "CDR",
        "CPR",
        "WAL",
        "Brier",
        "廊桥",
        "Langqiao",
        "SHA",
        "XLSX",
        "JSONL",
        "CSV",
        "CNY",
        "English",
        "中文",
        "Esc",
        "OpenAPI",
        "PDF",
        "langqiao",
        "ingest",
        "make",
        "run",
        "index",
        "PATH",
    }
    for path in WEB.joinpath("templates").rglob("*.html"):
        if path.name == "500.html" or "calc" in path.parts:
            continue
        text = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        plain = "".join(token.contents for token in Lexer(text).tokenize() if token.token_type == TokenType.TEXT)
        words = set(
            re.findall(
                r"[A-Za-z\u4e00-\u9fff]{3,}", re.sub(r"<[^>]*>", " ", re.sub(r"<(script|style).*?</\1>", "", plain, flags=re.DOTALL))
            )
        )
        assert not {word for word in words if word not in allowed}, path.name


@pytest.mark.parametrize("group", sorted(terms.WORDS))
def test_codes_have_words_in_both_languages(group):
    for code in terms.WORDS[group]:
        with override("en"):
            english = terms.word(group, code)
        with override("zh-hans"):
            chinese = terms.word(group, code)
        assert english and chinese
        assert english == chinese or re.search("[\u4e00-\u9fff]", chinese), code


@pytest.mark.parametrize(
    ("fen", "zh", "en"),
    [
        (0, "¥0", "¥0"),
        (123, "¥1.23", "¥1.23"),
        (999_900, "¥9,999", "¥9,999".replace("9,999", "10 k").replace(" ", "\u00a0")),
        (1_234_500, "¥1.23\u00a0万", "¥12.3\u00a0k"),
        (12_345_678_900, "¥1.23\u00a0亿", "¥123\u00a0m"),
        (-50_000_000, "−¥50\u00a0万", "−¥500\u00a0k"),
    ],
)
def test_money_reads_by_language(fen, zh, en):
    assert numbers.money_short(fen, chinese=True, digits=4 if fen == 999_900 else 3) == zh
    assert numbers.money_short(fen, chinese=False) == en


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.012345, "0.0123"), (1234.5, "1,230"), (-5, "−5"), (Fraction(1, 3), "0.333"), (100, "100"), (99.96, "100")],
)
def test_three_significant_digits(value, text):
    assert numbers.significant(value) == text


@pytest.mark.parametrize(("value", "text"), [(0, "0"), (1234567, "1,234,567"), (-1000, "−1,000")])
def test_counts_have_thousands(value, text):
    assert numbers.grouped(value) == text


def test_exact_money_is_to_the_fen():
    assert numbers.money_exact(123_456_789) == "¥1,234,567.89" and numbers.money_exact(-5) == "−¥0.05"


def test_durations_and_sizes_are_short():
    assert numbers.duration(3725, chinese=False) == "1\u00a0h 2\u00a0min" and numbers.duration(0.2, chinese=True) == "0\u00a0秒"
    assert numbers.size(0) == "0\u00a0B" and numbers.size(1_400_000) == "1.4\u00a0MB"
