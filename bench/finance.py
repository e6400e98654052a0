"""Fund, loan and securitization calculations against plain implementations in the same run."""

import datetime as dt
import random
from collections.abc import Iterator
from fractions import Fraction

from bench.report import Measurement, cpu_seconds
from langqiao.engine.funds.returns import xirr
from langqiao.engine.funds.waterfall import Flow, WaterfallInput, waterfall
from langqiao.engine.kernel.allocation import largest_remainder
from langqiao.engine.operations.securitization import Pool, RunInput, RunTranche, run

DAY0 = dt.date(2015, 1, 1)


def measure() -> Iterator[Measurement]:
    yield from _xirr()
    yield from _waterfall()
    yield _split()
    yield from _securitization()


def _funds(count: int) -> list[tuple[list[dt.date], list[float]]]:
    dice = random.Random(20260)
    series = []
    for _ in range(count):
        paid, got = dice.randint(3, 15), dice.randint(3, 25)
        days = [DAY0 + dt.timedelta(days=91 * i + dice.randint(0, 20)) for i in range(paid + got)]
        series.append((days, [-dice.uniform(1, 9) for _ in range(paid)] + [dice.uniform(1, 9) for _ in range(got)]))
    return series


def _bisection(days: list[dt.date], values: list[float]) -> float:
    years = [(day - days[0]).days / 365 for day in days]
    low, high = -0.999, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        value = sum(v / (1 + middle) ** y for y, v in zip(years, values, strict=True))
        low, high = (middle, high) if value > 0 else (low, middle)
    return low


def _xirr() -> Iterator[Measurement]:
    series = _funds(10_000)
    ours = cpu_seconds(lambda: [xirr(*fund) for fund in series], repeat=3)
    sample = series[:500]
    plain = cpu_seconds(lambda: [_bisection(*fund) for fund in sample], repeat=1) * len(series) / len(sample)
    yield Measurement(
        name="10,000 fund XIRRs, every root counted", ours=ours, unit="s CPU", peer_name="plain bisection (500 scaled)", peer=plain, ratio=plain / ours,
        target="< 1 s", met=ours < 1,
    )  # fmt: skip


def _flows() -> tuple[Flow, ...]:
    flows = []
    for i in range(100):
        day = DAY0 + dt.timedelta(days=30 * i)
        flows += [Flow(date=day, contribution=100_000_000), Flow(date=day + dt.timedelta(days=10), distribution=110_000_000)]
    return tuple(flows)


def _waterfall() -> Iterator[Measurement]:
    given = WaterfallInput(
        kind="european", pref_rate=Fraction(8, 100), pref_compounding="compound_annual", day_count="act_365", catch_up=Fraction(1), carry=Fraction(1, 5),
        flows=_flows(),
    )  # fmt: skip
    weights = [1_000_000 + 7919 * i for i in range(50)]

    def whole() -> None:
        for row in waterfall(given).rows:
            tiers = row.tiers
            lp = tiers.return_of_capital + tiers.preferred_return + tiers.catch_up_lp + tiers.split_lp
            largest_remainder(lp, weights)

    ours = cpu_seconds(lambda: [whole() for _ in range(10)]) / 10
    plain = cpu_seconds(lambda: _plain_waterfall(given, weights), repeat=3)
    yield Measurement(
        name="waterfall: 200 flows, 50 partners to the fen", ours=ours * 1000, unit="ms CPU", peer_name="plain fractions", peer=plain * 1000,
        ratio=plain / ours, target="< 5 ms", met=ours < 0.005,
    )  # fmt: skip


def _plain_waterfall(given: WaterfallInput, weights: list[int]) -> None:
    capital = hurdle = Fraction(0)
    last, total = None, sum(weights)
    for flow in given.flows:
        if last is not None:
            hurdle *= Fraction((1 + float(given.pref_rate)) ** ((flow.date - last).days / 365)).limit_denominator(10**15)
        last = flow.date
        capital += flow.contribution or 0
        hurdle += flow.contribution or 0
        left = Fraction(flow.distribution or 0)
        back = min(left, capital)
        pref = min(left - back, max(hurdle - capital, 0))
        capital -= back
        hurdle -= back + pref
        lp = back + pref + (left - back - pref) * Fraction(4, 5)
        [round(lp * weight / total) for weight in weights]


def _split() -> Measurement:
    weights = [1_000_000 + 7919 * i for i in range(50)]
    ours = cpu_seconds(lambda: [largest_remainder(123_456_789_01, weights) for _ in range(200)]) / 200
    exact = [Fraction(weight) for weight in weights]
    plain = cpu_seconds(lambda: [[round(123_456_789_01 * w / sum(exact)) for w in exact] for _ in range(20)]) / 20
    return Measurement(
        name="one split among 50 partners", ours=ours * 1e6, unit="µs CPU", peer_name="plain fractions, inexact sum", peer=plain * 1e6, ratio=plain / ours,
        target="< 300 µs", met=ours < 300e-6,
    )  # fmt: skip


def _securitization() -> Iterator[Measurement]:
    tranches = (
        RunTranche(name="A", balance=28_500_000_000, rate=Fraction(4, 100)),
        RunTranche(name="B", balance=1_600_000_000, rate=Fraction(0)),
    )
    scenarios = [
        RunInput(
            pool=Pool(
                balance=30_100_000_000, rate=Fraction(6, 100), periods=20, periods_per_year=4, cpr=Fraction(i % 10, 100), cdr=Fraction(i // 10 % 10, 100),
                recovery=Fraction(i // 100, 20),
            ),
            tranches=tranches, principal="sequential_turbo",
        )
        for i in range(1000)
    ]  # fmt: skip
    ours = cpu_seconds(lambda: [run(scenario) for scenario in scenarios])
    plain = cpu_seconds(lambda: [_plain_run(scenario) for scenario in scenarios[:50]], repeat=1) * 20
    yield Measurement(
        name="securitization: 1,000 scenarios × 20 periods, 2 tranches", ours=ours, unit="s CPU", peer_name="plain fractions (50 scaled)", peer=plain,
        ratio=plain / ours, target="< 1 s", met=ours < 1,
    )  # fmt: skip


def _plain_run(given: RunInput) -> Fraction:
    pool = given.pool
    r, m = pool.rate / pool.periods_per_year, pool.periods_per_year
    default_rate = Fraction(1 - (1 - float(pool.cdr)) ** (1 / m)).limit_denominator(10**9)
    prepay_rate = Fraction(1 - (1 - float(pool.cpr)) ** (1 / m)).limit_denominator(10**9)
    balance, owed, residual = Fraction(pool.balance), [Fraction(t.balance) for t in given.tranches], Fraction(0)
    for k in range(1, pool.periods + 1):
        default = balance * default_rate
        performing = balance - default
        scheduled = performing * r / ((1 + r) ** (pool.periods - k + 1) - 1)
        prepaid = (performing - scheduled) * prepay_rate
        cash = performing * r + scheduled + prepaid + default * pool.recovery
        for i, tranche in enumerate(given.tranches):
            cash -= min(cash, owed[i] * tranche.rate / m)
        for i in range(len(owed)):
            paid = min(cash, owed[i])
            owed[i] -= paid
            cash -= paid
        residual += cash
        balance = (performing - scheduled - prepaid).limit_denominator(10**12)
        owed = [amount.limit_denominator(10**12) for amount in owed]
    return residual
