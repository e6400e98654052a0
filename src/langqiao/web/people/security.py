"""The security log: sign-ins, factors, roles and invitations as links of the audit record, addresses and e-mails only as marks."""

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.http import HttpRequest

from langqiao.web.audit.services import mark, record_append
from langqiao.web.people.models import Organization, User
from langqiao.web.people.throttle import address_of

Facts = dict[str, str | int | bool]


@transaction.atomic
def security_note(
    event: str,
    *,
    user: User | None = None,
    request: HttpRequest | None = None,
    organization: Organization | None = None,
    facts: Mapping[str, str | int | bool] | None = None,
    seen_by: Iterable[int] = (),
) -> None:
    """Appends `security.EVENT` about a user or an organization. `facts` must hold no personal data but marks."""
    there = getattr(request, "user", None)
    who = there if isinstance(there, User) else user
    payload: dict[str, str | int | bool] = dict(facts or {})
    if user is not None:
        payload["user"] = f"user/{user.pk}"
    if request is not None and (address := address_of(request)):
        payload["address"] = mark(address, of=user)
    subject = f"organization/{organization.pk}" if organization is not None else (f"user/{user.pk}" if user is not None else "site")
    actor = f"user/{who.pk}" if who is not None else "visitor"
    record_append(actor=actor, action=f"security.{event}", subject=subject, payload=payload, seen_by=seen_by)
