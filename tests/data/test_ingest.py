"""Files into the lake: folders, archives, links, several workers; what is bad is a problem, kept aside, counted once, and the rest goes on."""

import gzip
import json
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from langqiao.cli import main
from langqiao.data.formats import detect
from langqiao.data.formats.detect import ReaderEntry
from langqiao.data.formats.limits import Limits
from langqiao.data.formats.model import Place, Publication
from langqiao.data.formats.source import Rejected
from langqiao.data.lake import lock, workers
from langqiao.data.lake.ingest import ingest
from langqiao.data.lake.lock import LakeBusyError, writing
from langqiao.data.lake.plan import Portioning, find, portions
from langqiao.data.lake.sources import Keeping
from langqiao.data.lake.store import Lake
from langqiao.engine.kernel.problem import Problem
from tests.data.lake_world import conveyance, grant, lake_of, listing, rows

BROKEN = grant("3000000")[:-40]


def quarantined(lake: Lake) -> list[bytes]:
    return sorted(path.read_bytes() for path in (lake.root / "quarantine").iterdir())


def test_a_bad_document_between_good_ones_is_kept_aside_with_file_offset_and_reason(tmp_path):
    lake, report = lake_of(tmp_path, {"a.xml": grant("1000001") + BROKEN + b"\n" + grant("1000002")})
    assert (report.documents, report.publications, report.quarantined, report.problems) == (3, 2, 1, 1)
    [problem] = rows(lake, "problems")
    assert problem["where"] == problem["source_file"] == str(tmp_path / "files" / "a.xml")
    assert (problem["offset"], problem["length"], problem["severity"]) == (len(grant("1000001")), len(BROKEN), "error")
    assert problem["message"]
    assert (lake.root / problem["quarantine_file"]).read_bytes() == BROKEN
    assert quarantined(lake) == [BROKEN]


def test_a_file_of_no_known_format_is_named_with_the_formats_tried(tmp_path):
    lake, report = lake_of(tmp_path, {"a.bin": b"\x00\x01nothing", "empty": b"", "notes.md.gz": gzip.compress(b"# notes")})
    assert (report.files, report.documents, report.quarantined, report.publications) == (3, 3, 3, 0)
    by_code = {(row["code"], Path(row["where"]).name): row for row in rows(lake, "problems")}
    assert set(by_code) == {("unknown_format", "a.bin"), ("empty_file", "empty"), ("unknown_format", "notes.md.gz")}
    assert "USPTO grant" in by_code["unknown_format", "a.bin"]["message"]
    assert quarantined(lake) == [b"", b"\x00\x01nothing", b"# notes"]


def test_reading_again_changes_no_byte(tmp_path):
    lake, first = lake_of(
        tmp_path, {"a.xml": grant("1000001") + BROKEN, "b.jsonl": conveyance(1), "c": b"?", "sub/d.xml": grant("1000002")}
    )
    before = {path: path.read_bytes() for path in sorted(lake.root.rglob("*")) if path.is_file()}
    again = ingest([tmp_path / "files"], Lake(tmp_path / "lake"))
    assert {path: path.read_bytes() for path in sorted(lake.root.rglob("*")) if path.is_file()} == before
    assert again.files_unchanged == again.files == 4
    assert {**again.as_dict(), "seconds": 0, "files_unchanged": 0, "batches": 1} == {**first.as_dict(), "seconds": 0}


def test_read_again_on_request_with_other_limits(tmp_path):
    lake, report = lake_of(tmp_path, {"a.xml": grant("1000001", text="x" * 5_000) + grant("1000002")}, limits=Limits(document_bytes=4_000))
    assert (report.publications, report.quarantined) == (1, 1)
    assert ingest([tmp_path / "files"], lake).batches == 0
    again = ingest([tmp_path / "files"], lake, again=True)
    assert (again.publications, again.quarantined, again.batches) == (2, 0, 1)
    assert lake.counts()["publications"] == 2
    third = ingest([tmp_path / "files"], lake, again=True)
    assert (third.batches, len(rows(lake, "publications", latest=False)), lake.counts()["publications"]) == (1, 5, 2)
    assert ingest([tmp_path / "files"], lake).files_unchanged == 1


