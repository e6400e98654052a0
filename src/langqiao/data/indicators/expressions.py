"""Every indicator over all rights, as expressions on any engine, in the order of the register."""

import ibis.expr.types as ir

from langqiao.data.indicators import basic, composite, dispersion, disruption, forward, market
from langqiao.data.indicators.facts import Facts
from langqiao.data.indicators.forward import Windows
from langqiao.data.indicators.measures import Measure
from langqiao.data.indicators.register import INDICATORS


def all_measures(facts: Facts, held: Windows, cd: ir.Table) -> list[Measure]:
    """All measures; `cd` is what disruption.by_kernel or disruption.by_join gave."""
    cited = facts.engine.keep("citing", forward.citing(facts))
    counted = forward.counts(facts, held, cited)
    found = [
        *counted,
        *forward.breakthroughs(facts, counted),
        *forward.expected(facts, held, cited),
        *dispersion.generality(facts, held, cited),
        *dispersion.originality(facts),
        *dispersion.radicalness(facts),
        *disruption.measures(held, cd),
        *basic.families(facts),
        *basic.classes(facts),
        *basic.grant_lag(facts),
        *basic.claims(facts),
        *basic.references(facts),
        *market.asset_index(facts, held, cited),
        market.growth(facts, held),
        market.concentration(facts),
    ]
    by_name = {measure.name: measure for measure in found}
    found += composite.measures(facts, by_name)
    found.append(market.valuable(facts, held, cited, references=by_name["bwd_cits"], claims=by_name["claims"]))
    by_name = {measure.name: measure for measure in found}
    assert by_name.keys() == INDICATORS.keys(), f"register and measures differ: {by_name.keys() ^ INDICATORS.keys()}"
    return [by_name[name] for name in INDICATORS]
