"""The pages of securitization: forms that keep what was typed, the structure typed by hand, the pages of a live transaction, statements that reconcile."""

import datetime as dt
import io
import uuid

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from langqiao.web.deals.money import available_fen
from langqiao.web.securitization import collected, services, statements
from langqiao.web.securitization.models import PaidPart, Transaction
from langqiao.web.securitization.selectors import period_now
from langqiao.web.securitization.structuring import form_of, terms_from
from langqiao.web.securitization.templatetags.securitization_words import coupon, yuan_written
from langqiao.web.securitization.waiting import waiting
from tests.web.conftest import give_factor
from tests.web.securitization_world import CUT_OFF, FIRST_END, MILLION, SecuritizationWorld, receipt

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]
STRUCTURE = {
    "issue_fen": "301,000,000.00", "first_end_on": FIRST_END.isoformat(), "pay_days": "5", "periods": "20", "periods_per_year": "4", "principal": "pass_through",
    "order": "sequential", "name-0": "优先级", "rank-0": "senior", "size-0": "285,000,000", "rate-0": "4.00%", "name-1": "次级", "rank-1": "junior",
    "size-1": "16000000", "reserve-initial": "3000000", "reserve-target": "3000000", "support-limit": "60000000", "support-covers": "senior", "payee-0": "trustee",
    "fixed-0": "20000", "trigger-cumulative_default": "on", "level-cumulative_default": "10%", "cdr": "0%", "recovery": "30%",
}  # fmt: skip


@pytest.fixture
def world(monkeypatch):
    return SecuritizationWorld(monkeypatch)


def browser(membership):
    client = Client()
    client.force_login(membership.user)
    give_factor(client)
    return client


def page(client, name, **arguments):
    answer = client.get(reverse(name, kwargs=arguments))
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def test_a_draft_is_opened_in_the_shape_of_a_real_deal_and_keeps_what_was_typed(world):
    client = browser(world.arranger[0])
    assert "未见" in page(client, "securitization_shapes") and "新建" in page(client, "securitizations")
    answer = client.get(reverse("securitization_new"), {"shape": "guangkai-2019"})
    assert 'value="second_license" selected' in answer.content.decode()
    answer = client.post(
        reverse("securitization_new"), {"name": "一期", "vehicle": "", "structure": "second_license", "cut_off_on": "soon"}
    )
    assert answer.status_code == 422 and "一期" in answer.content.decode()
    given = {"name": "一期", "vehicle": "计划", "structure": "second_license", "cut_off_on": CUT_OFF.isoformat(), "shape": "guangkai-2019"}
    answer = client.post(reverse("securitization_new"), given)
    deal = Transaction.objects.get()
    assert answer.url == reverse("securitization_pool", kwargs={"deal_id": deal.pk})
    shown = form_of(deal)
    assert (shown["issue_fen"], shown["periods"], shown["rate-0"], shown["size-1"]) == ("301000000.00", "20", "0.04", "16000000.00")


def test_the_structure_is_typed_by_hand_and_its_faults_stand_on_the_form(world):
    deal = world.brought("pooled")
    client = browser(world.arranger[0])
    address = reverse("securitization_structure", kwargs={"deal_id": deal.pk})
    assert "285000000.00" in client.get(address).content.decode()
    for change, told in (
        ({"size-1": "1"}, "各档之和"),
        ({"first_end_on": ""}, "必填"),
        ({"rate-0": "much"}, "4.00%"),
        ({"item-residual": "1"}, "自相矛盾"),
    ):
        answer = client.post(address, STRUCTURE | {"key": uuid.uuid4().hex} | change)
        body = answer.content.decode()
        alert = body.partition('role="alert"')[2][:600]
        assert answer.status_code == 422 and told in body and "285,000,000" in body, (change, alert)
    answer = client.post(address, STRUCTURE | {"key": uuid.uuid4().hex})
    deal.refresh_from_db()
    assert answer.status_code == 302 and deal.state == "structured" and deal.issue_fen == 301 * MILLION
    assert deal.terms == terms_from(STRUCTURE) | deal.terms
    for name in ("securitization", "securitization_scenarios", "securitization_pool"):
        assert page(client, name, deal_id=deal.pk)
    for name in ("flows", "cover"):
        assert client.get(reverse("securitization_chart", kwargs={"deal_id": deal.pk, "name": name})).content.startswith(b"<svg")


