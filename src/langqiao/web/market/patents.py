"""Which patents a person named: numbers in any form, a line each, found in the lake of the site or of the organization."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from langqiao.data.lake.store import Lake
from langqiao.data.search.query import number_jump
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.patents.number import candidates, parse, written
from langqiao.web.common.lake import index_folder, organization_lake, site_lake
from langqiao.web.market.models import PATENTS_MAX
from langqiao.web.patents.view import Patent, patent_get
from langqiao.web.people.models import Organization

_BETWEEN = re.compile(r"[\n;；]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A patent as a list shows it."""

    key: str
    number: str
    office: str
    title_zh: str
    title_en: str


def patents_named(text: str, organization: Organization) -> tuple[list[Named], list[str]]:
    """(patents found, lines that name none): one number a line, in any form."""
    lines = [line.strip() for line in _BETWEEN.split(text) if line.strip()][: PATENTS_MAX + 1]
    lakes = (site_lake(), organization_lake(organization.pk))
    found: dict[str, Named] = {}
    unknown = []
    for line in lines:
        named = patent_named(line, lakes)
        if named is None:
            unknown.append(line[:60])
        else:
            found.setdefault(named.key, named)
    return list(found.values()), unknown


def patent_named(text: str, lakes: Sequence[Lake]) -> Named | None:
    """The patent of a key or number in the first lake that holds it."""
    for lake in lakes:
        patent = _by_key(lake, text) or _by_number(lake, text)
        if patent is not None:
            return named_of(patent)
    return None


def named_of(patent: Patent) -> Named:
    """What a list shows of a patent."""
    row = patent.row
    return Named(
        key=patent.key,
        number=number_of(patent.key),
        office=row["office"],
        title_zh=row["title_zh"] or row["title"] or "",
        title_en=row["title_en"] or row["title"] or "",
    )


def number_of(key: str) -> str:
    """The key of the lake as people of its office write the number: "CN-102329749-B" → "CN 102329749 B"."""
    office, _dash, rest = key.partition("-")
    number, _dash, kind = rest.rpartition("-")
    found = parse(f"{office} {number} {kind}".strip(), office=office) if number else None
    return written(found) if found else key


def _by_key(lake: Lake, text: str) -> Patent | None:
    try:
        return patent_get(lake, text)
    except Refusal:
        return None


def _by_number(lake: Lake, text: str) -> Patent | None:
    """The patent of a written number: by the key it reads as, else by the index, which knows every number of a patent."""
    for found in candidates(text, office="CN"):
        patent = _by_key(lake, found.key)
        if patent is not None:
            return patent
    try:
        key = number_jump(index_folder(lake), text)
    except FileNotFoundError:
        return None
    return _by_key(lake, key) if key else None
