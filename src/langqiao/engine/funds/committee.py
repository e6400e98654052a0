"""The vote of an investment committee: quorum, threshold, recusal; independent of the order of votes."""

from dataclasses import field
from typing import Literal

from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.number import PositiveShare
from langqiao.engine.kernel.record import Flag, PositiveCount, Rows, Text, record

Vote = Literal["for", "against", "abstain"]


@record
class ResolveInput:
    members: Rows[Text]
    votes: dict[Text, Vote]
    threshold: PositiveShare
    quorum: PositiveCount
    recused: Rows[Text] = ()
    threshold_base: Literal["entitled", "all_members", "present"] = "entitled"
    strict: Flag = False


@record
class ResolveOutput:
    passed: Flag
    reason: Literal["quorum", "threshold"] | None
    votes_for: int
    votes_against: int
    abstentions: int
    entitled: int
    present: int
    base: int
    needed: int
    recused: Rows[Text] = field(default=())


@calculation(
    "committee.resolve",
    title_zh="投委会表决结果",
    title_en="Does a committee's vote pass?",
    formula_zh=(
        "先看法定人数，再看赞成票：赞成票数 ≥ 通过比例 × 基数（“严格”时须超过）。"
        "回避委员不计入法定人数，也不计入有权表决基数，其投票不予理会；弃权算出席但不算赞成；缺席委员仍在有权表决基数之内。"
    ),
    source="Committee rules of several funds [c for compositions and 4 of 5]; thresholds are contract, not law [p]",
    example={
        "members": ["A", "B", "C", "D", "E"], "recused": ["E"], "votes": {"A": "for", "B": "for", "C": "for", "D": "against"},
        "threshold": 0.6666666667, "quorum": 3,
    },
)  # fmt: skip
def resolve(given: ResolveInput) -> ResolveOutput:
    """Passed: votes for ≥ threshold × base (with `strict` more than), quorum first. A recused member counts neither for the quorum nor in the
    entitled base, and its vote is ignored; an abstention is present but not for; an absent member stays in the entitled base.
    """
    _check(given)
    entitled = [member for member in given.members if member not in given.recused]
    cast = {member: given.votes[member] for member in entitled if member in given.votes}
    base = {"entitled": len(entitled), "all_members": len(given.members), "present": len(cast)}[given.threshold_base]
    in_favor = sum(vote == "for" for vote in cast.values())
    exact = given.threshold * base
    needed = int(exact) + 1 if given.strict else -int(-exact // 1)
    reason: Literal["quorum", "threshold"] | None = None
    if len(cast) < given.quorum:
        reason = "quorum"
    elif in_favor < needed:
        reason = "threshold"
    return ResolveOutput(
        passed=reason is None,
        reason=reason,
        votes_for=in_favor,
        votes_against=sum(vote == "against" for vote in cast.values()),
        abstentions=sum(vote == "abstain" for vote in cast.values()),
        entitled=len(entitled),
        present=len(cast),
        base=base,
        needed=needed,
        recused=given.recused,
    )


def _check(given: ResolveInput) -> None:
    members = set(given.members)
    if len(members) != len(given.members):
        raise BadInput("inconsistent", "a member is listed twice", "members")
    for i, name in enumerate(given.recused):
        if name not in members:
            raise BadInput("inconsistent", f"{name!r} is recused but not a member", f"recused[{i}]")
    for name in given.votes:
        if name not in members:
            raise BadInput("inconsistent", f"{name!r} voted but is not a member", f"votes.{name}")
