"""What the frame of every page needs: rooms of the top line, organizations of the user, language switch."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from langqiao.web.people.session import membership_of, memberships_of


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of the base template."""
    return {
        "frame_language": "zh" if (get_language() or "").startswith("zh") else "en",
        "frame_languages": settings.LANGUAGES,
        "frame_memberships": SimpleLazyObject(lambda: memberships_of(request)),
        "frame_organization": getattr(membership_of(request), "organization", None) if request.user.is_authenticated else None,
        "frame_path": request.get_full_path(),
        "frame_unread": SimpleLazyObject(lambda: _unread(request)),
    }


def _unread(request: HttpRequest) -> int:
    from langqiao.web.notices.selectors import unread_count  # noqa: PLC0415 - the frame is read by rooms that notices import

    membership = membership_of(request) if request.user.is_authenticated else None
    return unread_count(membership) if membership is not None else 0
