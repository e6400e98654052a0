"""The high-value check: for each of the five criteria whether it is met, by which evidence, or what would make it so."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from langqiao.engine.grading.facts import Fact, Facts
from langqiao.engine.kernel.evidence import Evidence
from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.engine.kernel.parameters import Parameters
from langqiao.engine.patents.high_value import Criterion, HighValueInput, high_value, pledge_threshold

ALIVE = frozenset({"in_force", "grace", "suspended"})
"""The values of right.validity under which a right stands."""
ENDED = {"zh": "专利权已经终止，不再计算维持年限", "en": "the right has ended: it is maintained no longer"}
Verdict = Literal["met", "not_met", "unknown"]
Words = Mapping[str, str]

TITLES: dict[Criterion, Words] = {
    "strategic_emerging_industry": {"zh": "战略性新兴产业的发明专利", "en": "Invention in a strategic emerging industry"},
    "overseas_family": {"zh": "在海外有同族专利权", "en": "Family patent right abroad"},
    "maintained_over_10_years": {"zh": "维持年限超过10年", "en": "Maintained for more than ten years"},
    "pledge_financing": {"zh": "实现较高质押融资金额", "en": "A higher amount of pledge financing"},
    "national_award": {"zh": "获国家科学技术奖或中国专利奖", "en": "National science and technology award or China Patent Award"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionCheck:
    """One criterion. `would`: what would make it met, or what has to be known to tell; empty where it is met."""

    criterion: Criterion
    title: Words
    verdict: Verdict
    evidence: tuple[Evidence, ...]
    would: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class HighValueCheck:
    """`applies`: the definition covers granted Chinese inventions in force. `high_value` None: not settled, some criterion is unknown."""

    key: str
    as_of: dt.date
    applies: bool | None
    why_not: Words
    high_value: bool | None
    criteria: tuple[CriterionCheck, ...]


def check(facts: Facts, parameters: Parameters) -> HighValueCheck:
    """The check from the facts patent.type, right.validity, right.grant_date, patent.sei, family.rights, right.pledge_fen and awards.

    Only what is known is asked of the rule (patents.high_value); an unknown criterion is never read as not met.
    """
    applies, why_not = _applies(facts)
    granted = facts.get("right.grant_date").value
    pledged, awards, rights = (facts.get(name).value for name in ("right.pledge_fen", "awards", "family.rights"))
    ruled = high_value(
        HighValueInput(
            type="invention",
            in_force=True,
            grant_date=granted or facts.as_of,
            as_of=facts.as_of,
            sei=facts.get("patent.sei").value == "met",
            overseas_rights=tuple(rights or ()),
            pledge_amount=pledged or 0,
            awards=tuple(awards or ()),
        ),
        parameters,
    )
    threshold = fen_to_yuan(pledge_threshold(_asked(facts), parameters))
    criteria = []
    for finding in ruled.findings:
        name = finding.criterion
        fact = facts.get(FACT_OF[name])
        verdict: Verdict = "met" if finding.met else "not_met" if _known(name, fact) else "unknown"
        if name == "maintained_over_10_years" and verdict == "met":
            verdict = _still_kept(applies=applies, validity=facts.get("right.validity").value)
        would = (
            {} if verdict == "met" else ENDED if finding.met and verdict == "not_met" else _WOULD[name](fact, finding.met_from, threshold)
        )
        criteria.append(CriterionCheck(criterion=name, title=TITLES[name], verdict=verdict, evidence=(fact.evidence,), would=would))
    return HighValueCheck(
        key=facts.key,
        as_of=facts.as_of,
        applies=applies,
        why_not=why_not,
        high_value=_settled(applies=applies, verdicts={entry.verdict for entry in criteria}),
        criteria=tuple(criteria),
    )


def _asked(facts: Facts) -> HighValueInput:
    return HighValueInput(type="invention", in_force=True, grant_date=facts.as_of, as_of=facts.as_of, sei=False)


def _settled(*, applies: bool | None, verdicts: set[Verdict]) -> bool | None:
    """True if it applies and one criterion is met; False if it cannot be; None while the answer hangs on something unknown."""
    if applies is False:
        return False
    if "met" in verdicts:
        return True if applies else None
    return None if "unknown" in verdicts else False


def _still_kept(*, applies: bool | None, validity: str | None) -> Verdict:
    """Ten years since grant are years of maintenance only while the right is known to be kept."""
    return "met" if applies or validity in ALIVE else "unknown" if validity is None else "not_met"


FACT_OF: dict[Criterion, str] = {
    "strategic_emerging_industry": "patent.sei",
    "overseas_family": "family.rights",
    "maintained_over_10_years": "right.grant_date",
    "pledge_financing": "right.pledge_fen",
    "national_award": "awards",
}
"""The fact that settles each criterion."""


def _known(criterion: Criterion, fact: Fact) -> bool:
    """Whether a criterion that is not met is known not to be: a hit by classification alone is not a miss."""
    return fact.value is not None and not (criterion == "strategic_emerging_industry" and fact.value == "ipc_only")


def _applies(facts: Facts) -> tuple[bool | None, Words]:
    kind, validity = facts.get("patent.type").value, facts.get("right.validity").value
    if facts.office != "CN":
        return False, {"zh": "定义只适用于中国发明专利", "en": "the definition covers Chinese invention patents only"}
    if kind != "invention":
        return False, {"zh": "实用新型和外观设计不在定义之内", "en": "utility models and designs are outside the definition"}
    if validity is None:
        return None, {"zh": "专利是否有效尚不确定（缴费记录未知）", "en": "whether it is in force is not certain (record of fees unknown)"}
    if validity == "pending":
        return False, {"zh": "尚未授权", "en": "not granted yet"}
    alive = validity in ALIVE
    return alive, {} if alive else {"zh": "专利权已不在有效状态", "en": "the right is no longer in force"}


Would = Callable[[Fact, dt.date | None, str], Words]


def _industry(fact: Fact, _met_from: dt.date | None, _threshold: str) -> Words:
    if fact.value == "ipc_only":
        return {
            "zh": "分类号落在战略性新兴产业，尚需按官方表的关键词核对原文",
            "en": "its classes fall in a strategic emerging industry; the official table also asks for a keyword in the text",
        }
    if fact.value is None:
        return {"zh": "需要分类号才能判断", "en": "its classification is needed to tell"}
    return {"zh": "技术不在战略性新兴产业分类之内", "en": "its technology lies outside the strategic emerging industries"}


def _family(fact: Fact, _met_from: dt.date | None, _threshold: str) -> Words:
    if fact.value is None:
        return {
            "zh": "需要同族记录，并知道海外同族是否已授权",
            "en": "a record of the family is needed, and whether members abroad were granted",
        }
    return {
        "zh": "海外同族申请获得授权即满足（申请本身不算）",
        "en": "met once a family application abroad is granted (an application does not count)",
    }


def _maintained(fact: Fact, met_from: dt.date | None, _threshold: str) -> Words:
    if fact.value is None or met_from is None:
        return {"zh": "需要授权日", "en": "the grant date is needed"}
    if fact.evidence.as_of is not None and met_from <= fact.evidence.as_of:
        return {
            "zh": "授权已超过10年；需要缴费记录证明专利权一直维持",
            "en": "granted more than ten years ago; a record of the fees has to show that the right was kept",
        }
    return {"zh": f"继续缴费维持至 {met_from} 即满足", "en": f"met on {met_from} if the fees are paid until then"}


def _pledge(fact: Fact, _met_from: dt.date | None, threshold: str) -> Words:
    if fact.value is None:
        return {
            "zh": f"需要质押登记及其金额；参考门槛单笔 {threshold} 元（官方未公布，为廊桥参数）",
            "en": f"a registered pledge with its amount is needed; threshold {threshold} yuan in one pledge (none is published: our parameter)",
        }
    return {
        "zh": f"单笔质押融资达到 {threshold} 元即满足（官方未公布门槛，为廊桥参数）",
        "en": f"met by one pledge of {threshold} yuan or more (no threshold is published: our parameter)",
    }


def _award(fact: Fact, _met_from: dt.date | None, _threshold: str) -> Words:
    if fact.value is None:
        return {
            "zh": "数据湖中没有获奖记录；请补充获奖名称、年份和等级",
            "en": "the lake holds no record of awards; give award, year and grade",
        }
    return {"zh": "获国家科学技术奖或中国专利奖即满足", "en": "met by a national science and technology award or a China Patent Award"}


_WOULD: dict[Criterion, Would] = {
    "strategic_emerging_industry": _industry,
    "overseas_family": _family,
    "maintained_over_10_years": _maintained,
    "pledge_financing": _pledge,
    "national_award": _award,
}
