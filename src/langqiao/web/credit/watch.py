"""The daily watch of loans: rights as the record has them, alarms where a judgment changed, steps of the clock, interest that fell due."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from langqiao.engine.credit.loan_workflow import OVERDUE, PERFORMING, WATCHED
from langqiao.engine.credit.monitoring import Seen, seen_of
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.services import record_append
from langqiao.web.credit import clock
from langqiao.web.credit.books import Posting
from langqiao.web.credit.judged import Policies, alarm_of, judged_write, judgment
from langqiao.web.credit.models import Loan, LoanAlarm, LoanInstallment, LoanPatent
from langqiao.web.credit.plan import accrue_due, accrue_penalty
from langqiao.web.credit.services import loan_advance
from langqiao.web.rights.models import Holding
from langqiao.web.rights.selectors import held_many

CHUNK = 500


def loans_watch(day: dt.date | None = None) -> str:
    """The duty: looks at every pledged right, judges, takes the clock's steps, accrues interest; told in one line."""
    day = day or clock.today()
    changed = alarms_raise(rights_seen(day), day)
    return f"alarms {changed}, steps {steps_take(day)}, accrued {interest_accrue(day)}"


def rights_seen(day: dt.date) -> dict[str, Seen]:
    """How every right pledged for a watched loan stands on a day, read in chunks."""
    keys = sorted(set(LoanPatent.objects.filter(loan__state__in=WATCHED).values_list("key", flat=True)))
    found: dict[str, Seen] = {}
    for start in range(0, len(keys), CHUNK):
        holdings = list(Holding.objects.filter(key__in=keys[start : start + CHUNK]))
        found |= {held.key: seen_of(held.standing, day) for held in held_many(holdings, day)}
    return found


def alarms_raise(seen: Mapping[str, Seen], day: dt.date) -> int:
    """Judges every watched loan with what was seen; writes only what changed, an alarm and a record for each loan that did; how many.

    `seen`: right → how it stands; a right not in it keeps how it was last seen, and one past its term is dead.
    """
    policies = Policies()
    with transaction.atomic():
        patents: dict[Any, list[LoanPatent]] = {}
        for patent in LoanPatent.objects.filter(loan__state__in=WATCHED).order_by("pk"):
            patents.setdefault(patent.loan_id, []).append(patent)
        moved = [one for rows in patents.values() for one in rows if _seen_write(one, seen, day)]
        # Money that moves judges its own loan; the day judges those whose rights changed.
        touched_ids = sorted({one.loan_id for one in moved})
        loans = [loan for start in range(0, len(touched_ids), CHUNK) for loan in _locked(touched_ids[start : start + CHUNK])]
        LoanPatent.objects.bulk_update(moved, ["alive", "status", "troubles", "seen_on"], batch_size=CHUNK)
        touched, alarms = [], []
        for loan in loans:
            before = loan.level
            found = judgment(loan, patents.get(loan.pk, []), policies.of(loan.policy))
            if judged_write(loan, found):
                touched.append(loan)
                alarms.append(alarm_of(loan, before, day))
        Loan.objects.bulk_update(touched, ["level", "level_reasons", "value_fen", "cure_fen"], batch_size=CHUNK)
        LoanAlarm.objects.bulk_create(alarms, batch_size=CHUNK)
        for alarm in alarms:
            payload = {
                "before": alarm.before,
                "level": alarm.level,
                "reasons": alarm.reasons,
                "value_fen": alarm.value_fen,
                "on": day.isoformat(),
            }
            record_append(actor="duty/loans", action="loan.alarm", subject=f"loan/{alarm.loan_id}", payload=payload)
    return len(alarms)


def _locked(keys: list[Any]) -> Iterable[Loan]:
    return Loan.objects.select_for_update(of=("self",)).filter(pk__in=keys, state__in=WATCHED).order_by("pk")


