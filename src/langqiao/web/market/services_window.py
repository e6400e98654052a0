"""Writes about purchase windows: draft, open, offers at the holder's price, closing by the clock, a decision on each offer."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.market.demand import WINDOW, WindowTerms, window_gaps, window_in_order
from langqiao.web.audit.services import record_append
from langqiao.web.common.steps import Gate
from langqiao.web.market.models import MarketStep, Window, WindowOffer
from langqiao.web.market.patents import Named
from langqiao.web.market.roles import owner_role
from langqiao.web.market.standing import unowned_gap
from langqiao.web.market.steps import Taking, gaps_gate, reasons_must, step_take, subject_of
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit

TERMS = ("title", "sought", "opens_on", "closes_on", "decides_by")


@transaction.atomic
def window_create(*, membership: Membership, terms: WindowTerms, by: User) -> Window:
    """A draft of the buyer's or alliance's organization."""
    must_edit(membership)
    window = Window(organization=membership.organization, by=by, is_scenario=membership.organization.is_demo, **asdict(terms))
    window.save()
    record_append(actor=by, action="window.draft", subject=subject_of(window), payload={})
    return window


def window_locked(window_id: uuid.UUID) -> Window:
    """The row under lock. Refused (not_found) where there is none."""
    window = Window.objects.select_for_update().filter(pk=window_id).first()
    if window is None:
        raise Refusal("not_found", _("There is no such purchase window."))
    return window


@transaction.atomic
def window_advance(*, window_id: uuid.UUID, event: str, membership: Membership, by: User, key: str = "") -> MarketStep:
    """Takes a step of the table."""
    must_edit(membership)
    window = window_locked(window_id)
    role = owner_role(window, membership)
    if not role:
        raise Refusal("not_found", _("There is no such purchase window."))
    return _advance(window, event, role=role, by=by, membership=membership, key=key)


def _advance(window: Window, event: str, *, role: str, by: User | None, membership: Membership | None = None, key: str = "") -> MarketStep:
    step = step_take(
        Taking(
            row=window,
            workflow=WINDOW,
            event=event,
            role=role,
            user=by,
            organization=membership.organization if membership else None,
            gates=window_gates(window),
            key=key,
        )
    )
    if event == "decide" and window.decided_at is None:
        window.decided_at = timezone.now()
        window.save(update_fields=["decided_at"])
    return step


def window_gates(window: Window) -> dict[str, Gate]:
    """Every gate of the table."""
    terms = WindowTerms(**{name: getattr(window, name) for name in TERMS})
    today = timezone.localdate()
    waiting = window.offers.filter(state="submitted").count
    return {
        "window_incomplete": gaps_gate(window_gaps(terms)),
        "window_order_wrong": lambda: None if window_in_order(terms) and terms.closes_on and terms.closes_on >= today else {},
        "period_not_over": lambda: {"until": str(window.closes_on)} if window.closes_on and window.closes_on >= today else None,
        "window_undecided": lambda: {"n": str(waiting())} if waiting() else None,
        "window_has_offers": lambda: {"n": str(waiting())} if waiting() else None,
    }


def offers_open(window: Window) -> bool:
    """Whether offers are taken today (both days included)."""
    today = timezone.localdate()
    return (
        window.state == "open"
        and window.opens_on is not None
        and window.closes_on is not None
        and window.opens_on <= today <= window.closes_on
    )


def _must_be_open(window: Window) -> None:
    if not offers_open(window):
        facts = {"from": str(window.opens_on), "to": str(window.closes_on)}
        raise Refusal("window_not_open", _("The window takes offers from %(from)s to %(to)s.") % facts, facts=facts)


@transaction.atomic
def offer_submit(*, window_id: uuid.UUID, membership: Membership, named: Named, price_fen: int, note: str, by: User) -> WindowOffer:
    """A holder's patent at its price; the price is read by nobody else before the window has closed."""
    must_edit(membership)
    window = window_locked(window_id)
    _must_be_open(window)
    gap = unowned_gap(membership.organization, [named.key], timezone.localdate())
    if gap is not None:
        raise Refusal("not_owner_here", _("Your organization has no accepted claim of ownership of this patent."), facts=gap)
    if WindowOffer.objects.filter(window=window, key=named.key).exclude(state="withdrawn").exists():
        raise Refusal("offer_exists", _("This patent is offered in this window already. Take that offer back first."))
    offer = WindowOffer.objects.create(
        window=window, organization=membership.organization, by=by, key=named.key, number=named.number, price_fen=price_fen, note=note
    )
    record_append(
        actor=by,
        action="window.offer",
        subject=subject_of(window),
        payload={"offer": str(offer.pk), "key": named.key},
        seen_by=[membership.organization_id],
    )
    return offer


@transaction.atomic
def offer_withdraw(*, window_id: uuid.UUID, offer_id: uuid.UUID, membership: Membership, by: User) -> WindowOffer:
    """Takes an offer back while the window is open."""
    must_edit(membership)
    window = window_locked(window_id)
    offer = window.offers.filter(pk=offer_id, organization=membership.organization, state="submitted").first()
    if offer is None:
        raise Refusal("not_found", _("There is no such offer."))
    _must_be_open(window)
    offer.state = "withdrawn"
    offer.save(update_fields=["state"])
    record_append(
        actor=by,
        action="window.offer_withdrawn",
        subject=subject_of(window),
        payload={"offer": str(offer.pk)},
        seen_by=[membership.organization_id],
    )
    return offer


@transaction.atomic
def offer_decide(
    *, window_id: uuid.UUID, offer_id: uuid.UUID, accept: bool, reasons: Sequence[str], text: str, membership: Membership, by: User
) -> WindowOffer:
    """The buyer's decision on one offer after closing, with reason codes; changed until the decisions are published."""
    must_edit(membership)
    window = window_locked(window_id)
    offer = window.offers.filter(pk=offer_id).exclude(state="withdrawn").first()
    if offer is None or owner_role(window, membership) != "owner":
        raise Refusal("not_found", _("There is no such offer."))
    if window.state != "closed":
        raise Refusal(
            "step_not_possible", _("Offers are decided between closing and publication."), facts={"event": "decide", "state": window.state}
        )
    reasons_must(reasons, text)
    offer.state, offer.reasons, offer.text = ("accepted" if accept else "declined"), sorted(reasons), text
    offer.decided_by, offer.decided_at = by, timezone.now()
    offer.save()
    record_append(
        actor=by,
        action="window.offer_decided",
        subject=subject_of(window),
        payload={"offer": str(offer.pk), "state": offer.state, "reasons": offer.reasons},
    )
    return offer


def windows_close() -> int:
    """The duty of the day: windows whose last day has passed; returns how many."""
    done = 0
    for pk in list(Window.objects.filter(state="open", closes_on__lt=timezone.localdate()).values_list("pk", flat=True)):
        with transaction.atomic():
            window = window_locked(pk)
            if window.state == "open":
                _advance(window, "close", role="system", by=None)
                done += 1
    return done
