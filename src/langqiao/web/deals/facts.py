"""What a deal knows of itself when a step is tried: the engine's DealFacts, gathered from the tables, the rights and the books."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from fractions import Fraction

from langqiao.engine.operations.bidding import AuctionFacts, Book, Move, opened, with_bid, with_deposit, with_opening
from langqiao.engine.operations.encumbrance import Standing
from langqiao.engine.operations.scope import Scope
from langqiao.engine.operations.terms import (
    DealFacts,
    FeeMethod,
    HeadLicense,
    LicenseKind,
    LicenseTerms,
    Payment,
    PledgeTerms,
    Receipt,
    Right,
    Statement,
)
from langqiao.engine.operations.title import Notice, Owner
from langqiao.web.deals import terms as stored
from langqiao.web.deals.models import Bid, Consent, Deal
from langqiao.web.deals.money import available_fen
from langqiao.web.deals.selectors import held, party_name, reserved_against
from langqiao.web.documents.models import DocumentSignature
from langqiao.web.people.models import Organization

RECEIPT_OF = {
    "announce": "announcement",
    "announce_withdrawal": "withdrawal",
    "record": "recordal",
    "settle": "recordal",
    "release": "deregistration",
}
"""Which receipt a step asks for; every other step asks for that of the registration."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Who tries which step: the event, the role, the acting organization (None: the clock), actor and asker by name, day and moment, own fields."""

    event: str
    role: str
    organization: Organization | None
    actor: str
    requested_by: str
    today: dt.date
    at: dt.datetime
    fields: dict[str, object] = dataclasses.field(default_factory=dict)


def facts_of(deal: Deal, attempt: Attempt) -> DealFacts:
    """All that the step may depend on, read now; the caller holds the locks."""
    terms = stored.read(deal.terms)
    seller = party_name(deal, deal.seller, attempt.today)
    buyer = deal.buyer or (attempt.organization if attempt.role == "buyer" else None)
    statement = statement_of(deal)
    consents = list(deal.consent_set.all())
    publicity = max(deal.publicity_set.all(), key=lambda one: (one.begun_on, one.pk), default=None)
    price_fen = statement.due_fen if deal.kind == "open_license_taking" and statement else terms.payment.price_fen
    facts = DealFacts(
        deal=str(deal.pk),
        state=deal.state,
        actor=attempt.actor,
        requested_by=attempt.requested_by,
        seller=seller,
        buyer=buyer.name if buyer else "",
        rights=rights_of(deal, attempt.today, seller),
        owners=owners_of(deal, attempt.today, seller),
        payment=_payment(terms, price_fen),
        license=_license(deal, terms),
        pledge=PledgeTerms(**terms.pledge.model_dump()),
        statement=statement,
        taken_terms=_taken(terms, statement),
        noticed_on=terms.taking.noticed_on,
        nda_signed_by=frozenset(one.role for one in deal.nda_set.all()),
        signed_by=signed_by(deal),
        written_contract=has_contract(deal),
        offer_by=deal.offer_by,
        offer_expires_on=deal.offer_expires_on,
        state_unit=is_state_unit(deal.seller),
        price_by=stored.price_by(terms),
        publicity_from=publicity.begun_on if publicity and publicity.price_fen == terms.payment.price_fen else None,
        publicity_objection=publicity.objection if publicity else "",
        first_refusal_holders=tuple(consent.holder for consent in consents if consent.basis == "first_refusal"),
        notices=_notices(deal, consents),
        buyer_is_foreign=terms.buyer_country != "CN",
        export_clearance=next((one.number for one in sorted(deal.clearance_set.all(), key=lambda one: (one.at, one.pk), reverse=True)), ""),
        hold_expires_on=deal.hold_expires_on,
        receipts=receipts_of(deal, RECEIPT_OF.get(attempt.event, "registration")),
        effective_on=deal.effective_on,
        recorded=attempt.event == "record" and any(one.event == "record" for one in deal.steps.all()),
        reserved=reserved_against(deal),
        pledge_route=terms.pledge_route,
        pledge_debt_fen=terms.pledge_debt_fen,
        obstacle=terms.obstacle,
        false_statement=terms.false_statement,
        auction=auction_of(deal, attempt) if deal.kind == "auction" else None,
    )
    return dataclasses.replace(facts, paid_in_fen=_paid_in(facts, buyer))