def test_other_order_other_workers_same_bytes(tmp_path):
    files = {f"{n}.xml": grant(f"{1_000_000 + n}") for n in range(9)} | {"big.xml": b"".join(grant(f"{2_000_000 + n}") for n in range(40))}
    lake, _ = lake_of(tmp_path, files, portioning=(small := Portioning(group_bytes=4_000, group_files=2, slice_bytes=9_000)))
    folder = tmp_path / "files"
    from tests.data.lake_world import NOON

    for number, paths in enumerate([[*sorted(folder.iterdir(), reverse=True)], [folder / "big.xml", folder, folder / "3.xml"]]):
        other = Lake(tmp_path / f"other{number}")
        ingest(paths, other, portioning=small, clock=lambda: NOON)
        assert listing(other) == listing(lake)


def test_a_large_file_in_slices_has_the_rows_and_offsets_of_one_piece(tmp_path):
    data = b"".join(grant(f"{2_000_000 + n}", title=f"Title {n}") + (BROKEN + b"\n") * (n % 7 == 3) for n in range(40))
    whole, one = lake_of(tmp_path / "whole", {"big.xml": data})
    sliced, several = lake_of(tmp_path / "sliced", {"big.xml": data}, portioning=Portioning(slice_bytes=7_000))
    assert len(list((sliced.root / "tables" / "publications").iterdir())) > 3
    assert {**one.as_dict(), "seconds": 0} == {**several.as_dict(), "seconds": 0}
    for table in ("publications", "claims", "descriptions", "problems"):
        assert [bare(row) for row in rows(whole, table)] == [bare(row) for row in rows(sliced, table)]
    for row in rows(sliced, "problems") + rows(sliced, "publications"):
        assert sliced.raw(row["source_file"], row["offset"], row["length"], sha256=row["sha256"])


def bare(row: dict) -> dict:
    """A row without what differs between two folders."""
    return {name: value for name, value in row.items() if name not in {"source_file", "where", "known_at", "retrieved_at"}}


def test_the_same_publication_twice_counts_as_one_and_both_records_are_kept(tmp_path):
    lake, report = lake_of(tmp_path, {"a.xml": grant("1000001"), "b.xml": grant("1000001", title="Again")})
    assert (report.documents, report.publications) == (2, 1)
    assert len(rows(lake, "publications", latest=False)) == 2
    assert lake.counts()["publications"] == 1


def test_links_pipes_and_unreadable_files_are_refused_and_the_rest_is_read(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "loop").symlink_to(folder)
    (folder / "passwords").symlink_to("/etc/passwd")
    (folder / "nowhere").symlink_to(folder / "gone")
    os.mkfifo(folder / "pipe")
    lake, report = lake_of(tmp_path, {"a.xml": grant("1000001")})
    assert (report.files, report.publications, report.quarantined) == (5, 1, 4)
    codes = {Path(row["where"]).name: row["code"] for row in rows(lake, "problems")}
    assert codes == {"loop": "link_refused", "passwords": "link_refused", "nowhere": "link_refused", "pipe": "not_a_file"}
    assert ingest([folder], lake).batches == 0
    assert len(rows(lake, "problems", latest=False)) == 4


def test_a_link_that_is_named_itself_is_followed(tmp_path):
    (tmp_path / "a.xml").write_bytes(grant("1000001"))
    (tmp_path / "link").symlink_to(tmp_path / "a.xml")
    assert ingest([tmp_path / "link"], Lake(tmp_path / "lake")).publications == 1


def test_a_name_that_is_no_utf8_is_read(tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / os.fsdecode(b"\xff\xfe.xml")).write_bytes(grant("1000001"))
    lake, report = lake_of(tmp_path, {})
    assert report.publications == 1
    assert rows(lake, "publications")[0]["source_file"].endswith("\\udcff\\udcfe.xml")
    assert ingest([folder], lake).files_unchanged == 1


