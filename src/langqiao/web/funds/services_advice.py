"""Advisory opinions of an alliance on a project: asked with named experts, scored once each, shown in the case file; no gate reads them."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.funds.advice import Opinion, Sheet, opinion, sheet_wrong
from langqiao.engine.funds.pipeline import LIVE
from langqiao.engine.funds.session import conflicts
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.web.audit.services import record_append
from langqiao.web.funds.access import project_locked
from langqiao.web.funds.conflicts import parties_of, sitting_of
from langqiao.web.funds.models import Advice, Expert, ScoreSheet
from langqiao.web.funds.services import user_named
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit

EXPERTS_MAX = 15


@transaction.atomic
def advice_ask(
    *, project_id: uuid.UUID, membership: Membership, by: User, alliance: str, question: str, deadline_on: dt.date, emails: Sequence[str]
) -> Advice:
    """Asks an alliance for its opinion; each named expert's ties to the parties are written down at once.

    Refused: not_allowed, step_not_possible, reason_missing, person_unknown, experts_missing.
    """
    must_edit(membership)
    project = project_locked(project_id, membership)
    today = timezone.localdate()
    if project.state not in LIVE or deadline_on < today:
        message = _("Advice is asked before the money, with a day to come.")
        raise Refusal("step_not_possible", message, facts={"event": "advice", "state": project.state})
    if not alliance.strip() or not question.strip():
        raise Refusal("reason_missing", _("Name the alliance and write the question."))
    users = list({user.pk: user for user in (user_named(email) for email in emails if email.strip())}.values())
    least = int(parameters().value("fund.advice_least", today))
    if not least <= len(users) <= EXPERTS_MAX:
        raise Refusal("experts_missing", _("Name at least %(n)d experts.") % {"n": least}, facts={"least": least, "named": len(users)})
    asked = Advice.objects.create(
        project=project, alliance=alliance.strip()[:200], question=question.strip()[:1000], deadline_on=deadline_on, by=by
    )
    parties = parties_of(project)
    Expert.objects.bulk_create(
        Expert(advice=asked, user=user, conflicts=list(conflicts(sitting_of(user, project), parties=parties))) for user in users
    )
    payload = {"advice": str(asked.pk), "project": str(project.pk), "alliance": asked.alliance, "experts": [user.pk for user in users]}
    record_append(actor=by, action="project.advice_asked", subject=project.fund.owner, payload=payload)
    return asked


def advice_get(advice_id: uuid.UUID, membership: Membership, user: User) -> Advice:
    """An opinion asked by the member's organization, or one in which the user is an expert. Refused (not_found)."""
    found = Advice.objects.select_related("project__fund").filter(pk=advice_id).first()
    named = found is not None and found.experts.filter(user=user).exists()
    if found is None or not (named or found.project.fund.organization_id == membership.organization_id):
        raise Refusal("not_found", _("There is no such advice."))
    return found


@transaction.atomic
def sheet_give(*, advice_id: uuid.UUID, membership: Membership, by: User, scores: Mapping[str, int], words: str) -> ScoreSheet:
    """An expert's sheet, once. Refused: not_found, advice_closed, sheet_wrong, reason_missing, member_already_voted."""
    asked = advice_get(advice_id, membership, by)
    expert = Expert.objects.select_for_update().filter(advice=asked, user=by).first()
    if expert is None:
        raise Refusal("not_found", _("You are no expert here."))
    if timezone.localdate() > asked.deadline_on:
        raise Refusal("advice_closed", _("The day for the sheets has passed."), facts={"deadline_on": asked.deadline_on.isoformat()})
    if sheet_wrong(scores):
        raise Refusal("sheet_wrong", _("Score every criterion from 1 to 5."))
    if not words.strip():
        raise Refusal("reason_missing", _("A score sheet carries its reason."))
    try:
        with transaction.atomic():
            sheet = ScoreSheet.objects.create(expert=expert, scores=dict(scores), words=words.strip()[:2000])
    except IntegrityError as refused:
        raise Refusal("member_already_voted", _("You have given your sheet.")) from refused
    payload = {"advice": str(asked.pk), "expert": str(expert.pk), "scores": sheet.scores}
    record_append(actor=by, action="project.advice_given", subject=asked.project.fund.owner, payload=payload)
    return sheet


def opinion_of(asked: Advice) -> Opinion:
    """The opinion as it stands; without a mean while fewer sheets than asked count."""
    sheets = [
        Sheet(scores=expert.sheet.scores, counts=not expert.conflicts)
        for expert in asked.experts.select_related("sheet")
        if hasattr(expert, "sheet")
    ]
    return opinion(sheets, least=int(parameters().value("fund.advice_least", timezone.localdate())))
