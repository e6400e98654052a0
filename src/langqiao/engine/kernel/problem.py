"""A Problem: what is wrong with a piece of data, where, and how bad; the batch goes on."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One finding about input data.

    `where` is the file (and the member inside an archive), `offset` the byte at which the record starts, `row` the row of a table
    counted from 1 as the spreadsheet shows it, `field` the field concerned. `error`: the record was not taken; `warning`: taken and
    repaired or incomplete; `note`: worth knowing.
    """

    where: str
    code: str
    message: str
    severity: Severity = "error"
    offset: int | None = None
    row: int | None = None
    field: str | None = None
    raw: str | None = None
