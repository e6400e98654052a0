"""Imports every room that registers calculations, so that the door finds them all."""

from collections.abc import Iterator
from typing import Any

# Each room adds one line here: `from langqiao.engine.funds import waterfall as _waterfall`.
from langqiao.engine.credit import collateral as _credit_collateral  # noqa: F401
from langqiao.engine.credit import floating as _credit_floating  # noqa: F401
from langqiao.engine.credit import loss as _credit_loss  # noqa: F401
from langqiao.engine.credit import pool as _credit_pool  # noqa: F401
from langqiao.engine.credit import schedule as _credit_schedule  # noqa: F401
from langqiao.engine.credit import staging as _credit_staging  # noqa: F401
from langqiao.engine.funds import calls as _funds_calls  # noqa: F401
from langqiao.engine.funds import closes as _funds_closes  # noqa: F401
from langqiao.engine.funds import committee as _funds_committee  # noqa: F401
from langqiao.engine.funds import fees as _funds_fees  # noqa: F401
from langqiao.engine.funds import layers as _funds_layers  # noqa: F401
from langqiao.engine.funds import nav as _funds_nav  # noqa: F401
from langqiao.engine.funds import notices as _funds_notices  # noqa: F401
from langqiao.engine.funds import returns as _funds_returns  # noqa: F401
from langqiao.engine.funds import waterfall as _funds_waterfall  # noqa: F401
from langqiao.engine.indicators import dispersion as _dispersion  # noqa: F401
from langqiao.engine.indicators import disruption as _disruption  # noqa: F401
from langqiao.engine.kernel.calculation import BadInput, Calculation, find, read_json, registered
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.operations import auction as _operations_auction  # noqa: F401
from langqiao.engine.operations import deal_run as _operations_deal_run  # noqa: F401
from langqiao.engine.operations import door as _operations_door  # noqa: F401
from langqiao.engine.operations import insurance as _operations_insurance  # noqa: F401
from langqiao.engine.operations import securitization as _operations_securitization  # noqa: F401
from langqiao.engine.operations import settlement as _operations_settlement  # noqa: F401
from langqiao.engine.patents import annuity as _annuity  # noqa: F401
from langqiao.engine.patents import budget as _annuity_budget  # noqa: F401
from langqiao.engine.patents import compensation as _compensation  # noqa: F401
from langqiao.engine.patents import high_value as _high_value  # noqa: F401
from langqiao.engine.patents import renew_or_drop as _renew_or_drop  # noqa: F401
from langqiao.engine.patents import surcharge as _surcharge  # noqa: F401
from langqiao.engine.patents import term as _term  # noqa: F401
from langqiao.engine.policy import growth as _growth  # noqa: F401
from langqiao.engine.policy import per_capita as _per_capita  # noqa: F401
from langqiao.engine.royalties import due as _royalties_due  # noqa: F401
from langqiao.engine.royalties import recognition as _royalties_recognition  # noqa: F401
from langqiao.engine.royalties import split as _royalties_split  # noqa: F401
from langqiao.engine.valuation import cost as _valuation_cost  # noqa: F401
from langqiao.engine.valuation import income as _valuation_income  # noqa: F401
from langqiao.engine.valuation import market as _valuation_market  # noqa: F401
from langqiao.engine.valuation import opinion as _valuation_opinion  # noqa: F401
from langqiao.engine.valuation import option as _valuation_option  # noqa: F401
from langqiao.engine.valuation import renewal as _valuation_renewal  # noqa: F401
from langqiao.engine.valuation import royalty_prior as _valuation_royalty_prior  # noqa: F401
from langqiao.engine.valuation import sensitivity as _valuation_sensitivity  # noqa: F401
from langqiao.engine.valuation import simulation as _valuation_simulation  # noqa: F401

__all__ = ["BadInput", "Calculation", "answer", "find", "names", "read_json", "registered"]


def names() -> list[str]:
    """The names of all calculations, sorted."""
    return [calculation.name for calculation in registered()]


def answer(name: str, value: Any, parameters: Parameters) -> dict[str, Any]:
    """The output of a calculation for a JSON value. Raises BadInput."""
    return find(name).answer(value, parameters)


def all_calculations() -> Iterator[Calculation]:
    """Every calculation, for docs and pages."""
    return registered()
