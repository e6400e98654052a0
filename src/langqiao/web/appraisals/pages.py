"""The pages of appraisals: a patent's report as PDF."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from langqiao.web.appraisals.report import pdf_of, report_of, section_burdens, section_records, section_right, section_title
from langqiao.web.patents.reading import patent_for

SECTIONS = (section_right, section_title, section_burdens, section_records)


@require_safe
def report(request: HttpRequest, key: str) -> HttpResponse:
    """The appraisal of a patent as PDF, in the page's language."""
    content = pdf_of(report_of(patent_for(request, key), SECTIONS))
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{key}.pdf"'})
