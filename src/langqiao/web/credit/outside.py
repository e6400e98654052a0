"""The bank's list of loans made elsewhere: a CSV or XLSX read whole or not at all, every problem told by row and column."""

import csv
import datetime as dt
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from langqiao.engine.kernel.money import yuan_to_fen
from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.audit.services import record_append
from langqiao.web.common.numbers import size
from langqiao.web.credit.models import OutsideLoan
from langqiao.web.people.models import Membership
from langqiao.web.people.session import must_edit

FILE_MAX_BYTES = 10_000_000
UNPACKED_MAX_BYTES = 200_000_000
ROWS_MAX = 20_000
TOLD_MAX = 200
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "reference": ("reference", "合同编号"), "borrower": ("borrower", "借款人"), "drawn_on": ("drawn_on", "放款日"),
    "principal": ("principal", "贷款金额（元）"), "balance": ("balance", "余额（元）"), "value": ("value", "质物价值（元）"),
    "days_past_due": ("days_past_due", "逾期天数"), "defaulted_on": ("defaulted_on", "违约日"), "cluster": ("cluster", "技术领域（IPC小类）"),
}  # fmt: skip
"""Column → the headings that name it; `defaulted_on`, `days_past_due` and `cluster` may be absent."""
NEEDED = ("reference", "borrower", "drawn_on", "principal", "balance", "value")
IPC = re.compile(r"[A-H][0-9]{2}[A-Z]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong in one cell; row 1 is the heading, row 0 the whole file."""

    row: int
    column: str
    message: str


def outside_import(*, membership: Membership, file: "UploadedFile[bytes] | None", as_of: dt.date) -> tuple[int, list[Fault]]:
    """Replaces the bank's list by the file's rows: (rows read, faults); with any fault nothing changes.

    Refused: not_allowed, file_missing, file_too_large.
    """
    must_edit(membership)
    if membership.organization.kind != "bank":
        raise Refusal("not_allowed", _("Only a bank has a portfolio of loans."))
    if file is None:
        raise Refusal("file_missing", _("Choose a file first."))
    if (file.size or 0) > FILE_MAX_BYTES:
        facts = {"n": size(file.size or 0), "limit": size(FILE_MAX_BYTES)}
        raise Refusal("file_too_large", _("The file has %(n)s; %(limit)s are allowed.") % facts)
    content = file.read()
    rows, faults = _parsed(content, as_of)
    if not faults:
        _replace(membership, rows, as_of=as_of, sha256=hashlib.sha256(content).hexdigest())
    return len(rows), faults[:TOLD_MAX]


@transaction.atomic
def _replace(membership: Membership, rows: Sequence[dict[str, Any]], *, as_of: dt.date, sha256: str) -> None:
    bank = membership.organization
    OutsideLoan.objects.filter(bank=bank).delete()
    OutsideLoan.objects.bulk_create([OutsideLoan(bank=bank, as_of=as_of, **row) for row in rows], batch_size=500)
    payload = {"rows": len(rows), "sha256": sha256, "as_of": as_of.isoformat(), "balance_fen": sum(row["balance_fen"] for row in rows)}
    record_append(actor=membership.user, action="loan_list.imported", subject=f"organization/{bank.pk}", payload=payload)


def _parsed(content: bytes, as_of: dt.date) -> tuple[list[dict[str, Any]], list[Fault]]:
    try:
        lines = list(_limited(_lines(content)))
    except (ValueError, KeyError, zipfile.BadZipFile, csv.Error) as error:
        return [], [Fault(row=0, column="", message=str(error)[:200] or _("The file cannot be read."))]
    if not lines:
        return [], [Fault(row=0, column="", message=_("The file has no rows."))]
    places = _places(lines[0])
    missing = [Fault(row=1, column=name, message=_("The column is missing.")) for name in NEEDED if name not in places]
    if missing:
        return [], missing
    found, faults, known = [], [], set()
    for number, line in enumerate(lines[1:], 2):
        cells = {name: line[place].strip() if place < len(line) else "" for name, place in places.items()}
        if not any(cells.values()):
            continue
        row, wrong = _row(cells, as_of)
        if row.get("reference") in known:
            wrong["reference"] = _("The reference stands twice.")
        known.add(row.get("reference"))
        faults += [Fault(row=number, column=name, message=message) for name, message in wrong.items()]
        found.append(row)
    return found, faults


def _lines(content: bytes) -> Iterator[list[str]]:
    if content.startswith(b"PK"):
        yield from _sheet(content)
        return
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    yield from csv.reader(io.StringIO(text))


def _sheet(content: bytes) -> Iterator[list[str]]:
    from openpyxl import load_workbook  # noqa: PLC0415 - only where a workbook comes in

    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(one.file_size for one in packed.infolist()) > UNPACKED_MAX_BYTES:
            raise ValueError(_("The workbook is too large when unpacked."))
    sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
    for row in sheet.iter_rows(values_only=True):
        yield [_text(cell) for cell in row]


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return repr(cell) if isinstance(cell, float) and not cell.is_integer() else str(int(cell)) if isinstance(cell, float) else str(cell)


def _limited(lines: Iterable[list[str]]) -> Iterator[list[str]]:
    for number, line in enumerate(lines):
        if number > ROWS_MAX:
            raise ValueError(_("A list has at most %(n)d rows.") % {"n": ROWS_MAX})
        yield line


def _places(heading: Sequence[str]) -> dict[str, int]:
    words = [cell.strip().casefold() for cell in heading]
    return {name: words.index(word.casefold()) for name, names in COLUMNS.items() for word in names if word.casefold() in words}


def _row(cells: Mapping[str, str], as_of: dt.date) -> tuple[dict[str, Any], dict[str, str]]:
    found: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name, longest in (("reference", 80), ("borrower", 160)):
        found[name] = cells[name]
        if not 0 < len(cells[name]) <= longest:
            faults[name] = _("1 to %(n)d characters") % {"n": longest}
    for name in ("principal", "balance", "value"):
        try:
            found[f"{name}_fen"] = yuan_to_fen(cells[name].replace(",", ""))
        except ValueError:
            faults[name] = _("Write an amount in yuan such as 1000000.00.")
    for name in ("drawn_on", "defaulted_on"):
        try:
            found[name] = dt.date.fromisoformat(cells[name]) if cells.get(name) else None
        except ValueError:
            faults[name] = _("Write a day as 2026-11-20.")
    past = cells.get("days_past_due") or "0"
    found["days_past_due"] = int(past) if past.isascii() and past.isdigit() and len(past) < 6 else 0
    if str(found["days_past_due"]) != past.lstrip("0").rjust(1, "0"):
        faults["days_past_due"] = _("not in range")
    found["cluster"] = (cells.get("cluster") or "?").replace(" ", "")[:4].upper()
    if found["cluster"] != "?" and not IPC.fullmatch(found["cluster"]):
        faults["cluster"] = _("Write an IPC subclass such as H04W.")
    return found, faults | {name: told for name, told in _crossed(found, as_of).items() if name not in faults}


def _crossed(found: Mapping[str, Any], as_of: dt.date) -> dict[str, str]:
    """What no cell alone shows: the order of days and of sums."""
    told = {}
    principal, balance = found.get("principal_fen"), found.get("balance_fen")
    drawn, defaulted = found.get("drawn_on"), found.get("defaulted_on")
    if principal is not None and not 0 < principal < 10**15:
        told["principal"] = _("not in range")
    if principal is not None and balance is not None and not 0 <= balance <= principal:
        told["balance"] = _("The balance is above the principal or below zero.")
    if not 0 <= found.get("value_fen", 0) < 10**15:
        told["value"] = _("not in range")
    if drawn is None or drawn > as_of:
        told["drawn_on"] = _("The day is missing or lies after the day of the list.")
    if defaulted is not None and drawn is not None and not drawn <= defaulted <= as_of:
        told["defaulted_on"] = _("The default lies before the drawing or after the day of the list.")
    return told
