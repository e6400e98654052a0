"""Which reader a file needs: decided by its first 64 kB after decompression, never by its name alone."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from langqiao.data.formats.limits import HEAD_BYTES
from langqiao.data.formats.source import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderEntry:
    """One format: `detects` names a function (head: bytes, name: str) -> bool, `read` a Reader, both as "module:function" below
    langqiao.data.formats, imported only when asked. `title` is shown when no format fits.
    """

    name: str
    title: str
    detects: str
    read: str

    def fits(self, head: bytes, name: str) -> bool:
        """Whether a file that begins with `head` is of this format."""
        return bool(_function(self.detects)(head, name))

    @property
    def reader(self) -> Reader:
        """The reader of this format."""
        reader: Reader = _function(self.read)
        return reader


READERS: list[ReaderEntry] = [
    # The first that fits wins: specific marks stand before general ones.
    ReaderEntry(
        name="uspto_xml", title="USPTO grant or application XML (ST.32, PAP, v4.x)", detects="uspto_detect:xml", read="uspto_xml:read"
    ),
    ReaderEntry(name="uspto_aps", title="USPTO Green Book text (APS)", detects="uspto_detect:aps", read="uspto_aps:read"),
    ReaderEntry(name="uspto_xml4ip", title="USPTO XML4IP file wrapper document", detects="uspto_detect:xml4ip", read="uspto_xml4ip:read"),
    ReaderEntry(name="uspto_css", title="USPTO CSS/BRS text", detects="uspto_detect:css", read="uspto_css:read"),
    ReaderEntry(
        name="uspto_patentr", title="USPTO 1976 week as JSON lines (patentr)", detects="uspto_detect:patentr", read="uspto_patentr:read"
    ),
    ReaderEntry(name="uspto_odp", title="USPTO Open Data Portal JSON (patentBag)", detects="uspto_detect:odp", read="uspto_odp:read"),
    ReaderEntry(name="epo_ops", title="EPO Open Patent Services answer, XML or JSON (3.2)", detects="epo_ops:detects", read="epo_ops:read"),
    ReaderEntry(name="epo_docdb", title="EPO DOCDB exchange XML", detects="docdb:detects", read="docdb:read"),
    ReaderEntry(
        name="uspto_assignment_solr",
        title="USPTO assignment search XML (Solr)",
        detects="assignment_solr:detects",
        read="assignment_solr:read",
    ),
    ReaderEntry(
        name="uspto_assignment_center",
        title="USPTO Assignment Center answer (JSON)",
        detects="assignment_reader:detects_answer",
        read="assignment_reader:read_answer",
    ),
    ReaderEntry(
        name="uspto_assignment_lines",
        title="USPTO Assignment Center rows (JSON lines)",
        detects="assignment_reader:detects_lines",
        read="assignment_reader:read_lines",
    ),
    ReaderEntry(
        name="uspto_public_search",
        title="USPTO public search records (JSON)",
        detects="registry_public_search:detects",
        read="registry_public_search:read",
    ),
    ReaderEntry(name="uspto_peds", title="USPTO PEDS answer (JSON)", detects="registry_peds:detects", read="registry_peds:read"),
    ReaderEntry(
        name="uspto_odp_documents",
        title="USPTO Open Data Portal list of documents (JSON)",
        detects="registry_peds:detects_documents",
        read="registry_peds:read_documents",
    ),
    ReaderEntry(
        name="uspto_ptab",
        title="USPTO Patent Trial and Appeal Board answer (JSON)",
        detects="registry_ptab:detects",
        read="registry_ptab:read",
    ),
    ReaderEntry(
        name="patentbench",
        title="USPTO applications with events (patentbench JSON lines)",
        detects="registry_patentbench:detects",
        read="registry_patentbench:read",
    ),
    ReaderEntry(
        name="not_xml",
        title="(a file called XML that is none is refused)",
        detects="epo_ops:detects_mislabelled",
        read="epo_ops:read_mislabelled",
    ),
    ReaderEntry(
        name="cnipa_xml", title="CNIPA XML (ST.36, ST.96): known, not read yet", detects="cnipa_xml:detects", read="cnipa_xml:read"
    ),
    ReaderEntry(name="cnipa_gazette", title="CNIPA gazette CSV", detects="cnipa_gazette:detects", read="cnipa_gazette:read"),
    ReaderEntry(name="facts_cn", title="Langqiao's table of facts on Chinese patents", detects="facts_cn:detects", read="facts_cn:read"),
    ReaderEntry(name="patstat", title="PATSTAT table (CSV)", detects="patstat:detects", read="patstat:read"),
    ReaderEntry(
        name="patent_workbook",
        title="patent list in Excel (incoPat, PatSnap …)",
        detects="vendor_sheet:detects_workbook",
        read="vendor_sheet:read",
    ),
    ReaderEntry(
        name="patent_list", title="patent list as delimited text (CSV, TSV)", detects="vendor_sheet:detects_text", read="vendor_sheet:read"
    ),
]


def entry(head: bytes, name: str) -> ReaderEntry | None:
    """The first registered format that fits, or None."""
    head = head[:HEAD_BYTES]
    return next((candidate for candidate in READERS if candidate.fits(head, name)), None)


def named(name: str) -> ReaderEntry:
    """The format of that name."""
    return next(candidate for candidate in READERS if candidate.name == name)


def detect(head: bytes, name: str) -> Reader | None:
    """The reader for a file that begins with `head` (unpacked); None if no format fits: the caller then reports `tried()`."""
    found = entry(head, name)
    return found.reader if found else None


def tried() -> str:
    """The formats that were tried, for the message of a refusal."""
    return "; ".join(candidate.title for candidate in READERS)


@cache
def _function(place: str) -> Callable[..., Any]:
    module, _, name = place.partition(":")
    found: Callable[..., Any] = getattr(import_module(f"langqiao.data.formats.{module}"), name)
    return found
