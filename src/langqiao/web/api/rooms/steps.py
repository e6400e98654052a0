"""Steps of every room with a table: what it lists now with each reason against it, a step as it is given, a step asked of a second person."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from langqiao.engine.operations.encumbrance import Reason
from langqiao.web.api.endpoint import INT_MAX, Given, Told
from langqiao.web.api.rooms.patents import ReasonTold, reason_told
from langqiao.web.rights.answers import said

WholeNumber = Annotated[int, Field(ge=0, le=INT_MAX)]
Text = Annotated[str, Field(max_length=20_000)]
Name = Annotated[str, Field(max_length=80)]
Fields = Annotated[dict[Name, Text | bool | WholeNumber | list[Name] | None], Field(max_length=60)]


class FieldTold(Told):
    """A field of a step: dotted names are terms of a deal."""

    name: str
    kind: str
    choices: list[str]


class StepGiven(Given):
    """An event of the table with its fields: money in fen as a whole number, or in yuan as text; days as 2026-06-30."""

    event: str = Field(min_length=1, max_length=40)
    fields: Fields = Field(default={})


class ListedTold(Told):
    """A step that the table lists for the member's role. `against`: every reason that forbids it now; `four_eyes`: another person asks first.

    `request_id`: the open request; `asked_by_me`: then another person must take it.
    """

    event: str
    against: list[ReasonTold]
    four_eyes: bool
    request_id: int | None
    asked_by_me: bool
    fields: list[FieldTold]


class AskedTold(Told):
    """A step asked for that another person takes or declines."""

    id: int
    event: str
    state: str


def reasons_told(reasons: Sequence[Reason]) -> list[ReasonTold]:
    """Reasons in the reader's language."""
    return [reason_told(said(reason)) for reason in reasons]


def fields_told(fields: Sequence[Any]) -> list[FieldTold]:
    """Fields of a step, bare or as a form shows them with what stands in them."""
    own = [getattr(one, "field", one) for one in fields]
    return [FieldTold(name=one.name, kind=one.kind, choices=list(one.choices)) for one in own]


def listed_told(button: Any) -> ListedTold:
    """A step as the room's page would show its button."""
    return ListedTold(
        event=button.event, against=reasons_told(button.against), four_eyes=button.two,
        request_id=button.request.pk if button.request else None, asked_by_me=button.mine, fields=fields_told(button.fields),
    )  # fmt: skip


def asked_told(request: Any) -> AskedTold:
    """A request of a room."""
    return AskedTold(id=request.pk, event=request.event, state=request.state)
