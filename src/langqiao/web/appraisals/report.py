"""A patent's appraisal as a PDF: the same figures as its page, typeset with an embedded Chinese font, reproducible from the lake's version."""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from langqiao.web.common import numbers, terms
from langqiao.web.common.templatetags.langqiao import chinese
from langqiao.web.common.templatetags.patent_words import cited, number
from langqiao.web.patents.rights import chain_of, right_of, unknown_words
from langqiao.web.patents.view import Patent

TEMPLATE = Path(__file__).with_name("report.typ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of the report: a table under a title. `widths` are shares of the line (0: as wide as needed); `numbers` columns to the right."""

    title: str
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    widths: Sequence[int] = ()
    numbers: Sequence[int] = ()
    note: str = ""
    chart: str = ""


SectionMaker = Callable[[Patent], Section | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the template typesets."""

    title: str
    subtitle: str
    kicker: str
    footer: str
    publisher: str
    lang: str
    figures: Sequence[tuple[str, str]]
    sections: Sequence[Section] = field(default_factory=list)

    def as_json(self) -> str:
        """The report as the template reads it."""
        sections = [{name: getattr(section, name) for name in Section.__slots__} for section in self.sections]
        plain = {name: getattr(self, name) for name in self.__slots__ if name != "sections"}
        return json.dumps({**plain, "sections": sections}, ensure_ascii=False)


def text(value: Any) -> str:
    """A value as the report writes it: ISO dates, the word for unknown."""
    if value is None or value == "":
        return str(_("unknown"))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def report_of(patent: Patent, makers: Sequence[SectionMaker]) -> Report:
    """The report of a patent as of today from one version of the lake."""
    view = right_of(patent)
    day, version = view.on.isoformat(), patent.lake.version
    mark = hashlib.sha256(f"{patent.key} {day} {version}".encode()).hexdigest()[:12]
    what = _("Appraisal of a patent on evidence")
    return Report(
        title=patent.title(chinese=chinese()) or number(patent.key),
        subtitle=patent.other_title(chinese=chinese()),
        kicker=f"{what} · {number(patent.key)}",
        footer=_("Langqiao · as of %(day)s · lake %(version)s · %(mark)s · from the records named at the end; no guarantee of a price")
        % {"day": day, "version": version, "mark": mark},
        publisher="Langqiao 廊桥",
        lang="zh" if chinese() else "en",
        figures=[
            (str(_("Owner")), text("; ".join(view.ownership.owners))),
            (str(_("Status")), _status(view)),
            (str(_("Term ends")), text(view.term.end)),
            (str(_("Filed")), text(patent.row["filing_date"])),
            (str(_("Granted")), text(view.facts.grant_date)),
            (str(_("Next annuity")), _annuity(view)),
        ],
        sections=[section for maker in makers if (section := maker(patent)) is not None],
    )


def _status(view: Any) -> str:
    word = terms.word("status", view.status)
    return word if view.certain else _("last told: %(status)s") % {"status": word}


def _annuity(view: Any) -> str:
    fee = view.upkeep.next_fee
    if fee is None or view.status not in {"in_force", "grace"}:
        return "–"
    return f"{fee.due_date.isoformat()} · {numbers.money_exact(fee.full_fee_fen) if fee.full_fee_fen is not None else text(None)}"


def section_right(patent: Patent) -> Section:
    """The events of the right, oldest first, and what is not known."""
    view = right_of(patent)
    rows = [
        (
            text(event.effective),
            terms.word("event", event.kind),
            " → ".join(filter(None, ("; ".join(event.from_parties), "; ".join(event.to_parties)))),
        )
        for event in view.events
    ]
    unknown = "; ".join(unknown_words(view.unknown))
    not_known = _("Not known")
    note = cited(view.term.basis) + (f" · {not_known}: {unknown}" if unknown else "")
    return Section(title=str(_("Right and events")), head=(_("Date"), _("Event"), _("Parties")), rows=rows, widths=(2, 3, 7), note=note)


def section_title(patent: Patent) -> Section | None:
    """The line of title, oldest first, with its gaps."""
    chain, gaps = chain_of(right_of(patent))
    rows = [(text(step.since) if step.since else "–", "; ".join(step.owners)) for step in chain if step.owners]
    if not rows:
        return None
    return Section(title=str(_("Line of title")), head=(_("Since"), _("Owner")), rows=rows, widths=(1, 5), note=" ".join(gaps))


def section_burdens(patent: Patent) -> Section:
    """Every encumbrance ever recorded."""
    view = right_of(patent)
    rows = [
        (terms.word("burden", burden.kind), text(burden.since), text(burden.until) if burden.until else str(_("open")), burden.holder)
        for burden in view.all_overlays
    ]
    note = "" if rows else str(_("None is recorded in what the lake holds."))
    head = (_("Kind"), _("From"), _("To"), _("Holder"))
    return Section(title=str(_("Encumbrances")), head=head if rows else (), rows=rows, widths=(3, 2, 2, 5) if rows else (), note=note)


def section_records(patent: Patent) -> Section:
    """The records behind the report: file, offset, hash."""
    from langqiao.web.common.templatetags.patent_words import file_name  # noqa: PLC0415 - one section of many

    found = {row["sha256"]: row for row in (*patent.dossier.records, *patent.rows("events"), *patent.rows("conveyances"))}
    rows = [
        (_breakable(file_name(row["source_file"]).rsplit("/", 1)[-1]), f"{row['offset']:,}", row["sha256"][:32])
        for row in [*found.values()][:60]
    ]
    head = (_("File"), _("Offset"), "SHA-256")
    return Section(title=str(_("Records behind this page")), head=head, rows=rows, widths=(4, 1, 4), numbers=(1,))


def _breakable(name: str) -> str:
    """A file name that may end a line after each mark in it."""
    return re.sub(r"([_.\-])", "\\1\N{ZERO WIDTH SPACE}", name)


def pdf_of(report: Report) -> bytes:
    """The report typeset. Fonts come from the pinned package, so that every machine makes the same pages."""
    import pylopdf_fonts_zh_cn  # noqa: PLC0415 - 20 MB of fonts, only where a PDF is asked for
    import typst  # noqa: PLC0415

    fonts = [str(pylopdf_fonts_zh_cn.sans_path().parent)]
    typesetter: Any = typst
    found: bytes = typesetter.compile(
        TEMPLATE.read_bytes(), font_paths=fonts, ignore_system_fonts=True, sys_inputs={"data": report.as_json()}
    )
    return found
