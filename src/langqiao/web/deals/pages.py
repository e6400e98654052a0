"""The pages of deals: the list, what is held in public, and one deal with everything that waits, is written and has moved in it."""

import shlex
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from langqiao.engine.operations.bidding import award, lowest_bid
from langqiao.engine.operations.register import OPERATIONS
from langqiao.web.deals import orders
from langqiao.web.deals import terms as stored
from langqiao.web.deals.buttons import buttons, shown
from langqiao.web.deals.closing import ENDED, HOLDBACK, held_back
from langqiao.web.deals.confidence import text_of, text_sha256
from langqiao.web.deals.consents import waiting_for
from langqiao.web.deals.contract import STATES, asked, contract_kind
from langqiao.web.deals.facts import book_of, contract_documents, covers, is_state_unit, signed_by, statement_of
from langqiao.web.deals.fields import OPENING, fields_of
from langqiao.web.deals.models import Consent, Deal, DealRequest, Question
from langqiao.web.deals.room import FILE_KINDS, PARTIES, RECEIPTS, room_open
from langqiao.web.deals.selectors import (
    accesses_of,
    deal_get,
    deals_for,
    held,
    may_see,
    party_name,
    public_deals,
    requests_waiting,
    roles_of,
    today,
)
from langqiao.web.deals.words import BASIS, language
from langqiao.web.documents.models import Document
from langqiao.web.documents.pages import PACKAGES_FOR, packages_titled
from langqiao.web.ledger.models import Transfer
from langqiao.web.people.models import Membership, Organization
from langqiao.web.people.session import member_page

ROWS = 25
AFTERWARD = ("closing_certificate", "open_license_certificate", "annuity_order", "invoice_request")
"""Documents that follow a deal."""
HEADS = frozenset({"license_exclusive", "license_sole", "license_ordinary"})
RUNNING = frozenset({"performed", "settled", "closed"})
SEAL = """python3 -c 'import hashlib,sys; print(hashlib.sha256("".join(f"{len(p)}:{p}" for p in sys.argv[1:]).encode()).hexdigest())'"""
"""How a bidder without scripts computes the commitment of a sealed bid."""