def _notices(deal: Deal, consents: Sequence[Consent]) -> tuple[Notice, ...]:
    """The notices of first refusal; one answered on other terms than those of today counts as not served."""
    return tuple(
        Notice(
            holder=one.holder,
            basis=one.basis,
            served_on=one.served_on if covers(deal, one) else None,
            open_days=one.open_days,
            waived_on=one.given_on if covers(deal, one) else None,
            exercised_on=one.refused_on,
        )
        for one in consents
        if one.basis == "first_refusal"
    )


def rights_of(deal: Deal, day: dt.date, seller: str) -> tuple[Right, ...]:
    """Each patent as the record shows it on the day, with the consents that lie in the room and the seller's own by selling."""
    found = []
    for patent in deal.patents.all():
        consents = [c for c in deal.consent_set.all() if c.given_on and c.given_on <= day and covers(deal, c)]
        given = {c.holder if c.basis == "co_owner" else c.basis for c in consents}
        given -= {"first_refusal"}
        standing = held(deal, patent.key, day).standing
        found.append(Right(patent=patent.key, standing=_with_consents(standing, given | {seller})))
    return tuple(found)


def _with_consents(standing: Standing, given: set[str]) -> Standing:
    return dataclasses.replace(standing, consents=standing.consents | given)


def owners_of(deal: Deal, day: dt.date, seller: str) -> tuple[Owner, ...]:
    """The owners whom the price goes to: the record's, where it names the same for every patent and the seller among them."""
    each = [tuple(Owner(name=one.name, share=one.share) for one in held(deal, patent.key, day).owners) for patent in deal.patents.all()]
    same = each and all(owners == each[0] for owners in each) and seller in {owner.name for owner in each[0]}
    return tuple(each[0]) if same else ()


def is_state_unit(organization: Organization) -> bool:
    """Whether the rules of state-founded institutes and universities bind the organization (Technology Transformation Law 18, 45)."""
    return organization.kind == "university"


def _payment(terms: stored.DealTerms, price_fen: int | None) -> Payment:
    payment = terms.payment
    return Payment(
        price_fen=price_fen,
        method=payment.method,
        deposit_fen=payment.deposit_fen,
        broker_rate=Fraction(payment.broker_rate),
        tax_rate=Fraction(payment.tax_rate),
        holdback_rate=Fraction(payment.holdback_rate),
    )


def _license(deal: Deal, terms: stored.DealTerms) -> LicenseTerms:
    own = terms.license
    head = None
    if deal.kind == "sublicense" and deal.parent is not None and deal.parent.buyer is not None:
        above = stored.read(deal.parent.terms).license
        running = deal.parent.state in {"performed", "settled", "closed"}
        head = HeadLicense(
            licensee=deal.parent.buyer.name,
            reference=str(deal.parent.pk),
            scope=Scope(
                territories=above.scope.territories,
                fields=above.scope.fields,
                start=above.start or deal.parent.effective_on,
                end=above.term_end,
            ),
            may_sublicense=above.may_sublicense and running,
        )
    return LicenseTerms(
        kind=own.kind or _kind_of(deal.kind),
        scope=own.scope,
        term_end=own.term_end,
        no_term=own.no_term,
        own_practice=own.own_practice,
        release_on_recordal=own.release_on_recordal,
        head=head,
    )


def _kind_of(kind: str) -> LicenseKind | None:
    match kind:
        case "license_exclusive":
            return "exclusive"
        case "license_sole":
            return "sole"
        case "license_ordinary":
            return "ordinary"
        case _:
            return None


def statement_of(deal: Deal) -> Statement | None:
    """The statement of open license that a deal is, or that it takes, with the days of its announcements."""
    source = deal.parent if deal.kind == "open_license_taking" else deal if deal.kind == "open_license" else None
    if source is None:
        return None
    said = stored.read(source.terms).statement
    announced, withdrawn = (
        source.steps.filter(event=event).exists() and source.officereceipt_set.filter(kind=kind).order_by("on", "pk").last()
        for event, kind in (("announce", "announcement"), ("announce_withdrawal", "withdrawal"))
    )
    return Statement(
        reference=str(source.pk),
        patentee=source.seller.name,
        fee_method=said.fee_method,
        fixed_fen=said.fixed_fen,
        rate=Fraction(said.rate) if said.rate is not None else None,
        term_end=said.term_end,
        other_matters=said.other_matters,
        justified=said.justified,
        announced_on=announced.on if announced else None,
        withdrawn_on=withdrawn.on if withdrawn else None,
    )


def statement_sha256(statement: Statement) -> str:
    """The hash of the terms that every taker gets alike; a taker's form carries the one it saw."""
    return stored.digest([str(part) for part in statement.terms])


