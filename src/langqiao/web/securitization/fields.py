"""What a person fills in for each step; the forms and the services read this. The structure has a form of its own (`structuring`)."""

from collections.abc import Mapping

from langqiao.engine.securitization.terms import DECLARED
from langqiao.web.deals.fields import Field

REASON = Field(name="reason", kind="long")
FIELDS: Mapping[str, tuple[Field, ...]] = {
    "fail": (REASON,),
    "declare": (Field(name="trigger", kind="choice", choices=tuple(sorted(DECLARED))), REASON),
    "lift": (Field(name="resolution", kind="text"), Field(name="votes_for_fen", kind="money"), REASON),
    "replace": (Field(name="old", kind="text"), Field(name="new", kind="text")),
    "structure": (Field(name="first_end_on", kind="date"), Field(name="pay_days", kind="count"), Field(name="issue_fen", kind="money")),
}
NEEDED: Mapping[str, tuple[str, ...]] = {
    "replace": ("old", "new"),
    "structure": ("first_end_on", "issue_fen"),
    "declare": ("trigger",),
}
ONE_PERSON_KEYS = frozenset({"terms"})
"""Fields whose value is a JSON object, read by the engine and not by the form."""
