"""The addresses of the calculation door's pages."""

from django.urls import path

from langqiao.web.calc import pages

urlpatterns = [
    path("calc", pages.calculations, name="calculations"),
    path("calc/<str:name>", pages.calculation, name="calculation"),
    path("calc/<str:name>/excel", pages.excel, name="calculation_excel"),
]
