"""The addresses of the room of matching."""

from django.urls import path

from langqiao.web.matching import pages

urlpatterns = [
    path("matching", pages.home, name="matching"),
    path("matching/mandates/new", pages.mandate_new, name="sought_new"),
    path("matching/mandates/<uuid:mandate_id>", pages.mandate, name="sought"),
    path("matching/mandates/<uuid:mandate_id>/edit", pages.mandate_edit, name="sought_edit"),
    path("matching/mandates/<uuid:mandate_id>/end", pages.mandate_end, name="sought_end"),
    path("matching/demands/<uuid:demand_id>", pages.demand, name="demand_matches"),
    path("matching/patents/<str:key>", pages.patent, name="patent_fits"),
]
