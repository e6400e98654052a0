"""`make docs`: writes the generated pages of docs/, or with --check tells which of them have fallen behind the code."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import click

from langqiao.cli.reference.page import Page

GENERATORS = [
    "langqiao.cli.reference.calculations:pages",
    "langqiao.cli.reference.refusals:pages",
    "langqiao.cli.reference.parameters:pages",
    "langqiao.cli.reference.states:pages",
    "langqiao.cli.reference.indicators:pages",
    "langqiao.cli.reference.schemes:pages",
    "langqiao.cli.reference.operations:pages",
    "langqiao.cli.reference.lake:pages",
    "langqiao.cli.reference.openapi:pages",
]
"""Each a function without arguments that yields Pages; a room that documents itself adds one line here."""
BEHIND = 1


def pages() -> Iterator[Page]:
    """Every generated page. Raises ValueError if two generators write the same one."""
    seen: set[str] = set()
    for place in GENERATORS:
        module, _, name = place.partition(":")
        for page in cast("Callable[[], Iterator[Page]]", getattr(importlib.import_module(module), name))():
            if page.path in seen:
                raise ValueError(f"{page.path} is written by two generators")
            seen.add(page.path)
            yield page


def behind(folder: Path) -> list[str]:
    """Paths of the pages below a docs folder whose text is not what the code writes now."""
    return [page.path for page in pages() if not _is_current(folder / page.path, page.text)]


def _is_current(file: Path, text: str) -> bool:
    return file.is_file() and file.read_text(encoding="utf-8") == text


@click.command(help="Write the generated pages of the documentation. 生成参考文档。")
@click.option("--folder", type=click.Path(path_type=Path), default=Path("docs"), show_default=True, help="The docs folder.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a page has fallen behind.")
def docs(folder: Path, *, check: bool) -> None:
    """Writes the pages, or checks them."""
    if check:
        late = behind(folder)
        for path in late:
            click.echo(f"{folder / path} has fallen behind: run make docs")
        sys.exit(BEHIND if late else 0)
    for page in pages():
        file = folder / page.path
        if not _is_current(file, page.text):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(page.text, encoding="utf-8")
            click.echo(f"wrote {file}")


if __name__ == "__main__":
    docs()
