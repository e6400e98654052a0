"""How a page that shows rows of many tables reads them all with one question to the database, instead of one question a table."""

# ruff: noqa: SLF001 - Django documents _meta, and gives no other way to hand rows to a relation than the prefetch's own

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet

ARRAYS = {"sqlite": ("json_group_array", "json_array"), "postgresql": ("json_agg", "json_build_array")}


def rows_gather(wanted: Mapping[str, QuerySet[Any]]) -> dict[str, list[Any]]:
    """The rows of each query (whole rows, no select_related) by its name, read by one statement: one moment, one way to the database.

    Orders, filters and slices of the queries hold. Raises TypeError for a column that JSON cannot carry (binary).
    """
    group, array = ARRAYS[connection.vendor]
    parts: list[str] = []
    given: list[Any] = []
    for name, rows in wanted.items():
        sql, arguments = rows.query.sql_with_params()
        columns = ", ".join(_column(field) for field in rows.model._meta.concrete_fields)
        parts.append(f"SELECT %s AS name, {group}({array}({columns})) AS found FROM ({sql}) AS q")  # noqa: S608 - the ORM's own SQL
        given += [name, *arguments]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), given)
        texts = dict(cursor.fetchall())
    return {name: _instances(rows.model, texts.get(name)) for name, rows in wanted.items()}


def _column(field: Any) -> str:
    if isinstance(field, models.BinaryField):
        raise TypeError(f"{field} is binary")
    quoted = connection.ops.quote_name(field.column)
    as_text = connection.vendor == "postgresql" and isinstance(_target(field), models.JSONField | models.DecimalField | models.FloatField)
    return f"{quoted}::text" if as_text else quoted


def _target(field: Any) -> Any:
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    return field


def _instances(model: type[models.Model], found: Any) -> list[Any]:
    rows = (json.loads(found) if isinstance(found, str) else found) or []
    fields = [(field.attname, _target(field)) for field in model._meta.concrete_fields]
    names = [name for name, _field in fields]
    return [
        model.from_db(connection.alias, names, [_value(field, value) for (_name, field), value in zip(fields, row, strict=True)])
        for row in rows
    ]


def _value(field: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, models.JSONField):
        return json.loads(value, cls=field.decoder)
    if isinstance(field, models.DateTimeField):
        at = dt.datetime.fromisoformat(value)
        return (at if at.tzinfo else at.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    return field.to_python(value)


def children_keep(parent: models.Model, found: Mapping[str, Sequence[Any]]) -> None:
    """Lets `parent.NAME.all()` answer from rows that were gathered from `parent.NAME.all()`, and lets each row know its parent."""
    kept: dict[str, Any] = parent.__dict__.setdefault("_prefetched_objects_cache", {})
    for name, rows in found.items():
        manager = getattr(parent, name)
        answer = manager.get_queryset()
        answer._result_cache, answer._prefetch_done = list(rows), True
        for row in rows:
            setattr(row, manager.field.name, parent)
        kept[manager.field.remote_field.cache_name] = answer


def link(rows: Iterable[models.Model], known: Iterable[models.Model] = ()) -> None:
    """Fills the references of the rows from `known`, and those to models that are not there by one more statement for all of them."""
    rows = list(rows)
    held: dict[type[models.Model], dict[Any, models.Model]] = {}
    for one in known:
        held.setdefault(one._meta.concrete_model or type(one), {})[one.pk] = one
    missing: dict[type[models.Model], set[Any]] = {}
    places = [(row, field) for row in rows for field in row._meta.concrete_fields if isinstance(field, models.ForeignKey)]
    for row, field in places:
        key = getattr(row, field.attname)
        if key is not None and not field.is_cached(row) and key not in held.get(field.related_model, {}):
            missing.setdefault(field.related_model, set()).add(key)
    wanted = {model._meta.label: model._default_manager.filter(pk__in=keys) for model, keys in missing.items()}
    for found in (rows_gather(wanted) if wanted else {}).values():
        for one in found:
            held.setdefault(type(one), {})[one.pk] = one
    for row, field in places:
        key = getattr(row, field.attname)
        if key is not None and not field.is_cached(row) and key in held.get(field.related_model, {}):
            setattr(row, field.name, held[field.related_model][key])
