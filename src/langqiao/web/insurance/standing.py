"""Whether patents may be insured: in force and owned by the holder on a day, by the operational record."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.patents.kinds import DEAD
from langqiao.web.market.patents import number_of
from langqiao.web.people.models import Organization
from langqiao.web.rights.selectors import held_on, owner_name_of


def rights_gap(code: str, holder: Organization, keys: Sequence[str], day: dt.date) -> Mapping[str, Any] | None:
    """The facts of `right_not_in_force` or `not_registered_owner` where one of them holds, else None."""
    if code == "right_not_in_force":
        found = [(key, status) for key in keys if (status := status_on(key, day))]
        return {"patents": ", ".join(number_of(key) for key, _status in found[:5]), "status": found[0][1]} if found else None
    without = [key for key in keys if not _owns(holder, key, day)]
    return (
        {"party": holder.name, "owners": owners_word(without[0], day), "patents": ", ".join(number_of(key) for key in without[:5])}
        if without
        else None
    )


def status_on(key: str, day: dt.date) -> str:
    """The status that keeps a right from being insured on a day, or "" where it is in force."""
    try:
        standing = held_on(key, day).standing
    except Refusal as refused:
        return refused.code
    if standing.status in DEAD:
        return str(standing.status)
    return "" if standing.granted else "pending"


def owners_word(key: str, day: dt.date) -> str:
    """The registered owners as a sentence names them."""
    try:
        return ", ".join(held_on(key, day).standing.owners) or "–"
    except Refusal:
        return "–"


def _owns(holder: Organization, key: str, day: dt.date) -> bool:
    try:
        return owner_name_of(holder, key, day) is not None
    except Refusal:  # the lake no longer holds the publication: then nobody owns it here
        return False
