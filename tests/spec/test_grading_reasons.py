"""Every reason that a grade can give has words in both languages, and every leaf stands in the reference page."""

import re
from pathlib import Path

from langqiao.cli.reference.schemes import pages
from langqiao.engine.grading.reasons import OF_GRADES, reason_in_words
from langqiao.engine.indicators.reading import REASONS
from langqiao.rules.scheme_reader import schemes

SOURCE = Path(__file__).parents[2] / "src" / "langqiao"
GIVES_REASONS = [*sorted((SOURCE / "engine" / "grading").glob("*.py")), *sorted((SOURCE / "data").glob("appraisal*.py"))]


def test_every_reason_has_words():
    used = set()
    for path in GIVES_REASONS:
        used |= set(re.findall(r"reason=\"([a-z_]+)\"", path.read_text(encoding="utf-8")))
    assert len(used) > 8
    assert used <= {*OF_GRADES, *REASONS}
    assert all(text["zh"] and text["en"] for text in OF_GRADES.values())
    assert reason_in_words("unheard_of") == {"zh": "unheard_of", "en": "unheard_of"}


def test_the_reference_page_has_every_leaf_of_every_scheme():
    (page,) = pages()
    for scheme in schemes().values():
        assert scheme.reading["zh"] in page.text
        for leaf in scheme.leaves:
            assert f"`{leaf.code}`" in page.text
