"""A draft as PDF: typst with the fonts of a pinned package, the same bytes for the same terms, signature fields at known places."""

import json
import re
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from django.utils.translation import gettext as _
from django.utils.translation import override

from langqiao.engine.contracts.draft import Draft, Party, Section, Table

HERE = Path(__file__).parent
PAGE_HEIGHT = 841.89
BOX_WIDTH, BOX_HEIGHT, ROW_STEP, COLUMN_STEP = 215.0, 84.0, 122.0, 235.0
FIRST_X, FIRST_Y = 75.0, 165.0
BOXES_MAX = 10
"""Two columns of five on one page; a contract of more sides is refused before it is typeset."""
DJANGO_LANGUAGE = {"zh": "zh-hans", "en": "en"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A signature field on the last page, in points from the upper left corner."""

    x: float
    y: float
    width: float = BOX_WIDTH
    height: float = BOX_HEIGHT

    @property
    def rectangle(self) -> tuple[int, int, int, int]:
        """As PDF counts: left, bottom, right, top from the lower left corner."""
        left, top = round(self.x), round(PAGE_HEIGHT - self.y)
        return left, top - round(self.height), left + round(self.width), top


def box_at(place: int) -> Box:
    """The field of the n-th signing side, counted from 0."""
    return Box(x=FIRST_X + COLUMN_STEP * (place % 2), y=FIRST_Y + ROW_STEP * (place // 2))


@cache
def font_folder() -> str:
    """The folder of Noto Sans SC and Noto Serif SC inside the pinned package."""
    import pylopdf_fonts_zh_cn  # noqa: PLC0415 - 20 MB of fonts, only where a PDF is asked for

    return str(pylopdf_fonts_zh_cn.sans_path().parent)


def typeset(template: str, data: dict[str, Any]) -> bytes:
    """A template of this room filled with data."""
    import typst  # noqa: PLC0415 - only where a PDF is asked for

    typesetter: Any = typst
    made: bytes = typesetter.compile(
        (HERE / template).read_bytes(),
        font_paths=[font_folder()],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
    )
    return made


def draft_pdf(draft: Draft, *, signing: tuple[str, ...], mark: str) -> bytes:
    """The contract as PDF. `mark` is the hash of the terms, printed at the foot of each page."""
    named = {party.side: party for party in draft.parties}
    with override(DJANGO_LANGUAGE[draft.language]):
        data = {
            "title": draft.title,
            "lang": draft.language,
            "publisher": "Langqiao 廊桥",
            "kicker": _("Clause library %(version)s · %(language)s text")
            % {"version": draft.version, "language": _language(draft.language)},
            "footer": _("Made by Langqiao from the terms %(mark)s") % {"mark": mark[:16]},
            "parties": [_party(party) for party in draft.parties],
            "sections": [_section(section) for section in draft.sections],
            "signature_heading": _("Signatures"),
            "signature_note": _("A signature covers every page before it. Any change afterward shows on verification."),
            "signing": [
                {"side_name": named[side].side_name, "name": named[side].name, **asdict(box_at(place))}
                for place, side in enumerate(signing)
            ],
        }
    return typeset("contract.typ", data)


def _language(code: str) -> str:
    return str(_("Chinese")) if code == "zh" else str(_("English"))


def _party(party: Party) -> dict[str, Any]:
    return {"side_name": party.side_name, "name": party.name, "details": [list(pair) for pair in party.details]}


def _section(section: Section) -> dict[str, Any]:
    parts = [part if isinstance(part, str) else _table(part) for part in section.parts]
    return {"number": section.number, "heading": section.heading, "parts": parts}


def _table(part: Table) -> dict[str, Any]:
    """A table whose columns share the line by the length of what stands in them: a number that may not break needs all of its own."""
    columns = list(zip(*(part.head, *part.rows), strict=True))
    longest = [max(_unbroken(cell) for cell in column) for column in columns]
    whole = [max(_wide(cell) for cell in column) for column in columns]
    widths = [max(6, unbroken, min(length, 18)) for unbroken, length in zip(longest, whole, strict=True)]
    return {"head": list(part.head), "rows": [list(row) for row in part.rows], "widths": widths}


def _wide(text: str) -> int:
    """The width of a text in letters; a Chinese character counts as two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _unbroken(text: str) -> int:
    """The width of the longest stretch that no line break may divide."""
    return max((_wide(word) for word in re.findall(r"[\x21-\x7e]+", text)), default=0)
