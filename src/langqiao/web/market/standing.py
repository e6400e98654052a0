"""Whether an organization may list a right: it owns it by the operational record, and the one check does not refuse the operation."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.market.listing import MODES, Mode
from langqiao.engine.operations.check import check
from langqiao.engine.operations.encumbrance import Answer, Plan, Standing
from langqiao.web.market.patents import number_of
from langqiao.web.people.models import Membership, Organization
from langqiao.web.rights.seen import seen_by
from langqiao.web.rights.selectors import owner_name_of, standing_for

CONSENTS = frozenset({"co_owner_consent_missing", "pledgee_consent_missing"})
"""Refusals that the deal itself gathers the way out of: they do not keep a right off the market."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the one check answers for one patent of a listing, or why it could not be asked."""

    key: str
    number: str
    answer: Answer | None
    trouble: str = ""

    @property
    def refused(self) -> tuple[str, ...]:
        """The codes that keep the patent off the market."""
        if self.answer is None:
            return (self.trouble,)
        return tuple(code for code in self.answer.codes if code not in CONSENTS)


def unowned_gap(organization: Organization, keys: Sequence[str], day: dt.date) -> Mapping[str, Any] | None:
    """The patents that the organization does not own by the record."""
    without = [number_of(key) for key in keys if not _owns(organization, key, day)]
    return {"patents": ", ".join(without[:5])} if without else None


def _owns(organization: Organization, key: str, day: dt.date) -> bool:
    try:
        return owner_name_of(organization, key, day) is not None
    except Refusal:  # the lake no longer holds the publication: then nobody owns it here
        return False


def asked_of(organization: Organization, mode: str, keys: Sequence[str], day: dt.date) -> list[Asked]:
    """The answer of the one check for each patent, as the organization would dispose of it on the day."""
    return [_asked(organization, cast("Mode", mode), key, day, standing_of=standing_for) for key in keys]


def asked_for(membership: Membership | None, organization: Organization, mode: str, *, keys: Sequence[str], day: dt.date) -> list[Asked]:
    """The same from what the reader may see of each right: a license that is not recorded is known to its parties only."""
    return [
        _asked(organization, cast("Mode", mode), key, day, standing_of=lambda key, _day: seen_by(membership, key).held.standing)
        for key in keys
    ]


def _asked(organization: Organization, mode: Mode, key: str, day: dt.date, *, standing_of: Callable[[str, dt.date], Standing]) -> Asked:
    try:
        plan = Plan(operation=MODES[mode], on=day, disposing_party=owner_name_of(organization, key, day))
        return Asked(key=key, number=number_of(key), answer=check(standing_of(key, day), plan))
    except Refusal as refusal:
        return Asked(key=key, number=number_of(key), answer=None, trouble=refusal.code)


def operation_gap(organization: Organization, mode: str, keys: Sequence[str], day: dt.date) -> Mapping[str, Any] | None:
    """The first patent on which the law refuses the operation, with every code."""
    found = next((asked for asked in asked_of(organization, mode, keys, day) if asked.refused), None)
    return {"patent": found.number, "codes": ", ".join(found.refused)} if found else None
