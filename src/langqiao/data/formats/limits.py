"""The limits of reading: how large, how deep and how many things may be before a document or an archive is refused."""

from dataclasses import dataclass

HEAD_BYTES = 65_536
"""What detection sees of a file (after decompression), in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Every limit of reading in one place; `docs/reference/limits` is made from this class.

    A document over a limit is refused as a whole, kept in quarantine and reported as a Problem; the batch goes on.
    """

    document_bytes: int = 64 * 1024 * 1024
    """The largest single document (one XML root, one text record, one JSON or spreadsheet file), in bytes; a larger one is streamed to quarantine."""

    depth: int = 256
    """The deepest nesting of elements or JSON containers; real documents stay below 60."""

    attributes: int = 256
    """The most attributes of one element; real documents stay below 20."""

    name_bytes: int = 1_000
    """The longest element, attribute or entity name, in bytes."""

    text_bytes: int = 16 * 1024 * 1024
    """The longest single run of text, comment, CDATA section, instruction or attribute value, in bytes."""

    elements: int = 1_000_000
    """The most elements of the kinds a reader records in one document (fields, citations, claims; not paragraphs); real documents stay below 50,000."""

    prolog_bytes: int = 256 * 1024
    """The longest document type declaration with its internal subset, in bytes."""

    row_cells: int = 4_096
    """The most cells of one row of a table."""

    archive_ratio: int = 100
    """The largest ratio of unpacked to packed bytes of an archive entry, counted while reading (after the first megabyte)."""

    archive_entries: int = 10_000
    """The most entries of one archive."""

    archive_depth: int = 3
    """How often an archive may lie inside an archive."""

    archive_bytes: int = 64 * 1024 * 1024 * 1024
    """The most bytes one archive may unpack to, all entries together."""

    problems_per_document: int = 20
    """The most Problems reported for one document; a note says how many more there were."""


LIMITS = Limits()
"""The limits that hold unless the caller passes others."""
