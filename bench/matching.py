"""Ten thousand patents against one mandate: the ranking with every reason beside a plain loop that only adds up the fits and sorts.

Both read the same generated candidates (a third of the facts unknown) and give the same hundred keys; ours also makes a reason for every criterion
of every patent and counts what was excluded.
"""

import random
import time

from bench.report import Measurement

PATENTS, BEST = 10_000, 100
WORDS = ("battery", "separator", "polymer", "membrane", "coating")


def measure():
    from langqiao.engine.matching.rank import rank
    from langqiao.engine.matching.wish import Wish

    weights = {"text": 3, "field": 2, "industry": 2, "ipc": 2, "status": 2, "grade": 2, "high_value": 1, "region": 1, "price": 1}
    wish = Wish(
        words=WORDS, fields=frozenset({3, 4}), industries=frozenset({"3"}), ipc=("H01M10", "C08J"), statuses=frozenset({"in_force"}), grade_least="B",
        high_value=True, regions=("北京", "广东"), price_low_fen=10_000_000, price_high_fen=90_000_000,
    )  # fmt: skip
    found = candidates(random.Random(7))
    start = time.perf_counter()
    ranking = rank(wish, found, weights, coverage_least=0.5, count=BEST)
    ours = time.perf_counter() - start
    start = time.perf_counter()
    keys = plain(wish, found, weights)
    peer = time.perf_counter() - start
    same = [one.key for one in ranking.best] == keys
    yield Measurement(
        name="10,000 patents × 1 mandate, ranked with reasons", ours=ours, unit="s", peer=peer, peer_name="plain loop, no reasons",
        ratio=peer / ours, target="< 1 s, same order", met=ours < 1 and same, note=f"{len(ranking.best)} best, {len(ranking.thin)} thin",
    )  # fmt: skip


def candidates(dice):
    """Patents with texts of about 900 letters; every fact is unknown for about a third of them."""
    from langqiao.engine.matching.wish import Candidate

    def known(value, nothing):
        return value if dice.random() < 2 / 3 else nothing

    filler = "a method of making a layered film for use in cells with improved stability under heat and load "
    made = []
    for n in range(PATENTS):
        text = filler * 9 + " ".join(word for word in WORDS if dice.random() < 0.3)
        ipc = (dice.choice(["H01M 10/05", "C08J 5/18", "G06F 3/0481", "A61K 9/00"]),)
        made.append(
            Candidate(
                key=f"P{n:05d}",
                text=known(text, ""),
                fields=known(frozenset({dice.randint(1, 35)}), frozenset()),
                industries=frozenset(dice.sample("123456789", 1)),
                ipc=known(ipc, ()),
                status=known(dice.choice(["in_force", "lapsed"]), ""),
                grade=known(dice.choice("ABCDE"), ""),
                high_value=known(dice.choice(["met", "not_met"]), ""),
                region=known(dice.choice(["北京市", "广东省", "四川省"]), ""),
                price_fen=known(dice.randint(1, 200_000_000), None),
            )
        )
    return made


def plain(wish, found, weights):
    """The keys of the best, by the arithmetic alone."""
    rows = []
    for one in found:
        known = total = 0.0
        low, high, price = wish.price_low_fen, wish.price_high_fen, one.price_fen
        text = one.text.casefold()
        ipc = [symbol.replace(" ", "").startswith(wish.ipc) for symbol in one.ipc]
        fits = (
            ("text", sum(word in text for word in wish.words) / len(wish.words) if text else None),
            ("field", bool(one.fields & wish.fields) if one.fields else None),
            ("industry", bool(one.industries & wish.industries) if one.ipc else None),
            ("ipc", any(ipc) if ipc else None),
            ("status", one.status in wish.statuses if one.status else None),
            ("grade", one.grade <= wish.grade_least if one.grade else None),
            ("high_value", one.high_value == "met" if one.high_value else None),
            ("region", one.region.startswith(wish.regions) if one.region else None),
            ("price", None if price is None else high / price if price > high else price / low if price < low else 1.0),
        )
        for name, fit in fits:
            if fit is not None:
                known += weights[name]
                total += weights[name] * fit
        coverage = known / sum(weights.values())
        if known and coverage >= 0.5:
            rows.append((-(total / known), -coverage, one.key))
    return [key for _score, _coverage, key in sorted(rows)[:BEST]]
