"""The charter of a committee and the terms of a waterfall: from JSON with shares as text into the engine's values."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from langqiao.engine.funds.session import BODIES, CONSTITUENCIES, OPERATORS, Charter, MatterRule
from langqiao.engine.funds.waterfall import Flow, WaterfallInput
from langqiao.engine.kernel.refusal import Refusal

CHARTER: dict[str, Any] = {
    "quorum": "2/3",
    "free_least": "1/2",
    "members_least": 3,
    "recusal_leaves": True,
    "secret": False,
    "approval_months": 6,
    "advisory": {"quorum": "1/2", "free_least": "1/3", "members_least": 1},
    "matters": {
        "investment": {"threshold": "2/3", "operator": ">=", "base": "entitled", "vetoes": ["government"]},
        "follow_on": {"threshold": "2/3", "operator": ">=", "base": "entitled", "vetoes": ["government"]},
        "exit": {"threshold": "1/2", "operator": ">", "base": "entitled", "vetoes": []},
        "write_off": {"threshold": "4/5", "operator": ">=", "base": "entitled", "vetoes": []},
        "related_party": {"threshold": "1/2", "operator": ">", "base": "entitled", "vetoes": []},
    },
}
"""The defaults of a new fund (operations-cn.md, committee workflow [P]): contract, not law; the form changes them."""
TERMS: dict[str, Any] = {
    "kind": "european",
    "pref_rate": "0.08",
    "pref_compounding": "compound_annual",
    "day_count": "act_365",
    "catch_up": "1",
    "carry": "0.2",
    "single_share": "0.2",
}
"""The defaults of a waterfall [P]; every distribution keeps the terms it was computed with."""
OWN = ("quorum", "free_least", "members_least")
"""What the advisory committee of partners has of its own."""
MEMBERS_MOST, MONTHS_MOST = 30, 36


def charter_whole(body: Mapping[str, Any]) -> dict[str, Any]:
    """A charter with the defaults for what it does not say: funds founded before a field existed keep their own words."""
    matters = {name: _rule_whole(name, body["matters"].get(name, {})) for name in CHARTER["matters"]}
    return {**CHARTER, "members_least": 1, **body, "matters": matters}


def _rule_whole(name: str, rule: Mapping[str, Any]) -> dict[str, Any]:
    found = {**CHARTER["matters"][name], **{key: value for key, value in rule.items() if key != "strict"}}
    return {**found, "operator": ">" if rule["strict"] else ">="} if "strict" in rule and "operator" not in rule else found


def charter_of(body: Mapping[str, Any], council: str = "committee") -> Charter:
    """The engine's charter for one of the two bodies."""
    whole = charter_whole(body)
    own = whole | whole["advisory"] if council == "advisory" else whole
    return Charter(
        quorum=Fraction(own["quorum"]),
        free_least=Fraction(own["free_least"]),
        members_least=int(own["members_least"]),
        recusal_leaves=whole["recusal_leaves"],
        matters={
            name: MatterRule(
                threshold=Fraction(rule["threshold"]), strict=rule["operator"] == ">", vetoes=tuple(rule["vetoes"]), base=rule["base"]
            )
            for name, rule in whole["matters"].items()
        },
    )


def charter_must(body: Mapping[str, Any]) -> None:
    """Refuses (charter_wrong) a charter whose shares, counts or words do not fit, naming the field."""
    whole = charter_whole(body)
    shares = {"quorum": whole["quorum"], "free_least": whole["free_least"], **{f"advisory.{k}": whole["advisory"][k] for k in OWN[:2]}}
    for name, rule in whole["matters"].items():
        shares[f"{name}.threshold"] = rule["threshold"]
        _must(rule["operator"] in OPERATORS and rule["base"] in {"entitled", "present"}, name)
        _must(set(rule["vetoes"]) <= set(CONSTITUENCIES), f"{name}.vetoes")
        _must(Fraction(rule["threshold"]) < 1 or rule["operator"] == ">=", f"{name}.operator")
    for name, share in shares.items():
        _must(0 < Fraction(share) <= 1, name)
    for counts in (whole, whole["advisory"]):
        _must(1 <= int(counts["members_least"]) <= MEMBERS_MOST, "members_least")
    _must(1 <= int(whole["approval_months"]) <= MONTHS_MOST, "approval_months")


def _must(fits: object, field: str) -> None:
    if not fits:
        raise Refusal("charter_wrong", f"the charter's {field} does not fit", facts={"field": field})


def council_of(matter: str) -> str:
    """The body that decides a matter; "" for none."""
    return next((body for body, matters in BODIES.items() if matter in matters), "")


def waterfall_of(terms: Mapping[str, Any], flows: tuple[Flow, ...]) -> WaterfallInput:
    """The input of the waterfall over a fund's flows."""
    return WaterfallInput(
        kind="european",
        pref_rate=Fraction(terms["pref_rate"]),
        pref_compounding=terms["pref_compounding"],
        day_count=terms["day_count"],
        catch_up=Fraction(terms["catch_up"]),
        carry=Fraction(terms["carry"]),
        flows=flows,
    )
