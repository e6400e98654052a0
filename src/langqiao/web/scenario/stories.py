"""What happens: claims of ownership, listings, demands, interest, purchase windows; each through the services that people use."""

import datetime as dt
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from langqiao.engine.market.demand import DemandTerms, WindowTerms
from langqiao.engine.market.listing import ListingTerms
from langqiao.web.common.lake import site_lake
from langqiao.web.market import services, services_demand, services_interest, services_window
from langqiao.web.market.models import Listing
from langqiao.web.market.patents import Named, named_of
from langqiao.web.patents.view import patent_get
from langqiao.web.people.models import Membership
from langqiao.web.rights.documents import document_attach
from langqiao.web.rights.petitions import Filing, claim_file
from langqiao.web.rights.reviews import petition_decide
from langqiao.web.rights.services import holding_open
from langqiao.web.scenario.cast import Cast, Company

CERTIFICATE = b"%PDF-1.7\n% scenario: an invented certificate of the demonstration\n"


@dataclass(slots=True, kw_only=True)
class Play:
    """What the stories share: the cast, the dice, the patents left, and what was made, counted."""

    cast: Cast
    dice: random.Random
    keys: list[str]
    made: dict[str, int] = field(default_factory=dict)

    def count(self, what: str, n: int = 1) -> None:
        """Counts what was made."""
        self.made[what] = self.made.get(what, 0) + n

    def day(self, days: int) -> dt.date:
        """A day from today."""
        return timezone.localdate() + dt.timedelta(days=days)

    def price_fen(self, low_yuan: int, high_yuan: int) -> int:
        """An invented price, in steps of 5,000 yuan."""
        return self.dice.randrange(low_yuan, high_yuan, 5_000) * 100


def named(key: str) -> Named:
    """A patent as a list shows it."""
    return named_of(patent_get(site_lake(), key))


def own(play: Play, company: Company, key: str) -> str:
    """The company claims a patent with an invented certificate, and the office accepts: the scenario's ownership of a real patent."""
    office, name = play.cast["office"], company.organization.name
    with transaction.atomic():
        holding = holding_open(key)
    file = SimpleUploadedFile("certificate-scenario.pdf", CERTIFICATE, content_type="application/pdf")
    paper = document_attach(membership=company.first, holding=holding, kind="certificate", file=file, by=company.first.user)
    filing = Filing(grounds="演示场景：虚构的权属 Scenario: invented ownership", document=paper, request_key=uuid.uuid4().hex)
    owners = [{"name": name, "share": "1"}]
    petition = claim_file(membership=company.first, key=key, owners=owners, mine=name, filing=filing, by=company.first.user)
    petition_decide(petition_id=petition.pk, event="accept", membership=office.first, reasons="演示 scenario", by=office.first.user)
    play.count("claims of ownership")
    return key


LISTINGS: tuple[dict[str, Any], ...] = (
    {"who": "university", "mode": "assignment", "price_kind": "posted", "until": "listed"},
    {"who": "institute", "mode": "license_exclusive", "price_kind": "range", "until": "listed"},
    {"who": "university", "mode": "license_ordinary", "price_kind": "posted", "until": "listed"},
    {"who": "chemist", "mode": "assignment", "price_kind": "on_request", "until": "listed"},
    {"who": "institute", "mode": "pledge", "price_kind": "on_request", "until": "listed"},
    {"who": "university", "mode": "auction", "price_kind": "by_auction", "until": "listed"},
    {"who": "institute", "mode": "open_license", "price_kind": "posted", "until": "listed"},
    {"who": "maker", "mode": "joint_venture", "price_kind": "range", "until": "listed"},
    {"who": "university", "mode": "license_sole", "price_kind": "posted", "until": "submitted"},
    {"who": "chemist", "mode": "assignment", "price_kind": "posted", "until": "returned"},
    {"who": "maker", "mode": "license_ordinary", "price_kind": "posted", "until": "draft"},
)


def listings(play: Play) -> list[Listing]:
    """The supply side, in every state a listing can rest in."""
    made = []
    for plan in LISTINGS:
        company = play.cast[plan["who"]]
        key = own(play, company, play.keys.pop())
        listing = _listed(play, company, key, plan)
        made.append(listing)
        play.count("listings")
    return made


