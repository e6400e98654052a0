"""The pages of matching: mandates, a mandate with its ranked patents and holders, a demand's patents, and what fits one patent."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from langqiao.engine.market.reasons import REASONS
from langqiao.engine.matching.wish import CRITERIA, GRADES
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.market.forms import Form, form_of
from langqiao.web.market.models import Demand, Interest
from langqiao.web.market.patents import number_of, patents_named
from langqiao.web.market.selectors import demand_get
from langqiao.web.market.words import reason_word
from langqiao.web.matching import selectors, services
from langqiao.web.matching.banks import bank_fits
from langqiao.web.matching.models import PURPOSES, TEXT_CHARS, TITLE_CHARS, VISIBILITIES, Mandate
from langqiao.web.matching.selectors import Matches
from langqiao.web.matching.words import FIELDS, field_names, industry_names
from langqiao.web.people.models import Membership, User
from langqiao.web.people.session import member_page, must_edit

TYPED = (
    "title", "purpose", "visibility", "brief", "words", "ipc", "grade_least", "high_value", "regions", "ticket_low_fen", "ticket_high_fen", "until_on",
)  # fmt: skip
LISTS = ("fields", "industries", "statuses", "required")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


@require_safe
@member_page
def home(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The organization's mandates, the public ones of others, the way from a patent to what fits it."""
    number = request.GET.get("number", "").strip()[:80]
    named, unknown = patents_named(number, membership.organization) if number else ([], [])
    if len(named) == 1 and not unknown:
        return redirect("patent_fits", key=named[0].key)
    own = Mandate.objects.filter(organization=membership.organization)
    others = selectors.standing().filter(visibility="public").exclude(organization=membership.organization)
    context = {
        "room": "capital",
        "membership": membership,
        "own": own[:100],
        "others": others[:100],
        "demands": Demand.objects.filter(state="published").select_related("organization")[:20],
        "number": number,
        "trouble": _("Write one patent number that the lake holds, in any form.") if number else "",
        "today": timezone.localdate(),
    }
    return render(request, "matching/home.html", context)


def _shares(membership: Membership, matches: Matches, purpose: str = "buy") -> dict[str, Any]:
    """What every list of matches needs: reasons to answer with, and what the organization has answered before."""
    listings = [uuid.UUID(row.shown.listing) for row in matches.best if row.shown.listing]
    said = {str(one.listing_id): one for one in Interest.objects.filter(organization=membership.organization, listing__in=listings)}
    free = selectors.freedom_of(matches.best, membership, purpose)
    rows = [
        {"row": row, "number": number_of(row.match.key), "said": said.get(row.shown.listing), "against": free.get(row.match.key)}
        for row in matches.best
    ]
    thin = [{"row": row, "number": number_of(row.match.key), "said": None, "against": None} for row in matches.thin]
    codes = [(code, reason_word(code, chinese=chinese())) for code in REASONS]
    return {"matches": matches, "rows": rows, "thin": thin, "reasons": codes, "looked_at": matches.ranking.looked_at}


@require_safe
@member_page
def mandate(request: HttpRequest, membership: Membership, mandate_id: uuid.UUID) -> HttpResponse:
    """One mandate: what it asks; for its own organization the ranked patents and holders."""
    found = selectors.mandate_get(mandate_id, membership)
    own = found.organization_id == membership.organization_id
    matches = selectors.matches_of(selectors.wish_of(found)) if own and found.ended_at is None else None
    context = {
        "room": "capital",
        "membership": membership,
        "mandate": found,
        "own": own,
        "fields": [field_names().get(number, number) for number in found.fields],
        "industries": [industry_names().get(code, code) for code in found.industries],
        "today": timezone.localdate(),
        **(_shares(membership, matches, found.purpose) if matches else {}),
    }
    return render(request, "matching/mandate.html", context)


@require_safe
@member_page
def demand(request: HttpRequest, membership: Membership, demand_id: uuid.UUID) -> HttpResponse:
    """The patents that fit a demand that stands or is one's own."""
    found = demand_get(demand_id, membership)
    matches = selectors.demand_matches(found)
    own = found.organization_id == membership.organization_id
    proposed = set(Interest.objects.filter(demand=found, organization=membership.organization).values_list("key", flat=True))
    context = {
        "room": "market",
        "membership": membership,
        "demand": found,
        "own": own,
        "proposed": proposed,
        **_shares(membership, matches),
    }
    return render(request, "matching/demand.html", context)


