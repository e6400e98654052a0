"""The reference pages of the lake and of the limits of reading."""

from collections.abc import Iterator

from langqiao.cli.reference.page import Page, page
from langqiao.data.lake import document


def pages() -> Iterator[Page]:
    """The two pages, from the schema and from the classes that hold the limits."""
    yield page("reference/lake.md", "The lake 数据湖", document.LAKE, document.lake_parts())
    yield page("reference/limits.md", "Limits of reading 读取上限", document.LIMITS, document.limits_parts())
