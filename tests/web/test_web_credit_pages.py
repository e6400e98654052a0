"""The pages of running loans: the line of loan to value, the bank's portfolio, base rates, subsidies, the pool's desk, and the steps' forms."""

import datetime as dt
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from langqiao.web.credit import clock, subsidies, watch
from langqiao.web.credit.models import BaseRate, LoanRequest, OutsideLoan, Subsidy, SubsidyProgram
from tests.web.conftest import give_factor
from tests.web.credit_world import KEY, PRINCIPAL, CreditWorld, lapses
from tests.web.deals_world import pay_in
from tests.web.test_web_credit_changes import claimed, deposited

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]


@pytest.fixture
def world(monkeypatch):
    return CreditWorld(monkeypatch)


def seen(client, member, name, *args, language="en", query=""):
    client.force_login(member.user)
    give_factor(client)
    client.cookies["django_language"] = language
    answer = client.get(reverse(name, args=args) + query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def sent(client, member, route, *args, **fields):
    client.force_login(member.user)
    give_factor(client)
    return client.post(reverse(route, args=args), fields)


def test_the_loan_page_shows_line_class_and_default_interest_with_the_table_behind(world, client):
    loan = world.brought("active")
    world.months_on(loan, 1)
    watch.interest_accrue(clock.today())
    world.at(clock.today() + dt.timedelta(days=20))
    watch.interest_accrue(clock.today())
    lapses(clock.today())
    watch.loans_watch()
    page = seen(client, world.bank[0], "loan", loan.pk)
    assert "Loan to value over time" in page and "Default interest open" in page and "special mention" in page
    assert "special mention" not in seen(client, world.borrower[0], "loan", loan.pk)  # what the bank thinks of it is the bank's
    assert page.count("a right has ended") >= 2  # in the head and in the table behind the chart
    client.force_login(world.bank[0].user)
    give_factor(client)
    chart = client.get(reverse("loan_chart", args=[loan.pk]))
    assert chart.status_code == 200, chart.content.decode()[-3000:]
    assert chart["Content-Type"] == "image/svg+xml" and "loan to value in percent" in chart.content.decode()
    assert client.get(reverse("loan_chart", args=[loan.pk])).status_code == 200
    client.force_login(world.buyer[0].user)
    give_factor(client)
    assert client.get(reverse("loan_chart", args=[loan.pk])).status_code == 404


def test_the_bank_s_portfolio_tells_stress_classes_and_vintages_and_keeps_a_faulty_number(world, client):
    loan = world.brought("active")
    page = seen(client, world.bank[0], "loan_portfolio", query="?multiple=3&lgd_floor=0.6&haircut=0.7&correlation=0.2&confidence=0.999")
    # 400,000 on 1,000,000 less 70 %: a quarter is uncovered, the floor of 60 % is higher; 3 % × 3 × 60 % × 400,000.
    assert "21,600.00" in page and "5,400.00" in page and loan.patents.get().cluster in page
    assert "Vintages" in page and "n = 1" in page
    client.force_login(world.bank[0].user)
    faulty = client.get(reverse("loan_portfolio") + "?multiple=many")
    assert faulty.status_code == 422 and "many" in faulty.content.decode()
    assert client.get(reverse("loan_vintages"))["Content-Type"] == "image/svg+xml"
    client.force_login(world.borrower[0].user)
    assert client.get(reverse("loan_portfolio")).status_code == 404
    chinese = seen(client, world.bank[0], "loan_portfolio", language="zh-hans")
    assert "压力测试" in chinese and "五级分类" in chinese


def test_a_base_rate_is_entered_on_its_page_and_put_in_force_by_another(world, client):
    first, second = world.platform
    given = {"base": "lpr_1y", "since": "2026-12-21", "rate": "2.9%", "source": "a notice"}
    assert sent(client, first, "loan_rates", **(given | {"rate": "much"})).status_code == 422
    assert sent(client, first, "loan_rates", **given).status_code == 302
    row = BaseRate.objects.get()
    assert sent(client, first, "loan_rate_confirm", row.pk).status_code in {403, 409, 422}
    assert "a notice" in seen(client, second, "loan_rates")
    assert sent(client, second, "loan_rate_confirm", row.pk).status_code == 302
    assert "2.90" in seen(client, world.borrower[0], "loan_rates")


def test_a_subsidy_goes_from_program_to_payment_on_its_pages(world, client):
    loan = world.brought("active")
    begun = clock.today()
    pay_in(world.office[0].organization, 1_000_000_00)
    given = {"name": "贴息", "share": "0.5", "cap_fen": "5000", "begins": "2026-01-01", "ends": "2030-01-01", "document": "a paper"}
    assert sent(client, world.office[0], "subsidies", **(given | {"begins": "soon"})).status_code == 422
    assert sent(client, world.office[0], "subsidies", **given).status_code == 302
    program = SubsidyProgram.objects.get()
    assert sent(client, world.office[1], "subsidy_program_confirm", program.pk).status_code == 302
    world.months_on(loan, 1)
    world.both(loan, "pay", world.borrower, amount_fen=PRINCIPAL // 12 + 2_000_00)
    assert "Apply for the subsidy" in seen(client, world.borrower[0], "loan", loan.pk)
    fields = {"program": str(program.pk), "since": begun.isoformat(), "until": clock.today().isoformat()}
    assert sent(client, world.borrower[0], "subsidy_ask", loan.pk, **fields).status_code == 302
    row = Subsidy.objects.get()
    assert "Propose the payment" in seen(client, world.office[0], "subsidy_program", program.pk)
    sent(client, world.office[0], "subsidy_decide", row.pk, "propose")
    assert "Pay the subsidy" not in seen(client, world.office[0], "subsidy_program", program.pk)
    assert "Pay the subsidy" in seen(client, world.office[1], "subsidy_program", program.pk)
    sent(client, world.office[1], "subsidy_decide", row.pk, "pay")
    row.refresh_from_db()
    assert row.state == "paid" and "1,000.00" in seen(client, world.borrower[0], "loan", loan.pk)
    assert client.get(reverse("subsidy_program", args=[program.pk])).status_code == 200
    assert not subsidies.programs_for(world.buyer[0].organization).filter(confirmed_by=None).exists()


def test_locked_proceeds_are_shown_and_applied_from_the_loan_s_own_page(world, client):
    loan = world.brought("active")
    deal = deposited(world, loan, 70_000_00)
    page = seen(client, world.bank[0], "loan", loan.pk)
    assert "locked" in page and "70,000.00" in page and "Apply locked proceeds to the debt" in page
    assert sent(client, world.bank[0], "loan_request", loan.pk, "take_proceeds", deal=str(deal.pk)).status_code == 302
    assert LoanRequest.objects.filter(event="take_proceeds", state="open").exists()
    assert sent(client, world.bank[1], "loan_step", loan.pk, "take_proceeds", key="once").status_code == 302
    loan.refresh_from_db()
    assert loan.balance_fen == PRINCIPAL - 70_000_00
    assert "applied to the debt" in seen(client, world.bank[0], "loan", loan.pk)


def test_the_pledgee_consents_from_the_loan_s_own_page(world, client):
    from langqiao.web.deals.models import Consent

    loan = world.brought("active")
    deal = deposited(world, loan, 1_00)
    Consent.objects.create(
        deal=deal,
        holder=world.bank[0].organization.name,
        basis="pledgee",
        asked=world.bank[0].organization,
        by=world.borrower[0].user,
        at=timezone.now(),
    )
    page = seen(client, world.bank[0], "loan", loan.pk)
    assert "waits for the bank" in page and "Consent to these terms" in page
    assert "waits for the bank" not in seen(client, world.borrower[0], "loan", loan.pk)


def test_the_pool_s_desk_shows_banks_and_a_claim_paid_in_part(world, client):
    world.open_pool()
    loan = claimed(world)
    world.both(loan, "compensate_part", world.fund, amount_fen=10_000_00)
    page = seen(client, world.fund[0], "pool", world.pool.pk)
    assert "settled" in page and "10,000.00" in page
    assert "admitted" in page and re.search(r"100(\.0)?\s*%", page)
    world.pool.npl_limit = "0.05"
    world.pool.save(update_fields=["npl_limit"])
    assert "suspended" in seen(client, world.fund[0], "pool", world.pool.pk)
    assert KEY


HEAD = "合同编号,借款人,放款日,贷款金额（元）,余额（元）,质物价值（元）,逾期天数,违约日,技术领域（IPC小类）\n"


def listed(client, member, text, name="list.csv"):
    content = text if isinstance(text, bytes) else text.encode("gb18030")
    return sent(client, member, "loan_portfolio", file=SimpleUploadedFile(name, content))


def test_a_list_of_loans_made_elsewhere_is_read_whole_or_told_row_by_row(world, client):
    bank = world.bank[0]
    good = HEAD + "L1,甲公司,2026-01-05,1000000,800000,2000000,0,,H04W\nL2,乙公司,2026-02-05,500000,500000,100000,400,2026-05-06,A61K\n"
    assert listed(client, bank, good).status_code == 302
    assert list(OutsideLoan.objects.values_list("reference", "balance_fen", "cluster")) == [
        ("L1", 800_000_00, "H04W"), ("L2", 500_000_00, "A61K"),
    ]  # fmt: skip
    page = seen(client, bank, "loan_portfolio")
    assert "甲公司" in page and "H04W" in page and "2026Q1" in page and "loss" in page
    # 800,000 × 3 % × 45 %; the whole of 500,000 in default × the 80 % that collateral of 100,000 leaves uncovered.
    assert "10,800.00" in page and "400,000.00" in page
    bad = HEAD + "L3,甲,2099-01-05,10,20,x,0,,H04W\nL3,,2026-01-05,10,5,1,-1,2020-01-01,radio\n"
    answer = listed(client, bank, bad)
    told = answer.content.decode()
    assert answer.status_code == 422 and OutsideLoan.objects.count() == 2
    for column in ("drawn_on", "balance", "value", "reference", "borrower", "days_past_due", "defaulted_on", "cluster"):
        assert f'<td class="mono">{column}</td>' in told, column
    for broken in (b"", b"PK\x03\x04 no workbook", b"\xff\xfe\x00", b"reference,borrower\n1,2\n"):
        assert listed(client, bank, broken).status_code == 422
    assert listed(client, world.borrower[0], good).status_code == 404
    assert OutsideLoan.objects.count() == 2


def test_a_workbook_is_read_as_a_csv_is(world, client):
    rows = [["reference", "borrower", "drawn_on", "principal", "balance", "value"], ["W1", "丙", dt.datetime(2026, 1, 5), 1000000.5, 1, 2]]  # noqa: DTZ001 - as a workbook holds it
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    assert listed(client, world.bank[0], out.getvalue(), "list.xlsx").status_code == 302
    assert list(OutsideLoan.objects.values_list("reference", "principal_fen", "drawn_on")) == [("W1", 1_000_000_50, dt.date(2026, 1, 5))]
