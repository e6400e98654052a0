"""The reference text of the lake and of the limits of reading, in Markdown, written from the schema and the classes that hold the limits."""

import ast
import dataclasses
import inspect
from collections.abc import Iterator
from typing import Any

from langqiao.data.formats import archive, archive_streams, limits
from langqiao.data.lake import columns, plan, sources, task
from langqiao.data.lake.meanings import TABLE_MEANINGS, meaning
from langqiao.data.lake.precedence import CHILDREN, MERGED, NATURAL_KEYS
from langqiao.data.lake.schema import CHILD, ON_READ, PROVENANCE, TABLES

LAKE = """`langqiao ingest PATH…` writes these tables, `langqiao export TABLE` writes them out, `Lake.table(name, known_at=None, latest=True)`
(`langqiao.data.lake.store`) reads them as Ibis expressions. Empty text means "not given", so does an unknown number or day; zero means zero."""

LAYOUT = """| below the lake's folder | what |
|---|---|
| `manifest.sqlite` | batches, their Parquet parts, the input files read (path, SHA-256, counts), computed tables, finished stages |
| `tables/TABLE/BATCH-PART.parquet` | the rows; a file that no committed batch names is invisible and removed by the next ingest |
| `sources/` | a copy of every input file as it came, named by its SHA-256: from it any record's bytes are shown again |
| `quarantine/` | refused documents, named by their SHA-256 |
| `derived/` | computed tables such as `indicators`, the current and the one before |

- **Once 一次** A file is read once for its path and content. The bytes of the Parquet files depend on the input alone: not on the time, the number
  of workers, the order of the arguments, or on how often the ingest was killed and called again (tested, with `kill -9`).
- **Rows are only added 只增不改** A file that changed adds rows with a later `known_at`; as-of reads keep what was known before.
- **The newest speaks, silence is no correction 新者优先，缺者不改**"""

LIMITS = """Checks cover the whole document, not only the part that is read. What breaks a limit is refused as a whole, kept in quarantine and named as a
problem; the batch goes on. `langqiao ingest --limit NAME=VALUE` changes a limit of the first table for one call."""

MODULE_LIMITS: tuple[tuple[str, Any, str], ...] = (
    ("archive_directory", archive.DIRECTORY_BYTES, "largest directory of a .zip that is read, in bytes; refused before it is read"),
    ("archive_header", archive.HEADER_BYTES, "longest extended header of a .tar entry, in bytes"),
    ("archive_free", archive_streams.FREE_BYTES, "bytes that may come out before the ratio is looked at"),
    ("archive_refusals", archive_streams.REFUSALS, "times the allowed bytes of an archive that may be spent on entries refused afterwards"),
    ("problem_message", columns.MESSAGE_CHARACTERS, "characters of a problem's message that are kept"),
    ("problem_raw", columns.RAW_CHARACTERS, "characters of a raw value that a problem keeps"),
    ("flush", task.FLUSH_BYTES, "bytes of raw records gathered before they are written"),
)


def lake_parts() -> Iterator[str]:
    """The sections of the page of the lake."""
    yield f"## Layout 布局\n\n{LAYOUT}\n{_rules()}"
    shared = [name for name, _ in (*PROVENANCE, *CHILD)]
    rows = [(f"`{name}`", _type(name), meaning("publications" if name != "record" else "claims", name)) for name in shared]
    yield f"## On every row 每行都有\n\n`key` and `record` stand on the rows of a publication's parts.\n\n{_table(('column', 'type', 'meaning'), rows)}"
    for table, schema in TABLES.items():
        title, words = TABLE_MEANINGS[table]
        own = [column for column in schema if column.name not in shared or (table == "publications" and column.name == "key")]
        cells = [(f"`{column.name}`", str(column.type), meaning(table, column.name)) for column in own]
        yield f"## `{table}` {title}\n\n{words}\n\n{_table(('column', 'type', 'meaning'), cells)}"


def limits_parts() -> Iterator[str]:
    """The sections of the page of limits."""
    head = ("name", "value", "meaning")
    yield f"## A document, an archive 文件与压缩包\n\n{_table(head, _of(limits.Limits))}"
    yield f"## What is kept 保留\n\n{_table(head, _of(sources.Keeping))}"
    yield f"## Portions of work 分批\n\n{_table(head, _of(plan.Portioning))}"
    yield f"## Fixed 固定\n\n{_table(head, [(f'`{name}`', f'{value:,}', words) for name, value, words in MODULE_LIMITS])}"


def _rules() -> str:
    merged = "; ".join(f"`{name}` by {', '.join(key)}" for name, key in MERGED.items())
    keyed = "; ".join(f"`{name}` by {', '.join(key)}" for name, key in NATURAL_KEYS.items())
    return (
        f"  `latest` reads one row a thing, each column from the newest record that fills it: {merged}. Parts of a publication\n"
        f"  ({', '.join(CHILDREN)}) come as a whole from the newest record that has any.\n"
        f"  Rows that say the same are read once: {keyed}.\n"
        f"- Not in the files but added on reading: {', '.join(f'`{name}`' for name in ON_READ)}."
    )


def _type(name: str) -> str:
    return str(next(schema.field(name).type for schema in TABLES.values() if name in schema.names))


def _of(limits_class: Any) -> list[tuple[str, str, str]]:
    """The fields of a class of limits with their defaults and the sentence written under each."""
    said = _sentences(limits_class)
    return [(f"`{field.name}`", f"{field.default:,}", said[field.name]) for field in dataclasses.fields(limits_class)]


def _sentences(limits_class: Any) -> dict[str, str]:
    [definition] = ast.parse(inspect.getsource(limits_class)).body
    assert isinstance(definition, ast.ClassDef)
    found = {}
    for field, below in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            assert isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant), f"{field.target.id} has no sentence"  # noqa: PT018
            found[field.target.id] = str(below.value.value)
    return found


def _table(head: tuple[str, ...], rows: list[tuple[str, str, str]]) -> str:
    cells = [" | ".join(cell.replace("|", "\\|") for cell in row) for row in (head, *rows)]
    return "\n".join([f"| {cells[0]} |", "|---" * len(head) + "|", *(f"| {line} |" for line in cells[1:])])
