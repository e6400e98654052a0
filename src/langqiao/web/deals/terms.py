"""The terms of a deal as they are stored: typed, checked on every write, and turned into the engine's values."""

import datetime as dt
import hashlib
import json
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations import terms as engine
from langqiao.engine.operations.bidding import AuctionKind, AuctionTerms
from langqiao.engine.operations.scope import Scope

MAX_FEN = 10**15
"""Ten trillion yuan: above any deal, far below what a column of 64 bits holds."""


def _share(text: str) -> str:
    value = Fraction(text)
    if not 0 <= value <= 1:
        raise ValueError("a rate is a share between 0 and 1")
    return text


Rate = Annotated[str, Field(pattern=r"^[01](\.\d{1,8})?$"), AfterValidator(_share)]
Money = Annotated[int, Field(ge=0, le=MAX_FEN)]
Words = Annotated[str, Field(max_length=2000)]
Code = Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,8})*$")]
Short = Annotated[str, Field(max_length=60, min_length=1)]


class _Terms(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PaymentTerms(_Terms):
    """What is paid and how it is divided; rates are shares of the price as decimal text."""

    price_fen: Money | None = None
    method: engine.PaymentMethod | None = None
    deposit_fen: Money = 0
    broker_rate: Rate = "0"
    tax_rate: Rate = "0"
    holdback_rate: Rate = "0"


class RoyaltyTerms(_Terms):
    """A running royalty: one rate, or marginal tiers of [sales up to fen, rate]; the least a period brings; how often it is stated and paid."""

    rate: Rate | None = None
    tiers: list[tuple[Money | None, Rate]] = Field(default_factory=list, max_length=20)
    minimum_fen: Money = 0
    period_months: Annotated[int, Field(ge=1, le=12)] = 12
    report_days: Annotated[int, Field(ge=1, le=180)] = 30
    late_rate_annual: Rate = "0"


class LicenseTerms(_Terms):
    """Scope, term and manner of a license. `territories` are codes such as CN or CN-44; empty lists mean without limit."""

    kind: engine.LicenseKind | None = None
    territories: list[Code] = Field(default_factory=list, max_length=60)
    fields: list[Short] = Field(default_factory=list, max_length=40)
    start: dt.date | None = None
    term_end: dt.date | None = None
    no_term: bool = False
    own_practice: bool = False
    release_on_recordal: bool = True
    may_sublicense: bool = False
    royalty: RoyaltyTerms | None = None

    @property
    def scope(self) -> Scope:
        """The engine's scope."""
        return Scope(
            territories=frozenset(self.territories) or None, fields=frozenset(self.fields) or None, start=self.start, end=self.term_end
        )


class PledgeTerms(_Terms):
    """Contents of a pledge contract."""

    claim_kind: Annotated[str, Field(max_length=60)] = ""
    claim_fen: Money | None = None
    debt_end: dt.date | None = None
    security_scope: Words = ""
    title_passes: bool = False
    release_ground: Literal["discharged", "pledgee_consents", "right_ended", "contract_annulled"] | None = None


class StatementTerms(_Terms):
    """What a statement of open license says besides its patent and patentee."""

    fee_method: engine.FeeMethod | None = None
    fixed_fen: Money | None = None
    rate: Rate | None = None
    term_end: dt.date | None = None
    other_matters: Words = ""
    justified: Words = ""
    annual_payment_on: Annotated[str, Field(max_length=20)] = ""


class AuctionRules(_Terms):
    """The rules of an auction; times are Beijing time in ISO form with zone."""

    kind: AuctionKind
    reserve_fen: Money
    step_fen: Annotated[int, Field(gt=0, le=MAX_FEN)]
    deposit_fen: Money = 0
    opens_at: dt.datetime
    closes_at: dt.datetime
    reveal_until: dt.datetime
    start_fen: Money = 0
    step_minutes: Annotated[int, Field(ge=1, le=1440)] = 1
    snipe_minutes: Annotated[int, Field(ge=0, le=120)] = 0

    def engine(self, auction: str) -> AuctionTerms:
        """The engine's rules. Raises ValueError for rules under which no auction can be held."""
        return AuctionTerms(auction=auction, **self.model_dump())


class TakingTerms(_Terms):
    """What a taker of an open license accepted, and when it gave notice."""

    statement_sha256: str = ""
    noticed_on: dt.date | None = None


class DealTerms(_Terms):
    """All terms of a deal of any kind."""

    payment: PaymentTerms = PaymentTerms()
    license: LicenseTerms = LicenseTerms()
    pledge: PledgeTerms = PledgeTerms()
    statement: StatementTerms = StatementTerms()
    auction: AuctionRules | None = None
    taking: TakingTerms = TakingTerms()
    buyer_country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "CN"
    price_by: Literal["agreement", "listing", "auction"] = "agreement"
    listed_fen: Money | None = None
    pledge_route: Literal["prepay", "deposit"] | None = None
    pledge_debt_fen: Money = 0
    obstacle: Words = ""
    false_statement: Words = ""


def price_by(terms: DealTerms) -> Literal["agreement", "listing", "auction"]:
    """How the price was found: a listing counts only where its posted price was reached; below it the price is an agreement (Law 18)."""
    price = terms.payment.price_fen
    if terms.price_by == "listing" and (terms.listed_fen is None or price is None or price < terms.listed_fen):
        return "agreement"
    return terms.price_by


def read(stored: dict[str, Any]) -> DealTerms:
    """The typed terms of stored ones."""
    return DealTerms.model_validate(stored)


def patched(stored: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Stored terms with some changed, by dotted names. Raises Refusal(terms_invalid) with the fault of each field."""
    whole: dict[str, Any] = json.loads(json.dumps(stored))
    for name, value in changes.items():
        place = whole
        *path, last = name.split(".")
        for part in path:
            place = place.setdefault(part, {}) if isinstance(place.get(part, {}), dict) else _emptied(place, part)
        place[last] = value
    try:
        terms = DealTerms.model_validate(whole)
        if terms.auction is not None:
            terms.auction.engine("checked")
    except ValidationError as error:
        faults = {".".join(str(part) for part in fault["loc"]): fault["msg"] for fault in error.errors()}
        raise invalid(faults) from error
    except (ValueError, TypeError) as error:
        raise invalid({"auction.closes_at": str(error)}) from error
    return terms.model_dump(mode="json", exclude_defaults=True)


def _emptied(place: dict[str, Any], part: str) -> dict[str, Any]:
    place[part] = {}
    found: dict[str, Any] = place[part]
    return found


def invalid(faults: dict[str, str]) -> Refusal:
    """The refusal of terms that cannot be stored; `facts["faults"]` gives each field's fault."""
    told = "; ".join(f"{name}: {fault}" for name, fault in faults.items())
    return Refusal("terms_invalid", told, facts={"fields": tuple(faults), "faults": faults})


def digest(value: Any) -> str:
    """SHA-256 in hex of a value's canonical JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str).encode()).hexdigest()
