"""Grades, the high-value check and opinions of value of the patents of a lake, as of a day."""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from langqiao.data.appraisal_facts import facts_of
from langqiao.data.appraisal_right import right_given
from langqiao.data.appraisal_rows import PatentRows, citing_rows, rows_of
from langqiao.data.lake.store import Lake
from langqiao.engine.grading.answer import ExpertAnswer
from langqiao.engine.grading.canonical import plain
from langqiao.engine.grading.facts import Facts, StatedFact, with_stated
from langqiao.engine.grading.grade import Grade, Lenses, grade, lenses
from langqiao.engine.grading.high_value import HighValueCheck, check
from langqiao.engine.grading.scheme import Scheme
from langqiao.engine.kernel.calculation import BadInput
from langqiao.engine.patents.facts import FeeRecord
from langqiao.engine.register import find
from langqiao.engine.valuation.opinion import Opinion, OpinionInput, opinion
from langqiao.rules import parameters
from langqiao.rules.scheme_reader import scheme as scheme_of_code
from langqiao.rules.scheme_reader import schemes

DEFAULT_SCHEME = "gbt-42748-2023"
CURRENCY = {"CN": "CNY", "US": "USD", "EP": "EUR"}
"""The currency an opinion is in where none is stated: that of the office's fees."""
STATED = ("relief_from_royalty", "cost", "market", "renewal_price_factor", "seed")
OF_THE_HOLDER = ("fees_paid", "owner_is_domestic")
"""What the holder may state of the right beside the record; both are shown as stated in the input that is kept."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """An opinion with the complete input from which it is computed again."""

    given: OpinionInput
    opinion: Opinion

    def as_dict(self) -> dict[str, Any]:
        """Both as JSON values, in the forms of the calculation door."""
        entry = find("valuation.opinion")
        return {"given": plain(self.given), "opinion": entry.writer.dump_python(self.opinion, mode="json")}


def facts_for(lake: Lake, key: str, as_of: dt.date, *, fees: FeeRecord | None = None, stated: Sequence[StatedFact] = ()) -> Facts:
    """Every fact of a patent on a day, each with its evidence down to the bytes.

    `fees`: the holder's own record of payments; `stated`: facts that no record of the lake tells, each with who says so. Raises KeyError
    for a key the lake does not hold, Refusal(evidence_after_valuation_date) where it was not public by then or a statement is later.
    """
    given = {} if fees is None else {key: fees}
    rows = rows_of(lake, [key], as_of, parameters=parameters(), fees=given)[key]
    found = facts_of(dataclasses.replace(rows, citing=citing_rows(lake, rows.publication, as_of)))
    return with_stated(found, stated) if stated else found


def facts_for_many(lake: Lake, keys: Sequence[str], as_of: dt.date) -> Iterator[Facts]:
    """The facts of many patents in the order of their keys, without the records of citing documents; those not public by the day are left out."""
    for rows in rows_of(lake, keys, as_of, parameters=parameters()).values():
        published = rows.publication["publication_date"] or rows.publication["grant_date"]
        if published is None or published <= as_of:
            yield facts_of(rows)


def chosen_scheme(code: str, scene: str, weights: Mapping[str, Fraction] | None) -> Scheme:
    """The scheme of a code, with a user's weights in the scene where given. Raises KeyError, Refusal(weights_do_not_sum)."""
    found = scheme_of_code(code)
    return found.with_weights(scene, weights) if weights else found


def grade_for(
    lake: Lake,
    key: str,
    as_of: dt.date,
    *,
    scheme: str = DEFAULT_SCHEME,
    scene: str = "",
    answers: Sequence[ExpertAnswer] = (),
    weights: Mapping[str, Fraction] | None = None,
    fees: FeeRecord | None = None,
) -> Grade:
    """The grade of a patent under a scheme in a scene. Raises KeyError for an unknown key or scheme, Refusal as `grade` does."""
    return grade(facts_for(lake, key, as_of, fees=fees), chosen_scheme(scheme, scene, weights), scene, answers=answers)


def lenses_for(lake: Lake, key: str, as_of: dt.date, *, answers: Mapping[str, Sequence[ExpertAnswer]] | None = None) -> Lenses:
    """The grades of a patent under every scheme side by side, `answers` by scheme."""
    return lenses(facts_for(lake, key, as_of), schemes().values(), answers=answers)


def high_value_for(
    lake: Lake, key: str, as_of: dt.date, *, fees: FeeRecord | None = None, stated: Sequence[StatedFact] = ()
) -> HighValueCheck:
    """The high-value check of a patent: five criteria with evidence, and what would make each so."""
    return check(facts_for(lake, key, as_of, fees=fees, stated=stated), parameters())


def value_for(lake: Lake, key: str, as_of: dt.date, inputs: Mapping[str, Any] | None = None) -> Valuation:
    """The opinion of value of a patent from what a person states (`inputs`, the parts of valuation.opinion) and the record of the right.

    Raises KeyError for an unknown key, BadInput with the path of a wrong input, Refusal where no opinion may or can be given.
    """
    return value_from(rows_of(lake, [key], as_of, parameters=parameters())[key], as_of, inputs)


def value_from(rows: PatentRows, as_of: dt.date, inputs: Mapping[str, Any] | None = None) -> Valuation:
    """The opinion of value from rows that were read already, as `value_for`."""
    given = find("valuation.opinion").read(
        {
            "key": rows.key,
            "as_of": as_of.isoformat(),
            "currency": (inputs or {}).get("currency", CURRENCY.get(rows.publication["office"], "CNY")),
            "right": _right(right_given(rows), inputs or {}, state=rows.view.phase.state),
            **_stated(inputs or {}),
        }
    )
    return Valuation(given=given, opinion=opinion(given, parameters()))


def _stated(inputs: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(inputs) - {*STATED, "currency", "right"}
    if unknown:
        name = min(unknown)
        raise BadInput("unknown_field", f"{name} is no input of an opinion; it takes {', '.join([*STATED, 'currency', 'right'])}", name)
    return {name: inputs[name] for name in STATED if inputs.get(name) is not None}


def _right(found: Any, inputs: Mapping[str, Any], *, state: str) -> dict[str, Any]:
    """The right from the record, completed by what the holder states: with all fees paid, the status is certain too."""
    stated = inputs.get("right") or {}
    if not isinstance(stated, Mapping) or set(stated) - set(OF_THE_HOLDER):
        raise BadInput("unknown_field", f"of the right only {' and '.join(OF_THE_HOLDER)} may be stated", "right")
    right = {**plain(found), **stated}
    if right["fees_paid"] and right["status"] is None:
        right["status"] = state
    return {name: value for name, value in right.items() if value is not None}
