"""The words of the record: what an entry says, what a petition asks for, and what changed between two judgments."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from langqiao.web.common import terms
from langqiao.web.rights.models import EntryKind, Petition
from langqiao.web.rights.register_events import ENTERABLE
from langqiao.web.rights.replay import Line

SHARES_OF: Mapping[str, Any] = {
    "none": gettext_lazy("no reduction"),
    "single_85": gettext_lazy("85 % less: one applicant with reduction granted"),
    "joint_70": gettext_lazy("70 % less: joint applicants with reduction granted"),
}
FACT_WORDS: Mapping[str, Any] = {
    "filing_date": gettext_lazy("filing date"),
    "grant_date": gettext_lazy("grant date"),
    "patent_type": gettext_lazy("type of patent"),
    "same_day_invention": gettext_lazy("same-day invention application"),
}
JUDGED: Mapping[str, Any] = {
    "status": gettext_lazy("status"),
    "expiry": gettext_lazy("end of the term"),
    "owners": gettext_lazy("owners"),
    "burdens": gettext_lazy("encumbrances"),
    "grade": gettext_lazy("grade"),
    "score": gettext_lazy("score"),
}


def kind_words(line: Line) -> Any:
    """What sort of line it is."""
    if line.kind == "event":
        return ENTERABLE[line.body["kind"]].words if line.body["kind"] in ENTERABLE else terms.word("event", line.body["kind"])
    return EntryKind(line.kind).label


def line_words(line: Line) -> str:
    """What a line says, after its kind."""
    return body_words(line.kind, line.body)


def body_words(kind: str, body: Mapping[str, Any]) -> str:
    """What the body of an entry says in words."""
    match kind:
        case "owners_set" | "owner_changed":
            return "; ".join(_owner_words(row) for row in body["owners"])
        case "burden_added":
            return " · ".join(part for part in (terms.word("burden", body["burden"]), body.get("holder") or "", scope_words(body)) if part)
        case "burden_removed":
            return f"{terms.word('burden', body['burden'])} {body['reference']}".strip()
        case "fee_reduction":
            return str(SHARES_OF[body["reduction"]])
        case "fact_corrected":
            return f"{FACT_WORDS[body['fact']]}: {body['value']}"
        case "event":
            return _event_words(body)
        case "recorded" | "annuity_reduced":
            return str(body.get("party") or "")
        case _:
            return ""


def _owner_words(row: Mapping[str, Any]) -> str:
    return f"{row['name']} {share_words(row['share'])}".strip()


def share_words(share: str | Fraction | None) -> str:
    """A share as a fraction; empty where not stated."""
    return "" if share is None else f"({Fraction(share)})"


def scope_words(body: Mapping[str, Any]) -> str:
    """The scope of a burden; a part without limit is not named."""
    parts = [", ".join(body[name]) for name in ("territories", "fields") if body.get(name)]
    if body.get("start") or body.get("end"):
        parts.append(f"{body.get('start') or '…'} – {body.get('end') or '…'}")
    return " · ".join(parts)


def _event_words(body: Mapping[str, Any]) -> str:
    parts = []
    if body.get("void"):
        parts.append(_("this event never was"))
    if body.get("from_parties") or body.get("to_parties"):
        parts.append(f"{'; '.join(body.get('from_parties') or [])} → {'; '.join(body.get('to_parties') or [])}")
    if body.get("year"):
        parts.append(_("patent year %(n)d") % {"n": body["year"]})
    if body.get("days"):
        parts.append(_("%(n)d days") % {"n": body["days"]})
    return " · ".join([*parts, *([body["text"]] if body.get("text") else [])])


def petition_words(petition: Petition) -> list[tuple[Any, str]]:
    """What a petition asks for, as pairs of word and content."""
    body = petition.body
    if petition.kind == "claim":
        owners = [(row["name"], share_words(row["share"])) for row in body["owners"]]
        return [
            (_("claims to be"), body["mine"]),
            (_("owners and shares"), "; ".join(f"{name} {share}".strip() for name, share in owners)),
            (_("named as owner by the lake"), _("yes") if body["named_in_lake"] else _("no")),
        ]
    draft = body["draft"]
    found: list[tuple[Any, str]] = []
    if body.get("old"):
        found.append((_("as it stands"), _old_words(body["old"])))
    line = Line(id=0, kind=draft["kind"], on=petition.filed_at.date(), at=petition.filed_at, body=draft["body"])
    return [
        *found,
        (_("to be entered"), f"{kind_words(line)} · {line_words(line)}".strip(" ·")),
        (_("day of effect"), draft["on"]),
        *([(_("number"), draft["reference"])] if draft["reference"] else []),
    ]


def _old_words(old: Mapping[str, Any]) -> str:
    if "fact" in old:
        return f"{FACT_WORDS[old['fact']]}: {old['value'] or _('not told')}"
    if "body" in old:
        return f"{EntryKind(old['kind']).label} {old['on']} · {body_words(old['kind'], old['body'])}"
    return f"{terms.word('event', old['kind'])} {old['on']}"


def compared(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[tuple[Any, str, str]]:
    """What a decision changed in the judgment of the right: (what, before, after); empty where it changed nothing of it."""
    if before is None or after is None:
        return []
    found = [
        (words, _shown(name, before[name]), _shown(name, after[name])) for name, words in JUDGED.items() if before[name] != after[name]
    ]
    for operation in before["refused"]:
        then, now = before["refused"][operation], after["refused"][operation]
        if then != now:
            found.append((terms.word("operation", operation), _codes(then), _codes(now)))
    return found


def _shown(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(value) or "–"
    return terms.word("status", value) if name == "status" else str(value) or "–"


def _codes(codes: list[str]) -> str:
    return ", ".join(codes) if codes else _("not refused")
