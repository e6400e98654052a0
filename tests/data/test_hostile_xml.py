"""Hostile XML and text: refused with a reason and an offset, the rest of the file is read, nothing is loaded, expanded or dropped silently."""

import random
import re
import time
import xml.parsers.expat

import numpy as np
import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st
from lxml import etree

from langqiao.data.formats.entities import expand
from langqiao.data.formats.limits import Limits
from langqiao.data.formats.source import Rejected
from langqiao.data.formats.xmlcheck import Scanner, check
from langqiao.data.formats.xmlprolog import Finding, prolog
from langqiao.data.formats.xmlsplit import LARGE_BYTES
from langqiao.data.formats.xmltables import Vocabulary
from tests.uspto_shared import FULLTEXT, data_of, full, needs_real_files, publications, read

DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def grant(number: str, *, body: bytes = b"", doctype: bytes = b"") -> bytes:
    """A grant with the fewest fields that make one; the text says that it is none."""
    return (
        DECLARATION
        + doctype
        + f"<us-patent-grant><us-bibliographic-data-grant><publication-reference><document-id><country>US</country>"
        f"<doc-number>{number}</doc-number><kind>B2</kind><date>20200107</date></document-id></publication-reference>"
        f"<invention-title>A test, not a patent</invention-title></us-bibliographic-data-grant>".encode()
        + b"<description><p>"
        + body
        + b"</p></description></us-patent-grant>\n"
    )


def code_of(document: bytes, **kwargs) -> str:
    """The code of the one reason for which a file of one document is refused, read between two good ones that must survive."""
    records = read(grant("1000001") + document + grant("1000002"), **kwargs)
    assert [record.number for record in publications(records)] == ["1000001", "1000002"]
    [refused] = [record for record in records if isinstance(record, Rejected)]
    [problem] = refused.problems
    assert problem.offset == refused.place.offset == len(grant("1000001"))
    assert problem.message
    assert refused.raw == (document.strip() if len(document) < LARGE_BYTES else None)
    assert refused.place.length == len(document.strip())
    return problem.code


ENTITIES = b'<!DOCTYPE us-patent-grant [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>\n'

ATTACKS = {
    "truncated": (grant("7")[:-30], "truncated"),
    "billion laughs": (grant("7", body=b"&b;", doctype=ENTITIES), "entity_declaration"),
    "entity in another file": (
        grant("7", body=b"&x;", doctype=b'<!DOCTYPE us-patent-grant [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n'),
        "external_entity",
    ),
    "parameter entity": (
        grant("7", doctype=b'<!DOCTYPE us-patent-grant [<!ENTITY % x SYSTEM "http://example.org/x.dtd"> %x;]>\n'),
        "parameter_entity",
    ),
    "attribute defaults": (grant("7", doctype=b'<!DOCTYPE us-patent-grant [<!ATTLIST p a CDATA "x">]>\n'), "doctype"),
    "undefined entity": (grant("7", body=b"a &nosuchname; b"), "undefined_entity"),
    "utf-7": (grant("7", body=b"+ADw-p+AD4-").replace(b"UTF-8", b"UTF-7"), "encoding"),
    "latin-1 declared": (grant("7").replace(b"UTF-8", b"ISO-8859-1"), "encoding"),
    "invalid utf-8": (grant("7", body=b"caf\xe9 "), "utf8"),
    "overlong utf-8": (grant("7", body=b"\xc0\xbcp>"), "utf8"),
    "surrogate": (grant("7", body=b"\xed\xa0\x80"), "utf8"),
    "noncharacter": (grant("7", body=b"\xef\xbf\xbf"), "utf8"),
    "control character": (grant("7", body=b"a\x00b"), "character"),
    "reference to a control character": (grant("7", body=b"&#1;"), "reference"),
    "reference above Unicode": (grant("7", body=b"&#x110000;"), "reference"),
    "reference without end": (grant("7", body=b"AT&T"), "reference"),
    "tags crossed": (grant("7", body=b"<b><i></b></i>"), "tag_mismatch"),
    "end tag longer than the start tag": (grant("7", body=b"<b></bold>"), "tag_mismatch"),
    "attribute without quotes": (grant("7", body=b"<b id=1></b>"), "tag_syntax"),
    "attribute without blank": (grant("7", body=b'<b a="1"c="2"></b>'), "tag_syntax"),
    "attribute twice": (grant("7", body=b'<b a="1" c="2" a="3"></b>'), "duplicate_attribute"),
    "less-than in an attribute": (grant("7", body=b'<b a="<"></b>'), "attribute_value"),
    "section end in text": (grant("7", body=b"a ]]> b"), "text_syntax"),
    "two hyphens in a comment": (grant("7", body=b"<!-- a -- b -->"), "comment_syntax"),
    "declaration inside": (grant("7", body=b"<!ENTITY x 'y'>"), "markup_syntax"),
    "two roots": (grant("7").strip() + b"<us-patent-grant/>", "after_root"),
    "no root": (DECLARATION + b"<!-- nothing -->\n", "no_root"),
    "another root": (DECLARATION + b"<html/>\n", "unknown_root"),
    "no number": (DECLARATION + b"<us-patent-grant><us-bibliographic-data-grant/></us-patent-grant>\n", "number_missing"),
    "version 1.1": (grant("7").replace(b'version="1.0"', b'version="1.1"'), "xml_declaration"),
    "200,000 deep": (grant("7", body=b"<a>" * 200_000 + b"</a>" * 200_000), "depth"),
    "200,000 attributes": (grant("7", body=b"<a " + b" ".join(b'a%d=""' % n for n in range(200_000)) + b"/>"), "attributes"),
    "name of a megabyte": (grant("7", body=b"<" + b"a" * 1_000_000 + b"/>"), "name_too_long"),
    "text of 17 MB": (grant("7", body=b"a" * 17_000_000), "text_too_long"),
    "text before the root": (DECLARATION + b"hello " + grant("7")[len(DECLARATION) :], "no_root"),
}


