"""After the investment: covenants with their answers, figures against plan, and what is warned of today, the register's events included."""

import datetime as dt
import uuid
from fractions import Fraction

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.funds.aftercare import COVENANTS, Alarm, Duty, Reported, Watched, alarms
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.web.audit.services import record_append
from langqiao.web.funds.access import project_locked
from langqiao.web.funds.models import Covenant, Figure, Project
from langqiao.web.funds.services import sha_must
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit
from langqiao.web.rights.selectors import held_on

HELD = frozenset({"closing", "held", "exiting"})


def _held(project_id: uuid.UUID, membership: Membership, event: str) -> Project:
    must_edit(membership)
    project = project_locked(project_id, membership)
    if project.state not in HELD:
        raise Refusal("step_not_possible", _("The project is not in the fund's hands."), facts={"event": event, "state": project.state})
    return project


@transaction.atomic
def covenant_add(
    *, project_id: uuid.UUID, membership: Membership, by: User, kind: str, text: str, due_on: dt.date | None, observer: str = ""
) -> Covenant:
    """A duty of the target, from closing on. `observer`: who sits in its board for the fund. Refused: step_not_possible, reason_missing."""
    project = _held(project_id, membership, "covenant")
    if kind not in COVENANTS or not text.strip() or (kind == "observer" and not observer.strip()):
        raise Refusal("reason_missing", _("Write the covenant out; an observer has a name."))
    made = Covenant.objects.create(
        project=project, kind=kind, text=text.strip()[:500], observer=observer.strip()[:200], due_on=due_on, by=by
    )
    payload = {"project": str(project.pk), "covenant": str(made.pk), "kind": kind}
    record_append(actor=by, action="project.covenant", subject=project.fund.owner, payload=payload)
    return made


@transaction.atomic
def covenant_answer(
    *, covenant_id: uuid.UUID, membership: Membership, by: User, kept: bool, sha256: str, due_on: dt.date | None = None
) -> Covenant:
    """Whether a covenant was kept, with its paper; `due_on`: when it is answered next. Refused: not_found, evidence_missing, step_not_possible."""
    found = Covenant.objects.select_related("project").filter(pk=covenant_id, project__fund__organization=membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There is no such covenant."))
    project = _held(found.project_id, membership, "covenant")
    found.kept, found.evidence_sha256, found.due_on = kept, sha_must(sha256), due_on
    found.answered_by, found.answered_at = by, timezone.now()
    found.save()
    payload = {"project": str(project.pk), "covenant": str(found.pk), "kept": kept, "sha256": sha256}
    record_append(actor=by, action="project.covenant_answered", subject=project.fund.owner, payload=payload)
    return found


@transaction.atomic
def figure_plan(
    *, project_id: uuid.UUID, membership: Membership, by: User, name: str, unit: str, quarter_ends_on: dt.date, plan: int
) -> Figure:
    """The plan of a figure for a quarter, in whole units. Refused: step_not_possible, reason_missing, name_taken."""
    project = _held(project_id, membership, "figure")
    if not name.strip() or not unit.strip() or plan <= 0:
        raise Refusal("reason_missing", _("Name the figure and its unit, and write a plan above zero."))
    if Figure.objects.filter(project=project, name=name.strip(), quarter_ends_on=quarter_ends_on).exists():
        raise Refusal("name_taken", _("This figure has a plan for the quarter."), facts={"name": name})
    made = Figure.objects.create(
        project=project, name=name.strip()[:120], unit=unit.strip()[:40], quarter_ends_on=quarter_ends_on, plan=plan, by=by
    )
    payload = {"project": str(project.pk), "figure": made.name, "quarter": quarter_ends_on.isoformat(), "plan": plan}
    record_append(actor=by, action="project.figure_planned", subject=project.fund.owner, payload=payload)
    return made


@transaction.atomic
def figure_report(*, figure_id: int, membership: Membership, by: User, actual: int, sha256: str) -> Figure:
    """What the figure came to, once, with its paper. Refused: not_found, step_not_possible, evidence_missing."""
    found = Figure.objects.select_related("project").filter(pk=figure_id, project__fund__organization=membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There is no such figure."))
    project = _held(found.project_id, membership, "figure")
    found.refresh_from_db()
    if found.actual is not None or actual < 0:
        raise Refusal("step_not_possible", _("The figure is reported."), facts={"event": "report", "state": "reported"})
    found.actual, found.evidence_sha256 = actual, sha_must(sha256)
    found.save(update_fields=["actual", "evidence_sha256"])
    payload = {"project": str(project.pk), "figure": found.name, "quarter": found.quarter_ends_on.isoformat(), "actual": actual}
    record_append(actor=by, action="project.figure_reported", subject=project.fund.owner, payload=payload)
    return found


def alarms_of(project: Project, day: dt.date | None = None) -> tuple[Alarm, ...]:
    """What is warned of today: figures, covenants, and the patents as the register and the record have them."""
    day = day or timezone.localdate()
    if project.state not in HELD:
        return ()
    return alarms(
        [Reported(name=one.name, ends_on=one.quarter_ends_on, plan=one.plan, actual=one.actual) for one in project.figures.all()],
        [Duty(text=one.text, due_on=one.due_on, kept=one.kept) for one in project.covenants.all()],
        [_watched(patent.key, patent.number, day) for patent in project.patents.all()],
        day=day,
        tolerance=Fraction(str(parameters().value("fund.kpi_tolerance", day))),
    )


def _watched(key: str, number: str, day: dt.date) -> Watched:
    try:
        held = held_on(key, day)
    except Refusal:  # the lake no longer holds the publication: then nothing is known of it
        return Watched(number=number, status="", burdens=frozenset())
    return Watched(number=number, status=held.view.status, burdens=frozenset(burden.kind for burden in held.standing.encumbrances))
