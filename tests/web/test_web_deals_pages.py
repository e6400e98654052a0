"""The pages of deals: every state of every operation opens for every side in both languages; forms keep what was typed; the room has its gate."""

import pytest
from django.urls import reverse
from django.utils import timezone

from langqiao.engine.operations.register import OPERATIONS
from langqiao.rules.refusals import refusals
from langqiao.web.deals import fields, room, words
from langqiao.web.deals.models import Deal
from langqiao.web.deals.money import available_fen
from langqiao.web.documents.models import Document
from langqiao.web.people.session import FACTOR_AT_KEY
from tests.web.deals_world import LICENSE, World, both, brought, paper, pay_in, sign, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]
AUCTION = {
    "auction": {
        "kind": "english", "reserve_fen": 100_00, "step_fen": 10_00, "deposit_fen": 10_00, "opens_at": "2026-01-01T09:00:00+08:00",
        "closes_at": "2036-01-01T09:00:00+08:00", "reveal_until": "2036-01-02T09:00:00+08:00",
    }
}  # fmt: skip


@pytest.fixture
def world(db):
    return World()


def enter(client, membership, *, factor=False):
    client.force_login(membership.user)
    if factor:
        session = client.session
        session[FACTOR_AT_KEY] = timezone.now().timestamp()
        session.save()
    return client


@pytest.mark.parametrize("kind", OPERATIONS)
def test_the_page_of_every_state_opens_for_every_side_in_both_languages(kind, world, client):
    parent = None
    if kind in {"open_license_taking", "sublicense"}:
        parent = Deal.objects.create(
            kind="open_license" if kind == "open_license_taking" else "license_exclusive", state="published", seller=world.seller[0].organization,
            buyer=None if kind == "open_license_taking" else world.buyer[0].organization, terms={},
        )  # fmt: skip
        parent.patents.create(key=world.key)
    for number, state in enumerate(OPERATIONS[kind].workflow.states):
        deal = Deal.objects.create(
            kind=kind, state=state, seller=world.seller[0].organization, buyer=None if kind in {"auction", "open_license"} else world.buyer[0].organization,
            operator=world.platform[0].organization, parent=parent, terms=AUCTION if kind == "auction" else {},
        )  # fmt: skip
        deal.patents.create(key=world.key)
        for side in ("seller", "buyer", "platform"):
            answer = enter(client, getattr(world, side)[0]).get(
                reverse("deal", args=[deal.pk]), headers={"accept-language": ("en", "zh-hans")[number % 2]}
            )
            assert answer.status_code in ({200} if side != "buyer" or deal.buyer or kind in {"auction", "open_license"} else {404}) or (
                side == "buyer" and answer.status_code == 404
            ), (state, side)


def test_words_are_there_for_every_field_choice_deadline_and_file():
    named = [*fields.PRICE, *fields.LICENSE, *fields.OFFER, *fields.PLEDGE, *fields.STATEMENT, *fields.AUCTION, *fields.REASON]
    named += [field for each in fields.EVENTS.values() for field in each]
    assert {field.name for field in named} <= set(words.FIELD)
    assert {choice for field in named for choice in field.choices} <= set(words.CHOICE)
    assert set(room.FILE_KINDS) == set(words.FILE_KIND) and set(room.RECEIPTS) == set(words.RECEIPT)
    for group in words.GROUPS.values():
        assert all(zh and en and zh != en for zh, en in group.values())


def test_a_deal_is_opened_from_its_form_and_appears_in_both_lists(world, client):
    enter(client, world.seller[0])
    form = {
        "kind": "assignment",
        "patents": "CN102329749B",
        "side": "seller",
        "other": world.buyer[0].organization.name,
        "label": "Probiotics",
    }
    answer = client.post(reverse("deal_new"), form)
    deal = Deal.objects.get()
    assert answer.url == reverse("deal", args=[deal.pk])
    for side in (world.seller[0], world.buyer[0], world.platform[0]):
        assert "Probiotics" in enter(client, side).get(reverse("deals")).content.decode()
    enter(client, world.pair("Stranger")[0])
    assert "Probiotics" not in client.get(reverse("deals")).content.decode()
    assert client.get(reverse("deal", args=[deal.pk])).status_code == 404


