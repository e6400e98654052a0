"""What the bank's portfolio page and a loan's line show: stress, classes, vintages, and loan to value over time with the legal events on it."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from langqiao.engine.credit.five_class import CLASSES, Signs, classify
from langqiao.engine.credit.loan_workflow import OWED
from langqiao.engine.credit.policy import policy_of
from langqiao.engine.credit.staging import StageInput, stage
from langqiao.engine.credit.stress import Position, Report, Scenario, stress
from langqiao.engine.credit.vintage import Drawn, Point, vintages
from langqiao.rules import parameters
from langqiao.web.common.charts import BAR, DECIDE, LOW, QUIET, spec_of
from langqiao.web.credit.judged import Policies
from langqiao.web.credit.models import Loan, LoanStep, OutsideLoan
from langqiao.web.credit.quality import quality_of
from langqiao.web.credit.selectors import policy_values
from langqiao.web.credit.services import INTERNAL
from langqiao.web.credit.shown import stage_of
from langqiao.web.credit.words import said
from langqiao.web.people.models import Organization

SCENARIO = "loan.stress.scenario"
NAMES = ("multiple", "lgd_floor", "haircut", "correlation", "confidence")
LOANS_MAX = 2_000
"""Loans of one stress run on the page."""


def scenario_start() -> dict[str, str]:
    """The starting values of the form, from the dated parameters."""
    return {name: str(value) for name, value in parameters().value(SCENARIO).items()}


def scenario_of(typed: Mapping[str, str]) -> tuple[Scenario, dict[str, str]]:
    """The scenario of a form and the faults of its fields; a faulty form gives the starting values."""
    given, faults = {}, {}
    for name in NAMES:
        try:
            given[name] = Fraction(typed.get(name, "").strip()[:20])
        except (ValueError, ZeroDivisionError):
            faults[name] = _("Write a number such as 0.3.")
    if not faults:
        try:
            return Scenario(**given), {}
        except ValueError as error:
            faults["multiple"] = str(error)
    start = scenario_start()
    return Scenario(**{name: Fraction(start[name]) for name in NAMES}), faults


def owed_loans(bank: Organization) -> list[Loan]:
    """The bank's loans that are owed, the largest first."""
    rows = Loan.objects.filter(bank=bank, state__in=OWED, balance_fen__gt=0).select_related("borrower", "bank")
    return list(rows.prefetch_related("patents", "installments").order_by("-balance_fen")[:LOANS_MAX])


def positions(loans: Sequence[Loan]) -> list[Position]:
    """Each loan as the stress reads it: the probability and loss of its stage, its collateral, the IPC subclass of its most valuable patent."""
    policies, found = Policies(), []
    for loan in loans:
        staged = stage_of(loan, policies)
        if staged is None:
            continue
        found.append(
            Position(
                name=str(loan.pk), cluster=cluster_of(loan), exposure_fen=loan.balance_fen, collateral_fen=loan.value_fen or 0,
                probability=Fraction(staged.probability).limit_denominator(10**9), lgd=policies.of(loan.policy).lgd,
            )
        )  # fmt: skip
    return found


def outside_positions(bank: Organization, rows: Iterable[OutsideLoan]) -> list[Position]:
    """The bank's loans made elsewhere, staged by their days past due and default under the bank's rules of today."""
    policy, found = policy_of(parameters(), policy_values(bank)), []
    for row in rows:
        if not row.balance_fen:
            continue
        staged = stage(
            StageInput(
                days_past_due=row.days_past_due, pd_12_months=policy.pd_12_months, pd_lifetime=policy.pd_lifetime,
                pd_at_origination=policy.pd_lifetime, lgd=policy.lgd, exposure=row.balance_fen, collateral_alive=row.value_fen > 0,
                defaulted=row.defaulted_on is not None,
            ),
            parameters(),
        )  # fmt: skip
        probability = Fraction(staged.probability).limit_denominator(10**9)
        found.append(
            Position(
                name=f"outside/{row.pk}", cluster=row.cluster, exposure_fen=row.balance_fen, collateral_fen=row.value_fen,
                probability=probability, lgd=policy.lgd,
            )
        )  # fmt: skip
    return found


def cluster_of(loan: Loan) -> str:
    """The technology cluster of the patent with the highest value."""
    rows = sorted(loan.patents.all(), key=lambda one: (-(one.value_fen or 0), one.pk))
    return next((patent.cluster for patent in rows), "?")


def stressed(bank: Organization, typed: Mapping[str, str]) -> dict[str, Any]:
    """The portfolio as it is and under the scenario, by cluster and by loan."""
    loans = owed_loans(bank)
    outside = {f"outside/{row.pk}": row for row in bank.outside_loans.all()}
    given = [*positions(loans), *outside_positions(bank, outside.values())]
    scenario, faults = scenario_of(typed)
    base = stress(given, Scenario(correlation=scenario.correlation, confidence=scenario.confidence))
    found = stress(given, scenario)
    names = {str(loan.pk): loan for loan in loans}
    before = {row.name: row for row in base.rows}
    rows: list[dict[str, Any]] = [
        {"loan": names.get(row.name), "outside": outside.get(row.name), "row": row, "base": before[row.name]} for row in found.rows
    ]
    rows.sort(key=lambda one: -one["row"].expected_fen)
    return {"scenario": scenario, "faults": faults, "base": base, "stressed": found, "rows": rows, "pairs": _pairs(base, found)}


def _pairs(base: Report, found: Report) -> list[dict[str, Any]]:
    before = {one.name: one for one in base.clusters}
    return [{"cluster": one, "base": before[one.name]} for one in found.clusters]


