"""Who sees which lines of a record: what the register publishes everybody, what only a contract says its parties and the reviewers."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from django.utils import timezone

from langqiao.data.rights import Gathered
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.people.models import Membership
from langqiao.web.people.session import OFFICE_KINDS, PLATFORM_KINDS
from langqiao.web.rights.models import Entry, Holding
from langqiao.web.rights.replay import LICENSES, Line
from langqiao.web.rights.selectors import Held, gathered_of, held_from, holding_of, line_of, lines_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks: a member of an organization (None: somebody of none), whether inside (owner or reviewer) of the right."""

    name: str = ""
    inside: bool = False
    owner: str = ""


STRANGER = Viewer()


def viewer_of(membership: Membership | None, held: Held) -> Viewer:
    """What a member is to a right: an owner's member or reviewer sees all, a licensee its own license."""
    if membership is None:
        return STRANGER
    organization = membership.organization
    owner = next((owner.name for owner in held.owners if owner.organization == organization.pk), "")
    reviews = organization.kind in OFFICE_KINDS | PLATFORM_KINDS and organization.is_verified
    return Viewer(name=organization.name, inside=bool(owner) or reviews, owner=owner)


def lines_seen(lines: Sequence[Line], viewer: Viewer) -> tuple[Line, ...]:
    """Without the licenses that neither the register nor the viewer's own contract tells of: a license not recorded is its parties' business."""
    if viewer.inside:
        return tuple(lines)
    recorded = {line.body["of"] for line in lines if line.kind == "recorded"}
    hidden = {
        line.body["reference"]
        for line in lines
        if line.kind == "burden_added"
        and line.body["burden"] in LICENSES
        and line.deal
        and line.body["reference"] not in recorded
        and (not viewer.name or line.body["holder"] != viewer.name)
    }
    return tuple(line for line in lines if not _tells_of(line, hidden))


def _tells_of(line: Line, hidden: set[str]) -> bool:
    match line.kind:
        case "burden_added" | "burden_removed":
            return line.body["burden"] in LICENSES and line.body["reference"] in hidden
        case "annuity_reduced" | "recorded":
            return line.body["of"] in hidden
        case _:
            return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A right as one viewer may see it."""

    holding: Holding | None
    viewer: Viewer
    held: Held


def seen_by(membership: Membership | None, key: str) -> Seen:
    """The right today with the lines that the member may see. Refused (not_a_patent)."""
    holding = holding_of(key)
    return _seen(membership, holding, gathered_of(holding.key if holding else key), lines_of(holding))


def seen_many(membership: Membership | None, keys: Iterable[str]) -> dict[str, Seen]:
    """The same of many rights in two questions to the books; those that the lake does not hold are left out."""
    gathered: dict[str, Gathered] = {}
    for key in keys:
        with suppress(Refusal):  # the lake holds no such right
            gathered[key] = gathered_of(key)
    published = {name for one in gathered.values() for name in (one.key, *one.keys)}
    holdings = {holding.key: holding for holding in Holding.objects.filter(key__in=published | gathered.keys())}
    lines: dict[int, list[Line]] = {}
    for entry in Entry.objects.filter(holding__in=holdings.values()).order_by("holding", "seq").select_related("document"):
        lines.setdefault(entry.holding_id, []).append(line_of(entry))
    found = {}
    for key, one in gathered.items():
        holding = holdings.get(key) or next((holdings[name] for name in one.keys if name in holdings), None)
        found[key] = _seen(membership, holding, gathered_of(holding.key) if holding else one, lines.get(holding.pk, []) if holding else [])
    return found


def _seen(membership: Membership | None, holding: Holding | None, gathered: Gathered, lines: Sequence[Line]) -> Seen:
    today = timezone.localdate()
    whole = held_from(gathered, lines, day=today, holding=holding)
    viewer = viewer_of(membership, whole)
    shown = lines_seen(lines, viewer)
    held = whole if len(shown) == len(lines) else held_from(gathered, shown, day=today, holding=holding)
    return Seen(holding=holding, viewer=viewer, held=held)
