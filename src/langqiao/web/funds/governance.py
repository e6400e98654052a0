"""What governance asks of a payment beyond the resolution: the partners' consent to a related deal, the fund's limits, the milestones reached."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from langqiao.data.reference.technology import wipo_field
from langqiao.engine.funds.limits import Allowed, Shape, outside, reached_fen
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.lake import organization_lake, site_lake
from langqiao.web.common.steps import Gate
from langqiao.web.funds.conflicts import related_reasons
from langqiao.web.funds.models import Fund, Limits, Order, Profile, Project, Session
from langqiao.web.patents.view import patent_get

GOVERNANCE: tuple[str, ...] = ("lpac_consent_missing", "outside_mandate", "tranche_not_reached")
"""Gates of a payment to a project, after those of `money.DISBURSEMENT`."""


def governance_gates(order: Order, session: Session | None) -> dict[str, Gate]:
    """A gate of each code in GOVERNANCE, asked at the asking and again at the approval."""
    project = order.project
    assert project is not None
    return {
        "lpac_consent_missing": lambda: consent_gap(project),
        "outside_mandate": lambda: limits_gap(project),
        "tranche_not_reached": lambda: _tranche_gap(order, session) if session else None,
    }


def consent_of(project: Project) -> Session | None:
    """The newest consent of the partners' advisory committee to the deal that has not expired."""
    found = project.sessions.filter(state="closed", passed=True, matter="related_party", expires_on__gte=timezone.localdate())
    return found.order_by("-closed_at").first()


def consent_gap(project: Project) -> Mapping[str, Any] | None:
    """A deal with related parties to which the partners have not consented, or for less than its price."""
    reasons = related_reasons(project)
    if not reasons:
        return None
    consent = consent_of(project)
    enough = consent is not None and consent.amount_fen >= project.amount_fen
    return None if enough else {"reasons": ", ".join(reasons)}


def limits_of(fund: Fund) -> Limits | None:
    """The limits in force: the newest that another person approved."""
    return fund.limits.filter(approved_at__isnull=False).order_by("-approved_at", "-pk").first()


def limits_gap(project: Project) -> Mapping[str, Any] | None:
    """The limits of the fund that a project breaks; what the record does not say breaks them."""
    found = limits_of(project.fund)
    if found is None:
        return None
    allowed = Allowed(fields=frozenset(found.fields), stages=frozenset(found.stages), regions=tuple(found.regions))
    broken = outside(allowed, shape_of(project))
    return {"limits": ", ".join(broken)} if broken else None


def shape_of(project: Project) -> Shape:
    """A project as the limits see it."""
    profile = Profile.objects.filter(project=project).first()
    fields = [fields_of(patent.key, project.fund.organization_id) for patent in project.patents.all()]
    return Shape(fields=fields, stage=profile.stage if profile else "", region=profile.region if profile else "")


def fields_of(key: str, organization_id: int) -> frozenset[int]:
    """The WIPO fields of a patent by the symbols of its record."""
    for lake in (site_lake(), organization_lake(organization_id)):
        try:
            rows = patent_get(lake, key).rows("classifications")
        except Refusal:  # this lake does not hold the publication
            continue
        return frozenset(hit.field.number for hit in wipo_field([row["symbol"] for row in rows if row["scheme"] == "ipc"]))
    return frozenset()


def _tranche_gap(order: Order, session: Session) -> Mapping[str, Any] | None:
    most = reached_fen([(one.amount_fen, one.reached_at is not None) for one in session.tranches.all()])
    if most is None:
        return None
    paid = sum(Order.objects.filter(kind="disbursement", state="approved", session=session).values_list("amount_fen", flat=True))
    return {"reached_fen": most} if paid + order.amount_fen > most else None
