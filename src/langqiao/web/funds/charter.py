"""The charter of a committee and the terms of a waterfall: from JSON with shares as text into the engine's values."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from langqiao.engine.funds.session import Charter, MatterRule
from langqiao.engine.funds.waterfall import Flow, WaterfallInput

CHARTER: dict[str, Any] = {
    "quorum": "2/3",
    "free_least": "1/2",
    "recusal_leaves": True,
    "secret": False,
    "approval_months": 6,
    "matters": {
        "investment": {"threshold": "2/3", "strict": False, "vetoes": ["government"]},
        "follow_on": {"threshold": "2/3", "strict": False, "vetoes": ["government"]},
        "exit": {"threshold": "1/2", "strict": True, "vetoes": []},
        "write_off": {"threshold": "4/5", "strict": False, "vetoes": []},
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


def charter_of(body: Mapping[str, Any]) -> Charter:
    """The engine's charter."""
    return Charter(
        quorum=Fraction(body["quorum"]),
        free_least=Fraction(body["free_least"]),
        recusal_leaves=body["recusal_leaves"],
        matters={
            name: MatterRule(threshold=Fraction(rule["threshold"]), strict=rule["strict"], vetoes=tuple(rule["vetoes"]))
            for name, rule in body["matters"].items()
        },
    )


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
