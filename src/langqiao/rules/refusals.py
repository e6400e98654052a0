"""The registry of refusal and warning codes: what each means in Chinese and English, its article, its invariants and the way out."""

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import yaml

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """A short name under which articles are cited, its Chinese name, and how the number behind it is written in Chinese."""

    name: str
    zh: str
    form: Literal["article", "refusal", "plain"]
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code. Texts are {"zh", "en"}; `says` has {placeholders} for facts and may be empty; `fix` is empty where there is no way out."""

    code: str
    group: str
    refuses: Mapping[str, str]
    because: Mapping[str, str]
    says: Mapping[str, str]
    article: str
    invariants: tuple[str, ...]
    fix: Mapping[str, str]

    def sentence(self, language: Language, facts: Mapping[str, Any] | None = None) -> str:
        """The sentence with the facts of the case, or the general one where a fact it needs is missing or empty."""
        template = self.says.get(language, "")
        words = {key: _word(value, language) for key, value in (facts or {}).items()}
        needed = [name for _, name, _, _ in string.Formatter().parse(template) if name]
        return template.format(**words) if template and all(words.get(name) for name in needed) else self.because[language]

    def cited(self, language: Language) -> str:
        """The article as it is cited in a language; empty where there is none."""
        return cite(self.article, language)


def cite(article: str, language: Language) -> str:
    """A citation such as "Patent Law 44, 47; Civil Code 865" as it stands in English, or 《专利法》第44、47条；《民法典》第865条. Raises KeyError for an unknown law."""
    if language == "en" or not article:
        return article
    known, written, last = laws(), [], None
    for part in article.split("; "):
        law = next((law for law in known if part == law.name or part.startswith(law.name + " ")), last)
        if law is None:
            raise KeyError(f"{part!r} names no law of laws.yaml")
        written.append(_cite_part(law, part.removeprefix(law.name).strip()))
        last = law
    return "；".join(written)


def _cite_part(law: Law, rest: str) -> str:
    if not rest or law.form == "plain":
        return law.zh + rest
    if rest.startswith("("):
        return law.zh + {"(during pledge)": "（质押期间）", "(deregistration)": "（注销登记）"}[rest]
    if law.form == "refusal":
        return f"{law.zh}不予登记情形{rest.removeprefix('refusal ')}"
    numbers = re.sub(r"(\d)-(\d)", r"\1至\2", rest).replace(", ", "、")
    return f"{law.zh}第{numbers}条"


def _word(value: Any, language: Language) -> str:
    if isinstance(value, tuple | list | frozenset):
        return ("、" if language == "zh" else ", ").join(str(item) for item in value)
    return _STATUS_ZH.get(str(value), str(value)) if language == "zh" else str(value)


_STATUS_ZH = {
    "lapsed": "欠费终止", "expired": "期限届满", "abandoned": "已放弃", "invalidated": "被宣告无效", "pending": "审查中",
    "in_force": "有效", "grace": "补缴期", "pledgee": "质权人", "pledge_parties": "质押双方",
}  # fmt: skip


@cache
def laws() -> tuple[Law, ...]:
    """The laws and other sources that articles cite, longest name first."""
    entries = _document("laws.yaml").items()
    return tuple(Law(name=name, **body) for name, body in sorted(entries, key=lambda item: (-len(item[0]), item[0])))


@cache
def refusals() -> Mapping[str, Code]:
    """Every refusal code of rules/refusals.yaml, in the order of the file."""
    return _codes("refusals.yaml")


@cache
def warnings() -> Mapping[str, Code]:
    """Every warning code of rules/warnings.yaml."""
    return _codes("warnings.yaml")


def _codes(name: str) -> dict[str, Code]:
    return {code: _code(code, body) for code, body in _document(name).items()}


def _code(code: str, body: Mapping[str, Any]) -> Code:
    return Code(
        code=code,
        group=body.get("group", ""),
        refuses=body.get("refuses", {}),
        because=body["because"],
        says=body.get("says", {}),
        article=body["article"],
        invariants=tuple(body.get("invariants", ())),
        fix=body.get("fix", {}),
    )


def _document(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load(files("langqiao.rules").joinpath(name).read_text(encoding="utf-8")))
