"""Reads the grading schemes of rules/schemes/*.yaml into the engine's values."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from langqiao.engine.grading.rules import RULES
from langqiao.engine.grading.scheme import Gate, Leaf, Level, Rule, Scale, Scene, Scheme, equal_weights

FIVE = {"zh": "由专家按1至5评定（5为最好）", "en": "answered by an expert on 1 to 5 (5 is best)"}


@cache
def schemes() -> dict[str, Scheme]:
    """Every scheme shipped with the package, by code, in the order of the files."""
    folder = files(__package__).joinpath("schemes")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    found = [scheme_of(yaml.safe_load(folder.joinpath(name).read_text(encoding="utf-8"))) for name in names]
    return {scheme.code: scheme for scheme in found}


def scheme(code: str) -> Scheme:
    """The scheme of that code. Raises KeyError that names those there are."""
    try:
        return schemes()[code]
    except KeyError:
        raise KeyError(f"there is no scheme {code!r}; there are {', '.join(schemes())}") from None


def scheme_of(document: Mapping[str, Any]) -> Scheme:
    """A scheme from the document of its file. Raises KeyError, ValueError or Refusal(weights_do_not_sum) where the file is wrong."""
    levels, leaves = [], []
    for first in document["levels"]:
        levels.append(Level(code=first["code"], title=first["title"], coefficient=first.get("coefficient", "")))
        for second in first["children"]:
            levels.append(Level(code=second["code"], title=second["title"], parent=first["code"]))
            leaves += [_leaf(entry, first["code"], second["code"]) for entry in second["leaves"]]
    return Scheme(
        code=document["code"],
        version=str(document["version"]),
        title=document["title"],
        reading=document["reading"],
        source=document["source"],
        confirmed=bool(document["confirmed"]),
        levels=tuple(levels),
        leaves=tuple(leaves),
        scenes=tuple(_scene(code, body, leaves) for code, body in document["scenes"].items()),
        gates=tuple(
            Gate(fact=gate["fact"], closed_when=frozenset(gate["closed_when"]), because=gate["because"])
            for gate in document.get("gates", [])
        ),
        aggregation=document.get("aggregation", "mean"),
        requires_all=bool(document.get("requires_all", False)),
        bands=tuple((str(letter), float(least)) for letter, least in document.get("bands", [])),
        letter_needs_coverage=float(document.get("letter_needs_coverage", 0)),
    )


def _leaf(entry: Mapping[str, Any], level1: str, level2: str) -> Leaf:
    rule = _rule(entry["rule"]) if "rule" in entry else None
    scale = _scale(entry["expert"]) if "expert" in entry else None
    if rule is None and scale is None:
        raise ValueError(f"the leaf {entry['code']} has neither a rule nor a scale: nobody could ever score it")
    return Leaf(
        code=entry["code"],
        level1=level1,
        level2=level2,
        title=entry["title"],
        means=entry.get("means", FIVE),
        needs=entry["needs"],
        rule=rule,
        scale=scale,
    )


def _rule(body: Mapping[str, Any]) -> Rule:
    if body["kind"] not in RULES:
        raise ValueError(f"there is no rule {body['kind']!r}")
    return Rule(kind=body["kind"], fact=body["fact"], settings={key: value for key, value in body.items() if key not in {"kind", "fact"}})


def _scale(body: Mapping[str, Any]) -> Scale:
    choices = {str(choice): float(points) for choice, points in body.get("choices", {}).items()}
    if any(not 0 <= points <= 100 for points in choices.values()):
        raise ValueError("a choice is scored outside 0 to 100")
    return Scale(kind=body["scale"], question=body["question"], choices=choices)


def _scene(code: str, body: Mapping[str, Any], leaves: list[Leaf]) -> Scene:
    weights = body["weights"]
    if weights == "equal":
        chosen = equal_weights(body.get("leaves") or [leaf.code for leaf in leaves])
    else:
        chosen = {leaf: Fraction(str(weight)) for leaf, weight in weights.items()}
    return Scene(code=code, title=body["title"], weights=chosen)
