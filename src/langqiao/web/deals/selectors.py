"""Reads of deals: who takes which role in one, which deals an organization sees, and one deal or none."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.register import OPERATIONS
from langqiao.web.common.gather import children_keep, link, rows_gather
from langqiao.web.deals.models import Access, Deadline, Deal, DealPatent, DealRequest, Reservation
from langqiao.web.ledger.models import LedgerAccount
from langqiao.web.people.models import Membership, Organization
from langqiao.web.people.selectors import mandates_for
from langqiao.web.people.session import owner_of
from langqiao.web.rights.selectors import Held, held_on, owner_organizations

PLATFORM_KINDS = frozenset({"center", "platform"})
OFFICE_KIND = "office"
PUBLIC_STATES = {
    "auction": ("announced", "open", "revealing", "awarded", "unsold", "treaty", "closed", "canceled"),
    "open_license": ("published", "withdrawing", "withdrawn", "expired", "terminated"),
}
"""States in which every member of the market sees a deal: an auction is held in public, a statement is announced to anybody."""
ROOM_SETS = ("patents", "consent_set", "signature_set", "publicity_set", "nda_set", "clearance_set", "officereceipt_set")
"""What every look at a deal reads of its room, in one query."""
WHOLE = (
    *ROOM_SETS, "steps", "transfers", "roomfile_set", "question_set", "offer_set", "requests", "deadlines", "invoice_set", "children", "bid_set",
)  # fmt: skip
"""What the page of a deal reads of it, in one query."""
ACCESSES_SHOWN = 50
TAKING_AWAY = ("assignment", "license_exclusive", "license_sole")
"""Kinds that reserve the right once accepted; an ordinary license takes nothing away and only heeds the reservation."""


def today() -> dt.date:
    """The legal day: Beijing's."""
    return timezone.localdate()


def office_waits(deal: Deal) -> bool:
    """Whether the table lists a step of the office in the deal's state."""
    return any("office" in step.by for step in OPERATIONS[deal.kind].workflow.steps if step.source == deal.state)


def roles_of(deal: Deal, organization: Organization) -> tuple[str, ...]:
    """The roles an organization has in a deal, the strongest first; empty: a stranger to it."""
    found = []
    if deal.seller_id == organization.pk:
        found.append("seller")
    elif deal.buyer_id == organization.pk:
        found.append("pledgee" if deal.kind == "pledge" else "buyer")
    elif deal.kind == "auction" and deal.state in PUBLIC_STATES["auction"] and organization.kind not in PLATFORM_KINDS:
        found.append("buyer")
    if not found and deal.operator_id != organization.pk and mandated(deal, organization):
        found.append("seller")
    if deal.operator_id == organization.pk:
        found += ["platform", "office"]
    elif organization.kind == OFFICE_KIND and organization.is_verified and office_waits(deal):
        found.append("office")
    return tuple(found)


def mandated(deal: Deal, organization: Organization) -> bool:
    """Whether the organization negotiates for the seller under a mandate that covers every patent of the deal."""
    if organization.pk in {deal.seller_id, deal.buyer_id}:
        return False
    keys = {patent.key for patent in deal.patents.all()}
    return any(
        mandate.holder_id == deal.seller_id and "negotiate" in mandate.scopes and (not mandate.patents or keys <= set(mandate.patents))
        for mandate in mandates_for(organization, today())
    )


def may_see(deal: Deal, organization: Organization) -> bool:
    """Whether an organization may open the page of a deal."""
    return bool(roles_of(deal, organization)) or deal.broker_id == organization.pk or deal.state in PUBLIC_STATES.get(deal.kind, ())


