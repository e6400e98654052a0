"""The words of deals in both languages: fields, choices, files, deadlines, consents, money; states, events and roles come from the rules."""

from django.utils.translation import get_language

from langqiao.engine.operations.register import OPERATIONS
from langqiao.rules.refusals import Language
from langqiao.rules.words import word, words

Pair = tuple[str, str]

FIELD: dict[str, Pair] = {
    "payment.price_fen": ("价款（元）", "Price (yuan)"),
    "payment.broker_rate": ("经纪费率", "Broker's share"),
    "payment.tax_rate": ("代扣税费率", "Taxes withheld, share"),
    "payment.holdback_rate": ("质保扣留比例", "Held back, share"),
    "payment.method": ("支付方式", "Way of payment"),
    "pledge_route": ("质押权利的价款去向", "Where the proceeds of a pledged right go"),
    "pledge_debt_fen": ("尚欠质权人的债务（元）", "Debt still owed to the pledgee (yuan)"),
    "buyer_country": ("受让方国别（两位代码）", "Country of the acquirer (two letters)"),
    "license.term_end": ("许可终止日（不含当日）", "End of the license (that day not included)"),
    "license.no_term": ("不约定期限（至专利有效期届满）", "No agreed term: for the life of the patent"),
    "license.territories": ("地域（如 CN、CN-44；空为不限）", "Territories (CN, CN-44 …; empty: no limit)"),
    "license.fields": ("领域（空为不限）", "Fields of use (empty: no limit)"),
    "license.start": ("许可起始日", "Start of the license"),
    "license.may_sublicense": ("可以再许可", "May be sub-licensed"),
    "license.own_practice": ("作为排他许可人自己的实施", "Stands for the practice of a sole licensor"),
    "license.release_on_recordal": ("备案后放款", "Money is released on recordal"),
    "license.royalty.rate": ("提成比例", "Royalty rate"),
    "license.royalty.minimum_fen": ("每期最低提成（元）", "Least royalty a period (yuan)"),
    "license.royalty.period_months": ("结算周期（月）", "Period (months)"),
    "license.royalty.late_rate_annual": ("逾期年利率", "Late interest a year"),
    "expires_on": ("要约有效至", "Offer stands until"),
    "note": ("附言", "Note"),
    "pledge.claim_kind": ("被担保债权种类", "Kind of the secured claim"),
    "pledge.claim_fen": ("债权数额（元）", "Amount of the claim (yuan)"),
    "pledge.debt_end": ("债务履行期届满日", "End of the debt term"),
    "pledge.security_scope": ("担保范围", "Scope of the security"),
    "pledge.title_passes": ("约定不履行时专利归质权人", "A clause gives the pledgee the patent on default"),
    "pledge.release_ground": ("注销事由", "Ground of the release"),
    "obstacle": ("已知的其他障碍", "Another obstacle that is known"),
    "statement.fee_method": ("许可使用费方式", "Way of the fee"),
    "statement.fixed_fen": ("固定费或入门费（元）", "Fixed or entry fee (yuan)"),
    "statement.rate": ("提成比例", "Royalty rate"),
    "statement.term_end": ("许可期限至（不含当日）", "End of the term (that day not included)"),
    "statement.other_matters": ("其他需要说明的事项（没有请写“无”）", "Other matters (write “none” where there are none)"),
    "statement.justified": ("超过指导上限的理由", "Why the fee is above the guidance"),
    "auction.kind": ("拍卖方式", "Way of the auction"),
    "auction.reserve_fen": ("保留价（元）", "Reserve (yuan)"),
    "auction.step_fen": ("加价幅度／降价幅度（元）", "Step (yuan)"),
    "auction.deposit_fen": ("保证金（元）", "Deposit (yuan)"),
    "auction.opens_at": ("开始时间（北京时间）", "Opens at (Beijing time)"),
    "auction.closes_at": ("截止时间（北京时间）", "Closes at (Beijing time)"),
    "auction.reveal_until": ("揭标截止（北京时间）", "Bids are opened until (Beijing time)"),
    "auction.snipe_minutes": ("延时分钟数", "Minutes of extension"),
    "auction.start_fen": ("降价拍卖起始价（元）", "First price of a Dutch auction (yuan)"),
    "auction.step_minutes": ("降价间隔（分钟）", "Minutes between steps of a Dutch auction"),
    "amount_fen": ("出价（元）", "Bid (yuan)"),
    "digest": ("密封承诺（SHA-256）", "Sealed commitment (SHA-256)"),
    "nonce": ("密封口令", "Secret of the seal"),
    "statement_sha256": ("所见条件的标识", "Mark of the terms seen"),
    "reason": ("理由", "Reason"),
    "buyer": ("竞买人", "Bidder"),
}
CHOICE: dict[str, Pair] = {
    "lump_sum": ("一次总付", "one sum"),
    "installments": ("分期支付", "installments"),
    "running_royalty": ("提成支付", "running royalty"),
    "entry_and_royalty": ("入门费加提成", "entry fee and royalty"),
    "free": ("无偿", "free of charge"),
    "fixed": ("固定费用", "fixed fee"),
    "net_sales": ("按净销售额提成", "royalty on net sales"),
    "profit": ("按利润提成", "royalty on profit"),
    "entry_and_net_sales": ("入门费加净销售额提成", "entry fee and royalty on net sales"),
    "entry_and_profit": ("入门费加利润提成", "entry fee and royalty on profit"),
    "prepay": ("提前清偿债务", "prepay the debt"),
    "deposit": ("提存", "deposit them"),
    "english": ("增价拍卖", "English: rising bids"),
    "first_price": ("密封一价", "sealed, first price"),
    "second_price": ("密封二价", "sealed, second price"),
    "dutch": ("降价拍卖", "Dutch: falling price"),
    "discharged": ("债务清偿", "the debt is discharged"),
    "pledgee_consents": ("质权人同意", "the pledgee agrees"),
    "right_ended": ("专利权终止", "the right has ended"),
    "contract_annulled": ("合同被撤销", "the contract was annulled"),
}
FILE_KIND: dict[str, Pair] = {
    "data_room": ("资料", "data room"),
    "contract": ("合同", "contract"),
    "identity": ("身份证明", "proof of identity"),
    "certificate": ("专利证书或登记簿副本", "certificate or copy of the register"),
    "power_of_attorney": ("委托书", "power of attorney"),
    "appraisal": ("评估报告", "appraisal"),
    "consent": ("同意书或放弃声明", "consent or waiver"),
    "receipt": ("官方回执", "office receipt"),
    "clearance": ("技术出口许可或登记", "export clearance"),
    "invoice": ("发票", "invoice"),
    "other": ("其他", "other"),
}
RECEIPT: dict[str, Pair] = {
    "registration": ("登记", "registration"),
    "recordal": ("备案", "recordal"),
    "announcement": ("公告", "announcement"),
    "withdrawal": ("撤回公告", "announcement of the withdrawal"),
    "deregistration": ("注销登记", "deregistration"),
    "technology_contract": ("技术合同认定登记", "registration of the technology contract"),
}
BASIS: dict[str, Pair] = {
    "co_owner": ("共有人同意", "consent of a co-owner"),
    "pledgee": ("质权人同意", "consent of the pledgee"),
    "pledge_parties": ("质押双方确认", "confirmation of both sides of the pledge"),
    "first_refusal": ("优先受让权", "right of first refusal"),
}
DEADLINE: dict[str, Pair] = {
    "offer": ("要约有效期", "the offer stands until"),
    "escrow_hold": ("托管到期退款", "the escrow ends and is refunded"),
    "license_recordal": ("许可备案期限", "recordal of the license"),
    "private_treaty": ("流拍后协商期", "window of private treaty"),
    "first_refusal": ("优先受让权答复期", "answer to the notice of first refusal"),
    "publicity": ("公示期满", "publicity ends"),
    "auction_close": ("竞价截止", "bidding closes"),
    "reveal": ("揭标截止", "opening of sealed bids ends"),
    "statement_term": ("声明期限届满", "term of the statement ends"),
}
ACCOUNT: dict[str, Pair] = {
    "buyer": ("受让方客户资金", "buyer's client money"),
    "seller": ("转让方客户资金", "seller's client money"),
    "escrow": ("监管资金", "escrow"),
    "platform_fee": ("平台服务费", "fee of the platform"),
    "broker": ("经纪费", "broker's fee"),
    "tax": ("应交税费", "taxes"),
    "holdback": ("质保扣留款", "held back"),
    "pledgee": ("质权人", "pledgee"),
    "pledge_deposit": ("价款提存", "deposited proceeds"),
}
PHASE: dict[str, Pair] = {
    "hold": ("冻结", "held"),
    "post": ("入账", "posted"),
    "void": ("解冻退回", "freed"),
    "transfer": ("划转", "transferred"),
}
MOVE: dict[str, Pair] = {
    "deposit": ("缴纳保证金", "deposit paid"),
    "bid": ("出价", "bid"),
    "commit": ("密封出价", "sealed bid"),
    "open": ("揭标", "opened"),
}
CHECK: dict[str, Pair] = {
    "pass": ("符合", "met"),
    "fail": ("不符合", "not met"),
    "unknown": ("记录未载明", "the record does not say"),
    "title": ("权属", "title"),
    "encumbrance": ("负担", "encumbrances"),
    "in_force": ("有效性状态", "in force"),
    "validity": ("稳定性", "validity"),
    "commercial": ("商业", "commercial"),
    "freedom": ("自由实施", "freedom to operate"),
}
WHO: dict[str, dict[str, Pair]] = {
    "assignment": {"seller": ("转让人", "assignor"), "buyer": ("受让人", "assignee")},
    "auction": {"seller": ("委托人", "seller"), "buyer": ("竞买人", "bidder")},
    "pledge": {"seller": ("出质人", "pledgor"), "pledgee": ("质权人", "pledgee"), "buyer": ("质权人", "pledgee")},
    "open_license": {"seller": ("声明人", "declarant"), "buyer": ("取得人", "taker")},
    "open_license_taking": {"seller": ("许可人", "licensor"), "buyer": ("取得人", "taker")},
}
LICENSED: dict[str, Pair] = {"seller": ("许可人", "licensor"), "buyer": ("被许可人", "licensee")}
GROUPS: dict[str, dict[str, Pair]] = {
    "field": FIELD, "choice": CHOICE, "file": FILE_KIND, "receipt": RECEIPT, "basis": BASIS, "deadline": DEADLINE,
    "account": ACCOUNT, "phase": PHASE, "move": MOVE, "check": CHECK,
}  # fmt: skip


def language() -> Language:
    """The language of the page."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


def of(pair: Pair) -> str:
    """A pair in the language of the page."""
    return pair[0] if language() == "zh" else pair[1]


def said(group: str, code: str) -> str:
    """A code's word. Raises KeyError for one without: a code without a word is a defect."""
    if group in {"state", "event", "role"}:
        return word(f"deal_{group}", code, language())
    if group == "kind":
        return OPERATIONS[code].title[language()]
    return of(GROUPS[group][code])


def role_in(kind: str, role: str) -> str:
    """What a role is called in an operation."""
    named = WHO.get(kind, LICENSED)
    return of(named[role]) if role in named else said("role", role)


def knows(group: str, code: str) -> bool:
    """Whether there is a word."""
    return code in (words()[f"deal_{group}"] if group in {"state", "event", "role"} else GROUPS.get(group, {}))
