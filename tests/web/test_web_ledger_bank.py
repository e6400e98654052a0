"""The border to the banks: orders by two people, statements taken once, what is not matched waits in suspense; and the books in beancount."""

import datetime as dt
import io

import pytest
from beancount import loader
from beancount.core import data
from click.testing import CliRunner
from django.db import transaction
from openpyxl import Workbook

from langqiao.cli import main
from langqiao.engine.kernel.refusal import Refusal
from langqiao.engine.ledger.entry import Entry
from langqiao.web.audit.models import Record
from langqiao.web.ledger import payments, selectors
from langqiao.web.ledger.bankfile import statement_read
from langqiao.web.ledger.beancount import beancount_account, export
from langqiao.web.ledger.checks import books_check
from langqiao.web.ledger.corrections import account_close, account_reopen, holds_expire, transfer_reverse
from langqiao.web.ledger.models import BankLine, LedgerAccount, PaymentOrder, Transfer
from langqiao.web.ledger.payments import line_assign, lines_take, payment_ask, payment_decide
from langqiao.web.ledger.rails import RAILS, StatementLine
from langqiao.web.ledger.services import account_ensure, group_post
from langqiao.web.people.models import Membership

DAY = dt.date(2026, 11, 24)
pytestmark = pytest.mark.books


@pytest.fixture
def members(people):
    people["first"].check_state, people["first"].checked_at, people["first"].check_document = "verified", "2026-01-01T00:00:00Z", "seen"
    people["first"].save()
    found = {membership.role: membership for membership in Membership.objects.filter(organization=people["first"])}
    for membership in found.values():
        membership.organization = people["first"]
    return found


@pytest.fixture
def statements_only(monkeypatch):
    monkeypatch.setenv("LANGQIAO_RAIL", "statement_file")


def client_account(membership):
    return f"organization/{membership.organization_id}:client_money::CNY"


def line(order, **changes):
    amount = order.amount_fen if order.direction == "in" else -order.amount_fen
    return StatementLine(**{"day": DAY, "amount_fen": amount, "text": f"货款 {order.reference}", "serial": "1"} | changes)


def test_the_simulated_bank_settles_a_payment_in_at_once_and_says_that_it_is_simulated(members):
    order = payment_ask(membership=members["editor"], direction="in", amount_fen=100_000, key="k")
    assert order.state == "settled" and selectors.balance(client_account(members["editor"])) == 100_000
    kept = BankLine.objects.get(order=order)
    assert kept.simulated and "SIMULATED" in kept.text and RAILS[order.rail].simulated
    assert payment_ask(membership=members["editor"], direction="in", amount_fen=100_000, key="k").pk == order.pk
    assert selectors.balance(client_account(members["editor"])) == 100_000
    with pytest.raises(Refusal) as refused:
        payment_ask(membership=members["editor"], direction="in", amount_fen=100_001, key="k")
    assert refused.value.code == "idempotency_key_reused"
    assert books_check(DAY).problems == () and Record.objects.filter(action__startswith="payment.").count() == 2


def test_a_payment_out_is_held_at_once_and_needs_a_second_person(members):
    payment_ask(membership=members["editor"], direction="in", amount_fen=1000, key="in")
    with pytest.raises(Refusal) as refused:
        payment_ask(membership=members["approver"], direction="out", amount_fen=1001, key="too much")
    assert refused.value.code == "ledger_overdrawn" and not PaymentOrder.objects.filter(key="too much").exists()
    order = payment_ask(membership=members["approver"], direction="out", amount_fen=600, key="out")
    assert selectors.available(client_account(members["editor"])) == 400
    for membership, code in (
        (members["approver"], "four_eyes_missing"),
        (members["editor"], "not_allowed"),
        (members["reader"], "not_allowed"),
    ):
        with pytest.raises(Refusal) as refused:
            payment_decide(membership=membership, order_id=order.pk, approve=True)
        assert refused.value.code == code
    assert payment_decide(membership=members["admin"], order_id=order.pk, approve=True).state == "settled"
    assert selectors.balance(client_account(members["editor"])) == selectors.available(client_account(members["editor"])) == 400
    with pytest.raises(Refusal) as refused:
        payment_decide(membership=members["admin"], order_id=order.pk, approve=False)
    assert refused.value.code == "payment_decided"


def test_a_refused_payment_out_frees_the_hold(members):
    payment_ask(membership=members["editor"], direction="in", amount_fen=1000, key="in")
    order = payment_ask(membership=members["editor"], direction="out", amount_fen=600, key="out")
    assert payment_decide(membership=members["admin"], order_id=order.pk, approve=False).state == "refused"
    assert selectors.available(client_account(members["editor"])) == 1000


