"""The pipeline of a fund: its stages, who moves a project on, which evidence and which checks each stage asks for, and why projects are lost."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from langqiao.engine.kernel.workflow import Step, Workflow

EDIT = frozenset({"editor", "approver"})
SECOND = frozenset({"approver"})
SYSTEM = frozenset({"system"})
LIVE = ("entry", "project", "diligence", "compliance", "committee", "closing")
"""Stages in which a project can still be lost, in their order."""
STAGES = (*LIVE, "held")
"""The columns of the board, in their order; `exited` and `lost` are the ends."""

PIPELINE = Workflow(
    name="pipeline",
    start="entry",
    ends=frozenset({"exited", "lost"}),
    steps=(
        Step(source="entry", event="propose", target="project", by=EDIT, unless=("stage_evidence_missing",)),
        Step(source="project", event="approve", target="diligence", by=SECOND, unless=("four_eyes_missing", "stage_evidence_missing")),
        Step(source="diligence", event="complete", target="compliance", by=EDIT, unless=("diligence_open", "stage_evidence_missing")),
        Step(
            source="compliance",
            event="clear",
            target="committee",
            by=SECOND,
            unless=("four_eyes_missing", "diligence_open", "stage_evidence_missing", "forbidden_asset"),
        ),
        Step(source="committee", event="resolve", target="closing", by=SYSTEM, unless=("committee_decision_missing",)),
        Step(source="committee", event="send_back", target="diligence", by=SECOND, unless=("reason_missing", "session_running")),
        Step(source="closing", event="vote_again", target="committee", by=EDIT, unless=("reason_missing",)),
        Step(source="closing", event="close", target="held", by=SYSTEM),
        Step(
            source="held",
            event="exit",
            target="exited",
            by=SECOND,
            unless=("four_eyes_missing", "stage_evidence_missing", "committee_decision_missing"),
        ),
        *(
            Step(source=stage, event="lose", target="lost", by=EDIT, unless=("reason_missing", "session_running", "order_open"))
            for stage in LIVE
        ),
    ),
)
"""entry → project approval → due diligence → compliance → committee → closing → post-investment → exit. `resolve` follows from a session of

the committee alone and `close` from the first payment alone; no step leaves a stage out.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Required:
    """A paper that must be on file before a project takes `event`, and stays required from then on. Words in both languages."""

    code: str
    event: str
    zh: str
    en: str


REQUIRED: tuple[Required, ...] = (
    Required(code="business_plan", event="propose", zh="商业计划书", en="business plan"),
    Required(code="project_minutes", event="approve", zh="立项会纪要", en="minutes of the project meeting"),
    Required(code="legal_report", event="complete", zh="法律尽调报告", en="legal due-diligence report"),
    Required(code="technical_report", event="complete", zh="技术尽调报告", en="technical due-diligence report"),
    Required(code="financial_report", event="complete", zh="财务尽调报告", en="financial due-diligence report"),
    Required(code="compliance_opinion", event="clear", zh="合规审查意见", en="compliance opinion"),
    Required(code="agreement_fund", event="close", zh="投资协议（基金签署）", en="investment agreement, signed by the fund"),
    Required(code="agreement_target", event="close", zh="投资协议（被投方签署）", en="investment agreement, signed by the target"),
    Required(code="exit_papers", event="exit", zh="退出文件", en="exit papers"),
)
"""Which evidence from which stage on (operations-cn.md, committee workflow [P]); a second signature has to be of the same text."""
SIGNATURES = ("agreement_fund", "agreement_target")
ORDER = ("propose", "approve", "complete", "clear", "close", "exit")


def evidence_gaps(event: str, held: Sequence[str]) -> tuple[Required, ...]:
    """The papers of this event and of every earlier one that are not on file."""
    upto = ORDER[: ORDER.index(event) + 1] if event in ORDER else ()
    return tuple(asked for asked in REQUIRED if asked.event in upto and asked.code not in held)


ASSETS = ("equity", "convertible", "patent_purchase", "license_advance")
FORBIDDEN = ("guarantee", "mortgage", "entrusted_loan", "secondary_stocks", "futures", "property", "unlimited_liability", "lending")
"""What a fund may not buy or give (Private Fund Regulation 24; fund agreements): I76."""

