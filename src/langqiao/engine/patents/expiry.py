"""When a right ends by the passing of its term, office by office, and what is missing to say so for certain."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from langqiao.engine.kernel.dates import add_years
from langqiao.engine.kernel.parameters import Parameters, ParameterValue
from langqiao.engine.patents.event import RightEvent
from langqiao.engine.patents.facts import RightFacts
from langqiao.engine.patents.term import term_end

LENGTHENS = ("TERM_ADJUSTMENT", "TERM_EXTENSION")
CN_TYPES = ("invention", "utility_model", "design")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """`end`: the first day without the right (None: unknown); `basis` names the rule; `unknown` the codes of what could still move it."""

    end: dt.date | None
    basis: str
    unknown: tuple[str, ...] = ()


def term_of(facts: RightFacts, events: Sequence[RightEvent], parameters: Parameters) -> Term:
    """The end of the term with the adjustments and extensions among the (known) events. Raises nothing: what is missing is named."""
    rule = _RULES.get(facts.office)
    if rule is None:
        return Term(end=None, basis="", unknown=("office_rules_not_held",))
    term = rule(facts, parameters)
    return _lengthened(term, [event for event in events if event.kind in LENGTHENS])


def _lengthened(term: Term, events: list[RightEvent]) -> Term:
    end, unknown = term.end, list(term.unknown)
    for event in events:
        if event.until is not None:
            end = max(end or event.until, event.until)
        elif event.days is not None and end is not None:
            end += dt.timedelta(days=event.days)
        else:
            unknown.append("term_extension_length")
    return Term(end=end, basis=term.basis, unknown=tuple(dict.fromkeys(unknown)))


def _cn(facts: RightFacts, parameters: Parameters) -> Term:
    basis = "Patent Law 42"
    if facts.patent_type not in CN_TYPES:
        return Term(end=None, basis=basis, unknown=("patent_type",))
    if facts.filing_date is None:
        return Term(end=None, basis=basis, unknown=("filing_date",))
    return Term(end=term_end(facts.patent_type, facts.filing_date, parameters), basis=basis)  # type: ignore[arg-type]


def _us(facts: RightFacts, parameters: Parameters) -> Term:
    if facts.patent_type in {"sir", "defensive"}:
        return Term(end=None, basis="35 U.S.C. 157", unknown=("gives_no_right",))
    if facts.patent_type == "reissue":
        return Term(end=None, basis="35 U.S.C. 251", unknown=("term_of_the_original",))
    if facts.patent_type == "design":
        return _us_design(facts, parameters)
    return _us_utility(facts, parameters)


def _us_design(facts: RightFacts, parameters: Parameters) -> Term:
    if facts.grant_date is None:
        return Term(end=None, basis="35 U.S.C. 173", unknown=("grant_date",))
    if facts.printed_term_years is not None:
        return Term(end=add_years(facts.grant_date, facts.printed_term_years), basis="35 U.S.C. 173")
    filed = facts.filing_date or facts.grant_date
    years = int(parameters.value("patents.us.design_years_from_grant", filed))
    changed = parameters.get("patents.us.design_years_from_grant").at(facts.grant_date).value != years
    return Term(
        end=add_years(facts.grant_date, years),
        basis="35 U.S.C. 173",
        unknown=("filing_date",) if facts.filing_date is None and changed else (),
    )


def _us_utility(facts: RightFacts, parameters: Parameters) -> Term:
    first = facts.earliest_filing_date or facts.filing_date
    if first is None or facts.filing_date is None:
        return _us_without_filing(facts, parameters)
    unknown = ["undated_parent_application"] if facts.has_undated_parent else []
    unknown += ["terminal_disclaimer_end"] if facts.terminal_disclaimer else []
    end = add_years(first, int(parameters.value("patents.us.term_years_from_filing")))
    old_law = _old_law(facts.filing_date, parameters)
    if old_law is not None and facts.grant_date is None:
        unknown.append("grant_date")
    elif old_law is not None and facts.grant_date is not None:
        old_end = add_years(facts.grant_date, old_law.value)
        end = old_end if old_law.until is not None and old_end <= old_law.until else max(end, old_end)
    if facts.adjustment_days is not None:
        end += dt.timedelta(days=facts.adjustment_days)
    elif facts.filing_date >= dt.date.fromisoformat(parameters.value("patents.us.term_adjustment_since")):
        unknown.append("term_adjustment_days")
    return Term(end=end, basis="35 U.S.C. 154", unknown=tuple(unknown))


def _old_law(day: dt.date, parameters: Parameters) -> ParameterValue | None:
    """Seventeen years from grant, for applications before the change of law; a patent it had ended by then was not prolonged."""
    return next((value for value in parameters.get("patents.us.term_years_from_grant").values if value.in_force(day)), None)


def _us_without_filing(facts: RightFacts, parameters: Parameters) -> Term:
    """Granted before the change of law, so filed before it too: seventeen years from grant, unless twenty from the unknown filing are later."""
    old_law = None if facts.grant_date is None else _old_law(facts.grant_date, parameters)
    if old_law is None or facts.grant_date is None:
        return Term(end=None, basis="35 U.S.C. 154", unknown=("filing_date",))
    end = add_years(facts.grant_date, old_law.value)
    ended_under_old_law = old_law.until is not None and end <= old_law.until
    return Term(end=end, basis="35 U.S.C. 154", unknown=() if ended_under_old_law else ("filing_date",))


def _ep(facts: RightFacts, parameters: Parameters) -> Term:
    if facts.filing_date is None:
        return Term(end=None, basis="European Patent Convention 63", unknown=("filing_date",))
    years = int(parameters.value("patents.ep.term_years_from_filing", facts.filing_date))
    return Term(end=add_years(facts.filing_date, years), basis="European Patent Convention 63")


_RULES: dict[str, Callable[[RightFacts, Parameters], Term]] = {"CN": _cn, "US": _us, "EP": _ep}
