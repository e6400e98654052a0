"""Terms of contracts of every kind, complete, for the tests of contracts and documents; all names are invented."""

PATENTS = [
    {
        "number": "ZL202010123456.7",
        "title": "一种廊桥结构的连接节点",
        "patentee": "甲大学",
        "application_number": "202010123456.7",
        "filing_date": "2020-02-24",
        "grant_date": "2022-03-01",
        "term_end": "2040-02-24",
    }
]
CLOSING = {"disputes": "court", "dispute_place": "北京知识产权法院", "language_prevails": "zh"}
ASSIGNMENT = {
    "patents": PATENTS,
    "payment_method": "lump_sum",
    "price_fen": 120_000_000,
    "payment_days": 10,
    "delivery": "本合同签署后十日内以电子方式交付说明书、图纸和工艺文件。",
    "seller_practiced": False,
    "secrecy_years": 5,
    "improvements": "each_own",
    **CLOSING,
}
LICENSE = {
    "patents": PATENTS,
    "license_kind": "exclusive",
    "territory": "中华人民共和国（不含港澳台）",
    "manner": "制造、使用、许诺销售、销售",
    "field_of_use": "桥梁工程",
    "term_start": "2027-01-01",
    "term_end": "2032-01-01",
    "may_sublicense": False,
    "payment_method": "entry_and_royalty",
    "payment_days": 15,
    "entry_fee_fen": 50_000_000,
    "royalty_rate": "0.035",
    "royalty_base": "net_sales",
    "royalty_period": "half_year",
    "royalty_pay_days": 30,
    "minimum_royalty_fen": 10_000_000,
    "delivery": "生效后三十日内交付图纸、工艺规程和检验规范。",
    "record_by": "licensee",
    "secrecy_years": 5,
    "improvements": "grant_license",
    **CLOSING,
}
SUBLICENSE = {
    **{name: LICENSE[name] for name in LICENSE if name not in {"license_kind", "may_sublicense"}},
    "head_reference": "2026年专利实施许可合同（备案号2026-X-001）",
    "head_permits": "第四条",
    "head_end": "2033-01-01",
}
STATEMENT = {
    "patents": PATENTS,
    "fee_method": "entry_and_net_sales",
    "fixed_fen": 5_000_000,
    "rate": "0.02",
    "term_end": "2035-01-01",
    "other_matters": "无",
}
NOTICE = {
    "patents": PATENTS,
    "statement_reference": "CN-OL-2026-0001",
    "announced_on": "2026-10-01",
    "fee": "入门费五万元，净销售额的百分之二。",
    "paid_fen": 5_000_000,
    "term_end": "2035-01-01",
}
PLEDGE = {
    "patents": PATENTS,
    "claim_kind": "流动资金贷款债权",
    "claim_fen": 500_000_000,
    "claim_contract": "2026年借字第001号借款合同",
    "debt_start": "2026-12-01",
    "debt_end": "2027-12-01",
    "security_scope": "主债权及利息、违约金、损害赔偿金和实现质权的费用。",
    "appraised_fen": 900_000_000,
    "appraisal": "某资产评估有限公司，评字2026第12号，基准日2026年9月30日",
    **CLOSING,
}
NDA = {
    "purpose": "评估是否受让专利。",
    "information": "披露方通过资料室提供的全部未公开技术资料。",
    "mutual": True,
    "secrecy_years": 3,
    "persons": "研发负责人和法务人员",
    **CLOSING,
}
LOAN = {
    "loan_kind": "流动资金贷款",
    "currency": "CNY",
    "purpose": "采购生产材料。",
    "principal_fen": 500_000_000,
    "rate_annual": "0.0385",
    "drawdown_by": "2026-12-31",
    "loan_end": "2027-12-01",
    "repayment": [
        {"due_on": "2027-06-01", "principal_fen": 200_000_000, "interest_fen": 9_600_000},
        {"due_on": "2027-12-01", "principal_fen": 300_000_000, "interest_fen": 5_800_000},
    ],
    "pledge_reference": "2026年质字第001号",
    **CLOSING,
}
MINUTES = {
    "fund": "某知识产权运营基金",
    "session_date": "2026-11-20",
    "session_place": "线上会议",
    "matter": "投资某连接节点专利组合，金额人民币五百万元。",
    "members": [
        {"name": "委员一", "present": True, "recused": False, "vote": "for"},
        {"name": "委员二", "present": True, "recused": False, "vote": "for"},
        {"name": "委员三", "present": True, "recused": True, "vote": "none", "reason": "关联关系"},
    ],
    "threshold": "2/3",
    "votes_for": 2,
    "votes_entitled": 2,
    "result": "passed",
    "resolution": "同意投资，先决条件成就后付款。",
    "conditions": [{"condition": "专利权转让登记完成", "due_on": "2027-01-31"}],
    "ballot_sha256": "0" * 64,
}
INVOICE = {
    "contract_title": "专利权转让合同",
    "contract_sha256": "1" * 64,
    "amount_fen": 120_000_000,
    "tax_rate": "0",
    "exempt": "技术合同登记编号2026-0001",
    "paid_on": "2026-12-01",
    "item": "专利权转让费",
    "taxpayer_id": "91110000MA00000000",
    "send_to": "电子发票，发至平台消息",
}
ANNUITY = {
    "day": "2026-11-24",
    "payer": "某专利代理机构",
    "fees": [
        {
            "number": "ZL202010123456.7", "patent_year": 8, "due_on": "2027-02-24", "fee_fen": 200_000,
            "surcharge_fen": 0, "reduction": "0.15", "pay_fen": 170_000,
        }
    ],
    "total_fen": 170_000,
}  # fmt: skip
CERTIFICATE = {
    "patents": PATENTS,
    "operation": {"zh": "专利权转让", "en": "assignment"},
    "deal": "deal/1",
    "closed_on": "2026-12-20",
    "price_fen": 120_000_000,
    "payments": [{"to": "甲大学", "purpose": "价款", "amount_fen": 118_800_000}],
    "facts": [{"at": "2026-12-01 08:00:00Z", "fact": "document.signed", "record": "12"}],
    "files": [{"title": "专利权转让合同", "version": 1, "sha256": "2" * 64}],
    "audit_sequence": "1–12 (12)",
    "tree_size": 12,
    "tree_root": "3" * 64,
    "scenario": True,
}
TAKEN = {
    "patents": PATENTS,
    "statement_reference": "deal/1",
    "announced_on": "2026-11-01",
    "fee": {"zh": "固定费用", "en": "fixed fee"},
    "noticed_on": "2026-12-01",
    "paid_fen": 500_000,
    "effective_on": "2026-12-01",
    "term_end": "2030-01-01",
    "deal": "deal/2",
    "audit_sequence": "1–12",
    "tree_size": 12,
    "tree_root": "3" * 64,
    "scenario": True,
}
TERMS = {
    "open_license_certificate": TAKEN,
    "invoice_request": INVOICE,
    "annuity_order": ANNUITY,
    "closing_certificate": CERTIFICATE,
    "assignment_contract": ASSIGNMENT,
    "license_contract": LICENSE,
    "sublicense_contract": SUBLICENSE,
    "open_license_statement": STATEMENT,
    "open_license_notice": NOTICE,
    "pledge_contract": PLEDGE,
    "nda": NDA,
    "loan_contract": LOAN,
    "committee_minutes": MINUTES,
}
NAMES = {"seller_name": "甲大学", "buyer_name": "乙科技有限公司", "manager_name": "丙基金管理有限公司", "holder_name": "甲大学"}


def terms_of(kind, sides, **changes):
    """The complete terms of a kind with the names of its sides."""
    return {**TERMS[kind], **{f"{side}_name": NAMES[f"{side}_name"] for side in sides}, **changes}
