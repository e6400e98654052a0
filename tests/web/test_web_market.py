"""The market on the site: list, audit, confidentiality, interest, demands, windows; nobody audits their own, nobody reads what is not theirs."""

import datetime as dt

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.market.demand import DemandTerms, WindowTerms
from langqiao.engine.market.listing import ListingTerms
from langqiao.engine.operations.outcome import Effect
from langqiao.web.audit.models import Record
from langqiao.web.market import selectors, services, services_demand, services_interest, services_window
from langqiao.web.market.models import Demand, Listing, MarketStep, Window
from langqiao.web.market.patents import number_of, patents_named
from langqiao.web.people.models import Mandate, Membership
from langqiao.web.rights.services import effects_apply
from tests.web.conftest import give_factor
from tests.web.routes.who import KEY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]


def day(n=0):
    return timezone.localdate() + dt.timedelta(days=n)


def member(people, name):
    return Membership.objects.select_related("organization", "user").get(user=people[name])


def owns(organization):
    with transaction.atomic():
        effect = Effect(patent=KEY, kind="owner_changed", on=dt.date(2024, 1, 2), party=f"organization/{organization.pk}", reference="R")
        effects_apply([effect], deal="deal/before", by=None)


TERMS = {
    "mode": "assignment",
    "route": "self_service",
    "title": "A coating",
    "brief": "What it does",
    "detail": "How it is made",
    "price_kind": "posted",
    "price_fen": 12_345_600,
}


def draft(people, *, by="editor", holder="first", **change):
    terms = ListingTerms(patents=(KEY,), **({"expires_on": day(30)} | TERMS | change))
    named, unknown = patents_named(KEY, people[holder])
    assert not unknown
    membership = member(people, by)
    return services.listing_create(membership=membership, holder=people[holder], terms=terms, patents=named, by=people[by])


def step(listing, event, people, who, **more):
    return services.listing_advance(listing_id=listing.pk, event=event, membership=member(people, who), by=people[who], **more)


def listed(people, **change):
    owns(people["first"])
    listing = draft(people, **change)
    step(listing, "submit", people, "editor")
    step(listing, "accept", people, "platform")
    listing.refresh_from_db()
    return listing


def test_a_listing_goes_from_draft_through_the_audit_to_everybody(client, people):
    listing = listed(people)
    assert listing.state == "listed" and listing.public_at is not None
    page = client.get(reverse("market")).content.decode()
    assert "A coating" in page and "First" in page
    shown = client.get(reverse("listing", kwargs={"listing_id": listing.pk})).content.decode()
    assert "What it does" in shown and "How it is made" not in shown and number_of(KEY) in shown
    assert [found.event for found in selectors.steps_of(listing)] == ["submit", "accept"]


def test_a_draft_is_nobodys_business_before_it_is_submitted(people):
    listing = draft(people)
    for stranger in ("other", "platform", "office"):
        with pytest.raises(Refusal) as refused:
            selectors.listing_get(listing.pk, member(people, stranger))
        assert refused.value.code == "not_found"


def test_who_does_not_own_the_patent_by_the_record_cannot_submit_it(people):
    listing = draft(people)
    with pytest.raises(Refusal) as refused:
        step(listing, "submit", people, "editor")
    assert refused.value.code == "not_owner_here" and number_of(KEY) in refused.value.facts["patents"]
    listing.refresh_from_db()
    assert listing.state == "draft"


def test_nobody_audits_what_they_submitted_or_what_their_organization_lists(people):
    owns(people["the platform"])
    listing = draft(people, by="platform", holder="the platform")
    step(listing, "submit", people, "platform")
    with pytest.raises(Refusal) as refused:
        step(listing, "accept", people, "platform")
    assert refused.value.code == "not_allowed"
    owns(people["first"])
    listing = draft(people)
    step(listing, "submit", people, "editor")
    with pytest.raises(Refusal) as refused:
        step(listing, "accept", people, "editor")
    assert refused.value.code == "not_allowed"


