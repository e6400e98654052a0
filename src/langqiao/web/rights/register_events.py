"""The register events that may be entered by hand: what each needs, who may file it, and the line of the record that it becomes."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.operations.encumbrance import BURDENS
from langqiao.engine.patents.annuity import Reduction

TEXT_MAX = 500
ENDED_BY_HAND: Mapping[str, str] = {
    "PLEDGE_END": "PLEDGE",
    "LICENSE_END": "LICENSE",
    "OPEN_LICENSE_END": "OPEN_LICENSE",
    "PRESERVATION_END": "PRESERVATION",
    "SUSPENSION_END": "SUSPENSION",
    "INVALIDATION_REQUEST_END": "INVALIDATION_REQUEST",
    "OWNERSHIP_DISPUTE_END": "OWNERSHIP_DISPUTE",
}
"""The end of a burden that the lake tells of: our word → the kind of event that opened it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enterable:
    """One kind of event: its words, the fields its form asks for, and whether the owner may file it too (else the office role alone)."""

    kind: str
    words: Any
    group: str
    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    by_owner: bool = False


def _event(kind: str, words: Any, needs: tuple[str, ...] = (), may: tuple[str, ...] = (), *, by_owner: bool = False) -> Enterable:
    return Enterable(kind=kind, words=words, group="event", needs=needs, may=(*may, "text"), by_owner=by_owner)


def _burden(kind: str, words: Any, needs: tuple[str, ...], may: tuple[str, ...] = ()) -> Enterable:
    return Enterable(kind=kind, words=words, group="burden_added", needs=needs, may=may)


SCOPED = ("territories", "fields", "start", "end")
ENTERABLE: Mapping[str, Enterable] = {
    one.kind: one
    for one in (
        _event("GRANT", gettext_lazy("grant announced")),
        _event("TRANSFER", gettext_lazy("transfer of the right registered"), ("from_parties", "to_parties"), ("reference",)),
        _event("NAME_CHANGE", gettext_lazy("name of the owner changed"), ("from_parties", "to_parties")),
        _event("FEE_PAID", gettext_lazy("annual fee paid"), ("year",), ("reference",), by_owner=True),
        _event("LAPSE", gettext_lazy("right lapsed for an unpaid fee")),
        _event("RESTORATION", gettext_lazy("right restored")),
        _event("ABANDONMENT", gettext_lazy("right abandoned")),
        _event("EXPIRY", gettext_lazy("term expired")),
        _event("INVALIDATION", gettext_lazy("declared invalid in whole"), (), ("reference",)),
        _event("PARTIAL_INVALIDATION", gettext_lazy("declared invalid in part"), (), ("reference",)),
        _event("TERM_ADJUSTMENT", gettext_lazy("term adjusted"), ("days",)),
        _event("EVALUATION_REPORT", gettext_lazy("evaluation report issued"), ("reference",), by_owner=True),
        _event("SEP_DECLARATION", gettext_lazy("declared essential to a standard"), ("reference",), by_owner=True),
        *(
            _event(kind, words, (), ("reference", "to_parties"))
            for kind, words in (
                ("PLEDGE_END", gettext_lazy("pledge of the register released")),
                ("LICENSE_END", gettext_lazy("license of the register ended")),
                ("OPEN_LICENSE_END", gettext_lazy("open license of the register withdrawn")),
                ("PRESERVATION_END", gettext_lazy("preservation of the register released")),
                ("SUSPENSION_END", gettext_lazy("suspension of the register ended")),
                ("INVALIDATION_REQUEST_END", gettext_lazy("request for invalidation decided")),
                ("OWNERSHIP_DISPUTE_END", gettext_lazy("ownership dispute ended")),
            )
        ),
        _burden("pledged", gettext_lazy("pledge registered"), ("holder", "reference"), ("end",)),
        _burden("exclusive_license", gettext_lazy("exclusive license"), ("holder", "reference"), SCOPED),
        _burden("sole_license", gettext_lazy("sole license"), ("holder", "reference"), SCOPED),
        _burden("ordinary_license", gettext_lazy("ordinary license"), ("holder", "reference"), SCOPED),
        _burden("open_license", gettext_lazy("open license announced"), ("reference",), ("end",)),
        _burden("suspended", gettext_lazy("proceedings suspended"), ("reference",), ("holder", "end")),
        _burden("preserved", gettext_lazy("preserved by a court"), ("holder", "reference"), ("end",)),
        _burden("under_invalidation", gettext_lazy("invalidation requested"), ("reference",), ("holder",)),
        _burden("same_day_invention", gettext_lazy("same-day invention application"), ("reference",)),
        _burden("ownership_dispute", gettext_lazy("ownership in dispute"), ("holder",), ("reference",)),
        Enterable(
            kind="burden_removed", words=gettext_lazy("an encumbrance of the record removed"), group="burden_removed", needs=("burden",)
        ),
        Enterable(
            kind="fee_reduction", words=gettext_lazy("fee reduction granted"), group="fee_reduction", needs=("reduction",), by_owner=True
        ),
    )
}
"""kind → what its form asks for; day and evidence are always asked for."""
REDUCTIONS: tuple[Reduction, ...] = ("none", "single_85", "joint_70")
FACTS = ("filing_date", "grant_date", "patent_type", "same_day_invention")
"""The facts of a right that a correction may replace; everything else is an event."""
TYPES = ("invention", "utility_model", "design")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A line to be written: its kind, the day from which it holds, its reference and body."""

    kind: str
    on: dt.date
    body: Mapping[str, Any]
    reference: str = ""


def draft_of(kind: str, given: Mapping[str, str], *, today: dt.date) -> Draft:
    """The line that a form asks for. Refused (event_incomplete) with the fields that are missing or wrong, in `facts["fields"]`."""
    known = ENTERABLE.get(kind)
    if known is None:
        raise _incomplete("kind")
    read = _Reader(given)
    on = read.day("on", needed=True)
    values = {name: read.field(name, needed=name in known.needs) for name in (*known.needs, *known.may)}
    if on is not None and on > today:
        read.wrong.append("on")
    if read.wrong or on is None:
        raise _incomplete(*read.wrong)
    reference = values.get("reference") or ""
    match known.group:
        case "burden_added":
            body = {"burden": kind, "under": "", "own_practice": False, **{name: values.get(name) for name in SCOPED}}
            body |= {"holder": values.get("holder") or "", "reference": reference}
        case "burden_removed":
            burden, _sep, reference = (values["burden"] or "").partition(" ")
            body = {"burden": burden, "reference": reference}
        case "fee_reduction":
            body = {"reduction": values["reduction"]}
        case _:
            opened = ENDED_BY_HAND.get(kind)
            body = {"kind": opened or kind, "effect": "close" if opened else "open" if kind == "SEP_DECLARATION" else ""}
            body |= {name: value for name, value in values.items() if name != "reference" and value}
    return Draft(kind=known.group, on=on, body=body, reference=reference)


def fact_draft(fact: str, value: str, *, on: dt.date) -> Draft:
    """The line that replaces a fact of the right. Refused (event_incomplete)."""
    read = _Reader({"value": value})
    wrong = fact not in FACTS or not value.strip()
    if fact in {"filing_date", "grant_date"}:
        wrong = wrong or read.day("value", needed=True) is None
    if fact == "patent_type":
        wrong = wrong or value not in TYPES
    if wrong:
        raise _incomplete("value")
    return Draft(kind="fact_corrected", on=on, body={"fact": fact, "value": value.strip()})


def _incomplete(*fields: str) -> Refusal:
    names = tuple(dict.fromkeys(fields))
    message = _("These fields are missing or cannot be read: %(fields)s.") % {
        "fields": ", ".join(str(FIELDS.get(one, one)) for one in names)
    }
    return Refusal("event_incomplete", message, facts={"fields": names})


class _Reader:
    """Reads the fields of a form and remembers which were wrong."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = given
        self.wrong: list[str] = []

    def text(self, name: str, *, needed: bool = False) -> str:
        """A text without line breaks and of limited length."""
        text = " ".join(self.given.get(name, "").split())
        if len(text) > TEXT_MAX or (needed and not text):
            self.wrong.append(name)
        return text

    def day(self, name: str, *, needed: bool = False) -> dt.date | None:
        """A day written as 2026-03-02."""
        text = self.text(name, needed=needed)
        try:
            return dt.date.fromisoformat(text) if text else None
        except ValueError:
            self.wrong.append(name)
            return None

    def field(self, name: str, *, needed: bool) -> Any:
        """A field of a form by its name, as the body of an entry holds it."""
        text = self.text(name, needed=needed)
        match name:
            case "start" | "end":
                day = self.day(name)
                return day.isoformat() if day else None
            case "territories" | "fields" | "from_parties" | "to_parties":
                return sorted({part.strip() for part in text.replace("；", ";").split(";") if part.strip()}) or None
            case "year" | "days":
                if text and not (text.isascii() and text.isdigit() and 0 < int(text) < 10_000):
                    self.wrong.append(name)
                    return None
                return int(text) if text else None
            case "reduction":
                if text not in REDUCTIONS:
                    self.wrong.append(name)
                return text
            case "burden":
                if text.partition(" ")[0] not in BURDENS:
                    self.wrong.append(name)
                return text
            case _:
                return text


