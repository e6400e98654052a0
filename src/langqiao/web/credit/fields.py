"""What a person fills in for each step of a loan: names, kinds and choices; the forms and the services read this."""

from collections.abc import Mapping

from langqiao.web.credit.models import METHODS
from langqiao.web.deals.fields import Field

REASON = Field(name="reason", kind="long")
FIELDS: Mapping[str, tuple[Field, ...]] = {
    "new": (
        Field(name="bank", kind="organization"),
        Field(name="patents", kind="long"),
        Field(name="amount_fen", kind="money"),
        Field(name="months", kind="count"),
        Field(name="purpose", kind="long"),
    ),
    "admit": (Field(name="appraiser", kind="organization"),),
    "decline": (REASON,),
    "refuse_claim": (REASON,),
    "appraise": (
        Field(name="appraisers", kind="long"),
        Field(name="method_cost", kind="flag"),
        Field(name="method_market", kind="flag"),
        Field(name="method_income", kind="flag"),
        Field(name="one_method_reason", kind="long"),
        Field(name="base_date", kind="date"),
        Field(name="signed_and_sealed", kind="flag"),
        Field(name="paper", kind="count"),
    ),
    "approve": (
        Field(name="principal_fen", kind="money"),
        Field(name="rate_annual", kind="rate"),
        Field(name="term", kind="count"),
        Field(name="method", kind="choice", choices=METHODS),
        Field(name="pool", kind="text"),
    ),
    "contract": (Field(name="security_scope", kind="long"), Field(name="draw_days", kind="count")),
    "pay": (Field(name="amount_fen", kind="money"),),
    "enforce": (
        Field(name="enforced_by", kind="choice", choices=("agreed_price", "auction", "sale", "title_transfer")),
        Field(name="evidence", kind="text"),
    ),
    "collect": (Field(name="amount_fen", kind="money"), Field(name="cost_fen", kind="money"), Field(name="evidence", kind="text")),
    "claim": (Field(name="evidence", kind="text"),),
}


def fields_for(event: str, keys: tuple[str, ...] = ()) -> tuple[Field, ...]:
    """The fields of a step; an appraisal asks a value for each patent (`value.KEY`)."""
    found = FIELDS.get(event, ())
    return (*found, *(Field(name=f"value.{key}", kind="money") for key in keys)) if event == "appraise" else found