@require_safe
@member_page
def patent(request: HttpRequest, membership: Membership, key: str) -> HttpResponse:
    """What fits one patent: mandates the organization may see, banks by their rules, demands; each with why and why not."""
    shown = selectors.patent_shown(key)
    context = {
        "room": "market",
        "membership": membership,
        "shown": shown,
        "key": key,
        "number": number_of(key),
        "mandates": selectors.mandate_fits(shown, membership.organization),
        "banks": bank_fits(shown, membership),
        "demands": selectors.demand_fits(shown),
        "reasons": [(code, reason_word(code, chinese=chinese())) for code in REASONS],
        "proposed": set(Interest.objects.filter(organization=membership.organization, key=key).values_list("demand_id", flat=True)),
    }
    return render(request, "matching/patent.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def mandate_new(request: HttpRequest, membership: Membership) -> HttpResponse:
    """The form of a new mandate."""
    must_edit(membership)
    if request.method != "POST":
        return render(request, "matching/mandate_form.html", _form_context(membership, Form(typed={}), {}))
    form, lists, terms = _read(request)
    if form.errors or terms is None:
        return render(request, "matching/mandate_form.html", _form_context(membership, form, lists), status=422)
    made = services.mandate_create(membership=membership, by=_user(request), terms=terms)
    return redirect("sought", mandate_id=made.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def mandate_edit(request: HttpRequest, membership: Membership, mandate_id: uuid.UUID) -> HttpResponse:
    """The form of a mandate that stands."""
    found = selectors.mandate_own(mandate_id, membership)
    must_edit(membership)
    if request.method != "POST":
        context = _form_context(membership, Form(typed=_typed(found)), {name: list(getattr(found, name)) for name in LISTS})
        return render(request, "matching/mandate_form.html", context | {"mandate": found})
    form, lists, terms = _read(request)
    if form.errors or terms is None:
        return render(request, "matching/mandate_form.html", _form_context(membership, form, lists) | {"mandate": found}, status=422)
    services.mandate_change(mandate_id=mandate_id, membership=membership, by=_user(request), terms=terms)
    return redirect("sought", mandate_id=mandate_id)


@require_POST
@member_page
def mandate_end(request: HttpRequest, membership: Membership, mandate_id: uuid.UUID) -> HttpResponse:
    """Ends a mandate."""
    selectors.mandate_own(mandate_id, membership)
    services.mandate_end(mandate_id=mandate_id, membership=membership, by=_user(request))
    return redirect("matching")


def _typed(found: Mandate) -> dict[str, str]:
    yuan = {name: str(getattr(found, name) / 100) if getattr(found, name) else "" for name in ("ticket_low_fen", "ticket_high_fen")}
    plain = {name: str(getattr(found, name)) for name in ("title", "purpose", "visibility", "brief", "words", "grade_least")}
    lines = {name: "\n".join(getattr(found, name)) for name in ("ipc", "regions")}
    return {**plain, **yuan, **lines, "high_value": "yes" if found.high_value else "", "until_on": found.until_on.isoformat()}


def _form_context(membership: Membership, form: Form, lists: dict[str, list[Any]]) -> dict[str, Any]:
    return {
        "room": "capital",
        "membership": membership,
        "form": form,
        "lists": {name: [str(value) for value in lists.get(name, ())] for name in LISTS},
        "purposes": PURPOSES,
        "visibilities": VISIBILITIES,
        "field_names": {str(number): name for number, name in field_names().items()},
        "industry_names": industry_names(),
        "statuses": services.STATUSES,
        "grades": GRADES,
        "criteria": [name for name in CRITERIA if name != "text"],
    }


def _read(request: HttpRequest) -> tuple[Form, dict[str, list[str]], services.Terms | None]:
    """(what was typed with what is wrong beside each field, the chosen lists, the terms where nothing is wrong)."""
    form = form_of(request.POST, TYPED)
    lists = {name: request.POST.getlist(name)[:60] for name in LISTS}
    low, high, until_on = form.money("ticket_low_fen"), form.money("ticket_high_fen"), form.day("until_on")
    if until_on is None:
        form.errors.setdefault("until_on", _("Fill this in."))
        return form, lists, None
    terms = services.Terms(
        title=form.text("title", TITLE_CHARS),
        purpose=form.choice("purpose", PURPOSES),
        visibility=form.choice("visibility", VISIBILITIES),
        brief=form.text("brief", TEXT_CHARS),
        words=form.text("words", 500),
        fields=tuple(int(text) for text in lists["fields"] if text.isascii() and text.isdigit()),
        industries=tuple(lists["industries"]),
        ipc=_lines(form.text("ipc")),
        statuses=tuple(lists["statuses"]),
        grade_least=form.choice("grade_least", ("", *GRADES)),
        high_value=form.typed.get("high_value") == "yes",
        regions=_lines(form.text("regions")),
        ticket_low_fen=low,
        ticket_high_fen=high,
        required=tuple(lists["required"]),
        until_on=until_on,
    )
    for name in services.terms_wrong(terms, timezone.localdate()):
        form.errors.setdefault(name, _("This does not fit: %(field)s") % {"field": FIELDS.get(name, name)})
    return form, lists, terms


def _lines(text: str) -> tuple[str, ...]:
    for sign in "、,，;；":
        text = text.replace(sign, "\n")
    return tuple(dict.fromkeys(line.strip()[:60] for line in text.splitlines() if line.strip()))
