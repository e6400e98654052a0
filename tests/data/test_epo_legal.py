"""INPADOC legal events and the table of codes: our kind, its effect, its class, and the state an event is limited to."""

import collections
import csv
import datetime as dt
import gzip

import pytest
from lxml import etree

from epo_shared import SHARED, needs_shared
from langqiao.data.formats import epo_ops
from langqiao.data.formats.inpadoc import STATUS_CLASSES, effect_of, legal_code, table
from langqiao.data.formats.model import LegalEvent
from langqiao.data.formats.source import Input

FRAME = """<ops:world-patent-data xmlns:ops="http://ops.epo.org" xmlns="http://www.epo.org/exchange"><ops:patent-family legal="true">
<ops:publication-reference><document-id document-id-type="docdb"><country>EP</country><doc-number>1</doc-number><kind>B1</kind></document-id>
</ops:publication-reference><ops:family-member family-id="5">%s</ops:family-member></ops:patent-family></ops:world-patent-data>"""
LEGAL = """<ops:legal code="%s" desc="%s" infl="%s" dateMigr="00010101"><ops:L001EP>%s</ops:L001EP><ops:L002EP>F</ops:L002EP>
<ops:L003EP>    99203729</ops:L003EP><ops:L004EP>A </ops:L004EP><ops:L007EP>2003-02-12</ops:L007EP><ops:L500EP>%s</ops:L500EP></ops:legal>"""


def event(code, details="", *, desc="", influence=" ", office="EP"):
    answer = FRAME % (LEGAL % (code, desc, influence, office, details))
    return next(record for record in epo_ops.read(Input.of_bytes(answer.encode(), "x")) if isinstance(record, LegalEvent))


def field(number, desc, text, **attributes):
    extra = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<ops:L{number}EP desc="{desc}"{extra}>{text}</ops:L{number}EP>'


def test_the_table_holds_56_authorities_and_every_code_of_china_the_us_and_the_epo():
    counts = collections.Counter(authority for authority, _ in table())
    assert len(table()) == 4397 and len(counts) == 56
    assert (counts["CN"], counts["US"], counts["EP"]) == (110, 77, 565)


def test_every_chinese_and_american_code_is_read_in_our_words():
    unread = [key for key, code in table().items() if key[0] in {"CN", "US"} and not code.kind]
    assert unread == []
    assert [key for key, code in table().items() if key[0] == "CN" and not (code.description_en and code.description_zh)] == []


@pytest.mark.parametrize(
    ("code", "kind", "effect"),
    [
        ("TR01", "TRANSFER", ""), ("TA01", "TRANSFER_APPLICATION", ""), ("EE01", "LICENSE", "open"), ("EM01", "LICENSE", "amend"),
        ("EC01", "LICENSE", "close"), ("PE01", "PLEDGE", "open"), ("PM01", "PLEDGE", "amend"), ("PC01", "PLEDGE", "close"),
        ("OL01", "OPEN_LICENSE", "open"), ("OL02", "OPEN_LICENSE", "close"), ("PP01", "PRESERVATION", "open"), ("PD01", "PRESERVATION", "close"),
        ("CF01", "LAPSE", ""), ("CX01", "EXPIRY", ""), ("IW01", "INVALIDATION", ""), ("IP01", "PARTIAL_INVALIDATION", ""),
        ("AV01", "ABANDONMENT", ""), ("RR01", "RESTORATION", ""), ("GR01", "GRANT", ""), ("RJ01", "REFUSAL", ""), ("WD01", "DEEMED_WITHDRAWN", ""),
        ("CP01", "NAME_CHANGE", ""), ("CP02", "ADDRESS_CHANGE", ""), ("TG01", "TERM_ADJUSTMENT", ""), ("PLDC", "PLEDGE", "unknown"),
        ("LICC", "LICENSE", "unknown"), ("RINS", "PRESERVATION", "unknown"),
    ],
)  # fmt: skip
def test_the_operations_of_chinese_law_have_their_kind_and_effect(code, kind, effect):
    found = legal_code("CN", f"{code} ")
    assert (found.kind, found.effect) == (kind, effect)


def test_an_old_code_that_stands_for_three_effects_is_read_from_its_text():
    code = legal_code("CN", "PLDC")
    assert effect_of(code, "专利权质押合同登记的注销") == "close"
    assert effect_of(code, "专利权质押合同登记的生效") == "open"
    assert effect_of(code, "ENFORCEMENT, CHANGE AND CANCELLATION OF CONTRACTS ON PLEDGE") == "unknown"
    assert effect_of(code, "") == "unknown"


