"""What others ask a lake: which patent a number means, its dossier, how complete it all is, and the bytes behind a row."""

import gzip
import io
import tarfile
import zipfile

import pytest

from langqiao.data.lake import columns
from langqiao.data.lake.sources import source_path
from langqiao.data.lake.store import Lake
from tests.data.lake_world import conveyance, grant, lake_of, rows


def zipped(**entries: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name.replace("__", "/"), data)
    return packed.getvalue()


def tarred(**entries: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, data in entries.items():
            info = tarfile.TarInfo(name.replace("__", "/"))
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def test_a_number_is_found_in_every_written_form(tmp_path):
    lake, _ = lake_of(tmp_path, {"a.xml": grant("1000001") + grant("1000002")})
    for text in ("US-1000001-B2", "us 1,000,001 b2", "US1000001B2", "1000001", "US 1000001", "16/000,001", " US16000001 "):
        assert lake.keys_of(text) == ["US-1000001-B2"], text
    assert lake.keys_of("1000009") == []
    assert lake.keys_of("") == []
    assert lake.keys_of("' OR 1=1 --") == []


def test_a_dossier_holds_citations_both_ways_deeds_and_provenance(tmp_path):
    files = {
        "a.xml": grant("1000001", cites=("900001",)) + grant("1000002", cites=("1000001",)),
        "b.jsonl": conveyance(3) + conveyance(4, patent="9"),
    }
    lake, _ = lake_of(tmp_path, files)
    dossier = lake.dossier("US-1000001-B2")
    assert [row["cited_number"] for row in dossier.citations] == ["900001"]
    assert [(row["key"], row["citing_title"]) for row in dossier.cited_by] == [("US-1000002-B2", "A test, not a patent")]
    assert {row["conveyance_key"] for row in dossier.conveyances} == {"000001/0003", "000001/0004"}
    assert dossier.description["text"].strip() == "Text."
    for row in [dossier.publication, *dossier.claims, *dossier.citations, *dossier.conveyances]:
        data = lake.raw(row["source_file"], row["offset"], row["length"], sha256=row["sha256"])
        assert data
    with pytest.raises(KeyError, match="does not hold US-7-B2"):
        lake.dossier("US-7-B2")


@pytest.mark.parametrize(
    ("name", "data", "member"),
    [
        ("a.xml", grant("1000001"), "a.xml"),
        ("a.xml.gz", gzip.compress(grant("1000001")), "a.xml.gz"),
        ("a.zip", zipped(in__a=grant("1000001")), "a.zip!in/a"),
        ("a.zip", zipped(b=gzip.compress(grant("1000001"))), "a.zip!b"),
        ("a.zip", zipped(b=zipped(c=grant("1000001"))), "a.zip!b!c"),
        ("a.tar.gz", tarred(x=b"", in__a=grant("1000001")), "a.tar.gz!in/a"),
        ("a.tar.gz", tarred(in__a=zipped(b=grant("1000001"))), "a.tar.gz!in/a!b"),
    ],
)
def test_the_bytes_of_a_record_are_found_through_every_wrapping(tmp_path, name, data, member):
    lake, report = lake_of(tmp_path, {name: data})
    [row] = rows(lake, "publications")
    assert report.publications == 1
    assert row["source_file"] == str(tmp_path / "files" / member)
    (tmp_path / "files" / name).unlink()
    raw = lake.raw(row["source_file"], row["offset"], row["length"], sha256=row["sha256"])
    assert raw == grant("1000001").strip()


def test_bytes_that_are_not_those_recorded_are_not_shown(tmp_path):
    lake, _ = lake_of(tmp_path, {"a.xml": grant("1000001")})
    [row] = rows(lake, "publications")
    with pytest.raises(ValueError, match="does not hold these"):
        lake.raw(row["source_file"], row["offset"] + 1, row["length"] - 1, sha256=row["sha256"])
    with pytest.raises(ValueError, match="cannot be shown"):
        lake.raw(row["source_file"], 0, 10**12)
    with pytest.raises(LookupError, match="keeps no copy"):
        lake.raw("/etc/passwd", 0, 10)
    [unit] = lake.manifest.units()
    source_path(lake.root, unit.sha256).write_bytes(b"changed")
    with pytest.raises(ValueError, match="does not hold these"):
        lake.raw(row["source_file"], row["offset"], row["length"], sha256=row["sha256"])


def test_the_bytes_of_an_earlier_version_of_a_file_are_still_shown(tmp_path):
    from langqiao.data.lake.ingest import ingest

    lake, _ = lake_of(tmp_path, {"a.xml": grant("1000001", title="First")})
    (tmp_path / "files" / "a.xml").write_bytes(grant("1000001", title="Second, which is longer"))
    ingest([tmp_path / "files"], lake)
    for row in rows(lake, "publications", latest=False):
        assert row["title"].encode() in lake.raw(row["source_file"], row["offset"], row["length"], sha256=row["sha256"])


def test_a_long_description_is_stored_in_parts_and_read_as_one(tmp_path, monkeypatch):
    monkeypatch.setattr(columns, "PART_BYTES", 1_000)
    texts = {"1000001": "桥" * 1_500 + "é" * 700, "1000002": "short", "1000003": "x" * 1_000, "1000004": "y" * 1_001}
    files = {
        "a.xml": b"".join(grant(number, text=text) for number, text in texts.items()),
        "b.zip": zipped(c=grant("1000001", text=texts["1000001"])),
    }
    lake, _ = lake_of(tmp_path, files)
    stored = lake.table("description_parts", latest=False).key.to_pyarrow().to_pylist()
    assert {key: stored.count(key) for key in set(stored)} == {"US-1000001-B2": 2 * 5, "US-1000004-B2": 1}
    for latest in (True, False):
        assert {row["key"].split("-")[1]: row["text"] for row in rows(lake, "descriptions", latest=latest)} == texts
    assert len(rows(lake, "descriptions", latest=False)) == 5
    assert {number: lake.dossier(f"US-{number}-B2").description["text"] for number in texts} == texts


def test_coverage_counts_what_is_filled_by_office(tmp_path):
    lake, _ = lake_of(tmp_path, {"a.xml": grant("1000001", cites=("9",)) + grant("1000002", text="")})
    found = {entry.field: entry for entry in lake.coverage()}
    assert (found["title"].n, found["title"].filled, found["title"].share) == (2, 2, 1.0)
    assert (found["abstract"].filled, found["citations"].filled, found["family_id"].filled, found["claims"].filled) == (1, 1, 0, 2)
    assert {entry.office for entry in lake.coverage()} == {"US"}


def test_an_empty_lake_answers_with_nothing_and_writes_nothing(tmp_path):
    lake = Lake(tmp_path / "none")
    assert lake.counts()["publications"] == 0
    assert lake.keys_of("US1000001B2") == []
    assert lake.coverage() == []
    assert not (tmp_path / "none").exists()
