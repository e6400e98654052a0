"""The funds' codes in words, by the page's language."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from langqiao.engine.funds.diligence import QUESTION
from langqiao.engine.funds.pipeline import EXIT_PREFIX, EXITS, LOSS_REASONS, REQUIRED
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.funds.words_council import COUNCIL_GROUPS
from langqiao.web.funds.words_life import LIFE_GROUPS, LIFE_TONES

STATES: dict[str, Any] = {
    "entry": _("entry"),
    "project": _("project approval"),
    "diligence": _("due diligence"),
    "compliance": _("compliance review"),
    "committee": _("investment committee"),
    "closing": _("closing"),
    "held": _("post-investment"),
    "exiting": _("exit in preparation"),
    "exited": _("exited"),
    "lost": _("given up"),
    "called": _("called"),
    "open": _("ballot open"),
    "closed": _("ballot closed"),
    "canceled": _("canceled"),
    "asked": _("waiting for approval"),
    "approved": _("approved and posted"),
    "refused": _("refused"),
}
EVENTS: dict[str, Any] = {
    "propose": _("Propose as a project"),
    "approve": _("Approve the project"),
    "complete": _("Due diligence is complete"),
    "clear": _("Clear for the committee"),
    "resolve": _("Resolved by the committee"),
    "send_back": _("Back to due diligence"),
    "vote_again": _("Vote again"),
    "close": _("Conclude"),
    "prepare_exit": _("Prepare the exit"),
    "stay": _("Stay invested"),
    "exit": _("Exit"),
    "lose": _("Give up"),
    "open": _("Open the ballot"),
    "cancel": _("Cancel the session"),
}
MATTERS: dict[str, Any] = {
    "investment": _("investment"),
    "follow_on": _("follow-on investment"),
    "exit": _("exit"),
    "write_off": _("write-off"),
    "related_party": _("consent to a related-party deal"),
}
CONSTITUENCIES: dict[str, Any] = {
    "partner": _("partners"),
    "manager": _("manager"),
    "expert": _("outside expert"),
    "government": _("government observer"),
}
VOTES: dict[str, Any] = {"for": _("for"), "against": _("against"), "abstain": _("abstain")}
VETOES: dict[str, Any] = {"": _("no veto"), "compliance": _("veto: compliance"), "direction": _("veto: direction of investment")}
STATUSES: dict[str, Any] = {"pass": _("pass"), "fail": _("fail"), "unknown": _("unknown"), "waived": _("waived")}
CONFLICTS: dict[str, Any] = {
    "member_of_party": _("member of a party of the case"),
    "proposer": _("brought the project"),
    "earlier_vote": _("voted on the same patents in another fund"),
    "mandate": _("bound to a party by a mandate of custody"),
    "adviser": _("advised on the case"),
    "inventor_name": _("bears the name of an inventor of the case"),
}
USES: dict[str, Any] = {
    "investments": _("investments"),
    "management_fee": _("management fee"),
    "partnership_expenses": _("partnership expenses"),
    "organization_costs": _("organization costs"),
}
ASSETS: dict[str, Any] = {
    "equity": _("shares"),
    "convertible": _("convertible claim"),
    "patent_purchase": _("purchase of patents"),
    "license_advance": _("advance on licenses"),
    "guarantee": _("guarantee"),
    "mortgage": _("mortgage"),
    "entrusted_loan": _("entrusted loan"),
    "secondary_stocks": _("listed stocks"),
    "futures": _("futures"),
    "property": _("real estate"),
    "unlimited_liability": _("investment with unlimited liability"),
    "lending": _("lending"),
}
BASES: dict[str, Any] = {
    "institution": _("institution with net assets as the rules ask"),
    "financial_assets": _("person with financial assets as the rules ask"),
    "income": _("person with income as the rules ask"),
    "manager_staff": _("staff of the manager"),
    "public_fund": _("public fund or pension"),
}
GROUPS: dict[str, dict[str, Any]] = {
    "state": STATES,
    "event": EVENTS,
    "matter": MATTERS,
    "constituency": CONSTITUENCIES,
    "vote": VOTES,
    "veto": VETOES,
    "status": STATUSES,
    "conflict": CONFLICTS,
    "use": USES,
    "asset": ASSETS,
    "basis": BASES,
    **LIFE_GROUPS,
    **COUNCIL_GROUPS,
}
TONES = {
    **LIFE_TONES,
    **dict.fromkeys(("held", "exited", "approved", "pass", "closed"), "good"),
    **dict.fromkeys(("committee", "exiting", "open", "asked", "unknown", "waived", "called", "closing"), "attention"),
    **dict.fromkeys(("lost", "refused", "fail", "canceled"), "bad"),
}


def paper_word(code: str) -> str:
    """A kind of paper in the page's language."""
    papers = {asked.code: asked for asked in REQUIRED} | {EXIT_PREFIX + path.code: path for path in EXITS}
    return getattr(papers[code], "zh" if chinese() else "en") if code in papers else code


def question_word(code: str) -> str:
    """A question of due diligence in the page's language."""
    return getattr(QUESTION[code], "zh" if chinese() else "en") if code in QUESTION else code


def loss_word(code: str) -> str:
    """A reason in the page's language."""
    return LOSS_REASONS[code]["zh" if chinese() else "en"] if code in LOSS_REASONS else code
