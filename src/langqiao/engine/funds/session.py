"""A session of a fund's committee: its steps, the charter's rules by matter, conflicts of interest, and what the ballots decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from langqiao.engine.funds.committee import ResolveInput, ResolveOutput, Vote, resolve
from langqiao.engine.kernel.workflow import Step, Workflow

EDIT = frozenset({"editor", "approver"})
SECOND = frozenset({"approver"})

SESSION = Workflow(
    name="session",
    start="called",
    ends=frozenset({"closed", "canceled"}),
    steps=(
        Step(
            source="called",
            event="open",
            target="open",
            by=SECOND,
            unless=("committee_conflicted", "diligence_open"),
        ),
        Step(source="called", event="cancel", target="canceled", by=EDIT),
        Step(source="open", event="close", target="closed", by=SECOND, unless=("ballots_missing",)),
    ),
)
"""called → open → closed. Who has not declared its conflicts cannot vote; an open session can only be closed, and a closed

one stands for ever.
"""

MATTERS = ("investment", "follow_on", "exit", "write_off")
CONSTITUENCIES = ("partner", "manager", "expert", "government")
VETO_GROUNDS = ("compliance", "direction")
Base = Literal["entitled", "all_members", "present"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterRule:
    """How one kind of matter is decided: share of votes for, whether it must be exceeded, and which constituencies may veto on listed grounds."""

    threshold: Fraction
    strict: bool = False
    vetoes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """The committee's terms. `quorum` is a share of the seats that may vote; `recusal_leaves`: a recused seat leaves quorum and denominator.

    `free_least`: the share of all seats that must be free of conflict. All are contract, not law.
    """

    quorum: Fraction
    free_least: Fraction
    recusal_leaves: bool
    matters: Mapping[str, MatterRule]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """A member of one session as the detection sees it: the user, its organizations, what it did in this case before."""

    user: int
    organizations: frozenset[int]
    proposed: bool = False
    voted_before: bool = False


def conflicts(sitting: Sitting, *, parties: frozenset[int]) -> tuple[str, ...]:
    """Why a member is conflicted: it belongs to a party of the case, proposed it, or voted on the same target in another fund's committee."""
    found = []
    if sitting.organizations & parties:
        found.append("member_of_party")
    if sitting.proposed:
        found.append("proposer")
    if sitting.voted_before:
        found.append("earlier_vote")
    return tuple(found)


def share_up(share: Fraction, count: int) -> int:
    """The least whole number that reaches a share of a count."""
    return -int(-(share * count) // 1)


def too_conflicted(charter: Charter, *, members: int, recused: int) -> bool:
    """Whether fewer members than the charter asks are free of conflict: the committee cannot decide this case at all."""
    return members - recused < max(1, share_up(charter.free_least, members))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """A vote; `veto` is the listed ground of a veto, or empty."""

    member: str
    vote: Vote
    veto: str = ""


Reason = Literal["quorum_not_met", "majority_not_met", "committee_conflicted", "committee_vetoed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The result: passed, or the refusal code; the count; who vetoed."""

    passed: bool
    reason: Reason | None
    count: ResolveOutput | None
    vetoed_by: tuple[str, ...] = ()


def decide(charter: Charter, matter: str, *, members: Sequence[str], recused: Sequence[str], ballots: Sequence[Ballot]) -> Decision:
    """What the ballots decide: enough free members, then quorum, then veto, then threshold. Independent of the order of the ballots.

    With `recusal_leaves` the base is the entitled members, else all members (I72).
    """
    if too_conflicted(charter, members=len(members), recused=len(recused)):
        return Decision(passed=False, reason="committee_conflicted", count=None)
    rule = charter.matters[matter]
    seats = len(members) - len(recused) if charter.recusal_leaves else len(members)
    count = resolve(
        ResolveInput(
            members=tuple(sorted(members)),
            votes={ballot.member: ballot.vote for ballot in ballots},
            threshold=rule.threshold,
            quorum=max(1, share_up(charter.quorum, seats)),
            recused=tuple(sorted(recused)),
            threshold_base="entitled" if charter.recusal_leaves else "all_members",
            strict=rule.strict,
        )
    )
    vetoed = tuple(sorted(ballot.member for ballot in ballots if ballot.veto and ballot.member not in recused))
    reason: Reason | None = None
    if count.reason == "quorum":
        reason = "quorum_not_met"
    elif vetoed:
        reason = "committee_vetoed"
    elif count.reason == "threshold":
        reason = "majority_not_met"
    return Decision(passed=reason is None, reason=reason, count=count, vetoed_by=vetoed)
