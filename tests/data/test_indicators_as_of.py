"""Indicators as of a day use nothing that became public later, and come out of a real lake with their reasons."""

import datetime as dt
import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner

import indicator_world as iw
from langqiao.cli.compute import compute as command
from langqiao.data.engines.duckdb import DuckDbEngine
from langqiao.data.indicators import compute, disruption, references
from langqiao.data.indicators.compute import NotComputedError, for_key
from langqiao.data.indicators.expressions import all_measures
from langqiao.data.indicators.facts import Sources
from langqiao.data.indicators.register import INDICATORS
from langqiao.data.lake.ingest import ingest
from langqiao.data.lake.store import Lake
from langqiao.data.reference.technology import wipo_field
from langqiao.engine.indicators.reading import REASONS

SHARED = Path(os.environ.get("LANGQIAO_SHARED", Path(__file__).parents[2].parent / "shared")) / "data"
DAY = dt.date(2024, 6, 30)


def long_bytes(made, reference, as_of):
    """Every row of the long table as JSON lines, by indicator and key."""
    with DuckDbEngine(threads=1) as engine:
        loaded = {name: engine.load(name, table) for name, table in iw.tables(made).items()}
        sources = Sources(**loaded, **compute.loaded(engine, reference))
        facts, held = compute.prepare(engine, sources, as_of, resolve=reference.resolve)
        lines = []
        for table in compute.long_tables(facts, all_measures(facts, held, disruption.by_kernel(facts)), as_of):
            lines += [json.dumps(row, default=str, sort_keys=True) for row in table.to_pylist()]
    return "\n".join(sorted(lines)).encode()


def public_by(made, day):
    """What an archive closed on that day would hold: no later publication, and none of their parts, grants or family members."""

    def known(row):
        return row["publication_date"] or row["grant_date"] or row["retrieved_at"].date()

    documents = [
        {**row, "grant_date": row["grant_date"] if row["grant_date"] and row["grant_date"] <= day else None}
        for row in made["publications"]
        if known(row) <= day
    ]
    keys = {row["key"] for row in documents}
    kept = {name: [row for row in rows if row["key"] in keys] for name, rows in made.items()}
    kept["families"] = [row for row in kept["families"] if row["date"] and row["date"] <= day]
    return {**kept, "publications": documents}


def test_data_cut_off_at_the_day_gives_identical_bytes():
    made = iw.world(4)
    reference = iw.reference(made, 4)
    cut = public_by(made, iw.EARLIER)
    assert 50 < len(cut["publications"]) < len(made["publications"]) - 50
    assert len(cut["families"]) < len(made["families"])
    then = long_bytes(made, reference, iw.EARLIER)
    assert then == long_bytes(cut, reference, iw.EARLIER)
    assert then != long_bytes(made, reference, iw.AS_OF)


# --- a real lake