def test_a_listing_is_sent_back_with_reasons_only_and_comes_again_changed(people):
    owns(people["first"])
    listing = draft(people)
    step(listing, "submit", people, "editor")
    with pytest.raises(Refusal) as refused:
        step(listing, "send_back", people, "platform")
    assert refused.value.code == "reason_missing"
    step(listing, "send_back", people, "platform", reasons=["price", "other"], text="too vague")
    listing.refresh_from_db()
    terms = ListingTerms(patents=(KEY,), **TERMS, expires_on=day(9))
    named, _unknown = patents_named(KEY, people["first"])
    with pytest.raises(Refusal) as refused:
        services.listing_change(
            listing_id=listing.pk, membership=member(people, "editor"), version=1, terms=terms, patents=named, by=people["editor"]
        )
    assert refused.value.code == "changed_meanwhile"
    changed = services.listing_change(
        listing_id=listing.pk, membership=member(people, "editor"), version=listing.version, terms=terms, patents=named, by=people["editor"]
    )
    assert changed.expires_on == day(9)
    step(listing, "submit", people, "editor")


@pytest.mark.parametrize("change", [{"price_fen": None}, {"expires_on": None}, {"title": ""}, {"mode": "auction"}])
def test_an_incomplete_listing_names_what_it_lacks(people, change):
    owns(people["first"])
    listing = draft(people, **change)
    with pytest.raises(Refusal) as refused:
        step(listing, "submit", people, "editor")
    assert refused.value.code == "listing_incomplete" and refused.value.facts["missing"]


def test_a_pledged_right_cannot_be_listed_for_an_exclusive_license_while_an_open_license_stands(people):
    from langqiao.engine.operations.encumbrance import Encumbrance

    owns(people["first"])
    burden = Encumbrance(kind="open_license", reference="OL1")
    with transaction.atomic():
        effects_apply([Effect(patent=KEY, kind="burden_added", on=day(-10), burden=burden)], deal="deal/open", by=None)
    listing = draft(people, mode="license_exclusive")
    with pytest.raises(Refusal) as refused:
        step(listing, "submit", people, "editor")
    assert refused.value.code == "operation_not_open" and "open_license_in_force" in refused.value.facts["codes"]


def test_the_same_form_sent_twice_takes_one_step_and_another_content_is_refused(people):
    owns(people["first"])
    listing = draft(people)
    first = step(listing, "submit", people, "editor", key="k1")
    assert step(listing, "submit", people, "editor", key="k1").pk == first.pk
    assert MarketStep.objects.count() == 1
    with pytest.raises(Refusal) as refused:
        step(listing, "withdraw", people, "editor", key="k1")
    assert refused.value.code == "idempotency_key_reused"


def test_a_broker_lists_only_under_a_mandate_that_covers_the_patent(people):
    owns(people["first"])
    with pytest.raises(Refusal) as refused:
        draft(people, by="other", holder="first", route="custody")
    assert refused.value.code == "mandate_missing"
    mandate = Mandate.objects.create(
        holder=people["first"],
        agent=people["second"],
        scopes=["list"],
        from_on=day(-1),
        until_on=day(5),
        by=people["admin"],
        accepted_by=people["other"],
        accepted_at=timezone.now(),
    )
    listing = draft(people, by="other", holder="first", route="custody")
    mandate.revoked_at = timezone.now()
    mandate.save()
    with pytest.raises(Refusal) as refused:
        step(listing, "submit", people, "other")
    assert refused.value.code == "mandate_missing"


def test_the_confidential_part_opens_with_a_recorded_promise_of_an_approver(client, people):
    listing = listed(people)
    client.force_login(people["other"])
    give_factor(client)
    address = reverse("listing", kwargs={"listing_id": listing.pk})
    assert "How it is made" not in client.get(address).content.decode()
    assert client.post(reverse("listing_confidence", kwargs={"listing_id": listing.pk}), {"language": "zh"}).status_code == 302
    assert "How it is made" in client.get(address).content.decode()
    assert Record.objects.filter(action="listing.confidence", subject=f"listing/{listing.pk}").count() == 1


def test_interest_carries_reasons_both_ways_and_is_read_by_its_two_sides_only(people):
    listing = listed(people)
    other = member(people, "other")
    with pytest.raises(Refusal) as refused:
        services_interest.interest_show(listing_id=listing.pk, wants=True, reasons=[], text="", membership=other, by=people["other"])
    assert refused.value.code == "reason_missing"
    shown = services_interest.interest_show(
        listing_id=listing.pk, wants=True, reasons=["fit"], text="", membership=other, by=people["other"]
    )
    assert [one.pk for one in selectors.interests_seen(listing, member(people, "editor"))] == [shown.pk]
    assert selectors.interests_seen(listing, member(people, "office")) == []
    with pytest.raises(Refusal) as refused:
        services_interest.interest_answer(interest_id=shown.pk, accept=True, reasons=["fit"], text="", membership=other, by=people["other"])
    assert refused.value.code == "not_found"
    answered = services_interest.interest_answer(
        interest_id=shown.pk, accept=False, reasons=["timing"], text="", membership=member(people, "editor"), by=people["editor"]
    )
    assert answered.answer == "declined"
    with pytest.raises(Refusal) as refused:
        services_interest.interest_show(
            listing_id=listing.pk, wants=False, reasons=["price"], text="", membership=other, by=people["other"]
        )
    assert refused.value.code == "already_answered"


