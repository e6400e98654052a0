"""The reports of a fund of 50 partners and 200 flows: accounts, reconciliation and every table of the export beside a plain loop by partner and flow.

Both read the same SQLite file. Ours gives the tables of the whole export, their proof against the ledger and the returns; the plain loop sums calls, receipts
and distributions of each partner with one query for each flow, and proves nothing.
"""

import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.report import Measurement

PARTNERS, CALLS, GIVEN = 50, 100, 100


def measure():
    with tempfile.TemporaryDirectory(dir=os.environ.get("LANGQIAO_BENCH_DIR")) as folder:
        environment = {**os.environ, "LANGQIAO_VAR": str(Path(folder) / "var"), "LANGQIAO_SECRET": "bench-only-" + "0" * 50}
        environment |= {"DJANGO_SETTINGS_MODULE": "langqiao.web.settings"}
        environment.pop("DATABASE_URL", None)
        Path(environment["LANGQIAO_VAR"]).mkdir()
        answer = subprocess.run([sys.executable, "-m", "bench.funds"], env=environment, check=True, capture_output=True, text=True)
        ours, plain, lines = answer.stdout.split()[-3:]
    yield Measurement(
        name=f"reports of a fund: {PARTNERS} partners, {CALLS + GIVEN} flows", ours=float(ours), unit="s", peer=float(plain),
        peer_name="plain loop, a query a flow", ratio=float(plain) / float(ours), target="< 1 s", met=float(ours) < 1,
        note=f"{lines} lines, totals proved against the ledger",
    )  # fmt: skip


def filled():
    """A fund with its calls paid and its distributions made, posted in its own ledger."""
    from django.db import transaction

    from langqiao.web.funds.charter import CHARTER, TERMS
    from langqiao.web.funds.models import Fund, Order, Partner, Share
    from langqiao.web.funds.posting import order_post
    from langqiao.web.people.models import Organization, User

    by, other = (User.objects.create_user(f"bench{n}@example.com", None) for n in range(2))
    manager = Organization.objects.create(name="Manager", kind="fund")
    closed = dt.date(2015, 1, 1)
    fund = Fund.objects.create(
        organization=manager, name="Fund", target_fen=10**12, investment_years=5, exit_years=3, charter=CHARTER, terms=TERMS, closed_on=closed, by=by
    )  # fmt: skip
    papers = {"identity_sha256": "0" * 64, "disclosure_sha256": "0" * 64, "basis": "institution", "funds_source": "own", "by": by}
    partners = Partner.objects.bulk_create([Partner(fund=fund, name=f"P{n}", commitment_fen=10**10 + n, **papers) for n in range(PARTNERS)])
    common = {"fund": fund, "state": "approved", "asked_by": by, "decided_by": other, "payload_sha256": "0" * 64}
    each = 1_000_003

    def post(order, shares):
        order.save()
        Share.objects.bulk_create(shares)
        order_post(order, shares, by=other)

    with transaction.atomic():
        for n in range(CALLS):
            on = closed + dt.timedelta(days=14 * n)
            call = Order(kind="call", amount_fen=each * PARTNERS, on=on, due_on=on, key=f"c{n}", result={"uses": {}}, **common)
            post(call, [Share(order=call, partner=one, amount_fen=each, parts={"investments_fen": each}) for one in partners])
            for one in partners:
                paid = Order(kind="receipt", partner=one, amount_fen=each, on=on, key=f"r{n}-{one.pk}", **common)
                paid.save()
                order_post(paid, [], by=other)
        for n in range(GIVEN):
            on = closed + dt.timedelta(days=1500 + 14 * n)
            given = Order(kind="distribution", amount_fen=each * PARTNERS, on=on, key=f"d{n}", result={"carry_fen": 0}, **common)
            post(given, [Share(order=given, partner=one, amount_fen=each, parts={"return_of_capital_fen": each}) for one in partners])
    return fund


def plain(fund):
    """Partner by partner, flow by flow."""
    from langqiao.web.funds.models import Order, Share

    sums = {}
    for partner in fund.partners.all():
        for order in Order.objects.filter(fund=fund, kind__in=("call", "distribution")):
            for share in Share.objects.filter(order=order, partner=partner):
                sums[partner.name, order.kind] = sums.get((partner.name, order.kind), 0) + share.amount_fen
        for order in Order.objects.filter(fund=fund, kind="receipt", partner=partner):
            sums[partner.name, "receipt"] = sums.get((partner.name, "receipt"), 0) + order.amount_fen
    return sums


def ours(fund):
    from langqiao.web.funds import books
    from langqiao.web.funds.reports import proofs, sheets

    until = dt.date(2023, 1, 1)
    accounts = books.partner_accounts(fund, until)
    figures = books.fund_figures(fund, accounts)
    tables = sheets(fund, dt.date(2022, 1, 1), until)
    assert figures.difference_fen == 0
    assert not any(proof.difference_fen for proof in proofs(fund, until))
    return sum(map(len, tables.values()))


def main():
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    fund = filled()
    ours(fund)
    begun = time.perf_counter()
    lines = ours(fund)
    took = time.perf_counter() - begun
    begun = time.perf_counter()
    plain(fund)
    print(took, time.perf_counter() - begun, lines)


if __name__ == "__main__":
    main()