def _seen_write(patent: LoanPatent, seen: Mapping[str, Seen], day: dt.date) -> bool:
    """Puts what was seen on the row, not saved; whether anything changed."""
    now = seen.get(patent.key)
    if now is None and patent.alive and patent.expires_on is not None and patent.expires_on <= day:
        now = Seen(alive=False, status="expired")
    new = (now.alive, now.status, sorted(now.troubles)) if now else (patent.alive, patent.status, patent.troubles)
    if new == (patent.alive, patent.status, patent.troubles):
        return False
    patent.alive, patent.status, patent.troubles = new
    patent.seen_on = day
    return True


def steps_take(day: dt.date) -> int:
    """The steps that the clock takes on a day: registration seen, margin call, cure, acceleration, default, release."""
    done = 0
    for loan_id, event in _waiting(day):
        try:
            loan_advance(loan_id, event, membership=None, key=f"watch/{loan_id}/{event}/{day.isoformat()}")
            done += 1
        except Refusal as refused:  # the gate is the judge: what it does not let pass waits for another day
            if refused.code not in WAITS:
                raise
    return done


WAITS = frozenset(
    {"step_not_possible", "pledge_not_registered", "collateral_sufficient", "collateral_insufficient", "period_not_over", "default_not_reached", "pledge_still_registered",
     "proceeds_still_locked", "reset_not_due", "addition_missing", "base_rate_unknown"}
)  # fmt: skip
"""Refusals that mean no more than: not yet."""


def _waiting(day: dt.date) -> Iterable[tuple[Any, str]]:
    def keys(**conditions: Any) -> list[Any]:
        return list(Loan.objects.filter(**conditions).values_list("pk", flat=True).distinct())

    late = LoanInstallment.objects.filter(due_on__lt=day, paid_principal_fen__lt=F("principal_fen")) | LoanInstallment.objects.filter(
        due_on__lt=day, paid_interest_fen__lt=F("interest_fen")
    )
    running = ("active", "margin_called")
    yield from ((pk, "reset") for pk in keys(state__in=running, next_reset_on__lte=day))
    yield from ((pk, "register_more") for pk in keys(state__in=running, additions__state="contracted", additions__deal__state="registered"))
    yield from ((pk, "register") for pk in keys(state="contracted", deal__state="registered"))
    yield from ((pk, "accelerate") for pk in keys(state="active", level="accelerate"))
    yield from ((pk, "call_margin") for pk in keys(state="active", level="margin"))
    yield from ((pk, "cure") for pk in keys(state="margin_called", level__in=("fine", "warn")))
    yield from ((pk, "accelerate") for pk in keys(state="margin_called", level="accelerate"))
    yield from ((pk, "accelerate") for pk in keys(state="margin_called", level="margin", margin_due_on__lt=day))
    yield from ((pk, "default") for pk in keys(state__in=PERFORMING, pk__in=late.values("loan_id")))
    yield from ((pk, "release") for pk in keys(state="repaid", deal__state="deregistered"))


def interest_accrue(day: dt.date) -> int:
    """Brings interest of ended periods and default interest of overdue amounts into the books, one group a loan and day; how many loans."""
    ended = LoanInstallment.objects.filter(due_on__lte=day, accrued=False, loan__state__in=PERFORMING).values_list("loan_id", flat=True)
    unpaid = Q(paid_principal_fen__lt=F("principal_fen")) | Q(paid_interest_fen__lt=F("interest_fen"))
    late = LoanInstallment.objects.filter(unpaid, due_on__lt=day, loan__state__in=OVERDUE)
    late = late.filter(Q(loan__penalty_until=None) | Q(loan__penalty_until__lt=day))
    done = 0
    for loan_id in sorted({*ended, *late.values_list("loan_id", flat=True)}):
        with transaction.atomic():
            loan = Loan.objects.select_for_update().get(pk=loan_id)
            posting = Posting(loan=loan, event="accrue", number=f"accrue-{day.isoformat()}", today=day)
            amount, penalty = accrue_due(loan, posting), accrue_penalty(loan, posting)
            moved = posting.post(None)
            loan.save(update_fields=["penalty_until", "updated_at"])
            if not moved:
                continue
            payload = {"interest_fen": amount, "penalty_fen": penalty, "on": day.isoformat(), "money": moved, "group": posting.group}
            record_append(actor="duty/loans", action="loan.accrue", subject=f"loan/{loan.pk}", payload=payload)
            done += 1
    return done
