"""Small made files for tests of the lake: each says in its title that it is no patent."""

import datetime as dt
import hashlib
import json
from pathlib import Path

from langqiao.data.lake.ingest import IngestReport, ingest
from langqiao.data.lake.schema import TABLES
from langqiao.data.lake.store import Lake

NOON = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC)


def grant(number: str, *, claims: int = 2, cites: tuple[str, ...] = (), title: str = "A test, not a patent", text: str = "Text.") -> bytes:
    """A US grant as the office would write it, with the fewest fields."""
    body = "".join(
        f'<claim id="CLM-{n:05d}" num="{n:05d}"><claim-text>{n}. A bridge{", according to claim 1" if n > 1 else ""}.</claim-text></claim>'
        for n in range(1, claims + 1)
    )
    cited = "".join(
        f'<us-citation><patcit num="{n:05d}"><document-id><country>US</country><doc-number>{cite}</doc-number><kind>B2</kind>'
        f"<date>20100105</date></document-id></patcit><category>cited by examiner</category></us-citation>"
        for n, cite in enumerate(cites, start=1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<us-patent-grant lang="EN" dtd-version="v4.5 2014-04-03" country="US"><us-bibliographic-data-grant>'
        f"<publication-reference><document-id><country>US</country><doc-number>{number}</doc-number><kind>B2</kind><date>20200107</date>"
        "</document-id></publication-reference>"
        f'<application-reference appl-type="utility"><document-id><country>US</country><doc-number>16{number[-6:]}</doc-number>'
        "<date>20180106</date></document-id></application-reference>"
        f"<invention-title>{title}</invention-title><us-references-cited>{cited}</us-references-cited></us-bibliographic-data-grant>"
        f"<abstract><p>{text}</p></abstract><description><p>{text}</p></description><claims>{body}</claims></us-patent-grant>\n"
    ).encode()


def conveyance(
    frame: int, *, patent: str = "1000001", text: str = "ASSIGNMENT OF ASSIGNORS INTEREST", recorded: str | None = None
) -> bytes:
    """A row of the Assignment Center as JSON."""
    row = {
        "reelNumber": 1, "frameNumber": frame, "assignorExecutionDate": "03/14/2018", "conveyance": text, "conveyanceCode": 23,
        "assignors": [{"assignorName": "BRIDGE WORKS, INC.", "executionDate": "03/14/2018"}], "assignees": ["RIVER BANK, N.A."],
        "noOfProperties": 1, "properties": [{"applicationNumber": "16000001", "patentNumber": patent, "pctNumber": ""}],
    }  # fmt: skip
    if recorded:
        row["recorded"] = recorded
    return json.dumps(row).encode() + b"\n"


def listing(lake: Lake) -> dict[str, str]:
    """Every file of a lake with the hash of its bytes; of the manifest, what it says (times apart)."""
    files = {
        path.relative_to(lake.root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(lake.root.rglob("*"))
        if path.is_file()
    }
    files.pop("manifest.sqlite")
    said = [(part.table, part.file, part.rows) for table in TABLES for part in lake.manifest.parts(table)]
    return files | {"manifest": repr((lake.version, said, sorted(lake.manifest.units(), key=lambda unit: unit.path)))}


def rows(lake: Lake, table: str, *, latest: bool = True, known_at: dt.datetime | None = None) -> list[dict]:
    """The rows of a table in an order of their own."""
    found = lake.table(table, known_at, latest=latest).to_pyarrow().to_pylist()
    return sorted(found, key=repr)


def lake_of(root: Path, files: dict[str, bytes], *, at: dt.datetime = NOON, **settings) -> tuple[Lake, IngestReport]:
    """A lake below `root` into which the files were read from a folder beside it."""
    folder = root / "files"
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    lake = Lake(root / "lake")
    return lake, ingest([folder], lake, clock=lambda: at, **settings)
