"""The typed terms of each operation, what a deal knows of itself on a day, and what a statement of open license says."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from langqiao.engine.kernel.money import Fen
from langqiao.engine.operations.encumbrance import Standing
from langqiao.engine.operations.scope import WHOLE, Scope
from langqiao.engine.operations.title import Notice, Owner

if TYPE_CHECKING:
    from langqiao.engine.operations.bidding import AuctionFacts

LicenseKind = Literal["exclusive", "sole", "ordinary"]
PaymentMethod = Literal["lump_sum", "installments", "running_royalty", "entry_and_royalty", "free"]
FeeMethod = Literal["fixed", "net_sales", "profit", "entry_and_net_sales", "entry_and_profit", "free"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What is paid through escrow, and the parts taken out of it as shares of the price; None: the market's own rate of the day.

    `deposit_fen`: what a winner's deposit of an auction has already brought into escrow toward the price.
    """

    price_fen: Fen | None = None
    method: PaymentMethod | None = None
    deposit_fen: Fen = 0
    platform_fee_rate: Fraction | None = None
    broker_rate: Fraction = Fraction(0)
    tax_rate: Fraction = Fraction(0)
    holdback_rate: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadLicense:
    """The license under which a sub-license is given; `reference` names its burden on the right."""

    licensee: str
    reference: str
    scope: Scope
    may_sublicense: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseTerms:
    """Terms of a license. A kind left open is ordinary (Interpretation 25). `term_end`: the first day after the license.

    `no_term`: the parties leave the term open, which means the life of the patent (Interpretation 28, Civil Code 865).
    `own_practice`: one ordinary licensee as the practice of the licensor of a sole license (27). `release_on_recordal`: money waits for it.
    """

    kind: LicenseKind | None = None
    scope: Scope = WHOLE
    term_end: dt.date | None = None
    no_term: bool = False
    own_practice: bool = False
    release_on_recordal: bool = True
    head: HeadLicense | None = None

    @property
    def kind_or_ordinary(self) -> LicenseKind:
        """The kind, ordinary where the contract is silent (Interpretation 25; I27)."""
        return self.kind or "ordinary"


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeTerms:
    """Contents of a pledge contract (Civil Code 427; Pledge Measures 8). `title_passes`: a clause gives the pledgee the right on default."""

    claim_kind: str = ""
    claim_fen: Fen | None = None
    debt_end: dt.date | None = None
    security_scope: str = ""
    title_passes: bool = False
    release_ground: Literal["discharged", "pledgee_consents", "right_ended", "contract_annulled"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement of open license with its five items (Implementing Rules 85); None or empty: the item is missing.

    `other_matters`: the fifth item, "none" written out where there are none. `withdrawn_on`: the day the withdrawal was announced.
    """

    reference: str
    patentee: str = ""
    fee_method: FeeMethod | None = None
    fixed_fen: Fen | None = None
    rate: Fraction | None = None
    term_end: dt.date | None = None
    other_matters: str = ""
    justified: str = ""
    announced_on: dt.date | None = None
    withdrawn_on: dt.date | None = None

    def in_force(self, day: dt.date) -> bool:
        """Announced, not withdrawn and within its term on a day; a withdrawal works from its announcement (Patent Law 50)."""
        begun = self.announced_on is not None and self.announced_on <= day
        gone = self.withdrawn_on is not None and self.withdrawn_on <= day
        return begun and not gone and (self.term_end is None or day < self.term_end)

    @property
    def terms(self) -> tuple[FeeMethod | None, Fen | None, Fraction | None, dt.date | None]:
        """What every taker gets alike."""
        return self.fee_method, self.fixed_fen, self.rate, self.term_end

    @property
    def due_fen(self) -> Fen:
        """What a taker pays with the notice: the fixed or entry fee; a running royalty follows by its own statements."""
        return self.fixed_fen or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One patent of a deal and what the law asks of it on the day."""

    patent: str
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The office's receipt of a registration, recordal or announcement."""

    number: str
    on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class DealFacts:
    """All that a step may depend on, as the service read it under its locks.

    `requested_by`: who asked for a step of money or title that `actor` now approves. `price_by`: how a state unit found its price.
    `first_refusal_holders`: everybody whom the law or a contract gives first refusal. `receipts` by patent. `payees`: a payment order for
    the owners, if one was written by hand. `recorded`: the license has been recorded before. `reserved`: patents for which another deal has been
    accepted that would take away what this one gives. `pledge_route`: where proceeds of a pledged right go (Civil Code 444).
    """

    deal: str
    state: str
    actor: str
    requested_by: str = ""
    seller: str
    buyer: str
    rights: tuple[Right, ...]
    owners: tuple[Owner, ...] = ()
    payment: Payment = Payment()
    license: LicenseTerms = LicenseTerms()
    pledge: PledgeTerms = PledgeTerms()
    statement: Statement | None = None
    taken_terms: tuple[FeeMethod | None, Fen | None, Fraction | None, dt.date | None] | None = None
    noticed_on: dt.date | None = None
    nda_signed_by: frozenset[str] = frozenset()
    signed_by: frozenset[str] = frozenset()
    written_contract: bool = False
    offer_by: str = ""
    offer_expires_on: dt.date | None = None
    state_unit: bool = False
    price_by: Literal["agreement", "listing", "auction"] = "agreement"
    publicity_from: dt.date | None = None
    publicity_objection: str = ""
    first_refusal_holders: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    buyer_is_foreign: bool = False
    export_clearance: str = ""
    paid_in_fen: Fen = 0
    hold_expires_on: dt.date | None = None
    receipts: Mapping[str, Receipt] = field(default_factory=dict)
    effective_on: dt.date | None = None
    recorded: bool = False
    reserved: tuple[str, ...] = ()
    pledge_route: Literal["prepay", "deposit"] | None = None
    pledge_debt_fen: Fen = 0
    payees: Mapping[str, Fen] | None = None
    obstacle: str = ""
    false_statement: str = ""
    auction: "AuctionFacts | None" = None

    @property
    def price_fen(self) -> Fen:
        """The price that goes through escrow."""
        return self.payment.price_fen or 0

    @property
    def due_fen(self) -> Fen:
        """What the buyer still has to pay in: the price without the deposit that lies in escrow."""
        return self.price_fen - self.payment.deposit_fen

    def pledged(self, day: dt.date) -> bool:
        """Whether a pledge burdens any right of the deal on a day."""
        return any(not b.scope.ended(day) for right in self.rights for b in right.standing.burdens("pledged"))
