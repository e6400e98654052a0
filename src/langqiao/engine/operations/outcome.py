"""What a step of a deal brings about, as values: the new state, transfers of money, the effect on the right, the record and the deadlines."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from langqiao.engine.kernel.money import Fen
from langqiao.engine.operations.encumbrance import Encumbrance

AccountRole = Literal["buyer", "escrow", "seller", "platform_fee", "broker", "tax", "holdback", "pledgee", "pledge_deposit"]
Phase = Literal["hold", "post", "void", "transfer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account by its role in the deal; `party` tells apart the co-owners, empty where the role has one account."""

    role: AccountRole
    party: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Money from one account to another. `hold` reserves it until it is posted or voided; post and void name the hold of the same `key`.

    `key` is unique in the deal for each phase, so that the service can make an idempotency key of it. `expires_on`: of a hold.
    """

    key: str
    phase: Phase
    source: Account
    target: Account
    amount_fen: Fen
    expires_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What happens to one right: `owner_changed` (party: the new owner), `burden_added`, `burden_removed`, `recorded`, `annuity_reduced`.

    `under`: reference of the head license within which a sub-license is given; `own_practice`: the license stands for the practice of a
    sole licensor (Interpretation 27). Both let a license lie within another's scope.
    """

    patent: str
    kind: Literal["owner_changed", "burden_added", "burden_removed", "recorded", "annuity_reduced"]
    on: dt.date
    party: str = ""
    burden: Encumbrance | None = None
    reference: str = ""
    under: str = ""
    own_practice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A day by which something is due; `consequence` says what being late means, by its code."""

    code: str
    on: dt.date
    consequence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """The record of the step for the audit trail."""

    operation: str
    event: str
    source: str
    target: str
    role: str
    actor: str
    on: dt.date
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that a step brings about; the service writes all of it or nothing. `warnings` are codes that do not forbid."""

    new_state: str
    audit: Audit
    transfers: tuple[Transfer, ...] = ()
    effects: tuple[Effect, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    warnings: tuple[str, ...] = ()


def balances(transfers: Sequence[Transfer]) -> dict[Account, Fen]:
    """Net money by account after the transfers; a hold moves nothing until it is posted. The sum over all accounts is zero."""
    net: dict[Account, Fen] = {}
    for transfer in transfers:
        if transfer.phase in {"post", "transfer"}:
            net[transfer.source] = net.get(transfer.source, 0) - transfer.amount_fen
            net[transfer.target] = net.get(transfer.target, 0) + transfer.amount_fen
    return net


def open_holds(transfers: Sequence[Transfer]) -> dict[str, Fen]:
    """The holds neither posted nor voided, by key."""
    held = {transfer.key: transfer.amount_fen for transfer in transfers if transfer.phase == "hold"}
    for transfer in transfers:
        if transfer.phase in {"post", "void"}:
            held.pop(transfer.key, None)
    return held
