"""The description of the API (OpenAPI 3.1), written from the table of endpoints and the register of calculations."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from langqiao.web.api import calc
from langqiao.web.api.endpoint import Endpoint
from langqiao.web.api.problems import Problem
from langqiao.web.api.table import ENDPOINTS

REFS = "#/components/schemas/{model}"
WORDS = {
    401: "no token, or one that works no more",
    403: "the role, a scope or a fresh second factor is missing",
    404: "not there, or not yours to see: the two look the same",
    409: "a rule or what is recorded forbids it; the code is in the registry of refusals",
    413: "the body is larger than 1 MB",
    422: "a field cannot be read",
    429: "too many requests in a minute",
}


def statuses_of(endpoint: Endpoint) -> list[int]:
    """Every status an endpoint answers with, its own first."""
    return [endpoint.status, 401, 403, 404, 409, *([413] if endpoint.body else []), 422, 429]


def openapi() -> dict[str, Any]:
    """The whole document."""
    document = calc.openapi()
    answers = [(endpoint.answer, "serialization") for endpoint in ENDPOINTS]
    bodies = [(endpoint.body, "validation") for endpoint in ENDPOINTS if endpoint.body]
    models: Any = list(dict.fromkeys([(Problem, "serialization"), *answers, *bodies]))
    names, schemas = models_json_schema(models, ref_template=REFS)
    paths = dict(document["paths"])
    for endpoint in ENDPOINTS:
        paths.setdefault(endpoint.address, {})[endpoint.method.lower()] = _operation(endpoint, names)
    document["info"] = document["info"] | {
        "title": "Langqiao API",
        "description": "Everything a page can do, by token. Amounts are whole fen, days are Beijing days. docs/how-to/api.md says how.",
    }
    document["paths"] = dict(sorted(paths.items()))
    document["components"]["schemas"] |= schemas["$defs"]
    document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "description": "made at /account/tokens"}}
    return document


def _operation(endpoint: Endpoint, names: Any) -> dict[str, Any]:
    approving = " Needs an approver's token with the scope approve and a fresh second factor." if endpoint.approves else ""
    found: dict[str, Any] = {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": f"{endpoint.doc or endpoint.act.__doc__ or ''}\n\nScope: {endpoint.scope}.{approving}".strip(),
        "security": [{"token": []}],
        "x-scope": endpoint.scope,
        "parameters": [*_path_parameters(endpoint), *_query_parameters(endpoint.query), *_headers(endpoint)],
        "responses": {str(status): _response(endpoint, status, names) for status in statuses_of(endpoint)},
    }
    if endpoint.body:
        content: dict[str, Any] = {"schema": names[endpoint.body, "validation"]}
        if endpoint.example:
            content["example"] = dict(endpoint.example)
        found["requestBody"] = {"required": True, "content": {"application/json": content}}
    return found


def _response(endpoint: Endpoint, status: int, names: Any) -> dict[str, Any]:
    if status == endpoint.status:
        return {"description": "done", "content": {"application/json": {"schema": names[endpoint.answer, "serialization"]}}}
    found: dict[str, Any] = {
        "description": WORDS[status],
        "content": {"application/json": {"schema": names[Problem, "serialization"]}},
    }
    if status == 429:
        found["headers"] = {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer"}}}
    return found


def _path_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    text = {"type": "string"}
    schemas = {"uuid": {**text, "format": "uuid"}, "int": {"type": "integer", "minimum": 0}, "text": text, "path": text}
    return [{"name": name, "in": "path", "required": True, "schema": schemas[kind]} for name, kind in endpoint.values.items()]


def _query_parameters(model: type[BaseModel]) -> list[dict[str, Any]]:
    schema = model.model_json_schema()
    needed = set(schema.get("required", ()))
    return [
        {"name": name, "in": "query", "required": name in needed, "schema": _plain(part), **_described(part)}
        for name, part in schema.get("properties", {}).items()
    ]


def _described(part: dict[str, Any]) -> dict[str, str]:
    return {"description": part["description"]} if "description" in part else {}


def _plain(part: dict[str, Any]) -> dict[str, Any]:
    """A parameter's schema: one that is not given is left out of the address, so null is none of its values."""
    kinds = [kind for kind in part.get("anyOf", ()) if kind != {"type": "null"}]
    rest = {name: value for name, value in part.items() if name not in {"anyOf", "title", "description"} and value is not None}
    return {**rest, **(kinds[0] if kinds else {})}


def _headers(endpoint: Endpoint) -> list[dict[str, Any]]:
    if endpoint.method == "GET" or not endpoint.once:
        return []
    schema = {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"}
    about = "Names this attempt: sent again with the same content it answers as before, with other content it is refused."
    return [{"name": "Idempotency-Key", "in": "header", "required": True, "schema": schema, "description": about}]


@require_GET
def openapi_page(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """The description as JSON."""
    return JsonResponse(openapi())