def test_a_pool_page_takes_parties_criteria_claims_and_a_sheet_and_tells_what_is_wrong(world):
    deal = world.draft("receivables")
    client = browser(world.arranger[0])
    wrong = world.row(1, rate="much", begins="soon")
    answer = client.post(reverse("securitization_claim", kwargs={"deal_id": deal.pk}), wrong)
    assert answer.status_code == 422 and "承租企业01" in answer.content.decode()
    head = "claim,obligor,industry,region,balance,rate,payments,months,begins,method,days_past_due,patents"
    lines = [",".join(str(row.get(name, "")) for name in head.split(",")) for row in world.rows()]
    bad = io.BytesIO("\n".join([head, lines[0], lines[1].replace("level", "loot")]).encode())
    answer = client.post(reverse("securitization_sheet", kwargs={"deal_id": deal.pk}), {"file": bad})
    assert answer.status_code == 422 and not deal.assets.exists()
    assert client.post(reverse("securitization_sheet", kwargs={"deal_id": deal.pk}), {"file": io.BytesIO(b"a,b\n1,2")}).status_code == 422
    client.post(reverse("securitization_sheet", kwargs={"deal_id": deal.pk}), {"file": io.BytesIO("\n".join([head, *lines]).encode())})
    assert deal.assets.count() == 11
    client.post(reverse("securitization_criteria", kwargs={"deal_id": deal.pk}), {"obligor_share": "0.05"})
    body = page(client, "securitization_pool", deal_id=deal.pk)
    assert "单一债务人占比过高" in body and "合格" in body
    client.post(reverse("securitization_party", kwargs={"deal_id": deal.pk}), {"rating": ""})
    assert not deal.parties.filter(role="rating").exists()
    client.post(reverse("securitization_remove", kwargs={"asset_id": deal.assets.first().pk}))
    assert deal.assets.count() == 10


def test_from_the_offer_to_the_first_payment_by_the_pages_alone(world):
    deal = world.brought("approved")
    arranger, bank, trustee, servicer = (browser(pair[1]) for pair in (world.arranger, world.bank, world.trustee, world.lessor))
    at = {"deal_id": deal.pk}
    for pair in (world.bank, world.lessor):
        arranger.post(reverse("securitization_invite", kwargs=at), {"organization": str(pair[0].organization_id)})
    arranger.post(reverse("securitization_step", kwargs=at | {"event": "offer"}), {"key": "offer"})
    for client, asked in ((bank, {"asked-0": "285000000"}), (servicer, {"asked-1": "16,000,000"})):
        assert client.post(reverse("securitization_declare", kwargs=at), {"net_assets_fen": "x"}).status_code == 422
        client.post(
            reverse("securitization_declare", kwargs=at), {"net_assets_fen": "99999999", "evidence": "审计报告", "risks_read": "on"}
        )
        assert client.post(reverse("securitization_subscribe", kwargs=at), asked).status_code == 302
    for investor in deal.investors.all():
        arranger.post(reverse("securitization_confirm", kwargs={"investor_id": investor.pk}))
    world.both(deal, "allocate", world.arranger)
    world.both(deal, "issue", world.trustee)
    world.at(FIRST_END)
    one = receipt("SL-01", FIRST_END, 1_000_000_00)
    stranger = receipt("谁也不是", FIRST_END, 5_00, ref="X-9")
    key = {"key": uuid.uuid4().hex[:30]}
    assert servicer.post(reverse("securitization_collect", kwargs=at), one | {"on": "soon"} | key).status_code == 422
    assert servicer.post(reverse("securitization_collect", kwargs=at), one | key).status_code == 302
    assert servicer.post(reverse("securitization_collect", kwargs=at), stranger | {"key": "k2"}).status_code == 302
    body = page(servicer, "securitization", **at)
    assert "未匹配" in body and "谁也不是" in body and "归集款尚未匹配" in body
    unmatched = period_now(deal).collections.get(ref="X-9")
    assert servicer.post(reverse("securitization_settle", kwargs={"collection_id": unmatched.pk}), {"claim": "nothing"}).status_code == 422
    servicer.post(reverse("securitization_settle", kwargs={"collection_id": unmatched.pk}), {"claim": "", "why": "错汇"})
    asset = deal.assets.get(claim="SL-02")
    servicer.post(reverse("securitization_default", kwargs={"asset_id": asset.pk}), {"reason": "停付"})
    asset.refresh_from_db()
    assert asset.state == "defaulted"
    world.report(deal)
    world.pay(deal)
    body = page(trustee, "securitization_date", **at, number=1)
    assert "差额" in page(trustee, "securitization", **at) and "优先级利息" in body and "错汇" in body
    assert "一致" in page(trustee, "securitization", **at) and "不一致" not in page(trustee, "securitization", **at)
    assert bank.get(reverse("securitization_date", kwargs=at | {"number": 1})).status_code == 404
    own = page(bank, "securitization", **at)
    assert "您的持有" in own and world.lessor[0].organization.name in own


