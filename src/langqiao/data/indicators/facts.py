"""What was public by a day: rights (one a patent application), their classes, owners, citations; every indicator is built on these."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, repeat

import ibis
import ibis.expr.types as ir

from langqiao.data.engines import Engine
from langqiao.data.indicators.references import owners
from langqiao.engine.indicators.reading import calendar_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The tables that are read: those of the lake (schema.TABLES) and reference tables.

    `fields` (subclass, main_group or "", field) is the WIPO concordance;
    `totals` (office, patent_type, year, total) says how many patents an office granted; `gni` (office, gni, published_on).
    """

    publications: ir.Table
    citations: ir.Table
    classifications: ir.Table
    parties: ir.Table
    claims: ir.Table
    families: ir.Table
    fields: ir.Table
    totals: ir.Table
    gni: ir.Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was public by `as_of` (a calendar day such as 20260630), kept by `engine`.

    `documents` one row a publication; `rights` one row an application, under the key of its representative publication (the newest
    granted one, else the newest); `symbols` (unit, symbol, subclass, main_group); `classes` (unit, subclass, symbols, is_main);
    `owners` (unit, owner); `edges` (citing, cited, day, is_xy) once for each pair, `cited` a unit or a document outside the lake.
    """

    engine: Engine
    sources: Sources
    as_of: int
    documents: ir.Table
    rights: ir.Table
    symbols: ir.Table
    classes: ir.Table
    owners: ir.Table
    edges: ir.Table


Resolve = Callable[[Iterable[str]], Mapping[str, str]]
"""Written names, repeated as often as they are written, to the name that stands for the owner."""


def gather(engine: Engine, sources: Sources, as_of: dt.date, *, resolve: Resolve) -> Facts:
    """The facts public by a day. A record counts from its publication (or grant), one without either date from its retrieval.

    `resolve` sees only names written by that day.
    """
    documents = engine.keep("documents", _documents(sources, as_of))
    symbols = engine.keep("symbols", _symbols(sources, documents))
    classes = engine.keep("classes", _classes(symbols))
    rights = engine.keep("rights", _rights(sources, documents, symbols))
    return Facts(
        engine=engine,
        sources=sources,
        as_of=calendar_day(as_of),
        documents=documents,
        rights=rights,
        symbols=symbols,
        classes=classes,
        owners=engine.keep("owners", _owners(engine, sources, documents, resolve)),
        edges=engine.keep("edges", _edges(sources, documents)),
    )


def day_of(date: ir.Value) -> ir.IntegerValue:
    """A date as a calendar day: 20260630."""
    return date.year().cast("int32") * 10_000 + date.month().cast("int32") * 100 + date.day().cast("int32")


def month_index(day: ir.Value) -> ir.IntegerValue:
    """12 · year + month − 1 of a calendar day (engine.indicators.reading.month_index)."""
    return (day // 10_000 * 12 + day // 100 % 100 - 1).cast("int32")


def months_between(start: ir.Value, end: ir.Value) -> ir.IntegerValue:
    """Whole months between calendar days, 0 if `end` is before `start` (engine.indicators.reading.months_between)."""
    months = month_index(end) - month_index(start) - ibis.ifelse(end % 100 < start % 100, 1, 0)
    return ibis.ifelse(months < 0, 0, months).cast("int32")


def _documents(sources: Sources, as_of: dt.date) -> ir.Table:
    p = sources.publications
    shown = ibis.coalesce(p.publication_date, p.grant_date)
    known = ibis.coalesce(shown, p.retrieved_at.date())
    granted = ibis.coalesce(p.grant_date, ibis.ifelse(p.stage == "grant", p.publication_date, ibis.null("date")))
    numbered = p.application_number.notnull() & (p.application_number != "")
    day = ibis.date(as_of.year, as_of.month, as_of.day)
    return p.filter(known <= day).select(
        "key",
        "office",
        "number",
        "kind",
        "patent_type",
        "stage",
        "format",
        "claim_count",
        "filing_date",
        unit=ibis.ifelse(numbered, p.office + "/" + p.application_number, p.key),
        family_id=ibis.ifelse(p.family_id == "", ibis.null("string"), p.family_id),
        published=day_of(shown),
        known=day_of(known),
        filed=day_of(p.filing_date),
        granted=ibis.ifelse(granted <= day, day_of(granted), ibis.null("int32")),
        granted_date=ibis.ifelse(granted <= day, granted, ibis.null("date")),
    )


def _newest_first(table: ir.Table) -> list[ir.Value]:
    return [ibis.ifelse(table.stage == "grant", 0, 1), ibis.desc(table.known), table.key]


def _symbols(sources: Sources, documents: ir.Table) -> ir.Table:
    c = sources.classifications
    named = c.filter(c.scheme.isin(["ipc", "cpc"]) & (c.subclass != "")).select(
        "key", "scheme", "symbol", "subclass", "sequence", "is_main"
    )
    joined = named.join(documents.select("key", "unit", "stage", "known"), "key")
    first = [ibis.ifelse(joined.is_main.fill_null(False), 0, 1), *_newest_first(joined), joined.sequence, joined.symbol]
    main = joined.mutate(place=ibis.row_number().over(group_by=["unit", "scheme"], order_by=first))
    distinct = main.group_by(["unit", "scheme", "symbol", "subclass"]).aggregate(place=main.place.min())
    has_ipc = distinct.mutate(has_ipc=ibis.ifelse(distinct.scheme == "ipc", 1, 0).max().over(group_by="unit"))
    chosen = has_ipc.filter(ibis.ifelse(has_ipc.has_ipc == 1, has_ipc.scheme == "ipc", has_ipc.scheme == "cpc"))
    return chosen.select(
        "unit",
        "scheme",
        "symbol",
        "subclass",
        main_group=chosen.symbol.re_extract("^[A-Z][0-9][0-9][A-Z] *([0-9]+)", 1),
        is_main=chosen.place == 0,
    )


def _classes(symbols: ir.Table) -> ir.Table:
    grouped = symbols.group_by(["unit", "subclass"])
    return grouped.aggregate(symbols=symbols.count(), is_main=ibis.ifelse(symbols.is_main, 1, 0).max() == 1)


def _with_field(sources: Sources, symbols: ir.Table) -> ir.Table:
    fields = sources.fields
    narrow = fields.filter(fields.main_group != "").select("subclass", "main_group", narrow_field=fields.field)
    wide = fields.filter(fields.main_group == "").select("subclass", wide_field=fields.field)
    joined = symbols.left_join(narrow, ["subclass", "main_group"]).drop("subclass_right", "main_group_right").left_join(wide, "subclass")
    return joined.select(
        "unit", "scheme", "subclass", "main_group", "is_main", field=ibis.coalesce(joined.narrow_field, joined.wide_field).cast("int32")
    )


def _rights(sources: Sources, documents: ir.Table, symbols: ir.Table) -> ir.Table:
    ordered = documents.mutate(place=ibis.row_number().over(group_by="unit", order_by=_newest_first(documents)))
    chosen = ordered.filter(ordered.place == 0).select("unit", "key", "office", "patent_type", "claim_count")
    life = documents.group_by("unit").aggregate(
        published=documents.published.min(),
        filed=documents.filed.min(),
        granted=documents.granted.min(),
        filing_date=documents.filing_date.min(),
        granted_date=documents.granted_date.min(),
        family_id=documents.family_id.min(),
    )
    placed = _with_field(sources, symbols)
    fields = placed.group_by("unit").aggregate(
        fields=placed.field.nunique(),
        field=placed.field.max(where=placed.is_main),
        main_group=(placed.subclass + " " + placed.main_group).max(where=placed.is_main & (placed.main_group != "")),
    )
    joined = chosen.join(life, "unit").left_join(fields, "unit").drop("unit_right")
    listed = joined.left_join(_lists(sources, documents), "unit").drop("unit_right")
    return listed.mutate(
        family=ibis.coalesce(listed.family_id, listed.unit),
        year=(listed.filed // 10_000).cast("int32"),
        has_list=listed.has_list.fill_null(0) == 1,
        cites_from=ibis.coalesce(listed.cites_from, listed.published),
    )


def _lists(sources: Sources, documents: ir.Table) -> ir.Table:
    """By unit: whether its sources carry citation lists (some record of that office, stage and format has one), and since when it cites."""
    cited = sources.citations.group_by("key").aggregate(rows=sources.citations.count())
    joined = documents.left_join(cited, "key").drop("key_right")
    marked = joined.mutate(has=ibis.ifelse(joined.rows.notnull(), 1, 0))
    group = ["office", "stage", "format"]
    carried = marked.mutate(carried=marked.has.max().over(group_by=group))
    return carried.group_by("unit").aggregate(has_list=carried.carried.max(), cites_from=carried.published.min(where=carried.has == 1))


def _owners(engine: Engine, sources: Sources, documents: ir.Table, resolve: Resolve) -> ir.Table:
    """(unit, owner): the resolved owners that the right's publications name, the applicants where they name none."""
    p = sources.parties
    named = p.filter(p.role.isin(["owner", "applicant"]) & (p.name != "")).select("key", "role", "name")
    joined = named.join(documents.select("key", "unit"), "key")
    written = engine.arrow(joined.group_by("name").aggregate(mentions=joined.count()).order_by("name")).to_pydict()
    mentions = chain.from_iterable(repeat(name, count) for name, count in zip(written["name"], written["mentions"], strict=True))
    resolved = engine.load("resolved_names", owners(resolve(mentions)))
    found = joined.join(resolved, "name").mutate(is_owner=ibis.ifelse(ibis._.role == "owner", 1, 0))
    ranked = found.mutate(best=found.is_owner.max().over(group_by="unit"))
    return ranked.filter(ranked.is_owner == ranked.best).select("unit", "owner").distinct()


