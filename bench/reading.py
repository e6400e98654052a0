"""Reading USPTO weekly files into the lake, every check on and every table written, against fastpat and patpubrender in the same run.

The corpora are real grants of the development data, one after another as in a weekly file, each copy under a number of its own. CPU time is
taken inside the process after a small warm-up (imports and compiled code), user and system together.
"""

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.report import Measurement

SHARED = Path(os.environ.get("LANGQIAO_SHARED") or Path(__file__).parents[1].parent / "shared") / "data" / "us_fulltext"
CORPUS_BYTES = 210_000_000
LONG_BYTES = 630_000_000
"""The file whose reading shows that memory does not grow with the file."""
REPEAT = 3
PEERS = {"fastpat": 3.0, "patpubrender": 1.3}
"""What we are measured against, and how many times as fast we mean to be."""
GRANTS = {
    "ppd__xml2014__US08927118": 1, "ppd__xml2014__US08926509": 2, "docling__ipg08672134": 4, "gouspto__grant__v4-5-B1": 4,
    "gouspto__grant__v4-5-B2": 4, "ppd__xml2014__US08930553": 4,
}  # fmt: skip
"""Grants of 40 to 676 kB in XML v4.4 and v4.5 and how often each stands in a turn: 124 kB in the mean, as in a week of 6,565 grants and 0.8 GB."""
_NUMBER = re.compile(rb"(<publication-reference>\s*<document-id>\s*<country>US</country>\s*<doc-number>[A-Z]*)([0-9]+)")


def measure() -> Iterator[Measurement]:
    """The lines of the report; none (with the reason printed) where the development data are absent."""
    if not SHARED.is_dir():
        print(f"   the development data are not at {SHARED}: nothing to read")
        return
    with tempfile.TemporaryDirectory() as folder:
        large = corpus(Path(folder) / "ipgb20240102.xml", large_grants(), CORPUS_BYTES)
        shared = corpus(Path(folder) / "ipgb20240109.xml", shared_grants(), CORPUS_BYTES)
        peers = {name: needed for name, needed in PEERS.items() if find_spec(name)}
        for name in PEERS.keys() - peers.keys():
            print(f"   {name} is not installed: make setup-bench; without it there is no comparison")
        rounds = [{what: worker(what, large, repeat=1) for what in ("ours", *peers)} for _ in range(REPEAT)]
        found = {what: median([one[what] for one in rounds]) for what in rounds[0]}
        ours = found.pop("ours")
        yield speed("grants of 124 kB mean, all checks, all tables", ours, large, target=100)
        yield speed("the shared grants, 46 kB mean, half designs", worker("ours", shared), shared, target=60)
        for name, needed in peers.items():
            peer = found[name]
            ratio = peer["cpu_seconds"] / ours["cpu_seconds"]
            yield Measurement(
                name=f"  against {name}, same file, in turn",
                ours=rate(ours, large),
                unit="MB/s CPU",
                peer_name=name,
                peer=rate(peer, large),
                ratio=ratio,
                target=f">= {needed} x {name}",
                met=ratio >= needed,
                note=f"it read {peer['documents']:,} of {ours['documents']:,} documents; {peer['note']}",
            )
        long = corpus(Path(folder) / "ipgb20240116.xml", large_grants(), LONG_BYTES)
        yield from two_processes(large, long)
        described, claimed = (Path(folder) / f"ipgb2024012{day}.xml" for day in (3, 4))
        yield from memory(ours, long, {"description": one_document(described), "claims": claims_document(claimed)})


