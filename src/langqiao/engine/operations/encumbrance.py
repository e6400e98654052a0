"""The one check of every operation: what burdens a right, and every reason for which an operation on it is refused or needs care."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from langqiao.engine.operations.scope import WHOLE, Scope
from langqiao.engine.patents.kinds import DoorStatus

Operation = Literal[
    "assign", "license_exclusive", "license_sole", "license_ordinary", "open_license", "pledge",
    "abs_pool", "contribute_in_kind", "license_recordal", "abandon",
]  # fmt: skip
OPERATIONS: tuple[Operation, ...] = get_args(Operation)
Burden = Literal[
    "pledged", "open_license", "exclusive_license", "sole_license", "ordinary_license", "suspended", "preserved",
    "under_invalidation", "same_day_invention", "ownership_dispute",
]  # fmt: skip
BURDENS: tuple[Burden, ...] = get_args(Burden)

PLEDGEE, PLEDGE_PARTIES = "pledgee", "pledge_parties"
"""Consents that are no owner's: the pledgee's, and the confirmation of both sides of a pledge after notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encumbrance:
    """One burden in force on a right: its kind, the scope it covers, who holds it, and the register entry or contract behind it."""

    kind: Burden
    scope: Scope = WHOLE
    holder: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the law asks of a right before any operation, on one day. `consents` are owners who agree, `pledgee`, `pledge_parties`.

    `co_owners_agreed`: an agreement of the co-owners covers the operation (Patent Law 14). `expiry_date`: the first day without the right;
    None: unknown, then no term test is made and the answer warns.
    """

    office: str = "CN"
    type: str
    granted: bool
    status: DoorStatus
    owners: tuple[str, ...]
    consents: frozenset[str] = frozenset()
    co_owners_agreed: bool = False
    encumbrances: tuple[Encumbrance, ...] = ()
    grant_date: dt.date | None = None
    expiry_date: dt.date | None = None
    evaluation_report: bool = False

    def burdens(self, *kinds: Burden) -> tuple[Encumbrance, ...]:
        """The encumbrances of these kinds."""
        return tuple(burden for burden in self.encumbrances if burden.kind in kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The operation someone wants: when, in which scope, until when, by whom.

    `own_practice`: the ordinary license stands for the practice of a sole licensor who cannot practice (Interpretation 27).
    `disposing_party`: who disposes, where known; `effective_on` and `contract`: of the license to be recorded.
    """

    operation: Operation
    on: dt.date
    scope: Scope = WHOLE
    license_end: dt.date | None = None
    debt_end: dt.date | None = None
    disposing_party: str | None = None
    own_practice: bool = False
    effective_on: dt.date | None = None
    contract: str = ""
    recordal_months: int | None = None

    @property
    def wanted(self) -> Scope:
        """The scope with the end of the license as the end of its time."""
        ends = [end for end in (self.scope.end, self.license_end) if end is not None]
        start = self.scope.start or self.on
        return Scope(territories=self.scope.territories, fields=self.scope.fields, start=start, end=min(ends, default=None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One refusal or warning: code, article, and the facts of its sentence."""

    code: str
    article: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to a plan: every refusal and warning, sorted by code, and whose consents would remove refusals."""

    refusals: tuple[Reason, ...]
    warnings: tuple[Reason, ...]
    needs: tuple[str, ...]

    @property
    def allowed(self) -> bool:
        """True exactly if nothing refuses."""
        return not self.refusals

    @property
    def codes(self) -> tuple[str, ...]:
        """The sorted refusal codes."""
        return tuple(reason.code for reason in self.refusals)
