"""Reads of matching: mandates that somebody may see, and matches of mandates, demands and patents with every reason."""

import datetime as dt
import re
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.data.reference.industry import branches
from langqiao.data.search.text import words
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.matching.passage import Passage, passages
from langqiao.engine.matching.rank import HolderMatch, Match, Ranking, holders, match, rank
from langqiao.engine.matching.wish import Wish
from langqiao.engine.operations.check import check
from langqiao.engine.operations.encumbrance import Operation, Plan
from langqiao.rules import parameters
from langqiao.web.common.lake import site_lake
from langqiao.web.market.models import Demand
from langqiao.web.matching.facts import Shown, read, shown_for, with_listings
from langqiao.web.matching.models import Mandate
from langqiao.web.people.models import Membership, Organization
from langqiao.web.rights.seen import seen_many

SHOWN = 30
WORDS_MAX = 40
SHORTEST = 2
INFERRED_FROM, INFERRED = 10, 3
LIVING = frozenset({"in_force", "grace", "pending"})
_SYMBOL = re.compile(r"\b[A-H]\d{2}[A-Z](?:\s?\d{1,4}/\d{2,6})?\b")
_COMMON = frozenset(
    [
        "一种",
        "以及",
        "可以",
        "进行",
        "需要",
        "要求",
        "解决",
        "问题",
        "方法",
        "系统",
        "装置",
        "技术",
        "用于",
        "the",
        "and",
        "for",
        "with",
        "that",
        "this",
        "from",
        "are",
        "not",
    ]
)
"""Words that stand in every text of the trade and tell nothing apart."""


def standing() -> QuerySet[Mandate]:
    """The mandates that stand today."""
    return Mandate.objects.filter(ended_at=None, until_on__gte=timezone.localdate()).select_related("organization")


def mandates_seen(organization: Organization) -> QuerySet[Mandate]:
    """The standing mandates that an organization may see: the public ones and its own."""
    return standing().filter(Q(visibility="public") | Q(organization=organization))


def mandate_get(mandate_id: uuid.UUID, membership: Membership) -> Mandate:
    """A mandate: one's own in any state, another's where it is public and stands. Refused (not_found)."""
    found = Mandate.objects.select_related("organization").filter(pk=mandate_id).first()
    own = found is not None and found.organization_id == membership.organization_id
    stands = found is not None and found.ended_at is None and found.until_on >= timezone.localdate()
    if found is None or not (own or (found.visibility == "public" and stands)):
        raise Refusal("not_found", _("There is no such mandate."))
    return found


def mandate_own(mandate_id: uuid.UUID, membership: Membership) -> Mandate:
    """A mandate of the member's organization. Refused (not_found)."""
    found = mandate_get(mandate_id, membership)
    if found.organization_id != membership.organization_id:
        raise Refusal("not_found", _("There is no such mandate."))
    return found


def parties_mandate(key: str) -> set[int]:
    """Whom a mandate's records concern."""
    return set(Mandate.objects.filter(pk=key).values_list("organization_id", flat=True))


def wish_of(mandate: Mandate) -> Wish:
    """A mandate as the engine reads it."""
    return Wish(
        words=words_of(mandate.words),
        fields=frozenset(mandate.fields),
        industries=frozenset(mandate.industries),
        ipc=tuple(mandate.ipc),
        statuses=frozenset(mandate.statuses),
        grade_least=mandate.grade_least,
        high_value=mandate.high_value,
        regions=tuple(mandate.regions),
        price_low_fen=mandate.ticket_low_fen,
        price_high_fen=mandate.ticket_high_fen,
        required=frozenset(mandate.required),
    )


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text that tell patents apart, each once, at most WORDS_MAX."""
    found = dict.fromkeys(word.casefold() for word in words(text))
    return tuple(word for word in found if len(word) >= SHORTEST and not word.isdigit() and word not in _COMMON)[:WORDS_MAX]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A match as a page shows it."""

    match: Match
    shown: Shown
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """What a wish found: `total` patents of the lake, of which the ranking looked at some; `inferred`: classes read from the nearest texts."""

    wish: Wish
    ranking: Ranking
    best: tuple[Row, ...]
    thin: tuple[Row, ...]
    holders: tuple[HolderMatch, ...]
    total: int
    inferred: tuple[str, ...] = ()


def matches_of(wish: Wish, *, inferred: tuple[str, ...] = ()) -> Matches:
    """The patents of the site's lake that fit a wish, best first."""
    found, total = shown_for(wish)
    ranking = ranked(wish, list(found.values()))
    owners = {key: one.candidate.holders for key, one in found.items()}
    return Matches(
        wish=wish,
        ranking=ranking,
        best=tuple(_row(one, found, wish) for one in ranking.best),
        thin=tuple(_row(one, found, wish) for one in ranking.thin[:10]),
        holders=holders(ranking, owners, count=20),
        total=total,
        inferred=inferred,
    )


def ranked(wish: Wish, found: Sequence[Shown]) -> Ranking:
    """The ranking with today's weights."""
    day = timezone.localdate()
    least = float(parameters().value("matching.coverage_least", day))
    return rank(wish, (one.candidate for one in found), weights(day), coverage_least=least, count=SHOWN)


