"""What is wrong with a request, in one shape: a refusal with its article and way out, or an error with its field; and the status of each."""

from typing import Any

from django.http import JsonResponse
from pydantic import BaseModel, ConfigDict

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.common.middleware import STATUS as PAGE_STATUS
from langqiao.web.common.refusals import told

STATUS = {**PAGE_STATUS, "terms_invalid": 422, "idempotency_key_missing": 422, "scope_missing": 403, "too_many_requests": 429}
"""A refusal's HTTP status by its code, as the pages answer; every other refusal is a conflict with what is recorded: 409."""


class Also(BaseModel):
    """A further reason of the same refusal."""

    model_config = ConfigDict(extra="forbid")
    code: str
    message: str
    article: str


class Problem(BaseModel):
    """`refusal`: a rule forbids it (code of the registry); `error`: the request cannot be read. One of the two is empty.

    `message` is the registry's sentence in the language asked for; `faults` says what is wrong with each field of a step.
    """

    model_config = ConfigDict(extra="forbid")
    refusal: str = ""
    error: str = ""
    message: str
    detail: str = ""
    article: str = ""
    fix: str = ""
    field: str = ""
    faults: dict[str, str] = {}
    also: list[Also] = []


class ApiError(Exception):
    """A request that cannot be read or is not allowed in: status, code, sentence, field, further headers."""

    def __init__(self, status: int, code: str, message: str, *, field: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.field, self.headers = status, code, message, field, headers or {}

    def answer(self) -> JsonResponse:
        """The answer in the one shape."""
        problem = Problem(error=self.code, message=self.message, field=self.field)
        return JsonResponse(problem.model_dump(), status=self.status, headers=self.headers)


def refused(refusal: Refusal, *, headers: dict[str, str] | None = None) -> JsonResponse:
    """A refusal as the answer of the API."""
    words = told(refusal)
    raw = refusal.facts.get("faults", {})
    faults: dict[Any, Any] = raw if isinstance(raw, dict) else {}
    problem = Problem(
        refusal=words.code,
        message=words.sentence,
        detail=words.detail,
        article=words.article,
        fix=words.fix,
        field=str(refusal.facts.get("field", "")),
        faults={str(name): str(fault) for name, fault in faults.items()},
        also=[Also(code=code, message=sentence, article=article) for code, sentence, article in words.also],
    )
    return JsonResponse(problem.model_dump(), status=STATUS.get(refusal.code, 409), headers=headers)
