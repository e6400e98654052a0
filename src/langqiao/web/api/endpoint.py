"""One endpoint as data: method, path, scope, models, function; routing, permission, description and tests are all read from it."""

import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from django.http import HttpRequest
from pydantic import BaseModel, ConfigDict, Field, model_validator

from langqiao.web.api.models import ApiToken
from langqiao.web.api.tokens import must_approve
from langqiao.web.people.models import Membership, User

INT_MAX = 2**53 - 1
"""The largest whole number that every JSON reader keeps exact."""
Kind = Literal["uuid", "int", "text", "path"]
Role = Literal["member", "editor", "admin"]
M = TypeVar("M", bound=BaseModel)


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, Mapping):
        return any(_has_nul(item) for pair in value.items() for item in pair)
    return isinstance(value, list | tuple) and any(_has_nul(item) for item in value)


class Given(BaseModel):
    """What a request gives: unknown fields are told, not dropped; no NUL, which PostgreSQL cannot keep."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _without_nul(cls, values: Any) -> Any:
        if _has_nul(values):
            raise ValueError("a NUL character is no text")
        return values


class Told(BaseModel):
    """What an answer tells."""

    model_config = ConfigDict(extra="forbid")


class Nothing(Given):
    """No field."""


class Paging(Given):
    """A page of a list: `cursor` is the `next_cursor` of the page before."""

    cursor: str | None = Field(default=None, max_length=500, description="next_cursor of the page before")
    limit: int = Field(default=25, ge=1, le=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that was let in: who, with which token, the values of the path, what the query and the body give, the client's key."""

    request: HttpRequest
    token: ApiToken
    path: Mapping[str, Any]
    query: Any
    body: Any
    key: str = ""

    @property
    def membership(self) -> Membership:
        """For whom the token works."""
        return self.token.membership

    @property
    def user(self) -> User:
        """Whose token it is."""
        return self.token.membership.user

    def uuid(self, name: str) -> uuid.UUID:
        """A value of the path."""
        found: uuid.UUID = self.path[name]
        return found

    def must_approve(self) -> None:
        """Guards a step of money or title."""
        must_approve(self.token)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """`path` after /api/v1 with `{name:kind}` values. `approves`: money or title always. `role`: the least role that the room asks for."""

    method: Literal["GET", "POST"]
    path: str
    name: str
    scope: str
    summary: str
    act: Callable[[Call], BaseModel]
    answer: type[BaseModel]
    query: type[Given] = Nothing
    body: type[Given] | None = None
    status: int = 200
    role: Role = "member"
    approves: bool = False
    once: bool = True
    """Whether a POST is made once by the client's key; only the code of a second factor, which works once itself, does without."""
    body_bytes_max: int = 1_000_000
    """How large a request may be; more where it carries a file."""
    doc: str = ""
    example: Mapping[str, Any] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, Kind]:
        """The values of the path by name."""
        found: dict[str, Any] = {}
        for part in self.path.split("/"):
            if part.startswith("{"):
                name, _colon, kind = part.strip("{}").partition(":")
                found[name] = kind or "text"
        return found

    @property
    def address(self) -> str:
        """The path as OpenAPI writes it."""
        return "/api/v1" + re.sub(r":(uuid|int|path)}", "}", self.path)

    @property
    def route(self) -> str:
        """The path as Django routes it; values are read by the door, so that a wrong one answers in the API's own shape."""
        values = self.values
        route = re.sub(r"{(\w+)(:\w+)?}", lambda found: f"<{'path' if values[found[1]] == 'path' else 'str'}:{found[1]}>", self.path)
        return "api/v1" + route