@require_safe
@member_page
def deals(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The deals of the organization, with what waits and by when."""
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "running")
    query = {
        "kind": kind if kind in OPERATIONS else "",
        "state": state if state == "running" or state in all_states() else "",
        "q": request.GET.get("q", "")[:80],
    }
    found = deals_for(membership, kind=query["kind"], state=query["state"], text=query["q"])
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    rows = [
        {
            "deal": one,
            "roles": roles_of(one, membership.organization),
            "next": next_steps(one, membership),
            "due": next(iter(getattr(one, "due", ())), None),
        }
        for one in page
    ]
    context = {
        "room": "deals",
        "membership": membership,
        "rows": rows,
        "page": page,
        "total": page.paginator.count,
        "query": query,
        "waiting": requests_waiting(membership),
        "consents_waiting": waiting_for(membership.organization),
        "kinds": list(OPERATIONS),
        "states": all_states(),
    }
    return render(request, "deals/deals.html", context)


def all_states() -> list[str]:
    """Every state of every table, once."""
    return list(dict.fromkeys(state for operation in OPERATIONS.values() for state in operation.workflow.states))


def next_steps(deal: Deal, membership: Membership) -> dict[str, Any]:
    """What may come next: the events of the member's own roles, and who else the deal waits for."""
    flow, roles = OPERATIONS[deal.kind].workflow, roles_of(deal, membership.organization)
    mine = [step.event for role in roles for step in flow.events_for(deal.state, role)]
    others = [(step.event, sorted(step.by - set(roles))) for step in flow.steps if step.source == deal.state and not step.by & set(roles)]
    forward = [event for event in dict.fromkeys(mine) if event not in {"fail", "withdraw", "drop", "cancel"}]
    return {"mine": forward, "others": others, "ended": deal.state in flow.ends}


@require_safe
@member_page
def public(request: HttpRequest, membership: Membership, kind: str) -> HttpResponse:
    """Auctions, or statements of open license, that every member of the market sees."""
    rows = [{"deal": one, "terms": stored.read(one.terms)} for one in Paginator(public_deals(kind), ROWS).get_page(request.GET.get("page"))]
    return render(request, f"deals/public_{kind}.html", {"room": "deals", "membership": membership, "rows": rows})


@require_safe
@member_page
def deal(request: HttpRequest, membership: Membership, deal_id: uuid.UUID) -> HttpResponse:
    """One deal."""
    return render(request, "deals/deal.html", deal_context(deal_get(deal_id, membership, whole=True), membership))


def deal_context(
    deal: Deal, membership: Membership, *, tried: str = "", typed: Mapping[str, str] | None = None, faults: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Everything the page of a deal shows; `tried` names the step whose form is shown again with what was typed and what was wrong."""
    roles, operation, own = roles_of(deal, membership.organization), OPERATIONS[deal.kind], membership.organization
    bids = deal.kind == "auction" and "buyer" in roles
    opened, party = room_open(deal, membership), bool(PARTIES & set(roles)) and not bids
    running = deal.state not in operation.workflow.ends
    context: dict[str, Any] = {
        "room": "deals", "membership": membership, "deal": deal, "roles": roles, "operation": operation, "terms": stored.read(deal.terms),
        "patents": list(deal.patents.all()), "ended": not running, "next": next_steps(deal, membership),
        "buttons": buttons(deal, membership, tried=tried, typed=typed, faults=faults), "is_party": party, "room_open": opened,
        "writes": bool(roles) and membership.may_edit and running and not bids, "with_proofs": not bids,
        "with_offers": party and any(step.event == "make_offer" for step in operation.workflow.steps),
        "with_questions": bids or (party and (deal.buyer_id is not None or deal.kind == "auction")),
        "asks": membership.may_edit and running and (bids or (party and deal.buyer_id is not None)),
        "deadlines": [one for one in deal.deadlines.all() if one.done_at is None], "today": today(),
        "may_sublicense": "buyer" in roles and deal.kind in HEADS and deal.state in RUNNING and membership.may_edit and stored.read(deal.terms).license.may_sublicense,
        "children": [child for child in deal.children.all() if may_see(child, own)],
        "draft": shown(deal, fields_of(deal.kind, "new")) if _drafting(deal, membership) else [], **_history(deal, own, roles, bids=bids),
    }  # fmt: skip
    if roles:
        context |= _room(deal, membership, opened=opened, party=party, bids=bids) | _confidence(deal, roles) | _contract(deal, membership)
        context |= _after(deal, roles, membership)
    if deal.kind == "auction":
        context |= _auction(deal, membership)
    if deal.kind in {"open_license", "open_license_taking"}:
        context |= {
            "statement": statement_of(deal),
            "may_take": deal.kind == "open_license" and deal.state == "published" and not party and membership.may_edit,
        }
    return context


def _history(deal: Deal, own: Organization, roles: tuple[str, ...], *, bids: bool) -> dict[str, Any]:
    """Steps and transfers that the organization may know: a bidder its own and the platform's, never who else bids."""
    steps, transfers = list(deal.steps.all()), list(deal.transfers.all())
    if bids:
        steps = [one for one in steps if one.organization_id == own.pk or one.role != "buyer"]
        transfers = [one for one in transfers if one.source_party == own.name]
    knows_money = bool(PARTIES & set(roles)) or "platform" in roles
    rows = transfers if knows_money else []
    places = dict(Transfer.objects.filter(id__in=[row.ledger_id for row in rows]).values_list("id", "seq"))
    return {"steps": steps if roles else [], "transfers": [{"row": row, "seq": places.get(row.ledger_id)} for row in rows]}


def _drafting(deal: Deal, membership: Membership) -> bool:
    """Whether the member's side wrote the draft: a bidder never sees it, the reserve stands in it."""
    wrote = {deal.seller_id, deal.buyer_id if deal.kind == "pledge" else None}
    return deal.kind in OPENING and deal.state == OPERATIONS[deal.kind].workflow.start and membership.organization_id in wrote


def _room(deal: Deal, membership: Membership, *, opened: bool, party: bool, bids: bool) -> dict[str, Any]:
    files = [
        {"file": one, "readable": opened or one.tier == one.BRIEF or one.organization_id == membership.organization_id}
        for one in deal.roomfile_set.all()
    ]
    standings = [(patent.key, held(deal, patent.key, today()).standing) for patent in deal.patents.all()]
    return {
        "files": files, "file_kinds": FILE_KINDS, "questions": _questions(deal, membership.organization, bids=bids) if party or bids else [],
        "offers": sorted(deal.offer_set.all(), key=lambda one: one.at, reverse=True) if party else [], "consents": _consents(deal),
        "bases": list(BASIS), "receipts": list(deal.officereceipt_set.all()), "receipt_kinds": RECEIPTS,
        "publicities": list(deal.publicity_set.all()), "state_unit": is_state_unit(deal.seller), "clearances": list(deal.clearance_set.all()),
        "accesses": accesses_of(deal) if party else [],
        "standings": standings, "needed": _needed(deal, standings),
    }  # fmt: skip


def _consents(deal: Deal) -> list[Consent]:
    """The consents of the room, each with whether it was given for other terms."""
    found = list(deal.consent_set.all())
    for one in found:
        one.__dict__["stale"] = not covers(deal, one)
    return found


def _questions(deal: Deal, own: Organization, *, bids: bool) -> list[Question]:
    """All for a side; a bidder sees its own and what was answered, without who asked."""
    return [one for one in deal.question_set.all() if not bids or one.organization_id == own.pk or one.answer]


def _needed(deal: Deal, standings: list[tuple[str, Any]]) -> list[str]:
    """Whose consent the record names and the room does not hold yet."""
    noted = {one.holder for one in deal.consent_set.all()}
    names = {owner for _key, standing in standings for owner in standing.owners if len(standing.owners) > 1} - {
        party_name(deal, deal.seller, today())
    }
    names |= {burden.holder for _key, standing in standings for burden in standing.burdens("pledged") if burden.holder}
    return sorted(names - noted)


def _confidence(deal: Deal, roles: tuple[str, ...]) -> dict[str, Any]:
    signed = {one.role: one for one in deal.nda_set.all()}
    mine = next((role for role in roles if role in {"buyer", "seller"}), "")
    asked_now = deal.state == "lead" and any(step.event == "sign_nda" for step in OPERATIONS[deal.kind].workflow.steps)
    return {
        "nda_asked": asked_now, "nda_signed": signed, "nda_mine": mine, "nda_done": mine in signed,
        "nda_text": text_of(deal, language()) if asked_now else "", "nda_sha256": text_sha256(deal, language()) if asked_now else "",
    }  # fmt: skip


def _after(deal: Deal, roles: tuple[str, ...], membership: Membership) -> dict[str, Any]:
    """What can be done once the price was settled."""
    certificates = Document.objects.filter(subject=f"deal/{deal.pk}", kind__in=AFTERWARD, parties__organization=membership.organization)
    asked_for = next((one for one in deal.requests.all() if (one.event, one.state) == (HOLDBACK, DealRequest.OPEN)), None)
    own, edits = membership.organization_id, membership.may_edit
    party = bool(PARTIES & set(roles))
    invoices = list(deal.invoice_set.all()) if party and deal.effective_on else []
    taking = deal.kind == "open_license_taking"
    held_by = orders.holder_after(deal)
    return {
        "certificates": list(certificates.distinct()), "may_certify": deal.state in ENDED and deal.buyer_id is not None and edits and not taking,
        "may_certify_taking": taking and party and deal.effective_on is not None and edits, "invoices": invoices,
        "may_invoice": own == deal.buyer_id and edits and deal.state in orders.PAID and bool(deal.contract.get("documents")),
        "not_invoiced": orders.not_invoiced_fen(deal) if invoices or own == deal.buyer_id else 0, "may_issue": own == deal.seller_id and edits,
        "exemption": orders.exemption_of(deal) if own == deal.buyer_id else "",
        "may_order_fees": bool(deal.effective_on) and held_by is not None and held_by.pk == own and edits and deal.state in ENDED,
        "held_back": held_back(deal), "holdback_asked": asked_for, "may_release": "platform" in roles and membership.may_approve,
        "holdback_mine": asked_for is not None and asked_for.requested_by_id == membership.user_id,
    }  # fmt: skip


def _contract(deal: Deal, membership: Membership) -> dict[str, Any]:
    kind = contract_kind(deal)
    current = contract_documents(deal)
    documents = list(
        Document.objects.filter(pk__in=deal.contract.get("documents", []), parties__organization=membership.organization).distinct()
    )
    early = deal.state == "lead" and deal.kind != "open_license_taking"
    may = (
        kind is not None
        and deal.state in STATES
        and not early
        and bool(PARTIES & set(roles_of(deal, membership.organization)))
        and membership.may_edit
    )
    return {
        "contract_kind": kind, "contract_documents": documents, "contract_current": bool(current), "contract_may": may,
        "contract_asked": asked(deal, deal.contract.get("given", {})) if may else [], "signed_by": sorted(signed_by(deal)),
        "packages": packages_titled(PACKAGES_FOR.get(kind or "", ()) if documents else ()),
    }  # fmt: skip


def _auction(deal: Deal, membership: Membership) -> dict[str, Any]:
    book, rules = book_of(deal), stored.read(deal.terms).auction
    now = timezone.now()
    names = {bidder: number for number, bidder in enumerate(book.deposits, start=1)}
    own, full = membership.organization.name, membership.organization_id in {deal.seller_id, deal.operator_id}
    moves = [
        {
            "row": row,
            "mine": row.bidder.name == own,
            "name": row.bidder.name if full or row.bidder.name == own else "",
            "number": names.get(row.bidder.name, 0),
        }
        for row in sorted(deal.bid_set.all(), key=lambda one: -one.number)
    ]
    open_bids = rules is not None and rules.kind in {"english", "dutch"}
    return {
        "rules": rules, "book": book, "moves": moves, "open_bids": open_bids, "now": now, "best": book.best if open_bids or deal.state != "open" else None,
        "least": lowest_bid(book, now) if open_bids and deal.state == "open" else None, "result": award(book) if deal.state in {"awarded", "unsold"} else None,
        "deposit_mine": own in book.deposits, "own_name": own,
        "seal_command": f"{SEAL} {deal.pk} {shlex.quote(own)} AMOUNT_IN_FEN SECRET",
    }  # fmt: skip
