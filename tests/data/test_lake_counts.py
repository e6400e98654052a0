"""The counts that the shared records must give, read through the door of the command line."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from langqiao.cli import main
from langqiao.data.lake.store import Lake

SHARED = Path(os.environ.get("LANGQIAO_SHARED") or Path(__file__).parents[2].parent / "shared") / "data"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the development data folder {SHARED} is absent")


def ingested(folder: str, lake: Path, *options: str) -> dict:
    result = CliRunner().invoke(main, ["ingest", str(SHARED / folder), "--lake", str(lake), "--json", *options])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def grants(tmp_path_factory):
    root = tmp_path_factory.mktemp("grants") / "lake"
    return ingested("us_fulltext/grants_concatenated", root), Lake(root)


def test_the_ten_concatenated_files_hold_what_their_readme_says(grants):
    report, _ = grants
    expected = {"files": 10, "documents": 426, "skipped": 5, "publications": 421, "claims": 3346, "citations": 10395, "quarantined": 0}
    assert {name: report[name] for name in expected} == expected
    assert all(isinstance(value, int) for name, value in report.items() if name != "seconds")
    assert report["seconds"] > 0


def test_the_lake_holds_the_same_rows_and_every_kind_of_patent(grants):
    _, lake = grants
    counts = lake.counts()
    assert (counts["publications"], counts["claims"], counts["citations"], counts["documents"]) == (421, 3346, 10395, 426)
    kinds = Counter(lake.table("publications").patent_type.to_pyarrow().to_pylist())
    assert kinds == {"invention": 199, "design": 220, "plant": 1, "sir": 1}
    owners = lake.table("parties").filter(lambda t: t.role == "owner").key.nunique().to_pyarrow().as_py()
    assert owners == 363


def test_reading_the_files_again_tells_the_same_and_adds_nothing(grants):
    first, lake = grants
    version = lake.version
    again = ingested("us_fulltext/grants_concatenated", lake.root)
    assert again["files_unchanged"] == 10
    assert again["batches"] == 0
    assert lake.version == version
    ignored = {"files_unchanged", "batches", "seconds"}
    assert {name: value for name, value in again.items() if name not in ignored} == {
        name: value for name, value in first.items() if name not in ignored
    }


def test_every_row_leads_back_to_its_bytes(grants):
    _, lake = grants
    for row in lake.table("publications").limit(40).to_pyarrow().to_pylist():
        data = lake.raw(row["source_file"], row["offset"], row["length"], sha256=row["sha256"])
        assert data.startswith(b"<?xml")
        assert row["number_raw"].encode() in data


def test_a_dossier_is_whole_and_quick(grants, benchmark_seconds):
    _, lake = grants
    [key] = lake.keys_of("US 6,981,898 B2")
    dossier = lake.dossier(key)
    assert (key, len(dossier.claims), len(dossier.citations)) == ("US-6981898-B2", 16, 17)
    assert [claim["number"] for claim in dossier.claims] == list(range(1, 17))
    assert benchmark_seconds(lambda: lake.dossier(key)) < 0.1, "30 ms where it was written; slower machines have room"


@pytest.fixture
def benchmark_seconds():
    """The least CPU seconds of several calls: other programs on the machine do not count."""
    import time

    def least(call) -> float:
        taken = []
        for _ in range(7):
            start = time.process_time()
            call()
            taken.append(time.process_time() - start)
        return min(taken)

    return least


def test_conveyances_are_counted_by_reel_and_frame(tmp_path):
    report = ingested("us_assignments", tmp_path / "lake")
    lake = Lake(tmp_path / "lake")
    assert report["conveyances"] == 3295 + 5314 + 11
    assert lake.counts()["conveyances"] == 3295 + 5314 + 11
    assert lake.table("conveyances").conveyance_key.nunique().to_pyarrow().as_py() == 8620


def test_the_gazette_gives_one_publication_for_both_encodings(tmp_path):
    report = ingested("cn_gazette", tmp_path / "lake", "--workers", "2")
    assert report["documents"] == 16_000
    assert report["publications"] == 8_000
    assert report["quarantined"] == 0
    assert Lake(tmp_path / "lake").counts()["publications"] == 8_000


def test_files_that_are_no_xml_are_refused_with_a_reason(tmp_path):
    report = ingested("epo/negative", tmp_path / "lake")
    assert report["files"] == 3
    assert report["publications"] == 0
    assert report["quarantined"] == 3
    assert report["problems"] >= 3
    folder = tmp_path / "lake" / "quarantine"
    assert sorted(path.read_bytes() for path in folder.iterdir()) == sorted(
        path.read_bytes() for path in (SHARED / "epo/negative").iterdir()
    )