class Bad:
    """Readers that fail in every way a reader may."""

    place = Place("bad", 3, 4, "ab" * 32)

    @staticmethod
    def record(number: str, **fields) -> Publication:
        return Publication(**{"place": Bad.place, "format": "bad", "office": "US", "number": number, "kind": "B2", **fields})


def with_reader(monkeypatch, read) -> None:
    module = type(sys)("langqiao.data.formats.bad_reader")
    module.detects = lambda head, _name: head.startswith(b"BAD")
    module.read = read
    monkeypatch.setitem(sys.modules, module.__name__, module)
    detect._function.cache_clear()
    monkeypatch.setattr(detect, "READERS", [ReaderEntry(name="bad", title="Bad", detects="bad_reader:detects", read="bad_reader:read")])


def test_a_reader_that_fails_keeps_what_it_gave_and_names_itself(tmp_path, monkeypatch):
    def read(source):
        yield Bad.record("1", place=Bad.place._replace(source_file=source.name))
        raise RuntimeError("lost the thread")

    with_reader(monkeypatch, read)
    lake, report = lake_of(tmp_path, {"a": b"BAD file", "b": b"BAD too"})
    assert (report.publications, report.quarantined, report.problems) == (1, 2, 2)
    assert {row["message"] for row in rows(lake, "problems")} == {"the reader bad failed: RuntimeError: lost the thread"}
    assert quarantined(lake) == [b"BAD file", b"BAD too"]


def test_values_that_cannot_be_stored_are_replaced_and_named(tmp_path, monkeypatch):
    def read(source):
        yield Bad.record("1", title="a\ud800b", claim_count=2**40)
        yield Bad.record("2", title="fine", extra={"x": "\udfff"})

    with_reader(monkeypatch, read)
    lake, report = lake_of(tmp_path, {"a": b"BAD"})
    found = {row["number"]: row for row in rows(lake, "publications")}
    assert (found["1"]["title"], found["1"]["claim_count"]) == ("a\ufffdb", None)
    assert (found["2"]["title"], json.loads(found["2"]["extra"])) == ("fine", {"x": "\ufffd"})
    [problem] = rows(lake, "problems")
    assert (problem["code"], problem["severity"], problem["offset"]) == ("value_not_storable", "warning", 3)
    assert report.quarantined == 0


def test_a_document_too_large_to_hold_is_streamed_to_quarantine(tmp_path, monkeypatch):
    def read(source):
        pieces = source.chunks(1)
        next(pieces)
        yield Rejected(
            place=Place(source.name, 3, 10, "00" * 32), problems=(Problem(where=source.name, code="big", message="Too big."),), raw=None
        )
        assert b"".join(pieces) == b"", "keeping the document aside does not disturb the reading"

    with_reader(monkeypatch, read)
    lake, report = lake_of(tmp_path, {"a": b"BAD0123456789ABC"})
    assert (report.quarantined, report.problems) == (1, 1)
    assert quarantined(lake) == [b"0123456789"]


def test_what_is_kept_is_bounded(tmp_path):
    small = Keeping(source_bytes=100, refused_bytes=20)
    lake, report = lake_of(tmp_path, {"a.xml": grant("1000001"), "b": b"?" * 50}, keeping=small)
    assert report.publications == 1
    assert quarantined(lake) == [b"?" * 20]
    units = {Path(unit.path).name: unit.kept for unit in lake.manifest.units()}
    assert units == {"a.xml": False, "b": True}
    [row] = rows(lake, "publications")
    assert lake.raw(row["source_file"], 0, row["length"], sha256=row["sha256"]) == grant("1000001").strip()
    (tmp_path / "files" / "a.xml").write_bytes(b"other")
    with pytest.raises(LookupError, match="keeps no copy"):
        lake.raw(row["source_file"], 0, row["length"], sha256=row["sha256"])


def suicide(source):
    """Ends the process that reads, as a fault in compiled code would."""
    os.kill(os.getpid(), 9)
    yield from ()


