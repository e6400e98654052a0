"""Parts of pages that depend on the lake and the address alone, rendered once and kept in the process."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

KEPT = 512
KEPT_CHARS = 300_000
"""A longer part is not kept: a page of that size is not asked for often."""
_kept: OrderedDict[Hashable, SafeString] = OrderedDict()
_lock = threading.Lock()


def fragment(template: str, request: HttpRequest, *, about: Hashable, context: Callable[[], Mapping[str, Any]]) -> SafeString:
    """The rendered template. `about` must name everything it depends on beside the language: version of the lake, address, day.

    `context` is only asked where the part was not kept. Nothing that depends on who asks may go through here.
    """
    key = (template, get_language(), about)
    with _lock:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
            return found
    made = render_to_string(template, dict(context()), request=request)
    if len(made) <= KEPT_CHARS:
        with _lock:
            _kept[key] = made
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return made


def forget() -> None:
    """Empties what is kept (for tests)."""
    with _lock:
        _kept.clear()