FIELDS: Mapping[str, Any] = {
    "kind": gettext_lazy("kind of event"),
    "on": gettext_lazy("day of effect"),
    "reference": gettext_lazy("registration or file number"),
    "holder": gettext_lazy("in whose favor"),
    "territories": gettext_lazy("territories (codes such as CN-44, separated by semicolons)"),
    "fields": gettext_lazy("fields of use (separated by semicolons)"),
    "start": gettext_lazy("from"),
    "end": gettext_lazy("until (first day outside)"),
    "from_parties": gettext_lazy("from (names separated by semicolons)"),
    "to_parties": gettext_lazy("to (names separated by semicolons)"),
    "year": gettext_lazy("patent year"),
    "days": gettext_lazy("days"),
    "reduction": gettext_lazy("reduction"),
    "burden": gettext_lazy("encumbrance"),
    "text": gettext_lazy("remark"),
    "value": gettext_lazy("right value"),
    "owners": gettext_lazy("owners"),
}
"""The words of the fields."""


def owners_read(text: str) -> list[dict[str, Any]]:
    """Owners from lines `name | share`; the share as 1/2, 50% or 0.5, empty where not stated. Refused (event_incomplete) for a share that is none."""
    rows = []
    for line in text.splitlines():
        name, _sep, share = line.replace("|", "|").partition("|")
        if name.strip():
            rows.append({"name": " ".join(name.split())[:200], "share": _share(share)})
    return rows


def _share(text: str) -> str | None:
    plain = text.strip().replace("%", "%")
    if not plain:
        return None
    try:
        share = Fraction(plain.removesuffix("%").strip()) / (100 if plain.endswith("%") else 1)
    except (ValueError, ZeroDivisionError) as error:
        raise _incomplete("owners") from error
    if len(plain) > 20:
        raise _incomplete("owners")
    return str(share)