def test_a_file_that_ends_the_process_reading_it_is_named_and_its_neighbors_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "run", run_or_die)
    files = {"a.xml": grant("1000001"), "b.xml": b"DIE" + grant("1000002"), "c.xml": grant("1000003")}
    lake, report = lake_of(tmp_path, files, workers=2)
    assert (report.publications, report.quarantined) == (2, 1)
    [problem] = rows(lake, "problems")
    assert (problem["code"], Path(problem["where"]).name) == ("reader_crashed", "b.xml")


def run_or_die(task):
    """The task, unless a file in it says that it kills."""
    from langqiao.data.lake.task import run

    for piece in task.slices:
        if piece.found.refusal is None and Path(piece.found.path).read_bytes().startswith(b"DIE"):
            os.kill(os.getpid(), 9)
    return run(task)


def test_only_one_process_writes_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "WAIT_SECONDS", 0.1)
    with (
        writing(tmp_path / "lake"),
        pytest.raises(LakeBusyError, match="another process is writing"),
        writing(tmp_path / "lake", wait_seconds=0.1),
    ):
        pytest.fail("two at once")
    with writing(tmp_path / "lake", wait_seconds=0.1):
        pass


def test_portions_cover_every_byte_once(tmp_path):
    (tmp_path / "one.xml").write_bytes(b"".join(grant(f"{1_000_000 + n}") for n in range(50)))
    (tmp_path / "flat.xml").write_bytes(grant("1", text="x" * 60_000))
    found = {Path(portion.files[0].path).name: portion for portion in portions(find([tmp_path]), Portioning(slice_bytes=6_000))}
    pieces = found["one.xml"].slices
    assert len(pieces) > 5
    assert [piece.end for piece in pieces[:-1]] == [piece.start for piece in pieces[1:]]
    assert (pieces[0].start, pieces[-1].end) == (0, None)
    data = (tmp_path / "one.xml").read_bytes()
    assert all(data[piece.start :].startswith(b"<?xml") for piece in pieces)
    assert len(found["flat.xml"].slices) == 1


def test_the_command_prints_one_object_and_ends_well_whatever_the_files_held(tmp_path):
    (tmp_path / "a.xml").write_bytes(grant("1000001", claims=3) + BROKEN)
    (tmp_path / "b.jsonl").write_bytes(conveyance(1))
    result = CliRunner().invoke(
        main, ["ingest", str(tmp_path / "a.xml"), str(tmp_path / "b.jsonl"), "--lake", str(tmp_path / "lake"), "--json"]
    )
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    expected = {
        "files": 2,
        "documents": 3,
        "publications": 1,
        "claims": 3,
        "citations": 0,
        "conveyances": 1,
        "events": 0,
        "problems": 1,
        "quarantined": 1,
    }
    assert {name: report[name] for name in expected} == expected
    assert list(map(type, (report[name] for name in expected))) == [int] * len(expected)


def test_the_command_for_people_names_the_problems_door(tmp_path):
    (tmp_path / "a").write_bytes(b"?")
    result = CliRunner().invoke(main, ["ingest", str(tmp_path / "a"), "--lake", str(tmp_path / "lake")])
    assert result.exit_code == 0
    assert "langqiao export problems" in result.stdout.replace("\n", " ")


def test_limits_are_changed_by_name_and_a_wrong_name_is_refused(tmp_path):
    (tmp_path / "a.xml").write_bytes(grant("1000001", text="x" * 5_000) + grant("1000002"))
    command = ["ingest", str(tmp_path / "a.xml"), "--lake", str(tmp_path / "lake"), "--json"]
    wrong = CliRunner().invoke(main, [*command, "--limit", "document_size=1"])
    assert wrong.exit_code == 2
    assert "document_bytes" in wrong.stderr
    assert CliRunner().invoke(main, ["ingest", str(tmp_path / "gone"), "--lake", str(tmp_path / "lake")]).exit_code == 2
    report = json.loads(CliRunner().invoke(main, [*command, "--limit", "document_bytes=4000"]).stdout)
    assert (report["publications"], report["quarantined"]) == (1, 1)
    assert Limits().document_bytes == 64 * 1024 * 1024
