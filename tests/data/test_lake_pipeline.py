"""Stages after ingest: each runs when its input has changed and only then; one that fails is run again."""

import datetime as dt

import pyarrow as pa
import pytest

from langqiao.data.lake.store import Lake
from langqiao.data.pipeline import Stage, run
from tests.data.lake_world import NOON, grant

DAY = dt.date(2026, 1, 5)


@pytest.fixture
def world(tmp_path):
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "a.xml").write_bytes(grant("1000001"))
    ran: list[str] = []

    def counting(lake: Lake, as_of: dt.date) -> dict[str, object]:
        ran.append("count")
        count = lake.counts()["publications"]
        lake.put_derived("count", pa.table({"n": [count]}), as_of=as_of)
        return {"n": count}

    def doubling(lake: Lake, as_of: dt.date) -> dict[str, object]:
        ran.append("double")
        return {"n": 2 * lake.table("count").n.sum().to_pyarrow().as_py()}

    stages = [Stage(name="count", run=counting), Stage(name="double", run=doubling, after=("count",))]
    return tmp_path, ran, stages


def go(world, *, day: dt.date = DAY, stages=None):
    root, _, usual = world
    return run(Lake(root / "lake"), day, paths=[root / "files"], stages=stages or usual, clock=lambda: NOON)


def test_stages_run_once_and_are_skipped_until_something_changes(world):
    root, ran, _ = world
    first = go(world)
    assert [(stage.name, stage.status, stage.detail) for stage in first.stages] == [
        ("count", "done", {"n": 1}),
        ("double", "done", {"n": 2}),
    ]
    second = go(world)
    assert [(stage.status, stage.detail) for stage in second.stages] == [("unchanged", {"n": 1}), ("unchanged", {"n": 2})]
    assert ran == ["count", "double"]
    (root / "files" / "b.xml").write_bytes(grant("1000002"))
    third = go(world)
    assert [(stage.status, stage.detail) for stage in third.stages] == [("done", {"n": 2}), ("done", {"n": 4})]
    assert third.ingest.files_unchanged == 1


def test_another_day_and_another_revision_are_another_input(world):
    _, ran, stages = world
    go(world)
    go(world, day=DAY + dt.timedelta(days=1))
    assert ran == ["count", "double"] * 2
    revised = [Stage(name="count", run=stages[0].run, revision="2"), stages[1]]
    go(world, day=DAY + dt.timedelta(days=1), stages=revised)
    assert ran == ["count", "double"] * 3, "what stands on a revised stage is computed again too"


def test_a_stage_that_fails_is_not_taken_for_done(world):
    _, ran, stages = world
    broken = [stages[0], Stage(name="double", run=lambda _lake, _day: 1 / 0, after=("count",))]
    with pytest.raises(ZeroDivisionError):
        go(world, stages=broken)
    assert [stage.status for stage in go(world).stages] == ["unchanged", "done"]
    assert ran == ["count", "double"]


def test_a_stage_is_found_by_name_when_it_runs(world):
    named = [Stage(name="dumps", run="json:dumps"), Stage(name="gone", run="json:no_such_function")]
    with pytest.raises(AttributeError, match="no_such_function"):
        go(world, stages=named[1:])
