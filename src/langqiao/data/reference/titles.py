"""Titles of IPC sections (Chinese and English) and subclasses (English), shortened to what they name, without references."""

from functools import cache

from langqiao.data.reference.tables import rows
from langqiao.engine.patents.classification import ipc


@cache
def _titles() -> dict[str, tuple[str, str]]:
    return {row["symbol"]: (row["title_en"], row["title_zh"]) for row in rows("ipc_titles")}


def ipc_title(symbol: str, language: str = "en") -> str:
    """The title of the subclass of a symbol, of its section where only that is told, or "" where the table holds none.

    Chinese titles exist for the eight sections alone; for a subclass in Chinese the section's title is given.
    """
    found = ipc(symbol)
    if found is None:
        return ""
    english, chinese = _titles().get(found.subclass or found.section, ("", ""))
    if language.startswith("zh"):
        return chinese or _titles().get(found.section, ("", ""))[1]
    return english
