"""The licensor's duty to keep a licensed right in force: a missed annual fee is noted for both sides, and that it was made good."""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import Q, QuerySet

from langqiao.engine.operations.encumbrance import Standing
from langqiao.engine.operations.upkeep import missed
from langqiao.web.audit.services import record_append
from langqiao.web.deals import terms as stored
from langqiao.web.deals.models import Deal, DealPatent
from langqiao.web.deals.selectors import today
from langqiao.web.rights.models import Holding
from langqiao.web.rights.selectors import held_many
from langqiao.web.royalties.models import UpkeepBreach
from langqiao.web.royalties.services import LICENSES, RUNNING

CHUNK = 500
KINDS = (*LICENSES, "open_license_taking")
ACTOR = "duty/licenses"


def licenses_watch(day: dt.date | None = None) -> str:
    """The duty: looks at the right behind every license in effect and notes fees missed and made good since; told in one line."""
    day = day or today()
    found = noted = cured = 0
    for licensed, standings in _chunks(day):
        found += len(licensed)
        with transaction.atomic():
            open_of = _open(licensed)
            for patent in licensed:
                standing = standings.get(patent.key)
                if standing is not None:
                    new, made_good = _judge(patent, standing, open_of.get((patent.deal_id, patent.key)), day)
                    noted, cured = noted + new, cured + made_good
    return f"licensed rights {found}, fees missed {noted}, made good {cured}"


def breaches_of(deal: Deal) -> QuerySet[UpkeepBreach]:
    """What was noted of a license, the newest first."""
    return UpkeepBreach.objects.filter(deal=deal).order_by("-found_on", "key")


def _chunks(day: dt.date) -> Iterator[tuple[list[DealPatent], dict[str, Standing]]]:
    keys = sorted(set(_licensed(day).values_list("key", flat=True)))
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        standings = {held.key: held.standing for held in held_many(list(Holding.objects.filter(key__in=part)), day)}
        yield [one for one in _licensed(day).filter(key__in=part).select_related("deal") if _runs(one.deal, day)], standings


def _licensed(day: dt.date) -> QuerySet[DealPatent]:
    return DealPatent.objects.filter(deal__kind__in=KINDS, deal__state__in=sorted(RUNNING)).filter(
        Q(deal__effective_on=None) | Q(deal__effective_on__lte=day)
    )


def _runs(deal: Deal, day: dt.date) -> bool:
    """Whether the license has not ended; one without an end lasts as long as the right."""
    end = stored.read(deal.terms).license.term_end
    return end is None or end >= day


def _open(licensed: Iterable[DealPatent]) -> dict[tuple[object, str], UpkeepBreach]:
    deals = {one.deal_id for one in licensed}
    rows = UpkeepBreach.objects.select_for_update().filter(deal__in=deals, cured_on=None).order_by("pk")
    return {(one.deal_id, one.key): one for one in rows}


def _judge(patent: DealPatent, standing: Standing, known: UpkeepBreach | None, day: dt.date) -> tuple[int, int]:
    """Notes what changed of one licensed right: (newly missed, made good)."""
    status = missed(standing)
    if status and (known is None or known.status != status):
        known = known or UpkeepBreach(deal=patent.deal, key=patent.key, found_on=day)
        known.status = status
        known.save()
        _tell(known, "license.fee_missed", day)
        return 1, 0
    if not status and known is not None and standing.status == "in_force":
        known.cured_on = day
        known.save(update_fields=["cured_on"])
        _tell(known, "license.fee_made_good", day)
        return 0, 1
    return 0, 0


def _tell(breach: UpkeepBreach, action: str, day: dt.date) -> None:
    sides = [number for number in (breach.deal.seller_id, breach.deal.buyer_id) if number]
    payload = {"right": breach.key, "status": breach.status, "on": day.isoformat(), "article": "Interpretation on technology contracts 26"}
    record_append(actor=ACTOR, action=action, subject=f"royalty/{breach.deal_id}", payload=payload, seen_by=sides)
