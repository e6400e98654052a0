"""The page of a job: stages, counts, rate, time left, cancel; it goes on when the page is closed."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page
from langqiao.web.work.register import STAGES
from langqiao.web.work.selectors import job_get, job_pace
from langqiao.web.work.services import job_cancel


@require_safe
@member_page
def job(request: HttpRequest, membership: Membership, job_id: uuid.UUID) -> HttpResponse:
    """The job's progress; a script asks for that part every second until it ends."""
    found = job_get(job_id=job_id, organization=membership.organization)
    stages = STAGES.get(found.kind, ())
    past = stages.index(found.stage) if found.stage in stages else 0
    context = {
        "job": found,
        "pace": job_pace(found),
        "stages": [
            (stage, "past" if index < past or found.state == "done" else "now" if index == past else "")
            for index, stage in enumerate(stages)
        ],
        "upload": getattr(found, "upload", None),
        "membership": membership,
        "room": "portfolio",
    }
    return render(request, "work/job_part.html" if request.htmx else "work/job.html", context)  # type: ignore[attr-defined]


@require_POST
@member_page
def cancel(request: HttpRequest, membership: Membership, job_id: uuid.UUID) -> HttpResponse:
    """Asks the job to stop."""
    job_cancel(job_id=job_id, membership=membership)
    messages.info(request, _("The job will stop within seconds; what it has done so far stays."))
    return redirect("job", job_id=job_id)
