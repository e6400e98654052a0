"""An ingest killed at any moment and called again leaves the lake that an undisturbed one leaves; nothing is lost, nothing is twice."""

import io
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from langqiao.data.lake import ingest as ingesting
from langqiao.data.lake.store import Lake
from tests.data.lake_victim import read, victim
from tests.data.lake_world import conveyance, grant, listing, rows

TRIALS = 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Forty files: grants, conveyances, an archive, a large file that is read in slices, and some that are refused."""
    folder = tmp_path_factory.mktemp("files")
    for number in range(30):
        data = b"".join(grant(f"{1_000_000 + 10 * number + n}", cites=("900001", "900002"), text=f"Text {n} " * 40) for n in range(6))
        (folder / f"week{number:02d}.xml").write_bytes(data)
    for number in range(5):
        (folder / f"deeds{number}.jsonl").write_bytes(b"".join(conveyance(10 * number + n) for n in range(8)))
        (folder / f"broken{number}.xml").write_bytes(grant("3000000")[:-40] + grant(f"30000{number + 10}"))
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("in/a.xml", grant("2000001"))
        packed.writestr("../b.xml", grant("2000002"))
    (folder / "some.zip").write_bytes(archive.getvalue())
    (folder / "large.xml").write_bytes(b"".join(grant(f"{4_000_000 + n}", text="Long text. " * 150) for n in range(60)))
    return folder


@pytest.fixture(scope="module")
def undisturbed(folder, tmp_path_factory):
    root = tmp_path_factory.mktemp("undisturbed") / "lake"
    start = time.monotonic()
    report = read(folder, root)
    return listing(Lake(root)), report, time.monotonic() - start


def test_the_files_make_many_portions_and_a_sliced_one(undisturbed):
    files, report, _ = undisturbed
    assert report.batches > 10
    assert report.publications == 180 + 5 + 1 + 60
    assert report.quarantined == 5 + 1
    assert any(name.startswith("tables/") and name.endswith("-0003.parquet") for name in files)


@pytest.fixture(scope="module")
def nursery():
    """Processes are forked from one that has already imported everything and started nothing."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.data.lake_victim"])
    return context


@pytest.mark.parametrize("trial", range(TRIALS))
def test_killed_and_called_again_it_leaves_the_same_bytes(trial, folder, undisturbed, nursery, tmp_path):
    expected, report, seconds = undisturbed
    chance = random.Random(20260105 + trial)
    root = tmp_path / "lake"
    for _ in range(chance.randint(1, 3)):
        hears, begins = nursery.Pipe(duplex=False)
        process = nursery.Process(target=victim, args=(folder, root, 1, begins))
        process.start()
        hears.recv_bytes()
        time.sleep(chance.uniform(0, 1.2 * seconds))
        process.kill()
        process.join()
    seen = committed(root)
    assert seen <= set(keys(report_lake := Lake(root))), "what was committed can be read"
    again = read(folder, root)
    assert (again.publications, again.documents, again.claims) == (report.publications, report.documents, report.claims)
    assert listing(report_lake) == expected


def committed(root: Path) -> set[str]:
    return {row["key"] for row in rows(Lake(root), "publications")}


def keys(lake: Lake) -> list[str]:
    return lake.table("publications").key.to_pyarrow().to_pylist()


def test_with_two_workers_the_bytes_are_those_of_one(folder, undisturbed, tmp_path):
    expected, report, _ = undisturbed
    again = read(folder, tmp_path / "lake", workers=2)
    assert listing(Lake(tmp_path / "lake")) == expected
    assert {**again.as_dict(), "seconds": 0} == {**report.as_dict(), "seconds": 0}


def test_two_workers_killed_with_their_parent_leave_nothing_running_and_nothing_broken(folder, undisturbed, tmp_path):
    expected, _, _ = undisturbed
    root = tmp_path / "lake"
    command = [sys.executable, "-m", "tests.data.lake_victim", str(folder), str(root), "2"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(["src", "."])}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=Path(__file__).parents[2], start_new_session=True)
    assert process.stdout.readline() == b"now\n"
    time.sleep(1.5)
    children = children_of(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    until = time.monotonic() + 10
    while any(is_running(child) for child in children) and time.monotonic() < until:
        time.sleep(0.1)
    assert not [child for child in children if is_running(child)]
    read(folder, root)
    assert listing(Lake(root)) == expected


def children_of(pid: int) -> list[int]:
    task = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in task.read_text().split()] if task.exists() else []


def is_running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def test_an_error_between_the_parts_and_the_manifest_changes_nothing_readable(folder, undisturbed, tmp_path, monkeypatch):
    expected, _, _ = undisturbed
    root = tmp_path / "lake"
    real, count = ingesting.rename_into, [0]

    def failing(*paths) -> None:
        count[0] += 1
        if count[0] == 7:
            raise OSError(28, "No space left on device")
        real(*paths)

    monkeypatch.setattr(ingesting, "rename_into", failing)
    with pytest.raises(OSError, match="No space left"):
        read(folder, root)
    assert Lake(root).counts()["publications"] == len(committed(root))
    monkeypatch.setattr(ingesting, "rename_into", real)
    read(folder, root)
    assert listing(Lake(root)) == expected