def test_an_unknown_code_is_kept_and_changes_nothing():
    found = legal_code("ZZ", "Q9")
    assert (found.authority, found.code, found.kind, found.changes_status) == ("ZZ", "Q9", "", False)


def test_only_seven_classes_of_a_clear_sign_change_a_status():
    assert legal_code("DE", "8339").changes_status  # cessation, adverse
    assert not legal_code("CN", "PE01").changes_status
    changing = {code.code_class for code in table().values() if code.changes_status}
    assert changing <= STATUS_CLASSES


def test_our_status_words_agree_with_the_classes_of_the_office_table():
    words = {
        "GRANT",
        "LAPSE",
        "EXPIRY",
        "INVALIDATION",
        "PARTIAL_INVALIDATION",
        "REVOCATION",
        "ABANDONMENT",
        "RESTORATION",
        "TERM_EXTENSION",
    }
    odd = [
        f"{code.authority} {code.code}" for code in table().values() if code.kind in words and code.code_class not in STATUS_CLASSES | {""}
    ]
    assert odd == ["EP U90"]  # the office's class of "deemed lapsed" (corrections) is at odds with its own words


def test_a_padded_code_a_state_and_the_effective_day_are_read_by_description():
    details = (
        field(501, "Ref Country Code", "CH") + field(525, "Effective DATE", "20030212") + field(510, "Free Format Text", "LAPSE BECAUSE")
    )
    found = event("PG25", details, influence="-", desc="LAPSED IN A CONTRACTING STATE")
    assert (found.office, found.number, found.number_kind, found.code) == ("EP", "99203729", "application", "PG25")
    assert (found.kind, found.extra["territory"], found.influence, found.code_class) == ("LAPSE_STATE", "CH", "-", "H")
    assert (found.date, found.effective_date, found.text) == (dt.date(2003, 2, 12), dt.date(2003, 2, 12), "LAPSE BECAUSE")


def test_a_reference_to_a_national_code_takes_the_national_meaning_in_that_state():
    details = field(501, "Ref Country Code", "CN") + field(502, "Ref Legal Event Code", "CF01", infl="-", descData="LAPSED")
    found = event("REG ", details)
    assert (found.kind, found.code, found.extra["territory"], found.code_class) == ("LAPSE_STATE", "REG", "CN", "H")
    assert found.extra["ref_legal_event_code_meaning"] == "LAPSED"


def test_a_us_assignment_is_read_by_the_phrase_of_its_text():
    text = "SECURITY AGREEMENT;ASSIGNOR:BRIDGE WORKS, INC.;REEL/FRAME:045829/0888"
    found = event("AS  ", field(509, "OWNER", "ALLIED SECURITY TRUST") + field(510, "Free Format Text", text), office="US")
    assert (found.kind, found.from_party, found.to_party, found.extra["reel_frame"]) == (
        "LIEN", "BRIDGE WORKS, INC.", "ALLIED SECURITY TRUST", "045829/0888",
    )  # fmt: skip


@needs_shared
def test_the_328_events_have_the_codes_that_the_files_hold():
    found = collections.Counter()
    for path in sorted((SHARED / "epo/ops").glob("*.xml*")):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        records = epo_ops.read(Input.of_bytes(data, path.name))
        found.update((record.office, record.code) for record in records if isinstance(record, LegalEvent) and record.format == "inpadoc")
    assert sum(found.values()) == 328
    assert {code: found["EP", code] for code in ("PG25", "REG", "PGFP", "STAA", "AK", "GRAA")} == {
        "PG25": 134, "REG": 52, "PGFP": 18, "STAA": 14, "AK": 10, "GRAA": 5,
    }  # fmt: skip
    assert (found["US", "AS"], found["US", "MAFP"], found["US", "FEPP"], found["CA", "FZDE"]) == (4, 2, 5, 1)


@needs_shared
def test_our_table_agrees_with_the_office_table_code_by_code():
    with (SHARED / "reference/inpadoc_legal_codes.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            code = legal_code(row["Authority"], row["Event-code"])
            assert (code.influence, code.code_class) == (row["Influence"].strip(), row["Event-class"].strip())


@needs_shared
def test_dates_that_say_not_given_do_not_become_the_year_one():
    data = gzip.decompress((SHARED / "epo/ops/get_legal.xml.gz").read_bytes())
    assert b'dateMigr="00010101"' in data
    events = [record for record in epo_ops.read(Input.of_bytes(data, "x")) if isinstance(record, LegalEvent)]
    assert min(record.date for record in events) > dt.date(1990, 1, 1)
    assert len(events) == len(etree.fromstring(data).findall(".//{*}legal"))
