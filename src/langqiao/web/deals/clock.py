"""The clock's steps: what falls due by itself — holds that end, auctions that close, statements that run out — taken in the role `system`."""

import logging
import uuid

from django.db.models import Q

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.register import OPERATIONS
from langqiao.web.deals.models import Deal
from langqiao.web.deals.selectors import today
from langqiao.web.deals.services import deal_advance

log = logging.getLogger(__name__)
ROUNDS = 6
"""No table has a longer chain of steps by the clock; a deal that would go on longer is left to the next run."""


def deals_clock() -> str:
    """Tries every step of `system` that a table lists for the state of a running deal; what is not due is refused by the table and left."""
    waiting = Q(pk=None)
    for kind, operation in OPERATIONS.items():
        states = sorted({step.source for step in operation.workflow.steps if "system" in step.by})
        waiting |= Q(kind=kind, state__in=states)
    taken = failed = 0
    for deal_id in list(Deal.objects.filter(waiting).values_list("pk", flat=True)):
        try:
            taken += deal_clock(deal_id)
        except Exception:  # one deal that cannot be read must not stop the clock of all others; the failure is logged and counted
            log.exception("the clock of deal %s failed", deal_id)
            failed += 1
    return f"{taken} steps, {failed} failures"


def deal_clock(deal_id: uuid.UUID) -> int:
    """The steps by the clock of one deal, as long as one is due; returns how many were taken."""
    for count in range(ROUNDS):
        deal = Deal.objects.get(pk=deal_id)
        if not any(_tried(deal, step.event) for step in OPERATIONS[deal.kind].workflow.events_for(deal.state, "system")):
            return count
    return ROUNDS


def _due(deal: Deal, event: str) -> bool:
    """The table names no gate for these: a notice is dropped by people only, an unsold auction closes after its window of private treaty."""
    if deal.kind == "open_license_taking" and event == "fail":
        return False
    if deal.kind == "auction" and deal.state == "unsold":
        return deal.deadlines.filter(code="private_treaty", on__lt=today()).exists()
    return True


def _tried(deal: Deal, event: str) -> bool:
    if not _due(deal, event):
        return False
    try:
        deal_advance(deal.pk, event, membership=None, key=f"clock/{deal.pk}/{deal.version}/{event}")
    except Refusal as refusal:
        log.debug("deal %s: %s is not due: %s", deal.pk, event, refusal.code)
        return False
    return True
