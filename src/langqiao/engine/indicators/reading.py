"""What an indicator says: a value, or the reason why there is none; absent is never zero."""

import datetime as dt
from dataclasses import dataclass

REASONS: dict[str, dict[str, str]] = {
    "citing_coverage": {
        "zh": "数据湖未收齐该时间窗内的施引文献,故数值未知",
        "en": "the lake does not hold enough of the citing documents of the window: the figure is unknown",
    },
    "window_open": {"zh": "引用时间窗尚未结束", "en": "the citation window had not ended by that day"},
    "no_publication_date": {"zh": "公开日不详", "en": "the publication date is not known"},
    "no_filing_date": {"zh": "申请日不详", "en": "the filing date is not known"},
    "no_field": {"zh": "没有分类号能对应技术领域", "en": "no classification symbol maps to a technology field"},
    "no_classification": {"zh": "没有分类号", "en": "no classification symbol is known"},
    "small_cohort": {"zh": "同组不足 30 件,不给百分位", "en": "the cohort has fewer than 30 members: no percentile"},
    "no_citations": {"zh": "没有引用,离散度不存在", "en": "there is no citation: a dispersion does not exist"},
    "one_citation": {"zh": "只有一次引用,无法校正", "en": "a single citation: no corrected value exists"},
    "classes_unknown": {"zh": "所涉文献的分类在数据湖中未知", "en": "the classes of those documents are not in the lake"},
    "incomplete": {"zh": "所涉文献未收齐,不给百分位", "en": "too few of those documents are in the lake: no percentile"},
    "no_citation_list": {"zh": "来源不含引文", "en": "the source carries no citations"},
    "no_references": {"zh": "没有引用前案,CD 机械地等于 1,不入评级", "en": "no references: CD is mechanically 1 and is kept out of grades"},
    "relevance_not_recorded": {"zh": "该局不记录 X/Y 类别", "en": "that office records no X or Y category"},
    "owner_unknown": {"zh": "权利人不详", "en": "the owners are not known"},
    "family_not_stated": {"zh": "来源未说明同族,只知下限", "en": "no source states the family: only a lower bound is known"},
    "regional_validation_unknown": {
        "zh": "地区专利的生效国不详,只知下限",
        "en": "where the regional patent was validated is not known: only a lower bound",
    },
    "market_size_unknown": {"zh": "缺该国国民总收入", "en": "a country's gross national income is not in the table"},
    "no_claims": {"zh": "权利要求不详", "en": "the claims are not known"},
    "not_granted": {"zh": "尚未授权", "en": "not granted by that day"},
    "flat_cohort": {"zh": "同组数值没有差异,不能归一", "en": "the cohort's first and last percentile are equal: it cannot be normalized"},
    "component_missing": {"zh": "缺少组成指标", "en": "a component is missing"},
    "mixed_components": {"zh": "组成不一,量纲不同,不给百分位", "en": "made of differing components on differing scales: no percentile"},
    "too_few_components": {"zh": "组成指标太少", "en": "fewer components are known than the minimum"},
    "facts_missing": {"zh": "判据事实不全,只知上下限", "en": "some facts are not known: only bounds are given"},
    "no_mature_cohort": {"zh": "没有可估计引用时滞的成熟年份", "en": "no mature year from which the citation lag could be estimated"},
    "no_earlier_filings": {"zh": "前期没有申请,增长率不存在", "en": "none in the earlier period: a growth rate does not exist"},
    "cohort_level": {"zh": "整组的数值,组内没有百分位", "en": "a figure of the whole cohort: no percentile within it"},
    "publication_coverage": {
        "zh": "数据湖未收齐该局这些年份的专利,故增长率未知",
        "en": "the lake does not hold enough of the office's patents of those years: growth is unknown",
    },
    "no_time": {"zh": "没有可比较的日期", "en": "it has no date to compare with"},
}
"""Why a value or a percentile is absent, in both languages."""

MIN_COHORT = 30
"""The smallest cohort that gets a percentile, a winsorized value or a composite (project contract)."""

MIN_COVERAGE = 0.95
"""The share of a window's citing documents the lake must hold before a count is called known: our convention, shown with every figure."""

MIN_COMPLETENESS = 0.8
"""The share of a patent's references (or citing documents) whose classes must be known before it enters a percentile: our convention."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A value with its sample size and uncertainty, or None with the reason (a key of REASONS)."""

    value: float | None
    n: int | None = None
    standard_error: float | None = None
    low: float | None = None
    high: float | None = None
    completeness: float | None = None
    reason: str = ""

    def __post_init__(self) -> None:
        """An absent value must say why."""
        assert self.value is not None or self.reason in REASONS, f"no reason for an absent value: {self.reason!r}"


def calendar_day(day: dt.date) -> int:
    """2026-06-30 → 20260630: whole numbers that order as days do, so that adding 10,000 a year gives the same day of a later year."""
    return day.year * 10_000 + day.month * 100 + day.day


def years_later(day: int, years: int) -> int:
    """The calendar day `years` later; 29 February may name a day that does not exist, which compares as 28 February would."""
    return day + years * 10_000


def month_index(day: int) -> int:
    """Months since year 0: 12 · year + month − 1 of a calendar day."""
    return day // 10_000 * 12 + day // 100 % 100 - 1


def months_between(start: int, end: int) -> int:
    """Whole months from one calendar day to another; 0 if `end` is before `start`."""
    months = (end // 10_000 - start // 10_000) * 12 + (end // 100 % 100 - start // 100 % 100) - (1 if end % 100 < start % 100 else 0)
    return max(0, months)
