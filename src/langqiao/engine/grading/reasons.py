"""In words, the codes by which a grade says why a leaf, a score or a letter is absent."""

from collections.abc import Mapping

from langqiao.engine.indicators.reading import REASONS as INDICATOR_REASONS

OF_GRADES: Mapping[str, Mapping[str, str]] = {
    "no_record": {"zh": "数据湖中没有记录", "en": "no record is in the lake"},
    "needs_expert": {"zh": "需由具名专家评定", "en": "a named expert has to answer"},
    "not_scored_value": {"zh": "方案对该取值不评分", "en": "the scheme gives this value no score"},
    "coefficient_missing": {"zh": "所属一级指标的系数未知", "en": "the coefficient of its level is not known"},
    "fee_payments": {"zh": "年费是否缴纳未知", "en": "whether the fees were paid is not known"},
    "no_register_events": {"zh": "没有授权后的登记事项", "en": "no register event after the grant is in the lake"},
    "end_of_term_unknown": {"zh": "期限届满日不详", "en": "the end of the term is not known"},
    "right_not_in_force": {"zh": "权利已不在有效状态", "en": "the right is not in force"},
    "grant_date": {"zh": "授权日不详", "en": "the grant date is not known"},
    "pledge_amount_not_told": {"zh": "质押已登记，金额未载明", "en": "a pledge is recorded, its amount is not told"},
    "not_computed": {"zh": "指标尚未计算", "en": "the indicators were not computed"},
    "computed_for_later_day": {
        "zh": "指标按更晚的日期计算，不得用于更早的评定",
        "en": "the indicators were computed for a later day and may not be used",
    },
    "not_public_by_then": {"zh": "当时尚未公开", "en": "it was not public by then"},
    "no_score": {"zh": "没有任何已知指标", "en": "no leaf is known"},
    "coverage_too_low": {"zh": "有依据的权重过少", "en": "too little of the weight has evidence"},
    "scheme_has_no_letters": {"zh": "该方案不设等级", "en": "the scheme has no letters"},
    "stopped": {"zh": "评分已停止", "en": "the score stops"},
}


def reason_in_words(code: str) -> Mapping[str, str]:
    """{"zh", "en"} of a code of grades or of indicators; an unlisted one stands for itself."""
    return OF_GRADES.get(code) or INDICATOR_REASONS.get(code) or {"zh": code, "en": code}
