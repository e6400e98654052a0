"""The codes of the council and of a held project in words, by the page's language."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from langqiao.data.indicators.register import INDICATORS
from langqiao.engine.funds.pipeline import EXIT
from langqiao.web.common.templatetags.langqiao import titled
from langqiao.web.funds.models import Check

COUNCILS: dict[str, Any] = {"committee": _("investment committee"), "advisory": _("advisory committee of the partners")}
FORMS: dict[str, Any] = {"meeting": _("meeting"), "written": _("written resolution")}
SIDE_WORDS: dict[str, Any] = {"chair": _("Chair"), "secretary": _("Secretary")}
COUNT_BASES: dict[str, Any] = {"entitled": _("of the entitled members"), "present": _("of the members present")}
OPERATORS: dict[str, Any] = {">=": _("at least"), ">": _("more than")}
RELATED: dict[str, Any] = {
    "manager": _("the manager itself is a party"),
    "partner": _("a partner of the fund is a party"),
    "shared_person": _("a person works for the manager and for a party"),
    "declared": _("declared by the manager"),
}
PROJECT_STAGES: dict[str, Any] = {
    "seed": _("seed stage"),
    "start_up": _("start-up"),
    "growth": _("growth stage"),
    "mature": _("mature stage"),
}
LIMITS: dict[str, Any] = {"field": _("technology field"), "stage": _("stage of the enterprise"), "region": _("region")}
CRITERIA: dict[str, Any] = {
    "technology": _("technology"),
    "right": _("strength of the right"),
    "market": _("market"),
    "team": _("team"),
    "price": _("price"),
}
COVENANTS: dict[str, Any] = {
    "information": _("reports to the fund"),
    "financial": _("financial figure to be kept"),
    "ip_upkeep": _("patents kept up"),
    "no_disposal": _("no disposal of the patents"),
    "key_people": _("key people stay"),
    "observer": _("observer or seat in the board"),
}
ALARMS: dict[str, Any] = {
    "figure_missing": _("figure not reported"),
    "figure_below_plan": _("figure below plan"),
    "covenant_broken": _("covenant broken"),
    "covenant_overdue": _("covenant not answered in time"),
    "status_unknown": _("state of the patent unknown"),
    "right_ended": _("the right has ended"),
    "annuity_unpaid": _("annuity unpaid"),
    "burden_under_invalidation": _("request for invalidation pending"),
    "burden_litigation": _("litigation pending"),
    "burden_ownership_dispute": _("ownership in dispute"),
    "burden_preserved": _("preserved by a court"),
    "burden_suspended": _("proceedings suspended"),
    "burden_pledged": _("pledged"),
    "burden_exclusive_license": _("exclusive license granted"),
}
COUNCIL_GROUPS: dict[str, dict[str, Any]] = {
    "council": COUNCILS,
    "form": FORMS,
    "count_base": COUNT_BASES,
    "operator": OPERATORS,
    "related": RELATED,
    "project_stage": PROJECT_STAGES,
    "limit": LIMITS,
    "criterion": CRITERIA,
    "covenant": COVENANTS,
    "alarm": ALARMS,
}
EXIT_WORDS: dict[str, Any] = {
    "sale": _("sale"),
    "license_out": _("licensing out"),
    "buy_back": _("buy-back"),
    "listing": _("listing on an exchange"),
    "secondary": _("secondary sale"),
    "securitization": _("take-out by securitization"),
    "write_off": _("write-off"),
}


def exit_word(code: str) -> str:
    """A way out in words."""
    return str(EXIT_WORDS[code]) if code in EXIT else code


def check_said(check: Check) -> str:
    """What the record said where it answered an item, in the page's language; "" where there is nothing more to say."""
    facts = check.facts
    if check.code == "peers":
        said = [
            gettext("%(indicator)s: percentile %(percentile)s of %(n)d")
            % {"indicator": titled(INDICATORS[name].title), "percentile": percentile, "n": n}
            for name, percentile, n in facts.get("peers", ())
            if name in INDICATORS
        ]
        return "; ".join(said)
    if check.code == "family":
        return gettext("%(n)d members of the family in the lake") % {"n": facts["members"]} if facts.get("members") else ""
    known = [facts.get(name) for name in ("expires_on", "on", "grade", "owners")]
    return "; ".join("、".join(one) if isinstance(one, list) else str(one) for one in known if one)
