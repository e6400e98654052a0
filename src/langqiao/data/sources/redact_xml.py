"""Takes natural persons out of XML records before they are stored, byte by byte: only the names change, the document stays as it was."""

import re
from collections.abc import Callable

from langqiao.data.sources.persons import Pseudonyms, is_person

_OPS_INVENTOR = re.compile(r"(<inventor-name>\s*<name>)([^<]*)(</name>)")
_OPS_APPLICANT = re.compile(r"(<applicant-name>\s*<name>)([^<]*)(</name>)")
_ASSIGNORS = re.compile(r"(ASSIGNORS?:)([^<]*?)(?=;SIGNING|;REEL|;AND OTHERS|<)")
_COUNTRY = re.compile(r"[\s\u2002]*\[[A-Z]{2}\]\s*$")
_PERSON_NAME = re.compile(
    r"<(?:last-name|first-name|middle-name|suffix)>[^<]*</(?:last-name|first-name|middle-name|suffix)>"
    r"(?:\s*<(?:last-name|first-name|middle-name|suffix)>[^<]*</(?:last-name|first-name|middle-name|suffix)>)*"
)
_LAST = re.compile(r"<last-name>([^<]*)</last-name>")
_FIRST = re.compile(r"<first-name>([^<]*)</first-name>")
_CITED_NAME = re.compile(r"(<(?:us-)?citation\b.*?</(?:us-)?citation>)", re.DOTALL)
_NAME = re.compile(r"<name>[^<]*</name>")
_STREET = re.compile(r"<(street|address-\d|postcode|phone|fax|email)>[^<]*</\1>")
_SOLR_PARTY = re.compile(r'<(arr|str) name="(patAssign(?:or|ee)Name[A-Za-z]*)">(.*?)</\1>', re.DOTALL)
_SOLR_DROP = re.compile(
    r'[ \t]*<(arr|str) name="(?:corr\w*|inventors\w*|attorneyDockNum|patAssigneeAddress\w*|patAssigneePostcode\w*)">.*?</\1>\s*?\n?',
    re.DOTALL,
)
_SOLR_TAIL = re.compile(r'[ \t]*<lst name="(?:facet_counts|highlighting)">.*(?=</response>)', re.DOTALL)
_STR = re.compile(r"(<str>)([^<]*)(</str>)")


def ops(data: bytes, names: Pseudonyms) -> bytes:
    """An OPS answer: inventors, applicants who are inventors, and assignors named in the text of US events become hashes."""
    text = data.decode("utf-8")
    inventors = {_bare(match[2]) for match in _OPS_INVENTOR.finditer(text)}

    def show_applicant(name: str) -> str:
        return names.of(name) if _bare(name) in inventors or (", " in name and is_person(name)) else name

    text = _names(text, _OPS_INVENTOR, lambda name: names.of(_COUNTRY.sub("", name)))
    text = _names(
        text, _OPS_APPLICANT, lambda name: show_applicant(_COUNTRY.sub("", name)) if _bare(name) in inventors else show_applicant(name)
    )
    text = _ASSIGNORS.sub(lambda match: match[1] + ";".join(names.shown(name) for name in match[2].split(";")), text)
    return text.encode("utf-8")


def grant(data: bytes, names: Pseudonyms) -> bytes:
    """A US grant: inventors, agents and examiners become hashes, names beside citations and street addresses go."""

    def replace(match: re.Match[str]) -> str:
        last, first = _LAST.search(match[0]), _FIRST.search(match[0])
        whole = " ".join(part[1] for part in (last, first) if part)
        return f"<last-name>{names.of(whole)}</last-name>"

    text = _PERSON_NAME.sub(replace, data.decode("utf-8"))
    text = _CITED_NAME.sub(lambda match: _NAME.sub("<name/>", match[1]), text)
    return _STREET.sub("", text).encode("utf-8")


def solr(data: bytes, names: Pseudonyms) -> bytes:
    """An answer of the assignment search: parties who are persons become hashes; inventors, correspondents, facets and highlights go."""

    def party(match: re.Match[str]) -> str:
        tag, name, inner = match[1], match[2], match[3]
        inner = names.shown(inner.strip()) if tag == "str" else _STR.sub(lambda entry: entry[1] + names.shown(entry[2]) + entry[3], inner)
        return f'<{tag} name="{name}">{inner}</{tag}>'

    text = _SOLR_TAIL.sub("", data.decode("utf-8"))
    return _SOLR_PARTY.sub(party, _SOLR_DROP.sub("", text)).encode("utf-8")


def _names(text: str, pattern: re.Pattern[str], show: Callable[[str], str]) -> str:
    return pattern.sub(lambda match: match[1] + show(match[2].strip()) + match[3], text)


def _bare(name: str) -> str:
    return " ".join(_COUNTRY.sub("", name).replace(",", " ").split()).casefold()
