"""Every indicator of the random world, right by right, from the pure formulas of engine.indicators: slow, plain, the specification."""

import dataclasses
import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from langqiao.data.indicators.basic import FAMILY_MODELS
from langqiao.data.indicators.compute import References
from langqiao.engine.indicators import citations, cohort, composite, dispersion, lenses, scope, truncation
from langqiao.engine.indicators.disruption import Graph
from langqiao.engine.indicators.reading import (
    MIN_COHORT,
    MIN_COMPLETENESS,
    MIN_COVERAGE,
    Reading,
    calendar_day,
    month_index,
    months_between,
)


@dataclass
class Right:
    unit: str
    documents: list[dict] = dataclasses.field(default_factory=list)
    main: dict = dataclasses.field(default_factory=dict)
    published: int | None = None
    filed: int | None = None
    granted: int | None = None
    cites_from: int | None = None
    symbols: dict[str, str] = dataclasses.field(default_factory=dict)  # symbol → subclass
    main_class: str | None = None
    main_group: str | None = None
    field: int | None = None
    fields: set[int] = dataclasses.field(default_factory=set)
    owners: frozenset[str] = frozenset()
    has_list: bool = False
    family: str = ""

    @property
    def year(self) -> int | None:
        return self.filed // 10_000 if self.filed else None

    @property
    def classes(self) -> Counter:
        return Counter(self.symbols.values())


@dataclass(frozen=True)
class Figure:
    reading: Reading
    extra: str = ""
    apart: str = ""


