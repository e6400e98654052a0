"""Who owned a right on a day: the owners of the record, changed by transfers and changes of name in order of their effect."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from langqiao.engine.kernel.problem import Problem
from langqiao.engine.patents.event import RightEvent

TRANSFERS = frozenset({"TRANSFER", "TRANSFER_APPLICATION", "MERGER"})
RENAMES = frozenset({"NAME_CHANGE", "ENTITY_CONVERSION"})
_NOISE = re.compile(r"[\s.,()（）．，·]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """The owners from a day on (None: from the start), and the event that made them so."""

    owners: tuple[str, ...]
    since: dt.date | None
    evidence: tuple[RightEvent, ...] = ()


def ownerships(
    first: tuple[str, ...], told_on: dt.date | None, events: Iterable[RightEvent]
) -> tuple[tuple[Ownership, ...], tuple[Problem, ...]]:
    """The chain of ownership and its gaps. `first`: the owners a publication of `told_on` names; transfers up to then led to them.

    A later transfer by someone who was not the owner so far is followed, and named as a gap; one to those who own already says nothing.
    """
    chain = [Ownership(owners=first, since=None)]
    problems = []
    told = told_on is None
    for event in events:
        if event.effect == "unknown" or not event.to_parties or event.kind not in TRANSFERS | RENAMES:
            continue
        later = told_on is None or event.effective is None or event.effective > told_on
        if later and not told:
            told = True
            chain += _printed(chain, first, told_on)
        if _all_in(event.to_parties, chain[-1].owners):
            continue
        if later and not _known(event.from_parties, chain[-1].owners):
            problems.append(_gap(event, chain[-1].owners))
        chain.append(Ownership(owners=_after(chain[-1].owners, event), since=event.effective, evidence=(event,)))
    return (*chain, *([] if told else _printed(chain, first, told_on))), tuple(problems)


def _printed(chain: list[Ownership], first: tuple[str, ...], told_on: dt.date | None) -> list[Ownership]:
    return [Ownership(owners=first, since=told_on)] if len(chain) > 1 and first else []


def _all_in(parties: tuple[str, ...], owners: tuple[str, ...]) -> bool:
    return {_plain(name) for name in parties} <= {_plain(name) for name in owners}


def owners_on(chain: Iterable[Ownership], day: dt.date) -> Ownership:
    """The ownership in force on a day."""
    return [link for link in chain if link.since is None or link.since <= day][-1]


def _after(owners: tuple[str, ...], event: RightEvent) -> tuple[str, ...]:
    """New owners: those who disposed go, those who acquired come, co-owners who took no part stay."""
    left = {_plain(name) for name in event.from_parties}
    staying = tuple(name for name in owners if _plain(name) not in left)
    took_part = len(staying) < len(owners)
    return tuple(dict.fromkeys([*(staying if took_part else ()), *event.to_parties]))


def _known(parties: tuple[str, ...], owners: tuple[str, ...]) -> bool:
    plain = {_plain(name) for name in owners}
    return not owners or not parties or any(_plain(name) in plain for name in parties)


def _plain(name: str) -> str:
    return _NOISE.sub("", name).casefold()


def _gap(event: RightEvent, owners: tuple[str, ...]) -> Problem:
    return Problem(
        where=event.source.file if event.source else event.id,
        offset=event.source.offset if event.source else None,
        code="owner_chain_gap",
        message=f"{event.kind} of {event.effective or 'an unknown day'} is by {'; '.join(event.from_parties)}, the owner known was {'; '.join(owners)}",
        severity="note",
        field=event.kind,
    )
