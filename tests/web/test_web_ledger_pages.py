"""The pages of money: what a member sees, what is hidden, what a form answers, and that a payment out needs the second person's factor."""

import datetime as dt
import io
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from openpyxl import load_workbook

from langqiao.engine.ledger.entry import Entry
from langqiao.web.ledger import selectors
from langqiao.web.ledger.models_bank import BankLine, PaymentOrder
from langqiao.web.ledger.payments import lines_take, payment_ask
from langqiao.web.ledger.rails import StatementLine
from langqiao.web.ledger.services import account_ensure, group_post
from langqiao.web.ledger.statements import PAGE_ROWS
from langqiao.web.people.models import Membership, Organization, Role
from langqiao.web.people.session import FACTOR_AT_KEY

DAY = dt.date(2026, 11, 24)


@pytest.fixture
def first(people):
    Organization.objects.filter(pk=people["first"].pk).update(
        check_state="verified", checked_at="2026-01-01T00:00:00Z", check_document="seen"
    )
    return {membership.role: membership for membership in Membership.objects.select_related("organization", "user")}


@pytest.fixture
def editor(people):
    return Membership.objects.select_related("organization", "user").get(user=people[Role.EDITOR], organization=people["first"])


@pytest.fixture
def paid(first, editor):
    payment_ask(membership=editor, direction="in", amount_fen=123_456, key="in")
    return f"organization/{editor.organization_id}:client_money::CNY"


def confirmed(client, user):
    client.force_login(user)
    session = client.session
    session[FACTOR_AT_KEY] = dt.datetime.now(tz=dt.UTC).timestamp()
    session.save()


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_first_page_shows_balance_hold_and_what_is_available_to_the_fen(client, people, paid, editor):
    payment_ask(membership=editor, direction="out", amount_fen=56, key="out")
    client.force_login(people[Role.READER])
    shown = text_of(client.get(reverse("money"), HTTP_ACCEPT_LANGUAGE="en"))
    assert "1,234.56 0.56 0.00 1,234.00" in shown and "Simulated bank" in shown and "simulated" in shown
    assert "another person" not in shown and "an approver or an administrator decides" in shown
    client.force_login(people[Role.EDITOR])
    assert "another person of the organization approves it" in text_of(client.get(reverse("money"), HTTP_ACCEPT_LANGUAGE="en"))


def test_a_payment_is_asked_once_however_often_the_form_is_sent(client, people, first):
    client.force_login(people[Role.EDITOR])
    form = {"direction": "in", "amount": "1,000.50", "key": str(uuid.uuid4())}
    for _n in range(2):
        assert client.post(reverse("payment_ask"), form).status_code == 302
    assert [order.amount_fen for order in PaymentOrder.objects.all()] == [100_050]


@pytest.mark.parametrize("amount", ["", "x", "1.234", "-5", "0", "NaN"])
def test_what_is_wrong_with_an_amount_stands_beside_the_field(client, people, first, amount):
    client.force_login(people[Role.EDITOR])
    answer = client.post(reverse("payment_ask"), {"direction": "in", "amount": amount, "key": str(uuid.uuid4())})
    assert answer.status_code == 422 and b'id="amount-error"' in answer.content and not PaymentOrder.objects.exists()


