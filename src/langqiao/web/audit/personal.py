"""Personal data: everything kept about one person as a file, erasure that leaves the record verifiable, and what time deletes."""

import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao import rules
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.models import Record
from langqiao.web.audit.services import marks_forget, record_append
from langqiao.web.people.models import Invitation, LoginAttempt, Membership, RecoveryCode, Role, TotpFactor, User, UserSession
from langqiao.web.people.sessions import sessions_end

SECRETS = ("password", "secret", "token", "hash", "salt", "session_key")
"""A field whose name holds one of these is never exported: it opens a door and tells nothing about the person."""
WHOLE = frozenset({"people", "notices"})
"""Rooms whose rows about a person are the person's own data; of other rooms' rows only that and when the person acted is told, because
their content belongs to the organization."""
ROWS_MAX = 100_000


def personal_data(user: User) -> dict[str, Any]:
    """Everything that is kept about a person, by table: the rows that name them, their attempts to log in, their steps in the record."""
    told: dict[str, Any] = {"people.user": [_row(user, whole=True)], **dict(sorted(_rows(user)))}
    told["people.loginattempt"] = [_row(attempt, whole=True) for attempt in LoginAttempt.objects.filter(email=user.email)]
    told["people.invitation.email"] = [_row(one, whole=True) for one in Invitation.objects.filter(email=user.email)]
    steps = Record.objects.filter(actor=f"user/{user.pk}").order_by("seq")[:ROWS_MAX]
    told["audit.record"] = [{"seq": one.seq, "at": one.at, "action": one.action, "subject": one.subject} for one in steps]
    return {name: rows for name, rows in told.items() if rows}


def _rows(user: User) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:  # noqa: SLF001 - Django's documented way to ask a model for its fields
            if isinstance(field, models.ForeignKey) and field.related_model is User:
                label = model._meta.label_lower  # noqa: SLF001
                found = model._base_manager.filter(**{field.name: user})[:ROWS_MAX]  # noqa: SLF001 - also rows a default manager hides
                whole = model._meta.app_label in WHOLE  # noqa: SLF001
                yield f"{label}.{field.name}", [_row(row, whole=whole) for row in found]


def _row(row: models.Model, *, whole: bool) -> dict[str, Any]:
    fields = row._meta.concrete_fields  # noqa: SLF001
    wanted = [field for field in fields if whole or field.primary_key or isinstance(field, models.DateField)]
    shown = [field for field in wanted if not any(secret in field.name for secret in SECRETS)]
    return {field.name: _plain(field.value_from_object(row)) for field in shown}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str | list | dict) else str(value)


def personal_zip(user: User) -> bytes:
    """The data as `personal-data.json` in a ZIP archive, which mail and browsers pass on unchanged."""
    told = {"made_at": timezone.now().isoformat(), "data": personal_data(user)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("personal-data.json", json.dumps(told, ensure_ascii=False, indent=1))
    return buffer.getvalue()


@transaction.atomic
def person_erase(*, user: User, by: User | None) -> None:
    """Erases who a person is: name, address, second factor, sessions, and the salts of their marks in the record.

    Their numbered steps stay, because what an organization did must stay provable; nobody can tell any more whose they were. Signed
    contracts keep the signer's name as long as the law asks for. `by` is the person or None for the operator. Refused (not_allowed) to
    anybody else, (last_administrator) for the only administrator of an organization that others still work for.
    """
    if by is not None and by != user:
        raise Refusal("not_allowed", _("Only the person themselves or the operator may erase personal data."))
    locked = User.objects.select_for_update().get(pk=user.pk)
    _refuse_last_administrator(locked)
    was = (locked.email, locked.name)
    sessions_end(user=locked)
    for rows in (TotpFactor.objects.filter(user=locked), RecoveryCode.objects.filter(user=locked), UserSession.objects.filter(user=locked)):
        rows.delete()
    LoginAttempt.objects.filter(email=locked.email).delete()
    Invitation.objects.filter(email=locked.email).delete()
    Membership.objects.filter(user=locked).update(ended_at=timezone.now(), ended_by=by)
    _empty(locked)
    marks_forget(user=locked, texts=was)
    record_append(actor=f"user/{locked.pk}" if by else "platform", action="personal.erased", subject=f"user/{locked.pk}", payload={})


def _empty(user: User) -> None:
    """Every text the person gave goes; fields that other rooms add to the user later go too."""
    user.set_unusable_password()
    kept = {"id", "password", "email"}
    for field in User._meta.concrete_fields:  # noqa: SLF001
        if field.name not in kept and isinstance(field, models.CharField | models.TextField) and field.blank:
            setattr(user, field.name, "")
    user.email, user.is_active = f"erased-{user.pk}@erased.invalid", False
    user.save()


def _refuse_last_administrator(user: User) -> None:
    for mine in Membership.objects.filter(user=user, role=Role.ADMIN).select_related("organization"):
        others = Membership.objects.filter(organization=mine.organization).exclude(user=user)
        if others.exists() and not others.filter(role=Role.ADMIN).exists():
            facts = {"organization": mine.organization.name}
            raise Refusal(
                "last_administrator", _("You are the only administrator of %(organization)s; make another one first.") % facts, facts=facts
            )


def retention() -> list[dict[str, Any]]:
    """The periods in force: title in both languages, days, unit, source, whether confirmed."""
    found = [parameter for parameter in rules.parameters() if parameter.key.startswith("retention.")]
    return [
        {
            "key": one.key,
            "title": one.title,
            "days": one.at().value,
            "unit": one.unit,
            "source": one.at().source,
            "confirmed": one.at().confirmed,
        }
        for one in found
    ]


def retention_apply() -> str:
    """The timed duty: deletes the sessions and invitations whose period is over; returns how many."""
    limit = {
        name: timezone.now() - dt.timedelta(days=rules.parameters().value(f"retention.{name}_days")) for name in ("session", "invitation")
    }
    sessions, _by_table = UserSession.objects.filter(seen_at__lt=limit["session"]).delete()
    invitations, _by_table = Invitation.objects.filter(expires_at__lt=limit["invitation"]).delete()
    return f"{sessions} sessions, {invitations} invitations"