def test_strangers_readers_and_the_unverified_ask_for_nothing(members, people):
    other = Membership.objects.get(user=people["other"])
    cases = [(members["reader"], 10, "not_allowed"), (other, 10, "not_verified"), (members["editor"], 0, "payment_amount_wrong")]
    for membership, amount, code in cases:
        with pytest.raises(Refusal) as refused:
            payment_ask(membership=membership, direction="in", amount_fen=amount, key="k")
        assert refused.value.code == code
    order = payment_ask(membership=members["editor"], direction="in", amount_fen=5, key="k")
    with pytest.raises(Refusal) as refused:
        payment_decide(membership=other, order_id=order.pk, approve=True)
    assert refused.value.code == "not_found"


def test_lines_are_matched_by_reference_and_amount_and_the_rest_waits_in_suspense(members, statements_only):
    order = payment_ask(membership=members["editor"], direction="in", amount_fen=5000, key="k")
    assert order.state == "sent" and selectors.balance(client_account(members["editor"])) == 0
    wrong_sum, no_reference = line(order, amount_fen=4999), line(order, text="谢谢")
    spaced = line(order, text=f"附言：{order.reference[:6]} {order.reference[6:].lower()}")
    taken = lines_take([wrong_sum, no_reference, spaced], rail="statement_file", by="test")
    assert (taken.matched, taken.suspense, taken.known) == (1, 2, 0)
    assert selectors.balance(client_account(members["editor"])) == 5000 and selectors.balance("platform:suspense::CNY") == 9999
    again = lines_take([wrong_sum, no_reference, spaced], rail="statement_file", by="test")
    assert (again.matched, again.suspense, again.known) == (0, 0, 3)
    assert [problem.code for problem in books_check(DAY).problems] == ["suspense_not_zero"]


def test_two_equal_lines_of_one_file_are_two_payments_and_an_order_is_settled_once(members, statements_only):
    order = payment_ask(membership=members["editor"], direction="in", amount_fen=5000, key="k")
    taken = lines_take([line(order, serial=""), line(order, serial="")], rail="statement_file", by="test")
    assert (taken.matched, taken.suspense) == (1, 1)


def test_the_platform_assigns_a_line_out_of_suspense_once(members, statements_only):
    lines_take([StatementLine(day=DAY, amount_fen=700, text="?")], rail="statement_file", by="test")
    kept = BankLine.objects.get()
    line_assign(membership=members["admin"], line_id=kept.pk, organization_id=members["admin"].organization_id)
    assert selectors.balance(client_account(members["admin"])) == 700 and books_check(DAY).problems == ()
    with pytest.raises(Refusal) as refused:
        line_assign(membership=members["admin"], line_id=kept.pk, organization_id=members["admin"].organization_id)
    assert refused.value.code == "not_found"


CSV = """账号,6222****0001,户名,廊桥平台客户资金专户
交易日期,交易流水号,借方发生额（元）,贷方发生额（元）,余额,对方户名,附言
2026-11-24,A1,,"1,234.50","9,999.00",桥头大学,{reference}
20261124,A2,¥100.00,,9899.00,某公司,退款
2026/11/25,A3,,0.005,9899.00,某公司,错
合计,,100.00,1234.50,,,
"""


def test_a_chinese_statement_is_read_as_csv_in_two_encodings_and_as_excel():
    text = CSV.format(reference="LQ0123456789")
    expected = [(dt.date(2026, 11, 24), 123450, "LQ0123456789", "桥头大学", "A1"), (dt.date(2026, 11, 24), -10000, "退款", "某公司", "A2")]
    book = Workbook()
    for row in (
        [cell.strip('"') for cell in line.replace('"1,234.50"', "1234.5").replace('"9,999.00"', "9999").split(",")]
        for line in text.splitlines()
    ):
        book.active.append([float(cell) if cell == "1234.5" else cell for cell in row])
    out = io.BytesIO()
    book.save(out)
    for content, name in ((text.encode("gb18030"), "a.csv"), (text.encode("utf-8-sig"), "a.csv"), (out.getvalue(), "a.xlsx")):
        read = statement_read(content, name)
        assert [(found.day, found.amount_fen, found.text, found.counterparty, found.serial) for found in read.lines] == expected
        assert [(problem.code, problem.row) for problem in read.problems] == [
            ("statement_amount_unreadable", 5),
            ("statement_row_unread", 6),
        ]


def test_a_file_that_is_no_statement_says_so():
    for content, name in ((b"a,b\n1,2\n", "a.csv"), (b"\x00\x01", "a.bin"), (b"PK\x03\x04nothing", "a.xlsx")):
        read = statement_read(content, name)
        assert read.lines == () and read.problems


def test_a_correction_is_a_transfer_that_names_the_one_it_takes_back(members):
    payment_ask(membership=members["editor"], direction="in", amount_fen=1000, key="in")
    first = Transfer.objects.get(phase="transfer")
    posted, again = (transfer_reverse(first.id, by="test", business_date=DAY) for _n in range(2))
    assert again.repeated and selectors.balance(client_account(members["editor"])) == 0
    assert Transfer.objects.get(seq=posted.links[0].seq).reverses_id == first.id and books_check(DAY).problems == ()
    with pytest.raises(Refusal) as refused:
        transfer_reverse("nothing", by="test", business_date=DAY)
    assert refused.value.code == "ledger_reversal_differs"