def grant(number, *, day, claims=2, cites=()):
    """A US grant with the fewest fields; its title says that it is no patent."""
    texts = "".join(
        f'<claim num="{n:05d}"><claim-text>{n}. A bridge{", according to <claim-ref>claim 1</claim-ref>" if n > 1 else " of wood"}.</claim-text></claim>'
        for n in range(1, claims + 1)
    )
    cited = "".join(
        f'<us-citation><patcit num="{n:05d}"><document-id><country>US</country><doc-number>{cite}</doc-number><kind>B2</kind>'
        f"<date>20100105</date></document-id></patcit><category>cited by examiner</category></us-citation>"
        for n, cite in enumerate(cites, start=1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<us-patent-grant lang="EN" dtd-version="v4.5 2014-04-03" country="US">'
        "<us-bibliographic-data-grant><publication-reference><document-id><country>US</country>"
        f"<doc-number>{number}</doc-number><kind>B2</kind><date>{day}</date></document-id></publication-reference>"
        '<application-reference appl-type="utility"><document-id><country>US</country>'
        f"<doc-number>16{number[-6:]}</doc-number><date>20120106</date></document-id></application-reference>"
        "<classifications-ipcr><classification-ipcr><section>G</section><class>06</class><subclass>F</subclass>"
        "<main-group>3</main-group><subgroup>00</subgroup></classification-ipcr></classifications-ipcr>"
        "<invention-title>A test, not a patent</invention-title>"
        f"<us-references-cited>{cited}</us-references-cited></us-bibliographic-data-grant>"
        f"<abstract><p>T.</p></abstract><description><p>T.</p></description><claims>{texts}</claims></us-patent-grant>\n"
    ).encode()


@pytest.fixture
def lake(tmp_path):
    """Forty grants of 2015 and ten of 2017 that cite the first."""
    yield from made_lake(tmp_path)


@pytest.fixture(scope="module")
def computed(tmp_path_factory):
    """The same lake with its indicators and the report, for tests that only read."""
    for opened in made_lake(tmp_path_factory.mktemp("computed")):
        yield opened, compute.compute(opened, DAY)


def made_lake(tmp_path):
    first = [grant(str(9_000_000 + i), day="20150106", claims=1 + i % 7) for i in range(40)]
    later = [grant(str(9_500_000 + i), day="20170103", cites=("9000000", "9000001")) for i in range(10)]
    file = tmp_path / "ipg.xml"
    file.write_bytes(b"".join([*first, *later]))
    opened = Lake(tmp_path / "lake")
    ingest([file], opened)
    yield opened
    opened.close()


def rows_of(lake, key):
    return {row.indicator: row for row in for_key(lake, key, DAY)}


def test_a_lake_without_the_citing_years_says_unknown_and_gives_the_count_as_lower_bound(computed):
    lake, report = computed
    assert report.rights == 50 and report.rows == 50 * len(INDICATORS)
    assert report.known["fwd_cits5"] == 0 and report.known["claims"] == 50
    assert report.reasons.keys() <= REASONS.keys()
    row = rows_of(lake, "US-9000000-B2")["fwd_cits5"]
    assert (row.value, row.low, row.n, row.reason) == (None, 10.0, 10, "citing_coverage")
    assert 0 < row.completeness < 0.001
    coverage = lake.table("citing_coverage").to_pyarrow().to_pylist()
    assert [(c["office"], c["year"], c["held"], c["total"]) for c in coverage] == [("US", 2015, 40, 298408), ("US", 2017, 10, 318828)]


def test_with_the_years_declared_whole_the_count_is_known_and_zero_is_zero(lake, tmp_path):
    totals = tmp_path / "totals.csv"
    rows = [f"US,invention,{year},{total}" for year, total in ((2015, 40), (2016, 1), (2017, 10), (2018, 1), (2019, 1), (2020, 1))]
    totals.write_text("\n".join(["office,patent_type,year,total", *rows]), encoding="utf-8")
    extra = [grant(str(9_600_000 + year), day=f"{year}0106") for year in (2016, 2018, 2019, 2020)]
    (tmp_path / "more.xml").write_bytes(b"".join(extra))
    ingest([tmp_path / "more.xml"], lake)
    report = compute.compute(lake, DAY, reference=compute.default_references(totals))
    assert report.known["fwd_cits5"] == 41  # the forty and the one of January 2016, whose window ended in 2020
    cited, uncited = rows_of(lake, "US-9000000-B2"), rows_of(lake, "US-9000007-B2")
    assert (cited["fwd_cits5"].value, uncited["fwd_cits5"].value, uncited["fwd_cits5"].completeness) == (10.0, 0.0, 1.0)
    assert uncited["generality"].value is None and uncited["generality"].reason == "no_citations"
    assert cited["fwd_cits5_self"].reason == "owner_unknown"
    assert (cited["generality_raw"].value, cited["generality_raw"].n) == (0.0, 10)
    assert (cited["cd5"].value is None and cited["cd5"].reason == "") or cited["cd5"].inputs["n_refs"] in {0, None}
    assert cited["breakthrough"].value == 1.0 and uncited["breakthrough"].value == 0.0


@pytest.mark.parametrize(("text", "message"), [("US,invention,2016,0", "above zero"), ("US,invention,x,5", "line 2"), ("US", "line 2")])
def test_a_file_of_totals_that_is_wrong_names_its_line(tmp_path, text, message):
    file = tmp_path / "totals.csv"
    file.write_text(f"office,patent_type,year,total\n{text}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        references.totals(file)


def test_a_lake_without_indicators_says_how_to_get_them(lake):
    with pytest.raises(NotComputedError, match="langqiao compute"):
        for_key(lake, "US-9000000-B2")


def test_the_same_lake_gives_the_same_table_in_the_order_of_the_register(computed):
    lake, _ = computed
    first = lake.table("indicators").to_pyarrow().to_pylist()
    compute.compute(lake, DAY)
    assert lake.table("indicators").to_pyarrow().to_pylist() == first
    assert [row["indicator"] for row in first[: len(INDICATORS)]] == list(INDICATORS)


def test_another_day_and_an_unknown_key_are_named(computed):
    lake, _ = computed
    with pytest.raises(NotComputedError, match="2020-01-01"):
        for_key(lake, "US-9000000-B2", dt.date(2020, 1, 1))
    with pytest.raises(KeyError):
        for_key(lake, "US-1-B2", DAY)
    assert [row.indicator for row in for_key(lake, "US-9000000-B2")] == list(INDICATORS)


def test_claims_are_ranked_within_the_cohort_of_field_and_filing_year(computed):
    lake, _ = computed
    row = rows_of(lake, "US-9000006-B2")["claims"]
    assert (row.value, row.cohort, row.cohort_n) == (7.0, "field 6 × 2012", 50)
    values = [1 + i % 7 for i in range(40)] + [2] * 10
    assert row.percentile == 100 * (sum(v < 7 for v in values) + sum(v == 7 for v in values) / 2) / 50
    broad = rows_of(lake, "US-9000000-B2")["scope_words"]
    assert broad.value > 0 and broad.cohort.endswith("× US")


def test_a_right_granted_after_the_day_is_not_there(lake):
    compute.compute(lake, dt.date(2016, 1, 1))
    assert for_key(lake, "US-9000000-B2")[0].n == 0
    with pytest.raises(KeyError):
        for_key(lake, "US-9500000-B2")


def test_the_command_prints_one_json_object_and_the_table_is_in_the_lake(lake):
    done = CliRunner().invoke(command, ["--lake", str(lake.root), "--as-of", DAY.isoformat(), "--json"], catch_exceptions=False)
    assert done.exit_code == 0
    report = json.loads(done.stdout)
    assert report["rights"] == 50 and report["as_of"] == DAY.isoformat()
    assert Lake(lake.root).table("indicators").count().to_pyarrow().as_py() == report["rows"]


# --- the shared records


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared records are not here")
def test_the_field_of_the_shared_grants_is_that_of_their_main_symbol(tmp_path):
    opened = Lake(tmp_path / "lake")
    ingest([SHARED / "us_fulltext" / "grants_concatenated"], opened)
    with DuckDbEngine(opened.connect()) as engine:
        used = compute.default_references()
        facts, _ = compute.prepare(engine, compute.sources_of(opened, engine, used), DAY, resolve=used.resolve)
        main = facts.symbols.filter(facts.symbols.is_main).select("unit", "symbol")
        rows = engine.arrow(facts.rights.select("unit", "field").join(main, "unit")).to_pylist()
    opened.close()
    assert len(rows) > 150
    for row in rows:
        hits = wipo_field([row["symbol"]])
        assert row["field"] == (hits[0].field.number if hits else None), row
