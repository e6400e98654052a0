"""What the replay of a right says for a grade and an opinion: validity, challenges, life left, deals and pledges."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from langqiao.data.appraisal_rows import PatentRows
from langqiao.engine.grading.facts import Fact
from langqiao.engine.kernel.dates import whole_months
from langqiao.engine.kernel.evidence import Evidence, Source
from langqiao.engine.patents.annuity import patent_year
from langqiao.engine.patents.event import RightEvent
from langqiao.engine.patents.right import RightView
from langqiao.engine.patents.states import ALIVE, PENDING
from langqiao.engine.valuation.given import RightGiven

YEAR_DAYS = 365.25
ATTACKS = frozenset({"under_invalidation", "under_review", "opposition"})
HELD_BACK = frozenset({"suspended", "preserved", "stayed"})
PARTIAL = frozenset({"PARTIAL_INVALIDATION", "PARTIAL_REVOCATION"})
BEFORE_LIFE = frozenset({"FILING", "PUBLICATION", "EXAMINATION", "GRANT"})
"""Events of procedure up to the grant: a record that holds only these does not tell what happened to the right since."""
COUNTRY = {"CN": "CN", "US": "US"}


def right_facts(rows: PatentRows) -> Iterable[Fact]:
    """The facts of the right on the day, each with the events behind it."""
    view = rows.view
    yield _fact(rows, "patent.type", view.facts.patent_type, formula="kind of right as published")
    yield _validity(rows)
    yield _challenge(rows)
    left = remaining_years(view)
    yield _fact(
        rows,
        "right.remaining_years",
        left,
        formula=f"(end of term − day) / 365.25; {view.term.basis}",
        reason="end_of_term_unknown" if view.term.end is None else "right_not_in_force",
        inputs={"end": str(view.term.end), "unknown": list(view.term.unknown)},
    )
    yield _fact(rows, "right.grant_date", view.facts.grant_date, formula="grant as published", reason="grant_date")
    yield from _deals(rows)
    yield from _pledges(rows)


def _fact(
    rows: PatentRows, name: str, value: Any, *, formula: str, reason: str = "", events: Sequence[RightEvent] = (), **more: Any
) -> Fact:
    sources = _sources(rows, events)
    evidence = Evidence(what=name, value=value, formula=formula, sources=sources, as_of=rows.as_of, **more)
    days = [event.knowable for event in events if event.knowable]
    return Fact(name=name, value=value, reason="" if value is not None else reason, evidence=evidence, dated=max(days, default=None))


def _sources(rows: PatentRows, events: Sequence[RightEvent]) -> tuple[Source, ...]:
    """The places of the events; of the publication where no event has one."""
    found = tuple(dict.fromkeys(event.source for event in events if event.source is not None))
    return found or rows.home


def validity(view: RightView) -> tuple[str | None, str]:
    """The state on the day as a grade reads it, or None with what would have to be known.

    A right is called in force only where its fees are told; an end of term that an unknown adjustment could still move is not certain.
    """
    state = view.phase.state
    if state in PENDING:
        return "pending", ""
    if state in ALIVE:
        if "fee_payments" in view.unknown:
            return None, "fee_payments"
        if any(overlay.kind in HELD_BACK for overlay in view.overlays):
            return "suspended", ""
        return state, ""
    return state, ""


def _validity(rows: PatentRows) -> Fact:
    value, reason = validity(rows.view)
    view = rows.view
    return _fact(
        rows,
        "right.validity",
        value,
        formula="replay of the dated events of the right",
        reason=reason,
        events=view.phase.evidence,
        inputs={"state": view.phase.state, "since": str(view.phase.start), "unknown": list(view.unknown)},
    )


def told_of_life(view: RightView) -> bool:
    """Whether the record tells of anything after the grant: only then is silence on a challenge, a deal or a pledge a finding."""
    return any(event.kind not in BEFORE_LIFE and not event.derived for event in view.events)


def _challenge(rows: PatentRows) -> Fact:
    view = rows.view
    attacks = [overlay for overlay in view.all_overlays if overlay.kind in ATTACKS]
    partial = [event for event in view.events if event.kind in PARTIAL]
    ended = [event for event in view.events if event.kind in {"INVALIDATION", "REVOCATION"}]
    if ended:
        value: str | None = "invalidated"
    elif any(overlay.covers(view.on) for overlay in attacks):
        value = "pending"
    elif partial:
        value = "survived_partly"
    elif attacks:
        value = "survived_fully"
    else:
        value = "never_challenged" if told_of_life(view) else None
    events = [event for overlay in attacks for event in overlay.evidence] + partial + ended
    return _fact(
        rows,
        "right.challenge",
        value,
        formula="invalidation, review and opposition among the events of the right",
        reason="no_register_events",
        events=events or [event for event in view.events if not event.derived],
    )


def _deals(rows: PatentRows) -> Iterable[Fact]:
    view, told = rows.view, told_of_life(rows.view)
    transfers = [event for event in view.events if event.kind in {"TRANSFER", "TRANSFER_APPLICATION"} and not event.derived]
    licenses = [overlay for overlay in view.all_overlays if overlay.kind == "license"]
    licensed = [event for overlay in licenses for event in overlay.evidence]
    inputs = {"transfers": len(transfers), "licenses": len(licenses)}
    for name, value, events in (
        ("right.deals", len(transfers) + len(licenses), [*transfers, *licensed]),
        ("right.licenses", len(licenses), licensed),
    ):
        known = bool(value) or told
        yield _fact(
            rows,
            name,
            value if known else None,
            formula="recorded transfers and licenses among the events of the right",
            reason="no_register_events",
            events=events or [event for event in view.events if not event.derived],
            inputs=inputs,
        )


def _pledges(rows: PatentRows) -> Iterable[Fact]:
    """`right.pledges` how many were recorded; `right.pledge_fen` the highest amount: 0 if none was, unknown where amounts are not told."""
    view = rows.view
    pledges = [overlay for overlay in view.all_overlays if overlay.kind in {"pledged", "lien"}]
    events = [event for overlay in pledges for event in overlay.evidence]
    told = bool(pledges) or told_of_life(view)
    behind = events or [event for event in view.events if not event.derived]
    yield _fact(
        rows,
        "right.pledges",
        len(pledges) if told else None,
        formula="recorded pledges and security interests among the events of the right",
        reason="no_register_events",
        events=behind,
        inputs={overlay.reference or str(place): f"{overlay.holder} {overlay.since}" for place, overlay in enumerate(pledges)},
    )
    reason = "pledge_amount_not_told" if pledges else "no_register_events"
    amount = None if pledges or not told else 0
    yield _fact(rows, "right.pledge_fen", amount, formula="highest recorded pledge in fen", reason=reason, events=behind)


def remaining_years(view: RightView) -> float | None:
    """Years from the day to the end of the term; None where the end is unknown or the right no longer stands."""
    if view.term.end is None or view.phase.state not in {*ALIVE, *PENDING}:
        return None
    return max(0.0, (view.term.end - view.on).days / YEAR_DAYS)


def years_run(view: RightView) -> int | None:
    """The age in the renewal model of its office: CN the patent year, US the whole years since grant."""
    facts = view.facts
    if facts.office == "CN" and facts.filing_date is not None and facts.filing_date <= view.on:
        return patent_year(facts.filing_date, view.on)
    if facts.office == "US" and facts.grant_date is not None and facts.grant_date <= view.on:
        return whole_months(facts.grant_date, view.on) // 12
    return None


def right_given(rows: PatentRows) -> RightGiven:
    """The right as an opinion of value reads it."""
    view = rows.view
    state, _ = validity(view)
    left = remaining_years(view)
    return RightGiven(
        office=view.facts.office,
        type=view.facts.patent_type,
        status=state,
        years_run=years_run(view),
        remaining_years=None if left is None else _fraction(left),
        fees_paid=None if "fee_payments" in view.unknown else True,
        owner_is_domestic=_domestic(rows),
    )


def _fraction(years: float) -> Fraction:
    """Years to a day, as the exact number of the door (365.25 = 1461 / 4)."""
    return Fraction(round(years * YEAR_DAYS) * 4, 1461)


def _domestic(rows: PatentRows) -> bool | None:
    """Whether the first owner told is of the office's own country; None where its country is not told."""
    for role in ("owner", "applicant"):
        for row in rows.parties:
            if row["role"] == role and row["country"]:
                return bool(row["country"] == COUNTRY.get(rows.publication["office"], rows.publication["office"]))
    return None
