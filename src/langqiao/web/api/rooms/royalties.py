"""Royalties by period, and inventors' income: rules, distributions, payments, and each person's own parts."""

import datetime as dt
import uuid
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from pydantic import Field

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.api.endpoint import INT_MAX, Call, Endpoint, Given, Nothing, Paging, Told
from langqiao.web.api.paging import listed, page
from langqiao.web.deals.fields import rate_text
from langqiao.web.deals.models import Deal
from langqiao.web.deals.selectors import today
from langqiao.web.deals.terms import invalid
from langqiao.web.royalties import inventors, schedule, services
from langqiao.web.royalties.models import Distribution, InventorShare, RoyaltyStatement

Fen = Field(ge=0, le=10**15)


class PeriodTold(Told):
    """A period that has ended or comes. `stated` false: the licensee still states it; `owed_fen` with late interest to today."""

    number: int
    since: dt.date
    until: dt.date
    due_on: dt.date
    ended: bool
    statement_id: int | None
    net_sales_fen: int | None
    due_fen: int | None
    paid_fen: int | None
    owed_fen: int | None
    deficiency_fen: int | None


class ShareTold(Told):
    """One inventor's part."""

    id: int
    name: str
    share: str
    amount_fen: int
    withheld_fen: int
    net_fen: int
    paid_on: dt.date | None
    receipt: str


class DistributionTold(Told):
    """A division of income; `source`: price, or statement/N."""

    id: int
    deal_id: uuid.UUID
    source: str
    state: str
    income_fen: int
    net_fen: int
    inventors_fen: int
    owner_fen: int
    share: str
    proposed_at: dt.datetime
    shares: list[ShareTold]


class LicenseTold(Told):
    """A license in effect with a running royalty."""

    deal_id: uuid.UUID
    kind: str
    seller: str
    buyer: str
    patents: list[str]
    effective_on: dt.date | None


class LicensesTold(Told):
    """A page of licenses."""

    items: list[LicenseTold]
    next_cursor: str | None


class InstallmentTold(Told):
    """An installment of the price by the contract."""

    due_on: dt.date
    amount_fen: int
    condition: str


class LicenseWholeTold(LicenseTold):
    """With its periods, installments, and the organization's own distributions."""

    periods: list[PeriodTold]
    installments: list[InstallmentTold]
    distributions: list[DistributionTold]


class StatementGiven(Given):
    """What the licensee states for a period, in fen."""

    number: int = Field(ge=1, le=2400)
    net_sales_fen: int = Fen
    third_party_fen: int = Field(default=0, ge=0, le=10**15)


class AuditGiven(Given):
    """What the licensor's audit found."""

    net_sales_fen: int = Fen
    report: str = Field(default="", max_length=200)


class RuleGiven(Given):
    """The unit's rule: share of net income as 0.6 or 60%, its document, from which day."""

    share: str = Field(max_length=12)
    document: str = Field(max_length=200)
    since: dt.date


class RuleTold(Told):
    """The rule as it is kept: share as a fraction."""

    share: str
    document: str
    since: dt.date


class InventorGiven(Given):
    """An inventor: share as 0.6, 60% or 2/5; `email`: the account that sees this part as its own."""

    name: str = Field(min_length=1, max_length=120)
    share: str = Field(max_length=20)
    email: str = Field(default="", max_length=254)
    withheld_fen: int = Field(default=0, ge=0, le=10**15)


class DistributionGiven(Given):
    """Income divided: of the price, or of one statement."""

    inventors: list[InventorGiven] = Field(min_length=1, max_length=60)
    costs_fen: list[int] = Field(default=[], max_length=20)
    statement_id: int | None = Field(default=None, ge=1, le=INT_MAX)


class ApproveGiven(Given):
    """Whether it is approved."""

    approve: bool


class PaidGiven(Given):
    """The number of the bank's receipt."""

    receipt: str = Field(min_length=1, max_length=80)


class OwnShareTold(ShareTold):
    """A part of one's own, with the unit that granted it."""

    organization: str


class OwnSharesTold(Told):
    """One's own parts, in whatever organization."""

    items: list[OwnShareTold]


def _share(one: InventorShare) -> dict[str, Any]:
    return {"id": one.pk, **{name: getattr(one, name) for name in ShareTold.model_fields if name != "id"}}


def _distribution(one: Distribution) -> DistributionTold:
    names = set(DistributionTold.model_fields) - {"shares"}
    return DistributionTold(**{name: getattr(one, name) for name in names}, shares=[ShareTold(**_share(row)) for row in one.shares.all()])


