"""The register of indicators: what each is called, how it is computed, where it comes from and in which unit."""

from collections.abc import Mapping
from dataclasses import dataclass

VERSION = "1"
"""Rises when a formula or an edge case changes, so that recorded figures keep their meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One indicator. `title` is {"zh", "en"}; `unit` count, share, days, words, ratio, index or flag; `formula` says edge cases too."""

    name: str
    title: Mapping[str, str]
    unit: str
    formula: str
    source: str
    version: str = VERSION


_OECD = "Squicciarini, Dernis, Criscuolo 2013, OECD STI WP 2013/03"
_HALL = "Hall, Jaffe, Trajtenberg 2001; Hall 2005; standard error Simpson 1949"


def _one(name: str, zh: str, en: str, unit: str, *, formula: str, source: str) -> Indicator:
    return Indicator(name=name, title={"zh": zh, "en": en}, unit=unit, formula=formula, source=source)


_FORWARD = (
    "distinct rights whose citation was published after the right's publication and at most {years} years later; unknown, with the count seen"
    " as lower bound, while the window is open or the lake holds less than 95 % of the office's granted patents of its years"
)
_WINDOW5, _WINDOW7 = _FORWARD.format(years=5), _FORWARD.format(years=7)

_LIST = [
    _one("fwd_cits5", "五年前向引用", "Forward citations, five years", "count", formula=_WINDOW5, source=_OECD),
    _one("fwd_cits7", "七年前向引用", "Forward citations, seven years", "count", formula=_WINDOW7, source=_OECD),
    _one(
        "fwd_cits5_xy", "五年前向引用(X/Y 类)", "Forward citations X or Y, five years", "count",
        formula=_WINDOW5 + "; category X or Y only, where the office records categories", source=_OECD,
    ),
    _one(
        "fwd_cits7_xy", "七年前向引用(X/Y 类)", "Forward citations X or Y, seven years", "count",
        formula=_WINDOW7 + "; category X or Y only, where the office records categories", source=_OECD,
    ),
    _one(
        "fwd_cits5_self", "五年自引", "Self-citations, five years", "count",
        formula=_WINDOW5 + "; only citing rights that share a resolved owner; unknown where an owner is", source="Werner and Dang 2020",
    ),
    _one(
        "fwd_cits7_self", "七年自引", "Self-citations, seven years", "count",
        formula=_WINDOW7 + "; only citing rights that share a resolved owner; unknown where an owner is", source="Werner and Dang 2020",
    ),
    _one(
        "fwd_cits5_expected", "五年引用期望值", "Expected five-year citations", "count",
        formula="(α + c)/(α/μ + F): Gamma-Poisson shrinkage of the citations c seen, μ and α by moments from the field's mature rights, F the"
        " share of their citations that come within the right's age; 90 % interval",
        source="Hall, Jaffe, Trajtenberg 2001 with Gamma-Poisson shrinkage; Mehta, Rysman, Simcoe",
    ),
    _one(
        "breakthrough", "突破性(前 1%)", "Breakthrough", "flag",
        formula="1 if fwd_cits5 is above 0 and not below the 99th percentile of its cohort", source=_OECD,
    ),
    _one(
        "breakthrough_xy", "突破性(X/Y 类前 1%)", "Breakthrough, X or Y", "flag",
        formula="1 if fwd_cits5_xy is above 0 and not below the 99th percentile of its cohort", source=_OECD,
    ),
    _one(
        "generality_raw", "通用性(未校正)", "Generality, raw", "index",
        formula="1 − Σ(n_j/N)² over the main 4-character classes of the citing rights of five years", source=_HALL,
    ),
    _one(
        "generality", "通用性(校正)", "Generality, corrected", "index",
        formula="N/(N − 1) · (1 − Σ(n_j/N)²), N ≥ 2, never clipped", source=_HALL,
    ),
    _one(
        "generality_oecd", "通用性(OECD 权重)", "Generality, OECD weights", "index",
        formula="1 − Σ_j[(1/N) Σ_i T_ji/T_i]², T_i all symbols of citing right i, T_ji those in class j", source=_OECD,
    ),
    _one(
        "originality_raw", "原创性(未校正)", "Originality, raw", "index",
        formula="1 − Σ(n_j/N)² over the main 4-character classes of the cited rights", source=_HALL,
    ),
    _one(
        "originality", "原创性(校正)", "Originality, corrected", "index",
        formula="N/(N − 1) · (1 − Σ(n_j/N)²), N ≥ 2, never clipped", source=_HALL,
    ),
    _one(
        "radicalness", "激进性", "Radicalness", "share",
        formula="share of the cited rights that have no 4-character class in common with the right", source="Shane 2001, simple form",
    ),
    _one(
        "radicalness_oecd", "激进性(OECD)", "Radicalness, OECD", "share",
        formula="of the full symbols of the cited rights, the share in classes the right does not have [p]", source=_OECD,
    ),
    _one(
        "cd5", "颠覆性指数 CD5", "Disruption CD5", "index",
        formula="mean of −2·f·b + f over the rights that cite it (f) or its references (b) within five years; without references it is"
        " mechanically 1 and is kept out of cohorts and grades",
        source="Funk and Owen-Smith 2017; semantics of cdindex",
    ),
    _one(
        "mcd5", "颠覆性指数 mCD5", "Disruption mCD5", "index",
        formula="CD5 × number of citing rights up to the window's end", source="Funk and Owen-Smith 2017; semantics of cdindex",
    ),
    _one(
        "family_size", "同族规模", "Family size", "count",
        formula="offices in the stated family, its own included, WO left out; the model (inpadoc, vendor-extended, docdb, vendor-simple) is"
        " part of the cohort",
        source=_OECD,
    ),
    _one("patent_scope", "技术范围", "Patent scope", "count", formula="distinct 4-character classes (IPC, else CPC)", source=_OECD),
    _one("many_field", "技术领域数", "Technology fields", "count", formula="distinct WIPO fields of its symbols", source=_OECD),
    _one("grant_lag", "审查周期", "Grant lag", "days", formula="days from filing to grant", source=_OECD),
    _one("claims", "权利要求数", "Claims", "count", formula="claims of the representative publication", source=_OECD),
    _one("claims_bwd", "权利要求/后向引用", "Claims per backward citation", "ratio", formula="claims ÷ cited patents", source=_OECD),
    _one(
        "independent_claims", "独立权利要求数", "Independent claims", "count",
        formula="claims that refer to no other; cohort within the office", source="Marco, Sarnoff, deGrazia 2019",
    ),
    _one(
        "scope_words", "保护范围(最短独权字数)", "Scope: words of the shortest independent claim", "words",
        formula="words (each CJK character one) of the shortest independent claim; percentile of −words: broader ranks higher; cohort within"
        " the office",
        source="Marco, Sarnoff, deGrazia 2019",
    ),
    _one("bwd_cits", "后向引用", "Backward citations", "count", formula="distinct patents cited, equivalents once", source=_OECD),
    _one("npl_cits", "非专利引用", "Non-patent citations", "count", formula="distinct non-patent references", source=_OECD),
    _one("npl_share", "非专利引用占比", "Share of non-patent citations", "share", formula="npl ÷ (npl + patents)", source=_OECD),
    _one(
        "quality_index_4", "OECD 质量指数(四项)", "OECD quality index, four", "index",
        formula="mean of the normalized fwd_cits5, family_size, claims, generality_oecd; granted only; absent unless all four are known",
        source=_OECD,
    ),
    _one(
        "quality_index_6", "OECD 质量指数(六项)", "OECD quality index, six", "index",
        formula="the four and bwd_cits and 1 − normalized grant_lag; granted only; absent unless all six are known", source=_OECD,
    ),
    _one(
        "quality_partial", "部分组成的质量均值(非 OECD)", "Partial quality mean (not OECD's)", "index",
        formula="mean of those of the six that are known, at least three, named in the inputs; no percentile", source="Langqiao's reading",
    ),
    _one(
        "pai_relevance", "专利资产指数:技术相关性", "Patent Asset Index: technology relevance", "ratio",
        formula="citing families other than its own, each weighted by its office's practice, ÷ mean of the publication year and field",
        source="Ernst and Omland 2011",
    ),
    _one(
        "pai_coverage", "专利资产指数:市场覆盖", "Patent Asset Index: market coverage", "ratio",
        formula="Σ GNI of the family's countries ÷ GNI of the US, all taken as pending or in force; World Bank GNI 2018 (Atlas)",
        source="Ernst and Omland 2011",
    ),
    _one(
        "patent_asset_index", "专利资产指数", "Patent Asset Index", "index",
        formula="pai_relevance × pai_coverage", source="Ernst and Omland 2011",
    ),
    _one(
        "valuable_count", "价值专利判据数", "Valuable-patents count", "count",
        formula="(refs/age>1)+(5<cites≤18)+(age>10)+(life>1)+(inventors>3)+(publication−filing>4y)+(claims>25)+(litigation>0); bounds while a"
        " fact is missing",
        source="Allison, Lemley, Moore, Trunkey, as one vendor encodes it",
    ),
    _one(
        "growth_main_group", "主组授权增长率", "Growth of the main group", "share",
        formula="(grants of the office in the main group, last 3 years ÷ the 3 before)^(1/3) − 1; unknown below 95 % coverage of any of the six"
        " calendar years before",
        source="GB/T 42748-2023, technology life cycle, Langqiao's reading",
    ),
    _one(
        "hhi_owners", "权利人集中度", "Concentration of owners", "index",
        formula="(N·HHI − 1)/(N − 1) over the resolved owners of the right's field and filing year", source="Hall 2005",
    ),
]  # fmt: skip

INDICATORS: dict[str, Indicator] = {one.name: one for one in _LIST}
"""Every indicator by name."""