def test_a_wrong_form_keeps_what_was_typed_and_tells_the_fault(world, client):
    enter(client, world.seller[0])
    form = {"kind": "assignment", "patents": "no number at all", "side": "seller", "other": "Nobody"}
    answer = client.post(reverse("deal_new"), form, headers={"accept-language": "en"})
    assert answer.status_code == 422 and "no number at all" in answer.content.decode() and "patents_missing" in answer.content.decode()
    deal = brought(world, world.open(), "nda")
    answer = client.post(reverse("deal_step", args=[deal.pk, "make_offer"]), {"key": "k1", "payment.price_fen": "12.345", "note": "kept"})
    assert answer.status_code == 422 and "12.345" in answer.content.decode() and "kept" in answer.content.decode()


def test_a_gray_button_tells_every_reason_with_its_article_in_both_languages(world, client):
    deal = brought(world, world.open(), "accepted")
    for language, article in (("en", "Patent Law 10; Civil Code 427, 863"), ("zh-hans", "《专利法》第10条")):
        page = enter(client, world.buyer[0]).get(reverse("deal", args=[deal.pk]), headers={"accept-language": language}).content.decode()
        said = refusals()["written_contract_missing"].because["en" if language == "en" else "zh"]
        assert article in page and said[1:] in page and "four_eyes" not in page


def test_money_needs_a_fresh_second_factor_and_two_people_through_the_pages(world, client):
    deal = brought(world, world.open(), "accepted")
    sign(deal, ("seller", world.seller[0]), ("buyer", world.buyer[0]))
    first, second = world.buyer
    assert enter(client, first).post(reverse("deal_request", args=[deal.pk, "fund"])).status_code == 302
    assert [len(enter(client, one).get(reverse("deals")).context["waiting"]) for one in (first, second)] == [0, 1]
    page = enter(client, first).get(reverse("deal", args=[deal.pk]), headers={"accept-language": "en"}).content.decode()
    assert "nobody approves their own request" in page and "¥1,000,000.00" in page
    pay = reverse("deal_step", args=[deal.pk, "fund"])
    assert enter(client, second).post(pay, {"key": "k"}).status_code != 200
    deal.refresh_from_db()
    assert deal.state == "accepted"
    assert enter(client, second, factor=True).post(pay, {"key": "k"}).status_code == 302
    deal.refresh_from_db()
    assert deal.state == "escrowed"


def test_the_room_opens_with_the_second_signature_and_notes_who_opened_what(world, client):
    deal = world.open()
    file = paper(deal, world.seller[0], "data_room")
    address = reverse("deal_file", args=[deal.pk, file.pk])
    assert enter(client, world.buyer[0]).get(address).status_code == 404
    page = client.get(reverse("deal", args=[deal.pk]))
    sha = page.context["nda_sha256"]
    assert client.post(reverse("deal_room", args=[deal.pk, "nda"]), {"sha256": "0" * 64}).status_code == 409
    for side in (world.buyer[0], world.seller[0]):
        page = enter(client, side).get(reverse("deal", args=[deal.pk]))
        sha = page.context["nda_sha256"]
        assert client.post(reverse("deal_room", args=[deal.pk, "nda"]), {"sha256": sha}).status_code == 302
    answer = enter(client, world.buyer[0]).get(address)
    assert answer.status_code == 200 and answer.content == b"%PDF-1.7 paper"
    assert deal.access_set.get().organization == world.buyer[0].organization
    assert "paper.pdf" in enter(client, world.seller[0]).get(reverse("deal", args=[deal.pk])).content.decode()


