"""A right as plain values for JSON: status with the events behind it, term, fees, burdens, owners, history, and what is unknown."""

import datetime as dt
from typing import Any

from langqiao.engine.kernel.evidence import Source
from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.engine.kernel.problem import Problem
from langqiao.engine.patents.burdens import Overlay
from langqiao.engine.patents.event import RightEvent
from langqiao.engine.patents.phases import Phase
from langqiao.engine.patents.right import RightView
from langqiao.engine.patents.territories import TerritoryState
from langqiao.engine.patents.upkeep import FeeDue

Json = dict[str, Any]


def report(view: RightView) -> Json:
    """The view as JSON values; dates are ISO text, money yuan text, absent values null."""
    return {
        "office": view.facts.office,
        "number": view.facts.number,
        "kind": view.facts.kind,
        "type": view.facts.patent_type,
        "as_of": _day(view.as_of),
        "on": _day(view.on),
        "status": view.status,
        "state": view.phase.state,
        "since": _day(view.phase.start),
        "granted": view.granted,
        "certain": view.certain,
        "unknown": list(view.unknown),
        "last_told_on": _day(view.last_told_on),
        "filing_date": _day(view.facts.filing_date),
        "grant_date": _day(view.facts.grant_date),
        "expiry_date": _day(view.term.end),
        "expiry_basis": view.term.basis,
        "end_date": _day(view.end),
        "fees": _fees(view),
        "owners": list(view.ownership.owners),
        "owners_since": _day(view.ownership.since),
        "encumbrances": [_overlay(overlay) for overlay in view.overlays],
        "ended_encumbrances": [_overlay(overlay) for overlay in view.all_overlays if overlay not in view.overlays],
        "territories": [_territory(state) for state in view.territories],
        "evidence": [event_report(event) for event in view.phase.evidence],
        "history": [_phase(phase) for phase in view.timeline.phases],
        "events": [event_report(event) for event in view.events],
        "problems": [_problem(problem) for problem in view.problems],
    }


def event_report(event: RightEvent) -> Json:
    """One event as JSON values; empty fields are left out."""
    told = {
        "kind": event.kind,
        "effect": event.effect,
        "date": _day(event.effective),
        "announced_on": _day(event.announced_on),
        "code": event.code,
        "from": list(event.from_parties),
        "to": list(event.to_parties),
        "license_kind": event.license_kind,
        "reference": event.reference,
        "territories": list(event.territories),
        "year": event.year,
        "days": event.days,
        "until": _day(event.until),
        "text": event.text,
        "derived": event.derived,
        "source": _source(event.source),
    }
    return {name: value for name, value in told.items() if value not in (None, "", [], False)}


def _fees(view: RightView) -> Json:
    upkeep = view.upkeep
    return {
        "asked": upkeep.asked,
        "paid_through": upkeep.paid_through,
        "record_complete_to": _day(upkeep.complete_to),
        "next": _fee(upkeep.next_fee) if upkeep.next_fee and view.status in {"in_force", "grace"} else None,
    }


def _fee(fee: FeeDue) -> Json:
    return {
        "year": fee.year,
        "due_date": _day(fee.due_date),
        "in_time_to": _day(fee.in_time_to),
        "grace_end": _day(fee.grace_end),
        "lapse_on": _day(fee.lapse_on),
        "full_fee": None if fee.full_fee_fen is None else fen_to_yuan(fee.full_fee_fen),
    }


def _overlay(overlay: Overlay) -> Json:
    return {
        "kind": overlay.kind,
        "license_kind": overlay.license_kind or None,
        "kind_stated": overlay.kind_stated,
        "since": _day(overlay.since),
        "until": _day(overlay.until),
        "holder": overlay.holder,
        "grantor": overlay.grantor,
        "reference": overlay.reference,
        "recorded": overlay.recorded,
        "certain": overlay.certain,
        "evidence": [event_report(event) for event in overlay.evidence],
    }


def _territory(state: TerritoryState) -> Json:
    return {
        "territory": state.territory,
        "fate": state.fate,
        "since": _day(state.since),
        "paid_through": state.paid_through,
        "evidence": [event_report(event) for event in state.evidence],
    }


def _phase(phase: Phase) -> Json:
    return {
        "state": phase.state,
        "start": _day(phase.start),
        "end": _day(phase.end),
        "evidence": [event_report(event) for event in phase.evidence],
    }


def _problem(problem: Problem) -> Json:
    return {
        "code": problem.code,
        "message": problem.message,
        "severity": problem.severity,
        "where": problem.where,
        "offset": problem.offset,
    }


def _source(source: Source | None) -> Json | None:
    if source is None:
        return None
    return {"file": source.file, "sha256": source.sha256, "offset": source.offset, "retrieved_on": _day(source.retrieved_on)}


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()
