"""A portfolio as CSV and XLSX: exact fen as yuan, ISO dates, empty where unknown, no cell that a spreadsheet would execute."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.web.common import terms
from langqiao.web.portfolio.models import Portfolio, PortfolioItem

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXECUTED = ("=", "+", "-", "@", "\t", "\r")
"""A text cell that starts so is a formula for a spreadsheet; a leading apostrophe makes it text again."""
SAMPLE_HEADERS = (
    "公开(公告)号",
    "申请号",
    "标题",
    "申请人",
    "申请日",
    "公开(公告)日",
    "授权公告日",
    "IPC主分类",
    "专利类型",
    "当前法律状态",
)


def _columns() -> dict[str, Callable[[PortfolioItem], Any]]:
    return {
        _("number"): lambda item: item.key,
        _("title"): lambda item: item.title,
        _("owner"): lambda item: item.owner,
        _("office"): lambda item: item.office,
        _("type"): lambda item: terms.word("patent_type", item.patent_type),
        _("status"): lambda item: terms.word("status", item.status),
        _("filing date"): lambda item: item.filing_date,
        _("expiry date"): lambda item: item.expiry_date,
        _("next annuity, patent year"): lambda item: item.annuity_year,
        _("next annuity due"): lambda item: item.annuity_due_on,
        _("next annuity, yuan"): lambda item: _yuan(item.annuity_fee_fen),
        _("grade"): lambda item: item.grade,
        _("score"): lambda item: item.score,
        _("evidence coverage"): lambda item: item.coverage,
        _("value p10, yuan"): lambda item: _yuan(item.value_p10_fen),
        _("value p50, yuan"): lambda item: _yuan(item.value_p50_fen),
        _("value p90, yuan"): lambda item: _yuan(item.value_p90_fen),
        _("fees to come, yuan"): lambda item: _yuan(item.fees_to_come_fen),
        _("advice"): lambda item: str(item.get_advice_display()),
        _("as of"): lambda item: item.as_of,
    }


def _yuan(fen: int | None) -> str | None:
    return None if fen is None else fen_to_yuan(fen)


def safe_cell(value: Any) -> Any:
    """The value, with an apostrophe before a text that a spreadsheet would execute."""
    return f"'{value}" if isinstance(value, str) and value.startswith(EXECUTED) else value


def _rows(portfolio: Portfolio) -> Iterator[list[Any]]:
    columns = _columns()
    yield list(columns)
    for item in PortfolioItem.objects.filter(portfolio=portfolio).order_by("key").iterator(chunk_size=2000):
        yield [safe_cell(read(item)) for read in columns.values()]


def csv_of(portfolio: Portfolio) -> tuple[str, bytes]:
    """UTF-8 with a byte order mark, so that spreadsheets read Chinese."""
    out = io.StringIO()
    csv.writer(out).writerows(["" if cell is None else cell for cell in row] for row in _rows(portfolio))
    return "text/csv; charset=utf-8", "\ufeff".encode() + out.getvalue().encode()


def xlsx_of(portfolio: Portfolio) -> tuple[str, bytes]:
    """One sheet; texts are written as texts."""
    return XLSX, _workbook(_rows(portfolio))


def sample_xlsx() -> bytes:
    """The headers of a vendor's export, without rows."""
    return _workbook(iter([list(SAMPLE_HEADERS)]))


def _workbook(rows: Iterator[list[Any]]) -> bytes:
    from openpyxl import Workbook  # noqa: PLC0415 - only where a workbook is asked for
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Langqiao")
    for row in rows:
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


FORMS: dict[str, Callable[[Portfolio], tuple[str, bytes]]] = {"csv": csv_of, "xlsx": xlsx_of}
