"""The pages of products and tariffs: what is offered, a product with every version and figure, a new product, a new version."""

import uuid
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from langqiao.engine.insurance.cover import KINDS
from langqiao.engine.insurance.tariff import FACTS, MODES, tariff_missing
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.numbers import money_exact
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.insurance import clock, selectors, tariffs
from langqiao.web.insurance.models import Product, Tariff
from langqiao.web.insurance.shown import figure_told
from langqiao.web.insurance.tariff_form import day_of, rows_of, typed_of, values_of
from langqiao.web.insurance.words import said
from langqiao.web.people.models import Membership, OrganizationKind
from langqiao.web.people.session import member_page, must_approve, must_edit


@require_safe
@member_page
def insurance_products(request: HttpRequest, membership: Membership) -> HttpResponse:
    """What insurers offer; the own products of an insurer with what waits for approval."""
    own = Product.objects.filter(insurer=membership.organization).prefetch_related("tariffs")
    context = {
        "room": "capital", "membership": membership, "offered": selectors.products_offered(clock.today()), "own": own,
        "insurer": membership.organization.kind == OrganizationKind.INSURER,
    }  # fmt: skip
    return render(request, "insurance/products.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def insurance_product_new(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Opens a product, from a template of a real tariff or empty."""
    must_edit(membership)
    faults: Mapping[str, str] = {}
    if request.method == "POST":
        shape = tariffs.templates().get(request.POST.get("template", ""))
        kind = str(shape["kind"]) if shape else request.POST.get("kind", "")
        try:
            product = tariffs.product_open(membership=membership, kind=kind, name=request.POST.get("name", ""))
        except Refusal as refused:
            if refused.code != "terms_invalid":
                raise
            faults = refused.facts["faults"]
        else:
            target = redirect("insurance_tariff_new", product_id=product.pk)
            target["Location"] += f"?template={request.POST['template']}" if shape else ""
            return target
    language = "zh" if chinese() else "en"
    shapes = [(code, one["title"][language], one["note"][language]) for code, one in tariffs.templates().items()]
    context = {
        "room": "capital", "membership": membership, "kinds": list(KINDS), "shapes": shapes, "faults": faults, "typed": request.POST,
    }  # fmt: skip
    return render(request, "insurance/product_new.html", context, status=422 if faults else 200)


@require_safe
@member_page
def insurance_product(request: HttpRequest, membership: Membership, product_id: uuid.UUID) -> HttpResponse:
    """A product: every version of its tariff, each figure with its source. Others see the approved ones."""
    product = selectors.product_get(product_id, membership)
    own = product.insurer_id == membership.organization_id
    rows = product.tariffs.select_related("asked_by", "approved_by").order_by("-number")
    if not own:
        rows = rows.filter(approved_at__isnull=False)
    now = selectors.tariff_on(product, clock.today())
    context = {
        "room": "capital", "membership": membership, "product": product, "own": own, "now": now, "versions": [_version(one) for one in rows],
        "kind": KINDS[product.kind],
    }  # fmt: skip
    return render(request, "insurance/product.html", context)


def _version(tariff: Tariff) -> dict[str, Any]:
    """A version in words: figures, severity, factors, and what it still lacks."""
    values = tariff.values
    figures = [
        (said("figure", name), figure_told(name, Fraction(one["value"])) if one.get("value") else "", one.get("source", ""))
        for name, one in (values.get("figures") or {}).items()
    ]
    typed = typed_of(values)
    factors = [
        (said("field", one["fact"]), typed[f"factor.{one['fact']}"].splitlines(), one["source"]) for one in values.get("factors") or ()
    ]
    missing = [said("figure", name) for name in tariff_missing(values)]
    return {"row": tariff, "figures": figures, "severity": _severity(values.get("severity")), "factors": factors, "missing": missing}


def _severity(severity: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not severity or not (severity.get("rows") or severity.get("mean")):
        return None
    money = severity.get("basis") == "fen"
    rows = [(money_exact(int(loss)) if money else str(loss), chance) for loss, chance in severity.get("rows") or ()]
    mean = severity.get("mean")
    return {
        "kind": severity["kind"], "basis": severity["basis"], "rows": rows, "source": severity.get("source", ""),
        "mean": (money_exact(int(mean)) if money else mean) if mean else "", "variation": severity.get("variation", ""),
    }  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
def insurance_tariff_new(request: HttpRequest, membership: Membership, product_id: uuid.UUID) -> HttpResponse:
    """A new version of the tariff: from a template, from the last version, or empty. It may be saved incomplete."""
    must_edit(membership)
    product = Product.objects.filter(pk=product_id, insurer=membership.organization).first()
    if product is None:
        raise Refusal("not_found", _("There is no such product."))
    faults: Mapping[str, str] = {}
    refused: Refusal | None = None
    template = (request.POST if request.method == "POST" else request.GET).get("template", "")
    typed, mode = _begun(request, product, template)
    if request.method == "POST" and not request.POST.get("switch"):
        try:
            values, since = values_of(mode, typed), day_of(request.POST.get("since", ""))
            tariffs.tariff_ask(product.pk, membership=membership, values=values, since=since, template=template[:40])
        except Refusal as found:
            if found.code not in {"terms_invalid", "tariff_wrong"}:
                raise
            faults, refused = found.facts.get("faults") or {}, found
        else:
            messages.success(request, _("Asked for. Another approver of your organization takes the step."))
            return redirect("insurance_product", product_id=product.pk)
    factors = [
        {"name": f"factor.{fact}", "fact": fact, "value": typed.get(f"factor.{fact}", ""), "source": typed.get(f"factor.{fact}.source", "")}
        for fact in FACTS
    ]
    context = {
        "room": "capital", "membership": membership, "product": product, "mode": mode, "modes": MODES, "rows": rows_of(mode, typed), "typed": typed,
        "factors": factors, "template": template, "faults": faults, "refused": refused if refused is not None and not faults else None,
        "since": request.POST.get("since") or clock.today().isoformat(), "note": _note(template),
        "severity": {name: typed.get(f"severity.{name}", "") for name in ("kind", "basis", "rows", "mean", "variation", "source")},
    }  # fmt: skip
    return render(request, "insurance/tariff_new.html", context, status=422 if refused else 200)


def _begun(request: HttpRequest, product: Product, template: str) -> tuple[Mapping[str, str], str]:
    if request.method == "POST":
        mode = request.POST.get("mode", "")
        return {name: value for name, value in request.POST.items() if isinstance(value, str)}, mode if mode in MODES else "rated"
    last = product.tariffs.order_by("number").last()
    values = tariffs.template_values(template) if template else last.values if last else {}
    return typed_of(values), values.get("mode") or "rated"


def _note(template: str) -> str:
    shape = tariffs.templates().get(template)
    return str(shape["note"]["zh" if chinese() else "en"]) if shape else ""


@require_POST
@member_page
def insurance_tariff_approve(request: HttpRequest, membership: Membership, tariff_id: int) -> HttpResponse:
    """Puts a tariff in force."""
    found = Tariff.objects.filter(pk=tariff_id, product__insurer=membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There is no such tariff."))
    must_approve(request, membership)
    tariffs.tariff_approve(tariff_id, membership=membership)
    messages.success(request, _("The tariff is in force from its day on."))
    return redirect("insurance_product", product_id=found.product_id)
