"""A folder of hostile files: each is refused with a reason and kept, the good ones among them are read, in little time and memory."""

import copy
import gzip
import io
import json
import os
import random
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from langqiao.data.formats.archive import DAMAGE, leaves, refusal
from langqiao.data.formats.limits import LIMITS, Limits
from langqiao.data.formats.source import Input, Rejected
from langqiao.data.lake.store import Lake
from tests.data.lake_world import grant, lake_of, rows

SECRET = b"this must never be read"


def zipped(entries: list[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, data in entries:
            archive.writestr(name, data, compress_type=method)
    return packed.getvalue()


def squeezed(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def tarred(*members: tuple[tarfile.TarInfo, bytes], mode: str = "w", pax: dict[str, str] | None = None) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=mode, pax_headers=pax or {}) as archive:
        for info, data in members:
            archive.addfile(info, io.BytesIO(data))
    return packed.getvalue()


def member(name: str, data: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, len(data)
    return info, data


def lying(data: bytes, *, declared: int) -> bytes:
    """A .zip of one entry whose directory and header declare another size than the entry has."""
    packed = bytearray(zipped([("a.xml", data)]))
    true, false = len(data).to_bytes(4, "little"), declared.to_bytes(4, "little")
    return bytes(packed.replace(true, false))


def overlapping(count: int) -> bytes:
    """A .zip whose entries are all the same bytes: small, and large when unpacked one after another."""
    data = b"\0" * 30_000 + random.Random(3).randbytes(600)
    info = zipfile.ZipInfo("000000")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(info, data, compress_type=zipfile.ZIP_DEFLATED)
        for number in range(1, count):
            again = copy.copy(info)
            again.filename = again.orig_filename = f"{number:06d}"
            archive.filelist.append(again)
    return packed.getvalue()


def link_entry() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("link")
    info.external_attr = 0o120777 << 16
    return info


def matryoshka(depth: int, data: bytes) -> bytes:
    for _ in range(depth):
        data = zipped([("inner.zip", data)], zipfile.ZIP_STORED)
    return data


def merged_headers() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.append(["", "", ""])
    sheet.append(["报表", None, None])
    sheet.merge_cells("A2:C2")
    sheet.append(["a", 1, 2])
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


ENTITY_BOMB = (
    b'<?xml version="1.0"?>\n<!DOCTYPE us-patent-grant [<!ENTITY a "' + b"ha" * 50 + b'">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)) + b"]>\n<us-patent-grant>&j;</us-patent-grant>\n"
)  # fmt: skip

HOSTILE: dict[str, tuple[bytes, str]] = {
    "truncated.xml": (grant("7")[:-30], "truncated"),
    "encoding.xml": (grant("7").replace(b"test", b"\xe9\xff"), "utf8"),
    "utf7.xml": (grant("7").replace(b"UTF-8", b"UTF-7"), "encoding"),
    "undefined.xml": (grant("7", text="a &nosuchentity; b"), "undefined_entity"),
    "xxe.xml": (
        b'<?xml version="1.0"?>\n<!DOCTYPE us-patent-grant [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<us-patent-grant>&x;</us-patent-grant>\n',
        "external_entity",
    ),
    "bomb.xml": (ENTITY_BOMB, "entity_declaration"),
    "deep.xml": (b'<?xml version="1.0"?>\n<us-patent-grant>' + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</us-patent-grant>\n", "depth"),
    "deep.json": (b'{"patentBag":' + b"[" * 200_000 + b"]" * 200_000 + b"}", ""),
    "attributes.xml": (
        b'<?xml version="1.0"?>\n<us-patent-grant ' + b" ".join(b'a%d="1"' % n for n in range(200_000)) + b"></us-patent-grant>\n",
        "attributes",
    ),
    "empty": (b"", "empty_file"),
    "random": (random.Random(1).randbytes(300_000), "unknown_format"),
    "zeros": (b"\0" * 300_000, "unknown_format"),
    "no_archive.zip": (b"PK\x03\x04" + random.Random(2).randbytes(3_000), "archive_damaged"),
    "cut.zip": (zipped([("a.xml", grant("7"))])[:-40], "archive_damaged"),
    "cut.xml.gz": (squeezed(grant("7"))[:-20], "archive_damaged"),
    "bomb.zip": (zipped([("a.xml", b"\0" * 200_000_000)]), "archive_ratio"),
    "bomb.xml.gz": (squeezed(b" " * 50_000_000), "archive_ratio"),
    "bomb.gz.gz": (squeezed(squeezed(b" " * 100_000_000)), "archive_ratio"),
    "bomb.tar.gz": (squeezed(tarred(member("a.xml", b"\0" * 60_000_000))), "archive_ratio"),
    "up.zip": (zipped([("../../evil.xml", grant("7"))]), "archive_path_forbidden"),
    "absolute.zip": (zipped([("/etc/evil.xml", grant("7"))]), "archive_path_forbidden"),
    "drive.zip": (zipped([("C:\\evil.xml", grant("7"))]), "archive_path_forbidden"),
    "backslash.zip": (zipped([("a\\..\\..\\evil.xml", grant("7"))]), "archive_path_forbidden"),
    "link.zip": (zipped([(link_entry(), b"/etc/passwd")]), "archive_link"),
    "up.tar": (tarred(member("../evil.xml", grant("7"))), "archive_path_forbidden"),
    "link.tar": (tarred(member("a", kind=tarfile.SYMTYPE, link="/etc/passwd")), "archive_link"),
    "hardlink.tar": (tarred(member("a", kind=tarfile.LNKTYPE, link="/etc/passwd")), "archive_link"),
    "device.tar": (tarred(member("a", kind=tarfile.CHRTYPE)), "archive_entry_not_a_file"),
    "header.tar": (tarred(member("a.xml", grant("7")), pax={"comment": "x" * 400_000}), "archive_header_too_large"),
    "small.zip": (lying(grant("7"), declared=100), "archive_size_false"),
    "large.zip": (lying(grant("7"), declared=2_000_000_000), "archive_size_false"),
    "many.zip": (zipped([(f"{n}", b"") for n in range(10_001)], zipfile.ZIP_STORED), "archive_too_many_entries"),
    "matryoshka.zip": (matryoshka(5, grant("7")), "archive_too_deep"),
    "overlap.zip": (overlapping(5_000), "archive_ratio"),
    "merged.xlsx": (merged_headers(), ""),
    "bomb.xlsx": (zipped([("[Content_Types].xml", b"<Types/>"), ("xl/worksheets/sheet1.xml", b" " * 150_000_000)]), "archive_ratio"),
    "header.csv": ("公开号,\n".encode("gb18030") + b"\xff\xff\xff", ""),
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    root = tmp_path_factory.mktemp("hostile")
    (root / "secret").write_bytes(SECRET)
    files = {name: data for name, (data, _) in HOSTILE.items()}
    folder = root / "files"
    folder.mkdir()
    (folder / "loop").symlink_to("loop")
    (folder / "up").symlink_to("..")
    start = time.monotonic()
    lake, report = lake_of(root, files | {"good.xml": grant("1000001"), "zgood.zip": zipped([("in/good.xml", grant("1000002"))])})
    return lake, report, time.monotonic() - start


def test_the_folder_ends_in_time_with_the_good_files_read(hostile):
    lake, report, seconds = hostile
    assert seconds < 30
    assert report.files == len(HOSTILE) + 4
    assert {row["key"] for row in rows(lake, "publications")} >= {"US-1000001-B2", "US-1000002-B2"}


@pytest.mark.parametrize("name", HOSTILE)
def test_each_is_refused_once_or_more_with_its_reason(name, hostile):
    lake, _, _ = hostile
    given_file = str(lake.root.parent / "files" / name)
    found = [row for row in rows(lake, "problems") if row["where"].split("!")[0] == given_file]
    assert found, "a hostile file gives at least one problem"
    assert all(row["message"] for row in found)
    errors = [row for row in found if row["severity"] == "error"]
    expected = HOSTILE[name][1]
    assert not expected or expected in {row["code"] for row in errors}, [row["code"] for row in errors]
    [unit] = lake.manifest.units(source_file=given_file)
    assert unit.counts["quarantined"] >= 1
    assert len(errors) >= unit.counts["quarantined"]
    kept = {row["quarantine_file"] for row in errors}
    assert all(kept), "what was refused is kept"
    assert all((lake.root / file).is_file() for file in kept)


def test_nothing_was_read_or_written_outside(hostile):
    lake, _, _ = hostile
    root = lake.root.parent
    assert sorted(path.name for path in root.iterdir()) == ["files", "lake", "secret"]
    assert not list(root.rglob("evil*"))
    told = json.dumps([rows(lake, name) for name in ("publications", "descriptions", "problems")], default=str)
    assert "root:x:" not in told


def test_no_problem_that_was_not_meant(hostile):
    lake, _, _ = hostile
    assert not {row["code"] for row in rows(lake, "problems")} & {"reader_failed", "reader_crashed"}


MEASURE = """
import re, sys
from pathlib import Path
from langqiao.data.lake.ingest import ingest
from langqiao.data.lake.store import Lake
report = ingest([sys.argv[1]], Lake(sys.argv[2]))
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
print(report.documents, report.publications, report.quarantined, peak)
"""
MEMORY_MB = 300


def measured(file: Path, lake: Path) -> tuple[int, int, int, int]:
    """Documents, publications, quarantined and the peak of memory in MB of an ingest in a process of its own.

    The peak is that of the process image: `ru_maxrss` would also count what the test process held when it started the other.
    """
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(file), str(lake)], capture_output=True, text=True, check=True, timeout=300,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")},
    )  # fmt: skip
    documents, publications, quarantined, peak = map(int, done.stdout.split())
    return documents, publications, quarantined, peak


@pytest.fixture(scope="module")
def paragraph():
    return b"<p>" + b"A bridge of many words, each of them said before and said again. " * 15 + b"</p>\n"


def large(paragraph: bytes, size: int) -> bytes:
    begin, _, end = grant("5000000").partition(b"<p>Text.</p></description>")
    return begin + paragraph * (size // len(paragraph)) + b"</description>" + end


def test_a_document_of_100_mb_goes_to_quarantine_and_its_neighbors_are_read(tmp_path, paragraph):
    document = large(paragraph, 100_000_000)
    file = tmp_path / "a.xml"
    file.write_bytes(grant("1000001") + document + grant("1000002"))
    documents, publications, quarantined, peak = measured(file, tmp_path / "lake")
    assert (documents, publications, quarantined) == (3, 2, 1)
    [kept] = (tmp_path / "lake" / "quarantine").iterdir()
    assert kept.read_bytes().strip() == document.strip()
    [problem] = rows(Lake(tmp_path / "lake"), "problems")
    assert (problem["code"], problem["offset"], problem["length"]) == ("document_too_large", len(grant("1000001")), kept.stat().st_size)
    assert peak <= MEMORY_MB


def test_memory_does_not_grow_with_the_file(tmp_path, paragraph):
    file, document = tmp_path / "a.xml", large(paragraph, 100_000)
    with file.open("wb") as stream:
        for _ in range(1_500):
            stream.write(document)
    documents, publications, _, peak = measured(file, tmp_path / "lake")
    assert (documents, publications) == (1_500, 1)
    assert peak <= MEMORY_MB


LEAVES_LIMITS = Limits(archive_entries=50)
INNER = [("a.xml", grant("7")), ("b/c.gz", squeezed(b"c" * 500)), ("d.zip", zipped([("e", b"f" * 300)]))]
WHOLE = [zipped(INNER), tarred(*(member(name, body) for name, body in INNER)), squeezed(zipped(INNER)), zipped(INNER, zipfile.ZIP_STORED)]


@settings(max_examples=400, deadline=2_000)
@given(st.data())
def test_a_damaged_archive_never_raises_what_is_not_expected(data):
    """Bytes of real archives are changed, cut and repeated: every leaf can be read or refused, nothing else happens."""
    whole = data.draw(st.sampled_from(WHOLE))
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at] = data.draw(st.integers(0, 255))
    end = data.draw(st.one_of(st.just(len(damaged)), st.integers(0, len(damaged))))
    source = Input.of_bytes(bytes(damaged[:end]), "x", limits=LEAVES_LIMITS)
    codes = []
    for leaf in leaves(source, packed_bytes=end):
        if isinstance(leaf, Rejected):
            assert leaf.problems[0].message
            continue
        try:
            assert sum(map(len, leaf.chunks())) <= LIMITS.archive_ratio * max(end, 20_000)
        except DAMAGE as error:
            codes.append(refusal(leaf.name, error).problems[0].code)
    assert all(code.startswith("archive_") for code in codes)