@pytest.fixture(scope="module")
def compiled():
    """The scanner is compiled before time is taken."""
    read(grant("1"))


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.usefixtures("compiled")
def test_a_hostile_document_is_refused_and_its_neighbors_are_read(attack):
    document, code = ATTACKS[attack]
    started = time.process_time()
    assert code_of(document) == code
    assert time.process_time() - started < 1.5


def test_no_attack_brings_in_the_text_of_a_file():
    attack = grant("7", body=b"&x;", doctype=b'<!DOCTYPE us-patent-grant [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n')
    assert "root:" not in str(read(attack))


def test_named_entities_are_written_out_and_never_dropped():
    [found] = publications(read(grant("7", body=b"&alpha;&egr;&lsqb;1&rsqb;&nbsp;&EmptyDiamond;&lt;&amp;&#x3b2;&#946;")))
    assert found.description.decode() == "αε[1]\xa0◇<&ββ"


def test_image_declarations_are_harmless():
    images = b'<!DOCTYPE us-patent-grant SYSTEM "x.dtd" [\n<!NOTATION TIF SYSTEM "">\n<!ENTITY D1.TIF SYSTEM "D1.TIF" NDATA TIF>\n]>\n'
    [found] = publications(read(grant("7", doctype=images)))
    assert found.number == "7"


def test_an_image_that_is_used_as_text_is_refused():
    images = b'<!DOCTYPE us-patent-grant [<!ENTITY D1.TIF SYSTEM "D1.TIF" NDATA TIF>]>\n'
    assert code_of(grant("7", body=b"&D1.TIF;", doctype=images)) == "undefined_entity"


def test_a_document_above_the_limit_is_streamed_past_with_its_place():
    limits = Limits(document_bytes=3_000_000)
    large = grant("7", body=b"<p>text</p>\n" * 400_000)
    data = grant("1") + large + grant("2")
    records = read(data, limits=limits)
    assert [record.number for record in publications(records)] == ["1", "2"]
    [refused] = [record for record in records if isinstance(record, Rejected)]
    assert refused.problems[0].code == "document_too_large"
    assert refused.raw is None
    place = refused.place
    assert data[place.offset :].startswith(DECLARATION)
    assert (place.offset, place.length) == (len(grant("1")), len(large))
    import hashlib

    assert place.sha256 == hashlib.sha256(large).hexdigest()


def test_too_many_recorded_elements_are_refused():
    many = b"<us-bibliographic-data-grant>" + b"<country/>" * 20_000 + b"</us-bibliographic-data-grant>"
    document = grant("7").replace(b"<description>", many + b"<description>")
    records = read(document, limits=Limits(elements=10_000))
    assert records[0].problems[0].code == "elements"
    assert publications(read(document)), "within the limit the table of elements grows"


# Agreement with two other parsers, on real documents and on damaged ones.

SEEDS = [
    b"<a><b id='1' c=\"2\">x &amp; y</b><!-- note --><c/>z<![CDATA[<raw>&]]></a>",
    DECLARATION + b"<a x='&lt;'>\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80<?pi some data?>&#65;&#x42;</a>\n<!-- end -->\n",
    b"<a>\r\n<b\n x = 'y'\t/>]] ></a >",
    b"<r><p>one</p>\n<p>two <i>three</i>&quot;&apos;&gt;</p></r>",
]
TOKENS = [
    b"<", b">", b"&", b";", b"/", b"'", b'"', b"=", b" ", b"\n", b"]]>", b"]", b"--", b"-->", b"<!--", b"<![CDATA[", b"<?x y?>", b"?>", b"<a>",
    b"</a>", b"<b/>", b"&amp;", b"&#0;", b"&#xD800;", b"&#x10FFFF;", b"&lt", b"\x00", b"\x1f", b"\x7f", b"\xff", b"\xc3", b"\xc3\xa9",
    b"\xef\xbf\xbe", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"0", b"x", b"a='1'", b"<?xml version='1.0'?>", b"<!DOCTYPE a>", b"!", b"[", b"-",
]  # fmt: skip


