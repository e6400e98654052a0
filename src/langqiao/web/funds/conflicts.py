"""Who has a stake in a case: its parties, what the site sees of a member's ties to them, and why a deal is one with related parties."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone

from langqiao.engine.funds.session import Sitting, conflicts, hints
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.lake import organization_lake, site_lake
from langqiao.web.funds.models import Profile, Project, ScoreSheet, Session, Vote
from langqiao.web.patents.view import patent_get
from langqiao.web.people.models import Mandate, Membership, User
from langqiao.web.rights.selectors import owner_organizations


def parties_of(project: Project) -> frozenset[int]:
    """The organizations with a stake in a case: the target, and the owners of its patents that are known here; never the manager by itself."""
    owners = {
        organization for patent in project.patents.all() for organization in owner_organizations(patent.key, timezone.localdate()).values()
    }
    return frozenset(owners | ({project.target_id} if project.target_id else set()))


def inventors_of(project: Project) -> frozenset[str]:
    """The inventors that the records of the project's patents name."""
    lakes = (site_lake(), organization_lake(project.fund.organization_id))
    found: set[str] = set()
    for patent in project.patents.all():
        for lake in lakes:
            try:
                rows = patent_get(lake, patent.key).parties("inventor")
            except Refusal:  # this lake does not hold the publication
                continue
            found |= {str(row["name"]) for row in rows if row["name"]}
    return frozenset(found)


def related_reasons(project: Project) -> tuple[str, ...]:
    """Why a deal needs the partners' consent: the manager or a partner is a party, a person works for the manager and a party, or it is declared."""
    fund, parties = project.fund, parties_of(project)
    partners = list(fund.partners.values_list("organization_id", "name"))
    staff = Membership.objects.filter(organization_id=fund.organization_id).values("user")
    declared = Profile.objects.filter(project=project).exclude(related="").exists()
    found = {
        "manager": fund.organization_id in parties or project.target_name == fund.organization.name,
        "partner": any(organization in parties or name == project.target_name for organization, name in partners),
        "shared_person": Membership.objects.filter(organization__in=parties - {fund.organization_id}, user__in=staff).exists(),
        "declared": declared,
    }
    return tuple(code for code, applies in found.items() if applies)


def sitting_of(user: User, project: Project, *, session: Session | None = None, day: dt.date | None = None) -> Sitting:
    """A person as the detection sees it in a case."""
    day = day or timezone.localdate()
    own = frozenset(Membership.objects.filter(user=user).values_list("organization_id", flat=True))
    return Sitting(
        user=user.pk,
        organizations=own,
        bound=bound_to(own, day),
        names=frozenset({user.name} if user.name else set()),
        proposed=project.by_id == user.pk,
        voted_before=_voted_before(user, project),
        scored=session is not None and ScoreSheet.objects.filter(expert__advice__project=project, expert__user=user).exists(),
    )


def bound_to(organizations: Iterable[int], day: dt.date) -> frozenset[int]:
    """The organizations that act for these, or for which these act, by a mandate in force."""
    own = set(organizations)
    standing = Mandate.objects.filter(accepted_at__isnull=False, revoked_at=None, from_on__lte=day, until_on__gte=day)
    pairs = standing.filter(Q(agent__in=own) | Q(holder__in=own)).values_list("agent_id", "holder_id")
    return frozenset(one for pair in pairs for one in pair) - own


def _voted_before(user: User, project: Project) -> bool:
    keys = list(project.patents.values_list("key", flat=True))
    earlier = Vote.objects.filter(member__user=user).exclude(session__fund=project.fund)
    return earlier.filter(session__project__patents__key__in=keys).exists()


def detect(session: Session) -> None:
    """Writes down every conflict that the site can see; a detected conflict recuses, and nobody takes it back. A hint asks for an answer."""
    project = session.project
    parties, inventors = parties_of(project), inventors_of(project)
    for member in session.members.select_related("user"):
        sitting = sitting_of(member.user, project, session=session)
        member.detected = list(conflicts(sitting, parties=parties))
        member.hints = list(hints(sitting, inventors=inventors))
        member.is_recused = member.is_recused or (bool(member.detected) and not Vote.objects.filter(member=member).exists())
        member.save(update_fields=["detected", "hints", "is_recused"])
