"""One large document: its bytes are given back while it is scanned, nothing of the result changes, and memory stays within the limit."""

import os
import subprocess
import sys

import numpy as np
import pytest

from langqiao.data.formats import uspto_claims, xmlcheck
from langqiao.data.formats import uspto_v4_names as names
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


def test_what_lies_outside_recorded_elements_is_given_back_without_a_change(monkeypatch):
    document = grant("7654321").replace(b"</us-patent-grant>", b"<other>" + b"<x>text</x>" * 2_000 + b"</other></us-patent-grant>")
    whole, gone = said(scanned(document)), []

    def zeros(array, first, last):
        array[first:last] = 0
        gone.append(document[first:last])

    monkeypatch.setattr(xmlcheck, "_STEP", 1_000)
    assert said(scanned(document, zeros)) == whole
    assert any(b"<x>" in piece for piece in gone)


CLAIM = (
    b'<claim id="CLM-%05d" num="%05d"><claim-text>%d. A crank  <b>as</b> in <claim-ref idref="CLM-%05d">claim %d</claim-ref>, or of claims %d '
    b"to %d, with a pawl;\n<claim-text>and \xc3\xa9lan.</claim-text></claim-text></claim>\n"
)
ODD = b'<claim id="c-%s" num="%d"><claim-text>%d. A crank of <claim-ref idref="c-%s">the first</claim-ref>.</claim-text></claim>\n'


def claimed(kind, count):
    """A grant of that many claims; `odd` claims have identifiers that do not end in their number."""
    if kind == "plain":
        claims = b"".join(CLAIM % (k, k, k, max(1, k - 1), max(1, k - 1), max(1, k - 3), max(1, k - 1)) for k in range(1, count + 1))
    else:
        letters = [bytes(97 + int(digit) for digit in str(k)) for k in range(count + 1)]
        claims = b"".join(ODD % (letters[k], k, k, letters[max(1, k - 2)]) for k in range(1, count + 1))
    return grant("7654321").replace(b"</us-patent-grant>", b"<claims>" + claims + b"</claims></us-patent-grant>")


@pytest.mark.parametrize("kind", ["plain", "odd"])
def test_claims_that_are_not_copied_are_the_same_claims(kind, monkeypatch):
    tree = scanned(claimed(kind, 300))
    assert not isinstance(tree, Finding)
    element = tree.nodes[0].tolist().index(names.CLAIMS)
    wanted = {"claim": names.CLAIM, "reference": names.CLAIM_REF}
    short = uspto_claims.claims_of(tree, element, **wanted)
    monkeypatch.setattr(uspto_claims, "LARGE_TEXT", 1)
    long = uspto_claims.claims_of(tree, element, **wanted)
    assert isinstance(short, list) and isinstance(long, uspto_claims.LongClaims)
    assert list(long) == short and len(short) == 300 and short[9].depends_on
    assert [claim for stretch in long.stretches(1_000) for claim in stretch] == short
    assert (long[-1], long[5:9]) == (short[-1], short[5:9])
    with pytest.raises(IndexError):
        long[300]


READ = """
import sys
from pathlib import Path
from langqiao.data.lake.ingest import ingest
from langqiao.data.lake.store import Lake
report = ingest([sys.argv[1]], Lake(Path(sys.argv[2])))
[peak] = [line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
print(report.publications, report.problems, int(peak) // 1024)
"""


PARAGRAPHS = b"<p>" + b"The lever of the second embodiment rests on the pawl. " * 60 + b"</p>\n"


def of_claims():
    """A grant of 60 MB whose claims are almost all of it."""
    words = b"wherein the lever of the second embodiment rests on the pawl, " * 10
    body = b"".join(
        b'<claim id="CLM-%05d" num="%05d"><claim-text>%d. %s</claim-text></claim>\n' % (k, k, k, words) for k in range(1, 88_000)
    )
    return grant("7654321").replace(b"</us-patent-grant>", b"<claims>" + body + b"</claims></us-patent-grant>")


@pytest.mark.skipif(sys.platform != "linux", reason="the system's count of memory is read as Linux gives it")
@pytest.mark.parametrize("kind", ["description", "claims"])
def test_a_document_of_60_mb_is_read_within_300_mb(kind, tmp_path):
    def read(name, document):
        path = tmp_path / f"{name}.xml"
        path.write_bytes(document)
        unmeasured = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
        command = [sys.executable, "-c", READ, str(path), str(tmp_path / name)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=unmeasured)
        return [int(word) for word in done.stdout.split()]

    assert read("small", described(10))[:2] == [1, 0]  # what is compiled on first use is compiled here
    large = of_claims() if kind == "claims" else described(0, before=PARAGRAPHS * (60_000_000 // len(PARAGRAPHS)))
    assert len(large) > 59_000_000
    publications, problems, megabytes = read("large", large)
    assert (publications, problems) == (1, 0)
    assert megabytes <= 300
