"""Documents one after another in a stream: cut where the next begins, wherever the pieces that are read happen to end."""

import io

import pytest

from langqiao.data.formats.source import Input, Rejected, Skipped
from langqiao.data.formats.uspto_aps import read as read_aps
from langqiao.data.formats.uspto_xml import read as read_xml
from tests.data.test_hostile_xml import grant
from tests.uspto_shared import RETRIEVED, full, given, needs_real_files, publications, read


class Slow(io.RawIOBase):
    """A stream that gives few bytes at a time, and may break off."""

    def __init__(self, data: bytes, size: int, breaks_at: int | None = None) -> None:
        self.data, self.size, self.at, self.breaks_at = data, size, 0, breaks_at

    def readable(self):
        return True

    def readinto(self, room):
        if self.breaks_at is not None and self.at >= self.breaks_at:
            raise EOFError("the archive ends early")
        piece = self.data[self.at : self.at + min(self.size, len(room))]
        room[: len(piece)] = piece
        self.at += len(piece)
        return len(piece)


def slow(data, size, breaks_at=None):
    return Input(name="slow", open=lambda: Slow(data, size, breaks_at), retrieved_at=RETRIEVED)


def seen(records):
    return [
        (record.number, record.place) if not isinstance(record, Rejected | Skipped) else (type(record).__name__, record.place)
        for record in records
    ]


@pytest.mark.parametrize("size", [1, 7, 64, 1_000])
def test_the_size_of_what_is_read_at_once_changes_nothing(size):
    data = (
        b"\xef\xbb\xbf" + b"".join(grant(str(number)) for number in range(1, 30)) + b"<?xml version='1.0'?><sequence-cwu/>\n" + grant("99")
    )
    expected = list(read_xml(given(data, "slow")))
    assert [record.number for record in publications(expected)] == [*map(str, range(1, 30)), "99"]
    assert seen(read_xml(slow(data, size))) == seen(expected)


def test_documents_without_a_declaration_are_cut_at_their_document_type():
    one, two = (b"<!DOCTYPE us-patent-grant SYSTEM 'x.dtd'>\n" + grant(number).split(b"?>\n", 1)[1] for number in ("1", "2"))
    assert [record.number for record in publications(read(one + two))] == ["1", "2"]
    mixed = publications(read(one + grant("3")))
    assert [record.number for record in mixed] == ["1", "3"]


def test_a_root_on_the_line_of_the_document_type_is_not_lost():
    line = grant("5", doctype=b"<!DOCTYPE us-patent-grant SYSTEM 'x.dtd' []>").replace(b"\n", b"")
    assert [record.number for record in publications(read(line + grant("6")))] == ["5", "6"]


def test_a_document_type_inside_a_comment_cuts_nothing():
    odd = grant("5", doctype=b"<!-- <!DOCTYPE us-patent-grant [ -->\n<!DOCTYPE us-patent-grant SYSTEM 'x.dtd'>\n")
    assert [record.number for record in publications(read(odd))] == ["5"]


def test_what_was_read_before_an_archive_breaks_off_is_handed_over():
    data = b"".join(grant(str(number)) for number in range(1, 2_000))
    found = []
    with pytest.raises(EOFError):
        found.extend(read_xml(slow(data, 1_000, breaks_at=200_000)))
    assert [record.number for record in publications(found)] == [str(number) for number in range(1, len(publications(found)) + 1)]
    assert len(publications(found)) > 300
    assert isinstance(found[-1], Rejected)
    assert found[-1].problems[0].code == "truncated"


@needs_real_files
@pytest.mark.parametrize("size", [1_000, 65_536])
def test_green_book_records_are_cut_at_patn_lines(size):
    one = full("ppd__greenbook__US03937375.greenbook")
    data = b"HHHHHT   APS1   ISSUE - 760113\n" + one + one.replace(b"039373756", b"039373757").replace(b"03937375", b"03937376")
    expected = list(read_aps(given(data, "slow")))
    assert len(publications(expected)) == 2
    assert seen(read_aps(slow(data, size))) == seen(expected)
    assert read(data, "aps")[0].number == expected[0].number
