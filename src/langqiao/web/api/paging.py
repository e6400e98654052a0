"""Pages of lists by cursor: where the page before ended, as an opaque text, so that rows added meanwhile shift nothing."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from langqiao.web.api.problems import ApiError

R = TypeVar("R", bound=Model)


def cursor_of(values: Sequence[Any]) -> str:
    """Values as a cursor."""
    return base64.urlsafe_b64encode(json.dumps([str(value) for value in values]).encode()).decode().rstrip("=")


def cursor_values(text: str, count: int) -> list[str]:
    """The values of a cursor. ApiError (422, bad_cursor) for a text that is none."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
    except (binascii.Error, ValueError):
        values = None
    if not isinstance(values, list) or len(values) != count or not all(isinstance(value, str) and "\x00" not in value for value in values):
        raise bad_cursor()
    return values


def bad_cursor() -> ApiError:
    """The error of a cursor that this list did not give."""
    return ApiError(422, "bad_cursor", _("This cursor was not given by this list."), field="cursor")


def page(found: QuerySet[R], *, by: Sequence[str], cursor: str | None, limit: int, down: bool = True) -> tuple[list[R], str | None]:
    """(a page of rows, the cursor of the next or None). `by` are columns that together name a row, the last one unique and none null."""
    if cursor:
        found = found.filter(_after(found.model, by, cursor_values(cursor, len(by)), down=down))
    rows = list(found.order_by(*(f"-{name}" if down else name for name in by))[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    return rows, cursor_of([_value(rows[-1], name) for name in by]) if more else None


def _value(row: Model, name: str) -> str:
    value = getattr(row, name)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _after(model: type[Model], by: Sequence[str], values: Sequence[str], *, down: bool) -> Q:
    """The rows after the one that the values name: a < x, or a = x and b < y, …"""
    where, same, compare = Q(pk__in=[]), Q(), "lt" if down else "gt"
    for name, text in zip(by, values, strict=True):
        column = model._meta.pk if name == "pk" else model._meta.get_field(name)  # noqa: SLF001 - Django's own public name
        try:
            value = column.to_python(text)  # type: ignore[union-attr]
        except (ValidationError, OverflowError) as error:
            raise bad_cursor() from error
        if isinstance(value, int) and abs(value) >= 2**63:
            raise bad_cursor()
        where |= same & Q(**{f"{name}__{compare}": value})
        same &= Q(**{name: value})
    return where


def listed(rows: Sequence[Any], tell: Callable[[Any], Any], cursor: str | None) -> dict[str, Any]:
    """The fields of a list's answer."""
    return {"items": [tell(row) for row in rows], "next_cursor": cursor}
