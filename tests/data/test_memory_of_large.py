"""One large document: its bytes are given back while it is scanned, nothing of the result changes, and memory stays within the limit."""

import os
import subprocess
import sys

import numpy as np
import pytest

from langqiao.data.formats import uspto_v4_names as names
from langqiao.data.formats import xmlcheck
from langqiao.data.formats.limits import LIMITS
from langqiao.data.formats.xmlcheck import Scanner
from langqiao.data.formats.xmlprolog import Finding, prolog
from tests.data.test_hostile_xml import grant

PARAGRAPH = b'<p id="p-%d" num="%04d">A crank <b>turns <i>in</i></b> a housing &amp; a spring of %d N holds it; \xc3\xa9lan.</p>\n'


def described(paragraphs, before=b"", after=b""):
    """A grant whose description has that many paragraphs."""
    return grant("7654321", body=before + b"".join(PARAGRAPH % (k, k, k) for k in range(paragraphs)) + after)


def scanned(document, release=None):
    array = np.frombuffer(bytearray(document), dtype=np.uint8)
    front = prolog(document[: LIMITS.prolog_bytes], LIMITS)
    assert not isinstance(front, Finding)
    wrapped = None if release is None else lambda first, last: release(array, first, last)
    return Scanner(names.VOCABULARY).tree(array, 0, len(document), front=front, release=wrapped)


def said(tree):
    """Everything a reader can ask a tree, or the finding."""
    if isinstance(tree, Finding):
        return tree
    return bytes(tree.text), tree.ids, tree.starts, tree.ends, tree.after, [dict(tree.attributes(k)) for k in range(len(tree.ids))]


@pytest.mark.parametrize(
    "document",
    [
        described(400),
        described(400, b"<sec><sec>", b"</sec></sec>"),
        described(400, b"<a>" * 100, b"</a>" * 100),
        described(400, b"<sec>"),
        described(400)[:-60],
        described(400).replace(b"spring of 390 N", b"spring of \x01 N"),
        described(400).replace(b"spring of 390 N", b"spring of &nonsense; N"),
    ],
    ids=["flat", "nested", "deep", "not closed", "truncated", "control", "entity"],
)
def test_giving_back_what_was_scanned_changes_nothing(document, monkeypatch):
    whole = said(scanned(document))
    gone = []

    def zeros(array, first, last):
        array[first:last] = 0  # as the pages read that the system has taken back
        gone.append(last - first)

    monkeypatch.setattr(xmlcheck, "_STEP", 1_000)
    assert said(scanned(document, zeros)) == whole
    assert sum(gone) > len(document) // 2


def test_nothing_is_given_back_outside_an_element_whose_inside_is_not_recorded(monkeypatch):
    document = grant("7654321").replace(b"</us-patent-grant>", b"<other>" + b"<x>text</x>" * 2_000 + b"</other></us-patent-grant>")
    gone = []
    monkeypatch.setattr(xmlcheck, "_STEP", 1_000)
    tree = scanned(document, lambda _, first, last: gone.append(document[first:last]))
    assert not isinstance(tree, Finding)
    assert not any(b"<x>" in piece for piece in gone)


READ = """
import sys
from pathlib import Path
from langqiao.data.lake.ingest import ingest
from langqiao.data.lake.store import Lake
report = ingest([sys.argv[1]], Lake(Path(sys.argv[2])))
[peak] = [line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
print(report.publications, report.problems, int(peak) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the system's count of memory is read as Linux gives it")
def test_a_document_of_60_mb_is_read_within_300_mb(tmp_path):
    def read(name, document):
        path = tmp_path / f"{name}.xml"
        path.write_bytes(document)
        unmeasured = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
        command = [sys.executable, "-c", READ, str(path), str(tmp_path / name)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=unmeasured)
        return [int(word) for word in done.stdout.split()]

    assert read("small", described(10))[:2] == [1, 0]  # what is compiled on first use is compiled here
    paragraph = b"<p>" + b"The lever of the second embodiment rests on the pawl. " * 60 + b"</p>\n"
    large = described(0, before=paragraph * (60_000_000 // len(paragraph)))
    publications, problems, megabytes = read("large", large)
    assert (publications, problems) == (1, 0)
    assert megabytes <= 300