def visible(organization: Organization) -> Q:
    """The deals of which an organization is a part."""
    mine = Q(seller=organization) | Q(buyer=organization) | Q(operator=organization) | Q(broker=organization)
    mine |= Q(bid_set__bidder=organization)
    mine |= Q(
        seller__in=[
            mandate.holder_id for mandate in mandates_for(organization, today()) if "negotiate" in mandate.scopes and not mandate.patents
        ]
    )
    if organization.kind == OFFICE_KIND and organization.is_verified:
        for kind, operation in OPERATIONS.items():
            states = sorted({step.source for step in operation.workflow.steps if "office" in step.by})
            mine |= Q(kind=kind, state__in=states)
    return mine


def deal_get(deal_id: uuid.UUID, membership: Membership, *, lock: bool = False, whole: bool = False) -> Deal:
    """A deal (`whole`: with everything its page shows) that the membership's organization may see. Raises Refusal(not_found) for every other, whether it is there or not."""
    deals: QuerySet[Deal] = Deal.objects.all()
    if lock:
        deals = deals.select_for_update(of=("self",))
    deal = deals.select_related("seller", "buyer", "operator", "broker", "parent").filter(pk=deal_id).first()
    if deal is not None:
        room_read(deal, *(WHOLE if whole else ROOM_SETS), known=(membership.organization, membership.user) if whole else None)
    if deal is None or not may_see(deal, membership.organization):
        raise Refusal("not_found", _("There is no such deal that you may see."))
    return deal


def room_read(deal: Deal, *names: str, known: Iterable[Any] | None = None) -> None:
    """Reads the deal's rows in the named sets, and what other deals have reserved of its patents, in one query.

    `known`: link the rows with people, organizations and each other, from these and the deal's own parties and by one query for the others.
    """
    reserved = Reservation.objects.filter(key__in=DealPatent.objects.filter(deal=deal).values("key")).exclude(deal=deal).order_by("key")
    wanted = {"reserved": reserved} | {name: getattr(deal, name).all() for name in names}
    if known is not None:
        wanted["accesses_read"] = Access.objects.filter(deal=deal).order_by("-at")[:ACCESSES_SHOWN]
        wanted["holdback_read"] = LedgerAccount.objects.filter(owner=f"deal/{deal.pk}", purpose="holdback")
    found = rows_gather(wanted)
    deal.__dict__["reserved_read"] = tuple(row.key for row in found.pop("reserved"))
    children_keep(deal, {name: found[name] for name in names})
    deal.__dict__.update({name: found[name] for name in found if name.endswith("_read")})
    if known is not None:
        rows = [row for rows in found.values() for row in rows]
        link(rows, [*known, *rows, *filter(None, (deal.seller, deal.buyer, deal.operator, deal.broker))])


def accesses_of(deal: Deal) -> list[Access]:
    """The last looks into the data room, newest first."""
    read: list[Access] | None = deal.__dict__.get("accesses_read")
    if read is not None:
        return read
    return list(Access.objects.filter(deal=deal).select_related("organization", "by", "file").order_by("-at")[:ACCESSES_SHOWN])


def deals_for(membership: Membership, *, kind: str = "", state: str = "", text: str = "", due: bool = False) -> QuerySet[Deal]:
    """The deals of an organization, newest first, with parties, patents and open deadlines."""
    deals = Deal.objects.filter(visible(membership.organization)).distinct()
    if kind:
        deals = deals.filter(kind=kind)
    if state == "running":
        deals = deals.exclude(ended())
    elif state:
        deals = deals.filter(state=state)
    if text:
        patents = DealPatent.objects.filter(deal=OuterRef("pk")).filter(
            Q(key__icontains=text) | Q(title_zh__icontains=text) | Q(title_en__icontains=text)
        )
        deals = deals.filter(Q(label__icontains=text) | Q(seller__name__icontains=text) | Q(buyer__name__icontains=text) | Exists(patents))
    if due:
        deals = deals.filter(Exists(Deadline.objects.filter(deal=OuterRef("pk"), done_at=None)))
    opened = Deadline.objects.filter(done_at=None).order_by("on")
    return deals.select_related("seller", "buyer", "operator").prefetch_related("patents", Prefetch("deadlines", opened, to_attr="due"))


