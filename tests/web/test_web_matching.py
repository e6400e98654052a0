"""Matching on the site: mandates public and private, ranked patents with traceable reasons, demands, banks by their rules, answers in the market."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.matching.wish import Wish
from langqiao.web.audit.models import Record
from langqiao.web.common.lake import site_lake
from langqiao.web.credit.models import CreditPolicy
from langqiao.web.market.models import Demand, Interest, Listing, ListingPatent
from langqiao.web.matching import banks, facts, selectors, services
from langqiao.web.matching.models import Mandate
from langqiao.web.people.models import CheckState, Membership, Organization, OrganizationKind, Role
from langqiao.web.rights.seen import seen_by, seen_many
from tests.web.conftest import another_user
from tests.web.routes.who import KEY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]
CODED = "CN-102905253-B"
"""A patent of the shipped facts whose record has classes, H04W 8/26 first, of a firm in Guangdong."""


def later(days=90):
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def seeker(db):
    organization = Organization.objects.create(name="桥岸基金管理", kind=OrganizationKind.FUND)
    return Membership.objects.create(user=another_user("seeker"), organization=organization, role=Role.EDITOR)


@pytest.fixture
def holder(db):
    organization = Organization.objects.create(name="持有人大学", kind=OrganizationKind.UNIVERSITY)
    return Membership.objects.create(user=another_user("holder"), organization=organization, role=Role.EDITOR)


def terms(**more):
    return services.Terms(**({"title": "通信专利", "purpose": "invest", "until_on": later(), "words": "标识 分配"} | more))


def made(member, **more):
    return services.mandate_create(membership=member, by=member.user, terms=terms(**more))


def refused(code, run, /, *args, **more):
    with pytest.raises(Refusal) as told:
        run(*args, **more)
    assert told.value.code == code, told.value
    return told.value


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"purpose": "steal"}, "purpose"),
        ({"visibility": "public"}, "brief"),
        ({"words": ""}, "words"),
        ({"fields": (36,)}, "fields"),
        ({"industries": ("99",)}, "industries"),
        ({"ipc": ("1",)}, "ipc"),
        ({"statuses": ("dead",)}, "statuses"),
        ({"grade_least": "F"}, "grade_least"),
        ({"ticket_low_fen": 2, "ticket_high_fen": 1}, "ticket_high_fen"),
        ({"ticket_low_fen": 0}, "ticket_high_fen"),
        ({"required": ("text",)}, "required"),
        ({"until_on": dt.date(2000, 1, 1)}, "until_on"),
    ],
)
def test_a_mandate_that_does_not_fit_is_refused_by_its_field(seeker, change, field):
    assert field in refused("mandate_terms_wrong", made, seeker, **change).facts["fields"].split(", ")
    assert not Mandate.objects.exists()


def test_a_private_mandate_is_hidden_and_a_public_one_shows_its_brief_and_not_its_matches(client, seeker, holder):
    private, public = made(seeker), made(seeker, title="公开意向", visibility="public", brief="寻找通信类专利", words="保密关键词")
    client.force_login(holder.user)
    assert client.get(reverse("sought", kwargs={"mandate_id": private.pk})).status_code == 404
    page = client.get(reverse("sought", kwargs={"mandate_id": public.pk})).content.decode()
    assert "寻找通信类专利" in page and "保密关键词" not in page and 'class="match"' not in page
    home = client.get(reverse("matching")).content.decode()
    assert "公开意向" in home and "通信专利" not in home
    assert "公开意向" in client.get(reverse("desk")).content.decode()
    services.mandate_end(mandate_id=public.pk, membership=seeker, by=seeker.user)
    assert client.get(reverse("sought", kwargs={"mandate_id": public.pk})).status_code == 404
    refused("not_found", services.mandate_end, mandate_id=private.pk, membership=holder, by=holder.user)
    refused("step_not_possible", services.mandate_change, mandate_id=public.pk, membership=seeker, by=seeker.user, terms=terms())
    actions = list(Record.objects.filter(subject=f"sought/{public.pk}").order_by("seq").values_list("action", flat=True))
    assert actions == ["sought.entered", "sought.ended"]


def test_a_mandate_ranks_the_patents_of_the_lake_and_every_reason_is_that_of_the_record(seeker):
    shown = selectors.patent_shown(CODED)
    wish = Wish(
        words=("标识分配", "隔膜"), ipc=("H04W8/",), fields=shown.candidate.fields, regions=("广东",), statuses=frozenset({"in_force"})
    )
    found = selectors.matches_of(wish)
    first = found.best[0]
    assert first.match.key == CODED and found.ranking.looked_at == found.total > 10
    reasons = {reason.criterion: reason for reason in first.match.reasons}
    assert reasons["ipc"].found == ("H04W 8/26",)
    assert (reasons["region"].fit, reasons["region"].found) == (1.0, ("广东省",))
    assert reasons["text"].found == ("标识分配",) and reasons["text"].fit == 0.5
    assert any(part.found and part.text == "标识分配" for passage in first.passages for part in passage)
    owners = {row["name"] for row in site_lake().rows("parties", "key = ? AND role IN ('owner', 'applicant')", [CODED])}
    assert found.holders[0].holder in owners


def test_what_the_record_does_not_say_lowers_the_share_known_only(seeker):
    wish = Wish(words=("标识分配",), price_low_fen=1, price_high_fen=10)
    row = next(row for row in selectors.matches_of(wish).best if row.match.key == CODED)
    assert row.match.score == 1.0 and 0.5 <= row.match.coverage < 1.0
    assert next(reason for reason in row.match.reasons if reason.criterion == "price").fit is None


def test_each_match_says_whether_the_right_is_free_for_the_purpose_and_by_which_code_not(seeker, monkeypatch):
    found = selectors.matches_of(Wish(words=("标识分配",)))
    asked = []
    real = selectors.check
    monkeypatch.setattr(selectors, "check", lambda standing, plan: asked.append(plan.operation) or real(standing, plan))
    free = selectors.freedom_of([found.best[0]], seeker, "lend")
    assert set(asked) == {"pledge"} and set(free) == {CODED}
    held = seen_by(seeker, CODED).held
    assert seen_many(seeker, [CODED, "CN-1-A"]) == {CODED: seen_by(seeker, CODED)}
    assert free[CODED] == tuple(real(held.standing, selectors.Plan(operation="pledge", on=timezone.localdate())).codes)


def listed(holder, key=CODED, **price):
    listing = Listing.objects.create(
        organization=holder.organization,
        by=holder.user,
        title="挂牌",
        state="listed",
        **({"price_kind": "posted", "price_fen": 5_000_000} | price),
    )
    ListingPatent.objects.create(listing=listing, key=key, number="CN 102905253 B", office="CN")
    return listing


def test_a_listing_gives_the_price_and_takes_the_answer_into_the_market(client, seeker, holder):
    listing = listed(holder)
    mandate = made(seeker, words="标识分配", ticket_low_fen=4_000_000, ticket_high_fen=6_000_000)
    client.force_login(seeker.user)
    page = client.get(reverse("sought", kwargs={"mandate_id": mandate.pk})).content.decode()
    assert reverse("listing_interest", kwargs={"listing_id": listing.pk}) in page and "50000.00" in page
    client.post(reverse("listing_interest", kwargs={"listing_id": listing.pk}), {"wants": "no", "reasons": ["price"]})
    said = Interest.objects.get(listing=listing)
    assert (said.wants, said.reasons, said.organization) == (False, ["price"], seeker.organization)
    page = client.get(reverse("sought", kwargs={"mandate_id": mandate.pk})).content.decode()
    assert "我方已谢绝" in page or "we declined" in page


def test_a_range_is_read_at_its_middle_and_a_price_on_request_is_unknown(holder):
    listed(holder, price_kind="range", price_fen=None, price_low_fen=100, price_high_fen=300)
    assert selectors.patent_shown(CODED).candidate.price_fen == 200
    Listing.objects.update(price_kind="on_request", price_low_fen=None, price_high_fen=None)
    assert selectors.patent_shown(CODED).candidate.price_fen is None


def demand_of(member, **more):
    facts_of = {"title": "寻找标识分配方法", "problem": "无线网络中终端标识分配冲突", "state": "published", "deadline_on": later()} | more
    return Demand.objects.create(organization=member.organization, by=member.user, **facts_of)


def test_a_demand_finds_patents_by_words_class_industry_region_and_budget(client, seeker, holder):
    demand = demand_of(seeker, region="广东", industry="新一代信息技术产业", budget_fen=10_000_000)
    found = selectors.demand_matches(demand)
    assert found.best[0].match.key == CODED
    assert [reason.criterion for reason in found.best[0].match.reasons][:2] == ["text", "industry"]
    named = demand_of(seeker, problem="H04W 8/26 终端标识")
    assert selectors.demand_wish(named)[0].ipc == ("H04W8/26",) and selectors.demand_wish(named)[1] == ()
    client.force_login(holder.user)
    page = client.get(reverse("demand_matches", kwargs={"demand_id": demand.pk}))
    assert page.status_code == 200 and "<mark>" in page.content.decode()
    client.post(reverse("demand_propose", kwargs={"demand_id": demand.pk}), {"number": "CN 102905253 B", "reasons": ["fit"]})
    assert Interest.objects.get(demand=demand).key == CODED
    page = client.get(reverse("demand_matches", kwargs={"demand_id": demand.pk})).content.decode()
    assert "本单位已推荐" in page or "Proposed by your organization" in page


@pytest.mark.parametrize(
    ("text", "codes"),
    [("3", ("3",)), ("新材料", ("3",)), ("new materials and more", ("3",)), ("养猪", ()), ("", ()), ("33", ())],
)
def test_an_industry_is_read_by_code_or_name_and_an_unknown_one_asks_nothing(text, codes):
    assert selectors.industries_in(text) == codes


def test_a_draft_demand_shows_its_patents_to_nobody_else(client, seeker, holder):
    demand = demand_of(seeker, state="draft")
    client.force_login(holder.user)
    assert client.get(reverse("demand_matches", kwargs={"demand_id": demand.pk})).status_code == 404


def test_for_a_patent_mandates_and_demands_stand_by_fit_the_excluded_last_with_their_reason(client, seeker, holder):
    public = {"visibility": "public", "brief": "x"}
    good = made(seeker, title="good", ipc=("H04W",), words="", **public)
    bad = made(seeker, title="bad", ipc=("C08L",), words="", required=("ipc",), **public)
    made(seeker, title="藏着的意向", words="标识分配")
    own = made(holder, title="ours", words="标识分配")
    fits = selectors.mandate_fits(selectors.patent_shown(CODED), holder.organization)
    assert {fit.what.pk for fit in fits} == {good.pk, bad.pk, own.pk}
    assert fits[-1].what == bad and fits[-1].match.excluded == ("ipc",)
    demand_of(seeker)
    client.force_login(holder.user)
    answer = client.get(reverse("matching"), {"number": "CN102905253B"})
    assert answer.url == reverse("patent_fits", kwargs={"key": CODED})
    page = client.get(answer.url).content.decode()
    assert "good" in page and "bad" in page and "藏着的意向" not in page and "寻找标识分配方法" in page
    assert client.get(reverse("patent_fits", kwargs={"key": "CN-1-X"})).status_code == 404


def bank(name, **values):
    found = Organization.objects.create(
        name=name, kind=OrganizationKind.BANK, check_state=CheckState.VERIFIED, check_document="license", checked_at=timezone.now()
    )
    asked, approved = another_user(f"{name}-1"), another_user(f"{name}-2")
    CreditPolicy.objects.create(bank=found, values=values, asked_by=asked, approved_by=approved, approved_at=timezone.now())
    return found


def test_banks_answer_by_their_own_rules_and_the_law_and_a_bank_without_rules_says_nothing(holder, monkeypatch):
    easy, hard = bank("easy", remaining_life_months=0), bank("hard", remaining_life_months=600)
    Organization.objects.create(name="silent", kind=OrganizationKind.BANK)
    shown = selectors.patent_shown(CODED)
    found = {fit.bank: fit for fit in banks.bank_fits(shown, holder)}
    assert set(found) == {easy, hard}
    assert "remaining_life_too_short" in found[hard].against and not found[hard].fits
    assert "remaining_life_too_short" not in found[easy].against
    seen = banks.seen_by(holder, CODED)
    held = seen.held
    clean = replace(
        held.standing, granted=True, status="in_force", encumbrances=(), owners=("甲",), type="invention", expiry_date=later(3650)
    )
    monkeypatch.setattr(banks, "seen_by", lambda *_given: replace(seen, held=replace(held, standing=clean)))
    first = banks.bank_fits(shown, holder)[0]
    assert first.bank == easy and first.fits and 0 < first.rate <= 1


def test_a_patent_that_the_record_does_not_hold_gets_no_bank(holder, monkeypatch):
    bank("easy")

    def gone(*_given):
        raise Refusal("not_a_patent", "gone")

    shown = selectors.patent_shown(CODED)
    monkeypatch.setattr(banks, "seen_by", gone)
    assert banks.bank_fits(shown, holder) == []


def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(client, seeker):
    client.force_login(seeker.user)
    typed = {"title": "新意向", "purpose": "buy", "visibility": "private", "words": "电池", "until_on": "not a day", "ticket_low_fen": "x"}
    answer = client.post(reverse("sought_new"), typed)
    assert answer.status_code == 422 and "新意向" in answer.content.decode() and "not a day" in answer.content.decode()
    answer = client.post(
        reverse("sought_new"), typed | {"until_on": str(later()), "ticket_low_fen": "", "fields": ["4"], "ipc": "H01M10、H04W"}
    )
    mandate = Mandate.objects.get()
    assert answer.url == reverse("sought", kwargs={"mandate_id": mandate.pk})
    assert (mandate.fields, mandate.ipc) == ([4], ["H01M10", "H04W"])
    edit = reverse("sought_edit", kwargs={"mandate_id": mandate.pk})
    assert "H01M10" in client.get(edit).content.decode()
    client.post(edit, typed | {"until_on": str(later()), "ticket_low_fen": "", "ticket_high_fen": "100"})
    mandate.refresh_from_db()
    assert (mandate.version, mandate.ticket_high_fen, mandate.fields) == (2, 10_000, [])


def test_the_database_keeps_a_ticket_in_order_and_a_public_mandate_with_a_brief(seeker):
    found = made(seeker)
    for wrong in ({"ticket_low_fen": 2, "ticket_high_fen": 1}, {"visibility": "public"}, {"grade_least": "Z"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Mandate.objects.filter(pk=found.pk).update(**wrong)


def test_a_larger_lake_is_narrowed_by_the_words_and_the_page_says_so(seeker, monkeypatch):
    monkeypatch.setattr(facts, "LOOKED_AT", 5)
    monkeypatch.setattr(facts, "keys_found", lambda *_given, **_more: [CODED, KEY])
    found = selectors.matches_of(Wish(words=("标识分配",)))
    assert (found.ranking.looked_at, found.total > 5) == (2, True)


def test_the_words_of_a_demand_leave_out_what_every_text_has():
    found = selectors.words_of("一种用于电池的隔膜方法，及其制备 and the 2026 separator")
    assert "电池" in found and "隔膜" in found and "separator" in found
    assert not {"一种", "方法", "the", "2026"} & set(found)
