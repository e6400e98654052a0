"""What a person fills in for each step of a loan: names, kinds and choices; the forms and the services read this."""

from collections.abc import Mapping

from langqiao.engine.credit.five_class import CLASSES
from langqiao.engine.credit.rates import BASES
from langqiao.web.credit.models import METHODS
from langqiao.web.deals.fields import Field

VALUING = frozenset({"appraise", "appraise_more", "revalue"})
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
        Field(name="rate_base", kind="choice", choices=("", *BASES)),
        Field(name="reset_months", kind="count"),
    ),
    "supplement": (Field(name="patents", kind="long"),),
    "release_part": (Field(name="patent", kind="text"), Field(name="notice", kind="text"), REASON),
    "take_proceeds": (Field(name="deal", kind="text"),),
    "free_proceeds": (Field(name="deal", kind="text"),),
    "link_sale": (Field(name="deal", kind="text"),),
    "classify": (Field(name="quality", kind="choice", choices=CLASSES), REASON),
    "compensate_part": (Field(name="amount_fen", kind="money"),),
    "end_claim": (REASON,),
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
    found = FIELDS.get("appraise" if event in VALUING else event, ())
    return (*found, *(Field(name=f"value.{key}", kind="money") for key in keys)) if event in VALUING else found
