"""Rows of the books by plain SQL: from the site's database, or from a SQLite file such as a backup, without trusting either."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

Rows = Callable[[str], list[tuple[Any, ...]]]
"""Takes one SELECT and gives its rows; raises UnreadableError where the database cannot give them."""

PAGE = 5_000


class UnreadableError(Exception):
    """The database does not give the rows asked for: damaged, or not of this shape."""


def site_rows(statement: str) -> list[tuple[Any, ...]]:
    """Rows of the site's database."""
    from django.db import DatabaseError  # noqa: PLC0415 - kept beside its only use

    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall()
    except (DatabaseError, UnicodeDecodeError) as error:
        raise UnreadableError(str(error)) from error


@contextmanager
def file_rows(path: Path) -> Iterator[Rows]:
    """Rows of a SQLite file, opened for reading only; text that is no UTF-8 is handed out so that it cannot have the right hash."""
    books = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    books.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")

    def rows(statement: str) -> list[tuple[Any, ...]]:
        try:
            return books.execute(statement).fetchall()
        except sqlite3.Error as error:
            raise UnreadableError(str(error)) from error

    try:
        yield rows
    finally:
        books.close()


def paged(rows: Rows, columns: str, table: str, *, key: str, after: int = 0) -> Iterator[tuple[Any, ...]]:
    """Every row of a table in the order of its whole-number key, which is the first of the columns, a page at a time."""
    while True:
        found = rows(f"SELECT {columns} FROM {table} WHERE {key} > {after:d} ORDER BY {key} LIMIT {PAGE}")  # noqa: S608 - own names, a number
        yield from found
        if len(found) < PAGE:
            return
        after = int(found[-1][0])
