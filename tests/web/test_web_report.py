"""The appraisal as PDF: it opens, carries its fonts, and says what the page says in the page's language."""

import io

import pytest
from pypdf import PdfReader

KEY = "CN-102329749-B"


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "word"), [("zh-hans", "权属链"), ("en", "Line of title")])
def test_the_report_has_its_fonts_inside_and_the_words_of_the_language(client, facts_lake, language, word):
    client.cookies["django_language"] = language
    answer = client.get(f"/patents/{KEY}/appraisal.pdf")
    assert answer["Content-Type"] == "application/pdf"
    document = PdfReader(io.BytesIO(answer.content))
    text = "".join(page.extract_text() for page in document.pages)
    assert word in text and "2012" in text and "CN 102329749 B" in text
    fonts = [font.get_object() for page in document.pages for font in page["/Resources"]["/Font"].values()]
    described = [one.get_object() for font in fonts for one in font.get("/DescendantFonts", [font])]
    assert described and all({"/FontFile2", "/FontFile3"} & set(one["/FontDescriptor"].get_object()) for one in described)


@pytest.mark.django_db
def test_text_of_a_record_never_becomes_a_command_of_the_template(client, facts_lake):
    from langqiao.web.appraisals.report import Report, Section, pdf_of

    hostile = '#panic("x") $1/0$ ]] #read("/etc/passwd") \\ *b*'
    section = Section(title=hostile, head=(hostile,), rows=[(hostile,)], widths=(1,), note=hostile)
    report = Report(
        title=hostile, subtitle="", kicker="", footer=hostile, publisher="x", lang="en", figures=[(hostile, hostile)], sections=[section]
    )
    text = PdfReader(io.BytesIO(pdf_of(report))).pages[0].extract_text()
    assert "#panic" in text and "root:" not in text
