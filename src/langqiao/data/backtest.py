"""The back-test of the grade on Chinese life histories: does it tell grant and ten years of life, and does it beat the number of claims?

`python -m langqiao.data.backtest PATH` computes it again from cn_lifecycle.csv and prints the facts file; `--write` puts it in its place.
"""

import argparse
import dataclasses
import datetime as dt
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from langqiao.data.backtest_rows import Life, Lives, facts_of, read, renewal_choices
from langqiao.engine.grading.calibration import (
    Floats,
    Interval,
    auc,
    bootstrap,
    brier,
    calibration_error,
    concordance,
    logit,
    reliability,
)
from langqiao.engine.grading.grade import grade
from langqiao.engine.valuation.by_renewal import FITTED
from langqiao.engine.valuation.renewal import RenewalModel
from langqiao.engine.valuation.renewal_fit import fit
from langqiao.rules import parameters
from langqiao.rules.scheme_reader import scheme

FACTS_FILE = "backtest.json"
SCHEME = "gbt-42748-2023"
SPLIT = dt.date(2001, 1, 1)
"""Filed before: the curve from figure to probability is fitted; filed from then on: it is tested."""
LIFE_YEARS = 10
SEED = 20170818
GROUPS: dict[str, Callable[[Life], bool]] = {"domestic": lambda life: life.is_domestic, "foreign": lambda life: not life.is_domestic}
PREDICTORS = ("grade", "claims_only", "grade_and_claims")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One application with the figures to be tested: grade score, its coverage, number of claims."""

    life: Life
    score: float
    coverage: float
    claims: int

    def figures(self, predictor: str) -> tuple[float, ...]:
        """What a predictor looks at; claims as log(1 + n), for which one claim more means less the more there are."""
        claims = float(np.log1p(self.claims))
        return {"grade": (self.score,), "claims_only": (claims,), "grade_and_claims": (self.score, claims)}[predictor]


def lived(life: Life) -> bool | None:
    """Whether a granted patent was still alive ten years after filing; None if it was not granted."""
    if life.granted_on is None:
        return None
    return life.life_years is None or life.life_years >= LIFE_YEARS + 1.0


TARGETS: dict[str, Callable[[Life], bool | None]] = {"grant": lambda life: life.is_granted, "renewed_10_years": lived}


def cases_of(lives: Lives) -> list[Case]:
    """The applications with classes and a number of claims, graded by the engine from what their publication told."""
    found = []
    for life, facts in zip(lives.rows, facts_of(lives.rows), strict=True):
        graded = grade(facts, scheme(SCHEME))
        if graded.score is not None and life.claims is not None:
            found.append(Case(life=life, score=graded.score, coverage=graded.coverage, claims=life.claims))
    return found


def measured(cases: Sequence[Case]) -> Iterator[dict[str, Any]]:
    """Every target, group and predictor: fitted on the earlier filings, tested on the later ones."""
    for target, outcome in TARGETS.items():
        for group, inside in GROUPS.items():
            chosen = [(case, bool(came)) for case in cases if inside(case.life) and (came := outcome(case.life)) is not None]
            earlier = [pair for pair in chosen if pair[0].life.filed_on < SPLIT]
            later = [pair for pair in chosen if pair[0].life.filed_on >= SPLIT]
            told = {name: _tested(name, earlier, later) for name in PREDICTORS}
            for name, (probabilities, row) in told.items():
                lift = _lift(probabilities, told["claims_only"][0], _outcomes(later))
                yield {"target": target, "group": group, "predictor": name, **row, "auc_above_claims_only": _plain(lift)}


def _outcomes(pairs: Sequence[tuple[Case, bool]]) -> Floats:
    return np.array([came for _, came in pairs], dtype=float)


def _tested(predictor: str, earlier: Sequence[tuple[Case, bool]], later: Sequence[tuple[Case, bool]]) -> tuple[Floats, dict[str, Any]]:
    """The probabilities told of the later cases, and how good they were."""
    train, test = (np.array([case.figures(predictor) for case, _ in pairs]) for pairs in (earlier, later))
    known, came = _outcomes(earlier), _outcomes(later)
    told = logit(train, known).probabilities(test)
    bins = reliability(told, came)
    base = float(known.mean())
    return told, {
        "n_fitted": len(earlier),
        "n_tested": len(later),
        "share_fitted": base,
        "share_tested": float(came.mean()),
        "auc": _plain(bootstrap(lambda index: auc(told[index], came[index]), len(later), SEED)),
        "brier": _plain(bootstrap(lambda index: brier(told[index], came[index]), len(later), SEED)),
        "brier_of_base_rate": brier(np.full(len(later), base), came),
        "calibration_error": calibration_error(bins),
        "reliability": [dataclasses.asdict(one) for one in bins],
    }


def _lift(told: Floats, baseline: Floats, came: Floats) -> Interval:
    """How much higher the AUC is than that of claims alone, on the same resamples."""

    def difference(index: Any) -> float | None:
        first, second = auc(told[index], came[index]), auc(baseline[index], came[index])
        return None if first is None or second is None else first - second

    return bootstrap(difference, len(came), SEED)


def _plain(interval: Interval) -> dict[str, float | None]:
    return dataclasses.asdict(interval)


def concordances(cases: Sequence[Case], last_day: dt.date) -> Iterator[dict[str, Any]]:
    """Harrell's C of figure and life of the granted, those not terminated censored at the last day told of."""
    for group, inside in GROUPS.items():
        granted = [case for case in cases if inside(case.life) and case.life.granted_on is not None]
        lives = [case.life.life_years or (last_day - case.life.filed_on).days / 365.25 for case in granted]
        ended = [case.life.ended_on is not None for case in granted]
        for name, figures in (("grade", [case.score for case in granted]), ("claims_only", [float(case.claims) for case in granted])):
            yield {"group": group, "predictor": name, "n": len(granted), "c": concordance(figures, lives, ended)}


