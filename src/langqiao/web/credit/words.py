"""The words of loans in both languages: states, steps, roles, fields, levels, reasons, and what the pages say."""

from collections.abc import Mapping

from langqiao.web.common.templatetags.langqiao import chinese

Pair = tuple[str, str]
STATE: Mapping[str, Pair] = {
    "draft": ("草稿", "draft"), "applied": ("已申请", "applied"), "withdrawn": ("已撤回", "withdrawn"), "eligible": ("符合条件", "eligible"),
    "declined": ("已婉拒", "declined"), "appraised": ("已评估", "appraised"), "approved": ("已批准", "approved"),
    "contracted": ("已签约，待登记", "contracted, to be registered"), "registered": ("质押已登记", "pledge registered"),
    "active": ("已放款", "drawn"), "margin_called": ("已通知补足", "margin called"), "accelerated": ("已提前到期", "accelerated"),
    "repaid": ("已还清", "repaid"), "released": ("已解押", "released"), "defaulted": ("已违约", "in default"), "enforcing": ("处置中", "in enforcement"),
    "claimed": ("已申请代偿", "claim filed"), "compensated": ("已代偿", "compensated"), "closed": ("已结案", "closed"),
}  # fmt: skip
EVENT: Mapping[str, Pair] = {
    "submit": ("提交申请", "Submit the application"), "withdraw": ("撤回", "Withdraw"), "admit": ("受理并指定评估机构", "Admit and name the appraiser"),
    "decline": ("婉拒", "Decline"), "appraise": ("提交评估", "Enter the appraisal"), "approve": ("批准贷款", "Approve the loan"),
    "contract": ("开立质押合同", "Open the pledge contract"), "register": ("确认质押登记", "Take note of the registration"),
    "draw": ("放款", "Pay the loan out"), "pay": ("还款", "Pay"), "repay": ("全部还清", "Repay everything"),
    "call_margin": ("通知补足", "Margin call"), "cure": ("补足完成", "Margin cured"), "accelerate": ("宣布提前到期", "Acceleration"),
    "default": ("认定违约", "Default"), "enforce": ("处置质物", "Enforce the pledge"), "collect": ("登记处置所得", "Enter the proceeds"),
    "claim": ("申请代偿", "Claim on the pool"), "refuse_claim": ("拒绝代偿", "Refuse the claim"), "compensate": ("代偿", "Compensate"),
    "write_off": ("核销", "Write off"), "close": ("结案", "Close"), "release": ("解押归档", "Release"),
    "revalue": ("重新评估", "Appraise anew"), "reset": ("利率重定价", "Reset of the rate"), "supplement": ("追加质物", "Offer further patents"),
    "appraise_more": ("评估追加质物", "Appraise the further patents"), "contract_more": ("开立追加质押合同", "Open the further pledge contract"),
    "register_more": ("确认追加质押登记", "Take note of the further registration"), "drop_more": ("撤回追加质物", "Take the further patents back"),
    "release_part": ("解除部分质押", "Release a part of the pledge"), "take_proceeds": ("以锁定价款清偿", "Apply locked proceeds to the debt"),
    "free_proceeds": ("付还提存价款", "Give deposited proceeds back"), "classify": ("调整五级分类", "Set the class of quality"),
    "link_sale": ("关联平台处置交易", "Link the sale on the platform"), "compensate_part": ("部分代偿", "Compensate a part"),
    "end_claim": ("结束代偿", "End the claim at what was paid"),
}  # fmt: skip
ROLE: Mapping[str, Pair] = {
    "borrower": ("借款人", "borrower"), "bank": ("银行", "bank"), "appraiser": ("评估机构", "appraiser"), "pool": ("资金池运营方", "pool operator"),
    "system": ("时钟", "clock"),
}  # fmt: skip
LEVEL: Mapping[str, Pair] = {
    "fine": ("正常", "fine"), "warn": ("预警", "warning"), "margin": ("需补足", "margin call due"), "accelerate": ("需提前到期", "acceleration due"),
}  # fmt: skip
REASON: Mapping[str, Pair] = {
    "annuity_missed": ("年费未缴", "an annuity is unpaid"), "under_invalidation": ("无效宣告请求审理中", "an invalidation is pending"),
    "suspended": ("程序中止", "proceedings are suspended"), "preserved": ("财产保全", "preserved by a court"),
    "ownership_dispute": ("权属争议", "the ownership is disputed"), "right_dead": ("权利已终止", "a right has ended"),
    "ltv_warn": ("质押率越过预警线", "the loan to value is over the warning line"),
    "ltv_margin": ("质押率越过补足线", "the loan to value is over the margin line"),
    "ltv_accelerate": ("质押率越过提前到期线", "the loan to value is over the acceleration line"),
}  # fmt: skip
METHOD: Mapping[str, Pair] = {
    "annuity": ("等额本息", "level payments"), "linear": ("等额本金", "level principal"), "bullet": ("到期还本", "principal at the end"),
    "agreed_price": ("协议折价", "agreed price"), "auction": ("拍卖", "auction"), "sale": ("变卖", "sale"),
    "title_transfer": ("直接过户给银行", "title passes to the bank"),
}  # fmt: skip
FIELD: Mapping[str, Pair] = {
    "bank": ("银行", "Bank"), "patents": ("专利号，一行一件", "Patent numbers, a line each"), "amount_fen": ("金额（元）", "Amount (yuan)"),
    "months": ("期限（月）", "Term (months)"), "purpose": ("用途", "Purpose"), "appraiser": ("评估机构", "Appraiser"), "reason": ("理由", "Reason"),
    "appraisers": ("评估专业人员，一行一人，至少两人", "Appraisers, a line each, at least two"), "method_cost": ("成本法", "Cost method"),
    "method_market": ("市场法", "Market method"), "method_income": ("收益法", "Income method"),
    "one_method_reason": ("只用一种方法的理由", "Reason for one method alone"), "base_date": ("评估基准日", "Base date"),
    "signed_and_sealed": ("已签名并盖章", "Signed and sealed"), "paper": ("评估报告", "Report"), "principal_fen": ("贷款金额（元）", "Principal (yuan)"),
    "rate_annual": ("年利率", "Annual rate"), "term": ("期限（月）", "Term (months)"), "method": ("还款方式", "Repayment"),
    "pool": ("风险补偿资金池", "Compensation pool"), "security_scope": ("担保范围", "Scope of the security"),
    "draw_days": ("提款期（天）", "Days to draw"), "enforced_by": ("处置方式", "Way of enforcement"),
    "evidence": ("凭证编号", "Number of the receipt or file"), "cost_fen": ("处置费用（元）", "Cost of enforcement (yuan)"),
    "patent": ("专利", "Patent"), "notice": ("登记机构通知书编号", "Number of the register's notice"), "deal": ("交易", "Deal"),
    "quality": ("五级分类", "Class of quality"), "rate_base": ("基准利率（留空为固定利率）", "Base rate (empty: a fixed rate)"),
    "reset_months": ("重定价周期（月）", "Reset each (months)"), "npl_limit": ("银行不良率上限", "Limit of a bank's non-performing share"),
    "share": ("贴息比例", "Share of the interest"), "cap_fen": ("单笔贴息上限（元）", "Cap of a loan (yuan)"), "begins": ("起", "From"), "ends": ("止", "Until"),
    "document": ("依据文件", "Document it rests on"), "since": ("起始日", "From"), "until": ("截止日", "Until"), "base": ("基准利率", "Base rate"),
    "rate": ("利率", "Rate"), "source": ("来源", "Source"), "program": ("贴息方案", "Program"),
    "name": ("名称", "Name"), "bank_share": ("银行承担（%）", "Borne by the bank (%)"), "members": ("成员与份额", "Members and shares"),
    "loan_cap_fen": ("单笔代偿上限（元）", "Cap of a loan (yuan)"), "leverage": ("杠杆倍数", "Leverage"), "stop_loss": ("止损率", "Stop-loss"),
    "claim_days": ("违约后可申请代偿的天数", "Days from default to claim"), "file": ("文件", "File"), "kind": ("类别", "Kind"),
}  # fmt: skip
PAPER: Mapping[str, Pair] = {
    "appraisal": ("评估报告", "appraisal report"), "financials": ("财务报表", "financial statements"), "consent": ("同意书", "consent"),
    "contract": ("合同", "contract"), "other": ("其他", "other"),
}  # fmt: skip
POLICY: Mapping[str, Pair] = {
    "pledge_rates": ("各类专利质押率", "Pledge rate by type"), "grade_factors": ("等级系数", "Factor by grade"),
    "life_factors": ("剩余月数系数", "Factor by months of life"), "remaining_life_months": ("债务到期后最低剩余月数", "Months of life after the debt"),
    "cap_yuan": ("单笔上限（元）", "Cap of a loan (yuan)"), "term_months": ("最长期限（月）", "Longest term (months)"),
    "appraisal_months": ("评估有效期（月）", "Age limit of an appraisal (months)"), "triggers": ("质押率触发线", "Loan-to-value lines"),
    "cure_days": ("补足天数", "Days to cure"), "acceleration_days": ("提前到期后的天数", "Days after acceleration"),
    "default_days": ("认定违约的逾期天数", "Days past due that mean default"), "invalidation_haircut": ("无效审理期间折扣", "Haircut while invalidation is pending"),
    "risk": ("违约概率与损失率", "Probabilities and loss given default"), "invention": ("发明", "invention"), "utility_model": ("实用新型", "utility model"),
    "design": ("外观设计", "design"), "ungraded": ("未评级", "ungraded"), "warn": ("预警", "warning"), "margin": ("补足", "margin"),
    "accelerate": ("提前到期", "acceleration"), "pd_12_months": ("12个月违约概率", "PD 12 months"), "pd_lifetime": ("存续期违约概率", "PD lifetime"),
    "lgd": ("违约损失率", "LGD"), "penalty_markup": ("罚息加收比例", "Markup of default interest"),
}  # fmt: skip
QUALITY: Mapping[str, Pair] = {
    "normal": ("正常", "normal"), "attention": ("关注", "special mention"), "substandard": ("次级", "substandard"), "doubtful": ("可疑", "doubtful"),
    "loss": ("损失", "loss"),
}  # fmt: skip
SIGN: Mapping[str, Pair] = {
    "overdue_attention": ("逾期", "overdue"), "overdue_substandard": ("逾期超过90天", "more than 90 days overdue"),
    "overdue_doubtful": ("逾期超过270天", "more than 270 days overdue"), "overdue_loss": ("逾期超过360天", "more than 360 days overdue"),
    "watch_list": ("押品预警", "an alarm of the collateral"), "collateral_dead": ("押品已失效", "the collateral is dead"),
    "defaulted": ("已违约", "in default"), "written_off": ("已核销", "written off"), "bank_judged": ("银行两人认定", "judged by two people of the bank"),
}  # fmt: skip
BASE: Mapping[str, Pair] = {
    "lpr_1y": ("LPR 1年期", "LPR of one year"), "lpr_5y": ("LPR 5年期以上", "LPR of five years and more"),
}  # fmt: skip
SUBSIDY: Mapping[str, Pair] = {
    "asked": ("已申请", "applied for"), "proposed": ("待第二人付款", "waiting for the second person"), "paid": ("已付", "paid"),
    "refused": ("已拒绝", "refused"), "withdrawn": ("已撤回", "withdrawn"),
}  # fmt: skip
ADDED: Mapping[str, Pair] = {
    "offered": ("待评估", "to be appraised"), "appraised": ("待签约", "to be contracted"), "contracted": ("待登记", "to be registered"),
    "registered": ("已登记", "registered"), "dropped": ("已撤回", "taken back"),
}  # fmt: skip
DEAL: Mapping[str, Pair] = {
    "assignment": ("转让", "assignment"), "auction": ("拍卖", "auction"), "license_exclusive": ("独占许可", "exclusive license"),
    "license_sole": ("排他许可", "sole license"), "license_ordinary": ("普通许可", "ordinary license"), "sublicense": ("分许可", "sublicense"),
    "open_license": ("开放许可", "open license"), "open_license_taking": ("获得开放许可", "taking of an open license"),
}  # fmt: skip
STRESS: Mapping[str, Pair] = {
    "multiple": ("违约概率倍数", "Multiple of the probabilities"), "lgd_floor": ("违约损失率下限", "Floor of loss given default"),
    "haircut": ("押品同时折扣", "Haircut on all collateral at once"), "correlation": ("同一技术领域内违约相关系数", "Correlation of defaults in a cluster"),
    "confidence": ("置信水平", "Confidence"),
}  # fmt: skip
GROUPS: Mapping[str, Mapping[str, Pair]] = {
    "state": STATE, "event": EVENT, "role": ROLE, "level": LEVEL, "reason": REASON, "method": METHOD, "field": FIELD, "paper": PAPER,
    "policy": POLICY, "quality": QUALITY, "sign": SIGN, "base": BASE, "subsidy": SUBSIDY, "added": ADDED, "deal": DEAL, "stress": STRESS,
}  # fmt: skip
TONES = {
    **dict.fromkeys(("repaid", "released", "registered", "active", "fine"), "good"),
    **dict.fromkeys(("accelerated", "defaulted", "enforcing", "declined", "accelerate", "claimed", "compensated"), "bad"),
    **dict.fromkeys(("normal", "paid"), "good"),
    **dict.fromkeys(("substandard", "doubtful", "loss", "refused"), "bad"),
    **dict.fromkeys(("attention", "asked", "proposed", "offered", "appraised", "contracted"), "attention"),
    **dict.fromkeys(("margin_called", "warn", "margin", "applied"), "attention"),
}


def said(group: str, code: str) -> str:
    """The word of a code in the reader's language; a code without one stands as it is."""
    pair = GROUPS[group].get(code)
    return code if pair is None else pair[0 if chinese() else 1]