def test_questions_consents_receipts_and_publicity_are_written_by_their_forms(world, client):
    deal = brought(world, world.open(), "offer")
    enter(client, world.buyer[0])
    write = lambda what, form: client.post(reverse("deal_room", args=[deal.pk, what]), form).status_code  # noqa: E731
    assert write("question", {"text": "Which strains?"}) == 302
    assert write("answer", {"question": deal.question_set.get().pk, "text": "own"}) == 404
    assert write("consent", {"holder": "Bank", "basis": "pledgee", "given_on": "2026-01-01"}) == 409
    assert write("consent", {"holder": "Bank", "basis": "first_refusal", "served_on": "2026-01-01"}) == 302
    assert write("receipt", {"kind": "registration", "number": "R1", "on": "2026-01-02"}) == 302
    assert write("receipt", {"kind": "registration", "number": "R1", "on": "tomorrow"}) == 422
    assert write("clearance", {"number": "X1", "on": "2026-01-02"}) == 302
    assert write("publicity", {"result_name": "x", "begun_on": "2026-01-02"}) == 409
    assert write("nothing", {}) == 404
    enter(client, world.seller[0])
    assert write("answer", {"question": deal.question_set.get().pk, "text": "Three."}) == 302
    assert write("publicity", {"result_name": "Probiotic feed", "begun_on": "2026-01-02"}) == 302
    assert write("objection", {"text": "mine"}) == 302


def test_a_contract_is_made_from_the_terms_signed_by_both_and_left_behind_by_a_new_term(world, client):
    deal = brought(world, world.open(), "offer")
    enter(client, world.seller[0])
    page = client.get(reverse("deal", args=[deal.pk]))
    given = {
        one.name: one.value or GIVEN.get(one.field.type, "as the parties agreed") for one in page.context["contract_asked"] if one.needed
    }
    answer = client.post(
        reverse("deal_contract", args=[deal.pk]),
        given | {"seller_practiced": "off", "seller_may_continue": ""},
        headers={"accept-language": "en"},
    )
    assert answer.status_code == 302, answer.context["told"]
    deal.refresh_from_db()
    from langqiao.web.deals.facts import has_contract, signed_by
    from langqiao.web.documents.services import document_sign

    documents = list(Document.objects.filter(pk__in=deal.contract["documents"]))
    assert {document.language for document in documents} == {"zh", "en"} and has_contract(deal) and not signed_by(deal)
    for membership in (world.seller[0], world.buyer[0]):
        for document in documents:
            document_sign(document=document, membership=membership, user=membership.user)
    assert signed_by(deal) == {"seller", "buyer"}
    take(deal, "make_offer", world.seller[0], payment__price_fen="1")
    deal.refresh_from_db()
    assert not has_contract(deal) and not signed_by(deal)


GIVEN = {"date": "2031-01-05", "count": "5", "flag": "off"}


def test_a_page_of_a_settled_deal_shows_money_and_record(world, client):
    deal = brought(world, world.open(), "settled")
    page = enter(client, world.seller[0]).get(reverse("deal", args=[deal.pk]), headers={"accept-language": "en"}).content.decode()
    assert "¥980,000.00" in page and reverse("audit_record", args=[deal.steps.last().audit_seq]) in page