def test_a_deal_is_opened_from_a_listing_by_the_other_side_and_keeps_it_from_being_withdrawn(people):
    listing = listed(people)
    with pytest.raises(Refusal):
        services.listing_deal_open(listing=listing, membership=member(people, "editor"))
    deal = services.listing_deal_open(listing=listing, membership=member(people, "other"))
    assert deal.kind == "assignment" and deal.seller == people["first"] and deal.buyer == people["second"]
    with pytest.raises(Refusal) as refused:
        step(listing, "withdraw", people, "editor")
    assert refused.value.code == "deal_in_progress"


def test_what_stood_until_yesterday_expires_by_the_clock(people):
    listing = listed(people)
    Listing.objects.filter(pk=listing.pk).update(expires_on=day(-1))
    assert services.listings_expire() == 1 and services.listings_expire() == 0
    listing.refresh_from_db()
    assert listing.state == "expired"


def demand_of(people, **change):
    terms = DemandTerms(**({"title": "Less wear", "problem": "Bearings wear", "deadline_on": day(20)} | change))
    return services_demand.demand_create(membership=member(people, "other"), terms=terms, by=people["other"])


def demand_step(demand, event, people, who, **more):
    return services_demand.demand_advance(demand_id=demand.pk, event=event, membership=member(people, who), by=people[who], **more)


def test_a_demand_is_published_after_the_audit_and_a_holder_proposes_a_patent(people):
    demand = demand_of(people)
    demand_step(demand, "submit", people, "other")
    demand_step(demand, "accept", people, "platform")
    named, _unknown = patents_named("CN102329749B", people["first"])
    arguments = {"demand_id": demand.pk, "named": named[0], "reasons": ["fit"], "text": "", "membership": member(people, "editor")}
    made = services_interest.proposal_make(**arguments, by=people["editor"])
    with pytest.raises(Refusal) as refused:
        services_interest.proposal_make(**arguments, by=people["editor"])
    assert refused.value.code == "offer_exists" and made.key == KEY
    Demand.objects.filter(pk=demand.pk).update(deadline_on=day(-1))
    assert services_demand.demands_expire() == 1


def test_a_demand_without_a_problem_is_not_submitted(people):
    demand = demand_of(people, problem="")
    with pytest.raises(Refusal) as refused:
        demand_step(demand, "submit", people, "other")
    assert refused.value.code == "demand_incomplete"


def window_of(people, *, opens=0, closes=5, decides=9):
    terms = WindowTerms(title="Batteries", sought="Cells", opens_on=day(opens), closes_on=day(closes), decides_by=day(decides))
    window = services_window.window_create(membership=member(people, "other"), terms=terms, by=people["other"])
    services_window.window_advance(window_id=window.pk, event="open", membership=member(people, "other"), by=people["other"])
    window.refresh_from_db()
    return window


def offer_in(window, people, price_fen=5_000_000):
    named, _unknown = patents_named(KEY, people["first"])
    return services_window.offer_submit(
        window_id=window.pk, membership=member(people, "editor"), named=named[0], price_fen=price_fen, note="", by=people["editor"]
    )


def test_offers_of_a_window_are_read_after_it_closed_and_every_one_is_decided(client, people):
    owns(people["first"])
    window = window_of(people)
    offer = offer_in(window, people)
    assert selectors.offers_seen(window, member(people, "other")) == []
    client.force_login(people["other"])
    assert "50,000" not in client.get(reverse("window", kwargs={"window_id": window.pk})).content.decode().replace("5 万", "50,000")
    with pytest.raises(Refusal) as refused:
        services_window.window_advance(window_id=window.pk, event="withdraw", membership=member(people, "other"), by=people["other"])
    assert refused.value.code == "window_has_offers"
    Window.objects.filter(pk=window.pk).update(opens_on=day(-9), closes_on=day(-1))
    assert services_window.windows_close() == 1
    window.refresh_from_db()
    assert [one.pk for one in selectors.offers_seen(window, member(people, "other"))] == [offer.pk]
    with pytest.raises(Refusal) as refused:
        services_window.window_advance(window_id=window.pk, event="decide", membership=member(people, "other"), by=people["other"])
    assert refused.value.code == "window_undecided"
    decided = {"window_id": window.pk, "offer_id": offer.pk, "reasons": ["price"], "text": "", "membership": member(people, "other")}
    services_window.offer_decide(**decided, accept=False, by=people["other"])
    services_window.window_advance(window_id=window.pk, event="decide", membership=member(people, "other"), by=people["other"])
    window.refresh_from_db()
    assert window.state == "decided" and window.decided_at is not None


