"""POST /api/v1/calc/{name}: the calculation door over HTTP, with the JSON of the command line."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from langqiao.engine import register
from langqiao.engine.kernel.calculation import Calculation
from langqiao.engine.kernel.refusal import Refusal
from langqiao.rules import parameters
from langqiao.web.api.clock import TooSlowError, within_limit
from langqiao.web.api.limits import count_request
from langqiao.web.people.throttle import address_of

MAX_BODY_BYTES = 1_000_000
ANSWERS_A_NO = {"operations.check", "committee.resolve"}
"""Calculations whose "no" is their result: they answer 200."""


@require_GET
def names(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The calculations with their titles."""
    return JsonResponse({"calculations": [{"name": c.name, "title": dict(c.title)} for c in register.all_calculations()]})


@csrf_exempt  # pure: it reads nothing of the session and changes nothing
@require_POST
def calculate(request: HttpRequest, name: str) -> HttpResponse:
    """The output (200), a refusal (409), or an error that names the field (404, 413, 422, 503); 429 with Retry-After for an address that asks too often."""
    try:
        count_request(f"calc/{address_of(request)}", settings.API_ADDRESS_REQUESTS_A_MINUTE)
    except Refusal as refusal:
        answer = _error(refusal.code, refusal.message, 429)
        answer["Retry-After"] = str(refusal.facts["retry_after"])
        return answer
    try:
        found = register.find(name)
    except register.BadInput as error:
        return JsonResponse({"error": error.as_dict()}, status=404)
    if int(request.headers.get("Content-Length") or 0) > MAX_BODY_BYTES or len(request.body) > MAX_BODY_BYTES:
        return _error("bad_json", f"the body is larger than {MAX_BODY_BYTES} bytes", 413)
    try:
        with within_limit():
            output = found.answer(register.read_json(request.body), parameters())
    except register.BadInput as error:
        return JsonResponse({"error": error.as_dict()}, status=422)
    except UnicodeDecodeError:
        return _error("bad_json", "the body is not UTF-8", 422)
    except TooSlowError as error:
        return _error("too_slow", str(error), 503)
    return JsonResponse(output, status=409 if "refusal" in output and name not in ANSWERS_A_NO else 200)


def _error(code: str, message: str, status: int) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": message, "field": ""}}, status=status)


@require_GET
def schema(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001
    """{"input": JSON Schema, "output": JSON Schema} of a calculation."""
    try:
        return JsonResponse(register.find(name).schema())
    except register.BadInput as error:
        return JsonResponse({"error": error.as_dict()}, status=404)


ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "field"],
            "properties": {name: {"type": "string"} for name in ("code", "message", "field")},
        }
    },
}
REFUSAL = {
    "type": "object",
    "required": ["refusal", "message", "rule"],
    "properties": {"refusal": {"type": "string"}, "message": {"type": "string"}, "rule": {"type": ["string", "null"]}},
}


def openapi() -> dict[str, Any]:
    """The OpenAPI 3.1 document of the calculation door, one path a calculation, schemas from the register."""
    paths = {f"/api/v1/calc/{c.name}": _path(c) for c in register.all_calculations()}
    paths["/api/v1/calc"] = {
        "get": {
            "operationId": "calc_names",
            "summary": "Names and titles",
            "responses": {"200": _content("the calculations", {"type": "object"})},
        }
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Langqiao calculation door", "version": "1", "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": {"Error": ERROR, "Refusal": REFUSAL}},
    }


def _path(calculation: Calculation) -> dict[str, Any]:
    schemas = calculation.schema()
    error = {"$ref": "#/components/schemas/Error"}
    responses = {
        "200": _content("the output", _inlined(schemas["output"])),
        "409": _content("a rule forbids it", {"$ref": "#/components/schemas/Refusal"}),
        "413": _content("the body is too large", error),
        "422": _content("bad input, with the field", error),
        "429": _content("too many requests of this address", error)
        | {"headers": {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer"}}}},
        "503": _content("the calculation took too long", error),
    }
    if not calculation.refusals:
        del responses["409"]
    return {
        "post": {
            "operationId": calculation.name.replace(".", "_"),
            "summary": calculation.title["en"],
            "description": f"{calculation.formula['zh']}\n\n{calculation.doc}\n\nSource: {calculation.source}",
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": _inlined(schemas["input"]), "example": dict(calculation.example)}},
            },
            "responses": responses,
        }
    }


def _content(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its references resolved in place, so that each path stands alone."""
    definitions = schema.get("$defs", {})

    def resolved(part: Any) -> Any:
        if isinstance(part, dict):
            if "$ref" in part:
                return resolved(definitions[part["$ref"].rsplit("/", 1)[-1]])
            return {key: resolved(item) for key, item in part.items() if key != "$defs"}
        return [resolved(item) for item in part] if isinstance(part, list) else part

    answer = resolved(schema)
    assert isinstance(answer, dict)
    return answer


@require_GET
def openapi_page(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The OpenAPI document as JSON."""
    return JsonResponse(openapi())
