"""The right behind a publication as its page shows it: status with its reason, timeline, burdens, chain of title, and what each operation meets today."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from langqiao.engine.kernel.evidence import Source
from langqiao.engine.kernel.problem import Problem
from langqiao.engine.operations.check import check
from langqiao.engine.operations.encumbrance import OPERATIONS, Plan
from langqiao.engine.patents.event import RightEvent
from langqiao.engine.patents.owners import Ownership, ownerships
from langqiao.engine.patents.right import RightView, standing
from langqiao.rules.refusals import Language, refusals, warnings
from langqiao.web.common.problem_words import problem_sentence
from langqiao.web.patents.records import Row, gathered, state_of
from langqiao.web.patents.view import Patent
from langqiao.web.rights.recorded import recorded

UNKNOWN: dict[str, Any] = {
    "fee_payments": gettext_lazy("whether the fees were paid: needs the fee record or the office's register"),
    "after_last_event": gettext_lazy("what happened after the last event held: needs newer legal events"),
    "grant_date": gettext_lazy("the day of grant: needs the grant record"),
    "lapse_day": gettext_lazy("the day of lapse: needs the register"),
    "national_rights": gettext_lazy("the fate in the designated states: needs the national registers"),
    "undated_events": gettext_lazy("the day of an event: needs the register"),
    "office_rules_not_held": gettext_lazy("the rules of this office are not held: term and status cannot be derived"),
    "filing_date": gettext_lazy("the filing date: needs the bibliographic record"),
    "term_adjustment_days": gettext_lazy("how many days the term was adjusted by: needs the office's notice"),
    "term_adjustment": gettext_lazy("a term adjustment: needs the office's notice"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationCheck:
    """What an operation meets today: allowed, or refused with every reason (sentence, article, way out)."""

    operation: str
    allowed: bool
    reasons: list[dict[str, str]]
    warnings: list[dict[str, str]]


def right_of(patent: Patent) -> RightView:
    """The right as of today from everything the lake holds, with what the operational record publishes of it."""
    held = recorded(patent)
    if held is not None:
        return held.view
    return gathered(patent.lake.root, state_of(patent.lake), patent.key, timezone.localdate()).view


def unknown_words(codes: Iterable[str]) -> list[str]:
    """What is unknown, and what would make it known."""
    return [str(UNKNOWN.get(code, code)) for code in codes]


def source_row(source: Source) -> Row:
    """A source as the evidence drawer lists it."""
    return {
        "source_file": source.file,
        "sha256": source.sha256,
        "offset": source.offset,
        "format": "",
        "retrieved_at": source.retrieved_on,
    }


def sources_of(events: Iterable[RightEvent], *others: Source | None) -> list[Row]:
    """The distinct places of events and of other facts."""
    found: dict[str, Row] = {}
    for source in (*(event.source for event in events), *others):
        if source is not None:
            found.setdefault(source.sha256, source_row(source))
    return list(found.values())


def chain_of(view: RightView) -> tuple[list[Ownership], list[str]]:
    """The chain of title, oldest first, and its gaps in words."""
    chain, gaps = ownerships(view.facts.owners, view.facts.owners_told_on, view.events)
    return list(chain), [_gap(problem) for problem in gaps]


def _gap(problem: Problem) -> str:
    """The gap as a sentence; in English with what the record says of it."""
    words = problem_sentence(problem.code)
    return words if words and (get_language() or "").startswith("zh") else f"{words} {problem.message}".strip()


def future_of(view: RightView) -> list[dict[str, Any]]:
    """What falls due after today: the next fee and the end of the term."""
    found: list[dict[str, Any]] = []
    fee = view.upkeep.next_fee
    if fee is not None and view.status in {"in_force", "grace"}:
        found.append({"on": fee.due_date, "what": _("annual fee of patent year %(n)d due") % {"n": fee.year}, "fen": fee.full_fee_fen})
    if view.term.end is not None and view.term.end > view.on and view.status in {"in_force", "grace", "pending"}:
        found.append({"on": view.term.end, "what": _("the term ends"), "fen": None})
    return sorted(found, key=lambda row: row["on"])


def operations_today(view: RightView, *, chinese: bool) -> list[OperationCheck]:
    """Every operation on a Chinese right with what the law says today; owners are taken to consent, so what is left is the right's own state."""
    if view.facts.office != "CN":
        return []
    ready = standing(view, consents=frozenset(view.ownership.owners))
    found = []
    for operation in OPERATIONS:
        answer = check(ready, Plan(operation=operation, on=view.on))
        found.append(
            OperationCheck(
                operation=operation,
                allowed=answer.allowed,
                reasons=[_words(reason, chinese=chinese) for reason in answer.refusals],
                warnings=[_words(reason, chinese=chinese) for reason in answer.warnings],
            )
        )
    return found


def _words(reason: Any, *, chinese: bool) -> dict[str, str]:
    language: Language = "zh" if chinese else "en"
    registered = refusals().get(reason.code) or warnings()[reason.code]
    return {
        "code": reason.code,
        "sentence": registered.sentence(language, reason.facts),
        "article": registered.cited(language),
        "fix": registered.fix.get(language, ""),
    }
