"""Opening a deal: kind, parties, patents and first terms, and changing a draft's terms until its first step."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.register import OPERATIONS
from langqiao.web.audit.services import record_append
from langqiao.web.common.lake import organization_lake, site_lake
from langqiao.web.deals import terms as stored
from langqiao.web.deals.facts import statement_of
from langqiao.web.deals.fields import OPENING, fields_of, parsed
from langqiao.web.deals.models import Deal, DealPatent
from langqiao.web.deals.selectors import PLATFORM_KINDS, deal_get
from langqiao.web.market.patents import patent_named
from langqiao.web.people.models import CheckState, Membership, Organization
from langqiao.web.people.session import must_edit
from langqiao.web.rights.services import holding_open

PATENTS_MAX = 200
WITHOUT_BUYER = frozenset({"auction", "open_license"})
"""Operations that begin with one side only: anybody may come."""
BY_ACQUIRER = frozenset({"open_license_taking"})


def deal_open(
    *, kind: str, membership: Membership, seller: Organization | None = None, buyer: Organization | None = None, patents: Sequence[str] = (),
    fields: Mapping[str, Any] | None = None, parent: Deal | None = None, listing: str = "", price_by: str = "agreement", label: str = "",
    operator: Organization | None = None, broker: Organization | None = None, listed_fen: int | None = None,
) -> Deal:  # fmt: skip
    """Opens a deal in the first state of its table; the acting organization is one of its sides.

    `price_by` and `listed_fen`: a listing with a posted price (Technology Transformation Law 18). `parent`: the statement to take, or the license under which a sub-license is given; its patents and seller are taken from it.
    Refused: kind_unknown, not_allowed, party_missing, patents_missing, not_a_patent, terms_invalid.
    """
    must_edit(membership)
    if kind not in OPERATIONS:
        raise Refusal("kind_unknown", _("There is no such operation."), facts={"kind": kind[:40]})
    with transaction.atomic():
        seller, buyer, keys = _sides(kind, membership, seller=seller, buyer=buyer, patents=patents, parent=parent)
        keys = list(dict.fromkeys(holding_open(key).key for key in keys))
        terms = stored.patched({}, {**parsed(fields_of(kind, "new"), fields or {}), "price_by": price_by, "listed_fen": listed_fen})
        if kind == "auction" and "auction" not in terms:
            raise stored.invalid(
                dict.fromkeys(("auction.kind", "auction.step_fen", "auction.closes_at"), _("an auction is opened with its rules"))
            )
        deal = Deal.objects.create(
            kind=kind, state=OPERATIONS[kind].workflow.start, label=" ".join(label.split())[:120], seller=seller, buyer=buyer,
            operator=operator or operator_default(), broker=broker, parent=parent, listing=listing, terms=terms, opened_by=membership.user,
            is_scenario=seller.is_demo,
        )  # fmt: skip
        if kind == "open_license_taking":
            statement = statement_of(deal)
            deal.price_fen = statement.due_fen if statement else None
            deal.save(update_fields=["price_fen"])
        DealPatent.objects.bulk_create([_patent(deal, key) for key in keys])
        payload = {"kind": kind, "patents": sorted(keys), "listing": listing, "parent": str(parent.pk) if parent else ""}
        record_append(actor=membership.user, action="deal.opened", subject=f"deal/{deal.pk}", payload=payload)
        return deal


def _patent(deal: Deal, key: str) -> DealPatent:
    named = patent_named(key, (site_lake(), organization_lake(deal.seller_id)))
    return DealPatent(deal=deal, key=key, title_zh=named.title_zh if named else "", title_en=named.title_en if named else "")


def _sides(
    kind: str,
    membership: Membership,
    *,
    seller: Organization | None,
    buyer: Organization | None,
    patents: Sequence[str],
    parent: Deal | None,
) -> tuple[Organization, Organization | None, list[str]]:
    own = membership.organization
    if kind in {"open_license_taking", "sublicense"}:
        parent = _parent(kind, parent)
        patents = [patent.key for patent in parent.patents.all()]
        seller = parent.seller if kind == "open_license_taking" else parent.buyer
    seller = seller or (own if buyer != own else None)
    buyer = None if kind in WITHOUT_BUYER else buyer or (own if seller != own else None)
    if seller is None or (buyer is None and kind not in WITHOUT_BUYER) or seller == buyer:
        raise Refusal("party_missing", _("A deal has two different sides; name the other one."), facts={})
    if own not in {seller, buyer} or (kind in BY_ACQUIRER and own != buyer):
        raise Refusal("not_allowed", _("A deal is opened by one of its own sides."), facts={})
    keys = list(dict.fromkeys(key.strip() for key in patents if key.strip()))
    if not 1 <= len(keys) <= PATENTS_MAX:
        raise Refusal("patents_missing", _("Name 1 to %(n)d patents.") % {"n": PATENTS_MAX}, facts={"count": len(keys)})
    return seller, buyer, keys


def _parent(kind: str, parent: Deal | None) -> Deal:
    states = {"open_license_taking": {"open_license"}, "sublicense": {"license_exclusive", "license_sole", "license_ordinary"}}[kind]
    if parent is None or parent.kind not in states:
        raise Refusal(
            "parent_missing", _("Name the statement that is taken or the license under which this one is given."), facts={"kind": kind}
        )
    return parent


def operator_default() -> Organization | None:
    """The platform or operation center that performs and settles where none was named: the first that was verified."""
    known = Organization.objects.filter(kind__in=sorted(PLATFORM_KINDS), check_state=CheckState.VERIFIED, merged_into=None)
    return known.order_by("pk").first()


def deal_terms_change(deal_id: uuid.UUID, *, membership: Membership, fields: Mapping[str, Any]) -> Deal:
    """Changes the terms of a draft by the side that wrote it. Refused: terms_settled once its first step was taken, terms_invalid."""
    must_edit(membership)
    with transaction.atomic():
        deal = deal_get(deal_id, membership, lock=True)
        if membership.organization_id not in {deal.seller_id, deal.buyer_id if deal.kind == "pledge" else None}:
            raise Refusal("not_allowed", _("Only the side that wrote the draft changes it."), facts={})
        if deal.kind not in OPENING or deal.state != OPERATIONS[deal.kind].workflow.start:
            raise Refusal(
                "terms_settled", _("The terms are changed by the steps of the deal only, not in place."), facts={"state": deal.state}
            )
        deal.terms = stored.patched(deal.terms, parsed(fields_of(deal.kind, "new"), fields))
        deal.version += 1
        deal.save(update_fields=["terms", "version"])
        payload = {"terms_sha256": stored.digest(deal.terms)}
        record_append(actor=membership.user, action="deal.terms", subject=f"deal/{deal.pk}", payload=payload)
        return deal
