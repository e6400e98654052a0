"""The reference page of grading schemes and of opinions of value: every leaf with its rule, every method with what it needs."""

from collections.abc import Iterator

from langqiao.cli.reference.page import Page, page, table
from langqiao.data.backtest import stored
from langqiao.engine.grading.answer import SPANS
from langqiao.engine.grading.reasons import OF_GRADES
from langqiao.engine.grading.scheme import Leaf, Scale, Scheme
from langqiao.rules.scheme_reader import schemes

OPENING = """`langqiao grade NUMBER` grades a patent under a scheme; `langqiao value NUMBER` gives an opinion of its value. The schemes are the files of
`rules/schemes/*.yaml`, the formulas of value are in [calculations](calculations.md), the parameters in [parameters](parameters.md)."""

GRADES = """- **Score 得分** = Σ weight · leaf ÷ Σ weight over the leaves that are known, 0 to 100. **Coverage 覆盖率** is that known weight. A missing leaf
  lowers coverage and never counts as 0; `floor` and `ceiling` say where the score could end if every missing leaf turned out worst or best.
- **A leaf** is computed from a record or an indicator by its rule, or answered by a named expert with a reason (`--answers FILE`, a JSON list of
  `{leaf, answer, expert, reason, given_on}`). A computed figure stays beside an answer that replaces it.
- **Gate 闸门**: a right that is known to have ended stops the score at 0 with the reason. An unknown status closes no gate.
- **Letter 等级**: bands of the score, ours; none below the coverage the scheme asks for, none of a stopped score.
- **No look-ahead 不用事后信息**: facts, indicators and answers dated after the day are refused or left out.
- **Weights** sum to 1 exactly (`weights_do_not_sum`); a user's own weights change one scene and mark the grade.
- **High-value check 高价值核查**: five criteria, each met, not met or unknown, with its evidence or what would make it so. The definition covers
  granted Chinese inventions in force; while a criterion is unknown and none is met the answer is open."""

VALUES = """`langqiao value NUMBER --inputs FILE.json` reads what a person states; every figure carries a `source` (never empty), may carry `low` and `high`
(read as 10th and 90th percentile), `dated` and `by`. Nothing stands in for a figure that is not stated.

```json
{
  "currency": "CNY",
  "relief_from_royalty": {
    "revenues": {"base": [5000000, 5500000, 6000000], "low": 0.7, "high": 1.2, "source": "business plan of the holder, 2026"},
    "royalty_rate": {"base": 0.04, "low": 0.02, "high": 0.06, "source": "license of a similar patent, 2024", "dated": "2026-03-01"},
    "discount_rate": {"base": 0.15, "low": 0.12, "high": 0.2, "basis": "after_tax", "includes_stage_risk": false, "source": "bank's estimate"},
    "tax_rate": {"base": 0.15, "source": "high-tech enterprise certificate"}
  },
  "market": {"comparables": [{"label": "lot 1", "price": 300000, "sold": true}, {"label": "lot 2", "price": 800000, "sold": false}], "source": "exchange"},
  "cost": {"items": [{"what": "research", "amount": {"base": 800000, "source": "project ledger"}}],
           "functional_obsolescence": {"base": 0.1, "source": "appraiser"},
           "technological_obsolescence": {"base": 0.2, "source": "appraiser"},
           "economic_obsolescence": {"base": 0, "source": "appraiser"}},
  "right": {"fees_paid": true},
  "seed": 7
}
```

| method | role | needs |
|---|---|---|
| relief from royalty 许可费节省法 | estimate | revenues, royalty rate, discount rate with its tax basis, tax rate; at least one range |
| market 市场法 | estimate | sold lots with at least two different prices; unsold ones enter as reserves that nobody met |
| renewal 续展行为 | prior of patents like it | office (CN or US), invention, age; parameters fitted to renewal choices; no statement by the user |
| cost 成本法 | floor, no estimate | cost items and the three losses |

- The opinion's p10, p50, p90 come from the estimates; two of them are combined on the log scale with the disagreement between them. The renewal
  prior is of other patents at other prices: it stands alone only where nothing is stated of this patent. The cost never moves the opinion.
- **Renewal data identify the median, not the mean**: each decay is shown with its own median, p90 and mean.
- **Guards**: a rate that holds stage risk never meets success probabilities; after-tax flows never meet a pre-tax rate; income never outlives the
  right; currencies never mix; evidence is never later than the valuation date. Each is a refusal with its code.
- **Immutable**: 4,096 scenarios by Latin hypercube from the raw bits of PCG64; amounts are whole fen; `sha256` covers input and result; the same
  input gives the same opinion to the last bit (`--json` prints both)."""


