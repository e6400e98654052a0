"""A small world in which every step of every operation goes, so that a test can break one thing and see the code of just that."""

import dataclasses
import datetime as dt
from fractions import Fraction

from langqiao.engine.operations.bidding import AuctionFacts, AuctionTerms, Move, commitment_digest, opened, with_bid, with_deposit
from langqiao.engine.operations.encumbrance import Encumbrance, Standing
from langqiao.engine.operations.register import OPERATIONS
from langqiao.engine.operations.scope import Scope
from langqiao.engine.operations.terms import DealFacts, HeadLicense, LicenseTerms, Payment, PledgeTerms, Receipt, Right, Statement
from langqiao.engine.operations.title import Owner
from langqiao.rules import parameters

TODAY = dt.date(2026, 6, 30)
DAY = dt.timedelta(days=1)
OPENS = dt.datetime(2026, 6, 30, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
NONCE = "0123456789abcdef"
HEAD = Encumbrance(kind="exclusive_license", holder="S", reference="head")
STATEMENT = Statement(
    reference="OL-1", patentee="S", fee_method="fixed", fixed_fen=500_00, term_end=dt.date(2030, 1, 1), other_matters="none"
)  # fmt: skip
PUBLISHED = dataclasses.replace(STATEMENT, announced_on=TODAY - 30 * DAY)
PLEDGED = Encumbrance(kind="pledged", holder="Bank")


def standing(**changes):
    """An invention in force, owned by S alone."""
    known = {"type": "invention", "granted": True, "status": "in_force", "owners": ("S",)}
    known |= {"grant_date": dt.date(2020, 1, 1), "expiry_date": dt.date(2038, 1, 1)}
    return Standing(**(known | changes))


def right(**changes):
    """The right in a deal."""
    return (Right(patent="CN1", standing=standing(**changes)),)


def good(kind, state, event, role="buyer", **changes):
    """Facts under which the event goes in the state."""
    known = {
        "deal": "D1", "state": state, "actor": "amy", "requested_by": "ben", "seller": "S", "buyer": "B", "rights": right(),
        "owners": (Owner(name="S"),), "payment": Payment(price_fen=1000_00, method="lump_sum"), "paid_in_fen": 1000_00,
        "nda_signed_by": frozenset({"buyer", "seller"}), "signed_by": frozenset({"buyer", "seller", "pledgee"}), "written_contract": True,
        "offer_by": "seller" if role == "buyer" else "buyer", "offer_expires_on": TODAY, "hold_expires_on": TODAY + DAY,
        "receipts": {"CN1": Receipt(number="R1", on=TODAY)}, "effective_on": TODAY - DAY,
        "pledge": PledgeTerms(
            claim_kind="loan", claim_fen=10_000_00, debt_end=dt.date(2029, 1, 1), security_scope="principal", release_ground="discharged"
        ),
    }  # fmt: skip
    return DealFacts(**(known | _of_kind(kind, event) | changes))


def _of_kind(kind, event):
    if kind.startswith("license") or kind == "sublicense":
        named = kind.removeprefix("license_") if kind != "sublicense" else None
        terms = LicenseTerms(kind=named, term_end=dt.date(2030, 1, 1))
        head = HeadLicense(licensee="S", reference="head", scope=Scope(end=dt.date(2037, 1, 1)), may_sublicense=True)
        if kind == "sublicense":
            return {"license": dataclasses.replace(terms, head=head), "rights": right(owners=("O",), encumbrances=(HEAD,))} | _when(event)
        return {"license": terms} | _when(event)
    return {"open_license": _statement, "open_license_taking": _taking, "auction": _auction}.get(kind, _when)(event)


def _when(event):
    return {"hold_expires_on": TODAY} if event == "expire" else {}


def _statement(event):
    over = dataclasses.replace(PUBLISHED, term_end=TODAY) if event == "expire" else STATEMENT
    return {"statement": over, "rights": right(status="lapsed") if event == "terminate" else right()}


def _taking(_event):
    return {
        "statement": PUBLISHED, "taken_terms": PUBLISHED.terms, "noticed_on": TODAY, "payment": Payment(price_fen=500_00), "paid_in_fen": 500_00,
        "rights": right(encumbrances=(Encumbrance(kind="open_license", reference="OL-1"),)),
    }  # fmt: skip


def auction_terms(kind="english", **changes):
    """An auction of two hours with a reserve of 100 and a deposit of 10 yuan."""
    known = {"auction": "A1", "kind": kind, "reserve_fen": 100_00, "step_fen": 10_00, "deposit_fen": 10_00, "start_fen": 500_00}
    known |= {"opens_at": OPENS, "closes_at": OPENS + 2 * HOUR, "reveal_until": OPENS + 4 * HOUR, "snipe_minutes": 5}
    return AuctionTerms(**(known | changes))


def _auction(event):
    book = opened(auction_terms("second_price" if event == "reveal" else "english"))
    move = Move(bidder="B", amount_fen=200_00, nonce=NONCE)
    at = OPENS + HOUR if event in {"open", "deposit", "bid"} else OPENS + 3 * HOUR
    if event != "deposit":
        book = with_deposit(book, "B", OPENS)
    if event == "reveal":
        book = with_bid(book, Move(bidder="B", digest=commitment_digest("A1", move)), OPENS)
    if event == "award":
        book = with_bid(book, move, OPENS)
    return {"auction": AuctionFacts(book=book, at=at, move=move)}


class OnTheDay:
    """The parameters, which a step must ask for the day on which it is taken."""

    def __init__(self, today):
        self.today = today

    def value(self, name, day):
        assert day == self.today, f"{name} is asked for {day}, not for the day of the step"
        return parameters().value(name, day)


def on_the_day(today):
    """The parameters of one day."""
    return OnTheDay(today)


def take(kind, facts, event, role, today=TODAY):
    """The step."""
    return OPERATIONS[kind].advance(facts, event, role, today=today, parameters=on_the_day(today))


def shares(*parts):
    """Owners by shares in percent."""
    return tuple(Owner(name=name, share=Fraction(part, 100)) for name, part in parts)