def test_a_bidder_sees_neither_the_reserve_nor_who_else_bids_and_notes_nothing(world, client):
    from langqiao.web.deals.opening import deal_open

    terms = {"auction.kind": "english", "auction.reserve_fen": "123456.78", "auction.step_fen": "10", "auction.deposit_fen": "10"}
    times = {"opens_at": "2026-01-01T09:00", "closes_at": "2036-01-01T09:00", "reveal_until": "2036-01-01T10:00"}
    deal = deal_open(
        kind="auction",
        membership=world.seller[0],
        patents=[world.key],
        fields=terms | {f"auction.{name}": at for name, at in times.items()},
    )
    rival, address = world.pair("Rival")[0], reverse("deal", args=[deal.pk])
    assert "123456.78" in enter(client, world.seller[0]).get(address).content.decode()
    assert "123456.78" not in enter(client, world.buyer[0]).get(address).content.decode()
    both(deal, "open", world.platform)
    pay_in(rival.organization, 1000_00)
    for bidder, amount in ((rival, "100"), (world.buyer[0], "120")):
        take(deal, "deposit", bidder)
        take(deal, "bid", bidder, amount_fen=amount)
    page = enter(client, world.buyer[0]).get(address).content.decode()
    assert "Rival" not in page and "¥100.00" in page and "123456" not in page.replace(",", "")
    assert "Rival" in enter(client, world.seller[0]).get(address).content.decode()
    enter(client, rival)
    form = {"kind": "registration", "number": "R1", "on": "2026-01-02"}
    assert client.post(reverse("deal_room", args=[deal.pk, "receipt"]), form).status_code == 403
    assert client.post(reverse("deal_room", args=[deal.pk, "question"]), {"text": "Why?"}).status_code == 302


def test_what_was_held_back_is_released_by_two_people_of_the_platform(world, client):
    terms = {"payment.price_fen": "1000000", "payment.holdback_rate": "10%"}
    deal = brought(world, world.open(), "settled", terms=terms)
    address = reverse("deal_after", args=[deal.pk, "holdback"])
    assert enter(client, world.seller[0], factor=True).post(address).status_code == 403
    first, second = world.platform
    assert enter(client, first, factor=True).post(address).status_code == 302
    assert enter(client, first, factor=True).post(address).status_code == 409
    assert available_fen(world.seller[0].organization) == 880_000_00
    assert enter(client, second, factor=True).post(address).status_code == 302
    assert available_fen(world.seller[0].organization) == 980_000_00
    assert client.post(address).status_code == 409


def test_a_closing_certificate_tells_money_course_and_place_in_the_record(world, client):
    deal = brought(world, world.open(), "settled")
    deal.contract = {
        "given": {f"patents.0.{name}": "2031-01-05" for name in ("filing_date", "term_end")} | {"patents.0.application_number": "X"}
    }
    deal.save()
    address = reverse("deal_after", args=[deal.pk, "certificate"])
    paper(deal, world.seller[0])
    answer = enter(client, world.seller[0]).post(address, headers={"accept-language": "en"})
    assert answer.status_code == 302, answer.context["told"]
    made = list(Document.objects.filter(kind="closing_certificate", subject=f"deal/{deal.pk}"))
    assert {one.language for one in made} == {"zh", "en"} and str(deal.steps.last().audit_seq) in made[0].made_from


def test_the_list_asks_few_queries_however_many_deals_there_are(world, client, django_assert_max_num_queries):
    for number in range(12):
        brought(world, world.open(label=f"Deal {number}"), "nda" if number % 2 else "lead")
    for side in (world.seller[0], world.platform[0]):
        enter(client, side).get(reverse("deals"))
        with django_assert_max_num_queries(12) as counted:
            assert client.get(reverse("deals")).status_code == 200
        assert len(counted) <= 12


def test_a_licensee_that_may_opens_a_sub_license_from_its_license(world, client):
    terms = LICENSE | {"license.may_sublicense": "on"}
    head = brought(world, world.open("license_exclusive"), "performed", terms=terms)
    third = world.pair("Third")[0].organization
    answer = enter(client, world.buyer[0]).post(reverse("deal_take", args=[head.pk]), {"other": "Third"})
    assert answer.status_code == 302
    made = Deal.objects.get(kind="sublicense")
    assert (made.parent, made.seller, made.buyer) == (head, world.buyer[0].organization, third)


def test_an_auction_without_rules_is_not_opened(world, client):
    answer = enter(client, world.seller[0]).post(
        reverse("deal_new"), {"kind": "auction", "patents": world.key}, headers={"accept-language": "en"}
    )
    assert answer.status_code == 422 and "an auction is opened with its rules" in answer.content.decode()
    assert not Deal.objects.exists()
