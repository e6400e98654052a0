"""The promotional words that a statement of open license may not contain, in Chinese and English (Implementing Rules 85)."""

import re
import unicodedata

CHINESE = (
    "最佳", "最好", "最优", "最先进", "最领先", "最高端", "第一品牌", "全国第一", "世界第一", "全球第一", "行业第一", "唯一", "首选", "首创",
    "顶级", "顶尖", "极致", "完美", "无与伦比", "独一无二", "绝无仅有", "国际领先", "国内领先", "世界领先", "行业领先", "世界一流", "国际一流",
    "颠覆性", "革命性", "划时代", "填补空白", "填补国内空白", "前景广阔", "市场前景", "市场巨大", "暴利", "高回报", "稳赚", "包赚", "零风险",
    "无风险", "超值", "优惠", "促销", "特价", "限时", "抢购", "机不可失", "欲购从速", "火爆", "热销", "畅销", "驰名", "著名", "权威",
    "国家级", "金奖", "万能", "神奇", "奇效", "百分之百有效",
)  # fmt: skip
ENGLISH = (
    "best", "number one", "no. 1", "world-class", "world class", "world-leading", "world leading", "industry-leading", "industry leading",
    "leading edge", "cutting-edge", "cutting edge", "state-of-the-art", "state of the art", "revolutionary", "groundbreaking", "disruptive",
    "unique", "unrivaled", "unrivalled", "unmatched", "unparalleled", "perfect", "ultimate", "superior", "amazing", "miracle", "famous",
    "guaranteed profit", "risk-free", "risk free", "huge market", "promising market", "high return", "bargain", "discount", "special offer",
    "limited time", "hurry", "act now", "best-selling", "bestselling", "award-winning", "market leader",
)  # fmt: skip
_ENGLISH = [(word, re.compile(rf"(?<![a-z]){re.escape(word)}(?![a-z])")) for word in ENGLISH]


def promotional(text: str) -> tuple[str, ...]:
    """The words of the dictionary found in a text, in its order; full-width letters, spaces inside Chinese and zero-width signs hide none."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if unicodedata.category(sign) != "Cf")
    dense = re.sub(r"\s+", "", plain)
    spaced = re.sub(r"\s+", " ", plain)
    return tuple(word for word in CHINESE if word in dense) + tuple(word for word, pattern in _ENGLISH if pattern.search(spaced))
