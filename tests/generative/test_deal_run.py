"""A securitization deal against a second, plain writing of its rules: every row of every deal, to the fen."""

import json
from fractions import Fraction

from hypothesis import event, given, settings
from hypothesis import strategies as st

from langqiao.engine import register
from langqiao.engine.kernel.money import fen_to_yuan as yuan
from langqiao.rules import parameters

rates = st.sampled_from([0, 0.01, 0.035, 0.08, 0.2])
shares = st.sampled_from([0, 0.05, 0.3, 1])


def near(value):
    """Half up to the fen."""
    return int(Fraction(value) + Fraction(1, 2))


def exact(number):
    return Fraction(str(number))


@st.composite
def deals(draw):
    n, m = draw(st.integers(2, 6)), draw(st.sampled_from([1, 4]))
    pool = {"balance": draw(st.integers(1, 10**6)), "rate": draw(rates), "periods": n, "periods_per_year": m}
    pool |= {"cpr": draw(shares), "cdr": draw(shares), "recovery": draw(shares), "recovery_lag": draw(st.integers(0, 3))}
    tranches = []
    for name in "ABC"[: draw(st.integers(1, 3))]:
        tranche = {
            "name": name,
            "balance": draw(st.integers(1, 5 * 10**5)),
            "rate": draw(rates),
            "kind": draw(st.sampled_from(["fixed", "floating"])),
        }
        if tranche["kind"] == "floating" and draw(st.booleans()):
            tranche["cap"] = draw(rates)
        tranches.append(tranche)
    deal = {"pool": pool, "tranches": tranches, "principal": draw(st.sampled_from(["sequential", "pro_rata"]))}
    deal |= {
        "index": draw(st.lists(rates, min_size=1, max_size=3)),
        "fee_rate": draw(rates),
        "fee_fixed": draw(st.sampled_from([0, 100, 5000])),
    }
    deal["revolving_periods"] = draw(st.integers(0, n - 1))
    place = draw(st.sampled_from(["before_mezzanine_interest", "after_interest"]))
    deal["reserve"] = {"balance": draw(st.sampled_from([0, 500, 20000])), "target": draw(st.sampled_from([0, 700, 30000])), "place": place}
    if draw(st.booleans()):
        deal["support"] = {"limit": draw(st.sampled_from([0, 900, 10**6])), "tranches": draw(st.integers(1, 3))}
    levels = {"cumulative_loss": st.sampled_from([0.01, 0.2]), "overcollateralization": st.sampled_from([0.5, 1, 1.2])}
    deal["triggers"] = [{"kind": kind, "level": draw(levels[kind])} for kind in draw(st.lists(st.sampled_from(sorted(levels)), max_size=2))]
    return deal


def in_yuan(deal):
    """The deal as the door reads it."""
    asked = json.loads(json.dumps(deal))
    for part in (asked["pool"], *asked["tranches"], asked["reserve"]):
        part["balance"] = yuan(part["balance"])
    asked["reserve"]["target"] = yuan(asked["reserve"]["target"])
    asked["fee_fixed"] = yuan(asked["fee_fixed"])
    if "support" in asked:
        asked["support"]["limit"] = yuan(asked["support"]["limit"])
    return asked


def sequential(cash, owed):
    parts = []
    for amount in owed:
        parts.append(min(cash, amount))
        cash -= parts[-1]
    return parts


