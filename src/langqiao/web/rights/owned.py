"""The annual fees of everything an organization owns, computed once for each state of the lake and of the record and kept for the day."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, Max
from django.utils import timezone

from langqiao.web.common.lake import site_lake
from langqiao.web.people.models import Organization
from langqiao.web.rights.annuities import Fee, Restoring, fees_of, restoring_of
from langqiao.web.rights.models import Entry
from langqiao.web.rights.selectors import held_many, holdings_owned

KEPT_S = 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnedFees:
    """Every fee of the living rights by due day, the windows of those that lapsed, and how many rights there are."""

    fees: tuple[Fee, ...]
    lost: tuple[tuple[str, Restoring], ...]
    rights_count: int

    def due(self, until: dt.date) -> list[Fee]:
        """Those late, and those not told as paid that fall due by a day."""
        return [fee for fee in self.fees if fee.standing in {"late", "due_soon", "coming"} and fee.due_date <= until]

    @property
    def not_told(self) -> list[Fee]:
        """Those whose surcharge period is over and of which no payment is told."""
        return [fee for fee in self.fees if fee.standing == "not_told"]


def owned_fees(organization: Organization, *, pay_on: dt.date | None = None) -> OwnedFees:
    """The fees of an organization's rights as they would be paid on a day (default: today)."""
    day = pay_on or timezone.localdate()
    kept = f"rights:fees:{organization.pk}:{_state(organization)}:{timezone.localdate()}:{day}"
    found: OwnedFees | None = cache.get(kept)
    if found is None:
        found = _computed(organization, day)
        cache.set(kept, found, KEPT_S)
    return found


def _state(organization: Organization) -> str:
    """What the fees depend on: the lake, and the entries of the organization's rights."""
    entries = Entry.objects.filter(holding__owners_now__organization=organization)
    told = entries.aggregate(last=Max("pk"), count=Count("pk"), rights=Count("holding", distinct=True))
    return hashlib.sha256(f"{site_lake().root} {site_lake().version} {told}".encode()).hexdigest()[:24]


def _computed(organization: Organization, day: dt.date) -> OwnedFees:
    held = held_many(holdings_owned(organization))
    fees = sorted((fee for one in held for fee in fees_of(one, pay_on=day)), key=lambda fee: (fee.due_date, fee.key))
    lost = tuple((one.key, window) for one in held if (window := restoring_of(one)) is not None)
    return OwnedFees(fees=tuple(fees), lost=lost, rights_count=len(held))