def _taken(
    terms: stored.DealTerms, statement: Statement | None
) -> tuple[FeeMethod | None, int | None, Fraction | None, dt.date | None] | None:
    if statement is None or terms.taking.statement_sha256 != statement_sha256(statement):
        return None
    return statement.terms


def receipts_of(deal: Deal, kind: str) -> dict[str, Receipt]:
    """The latest receipt of a kind by patent."""
    rows = sorted(deal.officereceipt_set.all(), key=lambda row: (row.on, row.pk))
    return {row.key: Receipt(number=row.number, on=row.on) for row in rows if row.kind == kind}


def terms_sha256(deal: Deal) -> str:
    """The hash of what a signature covers: parties, patents and terms."""
    keys = [patent.key for patent in deal.patents.all()]
    return stored.digest(
        {"deal": str(deal.pk), "kind": deal.kind, "parties": [deal.seller_id, deal.buyer_id], "patents": keys, "terms": deal.terms}
    )


def consented_sha256(deal: Deal) -> str:
    """The hash of what a co-owner, a pledgee or a holder of first refusal consents to: parties, patents, price, license and pledge."""
    keys = [patent.key for patent in deal.patents.all()]
    pledge = {name: value for name, value in deal.terms.get("pledge", {}).items() if name != "release_ground"}
    terms = [deal.terms.get("payment"), deal.terms.get("license"), pledge]
    return stored.digest(
        {"deal": str(deal.pk), "kind": deal.kind, "parties": [deal.seller_id, deal.buyer_id], "patents": keys, "terms": terms}
    )


def covers(deal: Deal, consent: Consent) -> bool:
    """Whether a word is one on the terms as they are: a paper says so itself, one from the holder's account names their hash.

    On changed terms a waiver of first refusal counts as never served: it was given for equal terms (Civil Code 859).
    """
    return not consent.terms_sha256 or consent.terms_sha256 == consented_sha256(deal)


def signed_by(deal: Deal) -> frozenset[str]:
    """The sides that signed the terms as they are now; a changed term needs new signatures."""
    now = terms_sha256(deal)
    own = {one.role for one in deal.signature_set.all() if one.terms_sha256 == now}
    documents = contract_documents(deal)
    sides = [set(DocumentSignature.objects.filter(document_id=one).values_list("side", flat=True)) for one in documents]
    both = set.intersection(*sides) if sides else set()
    return frozenset(own | {"pledgee" if side == "buyer" and deal.kind == "pledge" else side for side in both})


def contract_documents(deal: Deal) -> list[str]:
    """The ids of the contract's documents, none where a term has changed since."""
    if deal.contract.get("terms_sha256") != terms_sha256(deal):
        return []
    found: list[str] = deal.contract["documents"]
    return found


def has_contract(deal: Deal) -> bool:
    """Whether a written contract on the terms as they are now is there."""
    return bool(contract_documents(deal)) or any(one.terms_sha256 == terms_sha256(deal) for one in deal.signature_set.all())


def _paid_in(facts: DealFacts, buyer: Organization | None) -> int:
    """What the buyer's client money brings toward what is due: all of it, or what there is."""
    return min(facts.due_fen, available_fen(buyer)) if buyer and facts.due_fen > 0 else 0


def book_of(deal: Deal) -> Book:
    """The book of an auction, played again from its moves."""
    rules = stored.read(deal.terms).auction
    assert rules is not None, "an auction is opened with its rules"
    book = opened(rules.engine(str(deal.pk)))
    for row in sorted(deal.bid_set.select_related("bidder"), key=lambda one: one.number):
        book = _played(book, row)
    return book


def _played(book: Book, row: Bid) -> Book:
    move = Move(bidder=row.bidder.name, amount_fen=row.amount_fen or 0, digest=row.digest, nonce=row.nonce)
    match row.move:
        case "deposit":
            return with_deposit(book, move.bidder, row.at)
        case "open":
            return with_opening(book, move, row.at)
        case _:
            return with_bid(book, move, row.at)


def auction_of(deal: Deal, attempt: Attempt) -> AuctionFacts:
    """Book, moment and the move that the step makes."""
    fields = attempt.fields
    bidder = attempt.organization.name if attempt.organization and attempt.role == "buyer" else ""
    amount = fields.get("amount_fen", 0)
    move = Move(
        bidder=bidder,
        amount_fen=amount if isinstance(amount, int) else 0,
        digest=str(fields.get("digest", "")),
        nonce=str(fields.get("nonce", "")),
    )
    return AuctionFacts(book=book_of(deal), at=attempt.at, move=move if bidder else None)