def pages() -> Iterator[Page]:
    """The page of schemes."""
    parts = ["## How a grade is made 分级方法", GRADES]
    for scheme in schemes().values():
        parts += [f"## {scheme.title['zh']} · {scheme.title['en']}", _about(scheme), _leaves(scheme)]
    parts += ["## Why a leaf, a score or a letter is absent 缺失原因", _reasons()]
    parts += ["## How an opinion of value is made 价值意见", VALUES, "## Back-test 回测", _backtest()]
    yield page("reference/schemes.md", "Grading schemes and opinions of value 分级方案与价值意见", OPENING, parts)


def _about(scheme: Scheme) -> str:
    scenes = "; ".join(f"`{scene.code}` {scene.title['zh']} {scene.title['en']}" for scene in scheme.scenes)
    bands = ", ".join(f"{letter} ≥ {least:g}" for letter, least in scheme.bands) or "none"
    lines = [
        f"`{scheme.code}`, version {scheme.version}, {'confirmed' if scheme.confirmed else 'not confirmed'}.",
        f"- {scheme.reading['zh']}",
        f"- {scheme.reading['en']}",
        f"- Source: {scheme.source}",
        f"- Scenes: {scenes}",
        f"- Letters: {bands}" + (f"; needs coverage of {scheme.letter_needs_coverage:.0%}" if scheme.bands else ""),
    ]
    if scheme.requires_all:
        lines.append("- No score unless every leaf of the scene is known.")
    lines += [f"- Coefficient of {level.title['en']}: `{level.coefficient}`" for level in scheme.levels if level.coefficient]
    return "\n".join(lines)


def _leaves(scheme: Scheme) -> str:
    titles = {level.code: level.title for level in scheme.levels}
    rows = [
        (
            f"{titles[leaf.level1]['zh']} / {titles[leaf.level2]['zh']}",
            f"`{leaf.code}`",
            f"{leaf.title['zh']} {leaf.title['en']}",
            _weights(scheme, leaf),
            f"{leaf.means['zh']} · {leaf.means['en']}",
            _origin(leaf),
        )
        for leaf in scheme.leaves
    ]
    return table(["level", "leaf", "title", "weight", "how it is scored", "from"], rows)


def _weights(scheme: Scheme, leaf: Leaf) -> str:
    found = [scene.weights.get(leaf.code) for scene in scheme.scenes]
    texts = ["–" if weight is None else str(weight) for weight in found]
    return texts[0] if len(set(texts)) == 1 else " | ".join(texts)


def _origin(leaf: Leaf) -> str:
    parts = [f"`{leaf.rule.fact}` by {leaf.rule.kind}"] if leaf.rule else []
    return "; ".join([*parts, *([f"expert, {_scale(leaf.scale)}"] if leaf.scale else [])])


def _scale(scale: Scale) -> str:
    if scale.kind == "choice":
        return ", ".join(f"{choice} {points:g}" for choice, points in scale.choices.items())
    low, high = SPANS[scale.kind]
    return f"{low:g} to {high:g}"


def _reasons() -> str:
    rows = [(f"`{code}`", text["zh"], text["en"]) for code, text in sorted(OF_GRADES.items())]
    return table(["reason", "zh", "en"], rows) + "\n\nThe reasons of [indicators](indicators.md) come through as they are."


def _backtest() -> str:
    found = stored()
    rows = [
        (
            row["target"],
            row["group"],
            row["predictor"],
            str(row["n_tested"]),
            _interval(row["auc"]),
            f"{row['brier']['value']:.3f} ({row['brier_of_base_rate']:.3f})",
            f"{row['calibration_error']:.3f}",
            _interval(row["auc_above_claims_only"]),
        )
        for row in found["results"]
    ]
    data = found["data"]
    told = "\n".join(
        [
            f"{found['verdict']['zh']} {found['verdict']['en']}",
            "",
            f"{data['name']}; {data['used']} of {data['applications']} applications, terminations announced to {data['last_day']}. What such a file",
            f"tells at publication reaches three leaves ({', '.join(found['leaves'])}), {found['mean_coverage']:.0%} of the weight: this says that",
            "three leaves about classes do not tell grant or life, and nothing about a grade with more evidence. The curve from figure to",
            f"probability is fitted on filings before {found['split']} and tested on later ones, within domestic and within foreign applicants;",
            f"intervals are 95 % over 1,000 resamples. Computed {found['computed_on']}; again by `{found['recompute']}`.",
        ]
    )
    head = ["target", "applicants", "predictor", "n", "AUC", "Brier (base rate)", "calibration error", "AUC above claims only"]
    return told + "\n\n" + table(head, rows)


def _interval(found: dict[str, float | None]) -> str:
    value, low, high = found["value"], found["low"], found["high"]
    if value is None or low is None or high is None:
        return "–"
    return f"{value:.3f} [{low:.3f}, {high:.3f}]"
