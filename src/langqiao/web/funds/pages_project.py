"""The pages of the pipeline: the board with sums, a project with its papers and its checklist, and their forms."""

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from langqiao.engine.funds.diligence import QUESTION
from langqiao.engine.funds.limits import STAGES as PROJECT_STAGES
from langqiao.engine.funds.pipeline import ASSETS, EXITS, FORBIDDEN, LIVE, LOSS_REASONS, PIPELINE, STAGES
from langqiao.engine.funds.session import FORMS, MATTERS
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.funds import access
from langqiao.web.funds.aftercare import HELD, alarms_of
from langqiao.web.funds.conflicts import related_reasons
from langqiao.web.funds.diligence import check_answer, open_checks
from langqiao.web.funds.governance import consent_of, limits_gap
from langqiao.web.funds.models import FundStep, Profile, Project
from langqiao.web.funds.models.core import PAPERS
from langqiao.web.funds.pages import user_of
from langqiao.web.funds.papers import paper_keep
from langqiao.web.funds.services_project import checks_refresh, fund_board, paper_add, project_advance, project_create, project_gates
from langqiao.web.funds.services_session import STAGE, Called, session_make
from langqiao.web.funds.steps import subject_of
from langqiao.web.funds.words import loss_word
from langqiao.web.market.forms import Form, form_of
from langqiao.web.market.patents import patents_named
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import member_page, must_edit

FIELDS = ("title", "target_name", "amount_fen", "asset_kind", "patents", "summary")
ASKS = frozenset({"send_back", "vote_again", "lose", "stay"})
TRANCHES_MAX = 20