LOSS_REASONS: Mapping[str, Mapping[str, str]] = {
    "title": {"zh": "权属有瑕疵", "en": "title is defective"},
    "validity": {"zh": "专利有效性存疑", "en": "validity in doubt"},
    "price": {"zh": "价格未谈拢", "en": "no agreement on the price"},
    "market": {"zh": "市场前景不足", "en": "market too small"},
    "team": {"zh": "团队不合适", "en": "team does not fit"},
    "compliance": {"zh": "合规不通过", "en": "compliance refused"},
    "committee": {"zh": "投委会未通过", "en": "committee did not pass it"},
    "withdrawn": {"zh": "对方撤回", "en": "the other side withdrew"},
    "other": {"zh": "其他", "en": "other"},
}

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


QUESTIONS: tuple[Question, ...] = (
    Question(
        code="title_chain",
        group="title",
        mandatory=True,
        filled=True,
        zh="权属链清楚，现权利人可知",
        en="owner known, chain of title clear",
    ),
    Question(code="title_share", group="title", mandatory=False, filled=True, zh="共有份额已约定", en="shares of co-owners stated"),
    Question(
        code="no_pledge",
        group="encumbrance",
        mandatory=True,
        filled=True,
        zh="无质押、保全、中止",
        en="no pledge, preservation or suspension",
    ),
    Question(
        code="no_exclusive", group="encumbrance", mandatory=True, filled=True, zh="无独占、排他许可", en="no exclusive or sole license"
    ),
    Question(code="in_force", group="in_force", mandatory=True, filled=True, zh="已授权且有效", en="granted and in force"),
    Question(
        code="life",
        group="in_force",
        mandatory=True,
        filled=True,
        zh="剩余期限不短于投资期加退出期",
        en="life left covers investment and exit",
    ),
    Question(code="no_invalidation", group="validity", mandatory=True, filled=True, zh="无未决无效请求", en="no invalidation pending"),
    Question(code="grade", group="commercial", mandatory=False, filled=True, zh="已有分级记录", en="a grade is on record"),
    Question(
        code="opinion", group="commercial", mandatory=True, filled=True, zh="一年内有价值意见", en="an opinion of value within a year"
    ),
    Question(
        code="freedom", group="freedom", mandatory=True, filled=False, zh="自由实施分析无阻断", en="freedom to operate: no blocking claim"
    ),
    Question(code="key_people", group="commercial", mandatory=False, filled=False, zh="核心发明人留任", en="key inventors stay"),
)
"""capital.md §2; mandatory ones gate the committee."""
QUESTION = {question.code: question for question in QUESTIONS}
EVIDENCE_MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PatentFacts:
    """What the record says of one patent on a day; None and empty mean that it does not say."""

    owners: tuple[str, ...]
    shares_stated: bool
    granted: bool
    status: str
    expires_on: dt.date | None
    burdens: frozenset[str]
    grade: str = ""
    graded_on: dt.date | None = None
    valued_on: dt.date | None = None


def answers(facts: PatentFacts, *, needed_until: dt.date, day: dt.date) -> dict[str, Status]:
    """The questions that the record can answer; what it does not say is unknown, never a pass."""

    def free(*kinds: str) -> Status:
        return "fail" if facts.burdens & set(kinds) else "pass"

    in_force: Status = "pass" if facts.granted and facts.status in {"in_force", "grace"} else "unknown" if not facts.status else "fail"
    life: Status = "unknown" if facts.expires_on is None else "pass" if facts.expires_on > needed_until else "fail"
    old = facts.valued_on is None or (day - facts.valued_on).days > 366
    return {
        "title_chain": "pass" if facts.owners and "ownership_dispute" not in facts.burdens else "fail" if facts.owners else "unknown",
        "title_share": "pass" if len(facts.owners) == 1 or facts.shares_stated else "unknown",
        "no_pledge": free("pledged", "preserved", "suspended"),
        "no_exclusive": free("exclusive_license", "sole_license"),
        "in_force": in_force,
        "life": life,
        "no_invalidation": free("under_invalidation"),
        "grade": "pass" if facts.grade else "unknown",
        "opinion": "unknown" if old else "pass",
    }


def diligence_gaps(items: Sequence[tuple[str, str, Status, dt.date | None]], *, day: dt.date) -> tuple[tuple[str, str], ...]:
    """(patent, question) of mandatory items that keep the gate shut: failed, unknown, or past their expiry. Items: patent, code, status, expiry."""
    return tuple(
        (key, code)
        for key, code, status, expires_on in items
        if QUESTION[code].mandatory and (status in {"fail", "unknown"} or (expires_on is not None and expires_on < day))
    )