def median(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The run of the middle CPU time, with the largest memory of all."""
    middle = sorted(runs, key=lambda run: run["cpu_seconds"])[len(runs) // 2]
    return {**middle, "megabytes": max(run["megabytes"] for run in runs)}


def two_processes(short: Path, long: Path) -> Iterator[Measurement]:
    """What a second process brings: the wall time of the long file beyond that of the short one, so that the start of processes does not count."""
    taken = {n: [worker("ours", path, workers=n, repeat=1)["wall_seconds"] for path in (short, long)] for n in (1, 2)}
    more = (long.stat().st_size - short.stat().st_size) / 1e6
    one, two = (more / (second - first) for first, second in (taken[1], taken[2]))
    yield Measurement(
        name="  two processes against one, same file",
        ours=two,
        unit="MB/s wall",
        peer_name="one process",
        peer=one,
        ratio=two / one,
        target=">= 1.8 x one",
        met=two / one >= 1.8,
        note=f"start of the two processes {taken[2][0] - short.stat().st_size / 1e6 / two:.1f} s, not counted; load {os.getloadavg()[0]:.1f}",
    )


def memory(ours: dict[str, Any], long: Path, singles: dict[str, Path]) -> Iterator[Measurement]:
    """The largest process over the corpus, over a file three times as long, and over one document just below the limit of a document."""
    seen_of = {"a file of 210 MB": ours, "a file of 630 MB": worker("ours", long, repeat=1)}
    for part, single in singles.items():
        seen_of[f"one document of {single.stat().st_size / 1e6:.0f} MB, most of it {part}"] = worker("ours", single, repeat=1)
    for name, seen in seen_of.items():
        megabytes = seen["megabytes"]
        yield Measurement(name=f"  memory, {name}, process peak", ours=megabytes, unit="MB", target="<= 300 MB", met=megabytes <= 300)


def claims_document(path: Path) -> Path:
    """The longest grant, its claims repeated under new numbers until the document is 62 MB long."""
    grant = max(large_grants(), key=len)
    start, stop = grant.index(b">", grant.index(b"<claims")) + 1, grant.index(b"</claims>")
    claims = re.findall(rb"<claim .*?</claim>", grant[start:stop], re.DOTALL)
    parts, size, number = [], len(grant), 0
    while size < 62_000_000:
        number += 1
        claim = re.sub(
            rb'<claim id="[^"]*" num="[^"]*"', b'<claim id="CLM-%05d" num="%05d"' % (number, number), claims[number % len(claims)]
        )
        parts.append(claim)
        size += len(claim) + 1
    path.write_bytes(grant[:start] + b"\n".join(parts) + grant[stop:])
    return path


def one_document(path: Path) -> Path:
    """The longest grant, the paragraphs of its description repeated until the document is 62 MB long, in which no tag is left but theirs."""
    grant = max(large_grants(), key=len)
    start, stop = grant.index(b">", grant.index(b"<description")) + 1, grant.index(b"</description>")
    paragraph = b"<p>" + b" ".join(re.sub(rb"<[^>]*>", b" ", grant[start:stop]).split()) + b"</p>\n"
    path.write_bytes(grant[:start] + paragraph * ((62_000_000 - len(grant)) // len(paragraph)) + grant[stop:])
    return path


def speed(name: str, found: dict[str, Any], path: Path, *, target: int) -> Measurement:
    """A line of our own speed; a lost document makes it a failure."""
    lost = found["expected"] - found["documents"]
    value = rate(found, path)
    return Measurement(
        name=name,
        ours=value,
        unit="MB/s CPU",
        target=f">= {target} MB/s, no document lost",
        met=value >= target and lost == 0,
        note=f"{found['documents']:,} documents, {lost} lost, {path.stat().st_size / 1e6 / found['wall_seconds']:.0f} MB/s wall",
    )


def rate(found: dict[str, Any], path: Path) -> float:
    return path.stat().st_size / 1e6 / found["cpu_seconds"]


def large_grants() -> list[bytes]:
    """The grants of one turn."""
    found = []
    for name, count in GRANTS.items():
        [path] = (SHARED / "generations").glob(f"{name}.xml*")
        found += documents(path) * count
    return found


def shared_grants() -> list[bytes]:
    """The 421 grants of the ten concatenated files."""
    return [document for path in sorted((SHARED / "grants_concatenated").glob("*.gz")) for document in documents(path)]


def documents(path: Path) -> list[bytes]:
    import gzip

    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    parts = re.split(rb"(?=<\?xml )", data)
    return [part.strip() + b"\n" for part in parts if b"<us-patent-grant" in part[:1_000]]


def corpus(path: Path, grants: list[bytes], size: int) -> Path:
    """The grants over and over until the file has `size` bytes, every copy under the next number."""
    written = number = 0
    with path.open("wb") as file:
        while written < size:
            for grant in grants:
                number += 1
                counted = number
                numbered, changed = _NUMBER.subn(lambda m: m[1] + b"%0*d" % (len(m[2]), counted), grant, count=1)  # noqa: B023 - used at once
                assert changed == 1
                written += file.write(numbered)
    return path


def worker(what: str, path: Path, *, workers: int = 1, repeat: int = REPEAT) -> dict[str, Any]:
    """One reader over one file in a process of its own: CPU and wall seconds (medians), documents, largest memory."""
    command = [sys.executable, "-m", "bench.reading", what, str(path), str(workers), str(repeat)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1])
    if done.returncode:
        raise RuntimeError(f"{what} failed: {done.stderr[-600:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def work(what: str, path: Path, workers: int, repeat: int) -> dict[str, Any]:
    """Inside the process: warm up on the front of the file, then read it."""
    run = {"ours": read_ours, "fastpat": read_fastpat, "patpubrender": read_patpubrender}[what]
    taken: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        start = path.with_name(f"ipgb{os.getpid()}.xml")
        with path.open("rb") as file:
            head = file.read(4_000_000)
        start.write_bytes(head[: head.rfind(b"<?xml ")])
        run(start, Path(folder) / "warm", workers)
        start.unlink()
        for turn in range(repeat):
            cpu, wall = cpu_now(), time.perf_counter()
            documents_read = run(path, Path(folder) / f"run{turn}", workers)
            taken.append((cpu_now() - cpu, time.perf_counter() - wall))
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    return {
        "cpu_seconds": sorted(cpu for cpu, _ in taken)[len(taken) // 2],
        "wall_seconds": sorted(wall for _, wall in taken)[len(taken) // 2],
        "documents": documents_read,
        "expected": path.read_bytes().count(b"<?xml "),
        "megabytes": peak,
        "note": NOTES[what],
    }


NOTES = {
    "ours": "",
    "fastpat": "15 fields, IPC, US citations and the first owner as CSV; no claims, no description",
    "patpubrender": "bibliography, abstract and claims in memory; no citations, writes nothing",
}


def cpu_now() -> float:
    """CPU seconds of this process and of the processes that have ended."""
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def read_ours(path: Path, folder: Path, workers: int) -> int:
    from langqiao.data.lake.ingest import ingest
    from langqiao.data.lake.store import Lake

    return ingest([path], Lake(folder), workers=workers).documents


def read_fastpat(path: Path, folder: Path, workers: int) -> int:  # noqa: ARG001 - one process
    import contextlib
    import io

    from fastpat.parse.grant import parse_file

    folder.mkdir(parents=True)
    with contextlib.redirect_stdout(io.StringIO()) as said:
        parse_file(str(path), str(folder), overwrite=True)
    return int(re.findall(r"Parsed (\d+) patents", said.getvalue())[-1])


def read_patpubrender(path: Path, folder: Path, workers: int) -> int:  # noqa: ARG001
    import patpubrender

    data = path.read_bytes()
    count = start = 0
    while start < len(data):
        stop = data.find(b"<?xml ", start + 1)
        stop = stop if stop > 0 else len(data)
        found = patpubrender.parse(data[start:stop].decode())
        count += bool(found.publication_number or found.patent_number) and len(found.claims) >= 0
        start = stop
    return count


if __name__ == "__main__":
    print(json.dumps(work(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))))