@require_safe
@member_page
def board(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """The pipeline as columns with the number and the sum of each."""
    fund = access.fund_get(fund_id, membership)
    projects = fund_board(fund)
    columns = []
    for stage in (*STAGES, "exited", "lost"):
        found = [project for project in projects if project.state == stage]
        columns.append({"stage": stage, "projects": found, "sum_fen": sum(project.amount_fen for project in found)})
    return render(request, "funds/board.html", {"room": "capital", "membership": membership, "fund": fund, "columns": columns})


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def project_new(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """The form of a new project."""
    fund = access.fund_get(fund_id, membership)
    must_edit(membership)
    form = form_of(request.POST, FIELDS)
    context = {"room": "capital", "membership": membership, "fund": fund, "form": form, "assets": (*ASSETS, *FORBIDDEN)}
    if request.method != "POST":
        return render(request, "funds/project_form.html", context)
    title, target, amount = form.text("title", 200), form.text("target_name", 200), form.money("amount_fen")
    named, unknown = patents_named(form.typed.get("patents", ""), membership.organization)
    if unknown:
        form.errors["patents"] = _("No patent of the lake has this number: %(lines)s") % {"lines": "; ".join(unknown[:5])}
    for name, value in (("title", title), ("target_name", target), ("amount_fen", amount), ("patents", named)):
        if not value:
            form.errors.setdefault(name, _("Fill this in."))
    if form.errors or amount is None:
        return render(request, "funds/project_form.html", context, status=422)
    made = project_create(
        fund_id=fund_id,
        membership=membership,
        by=user_of(request),
        title=title,
        target_name=target,
        amount_fen=amount,
        patents=named,
        asset_kind=form.choice("asset_kind", (*ASSETS, *FORBIDDEN)),
        summary=form.text("summary"),
    )
    return redirect("fund_project", project_id=made.pk)


@require_safe
@member_page
def project(request: HttpRequest, membership: Membership, project_id: uuid.UUID) -> HttpResponse:
    """One project."""
    found = access.project_get(project_id, membership)
    return render(request, "funds/project.html", project_context(found, membership, user_of(request)))


def project_context(found: Project, membership: Membership, user: User) -> dict[str, Any]:
    """What the page of a project shows."""
    gaps, related = set(open_checks(found)), related_reasons(found)
    checks = list(found.checks.select_related("reviewer"))
    rows: list[dict[str, Any]] = [
        {"check": check, "question": QUESTION[check.code], "shuts": (check.key, check.code) in gaps} for check in checks
    ]
    return {
        "room": "capital",
        "membership": membership,
        "project": found,
        "buttons": _buttons(found, membership, user),
        "papers": found.papers.select_related("by"),
        "required": PAPERS,
        "patents": [{"patent": patent, "rows": [row for row in rows if row["check"].key == patent.key]} for patent in found.patents.all()],
        "gap_count": len(gaps),
        "answers_open": found.state in {"diligence", "compliance"} and membership.may_edit,
        "reasons": [(code, loss_word(code)) for code in LOSS_REASONS],
        "sessions": found.sessions.all(),
        "matters": [matter for matter in MATTERS if found.state in STAGE[matter] and (matter != "related_party" or related)],
        "forms": FORMS,
        "profile": Profile.objects.filter(project=found).first(),
        "stages": PROJECT_STAGES,
        "related": related,
        "consent": consent_of(found),
        "outside": limits_gap(found),
        "advices": found.advices.all(),
        "may_ask": found.state in LIVE and membership.may_edit,
        "price_changes": found.price_changes.select_related("by"),
        "exit_path": found.exit_paths.last(),
        "exits": EXITS,
        "is_held": found.state in HELD,
        "alarm_count": len(alarms_of(found)),
        "steps": FundStep.objects.filter(subject=subject_of(found)).select_related("by"),
        "today": timezone.localdate(),
    }


def _buttons(found: Project, membership: Membership, user: User) -> list[dict[str, Any]]:
    """The steps the member's role may take now, each with the codes that forbid it, and a key for the form."""
    made = []
    for step in PIPELINE.events_for(found.state, access.role_of(membership)):
        gates = project_gates(found, user, step.event)
        against = [code for code in step.unless if code != "reason_missing" and gates[code]() is not None]
        made.append({"event": step.event, "against": against, "asks": step.event in ASKS, "key": uuid.uuid4().hex})
    return made


@require_POST
@member_page
def project_step(request: HttpRequest, membership: Membership, project_id: uuid.UUID) -> HttpResponse:
    """Takes a step of a project."""
    project_advance(
        project_id=project_id,
        event=request.POST.get("event", ""),
        membership=membership,
        by=user_of(request),
        key=request.POST.get("key", "")[:80],
        reasons=request.POST.getlist("reasons"),
        text=request.POST.get("text", "").strip()[:2000],
    )
    return redirect("fund_project", project_id=project_id)


@require_POST
@member_page
def project_paper(request: HttpRequest, membership: Membership, project_id: uuid.UUID) -> HttpResponse:
    """Puts a paper on file."""
    access.project_get(project_id, membership)
    must_edit(membership)
    given = request.FILES.get("file")
    title = request.POST.get("title", "").strip() or (given.name if given else "") or ""
    code = request.POST.get("code", "")
    paper_add(project_id=project_id, membership=membership, by=user_of(request), code=code, title=title, sha256=paper_keep(given))
    return redirect("fund_project", project_id=project_id)


@require_POST
@member_page
def project_check(request: HttpRequest, membership: Membership, project_id: uuid.UUID) -> HttpResponse:
    """A reviewer's answer; without an item, the record is read anew."""
    access.project_get(project_id, membership)
    must_edit(membership)
    status = request.POST.get("status", "")
    if not status:
        checks_refresh(project_id=project_id, membership=membership)
        return redirect("fund_project", project_id=project_id)
    check_answer(
        project_id=project_id,
        membership=membership,
        by=user_of(request),
        key=request.POST.get("patent", "")[:80],
        code=request.POST.get("code", "")[:30],
        status=status,
        evidence_sha256="" if status == "waived" else paper_keep(request.FILES.get("file")),
        reason=request.POST.get("reason", ""),
    )
    return redirect("fund_project", project_id=project_id)


@require_POST
@member_page
def project_session(request: HttpRequest, membership: Membership, project_id: uuid.UUID) -> HttpResponse:
    """Calls the committee on a project."""
    found = access.project_get(project_id, membership)
    must_edit(membership)
    form = form_of(request.POST, ("amount_fen", "deadline_on", "matter"))
    called = Called(
        matter=form.text("matter", 20),
        amount_fen=form.money("amount_fen") or found.amount_fen,
        deadline_on=form.day("deadline_on") or timezone.localdate(),
        form=request.POST.get("form", "meeting"),
        conditions=request.POST.get("conditions", "").splitlines()[:20],
        tranches=tranches_read(request.POST.get("tranches", "")),
    )
    session = session_make(project_id=project_id, membership=membership, by=user_of(request), called=called)
    return redirect("fund_session", session_id=session.pk)


def tranches_read(text: str) -> list[tuple[int, str, dt.date | None]]:
    """Parts by milestone as typed, one a line: `amount in yuan; milestone; day`. Refused (tranches_do_not_sum_up) for a line that is none."""
    found = []
    for line in [line for line in text.splitlines() if line.strip()][:TRANCHES_MAX]:
        amount, _semicolon, rest = line.replace("；", ";").partition(";")
        milestone, _semicolon, day = rest.partition(";")
        form = Form(typed={"amount": amount, "day": day})
        fen, due_on = form.money("amount"), form.day("day")
        if form.errors or fen is None or not milestone.strip():
            raise Refusal("tranches_do_not_sum_up", _("Write each part as: amount; milestone; day."), facts={"line": line[:80]})
        found.append((fen, milestone.strip(), due_on))
    return found
