"""Named entities: every name of the DOCDB table has its character, nothing is dropped silently."""

import gzip
import html
import re
import time

from epo_shared import SHARED, needs_shared
from langqiao.data.formats.entities import expand, value_of
from langqiao.data.formats.entities_iso import ISO


def test_a_docdb_name_becomes_a_numeric_reference_and_the_five_of_xml_stay():
    assert expand(b"<a>&SACUTE;lusarski &amp; &ccaron;&lt;</a>") == (b"<a>&#346;lusarski &amp; &#269;&lt;</a>", ())


def test_an_unknown_name_stays_in_place_and_is_named():
    assert expand(b"<a>&nosuch;&eacute;&nosuch;</a>") == (b"<a>&nosuch;&#233;&nosuch;</a>", ("nosuch",))


def test_cdata_and_comments_are_left_alone():
    source = b"<a><!-- &eacute; --><![CDATA[&eacute;]]>&eacute;</a>"
    assert expand(source).data == b"<a><!-- &eacute; --><![CDATA[&eacute;]]>&#233;</a>"


def test_unclosed_comments_cost_linear_time():
    started = time.process_time()
    expand(b"&eacute;" + b"<!--" * 1_000_000)
    assert time.process_time() - started < 2


def test_our_own_names_do_not_shadow_html():
    assert len(ISO) == 285
    assert not [name for name in ISO if html.entities.html5.get(f"{name};")]


@needs_shared
def test_all_2377_names_of_the_docdb_table_are_known():
    text = gzip.decompress((SHARED / "epo/docdb/docdb-entities.dtd.gz").read_bytes()).decode("utf-8")
    declared = dict(re.findall(r'<!ENTITY\s+([^\s%]+)\s+"([^"]*)"', text))
    assert len(declared) == 2377
    assert [name for name in declared if value_of(name) is None] == []
    same = [name for name, value in declared.items() if value_of(name) == html.unescape(html.unescape(value))]
    assert len(same) == 2156  # the others: private-use glyphs and a few old code points, where the standard sign is written instead
