"""What every room's steps share: gates that forbid by code, the hash that tells a repeated form from another, and the step taken before."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.models import Membership
from langqiao.web.people.session import must_edit

Gate = Callable[[], Mapping[str, Any] | None]
"""A test of one refusal code: the facts of its sentence, or None where it does not forbid."""
M = TypeVar("M", bound=Model)


def gates_must(codes: Sequence[str], gates: Mapping[str, Gate]) -> None:
    """Refuses with the first code that forbids; the others stand in facts["also"]."""
    found = {code: facts for code in codes if (facts := gates[code]()) is not None}
    if found:
        first, *others = found
        raise Refusal(first, first.replace("_", " "), facts={**found[first], "also": tuple(others)})


def request_turned_down(requests: type[M], request_id: int, membership: Membership) -> M:
    """An open request of the member's organization, taken back or turned down. Refused: not_found, request_decided.

    `requests` has the fields organization, state, decided_by and decided_at.
    """
    must_edit(membership)
    found = requests._default_manager.select_for_update().filter(pk=request_id, organization=membership.organization).first()  # noqa: SLF001
    if found is None:
        raise Refusal("not_found", _("There is no such request of your organization."))
    request: Any = found
    if request.state != "open":
        raise Refusal("request_decided", _("The request has been decided."), facts={"state": request.state})
    request.state, request.decided_by, request.decided_at = "declined", membership.user, timezone.now()
    request.save(update_fields=["state", "decided_by", "decided_at"])
    return found


def digest_of(*content: Any) -> str:
    """The SHA-256 of what a form says, to tell a repeat from another use of its key; a row counts by its primary key."""
    plain = [part.pk if isinstance(part, Model) else part for part in content]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False, default=str).encode()).hexdigest()


def taken_before(steps: type[M], key: str, digest: str) -> M | None:
    """The step that the client's key took before, or None. Refused (idempotency_key_reused) where the key was used for other content."""
    before = steps._default_manager.filter(key=key).first() if key else None  # noqa: SLF001 - Django's documented name
    if before is not None and getattr(before, "payload_sha256") != digest:  # noqa: B009 - a field of both rooms' steps, unknown to Model
        raise Refusal("idempotency_key_reused", _("This form was sent before with other content. Open the page again."))
    return before