def by_balance(cash, owed):
    cash, total = min(cash, sum(owed)), sum(owed)
    cut = [cash * amount // total if total else 0 for amount in owed]
    rest = [cash * amount % total if total else 0 for amount in owed]
    for i in sorted(range(len(owed)), key=lambda i: (-rest[i], i))[: cash - sum(cut)]:
        cut[i] += 1
    return cut


def coupon(deal, tranche, k):
    if tranche["kind"] == "fixed":
        return exact(tranche["rate"])
    rate = exact(deal["index"][min(k, len(deal["index"])) - 1]) + exact(tranche["rate"])
    return min(rate, exact(tranche["cap"])) if "cap" in tranche else rate


def plain(deal):
    """Every row, in fen, straight down the rules."""
    pool, n, m = deal["pool"], deal["pool"]["periods"], deal["pool"]["periods_per_year"]
    claims, reserve = pool["balance"], deal["reserve"]["balance"]
    owed = [tranche["balance"] for tranche in deal["tranches"]]
    support = deal.get("support", {"limit": 0, "tranches": 0})
    waiting, lost, used, fast, rows = {}, 0, 0, False, []
    for k in range(1, n + 1):
        tripped = []
        for trigger in deal["triggers"]:
            loss, cover = Fraction(lost, pool["balance"]), Fraction(claims, sum(owed)) if sum(owed) else None
            hit = (
                loss > exact(trigger["level"])
                if trigger["kind"] == "cumulative_loss"
                else cover is not None and cover < exact(trigger["level"])
            )
            tripped += [trigger["kind"]] if hit else []
        fast = fast or bool(tripped)
        revolving = k <= deal["revolving_periods"] and not fast
        opening, last = claims, k == n
        bad = near(claims * (1 - (1 - pool["cdr"]) ** (1 / m)))
        alive = claims - bad
        interest = near(alive * exact(pool["rate"]) / m)
        r = pool["rate"] / m
        level = alive * r / ((1 + r) ** (n - k + 1) - 1) if r else alive / (n - k + 1)
        principal = alive if last else min(alive, near(level + (alive - level) * (1 - (1 - pool["cpr"]) ** (1 / m))))
        back = near(bad * exact(pool["recovery"]))
        waiting[k + pool["recovery_lag"]] = waiting.get(k + pool["recovery_lag"], 0) + back
        recovered = sum(waiting.values()) if last else waiting.pop(k, 0)
        lost += bad - recovered
        claims = alive if revolving else alive - principal
        cash = interest + recovered + (0 if revolving else principal)
        fee = min(cash, near(opening * exact(deal["fee_rate"]) / m) + deal["fee_fixed"])
        cash -= fee
        paid, missing, drawn, topped, called = [], [], 0, 0, 0
        for i, tranche in enumerate(deal["tranches"]):
            due = near(owed[i] * coupon(deal, tranche, k) / m)
            got = min(cash, due)
            cash -= got
            if i == 0:
                drawn = min(due - got, reserve)
                reserve, got = reserve - drawn, got + drawn
            if i < support["tranches"]:
                help_ = min(due - got, support["limit"] - used - called)
                called, got = called + help_, got + help_
            paid.append(got)
            missing.append(due - got)
            if i == (0 if deal["reserve"]["place"] == "before_mezzanine_interest" else len(owed) - 1):
                topped = max(0, min(cash, deal["reserve"]["target"] - reserve))
                reserve, cash = reserve + topped, cash - topped
        used += called
        if last:
            drawn, cash, reserve = drawn + reserve, cash + reserve, 0
        if revolving:
            parts = [0] * len(owed)
        elif fast or last:
            parts = sequential(cash, owed)
        else:
            payable = min(cash, max(0, sum(owed) - claims))
            parts = by_balance(payable, owed) if deal["principal"] == "pro_rata" else sequential(payable, owed)
        cash -= sum(parts)
        if last:
            for i in range(min(support["tranches"], len(owed))):
                help_ = min(owed[i] - parts[i], support["limit"] - used)
                used, called, parts[i] = used + help_, called + help_, parts[i] + help_
        owed = [amount - part for amount, part in zip(owed, parts, strict=True)]
        repaid = 0 if last and any(owed) else min(cash, used)
        used -= repaid
        rows.append({
            "period": k, "pool_opening": opening, "defaults": bad, "collections": interest + principal + recovered, "fees": fee, "interest": paid,
            "shortfall": missing, "reserve_drawn": drawn, "reserve_topped_up": topped, "reserve_balance": reserve, "support_drawn": called,
            "reimbursed": repaid, "reinvested": principal if revolving else 0, "principal": parts, "balances": owed, "residual": cash - repaid,
            "accelerated": fast, "tripped": tripped,
        })  # fmt: skip
    return rows, used


KEPT = {"period", "accelerated", "tripped"}


def written(row):
    return {
        key: value if key in KEPT else [yuan(part) for part in value] if isinstance(value, list) else yuan(value)
        for key, value in row.items()
    }


@settings(max_examples=250, deadline=None)
@given(deals())
def test_every_row_of_a_deal_is_that_of_the_plain_rules(deal):
    rows, used = plain(deal)
    out = register.answer("securitization.deal", register.read_json(json.dumps(in_yuan(deal))), parameters())
    for want, got in zip(rows, out["rows"], strict=True):
        assert got == written(want)
        event(f"accelerated: {want['accelerated']}, reimbursed: {want['reimbursed'] > 0}")
    assert out["support_outstanding"] == yuan(used)
    assert out["accelerated_in"] == next((row["period"] for row in rows if row["accelerated"]), None)
    assert out["residual_total"] == yuan(sum(row["residual"] for row in rows))
    for i, tranche in enumerate(deal["tranches"]):
        result = out["tranches"][tranche["name"]]
        assert result["interest"] == yuan(sum(row["interest"][i] for row in rows))
        assert result["shortfall"] == yuan(sum(row["shortfall"][i] for row in rows))
        assert result["principal"] == yuan(sum(row["principal"][i] for row in rows))
        assert result["unpaid"] == yuan(rows[-1]["balances"][i])
        weighted = sum(row["principal"][i] * row["period"] for row in rows)
        wal = float(Fraction(weighted, deal["pool"]["periods_per_year"] * tranche["balance"]))
        assert result["wal_years"] == (None if rows[-1]["balances"][i] else wal)


@settings(max_examples=100, deadline=None)
@given(deals())
def test_i71_a_tripped_trigger_is_never_lifted(deal):
    out = register.answer("securitization.deal", register.read_json(json.dumps(in_yuan(deal))), parameters())
    seen = [row["accelerated"] for row in out["rows"]]
    assert seen == sorted(seen)
    assert all(row["accelerated"] for row in out["rows"] if row["tripped"])
    assert all(row["reinvested"] == "0.00" for row in out["rows"] if row["accelerated"])