def weights(day: dt.date) -> dict[str, float]:
    """The weights in force on a day."""
    return {name: float(weight) for name, weight in parameters().value("matching.weights", day).items()}


OPERATIONS: Mapping[str, Operation] = {"invest": "assign", "buy": "assign", "lend": "pledge", "license": "license_ordinary"}
"""The purpose of a mandate and the operation that the one check is asked about."""


def freedom_of(rows: Sequence[Row], membership: Membership, purpose: str) -> dict[str, tuple[str, ...]]:
    """What the law has against the operation of a purpose on each right, as far as the reader may see it; a right the record lacks is left out."""
    plan = Plan(operation=OPERATIONS[purpose], on=timezone.localdate())
    seen = seen_many(membership, (row.match.key for row in rows))
    return {key: tuple(check(one.held.standing, plan).codes) for key, one in seen.items()}


def _row(one: Match, found: dict[str, Shown], wish: Wish) -> Row:
    shown = found[one.key]
    return Row(match=one, shown=shown, passages=passages(shown.candidate.text, wish.words))


def stated_wish(demand: Demand) -> Wish:
    """What a demand itself says it looks for: its words, classes it names, its industry and region, its budget, a right that stands or may come."""
    text = f"{demand.title} {demand.problem} {demand.parameters}"
    return Wish(
        words=words_of(text),
        industries=frozenset(industries_in(demand.industry)),
        ipc=tuple(dict.fromkeys(symbol.replace(" ", "") for symbol in _SYMBOL.findall(text))),
        statuses=LIVING,
        regions=(demand.region.strip(),) if demand.region.strip() else (),
        price_high_fen=demand.budget_fen,
    )


def demand_wish(demand: Demand) -> tuple[Wish, tuple[str, ...]]:
    """(what a demand looks for, the classes among it that were inferred): where it names no class, those of the patents nearest to its words."""
    wish = stated_wish(demand)
    if wish.ipc or not wish.words:
        return wish, ()
    inferred = _classes_near(wish)
    parts = {name: getattr(wish, name) for name in Wish.__slots__}
    return Wish(**(parts | {"ipc": inferred})), inferred


def _classes_near(wish: Wish) -> tuple[str, ...]:
    """The subclasses that most of the patents nearest to the words have, at least two of them."""
    found, _total = shown_for(wish)
    near = ranked(Wish(words=wish.words), list(found.values())).best[:INFERRED_FROM]
    counts = Counter(
        subclass for one in near if one.score for subclass in {symbol.replace(" ", "")[:4] for symbol in found[one.key].candidate.ipc}
    )
    return tuple(subclass for subclass, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if count > 1)[:INFERRED]


def industries_in(text: str) -> tuple[str, ...]:
    """The fields of the emerging industries that a text names by code or by name."""
    plain = text.strip()
    if not plain:
        return ()
    fields = [branch for branch in branches().values() if not branch.parent]
    return tuple(
        branch.code
        for branch in fields
        if plain == branch.code or branch.name_zh.removesuffix("产业") in plain or branch.name_en.casefold() in plain.casefold()
    )


def demand_matches(demand: Demand) -> Matches:
    """The patents that fit a demand."""
    wish, inferred = demand_wish(demand)
    return matches_of(wish, inferred=inferred)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How one patent fits a mandate or a demand: what it is, the match, and the passages."""

    what: Any
    match: Match
    passages: tuple[Passage, ...]


def patent_shown(key: str) -> Shown:
    """One patent of the site's lake. Refused (not_a_patent)."""
    found = with_listings(read(site_lake(), [key]))
    if key not in found:
        raise Refusal("not_a_patent", _("The lake holds no publication %(key)s. Search for the number in any form.") % {"key": key[:60]})
    return found[key]


def mandate_fits(shown: Shown, organization: Organization) -> list[Fit]:
    """The mandates that the organization may see, by how well the patent fits, the unfit with their reasons last."""
    day = timezone.localdate()
    return _sorted([_fit(mandate, wish_of(mandate), shown, day) for mandate in mandates_seen(organization)[:500]])


def demand_fits(shown: Shown) -> list[Fit]:
    """The demands that stand, by how well the patent fits; classes are not inferred here."""
    day = timezone.localdate()
    rows = Demand.objects.filter(state="published").select_related("organization")[:500]
    return _sorted([_fit(demand, stated_wish(demand), shown, day) for demand in rows])


def _fit(what: Any, wish: Wish, shown: Shown, day: dt.date) -> Fit:
    return Fit(what=what, match=match(wish, shown.candidate, weights(day)), passages=passages(shown.candidate.text, wish.words))


def _sorted(found: list[Fit]) -> list[Fit]:
    return sorted(found, key=lambda fit: (bool(fit.match.excluded), -(fit.match.score or 0.0), -fit.match.coverage, str(fit.what.pk)))


def desk_mandates(organization: Organization) -> dict[str, Any]:
    """What the desk shows: the organization's own standing mandates, and the newest public ones of others."""
    own = list(standing().filter(organization=organization)[:10])
    others = list(standing().filter(visibility="public").exclude(organization=organization)[:5])
    return {"own": own, "others": others}
