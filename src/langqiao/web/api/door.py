"""The door of the API: every request is counted, its token, scope and role are asked, its values are read; then its function answers."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, get_origin
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from pydantic import BaseModel, ValidationError

from langqiao.engine.kernel.refusal import Refusal
from langqiao.web.api.endpoint import INT_MAX, Call, Endpoint, Kind
from langqiao.web.api.limits import count_address, count_token
from langqiao.web.api.models import ApiAnswer, ApiToken
from langqiao.web.api.problems import ApiError, refused
from langqiao.web.api.tokens import must_approve, must_have_scope, must_have_session_factor, token_of
from langqiao.web.people.sealing import seal, unseal
from langqiao.web.people.session import must_edit, must_govern
from langqiao.web.people.throttle import address_of

KEY_CHARS_MAX = 100
TEXT_CHARS_MAX = 300
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_INT = re.compile(r"[0-9]{1,16}")
ANSWERS_KEPT = dt.timedelta(days=90)
BEFORE_FACTOR = frozenset({"me", "second_factor"})
"""What an approver of an organization that moves money may ask before the code of the second factor: who it is, and giving the code."""


def view_of(endpoints: Mapping[str, Endpoint]) -> Callable[..., HttpResponse]:
    """The Django view of one path: method → endpoint."""

    @csrf_exempt  # no cookie is believed here, so no other site can send one along
    def view(request: HttpRequest, **raw: str) -> HttpResponse:
        try:
            answer = _answered(request, endpoints, raw)
        except Refusal as refusal:
            wait = refusal.facts.get("retry_after")
            answer = refused(refusal, headers={"Retry-After": str(wait)} if wait else None)
        except ApiError as error:
            answer = error.answer()
        answer["Cache-Control"] = "no-store, private"
        return answer

    return view


@csrf_exempt
def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:  # noqa: ARG001
    """Every other address below /api/v1."""
    return ApiError(404, "no_such_address", _("The API has no such address.")).answer()


def _answered(request: HttpRequest, endpoints: Mapping[str, Endpoint], raw: Mapping[str, str]) -> HttpResponse:
    endpoint = endpoints.get("GET" if request.method == "HEAD" else str(request.method))
    if endpoint is None:
        allowed = ", ".join(endpoints)
        raise ApiError(405, "method_not_allowed", _("This address takes %(allowed)s.") % {"allowed": allowed}, headers={"Allow": allowed})
    count_address(address_of(request))
    token = _token(request)
    count_token(token.pk)
    _let_in(endpoint, token)
    path = {name: _value(name, kind, raw[name]) for name, kind in endpoint.values.items()}
    query = _read(endpoint.query, lambda model: model.model_validate(_parameters(model, request.GET)))
    body = _body(request, endpoint)
    if endpoint.method == "GET" or not endpoint.once:
        return _told(endpoint.act(Call(request=request, token=token, path=path, query=query, body=body)), endpoint.status)
    client_key = _client_key(request)
    call = Call(request=request, token=token, path=path, query=query, body=body, key=_service_key(token, client_key))
    return _once(call, endpoint, client_key)


def _token(request: HttpRequest) -> ApiToken:
    kind, _space, text = request.headers.get("Authorization", "").partition(" ")
    token = token_of(text.strip()) if kind.lower() == "bearer" and text.strip().isascii() else None
    if token is None:
        message = _("Send a token of the API that works: Authorization: Bearer lq_…. Sessions of browsers are not accepted here.")
        raise ApiError(401, "token_needed", message, headers={"WWW-Authenticate": "Bearer"})
    return token


def _let_in(endpoint: Endpoint, token: ApiToken) -> None:
    if endpoint.name not in BEFORE_FACTOR:
        must_have_session_factor(token)
    must_have_scope(token, endpoint.scope)
    if endpoint.role == "editor":
        must_edit(token.membership)
    if endpoint.role == "admin":
        must_govern(token.membership)
    if endpoint.approves:
        must_approve(token)


def _value(name: str, kind: Kind, text: str) -> Any:
    """A value of the path; what is none leads nowhere."""
    found: Any = None
    if kind == "uuid":
        found = UUID(text) if _UUID.fullmatch(text) else None
    elif kind == "int":
        found = int(text) if _INT.fullmatch(text) and int(text) <= INT_MAX else None
    elif "\x00" not in text and len(text) <= TEXT_CHARS_MAX:
        found = text
    if found is None:
        raise ApiError(404, "not_found", _("There is nothing at this address."), field=name)
    return found


def _parameters(model: type[BaseModel], given: QueryDict) -> dict[str, Any]:
    """The parameters of the address; those that may stand several times as lists."""
    lists = {name for name, field in model.model_fields.items() if get_origin(field.annotation) is list}
    return {name: given.getlist(name) if name in lists else given.get(name) for name in given}


def _read(model: type[BaseModel], read: Callable[[type[BaseModel]], BaseModel]) -> BaseModel:
    try:
        return read(model)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        raise ApiError(422, "bad_input", first["msg"][:300], field=".".join(str(part) for part in first["loc"])[:200]) from error


def _body(request: HttpRequest, endpoint: Endpoint) -> BaseModel | None:
    if endpoint.body is None:
        return None
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > endpoint.body_bytes_max:
        raise ApiError(413, "body_too_large", _("The body is larger than %(most)d bytes.") % {"most": endpoint.body_bytes_max})
    content = request.read(int(length))  # the endpoint's own limit was asked just now; Django's is one for every form of the site
    return _read(endpoint.body, lambda model: model.model_validate_json(content or b"{}"))


def _client_key(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not 1 <= len(key) <= KEY_CHARS_MAX or not key.isascii() or not key.isprintable():
        message = _("A request that changes something needs the header Idempotency-Key: 1 to %(most)d printable characters.")
        raise Refusal("idempotency_key_missing", message % {"most": KEY_CHARS_MAX}, facts={"field": "Idempotency-Key"})
    return key


def _service_key(token: ApiToken, key: str) -> str:
    """The client's key as the services keep it: no other member's key can meet it."""
    return "api." + hashlib.sha256(f"{token.membership_id}/{key}".encode()).hexdigest()[:48]


def _told(told: BaseModel, status: int) -> HttpResponse:
    return HttpResponse(told.model_dump_json(), content_type="application/json", status=status)


class _RepeatedError(Exception):
    """The key has an answer already."""


def _once(call: Call, endpoint: Endpoint, key: str) -> HttpResponse:
    """Acts once by the key, in one transaction with the answer it keeps; a refusal keeps nothing, so that the request may be made again."""
    fingerprint = _fingerprint(call)
    try:
        with transaction.atomic():
            row = _begun(call, key, fingerprint)
            told = endpoint.act(call)
            row.status, row.sealed_body = endpoint.status, seal(told.model_dump_json())
            row.save(update_fields=["status", "sealed_body"])
    except _RepeatedError:
        return _again(call, key, fingerprint)
    return _told(told, endpoint.status)


def _begun(call: Call, key: str, fingerprint: str) -> ApiAnswer:
    ApiAnswer.objects.filter(created_at__lt=timezone.now() - ANSWERS_KEPT).delete()
    try:
        with transaction.atomic():
            return ApiAnswer.objects.create(membership=call.membership, key=key, fingerprint=fingerprint)
    except IntegrityError as error:
        raise _RepeatedError from error


def _again(call: Call, key: str, fingerprint: str) -> HttpResponse:
    row = ApiAnswer.objects.get(membership=call.membership, key=key)
    if row.fingerprint != fingerprint:
        raise Refusal("idempotency_key_reused", _("The key names another request that was made before."), facts={"key": key})
    answer = HttpResponse(unseal(row.sealed_body), content_type="application/json", status=row.status)
    answer["Idempotency-Replayed"] = "true"
    return answer


def _fingerprint(call: Call) -> str:
    body = call.body.model_dump(mode="json") if call.body is not None else None
    content = [call.request.method, call.request.path, call.query.model_dump(mode="json"), body]
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
