"""Writes of matching: a mandate entered, changed and ended, each in the record; answers to matches are the market's own."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.data.reference.industry import branches
from langqiao.data.reference.technology import fields
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.matching.wish import CRITERIA, GRADES
from langqiao.web.audit.services import record_append
from langqiao.web.matching.models import PURPOSES, TITLE_CHARS, VISIBILITIES, Mandate
from langqiao.web.matching.selectors import mandate_own
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import must_edit

STATUSES = ("pending", "in_force", "grace")
MANDATES_MAX = 100
LIST_MAX = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a mandate says; names as in the table. `words` are cut at blanks; lists hold codes of the reference tables."""

    title: str
    purpose: str
    until_on: dt.date
    visibility: str = "private"
    brief: str = ""
    words: str = ""
    fields: tuple[int, ...] = ()
    industries: tuple[str, ...] = ()
    ipc: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    grade_least: str = ""
    high_value: bool = False
    regions: tuple[str, ...] = ()
    ticket_low_fen: int | None = None
    ticket_high_fen: int | None = None
    required: tuple[str, ...] = ()


def terms_wrong(terms: Terms, today: dt.date) -> tuple[str, ...]:
    """The fields that are missing or contradict each other, in the order of the form; empty: the mandate may stand."""
    low, high = terms.ticket_low_fen, terms.ticket_high_fen
    asks = any(
        (
            terms.words,
            terms.fields,
            terms.industries,
            terms.ipc,
            terms.statuses,
            terms.grade_least,
            terms.high_value,
            terms.regions,
            low,
            high,
        )
    )
    wrong = {
        "title": not terms.title.strip() or len(terms.title) > TITLE_CHARS,
        "purpose": terms.purpose not in PURPOSES,
        "visibility": terms.visibility not in VISIBILITIES,
        "brief": terms.visibility == "public" and not terms.brief.strip(),
        "words": not asks,
        "fields": not set(terms.fields) <= {field.number for field in fields()},
        "industries": not set(terms.industries) <= {code for code, branch in branches().items() if not branch.parent},
        "ipc": len(terms.ipc) > LIST_MAX or any(not 1 <= len(prefix) <= 20 or not prefix[0].isalpha() for prefix in terms.ipc),
        "statuses": not set(terms.statuses) <= set(STATUSES),
        "grade_least": terms.grade_least not in {"", *GRADES},
        "regions": len(terms.regions) > LIST_MAX,
        "ticket_high_fen": any(end is not None and end <= 0 for end in (low, high))
        or (low is not None and high is not None and low > high),
        "required": not set(terms.required) <= set(CRITERIA) - {"text"},
        "until_on": terms.until_on < today,
    }
    return tuple(name for name, is_wrong in wrong.items() if is_wrong)


def _must(terms: Terms) -> None:
    wrong = terms_wrong(terms, timezone.localdate())
    if wrong:
        raise Refusal("mandate_terms_wrong", f"the mandate's {', '.join(wrong)} do not fit", facts={"fields": ", ".join(wrong)})


def _written(mandate: Mandate, terms: Terms) -> None:
    for name in Terms.__dataclass_fields__:
        value: Any = getattr(terms, name)
        setattr(mandate, name, list(value) if isinstance(value, tuple) else value)


@transaction.atomic
def mandate_create(*, membership: Membership, by: User, terms: Terms) -> Mandate:
    """A mandate of the member's organization. Refused: not_allowed, mandate_terms_wrong, too_many_mandates."""
    must_edit(membership)
    _must(terms)
    if Mandate.objects.filter(organization=membership.organization, ended_at=None).count() >= MANDATES_MAX:
        raise Refusal("too_many_mandates", _("An organization has at most %(n)d mandates.") % {"n": MANDATES_MAX})
    mandate = Mandate(organization=membership.organization, by=by, is_scenario=membership.organization.is_demo)
    _written(mandate, terms)
    mandate.save()
    _record(mandate, by, "sought.entered", {"visibility": mandate.visibility, "purpose": mandate.purpose})
    return mandate


@transaction.atomic
def mandate_change(*, mandate_id: uuid.UUID, membership: Membership, by: User, terms: Terms) -> Mandate:
    """New terms of a standing mandate. Refused: not_allowed, not_found, step_not_possible, mandate_terms_wrong."""
    must_edit(membership)
    mandate = Mandate.objects.select_for_update().get(pk=mandate_own(mandate_id, membership).pk)
    if mandate.ended_at is not None:
        raise Refusal("step_not_possible", _("The mandate has ended."), facts={"event": "change", "state": "ended"})
    _must(terms)
    _written(mandate, terms)
    mandate.version += 1
    mandate.save()
    _record(mandate, by, "sought.changed", {"version": mandate.version, "visibility": mandate.visibility})
    return mandate


@transaction.atomic
def mandate_end(*, mandate_id: uuid.UUID, membership: Membership, by: User) -> Mandate:
    """Ends a mandate for good; again changes nothing. Refused: not_allowed, not_found."""
    must_edit(membership)
    mandate = Mandate.objects.select_for_update().get(pk=mandate_own(mandate_id, membership).pk)
    if mandate.ended_at is None:
        mandate.ended_at = timezone.now()
        mandate.save(update_fields=["ended_at", "updated_at"])
        _record(mandate, by, "sought.ended", {})
    return mandate


def _record(mandate: Mandate, by: User, action: str, payload: Mapping[str, Any]) -> None:
    subject = f"sought/{mandate.pk}"
    record_append(actor=by, action=action, subject=subject, payload=payload, seen_by=[mandate.organization_id])
