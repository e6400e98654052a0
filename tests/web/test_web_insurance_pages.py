"""The pages of insurance: from template to tariff, from quote to paid claim, the document as PDF, and what each visitor is shown."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from langqiao.web.documents.services import document_bytes
from langqiao.web.insurance import clock
from langqiao.web.insurance.models import Claim, Policy, Product
from langqiao.web.insurance.policy_pdf import documents_of
from langqiao.web.insurance.tariff_form import typed_of, values_of
from langqiao.web.insurance.waiting import waiting
from tests.web.conftest import give_factor
from tests.web.insurance_world import KEY, InsuranceWorld, rated, scheduled

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]


@pytest.fixture
def world(monkeypatch):
    return InsuranceWorld(monkeypatch)


def enter(client, membership, language="en"):
    client.force_login(membership.user)
    client.cookies["django_language"] = language
    give_factor(client)
    return client


def text_of(client, name, *args, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_insurer_opens_a_product_from_the_template_of_foshan_and_a_second_person_puts_it_in_force(world, client):
    enter(client, world.insurer[0])
    answer = client.post(reverse("insurance_product_new"), {"name": "Foshan", "template": "foshan_high"})
    product = Product.objects.get()
    assert answer.url.endswith("?template=foshan_high")
    page = client.get(answer.url).content.decode()
    assert 'value="4000.00"' in page and "business.sohu.com" in page and "15 or 30" in page
    typed = typed_of(scheduled()) | {"mode": "scheduled", "since": clock.today().isoformat(), "limit_multiple": ""}
    client.post(reverse("insurance_tariff_new", args=[product.pk]), typed)
    assert "Still missing" in text_of(client, "insurance_product", product.pk)
    client.post(reverse("insurance_tariff_new", args=[product.pk]), typed | {"limit_multiple": "30"})
    refused = client.post(reverse("insurance_tariff_new", args=[product.pk]), typed | {"base_fen": "much"})
    assert refused.status_code == 422 and "much" in refused.content.decode()
    draft = product.tariffs.get(number=2)
    assert client.post(reverse("insurance_tariff_approve", args=[draft.pk])).status_code == 409
    assert [item.need for item in waiting(world.insurer[1], clock.today())] == ["approve", "approve"]
    enter(client, world.insurer[1])
    client.post(reverse("insurance_tariff_approve", args=[draft.pk]))
    draft.refresh_from_db()
    assert draft.approved_by == world.insurer[1].user
    enter(client, world.holder[0])
    assert "Foshan" in text_of(client, "insurance_products") and "2026" in text_of(client, "insurance_product", product.pk)


def test_a_tariff_written_and_read_back_by_its_form_stays_the_same():
    factors = [
        {"fact": "technology", "bands": [["A61", "1.4"], ["", "1"]], "source": "s"},
        {"fact": "product_revenue_fen", "bands": [["100000000", "1"], ["", "2"]], "source": "s"},
    ]
    lognormal = {"kind": "lognormal", "basis": "fen", "mean": "30000000", "variation": "2", "source": "s"}
    for values in (rated(factors=factors, credibility_k="50"), rated(severity=lognormal), scheduled()):
        assert values_of(values["mode"], typed_of(values)) == values | {"factors": values.get("factors", [])}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_holder_is_quoted_insured_and_paid_on_the_pages(world, client, language):
    product = world.product()
    enter(client, world.holder[0], language)
    assert product.name in text_of(client, "quote_new")
    fields = {"product": str(product.pk), "patents": KEY, "limit_fen": "400000.00", "since": clock.today().isoformat(), "months": "12"}
    bad = client.post(reverse("quote_new"), fields | {"limit_fen": "1"})
    assert bad.status_code == 422 and "10000" in bad.content.decode()
    answer = client.post(reverse("quote_new"), fields)
    policy = Policy.objects.get()
    page = client.get(answer.url).content.decode()
    assert "8,280" in page and "test" in page and "0.02" in page
    client.post(reverse("policy_step", args=[policy.pk, "accept"]), {"key": "a"})
    for pair, event in ((world.insurer, "underwrite"), (world.holder, "pay")):
        enter(client, pair[0], language)
        client.post(reverse("policy_request", args=[policy.pk, event]))
        enter(client, pair[1], language)
        text_of(client, "policy", policy.pk)
        assert client.post(reverse("policy_step", args=[policy.pk, event]), {"key": event}).status_code == 302
    policy.refresh_from_db()
    assert policy.state == "in_force"
    world.later(40)
    enter(client, world.holder[0], language)
    text_of(client, "claim_new", policy.pk)
    wrong = client.post(
        reverse("claim_new", args=[policy.pk]), {"incident_on": "2099-01-01", "patent": KEY, "legal_fen": "1", "description": "x"}
    )
    assert wrong.status_code == 422
    given = {"incident_on": clock.today().isoformat(), "patent": KEY, "legal_fen": "3000.00", "description": "a suit"}
    client.post(reverse("claim_new", args=[policy.pk]), given)
    claim = Claim.objects.get()
    assert "1,800.00" in text_of(client, "claim", claim.pk)  # (3,000 − 1,000 deductible) less a tenth that the insured bears
    for kind in ("case_acceptance", "invoice"):
        file = SimpleUploadedFile("paper.pdf", b"%PDF-1.7 " + kind.encode())
        client.post(reverse("claim_paper", args=[claim.pk]), {"kind": kind, "file": file})
    paper = claim.papers.first()
    assert client.get(reverse("claim_paper_read", args=[claim.pk, paper.pk])).content.startswith(b"%PDF-1.7")
    enter(client, world.insurer[0], language)
    client.post(reverse("claim_step", args=[claim.pk, "reserve"]), {"key": "r", "reserve_fen": "2000", "reason": "look"})
    for event in ("approve", "settle"):
        enter(client, world.insurer[0], language)
        client.post(reverse("claim_request", args=[claim.pk, event]), {"legal_fen": "3000.00"} if event == "approve" else {})
        enter(client, world.insurer[1], language)
        text_of(client, "claim", claim.pk)
        client.post(reverse("claim_step", args=[claim.pk, event]), {"key": event})
    claim.refresh_from_db()
    assert (claim.state, claim.paid_fen) == ("paid", 180_000)
    clock.policies_clock()
    for name in ("insurance", "insurance_experience"):
        text_of(client, name)
    client.post(reverse("policy_documents", args=[policy.pk]))
    policy.refresh_from_db()
    made = documents_of(policy)
    assert [one.language for one in made] == ["zh", "en"] and all(document_bytes(one).startswith(b"%PDF") for one in made)
    client.post(reverse("policy_documents", args=[policy.pk]))
    assert documents_of(policy) == made


def test_a_payer_sees_the_policy_it_subsidizes_but_no_claim_and_its_desk_asks(world, client):
    policy = world.quote(world.product(scheduled()), limit_fen=None)
    world.step(policy, "ask_subsidy", world.holder[0], payer=str(world.payer[0].organization_id), rate="40%")
    assert [item.url for item in waiting(world.payer[0], clock.today())] == [reverse("policy", args=[policy.pk])]
    world.both(policy, "grant", world.payer)
    world.brought(policy=policy)
    claim = world.notify(policy)
    enter(client, world.payer[0])
    page = text_of(client, "policy", policy.pk)
    assert "40" in page and claim.number not in page
    assert client.get(reverse("claim", args=[claim.pk])).status_code == 404
    enter(client, world.buyer[0])
    assert client.get(reverse("policy", args=[policy.pk])).status_code == 404
    assert list(waiting(world.buyer[0], clock.today())) == []
    assert len(list(waiting(world.insurer[0], clock.today()))) == 1


def test_a_renewal_form_is_filled_from_the_policy(world, client):
    product = world.product()
    policy = world.brought(product=product)
    world.at(policy.until)
    clock.policies_clock()
    enter(client, world.holder[0])
    page = text_of(client, "quote_new", renews=str(policy.pk), product=str(product.pk))
    assert 'value="400000.00"' in page and str(policy.pk) in page and "CN 102905253 B" in page
    refused = client.post(reverse("policy_step", args=[policy.pk, "pay"]), {"key": "x"})
    assert refused.status_code == 409
