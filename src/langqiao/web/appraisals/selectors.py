"""Reads of recorded grades and opinions: an organization's own, by patent or one."""

import uuid
from collections.abc import Sequence

from django.utils.translation import gettext as _

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.appraisals.models import RecordedGrade, RecordedOpinion
from langqiao.web.people.models import Organization

Record = RecordedGrade | RecordedOpinion
KINDS: dict[str, type[RecordedGrade] | type[RecordedOpinion]] = {"grade": RecordedGrade, "opinion": RecordedOpinion}


def record_get(*, kind: str, record_id: uuid.UUID, organization: Organization) -> Record:
    """A record of the organization. Refused (not_found) otherwise, as if it did not exist."""
    model = KINDS.get(kind)
    found = model.objects.filter(pk=record_id, organization=organization).select_related("by").first() if model else None
    if found is None:
        raise Refusal("not_found", _("There is no such record in your organization."))
    return found


def records_of(*, kind: str, key: str, organization: Organization, limit: int = 20) -> Sequence[Record]:
    """The newest records of a patent."""
    return list(KINDS[kind].objects.filter(key=key, organization=organization).select_related("by")[:limit])
