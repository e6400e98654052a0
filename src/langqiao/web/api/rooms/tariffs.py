"""Products of insurers and the versions of their tariffs: what is offered, each figure with its source, opening, asking, approving."""

import datetime as dt
import uuid
from typing import Annotated, Any, Literal

from django.db.models import Q
from django.utils.translation import gettext as _
from pydantic import Field

from langqiao.engine.insurance.tariff import tariff_missing
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.api.endpoint import Call, Endpoint, Given, Nothing, Paging, Told
from langqiao.web.api.paging import listed, page
from langqiao.web.api.rooms.me import OrganizationTold, organization_told
from langqiao.web.insurance import clock, selectors, tariffs
from langqiao.web.insurance.models import Product, Tariff
from langqiao.web.insurance.tariff_form import typed_of, values_of
from langqiao.web.people.models import CheckState, OrganizationKind


class ProductTold(Told):
    """What an insurer offers under one name."""

    id: uuid.UUID
    insurer: OrganizationTold
    kind: str
    name: str
    is_scenario: bool


class ProductsTold(Told):
    """A page of products, newest first."""

    items: list[ProductTold]
    next_cursor: str | None


class TariffTold(Told):
    """A version of a product's prices. `figures` as the form writes them, each with its source under `NAME.source`; `missing`: what it lacks."""

    id: int
    number: int
    since: dt.date
    template: str
    mode: str
    figures: dict[str, str]
    missing: list[str]
    approved_at: dt.datetime | None
    in_force: bool


class ProductWholeTold(ProductTold):
    """With every version of its tariff, the newest first; others than the insurer see the approved ones."""

    tariffs: list[TariffTold]


class ProductGiven(Given):
    """`template`: the shape of a real tariff, which also says the kind."""

    name: str = Field(max_length=200)
    kind: str = Field(default="", max_length=30)
    template: str = Field(default="", max_length=40)


class TariffGiven(Given):
    """Figures by name with their sources (`NAME.source`), severity and factors as lines of text, as the form takes them; it may be incomplete."""

    since: dt.date
    mode: Literal["rated", "scheduled"] = "rated"
    figures: dict[Annotated[str, Field(max_length=80)], Annotated[str, Field(max_length=20_000)]] = Field(default={}, max_length=100)
    template: str = Field(default="", max_length=40)


def _product(one: Product) -> dict[str, Any]:
    names = ("id", "kind", "name", "is_scenario")
    return {**{name: getattr(one, name) for name in names}, "insurer": organization_told(one.insurer)}


def products(call: Call) -> ProductsTold:
    """The products that are offered, and those of the own organization."""
    verified = Q(insurer__kind=OrganizationKind.INSURER, insurer__check_state=CheckState.VERIFIED, insurer__merged_into=None)
    offered = verified & Q(pk__in=Tariff.objects.filter(approved_at__isnull=False, since__lte=clock.today()).values("product"))
    found = Product.objects.filter(offered | Q(insurer=call.membership.organization)).select_related("insurer")
    rows, after = page(found, by=("created_at", "pk"), cursor=call.query.cursor, limit=call.query.limit)
    return ProductsTold(**listed(rows, lambda one: ProductTold(**_product(one)), after))


def product(call: Call) -> ProductWholeTold:
    """One product with its tariffs."""
    return _whole(call, call.uuid("product_id"))


def _whole(call: Call, product_id: uuid.UUID) -> ProductWholeTold:
    one = selectors.product_get(product_id, call.membership)
    rows = one.tariffs.order_by("-number")
    if one.insurer_id != call.membership.organization_id:
        rows = rows.filter(approved_at__isnull=False)
    now = selectors.tariff_on(one, clock.today())
    return ProductWholeTold(**_product(one), tariffs=[_tariff(row, now) for row in rows])


def _tariff(one: Tariff, now: Tariff | None) -> TariffTold:
    names = ("number", "since", "template", "approved_at")
    return TariffTold(
        id=one.pk, **{name: getattr(one, name) for name in names}, mode=one.values.get("mode") or "", figures=typed_of(one.values),
        missing=list(tariff_missing(one.values)), in_force=now is not None and now.pk == one.pk,
    )  # fmt: skip


def opened(call: Call) -> ProductWholeTold:
    """Opens a product of a verified insurer."""
    shape = tariffs.templates().get(call.body.template)
    if call.body.template and shape is None:
        raise Refusal("not_found", _("There is no such template."))
    kind = str(shape["kind"]) if shape else call.body.kind
    return _whole(call, tariffs.product_open(membership=call.membership, kind=kind, name=call.body.name).pk)


def ask(call: Call) -> ProductWholeTold:
    """Enters a new version of the tariff, which another approver of the insurer puts in force."""
    given, product_id = call.body, call.uuid("product_id")
    own = Product.objects.filter(pk=product_id, insurer=call.membership.organization).exists()
    if not own:
        raise Refusal("not_found", _("There is no such product."))
    start = typed_of(tariffs.template_values(given.template)) if given.template else {}
    values = values_of(given.mode, start | given.figures)
    tariffs.tariff_ask(product_id, membership=call.membership, values=values, since=given.since, template=given.template)
    return _whole(call, product_id)


def approve(call: Call) -> ProductWholeTold:
    """Puts a tariff in force that another person has entered, at the earliest from today."""
    found = Tariff.objects.filter(pk=call.path["tariff_id"], product__insurer=call.membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There is no such tariff."))
    call.must_approve()
    tariffs.tariff_approve(found.pk, membership=call.membership)
    return _whole(call, found.product_id)


ONE = "/insurance/products/{product_id:uuid}"
WRITES: dict[str, Any] = {"method": "POST", "scope": "money", "role": "editor"}
ENDPOINTS = (
    Endpoint(
        method="GET", path="/insurance/products", name="insurance_products", scope="read", act=products, answer=ProductsTold, query=Paging,
        summary="Products of insurers",
    ),
    Endpoint(
        method="GET", path=ONE, name="insurance_product", scope="read", act=product, answer=ProductWholeTold,
        summary="One product with every version of its tariff",
    ),
    Endpoint(
        **WRITES, path="/insurance/products", name="insurance_product_new", act=opened, answer=ProductWholeTold, body=ProductGiven, status=201,
        summary="Open a product (insurers)", example={"name": "Enforcement cost", "kind": "enforcement_cost"},
    ),
    Endpoint(
        **WRITES, path=ONE + "/tariffs", name="insurance_tariff_new", act=ask, answer=ProductWholeTold, body=TariffGiven, status=201,
        summary="Enter a new version of a tariff (insurers)",
        example={"since": "2026-12-01", "figures": {"expense": "25%", "expense.source": "own costs 2025"}},
    ),
    Endpoint(
        **WRITES, path="/insurance/tariffs/{tariff_id:int}/approval", name="insurance_tariff_approve", act=approve, answer=ProductWholeTold,
        body=Nothing, summary="Put a tariff in force (insurers)",
        doc="Another person than who entered it. Needs the scope approve and a fresh second factor.",
    ),
)  # fmt: skip
