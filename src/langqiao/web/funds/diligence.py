"""Due diligence filled from the patent record: what the books and the lake say of each patent, and what a reviewer adds with a paper."""

import datetime as dt
import json
import uuid
from typing import Any, cast

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.funds.diligence import QUESTION, QUESTIONS, PatentFacts, Peer, Status, answers, diligence_gaps
from langqiao.engine.kernel.dates import add_months, add_years
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.web.appraisals.indicators import indicators_of
from langqiao.web.appraisals.selectors import records_of
from langqiao.web.audit.services import record_append
from langqiao.web.common.lake import organization_lake, site_lake
from langqiao.web.funds.access import project_locked
from langqiao.web.funds.models import Check, Fund, Project
from langqiao.web.funds.services import sha_must
from langqiao.web.patents.view import Patent, family_rows, patent_get
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit
from langqiao.web.rights.selectors import owners_for, standing_for

FAMILY_MAX, PEERS_MAX = 20, 6
"""Members of a family and indicators that are read for the list."""


def facts_of(key: str, project: Project, day: dt.date) -> PatentFacts:
    """What the record and the manager's own grades and opinions say of a patent on a day."""
    standing, owners = standing_for(key, day), owners_for(key, day)
    patent = _patent_of(key, project.fund.organization_id)
    organization = project.fund.organization
    grades = records_of(kind="grade", key=key, organization=organization, limit=1)
    opinions = records_of(kind="opinion", key=key, organization=organization, limit=1)
    return PatentFacts(
        owners=tuple(owner.name for owner in owners),
        shares_stated=bool(owners) and all(owner.share is not None for owner in owners),
        granted=standing.granted,
        status=standing.status,
        expires_on=standing.expiry_date,
        burdens=frozenset(burden.kind for burden in standing.encumbrances),
        grade=getattr(grades[0], "letter", "") if grades else "",
        graded_on=grades[0].as_of if grades else None,
        valued_on=opinions[0].as_of if opinions else None,
        compared=_compared(opinions[0].body) if opinions else None,
        family_owners=_family_owners(patent) if patent else (),
        peers=_peers(patent) if patent else (),
    )


def _patent_of(key: str, organization_id: int) -> Patent | None:
    for lake in (site_lake(), organization_lake(organization_id)):
        try:
            return patent_get(lake, key)
        except Refusal:  # this lake does not hold the publication
            continue
    return None


def _compared(body: str) -> bool:
    """Whether the recorded opinion has figures of the method of comparable deals."""
    methods = json.loads(body).get("methods", ())
    return any(one.get("method") == "market" and one.get("status") == "given" for one in methods)


def _family_owners(patent: Patent) -> tuple[frozenset[str], ...]:
    """The owners of each family member the lake holds, as its own publication names them."""
    members = [row["held"]["key"] for rows in family_rows(patent).values() for row in rows if row["held"]]
    found = (_patent_in(patent, key) for key in members[:FAMILY_MAX])
    return tuple(frozenset(row["name"] for row in member.owners if row["name"]) for member in found if member)


def _patent_in(patent: Patent, key: str) -> Patent | None:
    try:
        return patent_get(patent.lake, key)
    except Refusal:
        return None


def _peers(patent: Patent) -> tuple[Peer, ...]:
    """Percentiles of the computed indicators, each with the size of its cohort; a cohort too small has none."""
    rows = [row for _told, row in indicators_of(patent) if row.percentile is not None and row.cohort_n]
    return tuple(Peer(indicator=row.indicator, percentile=float(row.percentile or 0), n=int(row.cohort_n or 0)) for row in rows[:PEERS_MAX])


def said_of(facts: PatentFacts) -> dict[str, dict[str, Any]]:
    """What the record said, by question, as the list shows it beside the answer."""
    return {
        "title_chain": {"owners": list(facts.owners)},
        "life": {"expires_on": facts.expires_on.isoformat() if facts.expires_on else ""},
        "in_force": {"status": facts.status},
        "no_pledge": {"burdens": sorted(facts.burdens)},
        "grade": {"grade": facts.grade, "on": facts.graded_on.isoformat() if facts.graded_on else ""},
        "opinion": {"on": facts.valued_on.isoformat() if facts.valued_on else ""},
        "family": {"members": len(facts.family_owners)},
        "peers": {"peers": [[peer.indicator, round(peer.percentile, 1), peer.n] for peer in facts.peers]},
    }


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
        facts = facts_of(patent.key, project, day)
        months = int(parameters().value("fund.opinion_months", day))
        found = answers(facts, needed_until=needed_until(project.fund, day), day=day, opinion_months=months)
        said = said_of(facts)
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
