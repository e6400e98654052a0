"""What a member may do in a deal now: each step of the table for its roles, with its form, its reasons, its money, and who is the second."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.encumbrance import Reason
from langqiao.engine.operations.outcome import Transfer
from langqiao.engine.operations.register import OPERATIONS
from langqiao.rules import parameters
from langqiao.web.deals import terms as stored
from langqiao.web.deals.facts import facts_of, statement_of, statement_sha256
from langqiao.web.deals.fields import BEIJING, Field, fields_of
from langqiao.web.deals.models import Deal, DealRequest
from langqiao.web.deals.selectors import roles_of
from langqiao.web.deals.services import FOUR_EYES, attempted, own_reasons
from langqiao.web.people.models import Membership

BY_THE_ROOM = frozenset({"sign_nda"})
"""Steps that the room takes by itself once both sides have signed."""
ON_FIELDS = frozenset({"price_missing", "license_terms_incomplete", "license_kind_differs", "bid_too_low", "bid_commitment_mismatch",
                       "open_license_terms_unequal", "pledge_release_without_ground", "sublicense_exceeds_parent", "license_outlives_patent"})  # fmt: skip
"""Reasons that the form of the step can remove: they do not gray its button."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A field of a form with its value."""

    field: Field
    value: Any
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One step that the table lists for the member's role."""

    event: str
    role: str
    key: str
    fields: Sequence[Shown] = ()
    against: Sequence[Reason] = ()
    four_eyes: bool = False
    request: DealRequest | None = None
    asked_by_me: bool = False
    money: Sequence[Transfer] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)

    @property
    def forward(self) -> bool:
        """Whether the step leads on: only such a one is the page's decision."""
        return self.event not in {"fail", "withdraw", "drop", "cancel", "refund"}

    @property
    def plain(self) -> list[Shown]:
        """Fields shown at once."""
        return [shown for shown in self.fields if not shown.field.more]

    @property
    def more(self) -> list[Shown]:
        """Fields shown on demand."""
        return [shown for shown in self.fields if shown.field.more]


def buttons(
    deal: Deal, membership: Membership, *, tried: str = "", typed: Mapping[str, str] | None = None, faults: Mapping[str, str] | None = None
) -> list[Button]:
    """The steps that the member's roles may take in this state."""
    if not membership.may_edit:
        return []
    found: list[Button] = []
    for role in roles_of(deal, membership.organization):
        for step in OPERATIONS[deal.kind].workflow.events_for(deal.state, role):
            if step.event in BY_THE_ROOM or any(button.event == step.event for button in found):
                continue
            mine = step.event == tried
            found.append(_button(deal, membership, step.event, role, typed=typed if mine else None, faults=faults if mine else None))
    return found


def _button(
    deal: Deal, membership: Membership, event: str, role: str, *, typed: Mapping[str, str] | None, faults: Mapping[str, str] | None
) -> Button:
    step = OPERATIONS[deal.kind].workflow.step(deal.state, event)
    assert step is not None, "the table listed it"
    waiting = (one for one in deal.requests.all() if (one.event, one.role, one.state) == (event, role, DealRequest.OPEN))
    request = next(waiting, None)
    attempt = attempted(deal, event, role, membership=membership, values=dict(request.fields) if request else {}, request=request)
    facts = facts_of(deal, attempt)
    operation, given = OPERATIONS[deal.kind], parameters()
    reasons = operation.reasons(facts, event, role, today=attempt.today, parameters=given)
    four_eyes = FOUR_EYES in step.unless
    fields = fields_of(deal.kind, event)
    against = tuple(
        reason
        for reason in (*own_reasons(deal, step, membership, role), *reasons)
        if reason.code != FOUR_EYES
        and not (fields and reason.code in ON_FIELDS)
        and not (four_eyes and request is None and reason.code == "approver_needed")
    )
    money: Sequence[Transfer] = ()
    if not [reason for reason in reasons if reason.code != FOUR_EYES]:
        money = _preview(deal, membership, event, role)
    return Button(
        event=event, role=role, key=str(uuid.uuid4()), against=against, four_eyes=four_eyes, request=request,
        asked_by_me=request is not None and request.requested_by_id == membership.user_id, money=money,
        fields=() if request else shown(deal, fields, typed=typed, faults=faults), hidden=_hidden(deal, event),
    )  # fmt: skip


def _preview(deal: Deal, membership: Membership, event: str, role: str) -> Sequence[Transfer]:
    """The transfers the step would make, asked of the table as if somebody else had asked for it; nothing is written."""
    attempt = attempted(deal, event, role, membership=membership, values={})
    facts = facts_of(deal, attempt)
    try:
        asked = type(facts)(**{name: getattr(facts, name) for name in facts.__slots__} | {"requested_by": "preview"})
        return OPERATIONS[deal.kind].advance(asked, event, role, today=attempt.today, parameters=parameters()).transfers
    except Refusal:
        return ()


def _hidden(deal: Deal, event: str) -> dict[str, str]:
    statement = statement_of(deal) if event == "give_notice" else None
    return {"statement_sha256": statement_sha256(statement)} if statement else {}


def shown(
    deal: Deal, fields: Sequence[Field], *, typed: Mapping[str, str] | None = None, faults: Mapping[str, str] | None = None
) -> list[Shown]:
    """Fields with what was typed, else with the terms as they are."""
    whole = stored.read(deal.terms).model_dump(mode="json")
    return [
        Shown(
            field=one,
            value=typed.get(one.name, "") if typed is not None else as_text(one, _at(whole, one.name)),
            fault=(faults or {}).get(one.name, ""),
        )
        for one in fields
        if one.name != "statement_sha256"
    ]


def _at(whole: Mapping[str, Any], name: str) -> Any:
    value: Any = whole
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def as_text(one: Field, value: Any) -> str:
    """A stored value as a form shows it."""
    if value is None or value == "" or (isinstance(value, list) and not value):
        return ""
    match one.kind:
        case "money":
            return fen_to_yuan(int(value))
        case "flag":
            return "on" if value else ""
        case "codes" | "words":
            return ", ".join(value)
        case "moment":
            return dt.datetime.fromisoformat(str(value)).astimezone(BEIJING).isoformat()[:16]
        case "rate":
            return "" if str(value) == "0" else str(value)
        case _:
            return str(value)
