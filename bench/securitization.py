"""A pool of 500 claims under 1,000 scenarios: the arrays of the room beside the plain loop that walks each claim, date and scenario in Python.

The plain loop is what anybody writes first: survivors, prepayments and recoveries claim by claim, then the exact waterfall of the payment date. It runs a
few scenarios and is scaled; both must agree on what is unpaid at the end.
"""

import datetime as dt
import random
from fractions import Fraction

import numpy as np

from bench.report import Measurement, cpu_seconds
from langqiao.engine.kernel.money import round_half_up
from langqiao.engine.securitization.grid import run
from langqiao.engine.securitization.pool_flows import Scenarios, plans_of
from langqiao.engine.securitization.schedule import plan
from langqiao.engine.securitization.terms import terms_read
from langqiao.engine.securitization.waterfall import Collected, Period, opening_state, pay

CLAIMS, SCENARIOS, DATES, SAMPLE = 500, 1_000, 20, 3


def pool():
    """Five hundred claims with rates, sizes and risks of their own, five years by quarter."""
    dice = random.Random(20261124)
    rows = []
    for _number in range(CLAIMS):
        flows = plan(
            dice.randrange(20_000_000, 100_000_000),
            Fraction(dice.randrange(450, 900), 10_000),
            DATES,
            "level",
            begins=dt.date(2026, 1, 1),
            months=3,
        )
        rows.append(([one.principal_fen for one in flows], [one.interest_fen for one in flows], dice.choice([0.5, 1.0, 1.5, 2.0])))
    return plans_of(rows)


def deal(size_yuan):
    """Senior 80 %, mezzanine 10 %, junior 10 % of the pool, with reserve, support, fees and tax."""
    parts = [size_yuan * share // 100 for share in (80, 10, 10)]
    names = (("A", "senior", 0.04), ("B", "mezzanine", 0.05), ("C", "junior", 0.0))
    return terms_read(
        {
            "tranches": [{"name": n, "rank": r, "balance": f"{p}.00", "rate": c} for (n, r, c), p in zip(names, parts, strict=True)],
            "periods": DATES, "periods_per_year": 4, "reserve": {"initial": "1000000.00", "target": "2000000.00"}, "support": {"limit": "5000000.00"},
            "fees": [{"payee": "trustee", "fixed": "20000.00"}, {"payee": "servicer", "rate": 0.002}], "tax_rate": 0.03,
        }
    )  # fmt: skip


def scenarios(count):
    dice = np.random.default_rng(7)
    return Scenarios(cpr=dice.uniform(0, 0.3, count), cdr=dice.uniform(0, 0.3, count), recovery=dice.uniform(0, 0.7, count), lag=2)


def plain(terms, plans, drawn, count):
    """Claim by claim, date by date, scenario by scenario."""
    unpaid = []
    for s in range(count):
        cash = [[0.0] * 6 for _ in range(DATES + 2)]
        for principal, interest, risk in zip(plans.principal, plans.interest, plans.risk, strict=True):
            left, balance = 1.0, float(sum(principal))
            smm, mdr = 1 - (1 - drawn.cpr[s]) ** 0.25, 1 - (1 - drawn.cdr[s]) ** (risk / 4)
            for k in range(DATES):
                cash[k][4] += left * balance
                default = left * balance * mdr
                cash[min(k + 2, DATES - 1)][3] += default * drawn.recovery[s]
                left *= 1 - mdr
                cash[k][0] += left * interest[k]
                cash[k][1] += left * principal[k]
                balance -= principal[k]
                cash[k][2] += left * balance * smm
                left *= 1 - smm
                cash[k][5] += left * balance
        state = opening_state(terms)
        for k in range(DATES):
            came = [round_half_up(Fraction(max(0.0, one))) for one in cash[k]]
            collected = Collected(interest=came[0], principal=came[1], prepayment=came[2], recovery=came[3])
            state = pay(terms, state, Period(number=k + 1, collected=collected, opening=came[4], closing=came[5])).after
        unpaid.append(sum(state.balances) + sum(state.arrears))
    return unpaid


def measure():
    plans = pool()
    terms = deal(int(plans.principal.sum()) // 100)
    drawn = scenarios(SCENARIOS)
    ours = cpu_seconds(lambda: run(terms, plans, drawn), repeat=3)
    told = run(terms, plans, drawn).unpaid.sum(axis=0)[:SAMPLE]
    slow = plain(terms, plans, drawn, SAMPLE)
    apart = max(abs(one - other) for one, other in zip(told, slow, strict=True))
    if apart > 100_00:
        raise AssertionError(f"the two differ by {apart} fen")
    peer = cpu_seconds(lambda: plain(terms, plans, drawn, SAMPLE), repeat=1) * SCENARIOS / SAMPLE
    yield Measurement(
        name="500-claim pool, 20 dates, 1,000 scenarios, 3 tranches", ours=ours, unit="s CPU", peer_name=f"plain loop ({SAMPLE} scenarios scaled)", peer=peer,
        ratio=peer / ours, target="< 5 s", met=ours < 5, note=f"unpaid at the end agrees within {apart / 100:.2f} yuan",
    )  # fmt: skip
