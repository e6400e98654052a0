"""The reports of a fund: totals that are the ledger's, files that open, papers for each partner, pages in both languages for the manager only."""

import csv
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from langqiao.web.funds.models import FundFact, Mark, Newcomer, Share, TermsVersion, Valuation
from langqiao.web.funds.reports import flow_lines, proofs
from tests.web.conftest import give_factor
from tests.web.funds_life_world import LifeWorld, day
from tests.web.funds_world import YI

pytestmark = [pytest.mark.books, pytest.mark.django_db, pytest.mark.usefixtures("facts_lake")]
PDF = b"%PDF-1.7 a paper of the tests"


@pytest.fixture
def lived(db):
    """A fund that has seen a later closer, a default, fees, marks, a distribution and a valuation."""
    world = LifeWorld(
        commitments=(YI, 2 * YI + 7), body={"fee_rate": "0.02", "forfeit_share": "0.1", "grace_days": 5, "escrow_share": "0.5"}
    )
    world.call_in(YI + 3, day(0, 4))
    world.do("equalization", 0, newcomer=world.newcomer("后来者", YI).pk, on=day(0, 7))
    world.project = world.held(amount_fen=YI // 4, on=day(0, 8))
    world.mark(world.project, day(1), YI // 2)
    world.first = world.value(day(1))
    world.call_in(YI // 5, day(1, 4), unpaid=(world.members[1],), uses={"investments": YI // 10, "management_fee": YI // 10})
    world.default(Share.objects.get(partner=world.members[1], order__on=day(1, 4)), day(1, 6))
    world.do("forfeiture", 0, partner=world.members[1].pk, on=day(1, 7))
    world.do("fee_accrual", 0, on=day(1, 8))
    world.do("fee", 0, on=day(1, 8))
    world.do("proceeds", 3 * YI, project=world.project.pk, cost_fen=YI // 8, path="license_out", on=day(1, 9))
    world.do("distribution", 3 * YI, on=day(1, 9))
    world.mark(world.project, day(2), YI // 7)
    world.last = world.value(day(2))
    return world


def paper(name):
    return {name: SimpleUploadedFile("p.pdf", PDF, "application/pdf")}


def enter(client, member):
    client.logout()
    client.force_login(member.user)
    give_factor(client)
    return client


def test_every_total_of_the_reports_is_the_ledgers_to_the_fen(lived):
    found = proofs(lived.fund, day(2))
    assert {proof.code for proof in found} == {"called", "distributed", "paid", "carry", "fee", "balance"}
    assert [(proof.code, proof.difference_fen) for proof in found if proof.difference_fen] == []
    assert all(proof.ledger_fen for proof in found)
    assert all(not proof.difference_fen for proof in proofs(lived.fund, day(1)))


def test_the_workbook_holds_every_flow_and_reconciles(client, lived):
    enter(client, lived.maker)
    period = f"?since={day(1)}&until={day(2)}"
    answer = client.get(reverse("fund_report_file", kwargs={"fund_id": lived.fund.pk, "name": "report.xlsx"}) + period)
    book = load_workbook(io.BytesIO(answer.content), read_only=True)
    assert book.sheetnames == ["Reporting", "Performance", "Holdings", "Reconciliation"]
    assert [row[3] for row in book["Reconciliation"].iter_rows(min_row=2, values_only=True)] == [0] * 6
    flows = [row[4] for row in book["Performance"].iter_rows(min_row=2, values_only=True)]
    assert len(flows) == len(flow_lines(lived.fund, day(2))) + 3
    template = {row[0]: row[1:4] for row in book["Reporting"].iter_rows(values_only=True) if row and row[0]}
    begins, ends = (next(row for name, row in template.items() if word in name) for word in ("期初合伙人", "期末合伙人"))
    assert Decimal(str(begins[0])) == Decimal(lived.first.partners_fen) / 100
    assert Decimal(str(ends[2])) == Decimal(lived.last.partners_fen) / 100 and begins[2] == 0
    answer = client.get(reverse("fund_report_file", kwargs={"fund_id": lived.fund.pk, "name": "performance.csv"}) + period)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == len(flows) + 1
    assert client.get(reverse("fund_report_file", kwargs={"fund_id": lived.fund.pk, "name": "other.csv"})).status_code == 404


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_a_funds_life_opens_in_both_languages(client, lived, language):
    enter(client, lived.second)
    client.cookies["django_language"] = language
    for name in ("fund", "fund_terms", "fund_calls", "fund_fees", "fund_worth", "fund_reports", "fund_scorecard"):
        answer = client.get(reverse(name, kwargs={"fund_id": lived.fund.pk}))
        assert answer.status_code == 200, name
    notice = client.get(reverse("fund_notice", kwargs={"share_id": Share.objects.filter(order__kind="call").last().pk}))
    statement = client.get(reverse("fund_statement", kwargs={"partner_id": lived.members[0].pk}))
    assert notice.content.startswith(b"%PDF-") and statement.content.startswith(b"%PDF-")


def test_what_two_people_decide_is_typed_into_forms(client, lived):
    fund = {"fund_id": lived.fund.pk}
    enter(client, lived.maker)
    typed = {"carry": "0.15", "kind": "european", "clawback": "yes", "from_on": "2026-01-01", "reason": "agreed", "key_people": "甲\n乙"}
    client.post(reverse("fund_terms", kwargs=fund), typed)
    version = TermsVersion.objects.get(state="asked")
    assert version.body["carry"] == "0.15" and version.body["key_people"] == ["甲", "乙"] and version.body["fee_rate"] == "0.02"
    mark = {
        "project": lived.project.pk,
        "on": "2019-06-30",
        "zero": "yes",
        "method": "realizable",
        "inputs": "x",
        "reason": "gone",
        "key": "z",
    }
    client.post(reverse("fund_mark", kwargs=fund), mark)
    client.post(reverse("fund_fact", kwargs=fund), {"kind": "jobs", "on": "2019-01-01", "amount": "7", "source": "x"} | paper("file"))
    client.post(
        reverse("fund_series", kwargs=fund), {"name": "I", "source": "s"} | {"file": SimpleUploadedFile("i.csv", b"2017-01-01,1\n")}
    )
    person = {"name": "再后来者", "commitment_fen": "100", "basis": "institution", "funds_source": "own"}
    client.post(reverse("fund_newcomer_add", kwargs=fund), person | paper("identity") | paper("disclosure"))
    assert (Mark.objects.get(state="asked").fair_fen, lived.fund.series.count()) == (0, 1)
    enter(client, lived.second)
    for name, row in (
        ("fund_terms_decide", {"version_id": version.pk}),
        ("fund_mark_decide", {"mark_id": Mark.objects.get(state="asked").pk}),
        ("fund_fact_decide", {"fact_id": FundFact.objects.get(state="asked").pk}),
        ("fund_newcomer_check", {"newcomer_id": Newcomer.objects.get(name="再后来者").pk}),
    ):
        assert client.post(reverse(name, kwargs=row), {"decision": "approve"}).status_code == 302, name
    enter(client, lived.maker)
    client.post(reverse("fund_valuation", kwargs=fund), {"on": "2019-06-30"})
    enter(client, lived.second)
    asked = Valuation.objects.get(state="asked")
    client.post(reverse("fund_valuation_decide", kwargs={"valuation_id": asked.pk}), {"decision": "approve"})
    asked.refresh_from_db()
    assert asked.state == "approved" and asked.body["fair_fen"] == 0
    assert TermsVersion.objects.get(pk=version.pk).state == "approved"


def test_a_paper_of_a_fact_is_read_by_the_manager_only(client, lived):
    enter(client, lived.maker)
    typed = {"kind": "jobs", "on": "2019-01-01", "amount": "7", "source": "x", "file": SimpleUploadedFile("p.pdf", PDF, "application/pdf")}
    client.post(reverse("fund_fact", kwargs={"fund_id": lived.fund.pk}), typed)
    sha = FundFact.objects.get().evidence_sha256
    address = reverse("fund_paper", kwargs={"fund_id": lived.fund.pk, "sha256": sha})
    assert client.get(address).content == PDF
    assert enter(client, lived.insider).get(address).status_code == 404
