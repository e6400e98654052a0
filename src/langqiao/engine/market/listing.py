"""A listing: what is offered, at what kind of price, who may see which part, and the steps from draft to sold or withdrawn."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from langqiao.engine.kernel.money import Fen
from langqiao.engine.kernel.workflow import Step, Workflow
from langqiao.engine.operations import encumbrance

Mode = Literal["assignment", "license_exclusive", "license_sole", "license_ordinary", "open_license", "pledge", "joint_venture", "auction"]
PriceKind = Literal["posted", "range", "on_request", "by_auction"]
Route = Literal["self_service", "custody", "platform_led"]
Tier = Literal["public", "after_nda", "data_room"]

MODES: Mapping[Mode, encumbrance.Operation] = {
    "assignment": "assign",
    "license_exclusive": "license_exclusive",
    "license_sole": "license_sole",
    "license_ordinary": "license_ordinary",
    "open_license": "open_license",
    "pledge": "pledge",
    "joint_venture": "contribute_in_kind",
    "auction": "assign",
}
"""A mode of listing and the operation that the one check is asked about."""
TIERS: tuple[Tier, ...] = ("public", "after_nda", "data_room")
"""From open to closed: what a visitor reads, what one reads after a confidentiality agreement, what one reads in the room of a deal."""

HOLDER = frozenset({"holder", "custodian", "platform"})
"""Who acts for the holder: itself, the institution that holds its mandate, the platform that leads with its consent."""
PLATFORM = frozenset({"platform"})
SYSTEM = frozenset({"system"})
COMPLETE = ("listing_incomplete", "listing_expired", "operation_not_open")

LISTING = Workflow(
    name="listing",
    start="draft",
    ends=frozenset({"withdrawn", "expired", "sold"}),
    steps=(
        Step(source="draft", event="submit", target="submitted", by=HOLDER, unless=("not_owner_here", "mandate_missing", *COMPLETE)),
        Step(source="returned", event="submit", target="submitted", by=HOLDER, unless=("not_owner_here", "mandate_missing", *COMPLETE)),
        Step(source="submitted", event="accept", target="listed", by=PLATFORM, unless=("four_eyes_missing", *COMPLETE)),
        Step(source="submitted", event="send_back", target="returned", by=PLATFORM, unless=("four_eyes_missing", "reason_missing")),
        Step(source="listed", event="suspend", target="suspended", by=PLATFORM | SYSTEM, unless=("reason_missing",)),
        Step(source="suspended", event="resume", target="listed", by=PLATFORM, unless=("four_eyes_missing", *COMPLETE)),
        Step(source="listed", event="sell", target="sold", by=SYSTEM),
        *(Step(source=state, event="expire", target="expired", by=SYSTEM) for state in ("listed", "suspended")),
        *(
            Step(source=state, event="withdraw", target="withdrawn", by=HOLDER, unless=("deal_in_progress",))
            for state in ("draft", "submitted", "returned", "listed", "suspended")
        ),
    ),
)
"""draft → submitted → listed → sold, or returned, suspended, withdrawn, expired. `accept` and `send_back` are the audit of the platform."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingTerms:
    """What a listing says. `brief`: readable by everybody; `detail`: by its tier. Prices in fen; `expires_on`: the last day it stands."""

    mode: Mode
    route: Route
    patents: tuple[str, ...]
    title: str
    brief: str
    detail: str = ""
    detail_tier: Tier = "after_nda"
    price_kind: PriceKind
    price_fen: Fen | None = None
    price_low_fen: Fen | None = None
    price_high_fen: Fen | None = None
    expires_on: dt.date | None = None

    @property
    def operation(self) -> encumbrance.Operation:
        """The operation that the one check answers for."""
        return MODES[self.mode]


def listing_gaps(terms: ListingTerms) -> tuple[str, ...]:
    """The fields that are missing or contradict each other, in the order of the form; empty: the listing is complete."""
    gaps = {
        "patents": not terms.patents,
        "title": not terms.title.strip(),
        "brief": not terms.brief.strip(),
        "price_kind": (terms.price_kind == "by_auction") != (terms.mode == "auction"),
        "price_fen": terms.price_kind == "posted" and not (terms.price_fen and terms.price_fen > 0),
        "price_low_fen": terms.price_kind == "range" and not (terms.price_low_fen and terms.price_low_fen > 0),
        "price_high_fen": terms.price_kind == "range" and not (terms.price_high_fen and terms.price_high_fen > (terms.price_low_fen or 0)),
        "expires_on": terms.expires_on is None,
    }
    return tuple(name for name, absent in gaps.items() if absent)


def tiers_open(*, nda_signed: bool, in_deal: bool, owner: bool) -> frozenset[Tier]:
    """The tiers somebody may read."""
    if owner or in_deal:
        return frozenset(TIERS)
    return frozenset({"public", "after_nda"}) if nda_signed else frozenset({"public"})
