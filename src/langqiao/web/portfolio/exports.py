"""A portfolio as CSV and XLSX: exact fen as yuan, ISO dates, empty where unknown, no cell that a spreadsheet would execute."""

import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from langqiao.engine.kernel.money import fen_to_yuan
from langqiao.web.common import terms
from langqiao.web.common.sheets import XLSX, csv_bytes, workbook
from langqiao.web.common.templatetags.patent_words import number
from langqiao.web.portfolio.models import Portfolio, PortfolioItem

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

JSON_FIELDS = (
    "key", "title", "title_zh", "title_en", "owner", "office", "patent_type", "status", "filing_date", "expiry_date", "annuity_year",
    "annuity_due_on", "annuity_fee_fen", "grade", "score", "coverage", "high_value", "value_p10_fen", "value_p50_fen", "value_p90_fen",
    "value_currency", "fees_to_come_fen", "advice", "as_of",
)  # fmt: skip


def _columns() -> dict[str, Callable[[PortfolioItem], Any]]:
    return {
        _("number"): lambda item: number(item.key),
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


def _items(portfolio: Portfolio, keys: Sequence[str] | None) -> Iterator[PortfolioItem]:
    found = PortfolioItem.objects.filter(portfolio=portfolio)
    if keys is not None:
        found = found.filter(key__in=keys)
    return found.order_by("key").iterator(chunk_size=2000)


def _rows(portfolio: Portfolio, keys: Sequence[str] | None) -> Iterator[list[Any]]:
    columns = _columns()
    yield list(columns)
    for item in _items(portfolio, keys):
        yield [read(item) for read in columns.values()]


def csv_of(portfolio: Portfolio, keys: Sequence[str] | None = None) -> tuple[str, bytes]:
    """UTF-8 with a byte order mark, so that spreadsheets read Chinese."""
    return "text/csv; charset=utf-8", csv_bytes(_rows(portfolio, keys))


def xlsx_of(portfolio: Portfolio, keys: Sequence[str] | None = None) -> tuple[str, bytes]:
    """One sheet; texts are written as texts."""
    return XLSX, workbook(_rows(portfolio, keys))


def jsonl_of(portfolio: Portfolio, keys: Sequence[str] | None = None) -> tuple[str, bytes]:
    """One JSON object a line, fields named as in the tables; money in fen, null where unknown."""
    out = io.StringIO()
    for item in _items(portfolio, keys):
        told = {name: getattr(item, name) for name in JSON_FIELDS}
        out.write(json.dumps({"number": number(item.key), **told}, ensure_ascii=False, default=str) + "\n")
    return "application/x-ndjson; charset=utf-8", out.getvalue().encode()


def sample_xlsx() -> bytes:
    """The headers of a vendor's export, without rows."""
    return workbook(iter([list(SAMPLE_HEADERS)]))


FORMS: dict[str, Callable[[Portfolio, Sequence[str] | None], tuple[str, bytes]]] = {"csv": csv_of, "xlsx": xlsx_of, "jsonl": jsonl_of}
"""The end of the address → how a portfolio, or the marked patents of it, are written."""
