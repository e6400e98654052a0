"""A draft as a Word file: real headings, numbering that Word counts itself, tables with repeated heads; the same bytes for the same draft."""

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from typing import Any

import docx
from django.utils.translation import gettext as _
from django.utils.translation import override
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from langqiao.engine.contracts.draft import Draft, Section, Table
from langqiao.web.documents.typeset import DJANGO_LANGUAGE

FONTS = {"ascii": "Times New Roman", "hAnsi": "Times New Roman", "eastAsia": "SimSun"}
NEVER = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""The day in the file's properties: the same draft gives the same bytes, the day of making stands in the database."""
ZIP_DAY = (1980, 1, 1, 0, 0, 0)
NUMBERING_ID = 77


def draft_docx(draft: Draft, *, signing: Sequence[str], mark: str) -> bytes:
    """The contract as .docx. `mark` is the hash of the terms, written at the foot."""
    with override(DJANGO_LANGUAGE[draft.language]):
        file = docx.Document()
        _page(file, draft, mark)
        _numbering(file, draft.language)
        file.add_paragraph(draft.title, style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
        _parties(file, draft)
        for section in draft.sections:
            _section(file, section)
        if signing:
            _signatures(file, draft, signing)
        made = io.BytesIO()
        file.save(made)
    return _fixed_days(made.getvalue())


def _page(file: WordDocument, draft: Draft, mark: str) -> None:
    properties = file.core_properties
    properties.title, properties.author, properties.language = draft.title, "Langqiao 廊桥", draft.language
    properties.created = properties.modified = NEVER
    properties.comments = ""
    section = file.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(25)
    for name, size in (("Normal", 10.5), ("Title", 20), ("Heading 1", 12)):
        style = file.styles[name]
        style.font.size = Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script, font in FONTS.items():
            fonts.set(qn(f"w:{script}"), font)
    foot = section.footer.paragraphs[0]
    foot.text = _("Made by Langqiao from the terms %(mark)s") % {"mark": mark[:16]} + " · "
    _page_number(foot)


def _page_number(paragraph: Paragraph) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # noqa: SLF001 - python-docx has no fields of its own


def _numbering(file: WordDocument, language: str) -> None:
    """Two levels: clauses (第一条 or 1.) on the heading style, paragraphs (1.1) below them."""
    root: Any = file.part.numbering_part.element
    abstract = _element("w:abstractNum", {"w:abstractNumId": NUMBERING_ID})
    abstract.append(_element("w:multiLevelType", {"w:val": "multilevel"}))
    first = ("chineseCountingThousand", "第%1条") if language == "zh" else ("decimal", "%1.")
    for level, (form, text) in enumerate((first, ("decimal", "%1.%2"))):
        entry = _element("w:lvl", {"w:ilvl": level})
        entry.append(_element("w:start", {"w:val": 1}))
        entry.append(_element("w:numFmt", {"w:val": form}))
        if level == 0:
            entry.append(_element("w:pStyle", {"w:val": "Heading1"}))
        else:
            entry.append(_element("w:isLgl", {}))
        entry.append(_element("w:lvlText", {"w:val": text}))
        entry.append(_element("w:lvlJc", {"w:val": "left"}))
        indent = _element("w:pPr", {})
        indent.append(_element("w:ind", {"w:left": 0 if level == 0 else 567, "w:hanging": 0 if level == 0 else 567}))
        entry.append(indent)
        abstract.append(entry)
    first_number = root.find(qn("w:num"))
    if first_number is None:
        root.append(abstract)
    else:
        first_number.addprevious(abstract)
    number = _element("w:num", {"w:numId": NUMBERING_ID})
    number.append(_element("w:abstractNumId", {"w:val": NUMBERING_ID}))
    root.append(number)
    heading: Any = file.styles["Heading 1"].element
    _number(heading.get_or_add_pPr(), 0)


def _element(tag: str, attributes: dict[str, object]) -> Any:
    found = OxmlElement(tag)
    for name, value in attributes.items():
        found.set(qn(name), str(value))
    return found


def _number(properties: Any, level: int) -> None:
    """Puts a paragraph or a style on a level of the numbering."""
    place = properties.get_or_add_numPr()
    place.get_or_add_ilvl().val = level
    place.get_or_add_numId().val = NUMBERING_ID


def _parties(file: WordDocument, draft: Draft) -> None:
    table = file.add_table(rows=0, cols=2, style="Table Grid")
    for party in draft.parties:
        cells = table.add_row().cells
        cells[0].text = party.side_name
        cells[1].text = party.name
        for label, value in party.details:
            cells[1].add_paragraph(f"{label}{'：' if draft.language == 'zh' else ': '}{value}")


def _section(file: WordDocument, section: Section) -> None:
    file.add_paragraph(section.heading, style="Heading 1")
    several = sum(isinstance(part, str) for part in section.parts) > 1
    for part in section.parts:
        if isinstance(part, Table):
            _table(file, part)
            continue
        paragraph = file.add_paragraph(part)
        if several:
            _number(paragraph._p.get_or_add_pPr(), 1)  # noqa: SLF001 - python-docx has no numbering of its own


def _table(file: WordDocument, part: Table) -> None:
    table = file.add_table(rows=1, cols=len(part.head), style="Table Grid")
    for cell, word in zip(table.rows[0].cells, part.head, strict=True):
        cell.text = ""
        cell.paragraphs[0].add_run(word).bold = True
    table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader", {"w:val": "true"}))  # noqa: SLF001 - the head repeats on each page
    for row in part.rows:
        for cell, word in zip(table.add_row().cells, row, strict=True):
            cell.text = word
    file.add_paragraph()


def _signatures(file: WordDocument, draft: Draft, signing: Sequence[str]) -> None:
    named = {party.side: party for party in draft.parties}
    file.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    file.add_paragraph(_("Signatures"))
    table = file.add_table(rows=0, cols=2, style="Table Grid")
    for side in signing:
        cells = table.add_row().cells
        cells[0].text = f"{named[side].side_name}{'：' if draft.language == 'zh' else ': '}{named[side].name}"
        cells[1].text = _("Signature and date:")


def _fixed_days(content: bytes) -> bytes:
    """The same archive with one fixed day on every member."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, date_time=ZIP_DAY)
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, source.read(name))
    return made.getvalue()