def test_a_window_takes_offers_of_owners_on_its_days_only(people):
    window = window_of(people, opens=1)
    with pytest.raises(Refusal) as refused:
        offer_in(window, people)
    assert refused.value.code == "window_not_open"
    Window.objects.filter(pk=window.pk).update(opens_on=day())
    with pytest.raises(Refusal) as refused:
        offer_in(window, people)
    assert refused.value.code == "not_owner_here"


def test_a_window_whose_days_are_out_of_order_does_not_open(people):
    with pytest.raises(Refusal) as refused:
        window_of(people, closes=9, decides=9)
    assert refused.value.code == "window_order_wrong"


def test_what_was_typed_stays_and_the_field_says_what_is_wrong(logged_in):
    typed = {
        "patents": "CN 1 nonsense",
        "title": "Mine",
        "price_kind": "posted",
        "price_fen": "1.234",
        "mode": "assignment",
        "detail_tier": "public",
    }
    answer = logged_in.post(reverse("listing_new"), typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and 'value="Mine"' in page and "CN 1 nonsense" in page
    assert 'id="price_fen-error"' in page and 'id="patents-error"' in page
    assert Listing.objects.count() == 0


def test_patents_marked_in_a_list_stand_in_the_form_of_a_listing_and_are_read(logged_in, people):
    owns(people["first"])
    keys = ["CN-102329749-B", "CN-107190516-B"]
    page = logged_in.get(reverse("listing_new"), {"item": keys}).content.decode()
    assert "\n".join(keys) + "</textarea>" in page
    typed = {"patents": keys[0], "title": "Mine", "price_kind": "on_request", "mode": "assignment", "detail_tier": "public"}
    logged_in.post(reverse("listing_new"), typed | {"brief": "b", "expires_on": day(30).isoformat()})
    assert list(Listing.objects.get().patents.values_list("key", flat=True)) == keys[:1]


def test_a_listing_made_through_the_form_is_opened_and_submitted_through_the_page(logged_in, people):
    owns(people["first"])
    typed = {
        "patents": "CN102329749B",
        "title": "Mine",
        "brief": "b",
        "price_kind": "on_request",
        "mode": "assignment",
        "detail_tier": "public",
    }
    answer = logged_in.post(reverse("listing_new"), typed | {"expires_on": day(30).isoformat()})
    listing = Listing.objects.get()
    assert answer.status_code == 302 and listing.state == "draft"
    page = logged_in.get(answer.url).content.decode()
    assert 'value="submit"' in page
    logged_in.post(reverse("listing_step", kwargs={"listing_id": listing.pk}), {"event": "submit", "key": "x"})
    listing.refresh_from_db()
    assert listing.state == "submitted"


@pytest.mark.parametrize("name", ["market", "market_demands", "market_windows"])
def test_a_list_page_asks_the_database_a_bounded_number_of_times(client, people, name, django_assert_max_num_queries):
    for n in range(30):
        Listing.objects.create(organization=people["first"], by=people["editor"], title=f"L{n}", state="listed")
        Demand.objects.create(organization=people["first"], by=people["editor"], title=f"D{n}", state="published")
        Window.objects.create(organization=people["first"], by=people["editor"], title=f"W{n}", state="open")
    with django_assert_max_num_queries(10):
        assert client.get(reverse(name)).status_code == 200


def test_a_listing_is_accepted_once(people):
    listing = listed(people)
    with pytest.raises(Refusal) as refused:
        step(listing, "accept", people, "platform")
    assert refused.value.code == "step_not_possible"


def test_the_patent_page_shows_what_is_listed_and_how_to_list_it(client, people):
    address = reverse("patent_tab", kwargs={"key": KEY, "tab": "market"})
    assert "尚未挂牌" in client.get(address).content.decode()
    draft(people, by="editor")
    assert "A coating" not in client.get(address).content.decode()
    listed(people, title="Another coating")
    assert "Another coating" in client.get(address).content.decode()