def _license(one: Deal) -> dict[str, Any]:
    return {
        "deal_id": one.pk, "kind": one.kind, "seller": one.seller.name, "buyer": one.buyer.name if one.buyer else "",
        "patents": [patent.key for patent in one.patents.all()], "effective_on": one.effective_on,
    }  # fmt: skip


def licenses(call: Call) -> LicensesTold:
    """The licenses of the organization that are in effect."""
    own = call.membership.organization
    found = Deal.objects.filter(Q(seller=own) | Q(buyer=own), state__in=sorted(services.RUNNING), kind__in=services.LICENSES)
    found = found.select_related("seller", "buyer").prefetch_related("patents")
    rows, after = page(found, by=("opened_at", "pk"), cursor=call.query.cursor, limit=call.query.limit)
    return LicensesTold(**listed(rows, lambda one: LicenseTold(**_license(one)), after))


def _periods(deal: Deal) -> list[PeriodTold]:
    day = today()
    known = {one.number: one for one in RoyaltyStatement.objects.filter(deal=deal).select_related("audit", "deal")}
    rows = [(period, True) for period in services.periods_of(deal, day)]
    rows += [(period, False) for period in schedule.periods_coming(deal, day)]  # type: ignore[misc]
    found = []
    for period, ended in rows:
        one = known.get(period.number)
        audited = getattr(one, "audit", None) if one else None
        same = {name: getattr(period, name) for name in ("number", "since", "until", "due_on")}
        found.append(
            PeriodTold(
                **same, ended=ended, statement_id=one.pk if one else None, net_sales_fen=one.net_sales_fen if one else None,
                due_fen=one.due_fen if one else None, paid_fen=one.paid_fen if one else None,
                owed_fen=sum(services.owed(one, day)) if one else None, deficiency_fen=audited.deficiency_fen if audited else None,
            )
        )  # fmt: skip
    return found


def _whole(call: Call, deal: Deal) -> LicenseWholeTold:
    own = Distribution.objects.filter(organization=call.membership.organization, deal=deal).prefetch_related("shares")
    return LicenseWholeTold(
        **_license(deal),
        periods=_periods(deal),
        installments=[
            InstallmentTold(due_on=one.due_on, amount_fen=one.amount_fen, condition=one.condition) for one in schedule.installments_of(deal)
        ],
        distributions=[_distribution(one) for one in own],
    )


def license_one(call: Call) -> LicenseWholeTold:
    """One license with its periods and distributions."""
    return _whole(call, services.license_get(call.uuid("deal_id"), call.membership))


def state(call: Call) -> LicenseWholeTold:
    """States a period; another person of the licensee pays it."""
    given = call.body
    services.license_get(call.uuid("deal_id"), call.membership)
    made = services.statement_make(
        call.uuid("deal_id"), membership=call.membership, number=given.number, net_sales_fen=given.net_sales_fen,
        third_party_fen=given.third_party_fen,
    )  # fmt: skip
    return _whole(call, made.deal)


def _statement(call: Call) -> RoyaltyStatement:
    found = RoyaltyStatement.objects.filter(pk=call.path["statement_id"]).first()
    if found is None:
        raise Refusal("not_found", _("There is no such statement."))
    services.license_get(found.deal_id, call.membership)
    return found


def pay(call: Call) -> LicenseWholeTold:
    """Pays what a statement, or its audit, still asks for, with late interest."""
    found = _statement(call)
    call.must_approve()
    services.statement_pay(found.pk, membership=call.membership)
    return _whole(call, services.license_get(found.deal_id, call.membership))


def audit(call: Call) -> LicenseWholeTold:
    """Notes what the licensor's audit found; the deficiency is due at once."""
    found = _statement(call)
    services.statement_audit(found.pk, membership=call.membership, net_sales_fen=call.body.net_sales_fen, report=call.body.report)
    return _whole(call, services.license_get(found.deal_id, call.membership))


def _fraction(text: str, field: str) -> Fraction:
    try:
        return Fraction(text.strip()) if "/" in text else Fraction(rate_text(text.strip()))
    except (ValueError, ZeroDivisionError) as error:
        raise invalid({field: str(error)}) from error


def rule(call: Call) -> RuleTold:
    """Notes the unit's rule on the inventors' share."""
    given = call.body
    made = inventors.rule_make(
        membership=call.membership, share=_fraction(given.share, "share"), document=given.document, since=given.since
    )
    return RuleTold(share=made.share, document=made.document, since=made.since)