def test_more_than_is_there_is_said_with_what_lacks(client, people, paid):
    client.force_login(people[Role.EDITOR])
    form = {"direction": "out", "amount": "2000", "key": str(uuid.uuid4())}
    answer = client.post(reverse("payment_ask"), form, HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == 422 and "lacks 765.44 yuan" in text_of(answer)


def test_a_payment_out_is_approved_by_another_person_with_a_fresh_second_factor(client, people, paid, editor):
    order = payment_ask(membership=editor, direction="out", amount_fen=100, key="out")
    address = reverse("payment_decide", args=[order.pk])
    client.force_login(people[Role.ADMIN])
    assert client.post(address, {"decision": "approve"}).status_code == 403
    confirmed(client, people["other"])
    assert client.post(address, {"decision": "approve"}).status_code == 404
    confirmed(client, people[Role.ADMIN])
    assert client.post(address, {"decision": "approve"}).status_code == 302
    order.refresh_from_db()
    assert order.state == "settled" and selectors.balance(paid) == 123_356


def test_a_statement_has_pages_a_period_and_the_balance_of_every_line(client, people, paid):
    with transaction.atomic():
        escrow = account_ensure(owner="deal/1", purpose="escrow")
        for n in range(PAGE_ROWS + 5):
            day = DAY - dt.timedelta(days=n)
            group_post(
                [
                    Entry(
                        id=f"t{n}",
                        phase="transfer",
                        debit=paid,
                        credit=escrow,
                        amount_fen=100,
                        code="deal.fund",
                        ref="款",
                        business_date=day,
                    )
                ],
                group=f"t{n}",
                by="test",
            )
    client.force_login(people[Role.READER])
    address = reverse("money_account", args=[paid])
    answer = client.get(address + "?page=2", HTTP_ACCEPT_LANGUAGE="en")
    shown = answer.context["shown"]
    assert shown.page_count == 2 and shown.total == PAGE_ROWS + 6
    every = {line.transfer.seq: line.balance_fen for line in selectors.statement(paid)}
    first = client.get(address).context["shown"]
    assert {line.transfer.seq: line.balance_fen for page in (first, shown) for line in page.lines} == every
    told = client.get(f"{address}?from={DAY - dt.timedelta(days=2)}&to={DAY - dt.timedelta(days=1)}").context["shown"]
    assert told.total == 2 and told.opening_fen - told.closing_fen == 200
    assert client.get(f"{address}?from=nonsense&page=99999999999").status_code == 200


def test_a_statement_is_exported_with_its_hashes_and_executes_nothing(client, people, paid):
    with transaction.atomic():
        escrow = account_ensure(owner="deal/1", purpose="escrow")
        entry = Entry(id="t", phase="transfer", debit=paid, credit=escrow, amount_fen=1, code="deal.fund", ref="=1+1", business_date=DAY)
        posted = group_post([entry], group="t", by="test")
    client.force_login(people[Role.READER])
    told = client.get(reverse("statement_file", args=["csv", paid])).content.decode("utf-8-sig")
    assert posted.links[0].hash in told and "'=1+1" in told and "1234.56" in told
    sheet = load_workbook(io.BytesIO(client.get(reverse("statement_file", args=["xlsx", paid])).content)).active
    assert sheet.max_row == 3
    assert client.get(reverse("statement_file", args=["pdf", paid])).status_code == 404


def test_a_transfer_shows_hold_group_hash_and_both_sides_but_not_the_others(client, people, paid, editor):
    with transaction.atomic():
        escrow = account_ensure(owner=f"deal/{uuid.uuid4()}", purpose="escrow")
        other = account_ensure(owner=f"organization/{people['second'].pk}", purpose="client_money")
        hold = Entry(id="h", phase="hold", debit=paid, credit=escrow, amount_fen=100, expires_on=DAY, code="deal.fund", business_date=DAY)
        group_post([hold], group="h", by="test")
        entries = [
            Entry(id="p", phase="post", pending_id="h", amount_fen=100, code="deal.settle", business_date=DAY),
            Entry(id="q", phase="transfer", debit=escrow, credit=other, amount_fen=97, code="deal.settle", business_date=DAY),
        ]
        links = group_post(entries, group="p", by="test").links
    client.force_login(people[Role.READER])
    held = text_of(client.get(reverse("transfer", args=[links[0].seq - 1]), HTTP_ACCEPT_LANGUAGE="en"))
    assert "posted" in held and f"by transfer {links[0].seq}" in held and "nothing moved by it" in held
    shown = text_of(client.get(reverse("transfer", args=[links[0].seq]), HTTP_ACCEPT_LANGUAGE="en"))
    assert links[0].hash in shown and "the hash fits the row" in shown and "1 more between accounts of others" in shown
    assert client.get(reverse("transfer", args=[links[1].seq])).status_code == 404
    assert client.get(reverse("money_account", args=[other])).status_code == 404
    client.force_login(people["other"])
    assert client.get(reverse("transfer", args=[links[1].seq])).status_code == 200


def test_the_platform_takes_a_statement_assigns_what_waits_and_sees_the_trial_balance(client, people, paid, editor):
    confirmed(client, people["platform"])
    file = SimpleUploadedFile("s.csv", "日期,收入,摘要\n2026-11-24,7.00,谢谢\n2026-11-24,x,坏\n".encode("gb18030"))
    shown = text_of(client.post(reverse("money_bank_import"), {"file": file}, follow=True, HTTP_ACCEPT_LANGUAGE="en"))
    assert "0 lines matched, 1 in suspense" in shown and "1 rows were not read" in shown
    line = BankLine.objects.get(state="suspense")
    checked = text_of(client.get(reverse("money_trial") + "?check=1", HTTP_ACCEPT_LANGUAGE="en"))
    assert "suspense is not zero" in checked
    assert client.post(reverse("money_bank_assign", args=[line.pk]), {"organization": editor.organization_id}).status_code == 302
    assert selectors.balance(paid) == 124_156
    assert "sound" in text_of(client.get(reverse("money_trial") + "?check=1", HTTP_ACCEPT_LANGUAGE="en"))
    assert client.post(reverse("money_bank_import"), {}, follow=True).status_code == 200
    lines_take([StatementLine(day=DAY, amount_fen=-3, text="fee")], rail="statement_file", by="test")
    assert "to be found at the bank" in text_of(client.get(reverse("money_bank"), HTTP_ACCEPT_LANGUAGE="en"))


def test_the_pages_ask_few_queries_however_many_rows(client, people, paid, django_assert_max_num_queries):
    client.force_login(people[Role.READER])
    for address in (reverse("money"), reverse("money_account", args=[paid])):
        with django_assert_max_num_queries(14):
            client.get(address)
