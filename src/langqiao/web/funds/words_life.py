"""The codes of a fund's money over its life in words: kinds of orders, parts of a distribution, methods, standings, facts, steps of the bridge."""

from typing import Any

from django.utils.translation import gettext_lazy as _

ORDERS: dict[str, Any] = {
    "call": _("capital call"),
    "receipt": _("payment of a partner"),
    "disbursement": _("payment to a project"),
    "proceeds": _("proceeds of a project"),
    "distribution": _("distribution"),
    "expense": _("expense of the fund"),
    "fee_accrual": _("management fee accrued"),
    "fee": _("management fee paid"),
    "equalization": _("entry of a later partner"),
    "late_interest": _("interest of lateness"),
    "forfeiture": _("forfeiture"),
    "release": _("payment of what was kept back"),
    "escrow_release": _("carried interest released from escrow"),
    "clawback": _("clawback of carried interest"),
    "write_off": _("write-off"),
}
TYPED = ("call", "receipt", "disbursement", "proceeds", "distribution", "expense", "write_off", "escrow_release")
"""The kinds whose amount somebody types; the others stand where the books give the amount."""
PARTS: dict[str, Any] = {
    "return_of_capital": _("return of capital"),
    "preferred_return": _("preferred return"),
    "gain": _("gain"),
    "senior_capital": _("senior capital"),
    "senior_return": _("senior return"),
    "junior_capital": _("junior capital"),
    "junior_rest": _("rest of the junior layer"),
    "concession": _("profit concession"),
    "equalized_capital": _("equalized capital"),
    "equalization_interest": _("equalization interest, no return of capital"),
    "recallable": _("may be called again"),
    "called": _("contributions"),
    "distributed": _("distributions"),
    "paid": _("paid in"),
    "fee": _("management fee, net of offsets"),
    "fees": _("management fee"),
    "expense": _("partnership expenses"),
    "expenses": _("partnership expenses"),
    "income": _("realized gain and loss"),
    "realized": _("realized gain and loss"),
    "unrealized": _("unrealized change of value"),
    "carry": _("carried interest"),
    "carry_paid": _("carried interest paid or escrowed"),
    "balance": _("partners' accounts together"),
}
METHODS_WORDS: dict[str, Any] = {
    "recent_price": _("calibrated to the price of a recent investment"),
    "multiples": _("multiples"),
    "discounted_cash_flow": _("discounted cash flow"),
    "net_assets": _("net assets"),
    "patent_opinion": _("opinion of value of the patents"),
    "cost_of_the_quarter": _("price paid in the same quarter"),
    "realizable": _("realizable value in an exit under way"),
}
STANDINGS: dict[str, Any] = {
    "called": _("called"),
    "paid": _("paid up"),
    "late": _("late"),
    "noticed": _("default noticed"),
    "defaulted": _("in default"),
    "cured": _("cured"),
    "forfeited": _("forfeited"),
    "withdrawn": _("notice withdrawn"),
}
FACTS: dict[str, Any] = {
    "portfolio_fee": _("fee that a portfolio company paid to the manager"),
    "fee_waiver": _("fee waived by the manager"),
    "fee_rebate": _("fee paid back by the manager"),
    "jobs": _("jobs created"),
    "reinvestment": _("invested in the region"),
    "outside_capital": _("capital of others beside the fund"),
}
DECISIONS: dict[str, Any] = {"asked": _("waiting for approval"), "approved": _("approved"), "refused": _("refused")}
KINDS_WORDS: dict[str, Any] = {
    "european": _("whole fund"),
    "american": _("deal by deal"),
    "layered": _("senior before junior"),
}
COMPOUNDING: dict[str, Any] = {"compound_annual": _("compound, a year"), "simple": _("simple")}
DAY_COUNTS: dict[str, Any] = {"act_365": _("actual days by 365"), "30_360": _("30 days a month by 360")}
TESTS: dict[str, Any] = {"met": _("met"), "missed": _("missed"), "open": _("not yet due")}
PROBLEMS: dict[str, Any] = {
    "no_sign_change": _("no rate: nothing was received, or nothing paid in"),
    "multiple_roots": _("no rate: several rates fit the flows"),
}
LIFE_GROUPS: dict[str, dict[str, Any]] = {
    "order": ORDERS,
    "part": PARTS,
    "method": METHODS_WORDS,
    "standing": STANDINGS,
    "fact": FACTS,
    "decision": DECISIONS,
    "kind": KINDS_WORDS,
    "compounding": COMPOUNDING,
    "day_count": DAY_COUNTS,
    "test": TESTS,
    "problem": PROBLEMS,
    "typed": {code: ORDERS[code] for code in TYPED},
}
LIFE_TONES = {
    **dict.fromkeys(("paid", "cured", "met"), "good"),
    **dict.fromkeys(("noticed",), "attention"),
    **dict.fromkeys(("late", "defaulted", "forfeited", "missed"), "bad"),
}
