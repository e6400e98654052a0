"""Papers that follow a deal: invoice asked and issued, order of annual fees, certificate of a license taken from an open license."""

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from langqiao.web.deals import orders, room
from langqiao.web.deals.models import Invoice
from langqiao.web.documents.models import Document
from langqiao.web.rights.services import entry_append, holding_lock
from tests.web.deals_world import World, brought, code_of, pay_in, take
from tests.web.test_web_deals_kinds import announced, taken_by
from tests.web.test_web_deals_pages import enter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]
MISSING = {
    "patents.0.filing_date": "2012-01-05", "patents.0.term_end": "2032-01-05", "patents.0.application_number": "CN201110000000",
}  # fmt: skip
ASKED = {
    "item": "技术转让费",
    "tax_rate": "6%",
    "taxpayer_id": "91330000000000000X",
    "send_to": "invoice@example.com",
    "amount": "600,000.00",
}


@pytest.fixture
def world(db):
    return World()


@pytest.fixture
def settled(world):
    """A settled assignment whose contract is on file."""
    deal = brought(world, world.open(), "settled")
    contract = Document.objects.create(
        kind="assignment_contract", subject=f"deal/{deal.pk}", version=1, language="zh", title="专利权转让合同", sha256="1" * 64, size_bytes=1, path="gone",
        made_from="{}", made_from_sha256="1" * 64, made_by=world.seller[0].user,
    )  # fmt: skip
    deal.contract = {"documents": [str(contract.pk)], "given": MISSING}
    deal.save()
    return deal


def after(client, membership, deal, what, **form):
    return enter(client, membership).post(reverse("deal_after", args=[deal.pk, what]), form, headers={"accept-language": "en"})


def test_the_payer_asks_for_an_invoice_and_the_payee_notes_it_with_its_file(world, settled, client):
    assert after(client, world.seller[0], settled, "invoice", **ASKED).status_code == 403
    assert after(client, world.buyer[0], settled, "invoice", **ASKED).status_code == 302
    invoice = Invoice.objects.get()
    assert invoice.amount_fen == 600_000_00 and len(invoice.documents) == 2
    terms = json.loads(Document.objects.get(pk=invoice.documents[0]).made_from)["terms"]
    assert terms["contract_sha256"] == "1" * 64 and terms["tax_rate"] == "0.06" and terms["paid_on"] == timezone.localdate().isoformat()
    answer = after(client, world.buyer[0], settled, "invoice", **ASKED)
    assert answer.status_code == 409 and answer.context["told"].code == "invoice_above_price"
    given = {"invoice": invoice.pk, "number": "04400001", "issued_on": timezone.localdate().isoformat()}
    file = SimpleUploadedFile("invoice.pdf", b"%PDF-1.7 invoice")
    assert after(client, world.buyer[0], settled, "issued", **given).status_code == 403
    assert after(client, world.seller[0], settled, "issued", **given, file=file).status_code == 302
    invoice.refresh_from_db()
    assert invoice.number == "04400001" and invoice.file is not None
    assert after(client, world.seller[0], settled, "issued", **given).context["told"].code == "invoice_issued"
    page = enter(client, world.buyer[0]).get(reverse("deal", args=[settled.pk]), headers={"accept-language": "zh-hans"}).content.decode()
    assert "04400001" in page and "已开具" in page


def test_an_invoice_needs_a_settled_price_a_contract_and_whole_fields(world, settled):
    given = {"membership": world.buyer[0], "amount_fen": 1, "item": "x", "tax_rate": "0.06", "send_to": "y", "taxpayer_id": "1"}
    assert code_of(orders.invoice_ask, settled.pk, **given | {"send_to": " "}) == "terms_invalid"
    settled.contract = {}
    settled.save()
    assert code_of(orders.invoice_ask, settled.pk, **given) == "invoice_without_contract"
    settled.state = "performed"
    settled.save()
    assert code_of(orders.invoice_ask, settled.pk, **given) == "not_settled"


def test_the_registered_technology_contract_is_the_basis_of_exemption(world):
    deal = brought(world, world.open(), "performed")
    room.receipt_note(deal.pk, membership=world.seller[0], kind="technology_contract", number="2026330100", on=timezone.localdate())
    assert orders.exemption_of(deal) == "2026330100"


def test_the_new_owner_orders_the_payment_of_fees_that_are_due(world, settled, client):
    assert code_of(orders.annuity_order_make, settled.pk, membership=world.seller[0], payer="Office") == "not_allowed"
    assert code_of(orders.annuity_order_make, settled.pk, membership=world.buyer[0], payer="Office") == "no_annuity_due"
    filed = timezone.localdate().replace(day=1) - dt.timedelta(days=365 * 9 + 330)
    with transaction.atomic():
        holding = holding_lock(world.key)
        for fact, value in (("filing_date", filed.isoformat()),):
            entry_append(
                holding, kind="fact_corrected", on=timezone.localdate(), body={"fact": fact, "value": value}, by=world.buyer[0].user
            )
    past = timezone.localdate() - dt.timedelta(days=1)
    assert code_of(orders.annuity_order_make, settled.pk, membership=world.buyer[0], payer="x", pay_on=past) == "terms_invalid"
    assert after(client, world.buyer[0], settled, "annuities", payer="Office").status_code == 302
    made = Document.objects.filter(kind="annuity_order", subject=f"deal/{settled.pk}")
    assert {one.language for one in made} == {"zh", "en"}
    terms = json.loads(made[0].made_from)["terms"]
    assert terms["total_fen"] == sum(row["pay_fen"] for row in terms["fees"]) > 0
    assert [party.signs for party in made[0].parties.all()] == [True]


def test_a_taker_of_an_open_license_gets_its_certificate_and_nobody_else(world, client):
    statement = announced(world)
    stranger = world.pair("Stranger")[0]
    pay_in(stranger.organization, 6000_00)
    taking = taken_by(world, statement, stranger)
    taking.refresh_from_db()
    taking.contract = {"given": MISSING}
    taking.save(update_fields=["contract"])
    assert code_of(orders.taking_certificate_make, taking.pk, membership=stranger) == "not_settled"
    take(taking, "pay", stranger)
    assert code_of(orders.taking_certificate_make, statement.pk, membership=world.seller[0]) == "not_allowed"
    assert after(client, stranger, taking, "taking").status_code == 302
    made = Document.objects.filter(kind="open_license_certificate")
    assert {one.language for one in made} == {"zh", "en"}
    terms = json.loads(made.get(language="en").made_from)["terms"]
    assert terms["paid_fen"] == 5000_00 and terms["statement_reference"] == str(statement.pk) and terms["fee"] == "fixed fee"
    assert after(client, stranger, taking, "nothing").status_code == 404
