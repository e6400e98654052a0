"""Net asset value by hypothetical liquidation, and the interim clawback test that rests on it."""

import dataclasses
import datetime as dt
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Literal

from langqiao.engine.funds.calls import Commitment, PartnerAmount, check_unique
from langqiao.engine.funds.waterfall import CONTEXT, Compounding, Flow, Waterfall, WaterfallInput, check_flows, run_state, terms_of, to_fen
from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.money import Fen, Money, SignedMoney, round_half_up
from langqiao.engine.kernel.number import Figure, Positive, Rate, Share, ShareBelowOne
from langqiao.engine.kernel.record import Date, Flag, Rows, Text, record


@record
class Terms:
    """The terms of a whole-fund waterfall."""

    pref_rate: Rate
    pref_compounding: Compounding
    day_count: Literal["30_360", "act_365"]
    catch_up: Share
    carry: ShareBelowOne


@record
class Holding:
    name: Text
    fair_value: Money


@record
class NavInput:
    terms: Terms
    flows: Rows[Flow]
    valued_on: Date
    holdings: Rows[Holding]
    cash: Money = 0
    receivables: Money = 0
    liabilities: Money = 0
    accrued_fee: Money = 0
    commitments: Rows[Commitment] = ()


@record
class NavOutput:
    gross_assets: Money
    net_assets: SignedMoney
    accrued_carry: Money
    partners_nav: SignedMoney
    by_partner: Rows[PartnerAmount]


def whole_fund(terms: Terms, flows: tuple[Flow, ...], on: dt.date) -> Waterfall:
    """The state of the European waterfall on a day. Raises BadInput for flows out of order or after that day."""
    given = WaterfallInput(kind="european", flows=flows, **{item.name: getattr(terms, item.name) for item in dataclasses.fields(terms)})
    check_flows(given)
    for i, flow in enumerate(flows):
        if flow.date > on:
            raise BadInput("inconsistent", "a flow lies after the day of valuation", f"flows[{i}].date")
    state = run_state(terms_of(given), flows)
    state.accrue(on)
    return state


def carry_if_liquidated(state: Waterfall, net_assets: Fen) -> Fen:
    """The carry of the whole life if `net_assets` were distributed on the state's day (the state is used up)."""
    if net_assets > 0:
        state.distribute(net_assets)
    return to_fen(state.paid.gp)


@calculation(
    "fund.nav",
    title_zh="基金净值（模拟清算）",
    title_en="Net asset value by hypothetical liquidation",
    formula_zh=(
        "净资产 = Σ 公允价值 + 现金 + 应收 − 负债 − 应计管理费；于估值日假设按瀑布分配；"
        "应计业绩报酬 = 由此得出的全周期业绩报酬 − 已付；其余为合伙人权益，按认缴额分摊。"
    ),
    source="IPEV December 2022 §4 [c]; knowledge/capital.md §1.1",
    example={
        "terms": {"pref_rate": 0.08, "pref_compounding": "compound_annual", "day_count": "act_365", "catch_up": 1.0, "carry": 0.2},
        "flows": [{"date": "2022-01-01", "contribution": "100000000.00"}], "valued_on": "2024-12-31",
        "holdings": [{"name": "甲", "fair_value": "150000000.00"}], "cash": "5000000.00", "accrued_fee": "500000.00",
        "commitments": [{"partner": "A", "commitment": "60000000.00"}, {"partner": "B", "commitment": "40000000.00"}],
    },
)  # fmt: skip
def nav(given: NavInput) -> NavOutput:
    """Net assets = Σ fair values + cash + receivables − liabilities − accrued fee; they are distributed through the waterfall on the day of
    valuation; accrued carry = carry of the whole life so reached − carry already paid; the partners' value is the rest, by commitments.
    """
    check_unique([entry.partner for entry in given.commitments], "commitments", "partner")
    gross = sum(holding.fair_value for holding in given.holdings) + given.cash + given.receivables
    net = gross - given.liabilities - given.accrued_fee
    with localcontext(CONTEXT):
        state = whole_fund(given.terms, given.flows, given.valued_on)
        before = to_fen(state.paid.gp)
        carry = max(0, carry_if_liquidated(state, net) - before)
    partners = net - carry
    parts = largest_remainder(max(partners, 0), [entry.commitment for entry in given.commitments]) if given.commitments else []
    return NavOutput(
        gross_assets=gross,
        net_assets=net,
        accrued_carry=carry,
        partners_nav=partners,
        by_partner=tuple(PartnerAmount(partner=e.partner, amount=part) for e, part in zip(given.commitments, parts, strict=True)),
    )


@record
class InterimInput:
    terms: Terms
    flows: Rows[Flow]
    tested_on: Date
    net_assets: Money
    carry_received: Money
    escrow_balance: Money = 0
    cover_ratio: Positive = Fraction(5, 4)
    tax_share: Share = Fraction(0)


@record
class InterimOutput:
    carry_entitlement: Money
    excess: Money
    from_escrow: Money
    manager_pays: Money
    nav_cover: Figure | None
    nav_cover_met: Flag


@calculation(
    "fund.interim_clawback",
    title_zh="期间回拨测试",
    title_en="Interim clawback and NAV-cover test",
    formula_zh=(
        "应得业绩报酬 = 测试日假设分配全部净资产时的整体基金业绩报酬；超额 = max(0, 已得 − 应得)，其中已缴税部分除外；"
        "先由托管款退还，其余由管理人退还。净值覆盖率 = 净资产 ÷ (未返还出资 + 应付优先回报)，达到约定比例或无余额即为满足。"
    ),
    source="Fund practice [p]: NAV cover 125 %, escrow first, net of tax where the clause says so; knowledge/capital.md §1.1",
    example={
        "terms": {"pref_rate": 0.08, "pref_compounding": "compound_annual", "day_count": "act_365", "catch_up": 1.0, "carry": 0.2},
        "flows": [{"date": "2020-01-01", "contribution": "100000000.00"}, {"date": "2022-01-01", "distribution": "60000000.00"}],
        "tested_on": "2024-12-31", "net_assets": "50000000.00", "carry_received": "5000000.00", "escrow_balance": "1500000.00",
    },
)  # fmt: skip
def interim_clawback(given: InterimInput) -> InterimOutput:
    """Entitlement = whole-fund carry if net assets were distributed on the test day; excess = max(0, carry received − entitlement), of which
    the share paid as tax is left out; the escrow pays first, the manager the rest. NAV cover = net assets ÷ (capital outstanding + preferred
    return due), met if ≥ the ratio or if nothing is outstanding.
    """
    with localcontext(CONTEXT):
        state = whole_fund(given.terms, given.flows, given.tested_on)
        outstanding = state.capital + max(state.pref_due, Decimal(0))
        entitlement = carry_if_liquidated(state, given.net_assets)
    excess = round_half_up(max(0, given.carry_received - entitlement) * (1 - given.tax_share))
    from_escrow = min(excess, given.escrow_balance)
    owed = Fraction(outstanding)
    return InterimOutput(
        carry_entitlement=entitlement,
        excess=excess,
        from_escrow=from_escrow,
        manager_pays=excess - from_escrow,
        nav_cover=float(given.net_assets / owed) if owed else None,
        nav_cover_met=not owed or given.net_assets >= given.cover_ratio * owed,
    )
