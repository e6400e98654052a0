"""A refusal as a person reads it: the sentence of the registry in the page's language, the article, every further reason, the way out."""

import re
from dataclasses import dataclass

from django.utils.translation import get_language

from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules.refusals import Language, refusals

_CHINESE = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A refusal in words. `detail`: what the command itself said, where it adds to the sentence; `also`: (code, sentence, article) of further reasons."""

    code: str
    sentence: str
    detail: str
    article: str
    fix: str
    also: tuple[tuple[str, str, str], ...]


def told(refusal: Refusal) -> Told:
    """The words for a refusal in the language of the page."""
    language: Language = "zh" if (get_language() or "").startswith("zh") else "en"
    known = refusals().get(refusal.code)
    sentence = known.sentence(language, refusal.facts) if known else refusal.message
    detail = (
        refusal.message
        if refusal.message not in {sentence, _ended(sentence, language)} and (language == "en") != bool(_CHINESE.search(refusal.message))
        else ""
    )
    others = [refusals()[code] for code in refusal.facts.get("also", ()) if code in refusals()]
    return Told(
        code=refusal.code,
        sentence=_ended(sentence, language),
        detail=detail,
        article=known.cited(language) if known and known.article else refusal.article or "",
        fix=_ended(known.fix[language], language) if known else "",
        also=tuple((code.code, _ended(code.because[language], language), code.cited(language)) for code in others),
    )


def _ended(text: str, language: Language) -> str:
    """The text as a sentence: a capital in front and a stop at the end, in the language's own way."""
    if not text:
        return ""
    stop = "。" if language == "zh" else "."
    return (text[0].upper() + text[1:]) + ("" if text[-1] in ".。!！?？" else stop)
