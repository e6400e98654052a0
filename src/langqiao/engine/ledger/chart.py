"""The chart of accounts: what each purpose holds, who may own it, which side it grows on, whether it has a limit, whose money it is."""

from dataclasses import dataclass
from typing import Literal

Pot = Literal["client", "fund", "platform"]
"""Whose money an account holds. The three never share an account (capital.md §8: segregation of client money)."""
Side = Literal["debit", "credit"]
OwnerKind = Literal["organization", "person", "deal", "loan", "pool", "fund", "platform"]

OWNER_KINDS: tuple[OwnerKind, ...] = ("organization", "person", "deal", "loan", "pool", "fund", "platform")
POT_OF_OWNER: dict[OwnerKind, Pot] = dict.fromkeys(OWNER_KINDS, "client") | {"fund": "fund", "platform": "platform"}  # type: ignore[assignment]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One purpose. `side`: where it grows (credit: money held for or owed to somebody; debit: money at a bank or owed to us).

    `limited`: the other side, holds included, must never exceed it. `pot`: only where it differs from the pot of the owner's kind.
    """

    purpose: str
    owners: tuple[OwnerKind, ...]
    side: Side
    limited: bool
    zh: str
    en: str
    pot: Pot | None = None

    def pot_of(self, kind: OwnerKind) -> Pot:
        """Whose money an account of this purpose holds for an owner of a kind."""
        return self.pot or POT_OF_OWNER[kind]

    @property
    def debits_limited(self) -> bool:
        """Whether debits, posted and pending, must not exceed credits posted."""
        return self.limited and self.side == "credit"

    @property
    def credits_limited(self) -> bool:
        """Whether credits, posted and pending, must not exceed debits posted."""
        return self.limited and self.side == "debit"


def _held(purpose: str, owners: tuple[OwnerKind, ...], zh: str, en: str) -> Line:
    return Line(purpose=purpose, owners=owners, side="credit", limited=True, zh=zh, en=en)


def _asset(purpose: str, owners: tuple[OwnerKind, ...], zh: str, en: str) -> Line:
    return Line(purpose=purpose, owners=owners, side="debit", limited=True, zh=zh, en=en)


def _free(purpose: str, owners: tuple[OwnerKind, ...], side: Side, names: tuple[str, str]) -> Line:
    return Line(purpose=purpose, owners=owners, side=side, limited=False, zh=names[0], en=names[1])


LINES: tuple[Line, ...] = (
    # At banks, and outside the books
    Line(
        purpose="client_bank",
        owners=("platform",),
        side="debit",
        limited=True,
        zh="客户资金专户",
        en="client money at the bank",
        pot="client",
    ),
    _asset("fund_cash", ("fund",), "基金托管户", "fund cash in custody"),
    _asset("platform_bank", ("platform",), "平台自有资金户", "the platform's own bank account"),
    _free(
        "outside", ("organization", "person", "deal", "loan", "pool", "fund", "platform"), "debit", ("账外收付", "paid outside the books")
    ),
    Line(
        purpose="suspense",
        owners=("platform",),
        side="credit",
        limited=False,
        zh="暂记款（日终须为零）",
        en="suspense, zero at day end",
        pot="client",
    ),
    # Held for somebody
    _held("client_money", ("organization", "person"), "客户资金", "client money"),
    _held("escrow", ("deal",), "监管资金", "cash in escrow"),
    _held("deposit", ("deal", "organization"), "保证金", "deposit"),
    _held("holdback", ("deal",), "质保扣留款", "holdback"),
    _held("pledge_deposit", ("deal", "loan"), "质物价款提存", "deposited proceeds of a pledged right"),
    _held("broker_fee", ("organization", "deal"), "经纪服务费", "broker's fee"),
    _held("tax_payable", ("organization", "person", "deal", "loan", "pool", "fund", "platform"), "应交税费", "tax payable"),
    _held("inventor_payable", ("organization", "person", "deal"), "应付发明人报酬", "owed to inventors"),
    _held("co_owner_payable", ("organization", "deal"), "应付共有人份额", "owed to co-owners"),
    _held("deferred_revenue", ("organization", "fund", "platform"), "递延收入", "deferred revenue"),
    _held("reserve", ("organization", "pool", "fund"), "准备金", "reserve"),
    _held("insurance_premium", ("organization", "pool"), "保险费", "insurance premium"),
    _held("insurance_claims", ("organization", "pool"), "保险赔款", "insurance claims"),
    _held("risk_pool", ("organization", "pool", "fund"), "风险补偿资金池", "risk-sharing pool"),
    _held("tranche_principal", ("pool",), "分层证券本金", "tranche principal"),
    _held("tranche_interest", ("pool",), "分层证券利息", "tranche interest"),
    _held("pool_cash", ("pool",), "资产池归集款", "cash collected in the pool"),
    _held("issue_proceeds", ("pool",), "募集专户", "proceeds of an issue"),
    _held("distribution_payable", ("fund",), "应付收益分配", "distributions payable"),
    _held("fee_payable", ("fund",), "应付管理费", "management fee payable"),
    _held("carry_escrow", ("fund",), "业绩报酬托管款", "carried interest in escrow"),
    _held("equalization_interest", ("fund",), "后续入伙补偿利息", "interest of later closers, passed on"),
    # Owed to somebody of the books
    _asset("calls_receivable", ("fund",), "应收缴款", "calls receivable"),
    _asset("loans", ("organization", "fund", "loan"), "贷款本金", "loans"),
    _asset("loan_interest", ("organization", "fund", "loan"), "应收贷款利息", "loan interest receivable"),
    _asset("royalty_receivable", ("organization",), "应收许可使用费", "royalty receivable"),
    _asset("recourse_receivable", ("organization", "pool", "fund"), "应收代偿追偿款", "recourse receivable"),
    _asset("pool_claims", ("pool",), "资产池债权余额", "claims of the pool"),
    # Capital, income and cost
    _free("notes", ("pool",), "credit", ("资产支持证券未偿本金", "notes outstanding")),
    _free("support_owed", ("pool",), "credit", ("待偿还差额支付款", "support to be reimbursed")),
    _free("pool_equity", ("pool",), "credit", ("资产池净额", "claims less notes")),
    _free("partner_capital", ("fund",), "credit", ("合伙人资本", "partner capital")),
    _free("accrued_carry", ("fund",), "credit", ("应计业绩报酬", "accrued carry")),
    _free("management_fee", ("fund",), "debit", ("管理费", "management fee")),
    _free("fund_expense", ("fund",), "debit", ("基金费用", "fund expense")),
    _free("fund_income", ("fund",), "credit", ("基金收益", "fund income")),
    _free("investment", ("fund",), "debit", ("投资成本", "investments at cost")),
    _free("revaluation", ("fund",), "credit", ("公允价值变动", "revaluation")),
    _free("royalty_income", ("organization",), "credit", ("许可使用费收入", "royalty income")),
    _free("loan_funding", ("loan",), "credit", ("贷款人净投放", "lender's net funding")),
    _free("loan_income", ("organization", "fund", "loan"), "credit", ("利息收入", "interest income")),
    _free("loan_loss", ("organization", "fund", "loan", "pool"), "debit", ("贷款损失", "loan loss")),
    _free("guarantee_fee", ("organization", "pool", "fund"), "credit", ("担保费", "guarantee fee")),
    _free("subsidy", ("organization", "pool", "loan"), "credit", ("财政补贴", "public subsidy")),
    _free("policy_cash", ("organization",), "debit", ("保单收付净额", "cash in and out of a policy")),
    _free("premium_income", ("organization",), "credit", ("已赚保费", "premium earned")),
    _free("claims_incurred", ("organization",), "debit", ("赔款支出与准备金变动", "claims incurred")),
    _free("platform_fee", ("platform",), "credit", ("平台服务费", "platform fee")),
)
CHART: dict[str, Line] = {line.purpose: line for line in LINES}
