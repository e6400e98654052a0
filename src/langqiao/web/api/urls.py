"""The addresses of the API and of the page of its tokens."""

from django.urls import path

from langqiao.web.api import calc, pages
from langqiao.web.api.door import unknown, view_of
from langqiao.web.api.openapi import openapi_page
from langqiao.web.api.table import by_route

urlpatterns = [
    path("account/tokens", pages.tokens, name="api_tokens"),
    path("account/tokens/new", pages.token_new, name="api_token_new"),
    path("account/tokens/<int:token_id>/revoke", pages.token_end, name="api_token_end"),
    path("api/v1/openapi.json", openapi_page, name="api_openapi"),
    path("api/v1/calc", calc.names, name="api_calc_names"),
    path("api/v1/calc/<str:name>", calc.calculate, name="api_calc"),
    path("api/v1/calc/<str:name>/schema", calc.schema, name="api_calc_schema"),
    *(path(route, view_of(methods), name=f"api_{next(iter(methods.values())).name}") for route, methods in by_route().items()),
    path("api/v1/<path:rest>", unknown, name="api_unknown"),
]
