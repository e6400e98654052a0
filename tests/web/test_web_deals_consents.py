"""Co-owners, pledgees and holders of first refusal answer from their own account, for the terms they saw and no others."""

import datetime as dt

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from langqiao.web.deals import consents, facts, room
from langqiao.web.deals.models import Consent
from langqiao.web.deals.services import deal_reasons
from langqiao.web.notices.models import Notice
from langqiao.web.notices.services import notices_make
from langqiao.web.people.models import Role
from langqiao.web.rights.services import entry_append, holding_lock, owners_rebuild
from tests.web.deals_world import World, both, brought, code_of, member, paper, sign, take
from tests.web.test_web_deals_pages import enter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]


@pytest.fixture
def world(db):
    """The seller's right with a co-owner on this market."""
    made = World()
    made.partner = made.pair("桥中大学 Partner")
    return made


def asked(world, deal, basis="co_owner", **more):
    return room.consent_note(deal.pk, membership=world.seller[0], holder=world.partner[0].organization.name, basis=basis, **more)


def answered(world, consent, *, agree=True, reason="", by=None):
    consent.deal.refresh_from_db()
    seen = facts.consented_sha256(consent.deal)
    return consents.consent_answer(consent.pk, membership=by or world.partner[0], agree=agree, reason=reason, seen_sha256=seen)


def test_a_co_owner_sees_the_terms_and_gives_its_word_itself(world, client):
    deal = brought(world, world.open(), "offer")
    consent = asked(world, deal)
    assert consent.asked == world.partner[0].organization
    page = reverse("deal_consent", args=[consent.pk])
    assert enter(client, world.buyer[0]).get(page).status_code == 404
    for code in ("zh-hans", "en"):
        answer = enter(client, world.partner[0], factor=True).get(page, headers={"accept-language": code})
        assert answer.status_code == 200 and b"1,000,000.00" in answer.content
    assert enter(client, world.partner[0]).get(reverse("deal", args=[deal.pk])).status_code == 404, "the room itself stays shut"
    assert page in enter(client, world.partner[0]).get(reverse("deals")).content.decode()
    enter(client, world.partner[0], factor=True)
    form = {"answer": "agree", "sha256": facts.consented_sha256(deal)}
    assert client.post(reverse("deal_consent_answer", args=[consent.pk]), form).status_code == 302
    consent.refresh_from_db()
    assert consent.given_on == timezone.localdate() and consent.answered_by == world.partner[0].user
    assert world.partner[0].organization.name in facts.rights_of(deal, timezone.localdate(), "x")[0].standing.consents


def test_the_holder_is_told_and_the_sides_are_told_of_its_answer(world):
    consent = asked(world, brought(world, world.open(), "offer"))
    notices_make()
    told = Notice.objects.get(organization=world.partner[0].organization, action="deal.consent_asked")
    assert told.subject == f"consent/{consent.pk}"
    answered(world, consent)
    notices_make()
    assert Notice.objects.filter(organization=world.seller[0].organization, action="deal.consent_given").exists()


def test_a_consent_covers_no_other_terms(world):
    deal = brought(world, world.open(), "offer")
    consent = asked(world, deal)
    old = facts.consented_sha256(deal)
    answered(world, consent)
    take(deal, "make_offer", world.buyer[0], payment__price_fen="900000")
    deal.refresh_from_db()
    assert world.partner[0].organization.name not in facts.rights_of(deal, timezone.localdate(), "x")[0].standing.consents
    act = consents.consent_answer
    assert code_of(act, consent.pk, membership=world.partner[0], agree=True, seen_sha256=old) == "text_changed"
    answered(world, consent)
    assert code_of(answered, world, consent) == "consent_answered", "a consent to the same terms binds"


def test_a_refusal_has_a_reason_is_not_outdone_by_paper_and_may_be_changed_by_the_holder(world):
    deal = brought(world, world.open(), "offer")
    consent = asked(world, deal)
    assert code_of(answered, world, consent, agree=False) == "reason_missing"
    answered(world, consent, agree=False, reason="The price is too low")
    file = paper(deal, world.seller[0])
    assert code_of(asked, world, deal, given_on=timezone.localdate(), file=file) == "consent_refused"
    answered(world, consent)
    assert Consent.objects.get(pk=consent.pk).given_on is not None


def test_only_an_approver_of_the_holder_answers(world):
    consent = asked(world, brought(world, world.open(), "offer"))
    editor = member(world.partner[0].organization, Role.EDITOR)
    assert code_of(answered, world, consent, by=editor) == "approver_needed"
    assert code_of(answered, world, consent, by=world.buyer[0]) == "not_found"


def test_nobody_of_an_unverified_name_is_asked(world):
    stranger = world.pair("桥外公司", verified=False)
    consent = room.consent_note(
        brought(world, world.open(), "offer").pk, membership=world.seller[0], holder=stranger[0].organization.name, basis="co_owner"
    )
    assert consent.asked is None


def reasons(deal, event, membership):
    return {reason.code for reason in deal_reasons(deal, event, membership)}


def test_who_steps_in_on_first_refusal_stops_the_deal_until_it_waives(world):
    deal = brought(world, world.open(), "accepted")
    consent = asked(world, deal, "first_refusal", served_on=timezone.localdate() - dt.timedelta(days=100))
    sign(deal, ("seller", world.seller[0]), ("buyer", world.buyer[0]))
    assert "first_refusal_not_cleared" not in reasons(deal, "fund", world.buyer[0]), "the window is over"
    answered(world, consent, agree=False, reason="We take it at this price")
    deal.refresh_from_db()
    del deal.__dict__["rights_read"]
    deal = type(deal).objects.get(pk=deal.pk)
    assert "first_refusal_not_cleared" in reasons(deal, "fund", world.buyer[0])
    answered(world, consent)
    both(type(deal).objects.get(pk=deal.pk), "fund", world.buyer)


def test_a_deal_on_a_co_owned_right_goes_on_only_with_the_word_of_the_co_owner(world):
    own = [world.seller[0].organization, world.partner[0].organization]
    owners = [{"name": one.name, "share": "1/2", "organization": one.pk} for one in own]
    with transaction.atomic():
        holding = holding_lock(world.key)
        entry_append(holding, kind="owners_set", on=dt.date(2026, 1, 6), body={"owners": owners}, by=world.seller[0].user)
        owners_rebuild(holding)
    deal = brought(world, world.open(), "accepted")
    sign(deal, ("seller", world.seller[0]), ("buyer", world.buyer[0]))
    assert reasons(deal, "fund", world.buyer[0]) >= {"co_owner_consent_missing"}
    consent = asked(world, deal)
    assert [one.pk for one in consents.waiting_for(own[1])] == [consent.pk]
    answered(world, consent)
    assert not consents.waiting_for(own[1])
    assert "co_owner_consent_missing" not in reasons(type(deal).objects.get(pk=deal.pk), "fund", world.buyer[0])
    both(deal, "fund", world.buyer)