def classes(loans: Sequence[Loan], today: dt.date, outside: Iterable[OutsideLoan] = ()) -> list[dict[str, Any]]:
    """Number and balance of loans in each of the five classes."""
    lines = {name: {"quality": name, "count": 0, "balance_fen": 0} for name in CLASSES}
    for loan in loans:
        line = lines[quality_of(loan, today).quality]
        line["count"] += 1  # type: ignore[operator]
        line["balance_fen"] += loan.balance_fen  # type: ignore[operator]
    for row in outside:
        signs = Signs(days_past_due=row.days_past_due, defaulted=row.defaulted_on is not None, collateral_alive=row.value_fen > 0)
        line = lines[classify(signs, parameters()).quality]
        line["count"] += 1  # type: ignore[operator]
        line["balance_fen"] += row.balance_fen  # type: ignore[operator]
    return list(lines.values())


def vintage_points(bank: Organization, today: dt.date) -> tuple[Point, ...]:
    """The bank's vintages: what was owed on the day of default, from the step that declared it."""
    defaults = {
        step.loan_id: int(step.facts.get("balance_after_fen", 0))
        for step in LoanStep.objects.filter(loan__bank=bank, event="default").only("loan_id", "facts")
    }
    rows = Loan.objects.filter(bank=bank, drawn_on__isnull=False).values_list("pk", "drawn_on", "principal_fen", "defaulted_on")
    drawn = [
        Drawn(on=on, principal_fen=principal or 0, defaulted_on=defaulted, defaulted_fen=defaults.get(pk, 0))
        for pk, on, principal, defaulted in rows
        if on is not None
    ]
    drawn += [
        Drawn(on=row.drawn_on, principal_fen=row.principal_fen, defaulted_on=row.defaulted_on, defaulted_fen=row.balance_fen)
        for row in bank.outside_loans.all()
    ]
    return vintages(drawn, today)


def vintage_spec(points: Sequence[Point]) -> dict[str, Any]:
    """Cumulative default share by months since drawing, a line a quarter."""
    values = [{"vintage": one.vintage, "months": one.months, "share": float(one.share) * 100} for one in points]
    return spec_of(
        {
            "data": {"values": values},
            "mark": {"type": "line", "point": True},
            "encoding": {
                "x": {"field": "months", "type": "quantitative", "title": _("months since drawing"), "axis": {"tickMinStep": 3}},
                "y": {"field": "share", "type": "quantitative", "title": _("defaulted, in percent of what was granted")},
                "color": {"field": "vintage", "type": "nominal", "title": _("drawn in"), "scale": {"range": [BAR, DECIDE, LOW, QUIET]}},
            },
        },
        height=220,
    )


def line_of(loan: Loan) -> list[dict[str, Any]]:
    """Loan to value over time: after each step that moved money or collateral, and at each alarm with its reasons."""
    points = [
        {
            "on": step.on, "at": step.at, "balance_fen": step.facts["balance_after_fen"], "value_fen": step.facts["collateral_fen"],
            "event": step.event, "alarm": None,
        }
        for step in loan.steps.all()
        if "balance_after_fen" in step.facts and step.event not in INTERNAL
    ]  # fmt: skip
    points += [
        {"on": one.on, "at": one.at, "balance_fen": one.balance_fen, "value_fen": one.value_fen, "event": "", "alarm": one}
        for one in loan.alarms.all()
    ]
    points.sort(key=lambda point: (point["on"], point["at"]))
    for point in points:
        point["ltv"] = point["balance_fen"] / point["value_fen"] if point["value_fen"] else None
    return points


def line_spec(loan: Loan, policy: Any) -> dict[str, Any]:
    """The line of loan to value with the bank's three lines across it and the legal events on it."""
    points = line_of(loan)
    values = [{"on": str(one["on"]), "ltv": one["ltv"] * 100} for one in points if one["ltv"] is not None]
    top = max([float(policy.accelerate) * 100, *(one["ltv"] for one in values)])
    events = [
        {
            "on": str(one["on"]),
            "ltv": min(top, one["ltv"] * 100) if one["ltv"] is not None else top,
            "word": said("level", one["alarm"].level),
        }
        for one in points
        if one["alarm"] is not None
    ]
    lines = [{"at": float(getattr(policy, name)) * 100, "word": said("policy", name)} for name in ("warn", "margin", "accelerate")]
    x = {"field": "on", "type": "temporal", "title": None, "axis": {"format": "%Y-%m-%d", "labelAngle": -30}}
    y = {"field": "ltv", "type": "quantitative", "title": _("loan to value in percent"), "scale": {"zero": True}}
    return spec_of(
        {
            "layer": [
                {"data": {"values": values}, "mark": {"type": "line", "interpolate": "step-after", "color": BAR}, "encoding": {"x": x, "y": y}},
                {"data": {"values": values}, "mark": {"type": "point", "filled": True, "color": BAR}, "encoding": {"x": x, "y": y}},
                {"data": {"values": lines}, "mark": {"type": "rule", "strokeDash": [4, 4], "color": QUIET}, "encoding": {"y": {"field": "at", "type": "quantitative"}}},
                {
                    "data": {"values": lines},
                    "mark": {"type": "text", "align": "right", "dy": -6, "x": "width", "color": QUIET},
                    "encoding": {"y": {"field": "at", "type": "quantitative"}, "text": {"field": "word"}},
                },
                {"data": {"values": events}, "mark": {"type": "point", "shape": "triangle-up", "size": 90, "filled": True, "color": DECIDE}, "encoding": {"x": x, "y": y}},
            ]
        },
        height=220,
    )  # fmt: skip