def ended() -> Q:
    """Deals in an end of their table."""
    found = Q(pk=None)
    for kind, operation in OPERATIONS.items():
        found |= Q(kind=kind, state__in=sorted(operation.workflow.ends))
    return found


def public_deals(kind: str) -> QuerySet[Deal]:
    """The auctions, or the statements of open license, that every member sees and that have not ended."""
    states = [state for state in PUBLIC_STATES[kind] if state not in OPERATIONS[kind].workflow.ends]
    return Deal.objects.filter(kind=kind, state__in=states).select_related("seller", "operator").prefetch_related("patents")


def reserved_against(deal: Deal) -> tuple[str, ...]:
    """The deal's patents that another deal has reserved; a sub-license gives of what its head already took."""
    if deal.kind == "sublicense":
        return ()
    read: tuple[str, ...] | None = deal.__dict__.get("reserved_read")
    if read is not None:
        return read
    keys = [patent.key for patent in deal.patents.all()]
    return tuple(Reservation.objects.filter(key__in=keys).exclude(deal=deal).order_by("key").values_list("key", flat=True))


def parties_of_deal(key: str) -> Iterable[int]:
    """The ids of the organizations of a deal, for the record (`deal/UUID`)."""
    found: Any = Deal.objects.filter(pk=key).values_list("seller_id", "buyer_id", "operator_id").first()
    return {number for number in found or () if number is not None}


def party_name(deal: Deal, organization: Organization, day: dt.date) -> str:
    """The name under which the engine knows an organization: an owner's as the record has it, else its own.

    A stranger who carries the name of a registered owner is told apart from it: only a claim that was accepted makes an owner.
    """
    if deal.kind == "sublicense":
        return organization.name
    first = next(iter(deal.patents.all()), None)
    if first is None:
        return organization.name
    owners = held(deal, first.key, day).owners
    registered = next((owner.name for owner in owners if owner.organization == organization.pk), None)
    if registered is not None:
        return registered
    known = {owner.name for owner in owners}
    return f"{organization.name} ({owner_of(organization.pk)})" if organization.name in known else organization.name


def held(deal: Deal, key: str, day: dt.date) -> Held:
    """A right on a day, read once for one reading of the deal: the locks are held, or a page shows one moment."""
    kept: dict[tuple[str, dt.date], Held] = deal.__dict__.setdefault("rights_read", {})
    if (key, day) not in kept:
        kept[key, day] = held_on(key, day)
    return kept[key, day]


def organization_of(deal: Deal, name: str, day: dt.date) -> Organization | None:
    """The organization of a party's name in a deal: seller, buyer, a bidder, an owner of record; None: not on this market."""
    for party in (deal.seller, deal.buyer):
        if party is not None and name in {party.name, party_name(deal, party, day)}:
            return party
    bidder = Organization.objects.filter(name=name, bids__deal=deal).first()
    if bidder is not None:
        return bidder
    first = next(iter(deal.patents.all()), None)
    number = owner_organizations(first.key, day).get(name) if first else None
    return Organization.objects.filter(pk=number).first() if number else None


def deals_open_from(listing: str) -> int:
    """How many deals that began from a listing (`listing/UUID`) have not ended."""
    return Deal.objects.filter(listing=listing).exclude(ended()).count()


def in_deal_from(listing: str, organization: Organization) -> bool:
    """Whether an organization is the acquiring side of a deal from a listing in which both sides signed the agreement of confidence."""
    return Deal.objects.filter(listing=listing, buyer=organization).exclude(state="lead").exists()


def requests_waiting(membership: Membership) -> list[DealRequest]:
    """The steps that a colleague has asked for and this member may take as the second person."""
    if not membership.may_approve:
        return []
    asked = DealRequest.objects.filter(organization=membership.organization, state=DealRequest.OPEN).exclude(
        requested_by=membership.user_id
    )
    return list(asked.select_related("deal", "requested_by").order_by("requested_at")[:50])
