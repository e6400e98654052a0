"""Projects in the pipeline: entered with patents, papers put on file, moved on through the stages; nobody skips, nobody approves their own."""

import uuid
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.funds.pipeline import ASSETS, EXIT, FORBIDDEN, PIPELINE, evidence_gaps, exit_gap
from langqiao.engine.funds.session import material
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.web.audit.services import record_append
from langqiao.web.common.steps import Gate
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.funds.access import fund_get, project_locked, role_of
from langqiao.web.funds.diligence import checks_fill, open_checks
from langqiao.web.funds.governance import limits_gap
from langqiao.web.funds.models import ExitPath, Fund, FundStep, Paper, PriceChange, Project, ProjectPatent, Session
from langqiao.web.funds.models.core import PAPERS
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
    if project.state in ENDED or code not in PAPERS:
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
        "committee_decision_missing": lambda: None if _resolved(project, event) else {},
        "exit_path_missing": lambda: None if project.exit_paths.exists() else {},
        "exit_evidence_missing": lambda: _exit_gap(project),
        "outside_mandate": lambda: limits_gap(project),
        "forbidden_asset": lambda: {"kind": project.asset_kind} if project.asset_kind in FORBIDDEN else None,
    }


def _resolved(project: Project, event: str) -> Session | None:
    """The resolution that an event rests on: of the way out since it was chosen, or of the investment."""
    if event != "exit":
        return decision_of(project, "investment")
    chosen = project.exit_paths.last()
    if chosen is None:
        return None
    found = decision_of(project, "write_off" if chosen.path == "write_off" else "exit")
    return found if found and found.closed_at and found.closed_at >= chosen.at else None


def _exit_gap(project: Project) -> dict[str, Any] | None:
    """The paper that the chosen way out asks for and that is not on file."""
    chosen = project.exit_paths.last()
    gap = exit_gap(chosen.path, list(project.papers.values_list("code", flat=True))) if chosen else None
    return {"missing": gap.zh if chinese() else gap.en} if gap else None


@transaction.atomic
def exit_choose(*, project_id: uuid.UUID, membership: Membership, by: User, path: str, reason: str) -> ExitPath:
    """Chooses or changes the way out of a held project. Refused: not_allowed, step_not_possible, reason_missing."""
    must_edit(membership)
    project = project_locked(project_id, membership)
    if project.state not in {"held", "exiting"} or path not in EXIT:
        raise Refusal("step_not_possible", _("A held project has a way out."), facts={"event": path[:20], "state": project.state})
    if not reason.strip():
        raise Refusal("reason_missing", _("A way out carries its reason."))
    chosen = ExitPath.objects.create(project=project, path=path, reason=reason.strip()[:500], by=by)
    record_append(actor=by, action="project.exit_path", subject=project.fund.owner, payload={"project": str(project.pk), "path": path})
    return chosen


@transaction.atomic
def price_change(*, project_id: uuid.UUID, membership: Membership, by: User, amount_fen: int, reason: str) -> PriceChange:
    """Changes the price of a project that was passed and not yet paid. Beyond `fund.material_change` it goes back to the committee.

    Refused: not_allowed, step_not_possible, reason_missing.
    """
    must_edit(membership)
    project = project_locked(project_id, membership)
    session = decision_of(project, "investment")
    if project.state != "closing" or session is None or amount_fen <= 0 or project.orders.filter(state="asked").exists():
        message = _("The price changes after the resolution and before the payment.")
        raise Refusal("step_not_possible", message, facts={"event": "price", "state": project.state})
    if not reason.strip():
        raise Refusal("reason_missing", _("A change of price carries its reason."))
    most = Fraction(str(parameters().value("fund.material_change", timezone.localdate())))
    large = material(session.amount_fen, amount_fen, most)
    change = PriceChange.objects.create(
        project=project, session=session, before_fen=project.amount_fen, after_fen=amount_fen, reason=reason.strip()[:500], is_material=large, by=by
    )  # fmt: skip
    project.amount_fen = amount_fen
    project.save(update_fields=["amount_fen", "updated_at"])
    payload = {"project": str(project.pk), "before_fen": change.before_fen, "after_fen": amount_fen, "material": large}
    record_append(actor=by, action="project.price", subject=project.fund.owner, payload=payload)
    if large:
        gates: dict[str, Gate] = {"reason_missing": lambda: None}
        step_take(
            Taking(
                row=project, workflow=PIPELINE, event="vote_again", role=role_of(membership), user=by, gates=gates, reasons=("price",), text=reason
            )
        )  # fmt: skip
    return change


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
