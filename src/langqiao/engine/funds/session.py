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
            unless=("seats_vacant", "committee_conflicted", "diligence_open", "deadline_too_short"),
        ),
        Step(source="called", event="cancel", target="canceled", by=EDIT),
        Step(source="open", event="close", target="closed", by=SECOND, unless=("ballots_missing",)),
    ),
)
"""called → open → closed. Who has not declared its conflicts cannot vote; an open session can only be closed, and a closed

one stands for ever.
"""

BODIES: Mapping[str, tuple[str, ...]] = {
    "committee": ("investment", "follow_on", "exit", "write_off"),
    "advisory": ("related_party",),
}
"""The investment committee and the advisory committee of partners, and the matters each decides."""
MATTERS = tuple(matter for matters in BODIES.values() for matter in matters)
FORMS = ("meeting", "written")
"""A meeting counts whoever comes to the ballot; a written resolution is served on every member and closed by its deadline, silence is no consent."""
CONSTITUENCIES = ("partner", "manager", "expert", "government")
VETO_GROUNDS = ("compliance", "direction")
Base = Literal["entitled", "present"]
OPERATORS = (">=", ">")


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterRule:
    """How one kind of matter is decided: share of votes for, of which base, whether it must be exceeded, and who may veto on listed grounds."""

    threshold: Fraction
    strict: bool = False
    vetoes: tuple[str, ...] = ()
    base: Base = "entitled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """The committee's terms. `quorum` is a share of the seats that may vote; `recusal_leaves`: a recused seat leaves quorum and denominator.

    `free_least`: the share of all seats that must be free of conflict. `members_least`: seats that have to be filled before a ballot opens.
    All are contract, not law.
    """

    quorum: Fraction
    free_least: Fraction
    recusal_leaves: bool
    matters: Mapping[str, MatterRule]
    members_least: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitting:
    """A member of one session as the detection sees it: the user, its organizations, what it did in this case before.

    `bound`: organizations that a mandate of custody ties to its own, either way. `scored`: it gave an advisory score in this case.
    """

    user: int
    organizations: frozenset[int]
    bound: frozenset[int] = frozenset()
    names: frozenset[str] = frozenset()
    proposed: bool = False
    voted_before: bool = False
    scored: bool = False


def conflicts(sitting: Sitting, *, parties: frozenset[int]) -> tuple[str, ...]:
    """Why a member is conflicted: it belongs to a party of the case, is bound to one by mandate, proposed the case (the chair too), voted on the

    same target in another fund's committee, or advised in it. Each recuses.
    """
    found = {
        "member_of_party": bool(sitting.organizations & parties),
        "mandate": bool(sitting.bound & parties),
        "proposer": sitting.proposed,
        "earlier_vote": sitting.voted_before,
        "adviser": sitting.scored,
    }
    return tuple(code for code, applies in found.items() if applies)


def hints(sitting: Sitting, *, inventors: frozenset[str]) -> tuple[str, ...]:
    """What may be a conflict and has to be answered in words: an inventor of the case bears the member's name, who may be somebody else."""
    return ("inventor_name",) if {_plain(name) for name in sitting.names} & {_plain(name) for name in inventors} - {""} else ()


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


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
CountBase = Literal["entitled", "all_members", "present"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The result: passed, or the refusal code; the count; who vetoed."""

    passed: bool
    reason: Reason | None
    count: ResolveOutput | None
    vetoed_by: tuple[str, ...] = ()


def decide(
    charter: Charter, matter: str, *, members: Sequence[str], recused: Sequence[str], ballots: Sequence[Ballot], written: bool = False
) -> Decision:
    """What the ballots decide: enough free members, then quorum, then veto, then threshold. Independent of the order of the ballots.

    The base is the entitled members (with `recusal_leaves` without the recused), or who is present where the matter says so; a written
    resolution is always counted over the entitled, because silence is no consent (I72).
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
            threshold_base=_base(charter, rule, written=written),
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


def _base(charter: Charter, rule: MatterRule, *, written: bool) -> CountBase:
    if rule.base == "present" and not written:
        return "present"
    return "entitled" if charter.recusal_leaves else "all_members"


def material(approved_fen: int, now_fen: int, share: Fraction) -> bool:
    """Whether a price moved, either way, by more than a share of what was approved: then the committee votes anew."""
    return abs(now_fen - approved_fen) > share * approved_fen
