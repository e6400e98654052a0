"""The addresses of the calculation door's pages."""

from django.urls import path, re_path

from langqiao.web.calc import pages

urlpatterns = [
    path("calc", pages.calculations, name="calculations"),
    re_path(r"^calc/charts/(?P<digest>[0-9a-f]{64})\.svg$", pages.chart, name="calculation_chart"),
    path("calc/<str:name>", pages.calculation, name="calculation"),
    path("calc/<str:name>/excel", pages.excel, name="calculation_excel"),
]
