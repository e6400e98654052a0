"""Two sides, a platform and an office of the market, a right that the seller owns, and money of the buyer: what every test of deals begins with."""

import datetime as dt
import itertools
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.ledger.entry import Entry
from langqiao.engine.operations.outcome import Effect
from langqiao.web.deals import confidence, facts, room
from langqiao.web.deals.models import DealRequest, Signature
from langqiao.web.deals.opening import deal_open
from langqiao.web.deals.services import FOUR_EYES, deal_advance, deal_request
from langqiao.web.ledger.services import account_ensure, group_post
from langqiao.web.people.models import CheckState, Membership, Organization, Role, User
from langqiao.web.rights.services import effects_apply
from tests.web.conftest import PASSWORD
from tests.web.routes.who import KEY

COUNT = itertools.count(1)


def organization(name, kind="enterprise", *, verified=True):
    checked = {"check_state": CheckState.VERIFIED, "checked_at": timezone.now(), "check_document": "business license"} if verified else {}
    return Organization.objects.create(name=name, kind=kind, **checked)


def member(company, role=Role.APPROVER, name=None):
    user = User.objects.create_user(f"{name or 'member'}{next(COUNT)}@example.com", PASSWORD, name=name or "")
    return Membership.objects.create(user=user, organization=company, role=role)


class World:
    """`seller`, `buyer`, `platform`, `office`: two approvers each, as pairs."""

    def __init__(self, *, seller_kind="enterprise", money_fen=10_000_000_00, key=KEY):
        self.key = key
        self.seller = self.pair("桥南制药 Seller", seller_kind)
        self.buyer = self.pair("桥北生物 Buyer")
        self.platform = self.pair("桥上运营中心 Center", "center")
        self.office = self.pair("知识产权局 Office", "office")
        own(self.seller[0].organization, key)
        pay_in(self.buyer[0].organization, money_fen)

    def pair(self, name, kind="enterprise", *, verified=True):
        company = organization(name, kind, verified=verified)
        return member(company, name="a"), member(company, name="b")

    def pair_of(self, membership):
        """Another approver of the same organization."""
        return Membership.objects.filter(organization=membership.organization).exclude(pk=membership.pk).get()

    def open(self, kind="assignment", **more):
        given = {"seller": self.seller[0].organization, "buyer": self.buyer[0].organization, "patents": [self.key]}
        return deal_open(kind=kind, membership=self.seller[0], **(given | more))


def own(company, key=KEY, on=dt.date(2026, 1, 5)):
    effect = Effect(patent=key, kind="owner_changed", on=on, party=company.name, reference=f"setup-{company.pk}")
    with transaction.atomic():
        effects_apply([effect], deal="setup", by=None)


def pay_in(company, amount_fen):
    """Client money that has come in at the bank."""
    with transaction.atomic():
        bank = account_ensure(owner="platform", purpose="client_bank")
        account = account_ensure(owner=f"organization/{company.pk}", purpose="client_money")
        entry = Entry(
            id=str(uuid.uuid4()),
            phase="transfer",
            debit=bank,
            credit=account,
            amount_fen=amount_fen,
            code="bank.in",
            business_date=timezone.localdate(),
        )
        group_post([entry], group=str(uuid.uuid4()), by="test")


def take(deal, event, membership, **fields):
    """A step with a fresh key; names with a double underscore are dotted."""
    plain = {name.replace("__", "."): value for name, value in fields.items()}
    return deal_advance(deal.pk, event, membership=membership, key=str(uuid.uuid4()), fields=plain)


def both(deal, event, pair, **fields):
    """A step of money or title: the first of the pair asks, the second takes it."""
    plain = {name.replace("__", "."): value for name, value in fields.items()}
    deal_request(deal.pk, event, membership=pair[0], fields=plain)
    return take(deal, event, pair[1])


def ask(deal, event, pair):
    """Only the request of the first of the pair, made directly, for tests of the step itself."""
    return DealRequest.objects.create(
        deal=deal, event=event, role="buyer", organization=pair[0].organization, requested_by=pair[0].user, requested_at=timezone.now()
    )


def code_of(act, *args, **kwargs):
    """The code of the refusal that the act meets."""
    with pytest.raises(Refusal) as refused, transaction.atomic():
        act(*args, **kwargs)
    return refused.value.code


def confide(deal, world):
    """Both sides sign the agreement of confidence."""
    confide_as(deal, world.seller[0], world.buyer[0])


def confide_as(deal, seller, buyer):
    """As `confide`, by these two."""
    for side in (seller, buyer):
        room.nda_sign(deal.pk, membership=side, seen_sha256=confidence.text_sha256(deal, "en"))
    deal.refresh_from_db()
    assert deal.state == "nda"


def sign(deal, *pairs_by_role):
    """Signatures under the terms as they are; the documents room makes them for people."""
    deal.refresh_from_db()
    for role, membership in pairs_by_role:
        Signature.objects.create(
            deal=deal, role=role, organization=membership.organization, by=membership.user, at=timezone.now(), sha256="0" * 64,
            terms_sha256=facts.terms_sha256(deal),
        )  # fmt: skip


def paper(deal, membership, kind="consent"):
    return room.file_add(deal.pk, membership=membership, file=SimpleUploadedFile("paper.pdf", b"%PDF-1.7 paper"), kind=kind, tier="room")


def receipt(deal, world, kind="registration", on=None):
    return room.receipt_note(deal.pk, membership=world.platform[0], kind=kind, number=f"R-{kind}", on=on or timezone.localdate())


PRICE = {"payment.price_fen": "1000000.00"}
LICENSE = {**PRICE, "payment.method": "lump_sum", "license.no_term": "on"}


def brought(world, deal, until, *, terms=None):
    """A deal of the shell walked from where it is to a state."""
    given = terms or (LICENSE if deal.kind != "assignment" else PRICE)
    walk = {
        "nda": lambda: confide(deal, world),
        "offer": lambda: deal_advance(deal.pk, "make_offer", membership=world.seller[0], key=str(uuid.uuid4()), fields=given),
        "accepted": lambda: take(deal, "accept", world.buyer[0]),
        "escrowed": lambda: (sign(deal, ("seller", world.seller[0]), ("buyer", world.buyer[0])), both(deal, "fund", world.buyer)),
        "performed": lambda: (receipt(deal, world), both(deal, "perform", world.platform)),
        "settled": lambda: (
            receipt(deal, world, "recordal") if deal.kind != "assignment" else None,
            both(deal, "settle", world.platform),
        ),
        "closed": lambda: take(deal, "close", world.platform[0]),
    }
    assert FOUR_EYES
    for state, go in walk.items():
        deal.refresh_from_db()
        if deal.state == until:
            break
        if list(walk).index(state) > (list(walk).index(deal.state) if deal.state in walk else -1):
            go()
    deal.refresh_from_db()
    assert deal.state == until, deal.state
    return deal