def test_a_statement_reconciles_to_the_ledger_and_only_its_holder_and_the_managers_read_it(world):
    deal = world.brought("issued")
    before = available_fen(world.insurer[0].organization)
    for _date in range(2):
        world.served(deal)
    investor = deal.investors.get(organization=world.insurer[0].organization)
    found = statements.statement_of(deal, investor)
    assert found.agrees and found.paid_fen == available_fen(world.insurer[0].organization) - before > 0
    assert sum(part.amount_fen for part in PaidPart.objects.filter(investor=investor)) == found.paid_fen
    address = {
        form: reverse("securitization_statement", kwargs={"investor_id": investor.pk, "form": form}) for form in ("xlsx", "pdf", "exe")
    }
    for who, status in (
        (world.insurer, 200),
        (world.arranger, 200),
        (world.trustee, 200),
        (world.bank, 404),
        (world.lessor, 404),
        (world.buyer, 404),
    ):
        assert browser(who[0]).get(address["xlsx"]).status_code == status
    client = browser(world.insurer[0])
    rows = list(openpyxl.load_workbook(io.BytesIO(client.get(address["xlsx"]).content)).active.iter_rows(values_only=True))
    assert rows[-1][4] == rows[-2][4] == f"{found.paid_fen // 100}.{found.paid_fen % 100:02d}"
    assert client.get(address["pdf"]).content.startswith(b"%PDF-") and client.get(address["exe"]).status_code == 404


def test_a_live_transaction_projects_what_is_left_and_english_reads_too(world):
    deal = world.brought("issued")
    world.served(deal)
    client = browser(world.trustee[0])
    client.cookies["django_language"] = "en"
    body = page(client, "securitization_scenarios", deal_id=deal.pk)
    assert "n = 19" in body and "Break-even CDR" in body
    assert "outstanding" in page(client, "securitization", deal_id=deal.pk)
    assert dt.date(2027, 3, 1) == period_now(deal).until


def test_the_desk_shows_each_side_what_waits_for_it_with_day_and_money(world):
    deal = world.filled(world.draft("receivables"))
    services.transaction_request(deal.pk, "cut", membership=world.arranger[0])
    (found,) = waiting(world.arranger[1], CUT_OFF)
    assert (found.need, found.url) == ("approve", reverse("securitization", kwargs={"deal_id": deal.pk})) and "Cut the pool" in found.what
    assert not list(waiting(world.arranger[0], CUT_OFF)) and not list(waiting(world.trustee[0], CUT_OFF))
    world.step(deal, "cut", world.arranger[1])
    world.brought("issued", deal)
    assert not list(waiting(world.trustee[0], CUT_OFF))
    world.collect(deal, [receipt("SL-01", period_now(deal).until, 1_000_00), receipt("谁也不是", period_now(deal).until, 5_00)])
    texts = [one.what for one in waiting(world.lessor[0], period_now(deal).until)]
    assert any("without a claim" in one for one in texts) and any("Report of the servicer" in one for one in texts)
    period = period_now(deal)
    collected.collection_return(period.collections.get(asset=None).pk, membership=world.lessor[0], why="错汇")
    world.report(deal)
    (found,) = [one for one in waiting(world.trustee[0], period.until) if one.amount_fen]
    assert "Pay the date" in found.what and found.amount_fen == 1_000_00


@pytest.mark.parametrize(("rate", "said"), [("0.04", "4.00\xa0%"), ("0", "the rest"), ("0.00", "the rest"), (None, "the rest")])
def test_a_tranche_without_a_coupon_takes_the_rest_and_never_says_nought_percent(rate, said):
    with translation.override("en"):
        assert coupon(rate) == said


def test_yuan_of_the_terms_are_grouped_to_the_fen():
    assert yuan_written("60000000") == "¥60,000,000.00"
