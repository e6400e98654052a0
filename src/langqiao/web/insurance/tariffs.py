"""Writes of products and their tariffs: opened by one person of the insurer, put in force by another, each figure with its source."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from langqiao.engine.insurance.cover import KINDS
from langqiao.engine.insurance.tariff import tariff_missing, tariff_of
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.web.audit.services import record_append
from langqiao.web.deals.terms import invalid
from langqiao.web.insurance import clock
from langqiao.web.insurance.models import Product, Tariff
from langqiao.web.insurance.words import said
from langqiao.web.people.models import Membership, OrganizationKind
from langqiao.web.people.session import must_edit

PRODUCTS_MAX = 200


def templates() -> Mapping[str, Mapping[str, Any]]:
    """Shapes of real tariffs; a figure that was not seen is absent."""
    found: Mapping[str, Mapping[str, Any]] = parameters().value("insurance.templates", None)
    return found


def template_values(code: str) -> dict[str, Any]:
    """The stored form of a template: its figures with its source. Refused (not_found)."""
    shape = templates().get(code)
    if shape is None:
        raise Refusal("not_found", _("There is no such template."))
    figures = {name: {"value": value, "source": shape["source"]} for name, value in shape["figures"].items()}
    return {"mode": shape["mode"], "figures": figures, "factors": []}


@transaction.atomic
def product_open(*, membership: Membership, kind: str, name: str) -> Product:
    """A product of a verified insurer. Refused: not_allowed, terms_invalid."""
    must_edit(membership)
    insurer = membership.organization
    if insurer.kind != OrganizationKind.INSURER or not insurer.is_verified:
        raise Refusal("not_allowed", _("Products are opened by an insurer that the platform has verified."))
    name = " ".join(name.split())[:120]
    if kind not in KINDS or not name:
        raise invalid({"name" if not name else "kind": _("needed")})
    if insurer.insurance_products.count() >= PRODUCTS_MAX:
        raise invalid({"name": _("An insurer has at most %(n)d products here.") % {"n": PRODUCTS_MAX}})
    try:
        with transaction.atomic():
            product = Product.objects.create(insurer=insurer, kind=kind, name=name, is_scenario=insurer.is_demo)
    except IntegrityError as error:
        raise invalid({"name": _("Your organization has a product of this name.")}) from error
    record_append(
        actor=membership.user, action="tariff.product", subject=f"tariff/{product.pk}", payload={"kind": kind, "name": name},
        seen_by=[insurer.pk],
    )  # fmt: skip
    return product


@transaction.atomic
def tariff_ask(product_id: uuid.UUID, *, membership: Membership, values: Mapping[str, Any], since: dt.date, template: str = "") -> Tariff:
    """A new version of a product's tariff, waiting for a second person; it may be incomplete. Refused: not_found, not_allowed, tariff_wrong."""
    must_edit(membership)
    product = _own(product_id, membership)
    if not tariff_missing(values):
        tariff_of(product.kind, values)
    number = (product.tariffs.aggregate(last=Max("number"))["last"] or 0) + 1
    tariff = Tariff.objects.create(
        product=product, number=number, values=dict(values), template=template, since=since, asked_by=membership.user
    )
    record_append(
        actor=membership.user, action="tariff.asked", subject=f"tariff/{product.pk}",
        payload={"number": number, "since": since.isoformat(), "values": _plain(values)},
    )  # fmt: skip
    return tariff


def _own(product_id: uuid.UUID, membership: Membership) -> Product:
    product = Product.objects.select_for_update().filter(pk=product_id, insurer=membership.organization).first()
    if product is None:
        raise Refusal("not_found", _("There is no such product."))
    return product


@transaction.atomic
def tariff_approve(tariff_id: int, *, membership: Membership) -> Tariff:
    """Another approver puts a tariff in force from its day, at the earliest from today.

    Refused: not_found, approver_needed, request_decided, four_eyes_missing, tariff_incomplete, tariff_wrong.
    """
    tariff = (
        Tariff.objects.select_for_update(of=("self",))
        .select_related("product")
        .filter(pk=tariff_id, product__insurer=membership.organization)
        .first()
    )
    if tariff is None:
        raise Refusal("not_found", _("There is no such tariff."))
    if not membership.may_approve:
        raise Refusal("approver_needed", _("An approver of the organization takes this step."), facts={"role": membership.role})
    if tariff.approved_at is not None:
        raise Refusal("request_decided", _("The request has been decided."), facts={"state": "approved"})
    if tariff.asked_by_id == membership.user_id:
        raise Refusal("four_eyes_missing", _("Nobody approves their own request: another person of the organization does."))
    told(tariff)
    tariff.since = max(tariff.since, clock.today())
    tariff.approved_by, tariff.approved_at = membership.user, timezone.now()
    tariff.save(update_fields=["since", "approved_by", "approved_at"])
    payload = {"number": tariff.number, "since": tariff.since.isoformat()}
    record_append(actor=membership.user, action="tariff.approved", subject=f"tariff/{tariff.product_id}", payload=payload)
    return tariff


def told(tariff: Tariff) -> None:
    """Refuses an incomplete or wrong tariff in the reader's words."""
    try:
        tariff_of(tariff.product.kind, tariff.values)
    except Refusal as refused:
        if refused.code != "tariff_incomplete":
            raise
        missing = tuple(said("figure", name) for name in refused.facts["missing"])
        raise Refusal("tariff_incomplete", ", ".join(missing), facts={"missing": missing}) from refused


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if isinstance(value, int | str | bool | None) else str(value)
