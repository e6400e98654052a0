"""Chinese patent XML (ST.36 `cn-patent-document`, ST.96): known by its root and refused, because no real document was seen yet."""

import re
from collections.abc import Iterator

from langqiao.data.formats.source import Input, Record, Rejected, place_of, rejected
from langqiao.engine.kernel.problem import Problem

_ROOT = re.compile(rb"<(?:\w+:)?(?:cn-patent-document|cn-application-body)[\s>]|<!DOCTYPE\s+cn-patent-document\b")
_ST96 = re.compile(rb"http://www\.(?:wipo\.int/standards/XMLSchema/ST96|sipo\.gov\.cn/XMLSchema)")


def detects(head: bytes, name: str) -> bool:  # noqa: ARG001 - the interface of detection
    """Whether the root is that of ST.36 or the name space that of ST.96."""
    return bool(_ROOT.search(head) or _ST96.search(head))


def read(given: Input) -> Iterator[Record]:
    """Refuses the document in words a person can act on."""
    form = "ST.36 (cn-patent-document)" if _ROOT.search(given.head) else "ST.96"
    data = given.whole()
    if isinstance(data, Rejected):
        yield data
        return
    message = f"{form} is not supported yet: export the patents as an Excel or CSV list, or send a sample to the developers"
    yield rejected(place_of(given.name, 0, data), data, Problem(where=given.name, code="format_not_supported", message=message, offset=0))
