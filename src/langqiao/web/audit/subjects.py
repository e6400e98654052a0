"""Whom a record concerns: the organizations behind a subject, so that their members may read it."""

from collections.abc import Callable, Iterable

from django.apps import apps
from django.core.exceptions import ValidationError

from langqiao.web.work.register import load

SUBJECTS: dict[str, str] = {
    "deal": "langqiao.web.deals.selectors:parties_of_deal",
    "right": "langqiao.web.rights.selectors:organizations_concerned",
}
"""Kind of subject → "module:function" that takes what follows the slash and gives the ids of the organizations concerned; rooms enter theirs."""

OWNED = {"listing": "market.Listing", "demand": "market.Demand", "window": "market.Window", "fund": "funds.Fund"}
"""Kind of subject → a model whose row, found by its key, names the one organization concerned as `organization`."""


def parties_of(subject: str) -> set[int]:
    """The ids of the organizations a subject concerns; none for a kind that no room has entered."""
    kind, _, key = subject.partition("/")
    if kind == "organization" and key.isdigit():
        return {int(key)}
    if kind in OWNED:
        return _owner(OWNED[kind], key)
    if kind not in SUBJECTS:
        return set()
    ask: Callable[[str], Iterable[int]] = load(SUBJECTS[kind])
    return set(ask(key))


def _owner(label: str, key: str) -> set[int]:
    try:
        found = apps.get_model(label)._base_manager.filter(pk=key)  # noqa: SLF001 - also rows a default manager hides
    except (ValidationError, ValueError):
        return set()  # a key that is none names nobody
    return set(found.values_list("organization_id", flat=True))