def _edges(sources: Sources, documents: ir.Table) -> ir.Table:
    c = sources.citations
    patents = c.filter((c.kind_of == "patent") & (c.cited_number != "") & (c.cited_office != ""))
    cited = patents.select("key", "cited_office", "cited_number", "cited_kind", "relevance")
    joined = cited.join(documents.select("key", "known", citing=documents.unit), "key")
    loose = _targets(documents, ["office", "number"]).select(cited_office=ibis._.office, cited_number=ibis._.number, loose_unit=ibis._.unit)
    exact = _targets(documents, ["office", "number", "kind"]).select(
        cited_office=ibis._.office, cited_number=ibis._.number, cited_kind=ibis._.kind, exact_unit=ibis._.unit
    )
    found = joined.left_join(exact, ["cited_office", "cited_number", "cited_kind"]).drop(
        "cited_office_right", "cited_number_right", "cited_kind_right"
    )
    found = found.left_join(loose, ["cited_office", "cited_number"]).drop("cited_office_right", "cited_number_right")
    xy = found.relevance.contains("X") | found.relevance.contains("Y")
    named = found.select(
        "citing",
        cited=ibis.coalesce(found.exact_unit, found.loose_unit, found.cited_office + "-" + found.cited_number),
        in_lake=ibis.coalesce(found.exact_unit, found.loose_unit).notnull(),
        day=found.known,
        xy=ibis.ifelse(xy.fill_null(False), 1, 0),
    )
    proper = named.filter(named.citing != named.cited)
    grouped = proper.group_by(["citing", "cited"])
    return grouped.aggregate(day=proper.day.min(), is_xy=proper.xy.max() == 1, in_lake=ibis.ifelse(proper.in_lake, 1, 0).max() == 1)


def _targets(documents: ir.Table, names: list[str]) -> ir.Table:
    """Numbers that name exactly one right of the lake; an ambiguous number is left outside."""
    numbered = documents.filter(documents.number != "")
    units = numbered.group_by(names).aggregate(unit=numbered.unit.min(), other=numbered.unit.max())
    return units.filter(units.unit == units.other)
