"""The pages of appraisals: a patent's report as PDF, recording a grade or an opinion, a record with its proof."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.appraisals.report import pdf_of, report_of, section_burdens, section_records, section_right, section_title
from langqiao.web.appraisals.report_judged import section_grade, section_high_value, section_value
from langqiao.web.appraisals.selectors import record_get
from langqiao.web.appraisals.services import grade_record, is_intact, is_repeated, opinion_record
from langqiao.web.patents.reading import patent_for
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import member_page

SECTIONS = (section_grade, section_value, section_high_value, section_right, section_title, section_burdens, section_records)


@require_safe
def report(request: HttpRequest, key: str) -> HttpResponse:
    """The appraisal of a patent as PDF, in the page's language."""
    content = pdf_of(report_of(patent_for(request, key), SECTIONS))
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{key}.pdf"'})


@require_POST
@member_page
def record_grade(request: HttpRequest, membership: Membership, key: str) -> HttpResponse:
    """Records the grade under the posted scheme and scene."""
    assert isinstance(request.user, User)
    chosen = {name: request.POST.get(name, "") for name in ("scheme", "scene")}
    made = grade_record(membership=membership, patent=patent_for(request, key), by=request.user, **chosen)
    messages.success(request, _("The grade is recorded; nobody can change it."))
    return redirect("record", kind="grade", record_id=made.pk)


@require_POST
@member_page
def record_opinion(request: HttpRequest, membership: Membership, key: str) -> HttpResponse:
    """Records the opinion of value from the record alone."""
    assert isinstance(request.user, User)
    made = opinion_record(membership=membership, patent=patent_for(request, key), by=request.user)
    messages.success(request, _("The opinion of value is recorded; nobody can change it."))
    return redirect("record", kind="opinion", record_id=made.pk)


@require_safe
@member_page
def record(request: HttpRequest, membership: Membership, kind: str, record_id: uuid.UUID) -> HttpResponse:
    """A record: who, when, from which version, whether it is intact, whether computing anew gives the same bytes."""
    found = record_get(kind=kind, record_id=record_id, organization=membership.organization)
    try:
        repeated = is_repeated(found, patent_for(request, found.key))
    except Refusal:
        repeated = None
    context = {"record": found, "kind": kind, "intact": is_intact(found), "repeated": repeated, "room": "search"}
    return render(request, "appraisals/record.html", context)
