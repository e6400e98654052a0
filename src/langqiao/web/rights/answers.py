"""The answer of the one check to every operation before a button is offered: possible, needs consents, or refused with every reason and its article."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.utils.translation import gettext_lazy

from langqiao.engine.operations.check import check
from langqiao.engine.operations.encumbrance import PLEDGEE, Answer, Operation, Plan, Reason, Standing
from langqiao.engine.operations.scope import WHOLE, Scope
from langqiao.rules.refusals import Language, refusals, warnings
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.rights.replay import LICENSES
from langqiao.web.rights.seen import Seen

Verdict = Literal["allowed", "consents", "refused", "no_base"]
VERDICTS: Mapping[str, Any] = {
    "allowed": gettext_lazy("possible"),
    "consents": gettext_lazy("needs consents"),
    "refused": gettext_lazy("refused"),
    "no_base": gettext_lazy("nothing to build on"),
}
TONES: Mapping[str, str] = {"allowed": "good", "consents": "attention", "refused": "bad", "no_base": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One operation of the page: how the check is asked, and what it builds on (None: nothing)."""

    name: str
    words: Any
    plan: Operation
    note: Any = ""


ROWS: tuple[Row, ...] = (
    Row(name="assign", words=gettext_lazy("assignment"), plan="assign"),
    Row(name="auction", words=gettext_lazy("auction"), plan="assign", note=gettext_lazy("the hammer leads to an assignment")),
    Row(name="license_exclusive", words=gettext_lazy("exclusive license"), plan="license_exclusive"),
    Row(name="license_sole", words=gettext_lazy("sole license"), plan="license_sole"),
    Row(name="license_ordinary", words=gettext_lazy("ordinary license"), plan="license_ordinary"),
    Row(name="sublicense", words=gettext_lazy("sub-license"), plan="license_ordinary", note=gettext_lazy("if the head license permits it")),
    Row(name="open_license", words=gettext_lazy("open license"), plan="open_license"),
    Row(name="open_license_taking", words=gettext_lazy("taking an open license"), plan="license_ordinary"),
    Row(name="pledge", words=gettext_lazy("pledge"), plan="pledge"),
    Row(name="contribute_in_kind", words=gettext_lazy("contribution to a joint venture"), plan="contribute_in_kind"),
    Row(name="abs_pool", words=gettext_lazy("securitization pool"), plan="abs_pool"),
    Row(name="license_recordal", words=gettext_lazy("recordal of a license"), plan="license_recordal"),
    Row(name="abandon", words=gettext_lazy("abandonment"), plan="abandon"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A reason in the reader's language."""

    code: str
    sentence: str
    article: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationAnswer:
    """What the check says of one operation today. `needs`: whose consents would make it possible."""

    name: str
    words: Any
    note: Any
    verdict: Verdict
    reasons: Sequence[Said] = ()
    warnings: Sequence[Said] = ()
    needs: Sequence[str] = ()

    @property
    def verdict_words(self) -> Any:
        """The verdict as the page writes it."""
        return VERDICTS[self.verdict]

    @property
    def tone(self) -> str:
        """How the tag of the verdict looks."""
        return TONES[self.verdict]


def answers_for(seen: Seen) -> list[OperationAnswer]:
    """The answer to every operation with whole scope and without a term, an owner who looks taken to consent; empty for a right of another office."""
    standing = seen.held.standing
    if standing.office != "CN":
        return []
    own = frozenset({seen.viewer.owner}) if seen.viewer.owner else frozenset()
    return [_answer(row, replace(standing, consents=own), seen) for row in ROWS]


def _answer(row: Row, standing: Standing, seen: Seen) -> OperationAnswer:
    scope: Scope = WHOLE
    if row.name == "sublicense":
        head = next((one for one in standing.encumbrances if one.kind in LICENSES), None)
        if head is None:
            return OperationAnswer(name=row.name, words=row.words, note=row.note, verdict="no_base")
        scope = head.scope
        standing = replace(standing, encumbrances=tuple(one for one in standing.encumbrances if one != head))
    if row.name == "open_license_taking" and not standing.burdens("open_license"):
        reason = _said("open_license_not_in_force", {})
        return OperationAnswer(name=row.name, words=row.words, note=row.note, verdict="refused", reasons=(reason,))
    plan = Plan(operation=row.plan, on=seen.held.day, scope=scope)
    answer = check(standing, plan)
    agreed = check(replace(standing, consents=standing.consents | {*answer.needs, *standing.owners}), plan)
    return OperationAnswer(
        name=row.name,
        words=row.words,
        note=row.note,
        verdict="allowed" if answer.allowed else "consents" if agreed.allowed else "refused",
        reasons=_reasons(answer),
        warnings=tuple(_said(reason.code, reason.facts, article=reason.article) for reason in answer.warnings),
        needs=answer.needs,
    )


def _reasons(answer: Answer) -> tuple[Said, ...]:
    return tuple(said(reason) for reason in answer.refusals)


def said(reason: Reason) -> Said:
    """A reason of the check in the reader's language."""
    return _said(reason.code, reason.facts, article=reason.article)


def _said(code: str, facts: Mapping[str, Any], *, article: str = "") -> Said:
    language: Language = "zh" if chinese() else "en"
    registered = refusals().get(code) or warnings()[code]
    return Said(
        code=code,
        sentence=registered.sentence(language, facts),
        article=registered.cited(language) or article,
        fix=registered.fix.get(language, ""),
    )


NEEDS: Mapping[str, Any] = {PLEDGEE: gettext_lazy("the pledgee"), "pledge_parties": gettext_lazy("both sides of the pledge")}
"""Words for consents that are no owner's."""
