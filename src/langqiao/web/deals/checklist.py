"""The due-diligence checklist of a deal's data room: each question for each patent, answered by the record, with the papers of the room beside it."""

from dataclasses import dataclass
from typing import Any

from langqiao.engine.funds.diligence import QUESTIONS, PatentFacts, Question, answers
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.web.common.diligence import record_facts
from langqiao.web.deals import terms as stored
from langqiao.web.deals.models import Deal
from langqiao.web.deals.room import PARTIES, room_open
from langqiao.web.deals.selectors import roles_of, today
from langqiao.web.people.models import Membership

PATENTS_MAX = 20
"""Patents of one page of the list; each is read in the lake."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A question about a patent: its status (pass, fail, unknown) and what the record says."""

    question: Question
    status: str
    said: str


def checklist_of(deal: Deal, membership: Membership) -> list[dict[str, Any]]:
    """Patent by patent, every question. The grade and the opinion are those of the side that looks; what the record does not say is unknown.

    Raises Refusal(not_allowed) for who is no side, or before the agreement of confidence.
    """
    own = membership.organization
    if not PARTIES & set(roles_of(deal, own)) or not room_open(deal, membership):
        raise Refusal("not_allowed", "the checklist is for the sides of a deal whose room is open", facts={})
    day = today()
    needed = stored.read(deal.terms).license.term_end or day
    months = int(parameters().value("fund.opinion_months", day))
    rows = []
    for patent in list(deal.patents.all())[:PATENTS_MAX]:
        facts = record_facts(patent.key, own, day)
        found = answers(facts, needed_until=needed, day=day, opinion_months=months)
        lines = [Line(question=one, status=found.get(one.code, "unknown"), said=_said(facts, one.code)) for one in QUESTIONS]
        rows.append({"patent": patent, "lines": lines, "open": sum(1 for one in lines if one.question.mandatory and one.status != "pass")})
    return rows


def _said(facts: PatentFacts, code: str) -> str:
    match code:
        case "title_chain":
            return "、".join(facts.owners)
        case "life":
            return facts.expires_on.isoformat() if facts.expires_on else ""
        case "grade":
            return f"{facts.grade} {facts.graded_on.isoformat() if facts.graded_on else ''}".strip()
        case "opinion":
            return facts.valued_on.isoformat() if facts.valued_on else ""
        case "peers":
            return f"{len(facts.peers)}" if facts.peers else ""
        case _:
            return ""
