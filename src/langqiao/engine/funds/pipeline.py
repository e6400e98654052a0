"""The pipeline of a fund: its stages, who moves a project on, which evidence each stage asks for, the ways out, and why projects are lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from langqiao.engine.kernel.workflow import Step, Workflow

EDIT = frozenset({"editor", "approver"})
SECOND = frozenset({"approver"})
SYSTEM = frozenset({"system"})
LIVE = ("entry", "project", "diligence", "compliance", "committee", "closing")
"""Stages in which a project can still be lost, in their order."""
STAGES = (*LIVE, "held", "exiting")
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
            unless=("four_eyes_missing", "diligence_open", "stage_evidence_missing", "forbidden_asset", "outside_mandate"),
        ),
        Step(source="committee", event="resolve", target="closing", by=SYSTEM, unless=("committee_decision_missing",)),
        Step(source="committee", event="send_back", target="diligence", by=SECOND, unless=("reason_missing", "session_running")),
        Step(source="closing", event="vote_again", target="committee", by=EDIT, unless=("reason_missing",)),
        Step(source="closing", event="close", target="held", by=SYSTEM),
        Step(source="held", event="prepare_exit", target="exiting", by=EDIT, unless=("exit_path_missing",)),
        Step(source="exiting", event="stay", target="held", by=SECOND, unless=("reason_missing", "session_running")),
        Step(
            source="exiting",
            event="exit",
            target="exited",
            by=SECOND,
            unless=("four_eyes_missing", "stage_evidence_missing", "exit_evidence_missing", "committee_decision_missing"),
        ),
        *(
            Step(source=stage, event="lose", target="lost", by=EDIT, unless=("reason_missing", "session_running", "order_open"))
            for stage in LIVE
        ),
    ),
)
"""entry → project approval → due diligence → compliance → committee → closing → post-investment → exit in preparation → exited.

`resolve` follows from a session of the committee alone and `close` from the first payment alone; no step leaves a stage out.
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


EXITS: tuple[Required, ...] = (
    Required(code="sale", event="exit", zh="转让合同", en="contract of sale"),
    Required(code="license_out", event="exit", zh="许可合同及收益结算", en="license contract and account of its income"),
    Required(code="buy_back", event="exit", zh="回购协议", en="buy-back agreement"),
    Required(code="listing", event="exit", zh="上市批文及减持证明", en="admission to listing and proof of the sale of shares"),
    Required(code="secondary", event="exit", zh="份额或股权二手转让协议", en="agreement of a secondary sale"),
    Required(code="securitization", event="exit", zh="证券化承接文件", en="papers of the take-out by securitization"),
    Required(code="write_off", event="exit", zh="核销依据", en="grounds of the write-off"),
)
"""The ways out of an investment (capital.md §2) and the paper that proves each; a write-off is resolved as its own matter."""
EXIT = {path.code: path for path in EXITS}
EXIT_PREFIX = "exit_"
"""A paper of a way out is filed under this and the way's code."""


def exit_gap(path: str, held: Sequence[str]) -> Required | None:
    """The paper that proves the chosen way out, where it is not on file; None where it is. `path` must be known."""
    return None if EXIT_PREFIX + path in held else EXIT[path]


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
