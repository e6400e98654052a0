"""Projects in the pipeline: entered with patents, papers put on file, moved on through the stages; nobody skips, nobody approves their own."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from langqiao.engine.funds.pipeline import ASSETS, FORBIDDEN, PIPELINE, REQUIRED, evidence_gaps
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.services import record_append
from langqiao.web.common.steps import Gate
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.funds.access import fund_get, project_locked, role_of
from langqiao.web.funds.diligence import checks_fill, open_checks
from langqiao.web.funds.models import Fund, FundStep, Paper, Project, ProjectPatent, Session
from langqiao.web.funds.services import sha_must
from langqiao.web.funds.steps import Taking, other_person_gate, reason_gate, step_take, subject_of
from langqiao.web.market.patents import Named
from langqiao.web.people.models import Membership, Organization, User
from langqiao.web.people.session import must_edit

ENDED = frozenset({"lost", "exited"})


@transaction.atomic
def project_create(
    *,
    fund_id: uuid.UUID,
    membership: Membership,
    by: User,
    title: str,
    target_name: str,
    amount_fen: int,
    patents: Sequence[Named],
    **more: str,
) -> Project:
    """A project at entry. `more`: asset_kind, summary. The target is tied to the organization of this site that has its name."""
    must_edit(membership)
    fund = fund_get(fund_id, membership)
    if not patents:
        raise Refusal("patents_missing", _("A project names at least one patent."))
    kind = more.get("asset_kind", "equity")
    if kind not in (*ASSETS, *FORBIDDEN):
        raise Refusal("forbidden_asset", _("Choose one of the list."))
    project = Project.objects.create(
        fund=fund,
        by=by,
        title=title,
        target_name=target_name,
        target=Organization.objects.filter(name=target_name, merged_into=None).first(),
        amount_fen=amount_fen,
        asset_kind=kind,
        summary=more.get("summary", ""),
        is_scenario=fund.is_scenario,
    )
    ProjectPatent.objects.bulk_create(
        ProjectPatent(project=project, key=named.key, number=named.number, title_zh=named.title_zh, title_en=named.title_en)
        for named in patents
    )
    payload = {"project": str(project.pk), "amount_fen": amount_fen, "patents": [named.key for named in patents]}
    record_append(actor=by, action="project.entered", subject=fund.owner, payload=payload)
    return project


@transaction.atomic
def paper_add(*, project_id: uuid.UUID, membership: Membership, by: User, code: str, title: str, sha256: str) -> Paper:
    """Puts a paper on file. The fund's signature is given by an approver who did not bring the project.

    Refused: not_allowed, step_not_possible, evidence_missing, four_eyes_missing.
    """
    must_edit(membership)
    project = project_locked(project_id, membership)
    if project.state in ENDED or code not in {asked.code for asked in REQUIRED}:
        raise Refusal("step_not_possible", _("No paper is added to an ended project."), facts={"event": "paper", "state": project.state})
    if code == "agreement_fund" and (not membership.may_approve or project.by_id == by.pk):
        raise Refusal("four_eyes_missing", _("An approver who did not bring the project signs for the fund."))
    sha_must(sha256)
    payload = {"project": str(project.pk), "code": code, "sha256": sha256}
    record = record_append(actor=by, action="project.paper", subject=project.fund.owner, payload=payload)
    return Paper.objects.create(project=project, code=code, title=title[:200], sha256=sha256, by=by, audit_seq=record.seq)


@transaction.atomic
def project_advance(
    *, project_id: uuid.UUID, event: str, membership: Membership, by: User, key: str = "", reasons: Sequence[str] = (), text: str = ""
) -> FundStep:
    """Takes a step of the table. Raises Refusal with the first reason, all others in facts["also"]."""
    must_edit(membership)
    project = project_locked(project_id, membership)
    taking = Taking(
        row=project,
        workflow=PIPELINE,
        event=event,
        role=role_of(membership),
        user=by,
        gates=project_gates(project, by, event, reasons=reasons, text=text),
        reasons=tuple(reasons),
        text=text,
        key=key,
    )
    taken = step_take(taking)
    if event in {"approve", "complete"}:
        checks_fill(project)
    return taken


@transaction.atomic
def checks_refresh(*, project_id: uuid.UUID, membership: Membership) -> None:
    """Reads the record anew into the checklist."""
    must_edit(membership)
    project = project_locked(project_id, membership)
    if project.state in {"diligence", "compliance", "committee"}:
        checks_fill(project)


def project_gates(project: Project, user: User | None, event: str, *, reasons: Sequence[str] = (), text: str = "") -> dict[str, Gate]:
    """Every gate of the table, asked only where a step names it."""
    return {
        "four_eyes_missing": other_person_gate(user, project.by_id, *_earlier(project)),
        "stage_evidence_missing": lambda: evidence_gap(project, event),
        "diligence_open": lambda: diligence_gap(project),
        "reason_missing": reason_gate(reasons, text),
        "session_running": lambda: {} if project.sessions.filter(state__in=("called", "open")).exists() else None,
        "order_open": lambda: {} if project.orders.filter(state="asked").exists() else None,
        "committee_decision_missing": lambda: None if decision_of(project, "exit" if event == "exit" else "investment") else {},
        "forbidden_asset": lambda: {"kind": project.asset_kind} if project.asset_kind in FORBIDDEN else None,
    }


def _earlier(project: Project) -> list[int | None]:
    """Who took the step that led to the present stage."""
    last = FundStep.objects.filter(subject=subject_of(project), target=project.state).order_by("-id").first()
    return [last.by_id] if last else []


def evidence_gap(project: Project, event: str) -> dict[str, Any] | None:
    """The papers an event asks for that are not on file, in words."""
    gaps = evidence_gaps(event, list(project.papers.values_list("code", flat=True)))
    language = "zh" if chinese() else "en"
    return {"missing": ("、" if chinese() else ", ").join(getattr(asked, language) for asked in gaps)} if gaps else None


def diligence_gap(project: Project) -> dict[str, Any] | None:
    """How many mandatory items keep the gate shut."""
    gaps = open_checks(project)
    return {"count": str(len(gaps))} if gaps else None


def decision_of(project: Project, *matters: str) -> Session | None:
    """The newest session that passed one of these matters."""
    return project.sessions.filter(state="closed", passed=True, matter__in=matters).order_by("-closed_at").first()


def fund_board(fund: Fund) -> list[Project]:
    """The projects of a fund for its board."""
    return list(fund.projects.select_related("by").prefetch_related("patents"))
