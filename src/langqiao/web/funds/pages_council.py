"""The page of a fund's council: charter by matter, seats of both bodies with their terms, limits of what it may invest in."""

import uuid
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from langqiao.data.reference.technology import fields
from langqiao.engine.funds.limits import STAGES
from langqiao.engine.funds.session import BODIES, CONSTITUENCIES, OPERATORS
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.funds import access
from langqiao.web.funds.charter import charter_whole
from langqiao.web.funds.governance import limits_of
from langqiao.web.funds.models import Fund
from langqiao.web.funds.pages import SHARES, user_of
from langqiao.web.funds.services_council import charter_set, limits_approve, limits_set, seat_end, seat_fill
from langqiao.web.market.forms import form_of
from langqiao.web.people.models import Membership
from langqiao.web.people.session import member_page, must_approve, must_edit

COUNT_BASES = ("entitled", "present")


def field_names() -> dict[int, str]:
    """The technology fields by number, in the page's language."""
    return {field.number: field.name_zh if chinese() else field.name_en for field in fields()}


@require_safe
@member_page
def council(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """The council of one fund."""
    fund = access.fund_get(fund_id, membership)
    return render(request, "funds/council.html", council_context(fund, membership))


def council_context(fund: Fund, membership: Membership) -> dict[str, Any]:
    """What the page of the council shows."""
    charter, today, names = charter_whole(fund.charter), timezone.localdate(), field_names()
    seats = list(fund.seats.select_related("user", "alternate", "partner"))
    bodies = []
    for body, matters in BODIES.items():
        own = [seat for seat in seats if seat.body == body]
        standing = [seat for seat in own if seat.until_on is None or seat.until_on >= today]
        least = int((charter["advisory"] if body == "advisory" else charter)["members_least"])
        bodies.append(
            {"body": body, "matters": matters, "standing": standing, "ended": [one for one in own if one not in standing], "least": least}
        )
    rows = list(fund.limits.select_related("by", "approved_by"))
    limits = [{"row": row, "fields": [names.get(number, number) for number in row.fields]} for row in reversed(rows)]
    return {
        "room": "capital",
        "membership": membership,
        "fund": fund,
        "charter": charter,
        "matters": [{"code": code, "rule": rule} for code, rule in charter["matters"].items()],
        "bodies": bodies,
        "limits": limits[:10],
        "in_force": limits_of(fund),
        "field_names": names,
        "stages": STAGES,
        "shares": SHARES,
        "constituencies": CONSTITUENCIES,
        "partners": fund.partners.filter(is_general=False),
        "today": today,
    }


@require_POST
@member_page
def charter(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """Changes the charter until the first close."""
    fund = access.fund_get(fund_id, membership)
    must_approve(request, membership)
    body = charter_whole(fund.charter)
    given = request.POST
    for name in ("quorum", "free_least"):
        body[name] = _share(given.get(name, body[name]), name)
    for name in ("members_least", "approval_months"):
        body[name] = _count(given.get(name, str(body[name])), name)
    body["recusal_leaves"] = given.get("recusal_leaves", "yes") == "yes"
    body["secret"] = given.get("secret", "no") == "yes"
    body["advisory"] = body["advisory"] | {
        "quorum": _share(given.get("advisory_quorum", body["advisory"]["quorum"]), "quorum"),
        "members_least": _count(given.get("advisory_members_least", str(body["advisory"]["members_least"])), "members_least"),
    }
    for name, rule in body["matters"].items():
        rule |= {
            "threshold": _share(given.get(f"threshold_{name}", rule["threshold"]), f"{name}.threshold"),
            "operator": _one_of(given.get(f"operator_{name}", rule["operator"]), OPERATORS, f"{name}.operator"),
            "base": _one_of(given.get(f"base_{name}", rule["base"]), COUNT_BASES, f"{name}.base"),
            "vetoes": [one for one in given.getlist(f"vetoes_{name}") if one in CONSTITUENCIES],
        }
    charter_set(fund_id=fund_id, membership=membership, by=user_of(request), charter=body)
    return redirect("fund_council", fund_id=fund_id)


def _wrong(field: str) -> Refusal:
    return Refusal("charter_wrong", f"the charter's {field} does not fit", facts={"field": field})


def _share(text: str, field: str) -> str:
    try:
        Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise _wrong(field) from None
    return text[:12]


def _count(text: str, field: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise _wrong(field)
    return int(text)


def _one_of(text: str, known: tuple[str, ...], field: str) -> str:
    if text not in known:
        raise _wrong(field)
    return text


@require_POST
@member_page
def seat_add(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """Fills a seat of the committee or of the advisory committee of partners."""
    access.fund_get(fund_id, membership)
    must_approve(request, membership)
    form = form_of(request.POST, ("email", "alternate", "until_on"))
    until_on = form.day("until_on")
    partner = request.POST.get("partner", "")
    try:
        partner_id = uuid.UUID(partner) if partner else None
    except ValueError:
        partner_id = None
    if form.errors:
        raise Refusal("seat_not_possible", _("The seat does not fit the charter."), facts={"why": "; ".join(form.errors.values())})
    facts = {
        "constituency": request.POST.get("constituency", ""),
        "alternate": form.text("alternate", 254),
        "is_chair": request.POST.get("is_chair") == "yes",
        "until_on": until_on,
        "partner": partner_id,
    }
    body = request.POST.get("body", "committee")
    seat_fill(fund_id=fund_id, membership=membership, by=user_of(request), body=body, email=form.text("email", 254), facts=facts)
    return redirect("fund_council", fund_id=fund_id)


@require_POST
@member_page
def seat_over(request: HttpRequest, membership: Membership, fund_id: uuid.UUID, seat_id: uuid.UUID) -> HttpResponse:
    """Ends a seat."""
    access.fund_get(fund_id, membership)
    must_approve(request, membership)
    seat_end(seat_id=seat_id, membership=membership, by=user_of(request))
    return redirect("fund_council", fund_id=fund_id)


@require_POST
@member_page
def limits_new(request: HttpRequest, membership: Membership, fund_id: uuid.UUID) -> HttpResponse:
    """Proposes limits."""
    access.fund_get(fund_id, membership)
    must_edit(membership)
    numbers = [int(text) for text in request.POST.getlist("fields") if text.isascii() and text.isdigit()]
    regions = [line for line in request.POST.get("regions", "").replace("、", "\n").replace(",", "\n").splitlines() if line.strip()]
    body: dict[str, list[Any]] = {"fields": numbers, "stages": request.POST.getlist("stages"), "regions": regions[:40]}
    limits_set(fund_id=fund_id, membership=membership, by=user_of(request), body=body)
    return redirect("fund_council", fund_id=fund_id)


@require_POST
@member_page
def limits_yes(request: HttpRequest, membership: Membership, fund_id: uuid.UUID, limits_id: int) -> HttpResponse:
    """Puts proposed limits in force."""
    access.fund_get(fund_id, membership)
    must_approve(request, membership)
    limits_approve(limits_id=limits_id, membership=membership, by=user_of(request))
    return redirect("fund_council", fund_id=fund_id)
