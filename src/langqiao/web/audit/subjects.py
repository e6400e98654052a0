"""Whom a record concerns: the organizations behind a subject, so that their members may read it."""

from collections.abc import Callable, Iterable

from langqiao.web.work.register import load

SUBJECTS: dict[str, str] = {
    "deal": "langqiao.web.deals.selectors:parties_of_deal",
    "right": "langqiao.web.rights.selectors:organizations_concerned",
}
"""Kind of subject → "module:function" that takes what follows the slash and gives the ids of the organizations concerned; rooms enter theirs."""


def parties_of(subject: str) -> set[int]:
    """The ids of the organizations a subject concerns; none for a kind that no room has entered."""
    kind, _, key = subject.partition("/")
    if kind == "organization" and key.isdigit():
        return {int(key)}
    if kind not in SUBJECTS:
        return set()
    ask: Callable[[str], Iterable[int]] = load(SUBJECTS[kind])
    return set(ask(key))
