"""Whether a line may be written: what it corrects stands, it can follow what the record says, and its burden can lie beside the others."""

from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.patents.phases import CONTRADICTS
from langqiao.web.rights.models import Entry, Holding
from langqiao.web.rights.register_events import Draft
from langqiao.web.rights.replay import Line, burdened_of
from langqiao.web.rights.selectors import Held, gathered_of, held_from, lines_of
from langqiao.web.rights.services import require_burden, require_compatible

CORRECTABLE = ("owners_set", "owner_changed", "burden_added", "burden_removed", "recorded", "annuity_reduced", "fee_reduction", "event")


def target_entry(holding: Holding | None, number: str) -> Entry:
    """The line of a holding that a correction means. Refused (correction_target_unknown) where there is none, or it was corrected already."""
    found = Entry.objects.filter(pk=int(number), holding=holding, corrected_by=None).first() if holding and number.isdigit() else None
    if found is None or found.kind == "voided":
        raise Refusal("correction_target_unknown", _("There is nothing by that name to correct; it may have been corrected already."))
    return found


def draft_check(holding: Holding, draft: Draft, *, corrects: Entry | None = None) -> None:
    """Refuses a line that cannot stand: burden_not_found, event_contradicts_status, or a burden's conflict, looked at as if the line stood."""
    lines = lines_of(holding)
    if corrects is not None:  # without what is corrected, the new line must be able to stand
        lines = tuple(line for line in lines if line.id != corrects.pk)
    before = held_from(gathered_of(holding.key), lines, day=draft.on, holding=holding)
    line = Line(id=1 << 62, kind=draft.kind, on=draft.on, at=timezone.now(), body=draft.body, reference=draft.reference)
    if draft.kind == "burden_removed":
        require_burden(before.state.burdens, draft.body["burden"], draft.body["reference"])
    if draft.kind == "burden_added":
        burden = burdened_of(line)
        require_compatible(before, burden.encumbrance, on=draft.on)
    if draft.kind in {"event", "fact_corrected"}:
        today = timezone.localdate()
        told = [held_from(gathered_of(holding.key), found, day=today, holding=holding) for found in (lines, (*lines, line))]
        _must_follow(*told)


def _must_follow(before: Held, after: Held) -> None:
    """An event is refused if it, or what it changes, makes an event contradict the status that did not before (I8)."""
    known = {problem.message for problem in before.view.problems}
    found = [problem for problem in after.view.problems if problem.code == CONTRADICTS and problem.message not in known]
    if found:
        raise Refusal(CONTRADICTS, found[0].message)