def propose(call: Call) -> DistributionTold:
    """Proposes a division of income; another approver decides."""
    given = call.body
    services.license_get(call.uuid("deal_id"), call.membership)
    if any(not 0 <= cost <= 10**15 for cost in given.costs_fen) or len({one.name for one in given.inventors}) < len(given.inventors):
        raise invalid({"inventors": _("each inventor once, costs not negative")})
    made = inventors.distribution_propose(
        call.uuid("deal_id"), membership=call.membership, inventors={one.name: _fraction(one.share, "inventors") for one in given.inventors},
        costs=given.costs_fen, emails={one.name: one.email for one in given.inventors if one.email},
        withheld={one.name: one.withheld_fen for one in given.inventors}, statement_id=given.statement_id,
    )  # fmt: skip
    return _distribution(made)


def decide(call: Call) -> DistributionTold:
    """Approves a distribution, which moves the money, or declines it."""
    found = Distribution.objects.filter(pk=call.path["distribution_id"], organization=call.membership.organization).first()
    if found is None:
        raise Refusal("not_found", _("There is no such distribution of your organization."))
    if call.body.approve:
        call.must_approve()
    return _distribution(inventors.distribution_decide(found.pk, membership=call.membership, approve=call.body.approve))


def paid(call: Call) -> ShareTold:
    """Notes the bank's receipt of a payment to an inventor."""
    own = InventorShare.objects.filter(pk=call.path["share_id"], distribution__organization=call.membership.organization)
    if not own.exists():
        raise Refusal("not_found", _("There is no such share of your organization."))
    call.must_approve()
    return ShareTold(**_share(inventors.share_paid(call.path["share_id"], membership=call.membership, receipt=call.body.receipt)))


def mine(call: Call) -> OwnSharesTold:
    """What the person of the token was granted as an inventor."""
    rows = InventorShare.objects.filter(user=call.user, distribution__state="approved").select_related("distribution__organization")
    return OwnSharesTold(
        items=[OwnShareTold(**_share(one), organization=one.distribution.organization.name) for one in rows.order_by("-pk")[:500]]
    )


WRITES: dict[str, Any] = {"method": "POST", "scope": "deals", "role": "editor", "status": 201}
MONEY: dict[str, Any] = {"method": "POST", "scope": "money", "role": "editor"}
READS: dict[str, Any] = {"method": "GET", "scope": "read"}
APPROVES = "Needs the scope approve and a fresh second factor."
ENDPOINTS = (
    Endpoint(**READS, path="/royalties", name="royalties", act=licenses, answer=LicensesTold, query=Paging, summary="Licenses in effect"),
    Endpoint(
        **READS, path="/royalties/{deal_id:uuid}", name="royalty_license", act=license_one, answer=LicenseWholeTold, summary="One license",
    ),
    Endpoint(
        **WRITES, path="/royalties/{deal_id:uuid}/statements", name="royalty_state", act=state, answer=LicenseWholeTold,
        body=StatementGiven, summary="State a period", example={"number": 1, "net_sales_fen": 100_000_00},
    ),
    Endpoint(
        **MONEY, path="/royalty-statements/{statement_id:int}/payment", name="royalty_pay", act=pay, answer=LicenseWholeTold, body=Nothing,
        summary="Pay a statement with its late interest", doc=f"By another person than who stated it. {APPROVES}",
    ),
    Endpoint(
        **WRITES, path="/royalty-statements/{statement_id:int}/audit", name="royalty_statement_audit", act=audit, answer=LicenseWholeTold,
        body=AuditGiven, summary="Note an audit", example={"net_sales_fen": 120_000_00, "report": "A-1"},
    ),
    Endpoint(
        **WRITES, path="/inventor-rules", name="inventor_rule", act=rule, answer=RuleTold, body=RuleGiven, summary="Note the unit's rule",
        example={"share": "60%", "document": "Rule 1", "since": "2026-01-01"},
    ),
    Endpoint(
        **WRITES, path="/royalties/{deal_id:uuid}/distributions", name="royalty_distribute", act=propose, answer=DistributionTold,
        body=DistributionGiven, summary="Propose a division of income", example={"inventors": [{"name": "Wang", "share": "100%"}]},
    ),
    Endpoint(
        **MONEY, path="/distributions/{distribution_id:int}/decision", name="distribution_decide", act=decide, answer=DistributionTold,
        body=ApproveGiven, summary="Approve or decline a distribution", doc=f"Approving moves money. {APPROVES}", example={"approve": False},
    ),
    Endpoint(
        **MONEY, path="/inventor-shares/{share_id:int}/paid", name="share_paid", act=paid, answer=ShareTold, body=PaidGiven,
        summary="Note the payment to an inventor", doc=APPROVES, example={"receipt": "B-1"},
    ),
    Endpoint(**READS, path="/income", name="my_income", act=mine, answer=OwnSharesTold, summary="One's own income as an inventor"),
)  # fmt: skip
