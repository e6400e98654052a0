"""Indicators that one right's own documents give: claims, classes, references, time to grant, family."""

import ibis
import ibis.expr.types as ir

from langqiao.data.indicators.facts import Facts
from langqiao.data.indicators.measures import Measure, inputs, number, reasons, written
from langqiao.engine.indicators.lenses import NO_RIGHT

FAMILY_MODELS = ("inpadoc", "vendor-extended", "docdb", "vendor-simple")
"""Which statement of a family is taken where several are known: the OECD counts extended (INPADOC) families."""


def references(facts: Facts) -> list[Measure]:
    """Backward citations to patents and to other literature, and claims per backward citation."""
    edges, rights = facts.edges, facts.rights
    counts = edges.group_by(unit=edges.citing).aggregate(patents=edges.count())
    base = rights.select("unit", "has_list").left_join(counts, "unit").drop("unit_right").left_join(_other_literature(facts), "unit")
    base = base.drop("unit_right").left_join(_claims(facts), "unit").drop("unit_right")
    filled = base.mutate(patents=base.patents.fill_null(0).cast("int64"), others=base.others.fill_null(0).cast("int64"))
    table = facts.engine.keep("references", filled)
    both = table.patents + table.others
    no_list = (~table.has_list, "no_citation_list")
    parts = inputs(patents=table.patents, other_literature=table.others, claims=table.claims)
    return [
        Measure(name="bwd_cits", table=written(table, value=table.patents, n=table.patents, reason=reasons(no_list), inputs=parts)),
        Measure(name="npl_cits", table=written(table, value=table.others, n=table.others, reason=reasons(no_list), inputs=parts)),
        Measure(
            name="npl_share",
            table=written(
                table,
                value=table.others / both.nullif(0),
                n=both,
                reason=reasons(no_list, (both == 0, "no_citations")),
                inputs=parts,
            ),
        ),
        Measure(
            name="claims_bwd",
            table=written(
                table,
                value=table.claims / table.patents.nullif(0),
                n=table.patents,
                reason=reasons(no_list, (table.claims.isnull(), "no_claims"), (table.patents == 0, "no_citations")),
                inputs=parts,
            ),
        ),
    ]


def _other_literature(facts: Facts) -> ir.Table:
    c = facts.sources.citations
    joined = c.filter(c.kind_of == "npl").select("key", "raw", "sequence").join(facts.documents.select("key", "unit"), "key")
    named = joined.mutate(name=ibis.ifelse(joined.raw == "", joined.key + "#" + joined.sequence.cast("string"), joined.raw))
    return named.group_by("unit").aggregate(others=named.name.nunique())


def _claims(facts: Facts) -> ir.Table:
    """(unit, claims): the count that the representative publication states, else the claims it holds."""
    c = facts.sources.claims
    held = c.group_by("key").aggregate(held=c.count())
    joined = facts.rights.select("unit", "key", "claim_count").left_join(held, "key").drop("key_right")
    stated = ibis.ifelse(joined.claim_count > 0, joined.claim_count, number("int32"))
    return joined.select("unit", claims=ibis.coalesce(stated.cast("int64"), joined.held.cast("int64")))


def claims(facts: Facts) -> list[Measure]:
    """Number of claims, of independent claims, and the words of the shortest independent one (fewer = broader), within the office."""
    rights, c = facts.rights, facts.sources.claims
    counted = _claims(facts)
    words = c.words.min(where=c.is_independent & (c.words > 0))
    held = c.group_by("key").aggregate(
        held=c.count(),
        independent=ibis.ifelse(c.is_independent, 1, 0).sum(),
        shortest=words,
        lengths=ibis.ifelse(c.is_independent & (c.words > 0), 1, 0).sum(),
    )
    table = rights.select("unit", "key", "office").left_join(held, "key").drop("key_right")
    none = (table.held.isnull(), "no_claims")
    return [
        Measure(
            name="claims",
            table=written(counted, value=counted.claims, n=counted.claims, reason=reasons((counted.claims.isnull(), "no_claims"))),
        ),
        Measure(
            name="independent_claims",
            table=written(table, value=table.independent, n=table.held.fill_null(0), reason=reasons(none), extra=table.office),
        ),
        Measure(
            name="scope_words",
            table=written(
                table,
                value=table.shortest,
                n=table.lengths.fill_null(0),
                reason=reasons((table.shortest.isnull(), "no_claims")),
                extra=table.office,
            ),
            rank_sign=-1,
        ),
    ]


