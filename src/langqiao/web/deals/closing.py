"""What follows a settlement: the closing certificate, and the release of what was held back, asked for by one person and released by another."""

import uuid
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.ledger.entry import Entry
from langqiao.engine.operations.register import OPERATIONS
from langqiao.engine.operations.settlement import divide
from langqiao.engine.operations.title import Owner
from langqiao.rules.refusals import Language
from langqiao.rules.words import word
from langqiao.web.audit.heads import head_make
from langqiao.web.audit.services import record_append
from langqiao.web.deals.facts import owners_of
from langqiao.web.deals.models import Deal, DealRequest
from langqiao.web.deals.money import party_account
from langqiao.web.deals.orders import patents_told
from langqiao.web.deals.selectors import deal_get, party_name, roles_of, today
from langqiao.web.deals.services import locked
from langqiao.web.documents.models import Document
from langqiao.web.documents.services import document_make
from langqiao.web.ledger.models import LedgerAccount
from langqiao.web.ledger.services import group_post
from langqiao.web.people.models import Membership
from langqiao.web.people.session import must_edit

ENDED = frozenset({"settled", "closed"})
HOLDBACK = "release_holdback"


def held_back(deal: Deal) -> int:
    """What is still held back of the price, in fen."""
    read: list[LedgerAccount] | None = deal.__dict__.get("holdback_read")
    accounts = LedgerAccount.objects.filter(owner=f"deal/{deal.pk}", purpose="holdback") if read is None else read
    account = next(iter(accounts), None)
    return account.balance_fen if account else 0


def holdback_release(deal_id: uuid.UUID, *, membership: Membership) -> DealRequest:
    """Asks for the release of the holdback to the seller, or releases it where another person of the platform has asked.

    The platform holds the money and decides when the time agreed has passed without a claim. Refused: not_found, not_allowed, approver_needed,
    four_eyes_missing, nothing_held_back.
    """
    must_edit(membership)
    with transaction.atomic():
        deal = locked(deal_id, membership)
        if "platform" not in roles_of(deal, membership.organization):
            raise Refusal("not_allowed", _("The platform releases what it holds back."), facts={})
        amount = held_back(deal)
        if not amount:
            raise Refusal("nothing_held_back", _("Nothing is held back in this deal."), facts={})
        asked = DealRequest.objects.select_for_update().filter(deal=deal, event=HOLDBACK, state=DealRequest.OPEN).first()
        if asked is None:
            return DealRequest.objects.create(
                deal=deal,
                event=HOLDBACK,
                role="platform",
                organization=membership.organization,
                requested_by=membership.user,
                requested_at=timezone.now(),
            )
        if not membership.may_approve:
            raise Refusal("approver_needed", _("Money is approved by an approver or an administrator."), facts={"role": membership.role})
        if asked.requested_by_id == membership.user_id:
            raise Refusal("four_eyes_missing", _("Nobody approves their own request."), facts={"actor": f"user/{membership.user_id}"})
        _released(deal, amount, asked, membership)
        return asked


def _released(deal: Deal, amount: int, asked: DealRequest, membership: Membership) -> None:
    source = LedgerAccount.objects.get(owner=f"deal/{deal.pk}", purpose="holdback").pk
    entries = [
        Entry(
            id=f"holdback/{asked.pk}/{number}", phase="transfer", debit=source, credit=party_account(deal, name), amount_fen=part,
            code="deal.holdback", ref=f"deal/{deal.pk}", business_date=today(),
        )
        for number, (name, part) in enumerate(divide(amount, sellers_of(deal)).items())
        if part
    ]  # fmt: skip
    group_post(entries, group=f"holdback/{asked.pk}", by=membership.user)
    asked.state, asked.decided_by, asked.decided_at = DealRequest.TAKEN, membership.user, timezone.now()
    asked.save(update_fields=["state", "decided_by", "decided_at"])
    payload = {"amount_fen": amount, "requested_by": f"user/{asked.requested_by_id}", "transfers": [entry.id for entry in entries]}
    record_append(actor=membership.user, action="deal.holdback_released", subject=f"deal/{deal.pk}", payload=payload)


def sellers_of(deal: Deal) -> tuple[Owner, ...]:
    """Who got the price, by their shares: as it was divided at the settlement."""
    paid: dict[str, int] = {}
    for row in deal.transfers.filter(phase="transfer", target_role__in=("seller", "pledge_deposit")):
        paid[row.target_party] = paid.get(row.target_party, 0) + row.amount_fen
    if not paid:
        name = party_name(deal, deal.seller, today())
        return owners_of(deal, today(), name) or (Owner(name=name),)
    whole = sum(paid.values())
    return tuple(Owner(name=name, share=Fraction(part, whole)) for name, part in paid.items())


def certificate_make(deal_id: uuid.UUID, *, membership: Membership) -> list[Document]:
    """The closing certificate in both languages: patents, money, course of events, files, and the place in the record. Refused: not_settled."""
    must_edit(membership)
    with transaction.atomic():
        deal = deal_get(deal_id, membership, lock=True)
        if not {"seller", "buyer", "platform"} & set(roles_of(deal, membership.organization)) or deal.buyer is None:
            raise Refusal("not_allowed", _("The certificate is made for the sides of the deal."), facts={})
        if deal.state not in ENDED:
            raise Refusal("not_settled", _("The certificate is made once the price has been settled."), facts={"state": deal.state})
        head = head_make()
        assert head is not None, "a settled deal has records"
        organizations = {"seller": deal.seller, "buyer": deal.buyer}
        languages: tuple[Language, ...] = ("zh", "en")
        return [
            document_make(
                kind="closing_certificate", subject=f"deal/{deal.pk}", language=language, organizations=organizations, by=membership.user,
                fields=_certified(deal, language, size=head.size, root=head.root),
            )
            for language in languages
        ]  # fmt: skip


def _certified(deal: Deal, language: Language, *, size: int, root: str) -> dict[str, Any]:
    steps = list(deal.steps.all())
    receipts = ", ".join(f"{row.number} ({row.on.isoformat()})" for row in deal.officereceipt_set.order_by("on", "pk"))
    said_of = {one: word("deal_event", one, language) for one in {step.event for step in steps}}
    files = [
        {"title": one.title, "version": one.version, "sha256": one.sha256}
        for one in Document.objects.filter(pk__in=deal.contract.get("documents", []))
    ]
    files += [{"title": one.name, "version": 1, "sha256": one.sha256} for one in deal.roomfile_set.exclude(kind="data_room")]
    payments = [
        {"to": row.target_party or row.target_role, "purpose": row.target_role, "amount_fen": row.amount_fen}
        for row in deal.transfers.filter(phase="transfer")
    ]
    found = {
        "patents": patents_told(deal), "operation": OPERATIONS[deal.kind].title[language], "deal": str(deal.pk),
        "closed_on": today().isoformat(), "registration": receipts or None, "price_fen": deal.price_fen, "payments": payments or None,
        "facts": [{"at": timezone.localtime(s.at).strftime("%Y-%m-%d %H:%M"), "fact": said_of[s.event], "record": str(s.audit_seq)} for s in steps],
        "files": files, "audit_sequence": str(steps[-1].audit_seq), "tree_size": size, "tree_root": root, "scenario": deal.is_scenario,
    }  # fmt: skip
    return {name: value for name, value in found.items() if value is not None}