def _listed(play: Play, company: Company, key: str, plan: dict[str, Any]) -> Listing:
    one = named(key)
    low = play.price_fen(200_000, 2_000_000)
    terms = ListingTerms(
        mode=plan["mode"],
        route="self_service",
        patents=(key,),
        title=(one.title_zh or one.title_en)[:120],
        brief="演示文本：本项挂牌由演示场景生成，专利为真实专利。Scenario text: this listing is invented, the patent is real.",
        detail="演示文本：样机数据与工艺窗口仅供保密查阅。Scenario text: figures of the prototype, under a promise of confidentiality.",
        detail_tier="after_nda",
        price_kind=plan["price_kind"],
        price_fen=low if plan["price_kind"] == "posted" else None,
        price_low_fen=low if plan["price_kind"] == "range" else None,
        price_high_fen=low * 2 if plan["price_kind"] == "range" else None,
        expires_on=play.day(play.dice.randrange(60, 240)),
    )
    listing = services.listing_create(
        membership=company.first, holder=company.organization, terms=terms, patents=[one], by=company.first.user
    )
    if plan["until"] != "draft":
        _step(listing, "submit", company.first)
    auditor = play.cast["platform"].first
    if plan["until"] == "listed":
        _step(listing, "accept", auditor)
    if plan["until"] == "returned":
        _step(listing, "send_back", auditor, reasons=["evidence"], text="演示：请补充样机数据 scenario: add figures of the prototype")
    listing.refresh_from_db()
    return listing


def _step(listing: Listing, event: str, membership: Membership, **more: Any) -> None:
    services.listing_advance(listing_id=listing.pk, event=event, membership=membership, by=membership.user, key=uuid.uuid4().hex, **more)


DEMANDS = (
    ("electric", "电池热失控预警", "储能电池簇在充放电中出现局部过热，需要提前十分钟以上预警。", "新能源", "published"),
    ("maker", "高速主轴轴承减磨", "主轴转速每分钟三万转以上时轴承温升过快，需要减磨涂层或润滑方案。", "高端装备", "published"),
    ("chemist", "低温固化胶黏剂", "基材不耐热，需要八十摄氏度以下固化且耐湿热的胶黏剂。", "新材料", "submitted"),
)


def demands(play: Play) -> None:
    """The demand side, with proposals of holders and an answer."""
    for who, title, problem, industry, until in DEMANDS:
        company = play.cast[who]
        terms = DemandTerms(
            title=f"{title}（演示）",
            problem=problem,
            budget_fen=play.price_fen(300_000, 3_000_000),
            industry=industry,
            region="江州",
            deadline_on=play.day(play.dice.randrange(45, 180)),
        )
        demand = services_demand.demand_create(membership=company.first, terms=terms, by=company.first.user)
        services_demand.demand_advance(demand_id=demand.pk, event="submit", membership=company.first, by=company.first.user)
        play.count("demands")
        if until == "published":
            auditor = play.cast["platform"].first
            services_demand.demand_advance(demand_id=demand.pk, event="accept", membership=auditor, by=auditor.user)
            _proposal(play, demand.pk, company)


def _proposal(play: Play, demand_id: uuid.UUID, seeker: Company) -> None:
    holder = play.cast["university"].first
    own_key = Listing.objects.filter(organization=holder.organization).values_list("patents__key", flat=True).first()
    assert own_key is not None
    interest = services_interest.proposal_make(
        demand_id=demand_id, named=named(own_key), reasons=["fit"], text="演示 scenario", membership=holder, by=holder.user
    )
    play.count("proposals")
    if play.dice.random() < 0.5:
        services_interest.interest_answer(
            interest_id=interest.pk, accept=True, reasons=["fit", "price"], text="", membership=seeker.first, by=seeker.first.user
        )


def interests(play: Play, made: Sequence[Listing]) -> None:
    """Buyers answer listings, for and against."""
    for listing in (one for one in made if one.state == "listed"):
        buyer = play.cast[play.dice.choice(["electric", "maker", "chemist"])].first
        if buyer.organization_id == listing.organization_id:
            continue
        wants = play.dice.random() < 0.7
        reasons = ["fit"] if wants else [play.dice.choice(["price", "maturity", "timing", "scope"])]
        services_interest.interest_show(listing_id=listing.pk, wants=wants, reasons=reasons, text="", membership=buyer, by=buyer.user)
        play.count("answers to listings")


def windows(play: Play) -> None:
    """A purchase window that stands open, with two offers that only their holders read."""
    buyer = play.cast["fund"].first
    terms = WindowTerms(
        title="高价值专利集中采购窗口（演示）",
        sought="新能源与高端装备领域的授权发明专利，剩余年限八年以上。演示文本 scenario text.",
        opens_on=play.day(0),
        closes_on=play.day(30),
        decides_by=play.day(60),
    )
    window = services_window.window_create(membership=buyer, terms=terms, by=buyer.user)
    services_window.window_advance(window_id=window.pk, event="open", membership=buyer, by=buyer.user)
    for who in ("university", "institute"):
        company = play.cast[who]
        key = own(play, company, play.keys.pop())
        services_window.offer_submit(
            window_id=window.pk,
            membership=company.first,
            named=named(key),
            price_fen=play.price_fen(300_000, 900_000),
            note="演示 scenario",
            by=company.first.user,
        )
        play.count("window offers")
    play.count("purchase windows")
