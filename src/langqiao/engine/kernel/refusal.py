"""A Refusal: a command that a rule forbids, with the code, the article and the way out; the registry is in rules/refusals.yaml."""

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):  # noqa: N818 - it is the house's noun; not an error of the program
    """Raised for a command and shown to a person. `code` is in the registry of refusal codes; `facts` hold the numbers of the sentence."""

    def __init__(self, code: str, message: str, *, article: str | None = None, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.article = article
        self.facts = dict(facts or {})
