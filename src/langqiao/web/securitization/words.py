"""The words of securitization in both languages: states, steps, roles, ranks, items, triggers, faults, fields."""

from collections.abc import Mapping

from langqiao.web.common.templatetags.langqiao import chinese

Pair = tuple[str, str]
STRUCTURE: Mapping[str, Pair] = {
    "lease_back": ("融资租赁（售后回租）", "lease-back"), "receivables": ("供应链应收账款", "receivables of a supply chain"),
    "pledge_loans": ("质押贷款债权", "pledge loans"), "second_license": ("专利二次许可", "second license"),
}  # fmt: skip
STATE: Mapping[str, Pair] = {
    "draft": ("草稿", "draft"), "pooled": ("已封包", "pool cut"), "structured": ("已定结构", "structured"), "consented": ("原始权益人已同意", "agreed by the originator"),
    "approved": ("已批准", "approved"), "offered": ("认购中", "open for subscription"), "allocated": ("已配售", "allotted"), "issued": ("存续", "outstanding"),
    "accelerated": ("加速清偿", "accelerated"), "closed": ("已清算", "ended"), "withdrawn": ("已撤回", "withdrawn"), "failed": ("发行失败", "failed"),
    "open": ("归集中", "collecting"), "reported": ("已报告", "reported"), "called": ("已要求差额支付", "support called"),
    "supported": ("差额已付", "support paid"), "unsupported": ("差额未付", "support missing"), "paid": ("已兑付", "paid"),
    "listed": ("候选", "listed"), "defaulted": ("已违约", "in default"), "repaid": ("已还清", "repaid"), "replaced": ("已更换", "replaced"), "released": ("已出池", "released"),
}  # fmt: skip
EVENT: Mapping[str, Pair] = {
    "cut": ("封包", "Cut the pool"), "reopen": ("重新打开资产池", "Reopen the pool"), "structure": ("确定结构", "Set the structure"),
    "restructure": ("退回修改结构", "Take the structure back"), "consent": ("原始权益人同意", "Consent of the originator"), "approve": ("受托人批准", "Approval of the trustee"),
    "offer": ("开放认购", "Open the subscription"), "allocate": ("配售", "Allot"), "issue": ("设立发行", "Close the issue"), "fail": ("宣布发行失败", "Let the issue fail"),
    "withdraw": ("撤回", "Withdraw"), "replace": ("更换资产", "Replace a claim"), "finish": ("清算终止", "End the transaction"), "declare": ("宣布触发事件", "Declare an event"),
    "trip": ("加速清偿", "Acceleration"), "lift": ("解除加速（持有人表决）", "Lift the acceleration (vote)"), "report": ("提交服务报告", "Report of the servicer"),
    "call": ("启动差额支付", "Call the undertaking"), "support": ("履行差额支付", "Pay the shortfall"), "lapse": ("认定未履行", "Find the support missing"), "pay": ("兑付", "Pay the date"),
}  # fmt: skip
ROLE: Mapping[str, Pair] = {
    "arranger": ("管理人", "arranger"), "originator": ("原始权益人", "originator"), "trustee": ("托管人", "trustee"), "servicer": ("资产服务机构", "servicer"),
    "support": ("差额支付承诺人", "shortfall provider"), "appraiser": ("评估机构", "appraiser"), "rating": ("评级机构", "rating agency"), "investor": ("投资者", "investor"),
    "system": ("规则自动执行", "by the rules"),
}  # fmt: skip
RANK: Mapping[str, Pair] = {"senior": ("优先级", "senior"), "mezzanine": ("中间级", "mezzanine"), "junior": ("次级", "junior")}
ITEM: Mapping[str, Pair] = {
    "tax": ("税费", "tax"), "fees": ("费用", "fees"), "senior_interest": ("优先级利息", "senior interest"), "mezzanine_interest": ("中间级利息", "mezzanine interest"),
    "reserve": ("补足储备金", "reserve top-up"), "senior_principal": ("优先级本金", "senior principal"), "mezzanine_principal": ("中间级本金", "mezzanine principal"),
    "subordinated_fees": ("后偿费用", "subordinated fees"), "reimbursement": ("归还差额支付款", "reimbursement of support"), "junior_interest": ("次级利息", "junior interest"),
    "junior_principal": ("次级本金", "junior principal"), "residual": ("剩余收益", "residual"),
}  # fmt: skip
TRIGGER: Mapping[str, Pair] = {
    "cumulative_default": ("累计违约率高于", "cumulative default above"), "overcollateralization": ("超额抵押倍数低于", "overcollateralization below"),
    "interest_cover": ("利息覆盖倍数低于", "interest cover below"), "debt_service_cover": ("偿债覆盖倍数低于", "debt-service cover below"),
    "support_called": ("启动过差额支付", "support was called"), "servicer_default": ("资产服务机构违约", "default of the servicer"),
    "support_downgrade": ("差额支付承诺人降级", "downgrade of the shortfall provider"),
}  # fmt: skip
TERM: Mapping[str, Pair] = {
    "pass_through": ("过手摊还", "pass-through"), "turbo": ("全部现金还本", "turbo"), "scheduled": ("固定摊还", "scheduled"), "sequential": ("顺序", "sequential"),
    "pro_rata": ("按比例", "pro rata"), "senior": ("优先级", "senior"), "senior_and_mezzanine": ("优先级和中间级", "senior and mezzanine"),
    "level": ("等额本息", "level"), "linear": ("等额本金", "linear"), "bullet": ("到期还本", "bullet"),
    "cash": ("现金", "cash"), "reserve": ("储备金", "reserve"), "claims": ("债权余额", "claims"), "support": ("待还差额款", "support"), "fails_without_defaults": ("零违约时已不足额", "fails even without defaults"),
    "never_fails": ("任何违约率下都足额", "whole at every rate"), "size": ("规模", "size"), "tranches": ("分层", "tranches"),
}  # fmt: skip
FAULT: Mapping[str, Pair] = {
    "defaulted": ("已违约", "in default"), "not_assignable": ("约定不得转让", "not assignable"), "balance_below": ("余额低于下限", "balance below the limit"),
    "balance_above": ("余额高于上限", "balance above the limit"), "ends_too_early": ("剩余期限过短", "ends too early"), "ends_too_late": ("剩余期限过长", "ends too late"),
    "past_due": ("逾期", "past due"), "schedule_differs": ("还款计划与余额不符", "plan differs from balance"), "no_loan": ("没有贷款", "no loan"),
    "loan_not_performing": ("贷款非正常履约", "loan does not perform"), "loan_of_another_bank": ("不是原始权益人的贷款", "loan of another bank"),
    "balance_differs": ("余额与贷款账不符", "balance differs from the loan's books"), "exclusive_license": ("登记中没有给原始权益人的独占许可", "no exclusive license to the originator on record"),
    "exclusive_ends_before_claim": ("独占许可早于债权到期", "exclusive license ends before the claim"), "license_back": ("登记中没有给专利权人的回授许可", "no license back to the owner on record"),
    "license_back_outside": ("回授许可超出独占许可范围", "license back reaches beyond the exclusive one"),
    "license_back_ends_before_claim": ("回授许可早于债权到期", "license back ends before the claim"), "open_license": ("存在开放许可", "an open license exists"),
    "obligor_not_owner": ("债务人不是专利权人", "the obligor is not the owner"), "no_patent": ("没有专利", "no patent"), "obligors": ("债务人数不足", "too few obligors"), "obligor": ("单一债务人占比过高", "one obligor above the limit"),
    "top": ("前几大债务人合计过高", "the largest obligors together above the limit"), "industry": ("行业占比过高", "one industry above the limit"), "region": ("地区占比过高", "one region above the limit"),
}  # fmt: skip
FIELD: Mapping[str, Pair] = {
    "name": ("名称", "Name"), "vehicle": ("专项计划名称", "Name of the vehicle"), "structure": ("模式", "Structure"), "cut_off_on": ("封包日", "Cut-off date"),
    "shape": ("参考交易", "Template"), "claim": ("债权编号", "Number of the claim"), "obligor": ("债务人", "Obligor"), "industry": ("行业", "Industry"), "region": ("地区", "Region"),
    "balance": ("余额（元）", "Balance (yuan)"), "rate": ("年利率", "Annual rate"), "payments": ("还款次数", "Payments"), "months": ("间隔（月）", "Months between"),
    "begins": ("起算日", "Begins"), "method": ("还款方式", "Repayment"), "days_past_due": ("逾期天数", "Days past due"), "patents": ("专利号", "Patents"), "loan": ("贷款", "Loan"),
    "first_end_on": ("首个归集期截止日", "End of the first collection period"), "pay_days": ("截止后几日兑付", "Days from its end to payment"), "issue_fen": ("发行规模（元）", "Size of the issue (yuan)"),
    "reason": ("理由", "Reason"), "trigger": ("事件", "Event"), "resolution": ("持有人决议编号", "Number of the holders' resolution"), "votes_for_fen": ("赞成的本金（元）", "Balance voting for it (yuan)"),
    "old": ("被更换债权编号", "Claim that leaves"), "new": ("新债权编号（候选）", "Claim that enters (listed)"), "terms": ("交易条款", "Terms"), "sheet": ("表格", "Sheet"), "criteria": ("入池标准", "Criteria"),
    "net_assets_fen": ("最近一年末净资产（元）", "Net assets at the last year end (yuan)"), "evidence": ("证明文件编号", "Number of the proof"), "risks_read": ("已阅读并理解风险揭示", "The risks have been read"),
    "min_balance_yuan": ("单笔余额下限（元）", "Smallest balance (yuan)"), "max_balance_yuan": ("单笔余额上限（元）", "Largest balance (yuan)"),
    "min_remaining_months": ("最短剩余期限（月）", "Shortest term (months)"), "max_remaining_months": ("最长剩余期限（月）", "Longest term (months)"),
    "max_days_past_due": ("最大逾期天数", "Most days past due"), "min_obligors": ("最少债务人数", "Fewest obligors"), "obligor_share": ("单一债务人上限", "Largest obligor"),
    "top_obligors": ("前几大债务人", "How many largest are summed"), "top_share": ("前几大合计上限", "These together"), "industry_share": ("单一行业上限", "Largest industry"), "region_share": ("单一地区上限", "Largest region"),
}  # fmt: skip
GROUPS: Mapping[str, Mapping[str, Pair]] = {
    "structure": STRUCTURE, "state": STATE, "event": EVENT, "role": ROLE, "rank": RANK, "item": ITEM, "trigger": TRIGGER, "term": TERM, "fault": FAULT, "field": FIELD,
}  # fmt: skip
TONES = {
    **dict.fromkeys(("issued", "paid", "approved", "repaid", "pooled", "supported"), "good"),
    **dict.fromkeys(("accelerated", "failed", "defaulted", "unsupported"), "bad"),
    **dict.fromkeys(("offered", "allocated", "called", "reported", "structured", "consented"), "attention"),
}


def said(group: str, code: str) -> str:
    """The word of a code in the reader's language; a code without one stands as it is."""
    pair = GROUPS[group].get(code)
    return code if pair is None else pair[0 if chinese() else 1]
