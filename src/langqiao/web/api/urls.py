"""The addresses of the API."""

from django.urls import path

from langqiao.web.api import calc

urlpatterns = [
    path("api/v1/openapi.json", calc.openapi_page, name="api_openapi"),
    path("api/v1/calc", calc.names, name="api_calc_names"),
    path("api/v1/calc/<str:name>", calc.calculate, name="api_calc"),
    path("api/v1/calc/<str:name>/schema", calc.schema, name="api_calc_schema"),
]
