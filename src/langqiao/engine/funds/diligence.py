"""The due diligence of a patent: the questions, what the record answers of them, and which answers keep the gate shut."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from langqiao.engine.kernel.dates import add_months

Status = Literal["pass", "fail", "unknown", "waived"]
STATUSES: tuple[Status, ...] = ("pass", "fail", "unknown", "waived")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question of due diligence about one patent. `filled`: the patent record can answer it; the others a reviewer answers with a paper."""

    code: str
    group: str
    mandatory: bool
    filled: bool
    zh: str
    en: str


def _asked(code: str, group: str, zh: str, en: str, *, mandatory: bool = False, filled: bool = False) -> Question:
    return Question(code=code, group=group, zh=zh, en=en, mandatory=mandatory, filled=filled)


QUESTIONS: tuple[Question, ...] = (
    _asked("title_chain", "title", "权属链清楚，现权利人可知", "owner known, chain of title clear", mandatory=True, filled=True),
    _asked("title_share", "title", "共有份额已约定", "shares of co-owners stated", filled=True),
    _asked("family", "title", "同族专利归同一权利人", "the family is in one hand", filled=True),
    _asked("no_pledge", "encumbrance", "无质押、保全、中止", "no pledge, preservation or suspension", mandatory=True, filled=True),
    _asked("no_exclusive", "encumbrance", "无独占、排他许可", "no exclusive or sole license", mandatory=True, filled=True),
    _asked("in_force", "in_force", "已授权且有效", "granted and in force", mandatory=True, filled=True),
    _asked("life", "in_force", "剩余期限不短于投资期加退出期", "life left covers investment and exit", mandatory=True, filled=True),
    _asked("no_invalidation", "validity", "无未决无效请求", "no invalidation pending", mandatory=True, filled=True),
    _asked("litigation", "validity", "无未决诉讼", "no litigation pending", mandatory=True, filled=True),
    _asked("grade", "commercial", "已有分级记录", "a grade is on record", filled=True),
    _asked("peers", "commercial", "在同领域同年份同类专利中的位置已知", "position among peers of its field and year known", filled=True),
    _asked("opinion", "commercial", "一年内有价值意见", "an opinion of value within a year", mandatory=True, filled=True),
    _asked("comparables", "commercial", "价值意见用到可比交易", "the opinion rests on comparable deals too", filled=True),
    _asked("freedom", "freedom", "自由实施分析无阻断", "freedom to operate: no blocking claim", mandatory=True),
    _asked(
        "dependence", "freedom", "实施不依赖他人在先专利，或已获许可", "use depends on no earlier patent of others, or a license is in hand"
    ),
    _asked("key_people", "commercial", "核心发明人留任", "key inventors stay"),
)
"""capital.md §2; mandatory ones gate the committee."""
QUESTION = {question.code: question for question in QUESTIONS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Where a patent stands by one indicator: its percentile (0 to 100) in a cohort of `n` patents of the same field and year."""

    indicator: str
    percentile: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PatentFacts:
    """What the record says of one patent on a day; None and empty mean that it does not say.

    `family_owners`: the owners of each family member that the record holds. `compared`: whether the newest opinion used comparable deals.
    """

    owners: tuple[str, ...]
    shares_stated: bool
    granted: bool
    status: str
    expires_on: dt.date | None
    burdens: frozenset[str]
    grade: str = ""
    graded_on: dt.date | None = None
    valued_on: dt.date | None = None
    compared: bool | None = None
    family_owners: tuple[frozenset[str], ...] = ()
    peers: tuple[Peer, ...] = ()


def answers(facts: PatentFacts, *, needed_until: dt.date, day: dt.date, opinion_months: int) -> dict[str, Status]:
    """The questions that the record can answer; what it does not say is unknown, never a pass.

    Litigation: an event of the record fails it; that no event is recorded proves nothing, so a reviewer answers. `opinion_months`: how long an
    opinion of value stands.
    """

    def free(*kinds: str) -> Status:
        return "fail" if facts.burdens & set(kinds) else "pass"

    in_force: Status = "pass" if facts.granted and facts.status in {"in_force", "grace"} else "unknown" if not facts.status else "fail"
    life: Status = "unknown" if facts.expires_on is None else "pass" if facts.expires_on > needed_until else "fail"
    current = facts.valued_on is not None and add_months(facts.valued_on, opinion_months) >= day
    return {
        "title_chain": "pass" if facts.owners and "ownership_dispute" not in facts.burdens else "fail" if facts.owners else "unknown",
        "title_share": "pass" if len(facts.owners) == 1 or facts.shares_stated else "unknown",
        "family": _family(facts),
        "no_pledge": free("pledged", "preserved", "suspended"),
        "no_exclusive": free("exclusive_license", "sole_license"),
        "in_force": in_force,
        "life": life,
        "no_invalidation": free("under_invalidation"),
        "litigation": "fail" if "litigation" in facts.burdens else "unknown",
        "grade": "pass" if facts.grade else "unknown",
        "peers": "pass" if facts.peers else "unknown",
        "opinion": "pass" if current else "unknown",
        "comparables": "pass" if current and facts.compared else "unknown",
    }


def _family(facts: PatentFacts) -> Status:
    """Whether every member of the family belongs to the same owners, as far as both are known."""
    known = [owners for owners in facts.family_owners if owners]
    if not facts.owners or not known:
        return "unknown"
    return "pass" if all(owners == frozenset(facts.owners) for owners in known) else "fail"


def diligence_gaps(items: Sequence[tuple[str, str, Status, dt.date | None]], *, day: dt.date) -> tuple[tuple[str, str], ...]:
    """(patent, question) of mandatory items that keep the gate shut: failed, unknown, or past their expiry. Items: patent, code, status, expiry."""
    return tuple(
        (key, code)
        for key, code, status, expires_on in items
        if QUESTION[code].mandatory and (status in {"fail", "unknown"} or (expires_on is not None and expires_on < day))
    )
