"""In which role a member meets a thing of the market, and whether an institution's mandate covers an act."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from langqiao.web.market.models import Demand, Listing, Window
from langqiao.web.people.models import MandateScope, Membership, Organization, OrganizationKind
from langqiao.web.people.selectors import mandates_for


def listing_role(listing: Listing, membership: Membership | None) -> str:
    """`holder`, `custodian`, `platform`, or "" for whoever has none. The platform has none before the listing was submitted to it."""
    if membership is None:
        return ""
    if membership.organization_id == listing.organization_id:
        return "holder"
    if membership.organization_id == listing.by_organization_id:
        return "custodian" if membership.organization.kind != OrganizationKind.PLATFORM or listing.state == "draft" else "platform"
    return _auditor(listing, membership)


def owner_role(row: Demand | Window, membership: Membership | None) -> str:
    """`owner`, `platform` (of a demand that was submitted to it) or ""."""
    if membership is None:
        return ""
    if membership.organization_id == row.organization_id:
        return "owner"
    return _auditor(row, membership) if isinstance(row, Demand) else ""


def _auditor(row: Listing | Demand, membership: Membership) -> str:
    return "platform" if membership.organization.kind == OrganizationKind.PLATFORM and row.state != "draft" else ""


def mandate_gap(acting: Organization, holder: Organization, keys: Sequence[str], day: dt.date) -> Mapping[str, Any] | None:
    """What is missing for `acting` to list for `holder`: None where it is the holder itself or a mandate to list covers every patent."""
    if acting.pk == holder.pk:
        return None
    given = [found for found in mandates_for(acting, day) if found.holder_id == holder.pk and MandateScope.LIST in found.scopes]
    without = [key for key in keys if not any(not found.patents or key in found.patents for found in given)]
    if given and not without:
        return None
    return {"agent": acting.name, "holder": holder.name, "patents": ", ".join(without[:5])}
