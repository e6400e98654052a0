"""What the patent record answers of the questions of due diligence, for whoever examines: a fund's manager or a side of a deal."""

import datetime as dt
import json
from typing import Any

from langqiao.engine.funds.diligence import PatentFacts, Peer
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.appraisals.indicators import indicators_of
from langqiao.web.appraisals.selectors import records_of
from langqiao.web.common.lake import organization_lake, site_lake
from langqiao.web.patents.view import Patent, family_rows, patent_get
from langqiao.web.people.models import Organization
from langqiao.web.rights.selectors import owners_for, standing_for

FAMILY_MAX, PEERS_MAX = 20, 6
"""Members of a family and indicators that are read for the list."""


def record_facts(key: str, organization: Organization, day: dt.date) -> PatentFacts:
    """What the record, and the organization's own grades and opinions, say of a patent on a day."""
    standing, owners = standing_for(key, day), owners_for(key, day)
    patent = _patent_of(key, organization.pk)
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


def record_said(facts: PatentFacts) -> dict[str, dict[str, Any]]:
    """What the record said, by question, as a list shows it beside the answer."""
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
