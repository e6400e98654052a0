"""Ten thousand loans against a day's legal events: the set-based watch beside the plain loop that reads, judges and saves loan by loan.

Both judge the same loans on the same SQLite file with the same events (200 missed annuities, 70 invalidations, 30 lapses); ours also writes an alarm
and a record for every change and takes the steps of the clock (margin calls, accelerations with their postings), the plain loop does not. Only the loans that an event touches have the rows of their plan: the watch reads no others.
"""

import datetime as dt
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.report import Measurement

LOANS, MISSED, ATTACKED, LAPSED = 10_000, 200, 70, 30


def measure():
    with tempfile.TemporaryDirectory(dir=os.environ.get("LANGQIAO_BENCH_DIR")) as folder:
        environment = {**os.environ, "LANGQIAO_VAR": str(Path(folder) / "var"), "LANGQIAO_SECRET": "bench-only-" + "0" * 50}
        environment |= {"DJANGO_SETTINGS_MODULE": "langqiao.web.settings"}
        environment.pop("DATABASE_URL", None)
        Path(environment["LANGQIAO_VAR"]).mkdir()
        answer = subprocess.run([sys.executable, "-m", "bench.credit"], env=environment, check=True, capture_output=True, text=True)
        ours, plain, alarms, steps = answer.stdout.split()[-4:]
    yield Measurement(
        name="10,000 loans watched against a day's 300 legal events", ours=float(ours), unit="s", peer=float(plain), peer_name="plain loop",
        ratio=float(plain) / float(ours), target="< 10 s", met=float(ours) < 10, note=f"{alarms} alarms with record, {steps} steps of the clock",
    )  # fmt: skip


def filled(day):
    """The loans: 400,000 yuan each on one right appraised at a million, drawn a month ago."""
    from langqiao.engine.credit.servicing import plan_of
    from langqiao.rules import parameters
    from langqiao.web.credit.models import Loan, LoanInstallment, LoanPatent
    from langqiao.web.credit.pages_pool import policy_now
    from langqiao.web.people.models import Organization, User

    assert parameters()
    by = User.objects.create_user("bench@example.com", None)
    bank, borrower = (Organization.objects.create(name=name, kind=kind) for name, kind in (("Bank", "bank"), ("Borrower", "enterprise")))
    begun = day - dt.timedelta(days=20)
    common = {
        "bank": bank, "borrower": borrower, "by": by, "purpose": "bench", "asked_fen": 40_000_000, "asked_months": 12, "principal_fen": 40_000_000,
        "rate_annual": "0.05", "months": 12, "method": "linear", "policy": policy_now(bank), "state": "active", "drawn_on": begun,
        "balance_fen": 40_000_000, "value_fen": 100_000_000,
    }  # fmt: skip
    loans = Loan.objects.bulk_create([Loan(**common) for _n in range(LOANS)], batch_size=500)
    LoanPatent.objects.bulk_create(
        [
            LoanPatent(loan=loan, key=f"CN-{n}-B", number=f"CN {n} B", value_fen=100_000_000, status="in_force")
            for n, loan in enumerate(loans)
        ],
        batch_size=500,
    )
    from fractions import Fraction

    plan = plan_of(40_000_000, Fraction(1, 20), 12, "linear", begins=begun)
    LoanInstallment.objects.bulk_create(
        [
            LoanInstallment(loan=loan, number=row.number, since=row.since, due_on=row.due_on, principal_fen=row.principal_fen, interest_fen=row.interest_fen)
            for loan in loans[:: 31][:300]
            for row in plan
        ],
        batch_size=500,
    )  # fmt: skip


def events():
    from langqiao.engine.credit.monitoring import Seen

    kinds = [*["annuity_missed"] * MISSED, *["under_invalidation"] * ATTACKED, *[""] * LAPSED]
    return {
        f"CN-{n * 31}-B": Seen(alive=bool(kind), status="in_force" if kind else "lapsed", troubles=frozenset({kind} if kind else ()))
        for n, kind in enumerate(kinds)
    }


def plain(seen):
    """The loop that anybody writes first: each loan read, judged and saved on its own."""
    from langqiao.web.credit.judged import Policies, judged_write, judgment
    from langqiao.web.credit.models import Loan

    policies = Policies()
    for pk in list(Loan.objects.filter(state="active").values_list("pk", flat=True)):
        loan = Loan.objects.get(pk=pk)
        patents = list(loan.patents.all())
        for patent in patents:
            now = seen.get(patent.key)
            if now is not None:
                patent.alive, patent.status, patent.troubles = now.alive, now.status, sorted(now.troubles)
                patent.save()
        judged_write(loan, judgment(loan, patents, policies.of(loan.policy)))
        loan.save()


def main():
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import transaction

    from langqiao.web.credit import watch

    call_command("migrate", verbosity=0)
    day = dt.date(2026, 6, 1)
    with transaction.atomic():
        filled(day)
    seen = events()
    start = time.perf_counter()
    with transaction.atomic():
        plain(seen)
        transaction.set_rollback(True)
    slow = time.perf_counter() - start
    start = time.perf_counter()
    alarms = watch.alarms_raise(seen, day)
    steps = watch.steps_take(day)
    print(time.perf_counter() - start, slow, alarms, steps)


if __name__ == "__main__":
    main()