def by_expat(document: bytes) -> bool:
    parser = xml.parsers.expat.ParserCreate()
    try:
        parser.Parse(document, True)
    except (xml.parsers.expat.ExpatError, LookupError, ValueError):
        return False
    return True


def by_lxml(document: bytes):
    try:
        return etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True))
    except etree.XMLSyntaxError:
        return None


def text_of(document: bytes) -> str | None:
    """All text of a document as our scanner writes it."""
    limits = Limits()
    front = prolog(document, limits)
    if isinstance(front, Finding):
        return None
    name = front.root
    tree = Scanner(Vocabulary([name]), limits).tree(np.frombuffer(bytearray(document), dtype=np.uint8), 0, len(document), front=front)
    return None if isinstance(tree, Finding) else tree.value(0)


_NAME_NOT_ASCII = re.compile(rb"<[^<>]*[\x80-\xff]|&[^;]{0,20}[\x80-\xff]")


def agree(document: bytes) -> None:
    """Ours is never laxer than the others; it is stricter only about names that are not ASCII, other versions, encodings and declarations."""
    ours = check(document) is None
    known = expand(document).data  # they know only the five predefined names
    theirs = by_expat(known)
    if ours:
        assert theirs
        root = by_lxml(known)
        if b":" not in document:
            assert root is not None
            if not root.xpath("//processing-instruction()|//comment()"):
                assert "".join(text_of(document).split()) == "".join("".join(root.itertext()).split())
    elif theirs:
        finding = check(document)
        stricter = finding.code in {"encoding", "doctype", "xml_declaration", "entity_declaration", "external_entity", "parameter_entity"}
        assert stricter or _NAME_NOT_ASCII.search(document), finding


@st.composite
def damaged(draw):
    document = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        at, length = draw(st.integers(0, len(document))), draw(st.sampled_from([0, 0, 1, 1, 2, 5]))
        document = document[:at] + draw(st.sampled_from(TOKENS) | st.binary(max_size=2)) + document[at + length :]
    return document


@settings(max_examples=600, deadline=None)
@examples(damaged())
def test_damaged_documents_are_judged_as_two_other_parsers_judge_them(document):
    agree(document)


def test_20_000_damaged_documents_are_judged_as_others_judge_them():
    chance = random.Random(20_200_103)
    for _ in range(20_000):
        document = chance.choice(SEEDS)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(document) + 1)
            document = document[:at] + chance.choice(TOKENS) + document[at + chance.choice((0, 0, 1, 1, 3)) :]
        agree(document)


@needs_real_files
def test_real_documents_are_accepted_by_all_and_refused_by_all_when_a_byte_is_lost():
    chance = random.Random(7)
    documents = []
    for path in sorted((FULLTEXT / "grants_concatenated").glob("*.gz"))[:4]:
        documents += [b"<?xml " + part.strip() for part in data_of(path).split(b"<?xml ")[1:]]
    for document in documents[:60]:
        assert check(document) is None
        assert by_expat(document)
        at = chance.randrange(200, len(document))
        agree(document[:at] + document[at + 1 :])
        agree(document[:at])


@needs_real_files
def test_damaged_real_files_are_read_as_far_as_they_are_whole():
    data = full("ipg070102.small.xml.gz")
    whole = [record.key for record in publications(read(data))]
    chance = random.Random(11)
    for _ in range(25):
        at = chance.randrange(len(data))
        damaged_file = data[:at] + chance.choice(TOKENS) + data[at + chance.choice((0, 1, 40)) :]
        records = read(damaged_file)
        found = [record.key for record in publications(records)]
        refused = [record for record in records if isinstance(record, Rejected)]
        assert all(record.problems for record in refused)
        assert len(set(whole) - set(found)) <= 2, "one place of damage costs one document, two where a declaration is hit"
        assert len(found) + len(refused) >= len(whole) - 1


@settings(max_examples=300, deadline=None)
@examples(st.binary(max_size=300))
def test_any_bytes_end_in_records_or_reasons(data):
    for record in read(grant("1") + data):
        assert record.place.length >= 0 if not isinstance(record, Rejected) else record.problems


@settings(max_examples=60, deadline=None)
@examples(st.binary(max_size=2_000))
def test_any_bytes_after_the_mark_of_a_text_format_end_in_records_or_reasons(data):
    for mark in (b"PATN\nWKU  039302717\n", b"09204581\tB2\t20151201\t13676098\t43247\n", b'{"WKU": "039302717", "Title": "x"}\n'):
        for record in read(mark + data):
            assert not isinstance(record, Rejected) or record.problems