def classes(facts: Facts) -> list[Measure]:
    """Distinct 4-character classes, and distinct technology fields."""
    counted = facts.classes.group_by("unit").aggregate(classes=facts.classes.count())
    scheme = facts.symbols.group_by("unit").aggregate(scheme=facts.symbols.scheme.min())
    base = facts.rights.select("unit", "fields").left_join(counted, "unit").drop("unit_right").left_join(scheme, "unit")
    table = base.drop("unit_right")
    parts = inputs(scheme=table.scheme)
    return [
        Measure(
            name="patent_scope",
            table=written(
                table, value=table.classes, n=table.classes, reason=reasons((table.classes.isnull(), "no_classification")), inputs=parts
            ),
        ),
        Measure(
            name="many_field",
            table=written(
                table, value=table.fields, n=table.classes, reason=reasons((table.fields.fill_null(0) == 0, "no_field")), inputs=parts
            ),
        ),
    ]


def grant_lag(facts: Facts) -> list[Measure]:
    """Days from filing to grant."""
    table = facts.rights
    days = table.granted_date.delta(table.filing_date, unit="day")
    why = reasons((table.granted.isnull(), "not_granted"), (table.filed.isnull(), "no_filing_date"))
    return [
        Measure(name="grant_lag", table=written(table, value=days, reason=why, inputs=inputs(filed=table.filed, granted=table.granted)))
    ]


def families(facts: Facts) -> list[Measure]:
    """Jurisdictions in the family, under the first model of FAMILY_MODELS that a source states; else only a lower bound."""
    rights = facts.rights
    counted = family_offices(facts)
    sizes = counted.group_by(["unit", "model"]).aggregate(offices=counted.office.nunique())
    seen = rights.filter(rights.family_id.notnull()).group_by("family_id").aggregate(seen=rights.office.nunique())
    base = rights.select("unit", "family_id").left_join(sizes, "unit").drop("unit_right").left_join(seen, "family_id")
    table = base.drop("family_id_right")
    return [
        Measure(
            name="family_size",
            table=written(
                table,
                value=table.offices,
                n=table.offices,
                low=ibis.ifelse(table.offices.isnull(), table.seen.fill_null(1), number("int64")),
                reason=reasons((table.offices.isnull(), "family_not_stated")),
                inputs=inputs(model=table.model),
                extra=table.model,
            ),
        )
    ]


def family_offices(facts: Facts) -> ir.Table:
    """(unit, model, office): the offices of the stated family known by the day, its own included, international applications left out."""
    f = facts.sources.families
    day = facts.as_of
    shown = ibis.coalesce(f.date, f.retrieved_at.date())
    shown_day = shown.year().cast("int32") * 10_000 + shown.month().cast("int32") * 100 + shown.day().cast("int32")
    order = ibis.cases(*[(f.model == model, place) for place, model in enumerate(FAMILY_MODELS)], else_=len(FAMILY_MODELS))
    members = f.mutate(order=order, shown=shown_day)
    public = members.filter((members.order < len(FAMILY_MODELS)) & (members.shown <= day)).select("key", "model", "office", "order")
    joined = public.join(facts.documents.select("key", "unit"), "key")
    ranked = joined.mutate(best=joined.order.min().over(group_by="unit"))
    chosen = ranked.filter(ranked.order == ranked.best).select("unit", "model", "office")
    own = chosen.select("unit", "model").distinct().join(facts.rights.select("unit", "office"), "unit")
    both = ibis.union(chosen, own.select("unit", "model", "office"), distinct=True)
    return both.filter(~both.office.isin(sorted(NO_RIGHT)))