def verdict(results: Sequence[dict[str, Any]]) -> dict[str, str]:
    """What the results say, in one sentence of each language: counts of tests whose interval lies above chance, above and below claims."""
    tests = [row for row in results if row["predictor"] == "grade"]
    told = sum(row["auc"]["low"] > 0.5 for row in tests)
    better = sum(row["auc_above_claims_only"]["low"] > 0 for row in tests)
    worse = sum(row["auc_above_claims_only"]["high"] < 0 for row in tests)
    n = len(tests)
    return {
        "zh": f"{n} 项检验中，分级得分优于随机的 {told} 项，优于仅用权利要求数的 {better} 项，劣于它的 {worse} 项（95% 区间）。",
        "en": f"Of {n} tests the grade told the outcome better than chance in {told}, better than the number of claims alone in {better}, worse"
        f" in {worse} (95 % intervals).",
    }


def _anyone(_: Life) -> bool:
    return True


def renewal_fits(lives: Lives) -> dict[str, dict[str, Any]]:
    """The renewal model fitted again to each group of owners, as stored in the parameters (valuation.renewal.fit.CN)."""
    stored = parameters().value(f"{FITTED}.CN")
    groups = {**GROUPS, "all": _anyone}
    found: dict[str, dict[str, Any]] = {}
    for name, inside in groups.items():
        choices = renewal_choices([life for life in lives.rows if inside(life)], lives.last_day)
        rows = []
        for decay, *_ in stored["groups"][name]["rows"]:
            start = RenewalModel(mu=9.0, sigma=1.5, decay=decay, fees=tuple(map(float, stored["fees"])), discount_factor=1 / 1.1)
            one = fit(choices, start)
            rows.append([decay, round(one.mu, 4), round(one.sigma, 4), round(one.log_likelihood, 1)])
        n = sum(sum(group.dropped.values()) + sum(group.kept.values()) for group in choices)
        found[name] = {"n": n, "rows": rows}
    return found


def computed(path: Path, on: dt.date) -> dict[str, Any]:
    """The whole facts file from a copy of cn_lifecycle.csv: figures only, no record."""
    lives = read(path)
    cases = cases_of(lives)
    results = list(measured(cases))
    return {
        "computed_on": on.isoformat(),
        "scheme": SCHEME,
        "scheme_version": scheme(SCHEME).version,
        "data": {
            "name": "cn_lifecycle: Chinese invention applications, IPC section A, filed mostly 1999 to 2002",
            "sha256": lives.sha256,
            "applications": len(lives.rows),
            "used": len(cases),
            "last_day": lives.last_day.isoformat(),
        },
        "leaves": ["field_count", "field_range", "policy"],
        "mean_coverage": float(np.mean([case.coverage for case in cases])),
        "split": SPLIT.isoformat(),
        "recompute": "python -m langqiao.data.backtest PATH/cn_lifecycle.csv",
        "verdict": verdict(results),
        "results": results,
        "concordance": list(concordances(cases, lives.last_day)),
        "renewal_fit": renewal_fits(lives),
    }


@cache
def stored() -> dict[str, Any]:
    """The facts file of the package."""
    found: dict[str, Any] = json.loads(files("langqiao.data.facts").joinpath(FACTS_FILE).read_text(encoding="utf-8"))
    return found


def rounded(value: Any) -> Any:
    """The document with its figures rounded to six digits after the point."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return round(value, 6) if isinstance(value, float) else value


def main(arguments: Sequence[str]) -> int:
    """Computes the back-test and prints or writes the facts file."""
    parser = argparse.ArgumentParser(prog="langqiao.data.backtest", description=__doc__)
    parser.add_argument("path", type=Path, help="a copy of cn_lifecycle.csv")
    parser.add_argument("--on", type=dt.date.fromisoformat, default=dt.datetime.now(dt.UTC).date(), help="the day written into the file")
    parser.add_argument("--write", action="store_true", help="write the facts file of the package instead of printing it")
    chosen = parser.parse_args(arguments)
    text = json.dumps(rounded(computed(chosen.path, chosen.on)), ensure_ascii=False, indent=1) + "\n"
    if chosen.write:
        Path(str(files("langqiao.data.facts").joinpath(FACTS_FILE))).write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
