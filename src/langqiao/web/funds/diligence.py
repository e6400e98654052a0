"""Due diligence filled from the patent record: what the books and the lake say of each patent, and what a reviewer adds with a paper."""

import datetime as dt
import uuid
from typing import cast

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.funds.diligence import QUESTION, QUESTIONS, Status, answers, diligence_gaps
from langqiao.engine.kernel.dates import add_months, add_years
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.web.audit.services import record_append
from langqiao.web.common.diligence import record_facts, record_said
from langqiao.web.funds.access import project_locked
from langqiao.web.funds.models import Check, Fund, Project
from langqiao.web.funds.services import sha_must
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit


def needed_until(fund: Fund, day: dt.date) -> dt.date:
    """Until when a patent has to live: the fund's investment and exit years from its close, or from today."""
    return add_years(fund.closed_on or day, fund.investment_years + fund.exit_years)


def checks_fill(project: Project) -> list[Check]:
    """Answers every question that the record can answer, anew; a reviewer's answer stands, except a pass that the record now contradicts.

    In the caller's transaction, which holds the project's lock. A waiver or a paper never turns into a pass by itself.
    """
    day = timezone.localdate()
    kept = {(check.key, check.code): check for check in project.checks.all()}
    made = []
    for patent in project.patents.all():
        facts = record_facts(patent.key, project.fund.organization, day)
        months = int(parameters().value("fund.opinion_months", day))
        found = answers(facts, needed_until=needed_until(project.fund, day), day=day, opinion_months=months)
        said = record_said(facts)
        for question in QUESTIONS:
            check = kept.get((patent.key, question.code)) or Check(project=project, key=patent.key, code=question.code)
            if check.status == "pass" and found.get(question.code) == "fail":
                check.reviewer, check.evidence_sha256, check.expires_on = None, "", None
            if check.reviewer_id is None:
                check.status, check.answered_at = found.get(question.code, "unknown"), timezone.now()
                check.facts = said.get(question.code, {})
                check.save()
            made.append(check)
    return made


def open_checks(project: Project) -> tuple[tuple[str, str], ...]:
    """(patent, question) of mandatory checks that keep the gate shut; every question counts even where no row is made yet."""
    rows = {(check.key, check.code): (check.status, check.expires_on) for check in project.checks.all()}
    items: list[tuple[str, str, Status, dt.date | None]] = []
    for patent in project.patents.all():
        for question in QUESTIONS:
            status, expires_on = rows.get((patent.key, question.code), ("unknown", None))
            items.append((patent.key, question.code, cast("Status", status), expires_on))
    gaps = diligence_gaps(items, day=timezone.localdate())
    return gaps or ((("", "title_chain"),) if not items else ())


@transaction.atomic
def check_answer(
    *,
    project_id: uuid.UUID,
    membership: Membership,
    by: User,
    key: str,
    code: str,
    status: str,
    evidence_sha256: str = "",
    reason: str = "",
) -> Check:
    """A reviewer's answer with a paper (pass, fail), or a waiver with a reason by an approver who did not bring the project.

    Refused: not_allowed, not_found, step_not_possible, evidence_missing, reason_missing, four_eyes_missing.
    """
    must_edit(membership)
    project = project_locked(project_id, membership)
    check = project.checks.filter(key=key, code=code).first()
    if check is None or code not in QUESTION or status not in {"pass", "fail", "waived"}:
        raise Refusal("not_found", _("There is no such item."))
    if project.state not in {"diligence", "compliance"}:
        raise Refusal("step_not_possible", _("Items are answered during due diligence."), facts={"event": "answer", "state": project.state})
    if status == "waived":
        if not reason.strip():
            raise Refusal("reason_missing", _("A waiver carries its reason."))
        if not membership.may_approve or project.by_id == by.pk:
            raise Refusal("four_eyes_missing", _("An approver who did not bring the project waives."))
    else:
        sha_must(evidence_sha256)
    today = timezone.localdate()
    check.status, check.reviewer, check.answered_at = status, by, timezone.now()
    check.evidence_sha256, check.reason = evidence_sha256, reason.strip()[:500]
    check.expires_on = add_months(today, int(parameters().value("fund.evidence_months", today)))
    check.save()
    payload = {"project": str(project.pk), "patent": key, "item": code, "status": status, "evidence_sha256": evidence_sha256}
    record_append(actor=by, action="project.checked", subject=project.fund.owner, payload=payload)
    return check
