"""The due-diligence checklist of a room is read from the record, for the sides of an open room only."""

import pytest
from django.urls import reverse
from django.utils import timezone

from langqiao.engine.funds.diligence import QUESTIONS
from langqiao.engine.operations.encumbrance import Encumbrance
from langqiao.engine.operations.outcome import Effect
from langqiao.web.deals.checklist import checklist_of
from langqiao.web.deals.words import CHECK
from langqiao.web.rights.services import effects_apply
from tests.web.deals_world import World, brought, code_of
from tests.web.test_web_deals_pages import enter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]


@pytest.fixture
def world(db):
    return World()


def statuses(deal, membership):
    (row,) = checklist_of(deal, membership)
    return {line.question.code: line.status for line in row["lines"]}


def test_the_record_answers_and_what_it_does_not_say_is_unknown(world):
    deal = brought(world, world.open(), "nda")
    found = statuses(deal, world.buyer[0])
    assert set(found) == {question.code for question in QUESTIONS}
    assert found["title_chain"] == found["no_pledge"] == found["in_force"] == "pass"
    assert found["freedom"] == found["opinion"] == "unknown"
    burden = Encumbrance(kind="preserved", reference="court-1")
    effects_apply(
        [Effect(patent=world.key, kind="burden_added", on=timezone.localdate(), burden=burden, reference="court-1")], deal="x", by=None
    )
    assert statuses(type(deal).objects.get(pk=deal.pk), world.buyer[0])["no_pledge"] == "fail"


def test_the_list_opens_with_the_room_and_to_its_sides(world, client):
    deal = world.open()
    assert code_of(checklist_of, deal, world.buyer[0]) == "not_allowed"
    deal = brought(world, deal, "nda")
    assert code_of(checklist_of, deal, world.platform[0]) == "not_allowed"
    address = reverse("deal_diligence", args=[deal.pk])
    for language, word in (("en", "no pledge"), ("zh-hans", "无质押")):
        answer = enter(client, world.buyer[0]).get(address, headers={"accept-language": language})
        assert answer.status_code == 200 and word in answer.content.decode()
    assert enter(client, world.office[0]).get(address).status_code == 404
    assert (
        address in client.get(reverse("deal", args=[deal.pk])).content.decode()
        or address in enter(client, world.buyer[0]).get(reverse("deal", args=[deal.pk])).content.decode()
    )


def test_every_group_of_questions_has_a_word():
    assert {question.group for question in QUESTIONS} <= set(CHECK)