def test_a_hold_expires_the_day_after_its_last_and_frees_all(members):
    payment_ask(membership=members["editor"], direction="in", amount_fen=1000, key="in")
    client, escrow = client_account(members["editor"]), account_ensure(owner="deal/1", purpose="escrow")
    hold = Entry(id="h", phase="hold", debit=client, credit=escrow, amount_fen=400, expires_on=DAY, code="t", business_date=DAY)
    group_post([hold], group="h", by="test")
    assert holds_expire(DAY, by="test") == () and selectors.available(client) == 600
    assert holds_expire(DAY + dt.timedelta(days=1), by="test") == ("h",) and selectors.available(client) == 1000
    assert holds_expire(DAY + dt.timedelta(days=9), by="test") == ()


def test_an_empty_account_closes_and_takes_nothing_until_it_opens_again(members):
    payment_ask(membership=members["editor"], direction="in", amount_fen=1000, key="in")
    client, escrow = client_account(members["editor"]), account_ensure(owner="deal/1", purpose="escrow")
    with pytest.raises(Refusal) as refused:
        account_close(client)
    assert refused.value.code == "ledger_account_not_empty"
    account_close(escrow)
    pay = [Entry(id="p", phase="transfer", debit=client, credit=escrow, amount_fen=1, code="t", business_date=DAY)]
    with pytest.raises(Refusal) as refused:
        group_post(pay, group="p", by="test")
    assert refused.value.code == "ledger_account_closed"
    account_reopen(escrow)
    group_post(pay, group="p", by="test")


def test_nothing_is_written_outside_a_transaction(transactional_db):
    for call in (lambda: account_ensure(owner="platform", purpose="client_bank"), lambda: group_post([], group="g", by="t")):
        with pytest.raises(RuntimeError, match="inside the caller's transaction"):
            call()


def test_beancount_loads_the_books_without_an_error_and_sums_what_we_sum(members):
    payment_ask(membership=members["editor"], direction="in", amount_fen=123_456, key="in")
    client, escrow = client_account(members["editor"]), account_ensure(owner="deal/0b5e-77aa", purpose="escrow", ref="a.b")
    with transaction.atomic():
        group_post(
            [
                Entry(
                    id='t"1', phase="transfer", debit=client, credit=escrow, amount_fen=1, code="t", ref='款项 "一"\\', business_date=DAY
                ),
                Entry(id="h", phase="hold", debit=client, credit=escrow, amount_fen=400, code="t", business_date=DAY),
            ],
            group="g",
            by="test",
        )
    entries, errors, _options = loader.load_string("".join(export()))
    assert errors == []
    assert len([found for found in entries if isinstance(found, data.Transaction)]) == 2
    assert len([found for found in entries if isinstance(found, data.Balance)]) == LedgerAccount.objects.count() == 3


def test_a_wrong_balance_in_the_export_is_what_beancount_refuses(members):
    payment_ask(membership=members["editor"], direction="in", amount_fen=100, key="in")
    text = "".join(export())
    assert loader.load_string(text.replace(" 1.00 CNY\n", " 1.01 CNY\n", 1))[1]


def test_two_accounts_never_share_a_name_in_beancount():
    names = [
        f"{owner}:{purpose}:{ref}:CNY"
        for owner, purpose in (("deal/a-b", "escrow"), ("deal/A-b", "escrow"), ("deal/1", "escrow"), ("deal/1-", "escrow"))
        for ref in ("", "a_b", "a-b", "a/b", "a.b", "A-b", "1", "N1", "x2E", "-")
    ]
    assert len({beancount_account(name) for name in names}) == len(names)


def test_the_command_line_checks_tells_exports_and_imports(members, tmp_path, statements_only):
    order = payment_ask(membership=members["editor"], direction="in", amount_fen=123_450, key="in")
    file = tmp_path / "statement.csv"
    file.write_text(CSV.format(reference=order.reference), encoding="gb18030")

    def call(*arguments, status=0):
        answer = CliRunner().invoke(main, ["books", *arguments], env={"LANG": "en_US.UTF-8"})
        assert answer.exit_code == status, answer.output
        return answer.output

    assert "1 matched, 1 in suspense, 0 read before" in call("import-statement", str(file), status=1)
    assert "0 matched, 0 in suspense, 2 read before" in call("import-statement", str(file), status=1)
    assert "suspense_not_zero" in call("check", "--day", "2026-11-24", status=1)
    assert "1234.50" in call("statement", client_account(members["editor"]), "--from", "2026-11-01")
    call("statement", "platform:nothing::CNY", status=1)
    assert call("trial-balance").splitlines()[-1].split()[-2:] == ["1334.50", "1334.50"]
    call("export", "--out", str(tmp_path / "books.beancount"))
    assert loader.load_file(str(tmp_path / "books.beancount"))[1] == []
    assert payments.REFERENCE.fullmatch(order.reference)
