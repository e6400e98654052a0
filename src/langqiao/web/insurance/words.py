"""The words of insurance in both languages: kinds, states, steps, roles, fields, figures, papers, grounds, and notes."""

from collections.abc import Mapping

from langqiao.web.common.templatetags.langqiao import chinese

Pair = tuple[str, str]
KIND: Mapping[str, Pair] = {
    "enforcement_cost": ("专利执行（维权费用）保险", "enforcement cost"), "infringement_loss": ("专利被侵权损失保险", "loss from infringement"),
    "infringement_liability": ("侵犯专利权责任保险", "infringement liability"), "invalidation_cost": ("专利无效宣告应对费用保险", "invalidation cost"),
    "pledge_guarantee": ("专利质押贷款保证保险", "guarantee of a pledge loan"), "overseas": ("海外知识产权纠纷保险", "overseas disputes"),
    "agency_errors": ("专利代理职业责任保险", "errors of the patent agency"), "license_credit": ("许可使用费信用保险", "credit of license fees"),
}  # fmt: skip
STATE: Mapping[str, Pair] = {
    "quoted": ("已报价", "quoted"), "accepted": ("已投保，待核保", "accepted, to be underwritten"), "underwritten": ("已承保，待缴费", "underwritten, premium due"),
    "in_force": ("生效", "in force"), "withdrawn": ("已撤回", "withdrawn"), "lapsed": ("报价失效", "lapsed"), "declined": ("不予承保", "declined"),
    "cancelled": ("已解除", "cancelled"), "expired": ("已到期", "expired"), "exhausted": ("限额用尽", "limit used up"),
    "notified": ("已报案", "notified"), "assessing": ("核定中", "being assessed"), "approved": ("已核赔，待支付", "granted, to be paid"),
    "refused": ("拒赔", "refused"), "objected": ("已提出异议", "objection raised"), "paid": ("已赔付", "paid"), "closed": ("已结案", "closed"),
    "open": ("待决定", "to be decided"), "granted": ("已同意", "granted"), "denied": ("未同意", "denied"), "void": ("已失效", "void"),
    "taken": ("已批改", "endorsed"),
}  # fmt: skip
EVENT: Mapping[str, Pair] = {
    "accept": ("接受报价并投保", "Accept the quote"), "withdraw": ("撤回", "Withdraw"), "lapse": ("报价失效", "Quote lapsed"),
    "ask_subsidy": ("申请保费补贴", "Ask for a premium subsidy"), "grant": ("同意补贴", "Grant the subsidy"), "deny": ("不同意补贴", "Deny the subsidy"),
    "underwrite": ("核保通过", "Underwrite"), "decline": ("不予承保", "Decline"), "pay": ("缴纳保险费", "Pay the premium"),
    "propose_change": ("申请批改清单", "Ask to change the list"), "endorse": ("出具批单", "Endorse"), "refuse_change": ("不同意批改", "Refuse the change"),
    "cancel": ("解除合同", "Cancel the policy"), "expire": ("到期", "Expired"), "exhaust": ("限额用尽", "Limit used up"),
    "reserve": ("提取或调整准备金", "Set the reserve"), "approve": ("核赔", "Grant the claim"), "refuse": ("拒赔", "Refuse the claim"),
    "settle": ("支付赔款", "Pay the claim"), "object": ("提出异议", "Object"), "reopen": ("重新核定", "Assess again"),
    "uphold": ("维持拒赔", "Uphold the refusal"), "recover": ("登记追偿所得", "Enter a recovery"), "close": ("结案", "Close"),
}  # fmt: skip
ROLE: Mapping[str, Pair] = {
    "holder": ("投保人", "policyholder"), "insurer": ("保险人", "insurer"), "payer": ("补贴方", "payer of the subsidy"), "system": ("时钟", "clock"),
    "claimant": ("被保险人", "insured"), "beneficiary": ("被保险银行", "insured bank"),
}  # fmt: skip
FIELD: Mapping[str, Pair] = {
    "product": ("产品", "Product"), "patents": ("专利号，一行一件", "Patent numbers, a line each"), "loan": ("质押贷款", "Loan"),
    "units": ("件数（代理案件或产品）", "Number (files or products)"), "limit_fen": ("保险金额（元）", "Sum insured (yuan)"),
    "months": ("保险期间（月）", "Term (months)"), "since": ("起保日", "Begins on"), "product_revenue_fen": ("专利产品年收入（元）", "Yearly revenue of the products (yuan)"),
    "earlier_suits": ("此前诉讼件数", "Earlier suits"), "earlier_claims": ("此前赔案件数", "Earlier claims"), "technology": ("技术分类（IPC）", "Technology (IPC class)"),
    "independent_claims": ("独立权利要求数", "Independent claims"), "family_size": ("同族成员数", "Family members"), "payer": ("补贴方", "Payer"),
    "rate": ("补贴比例", "Share of the premium"), "reason": ("理由", "Reason"), "add": ("增加的专利号", "Patents to add"), "remove": ("减少的专利号", "Patents to remove"),
    "incident_on": ("事故日期", "Day of the incident"), "patent": ("专利", "Patent"), "investigation_fen": ("调查费用（元）", "Investigation cost (yuan)"),
    "legal_fen": ("法律费用（元）", "Legal cost (yuan)"), "loss_fen": ("损失（元）", "Loss (yuan)"), "description": ("经过", "What happened"),
    "reserve_fen": ("准备金（元）", "Reserve (yuan)"), "ground": ("拒赔依据", "Ground"), "amount_fen": ("金额（元）", "Amount (yuan)"),
    "evidence": ("凭证编号", "Number of the receipt or file"), "name": ("名称", "Name"), "kind": ("险种", "Kind"), "file": ("文件", "File"),
    "template": ("样式", "Template"), "source": ("来源", "Source"),
}  # fmt: skip
FIGURE: Mapping[str, Pair] = {
    "mode": ("计费方式", "mode"), "frequency_low": ("年出险频率（低）", "yearly frequency, low"), "frequency": ("年出险频率（预期）", "yearly frequency, expected"),
    "frequency_high": ("年出险频率（高）", "yearly frequency, high"), "deductible_fen": ("免赔额（元）", "deductible (yuan)"),
    "coinsurance": ("被保险人共保比例", "coinsurance of the insured"), "waiting_days": ("等待期（天）", "waiting period (days)"),
    "retroactive_days": ("追溯期（天）", "retroactive period (days)"), "valid_days": ("报价有效期（天）", "quote valid for (days)"),
    "limit_min_fen": ("最低保险金额（元）", "least sum insured (yuan)"), "limit_max_fen": ("最高保险金额（元）", "highest sum insured (yuan)"),
    "expense": ("费用率", "expense share"), "profit": ("利润率", "profit share"), "minimum_premium_fen": ("最低保费（元）", "minimum premium (yuan)"),
    "base_fen": ("基本保费（含第一件，元）", "base premium with the first patent (yuan)"), "per_further_fen": ("每增加一件（元）", "each further patent (yuan)"),
    "limit_multiple": ("累计限额为保费的倍数", "aggregate limit, times the premium"), "credibility_k": ("信度参数 k（单位·年）", "credibility k (unit-years)"),
    "severity": ("损失分布", "severity"), "severity_layer": ("层内期望损失（元）", "expected loss in the layer (yuan)"),
    "observed_frequency": ("本产品实际频率", "observed frequency"), "credibility": ("信度 Z", "credibility Z"),
    "credible_frequency": ("信度加权频率", "credibility-weighted frequency"), "weight": ("该件系数", "factor of this one"), "weight_total": ("系数合计", "sum of factors"),
    "limit_fen": ("保险金额（元）", "sum insured (yuan)"), "months": ("月数", "months"), "pure_fen": ("纯保费（元）", "pure premium (yuan)"),
}  # fmt: skip
PAPER: Mapping[str, Pair] = {
    "case_acceptance": ("立案受理通知书", "acceptance of the case"), "invoice": ("发票或付款凭证", "invoice or receipt"), "judgment": ("判决书或裁定", "judgment"),
    "loss_proof": ("损失证明", "proof of loss"), "statement_of_claim": ("起诉状", "statement of claim"), "invalidation_notice": ("无效宣告受理通知书", "notice of invalidation"),
    "foreign_case": ("境外程序文书", "papers of the foreign case"), "error_proof": ("过失证明", "proof of the error"), "license_contract": ("许可合同", "license contract"),
    "dunning": ("催款证明", "dunning letters"), "other": ("其他", "other"),
}  # fmt: skip
GROUND: Mapping[str, Pair] = {
    "claim_before_cover": ("事故早于保险期间及追溯期", "before the cover and its retroactive period"), "claim_in_waiting_period": ("事故在等待期内", "inside the waiting period"),
    "claim_after_cover": ("事故晚于保险责任终止", "after the cover ended"), "claim_too_late": ("超过时效", "too late"), "patent_not_insured": ("专利不在清单内", "patent not insured"),
    "right_dead_at_incident": ("专利权已终止", "right not in force then"), "claim_evidence_missing": ("缺少证明材料", "evidence missing"),
    "loan_not_in_default": ("贷款未违约", "loan not in default"), "nothing_payable": ("没有应付金额", "nothing payable"),
    "nondisclosure": ("未如实告知", "nondisclosure"), "exclusion": ("责任免除", "excluded"), "other_ground": ("其他", "other"),
}  # fmt: skip
NOTE: Mapping[str, Pair] = {
    "needed": ("必填", "needed"), "not_in_range": ("超出范围", "not in range"), "too_long": ("过长", "too long"), "whole": ("整单", "the whole"), "line_wrong": ("每行写作“界限 : 数值”，此行不是：%s", "a line is written “bound : number”; this one is not: %s"),
    "record": ("记录", "record"), "declared": ("申报", "declared"), "rated": ("频率×损失", "frequency × severity"), "scheduled": ("按件数", "by the number of patents"),
    "tariff": ("批准费率", "Put the tariff in force"), "table": ("分布表", "table"), "lognormal": ("对数正态", "lognormal"), "fen": ("元", "yuan"), "share": ("占保险金额比例", "share of the sum insured"),
    "approved": ("核赔", "granted"), "refused": ("拒赔", "refused"), "withdrawn": ("撤回", "withdrawn"),
    "product of its factors": ("各系数之积", "product of its factors"), "sum over what is insured": ("对保险标的求和", "sum over what is insured"),
    "chosen within the tariff": ("在费率范围内选定", "chosen within the tariff"), "chosen": ("选定", "chosen"), "own record": ("本保险人记录", "own record"),
    "limit_multiple × premium": ("倍数×保费", "multiple × premium"),
    "frequency × weight × severity × (1 − coinsurance) × months ÷ 12": ("频率×系数×层内期望损失×（1−共保）×月数÷12", "frequency × factors × severity × (1 − coinsurance) × months ÷ 12"),
    "Z × observed + (1 − Z) × tariff": ("Z×实际+（1−Z）×费率", "Z × observed + (1 − Z) × tariff"),
    "covered_fen": ("承保范围内的损失", "loss within the cover"), "deductible_fen": ("免赔额", "deductible"), "above_limit_fen": ("超过限额", "above the limit"),
    "coinsurance_fen": ("共保自担", "borne by the insured"), "above_aggregate_fen": ("超过剩余累计限额", "above what is left of the limit"), "payment_fen": ("应付赔款", "payment"),
}  # fmt: skip
GROUPS: Mapping[str, Mapping[str, Pair]] = {
    "kind": KIND, "state": STATE, "event": EVENT, "role": ROLE, "field": FIELD, "figure": FIGURE, "paper": PAPER, "ground": GROUND, "note": NOTE,
}  # fmt: skip
TONES = {
    **dict.fromkeys(("in_force", "paid", "granted", "taken"), "good"),
    **dict.fromkeys(("refused", "declined", "denied", "exhausted"), "bad"),
    **dict.fromkeys(("accepted", "underwritten", "notified", "assessing", "approved", "objected", "open"), "attention"),
}


def said(group: str, code: str) -> str:
    """The word of a code in the reader's language; a factor of a fact by the fact; a code without a word stands as it is."""
    if group == "figure" and (code.startswith("factor.") or (code not in FIGURE and code in FIELD)):
        return said("field", code.removeprefix("factor."))
    pair = GROUPS[group].get(code)
    return code if pair is None else pair[0 if chinese() else 1]