class World:
    """The facts public by a day, as Python objects."""

    def __init__(self, made: dict[str, list[dict]], reference: References, as_of: dt.date) -> None:
        self.as_of = calendar_day(as_of)
        self.made = made
        self.rights: dict[str, Right] = {}
        self.of_key: dict[str, Right] = {}
        by_key = {name: _by_key(rows) for name, rows in made.items()}
        self.parts = by_key
        for row in made["publications"]:
            shown = row["publication_date"] or row["grant_date"]
            known = shown or row["retrieved_at"].date()
            if known > as_of:
                continue
            granted = row["grant_date"] or (row["publication_date"] if row["stage"] == "grant" else None)
            granted = granted if granted and granted <= as_of else None
            document = {**row, "shown": shown and calendar_day(shown), "known": calendar_day(known)}
            document |= {"granted": granted and calendar_day(granted), "granted_date": granted}
            unit = f"{row['office']}/{row['application_number']}" if row["application_number"] else row["key"]
            right = self.rights.setdefault(unit, Right(unit=unit))
            right.documents.append(document)
            self.of_key[row["key"]] = right
        carried = {
            (d["office"], d["stage"], d["format"])
            for right in self.rights.values()
            for d in right.documents
            if by_key["citations"][d["key"]]
        }
        for right in self.rights.values():
            self._complete(right, reference, carried)
        self._edges()
        self.coverage = self._coverage(reference)
        self.gni = {row["office"]: row["gni"] for row in reference.gni.to_pylist() if row["published_on"] <= as_of}

    def _complete(self, right: Right, reference: References, carried: set) -> None:
        right.documents.sort(key=lambda d: (d["stage"] != "grant", -d["known"], d["key"]))
        right.main = right.documents[0]
        right.published = min((d["shown"] for d in right.documents if d["shown"]), default=None)
        filed = min((d["filing_date"] for d in right.documents if d["filing_date"]), default=None)
        right.filed = calendar_day(filed) if filed else None
        right.granted = min((d["granted"] for d in right.documents if d["granted"]), default=None)
        right.family = min((d["family_id"] for d in right.documents if d["family_id"]), default=right.unit)
        right.has_list = any((d["office"], d["stage"], d["format"]) in carried for d in right.documents)
        citing = [d["shown"] for d in right.documents if self.parts["citations"][d["key"]] and d["shown"]]
        right.cites_from = min(citing, default=right.published)
        rows = [(d, row) for d in right.documents for row in self.parts["classifications"][d["key"]]]
        scheme = "ipc" if any(row["scheme"] == "ipc" for _, row in rows) else "cpc"
        rows = [(d, row) for d, row in rows if row["scheme"] == scheme]
        right.symbols = {row["symbol"]: row["subclass"] for _, row in rows}
        places = {(s, g): f for s, g, f in ((r["subclass"], r["main_group"], r["field"]) for r in reference.fields.to_pylist())}

        def place(symbol: str, subclass: str) -> int | None:
            return places.get((subclass, symbol.split(" ")[1].split("/")[0]), places.get((subclass, "")))

        right.fields = {f for s, c in right.symbols.items() if (f := place(s, c))}
        if rows:
            first = min(
                rows,
                key=lambda p: (
                    not p[1]["is_main"],
                    p[0]["stage"] != "grant",
                    -p[0]["known"],
                    p[0]["key"],
                    p[1]["sequence"],
                    p[1]["symbol"],
                ),
            )[1]
            right.main_class, right.field = first["subclass"], place(first["symbol"], first["subclass"])
            right.main_group = first["symbol"].split("/")[0]
        people = [row for d in right.documents for row in self.parts["parties"][d["key"]] if row["role"] in {"owner", "applicant"}]
        roles = {row["role"] for row in people}
        wanted = "owner" if "owner" in roles else "applicant"
        names = [row["name"] for row in people if row["role"] == wanted]
        right.owners = frozenset(reference.resolve(names)[name] for name in names)

    def _edges(self) -> None:
        exact, loose = defaultdict(set), defaultdict(set)
        for right in self.rights.values():
            for d in right.documents:
                exact[d["office"], d["number"], d["kind"]].add(right.unit)
                loose[d["office"], d["number"]].add(right.unit)
        self.edges: dict[tuple[str, str], tuple[int, bool, bool]] = {}
        for right in self.rights.values():
            for d in right.documents:
                for row in self.parts["citations"][d["key"]]:
                    if row["kind_of"] != "patent":
                        continue
                    one = exact[row["cited_office"], row["cited_number"], row["cited_kind"]]
                    other = loose[row["cited_office"], row["cited_number"]]
                    inside = next((iter(s) for s in (one, other) if len(s) == 1), None)
                    cited = next(inside) if inside else f"{row['cited_office']}-{row['cited_number']}"
                    if cited == right.unit:
                        continue
                    xy = "X" in row["relevance"] or "Y" in row["relevance"]
                    old = self.edges.get((right.unit, cited), (99999999, False, False))
                    self.edges[right.unit, cited] = (min(old[0], d["known"]), old[1] or xy, old[2] or inside is not None)
        self.cites, self.cited_by = defaultdict(list), defaultdict(list)
        for (citing, cited), (day, xy, inside) in self.edges.items():
            self.cites[citing].append(cited)
            if inside:
                one = citations.Citing(day=day, is_xy=xy, owners=self.rights[citing].owners)
                self.cited_by[cited].append((citing, one))

    def _coverage(self, reference: References) -> dict[tuple[str, str], dict[int, float]]:
        held = Counter((r.main["office"], r.main["patent_type"], r.granted // 10_000) for r in self.rights.values() if r.granted)
        found: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
        for row in reference.totals.to_pylist():
            key = (row["office"], row["patent_type"])
            if held[*key, row["year"]]:
                found[key][row["year"]] = min(1.0, held[*key, row["year"]] / row["total"])
        return found

    def completeness(self, right: Right, years: int | None) -> float | None:
        if right.published is None:
            return None
        first = month_index(right.published)
        last = first + 12 * years if years else month_index(self.as_of) + 1
        return citations.window_completeness(first, last, self.coverage[right.main["office"], right.main["patent_type"]])

    def after(self, right: Right, years: int | None = None) -> list[tuple[str, citations.Citing]]:
        if right.published is None:
            return []
        rows = [(u, c) for u, c in self.cited_by[right.unit] if c.day > right.published]
        return rows if years is None else [(u, c) for u, c in rows if c in citations.within([c], right.published, years)]


def _by_key(rows: list[dict]) -> dict[str, list[dict]]:
    found = defaultdict(list)
    for row in rows:
        found[row["key"]].append(row)
    return found


def figures(world: World) -> dict[str, dict[str, Figure]]:
    """indicator → unit → figure."""
    found: dict[str, dict[str, Figure]] = defaultdict(dict)
    xy_offices = {
        world.of_key[row["key"]].main["office"] for row in world.made["citations"] if row["relevance"] and row["key"] in world.of_key
    }
    for right in world.rights.values():
        _forward(world, right, found, xy_offices)
        _spread(world, right, found)
        _basic(world, right, found)
    _disruption(world, found)
    _breakthroughs(world, found)
    _expected(world, found)
    _growth(world, found)
    _concentration(world, found)
    _asset_index(world, found)
    _composites(world, found)
    return found


def _unknown(world: World, right: Right, years: int) -> str:
    if right.published is None:
        return "no_publication_date"
    if right.published + years * 10_000 > world.as_of:
        return "window_open"
    return "citing_coverage" if world.completeness(right, years) < MIN_COVERAGE else ""


def _forward(world: World, right: Right, found: dict, xy_offices: set) -> None:
    for years in (5, 7):
        inside = [c for _, c in world.after(right, years)]
        kin = citations.self_citations(right.owners, inside)
        complete = world.completeness(right, years)
        xy = sum(1 for c in inside if c.is_xy)
        if right.published is None:
            base = {name: Reading(value=None, n=0, low=0, reason="no_publication_date") for name in ("", "_xy", "_self")}
        else:
            closed = right.published + years * 10_000 <= world.as_of
            base = {
                name: replace(citations.forward(count, completeness=complete, is_closed=closed), n=len(inside))
                for name, count in (("", len(inside)), ("_xy", xy), ("_self", kin.own))
            }
        if base["_xy"].value is not None and right.main["office"] not in xy_offices:
            base["_xy"] = replace(base["_xy"], value=None, reason="relevance_not_recorded")
        if base["_self"].value is not None and kin.unknown:
            base["_self"] = replace(base["_self"], value=None, reason="owner_unknown")
        for name, reading in base.items():
            found[f"fwd_cits{years}{name}"][right.unit] = Figure(reading)


def _main_counts(world: World, units: list[str]) -> list[int]:
    return list(Counter(world.rights[u].main_class for u in units if u in world.rights and world.rights[u].main_class).values())


def _share(n: int, others: int) -> float:
    return n / others if others else 1.0


def _named(reading: Reading, n: int, others: int, complete: float | None, why: str) -> Figure:
    if why:
        return Figure(Reading(value=None, n=n, completeness=complete, reason=why))
    if n == 0 and others:
        return Figure(Reading(value=None, n=0, completeness=complete, reason="classes_unknown"))
    return Figure(replace(reading, completeness=complete))


def _spread(world: World, right: Right, found: dict) -> None:
    citing = [u for u, _ in world.after(right, 5)]
    counts = _main_counts(world, citing)
    window = world.completeness(right, 5)
    complete = None if window is None else window * _share(sum(counts), len(citing))
    why = "no_publication_date" if right.published is None else "window_open" if right.published + 50_000 > world.as_of else ""
    unseen = "citing_coverage" if window is not None and window < MIN_COVERAGE and sum(counts) < 2 else ""
    raw_why = why or (unseen if sum(counts) == 0 else "")
    found["generality_raw"][right.unit] = _named(dispersion.raw(counts), sum(counts), len(citing), complete, raw_why)
    found["generality"][right.unit] = _named(dispersion.corrected(counts), sum(counts), len(citing), complete, why or unseen)
    shares = [world.rights[u].classes for u in citing if world.rights[u].symbols]
    found["generality_oecd"][right.unit] = _named(
        dispersion.weighted(shares), len(shares), len(citing), complete, _unknown(world, right, 5)
    )
    cited = world.cites[right.unit]
    counts = _main_counts(world, cited)
    no_list = "" if right.has_list else "no_citation_list"
    complete = _share(sum(counts), len(cited))
    found["originality_raw"][right.unit] = _named(dispersion.raw(counts), sum(counts), len(cited), complete, no_list)
    found["originality"][right.unit] = _named(dispersion.corrected(counts), sum(counts), len(cited), complete, no_list)
    symbols = [world.rights[u].classes for u in cited if u in world.rights and world.rights[u].symbols]
    why = no_list or ("" if right.symbols else "no_classification")
    complete = _share(len(symbols), len(cited))
    own = set(right.classes)
    simple, oecd = citations.radicalness(own, symbols), citations.radicalness_oecd(own, symbols)
    found["radicalness"][right.unit] = _named(simple, len(symbols), len(cited), complete, why)
    found["radicalness_oecd"][right.unit] = _named(oecd, len(symbols), len(cited), complete, why)


def _basic(world: World, right: Right, found: dict) -> None:
    key, office = right.main["key"], right.main["office"]
    claims = [scope.ClaimLength(words=c["words"], is_independent=c["is_independent"]) for c in world.parts["claims"][key]]
    stated = right.main["claim_count"] or len(claims) or None
    found["claims"][right.unit] = Figure(Reading(value=stated, n=stated, reason="" if stated else "no_claims"))
    found["independent_claims"][right.unit] = Figure(scope.independent_claims(claims), extra=office)
    found["scope_words"][right.unit] = Figure(scope.scope_words(claims), extra=office)
    patents = len(world.cites[right.unit])
    npl = {
        row["raw"] or f"{row['key']}#{row['sequence']}"
        for d in right.documents
        for row in world.parts["citations"][d["key"]]
        if row["kind_of"] == "npl"
    }
    no_list = "" if right.has_list else "no_citation_list"

    def plain(value: float | None, n: int, why: str) -> Figure:
        return Figure(Reading(value=None if no_list or why else value, n=n, reason=no_list or why))

    found["bwd_cits"][right.unit] = plain(patents, patents, "")
    found["npl_cits"][right.unit] = plain(len(npl), len(npl), "")
    both = patents + len(npl)
    found["npl_share"][right.unit] = plain(len(npl) / both if both else None, both, "" if both else "no_citations")
    why = "no_claims" if not stated else "" if patents else "no_citations"
    found["claims_bwd"][right.unit] = plain(stated / patents if stated and patents else None, patents, why)
    classes = len(right.classes) or None
    found["patent_scope"][right.unit] = Figure(Reading(value=classes, n=classes, reason="" if classes else "no_classification"))
    fields = len(right.fields) or None
    found["many_field"][right.unit] = Figure(Reading(value=fields, n=classes, reason="" if fields else "no_field"))
    granted = min((d["granted_date"] for d in right.documents if d["granted_date"]), default=None)
    filed = min((d["filing_date"] for d in right.documents if d["filing_date"]), default=None)
    why = "not_granted" if granted is None else "no_filing_date" if filed is None else ""
    found["grant_lag"][right.unit] = Figure(Reading(value=None if why else (granted - filed).days, reason=why))
    _family(world, right, found)
    age = months_between(right.filed, world.as_of) if right.filed else None
    complete = world.completeness(right, None)
    inventors = {row["name"] for row in world.parts["parties"][key] if row["role"] == "inventor"}
    life = None
    if age is not None and right.main["patent_type"] == "invention" and 240 - age <= 12:
        life = (240 - age) / 12
    facts = lenses.ValuableFacts(
        references=patents if right.has_list else None,
        cited_by=len(world.after(right)) if complete is not None and complete >= MIN_COVERAGE else None,
        age_years=age / 12 if age is not None else None,
        life_years=life,
        inventors=len(inventors) or None,
        pendency_years=months_between(right.filed, right.published) / 12 if right.filed and right.published else None,
        claims=stated,
    )
    found["valuable_count"][right.unit] = Figure(lenses.valuable_count(facts))


def family(world: World, right: Right) -> tuple[str, set[str]] | None:
    members = []
    for d in right.documents:
        for row in world.parts["families"][d["key"]]:
            day = calendar_day(row["date"] or row["retrieved_at"].date())
            if row["model"] in FAMILY_MODELS and day <= world.as_of:
                members.append((FAMILY_MODELS.index(row["model"]), row["model"], row["office"]))
    if not members:
        return None
    best = min(members)[0]
    offices = {office for place, _, office in members if place == best} | {right.main["office"]}
    return FAMILY_MODELS[best], offices - lenses.NO_RIGHT


def _family(world: World, right: Right, found: dict) -> None:
    stated = family(world, right)
    seen = {r.main["office"] for r in world.rights.values() if r.family == right.family} if right.family != right.unit else {"own"}
    if stated is None:
        found["family_size"][right.unit] = Figure(Reading(value=None, low=len(seen), reason="family_not_stated"))
        found["pai_coverage"][right.unit] = Figure(Reading(value=None, reason="family_not_stated"))
        return
    model, offices = stated
    found["family_size"][right.unit] = Figure(Reading(value=len(offices), n=len(offices)), extra=model)
    if "US" in world.gni:
        found["pai_coverage"][right.unit] = Figure(lenses.market_coverage(offices, world.gni))
        return
    why = "regional_validation_unknown" if offices & lenses.REGIONAL else "market_size_unknown"
    found["pai_coverage"][right.unit] = Figure(Reading(value=None, n=0, low=0, reason=why))


def _disruption(world: World, found: dict) -> None:
    time = {unit: right.cites_from or 0 for unit, right in world.rights.items()}
    edges = [(citing, cited) for citing, cited in world.edges if time[citing] > 0]
    for _, cited in edges:
        time.setdefault(cited, 0)
    graph = Graph(edges, time)
    for right in world.rights.values():
        one = graph.disruption(right.unit, 50_000)
        why = _unknown(world, right, 5) or ("" if right.has_list else "no_citation_list") or ("" if one.n else "no_citations")
        complete = world.completeness(right, 5)
        apart = "" if one.n_refs else "no_references"
        for name, value in (("cd5", one.cd), ("mcd5", one.mcd)):
            reading = Reading(value=None if why else value, n=one.n, completeness=complete, reason=why)
            found[name][right.unit] = Figure(reading, apart=apart)


def enters(world: World, unit: str, figure: Figure) -> bool:
    right = world.rights[unit]
    full = figure.reading.completeness is None or figure.reading.completeness >= MIN_COMPLETENESS
    return figure.reading.value is not None and full and not figure.apart and right.field is not None and right.year is not None


def cohorts(world: World, by_unit: dict[str, Figure]) -> dict[tuple, list[float]]:
    found = defaultdict(list)
    for unit, figure in by_unit.items():
        if enters(world, unit, figure):
            right = world.rights[unit]
            found[right.field, right.year, figure.extra].append(figure.reading.value)
    return found


def _breakthroughs(world: World, found: dict) -> None:
    for name in ("", "_xy"):
        by_unit = found[f"fwd_cits5{name}"]
        groups = cohorts(world, by_unit)
        for unit, figure in by_unit.items():
            right, reading = world.rights[unit], figure.reading
            members = groups.get((right.field, right.year, ""), [])
            known = reading.reason or ("no_field" if right.field is None else "no_filing_date" if right.year is None else "")
            n = len(members) or None
            if known:
                one = Reading(value=None, n=n, completeness=reading.completeness, reason=known)
            else:
                one = replace(cohort.breakthrough(reading.value, members), n=n, completeness=reading.completeness)
            found[f"breakthrough{name}"][unit] = Figure(one)


def _expected(world: World, found: dict) -> None:
    counts, lags = defaultdict(list), defaultdict(list)

    def lag(right: Right) -> list[int]:
        return [min(months_between(right.published, c.day), 59) for _, c in world.after(right, 5)]

    for right in world.rights.values():
        if not _unknown(world, right, 5) and right.field is not None:
            counts[right.field].append(len(world.after(right, 5)))
            lags[right.field] += lag(right)
    for right in world.rights.values():
        complete = world.completeness(right, None)
        age = min(months_between(right.published, world.as_of), 60) if right.published else None
        seen = sum(1 for months in lag(right) if months < age) if right.published else 0
        mature = counts[right.field] if len(counts[right.field]) >= MIN_COHORT else []
        prior = truncation.prior_of(mature)
        why = "no_publication_date" if right.published is None else "citing_coverage" if complete < MIN_COVERAGE else ""
        why = why or ("no_field" if right.field is None else "no_mature_cohort" if prior is None else "")
        if why:
            found["fwd_cits5_expected"][right.unit] = Figure(Reading(value=None, n=seen, completeness=complete, reason=why))
            continue
        elapsed = sum(1 for months in lags[right.field] if months < age) / len(lags[right.field])
        reading = truncation.expected(seen, prior, elapsed)
        found["fwd_cits5_expected"][right.unit] = Figure(replace(reading, completeness=complete))


def _growth(world: World, found: dict) -> None:
    edges = [world.as_of - years * 10_000 for years in (6, 3, 0)]
    counts: dict[tuple, list[int]] = defaultdict(lambda: [0, 0])
    for right in world.rights.values():
        if right.granted and right.main_group:
            for place, (low, high) in enumerate(pairwise(edges)):
                counts[right.main["office"], right.main["patent_type"], right.main_group][place] += low < right.granted <= high
    for right in world.rights.values():
        key = (right.main["office"], right.main["patent_type"])
        first = world.as_of // 10_000 - 6
        least = min(world.coverage[key].get(first + i, 0.0) for i in range(6))
        early, late = counts[*key, right.main_group] if right.main_group else (0, 0)
        why = "" if right.main_group else "no_classification"
        why = why or ("publication_coverage" if least < MIN_COVERAGE else "")
        reading = Reading(value=None, reason=why) if why else cohort.growth(late, early, years=3)
        found["growth_main_group"][right.unit] = Figure(replace(reading, n=early + late, completeness=least))


def _concentration(world: World, found: dict) -> None:
    owners = defaultdict(Counter)
    for right in world.rights.values():
        if right.field is not None and right.year is not None:
            owners[right.field, right.year].update(right.owners)
    for right in world.rights.values():
        counts = list(owners[right.field, right.year].values())
        n = sum(counts)
        why = "no_field" if right.field is None else "no_filing_date" if right.year is None else "" if n else "owner_unknown"
        why = why or ("small_cohort" if n < MIN_COHORT else "")
        reading = Reading(value=None, n=n or None, reason=why) if why else dispersion.concentration(counts)
        found["hhi_owners"][right.unit] = Figure(reading, apart="cohort_level")


def _asset_index(world: World, found: dict) -> None:
    refs = defaultdict(list)
    for citing, cited in world.cites.items():
        if cited:
            refs[world.rights[citing].main["office"]].append(len(cited))
    every = [n for numbers in refs.values() for n in numbers]
    weight = {o: lenses.practice_weight(sum(n) / len(n), sum(every) / len(every)) for o, n in refs.items()}
    citing: dict[str, dict[str, float]] = defaultdict(dict)
    for right in world.rights.values():
        for unit, _ in world.after(right):
            other = world.rights[unit]
            if other.family != right.family:
                one = citing[right.family]
                one[other.family] = max(one.get(other.family, 0.0), weight[other.main["office"]])
    groups = defaultdict(list)
    for right in world.rights.values():
        complete = world.completeness(right, None)
        if complete is not None and complete >= MIN_COVERAGE and right.field is not None:
            groups[right.field, right.published // 10_000].append(sum(citing[right.family].values()))
    for right in world.rights.values():
        complete = world.completeness(right, None)
        members = groups.get((right.field, right.published // 10_000), []) if right.published else []
        families = citing[right.family]
        why = "no_publication_date" if right.published is None else "citing_coverage" if complete < MIN_COVERAGE else ""
        why = why or ("no_field" if right.field is None else "small_cohort" if len(members) < MIN_COHORT else "")
        reading = (
            Reading(value=None, reason=why) if why else lenses.technology_relevance(sum(families.values()), sum(members) / len(members))
        )
        reading = replace(reading, n=len(families), completeness=complete)
        found["pai_relevance"][right.unit] = Figure(reading)
        market = found["pai_coverage"][right.unit].reading
        both = reading.reason or market.reason
        value = None if both else reading.value * market.value
        found["patent_asset_index"][right.unit] = Figure(Reading(value=value, n=len(families), completeness=complete, reason=both))


def _composites(world: World, found: dict) -> None:
    groups = {name: cohorts(world, found[name]) for name in composite.QUALITY_6}
    for right in world.rights.values():
        normal: dict[str, Any] = {}
        for name in composite.QUALITY_6:
            figure = found[name][right.unit]
            members = groups[name].get((right.field, right.year, figure.extra), [])
            normal[name] = cohort.normalized(figure.reading.value, members).value if enters(world, right.unit, figure) else None
        granted = right.granted is not None
        for name, parts in (("quality_index_4", composite.QUALITY_4), ("quality_index_6", composite.QUALITY_6)):
            one = composite.oecd(normal, parts, is_granted=granted)
            known = sum(1 for part in parts if normal[part] is not None)
            found[name][right.unit] = Figure(replace(one.reading, n=known))
        partly = composite.partial(normal)
        found["quality_partial"][right.unit] = Figure(partly.reading, apart="mixed_components")


def placed(world: World, name: str, by_unit: dict[str, Figure]) -> dict[str, tuple[str, int | None, float | None]]:
    """unit → (reason, cohort_n, percentile)."""
    sign = -1 if name == "scope_words" else 1
    groups = {key: [sign * value for value in values] for key, values in cohorts(world, by_unit).items()}
    found = {}
    for unit, figure in by_unit.items():
        right = world.rights[unit]
        has = right.field is not None and right.year is not None
        members = groups.get((right.field, right.year, figure.extra), []) if has else []
        n = len(members) if has else None
        one = cohort.percentile(sign * figure.reading.value, members) if enters(world, unit, figure) else None
        why = figure.reading.reason or ("" if one and one.value is not None else "no_field" if right.field is None else "")
        if not why and not (one and one.value is not None):
            why = "no_filing_date" if right.year is None else figure.apart or ("incomplete" if one is None else "small_cohort")
        found[unit] = (why, n, one.value if one else None)
    return found
