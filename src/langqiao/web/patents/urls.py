"""The addresses of patents, evidence, sources and the lake."""

from django.urls import path

from langqiao.web.patents import pages, pages_compare, pages_data

urlpatterns = [
    path("", pages_data.home, name="home"),
    path("search", pages.search, name="search"),
    path("compare", pages_compare.compare, name="compare"),
    path("marked.<slug:form>", pages_compare.export, name="marked_export"),
    path("patents/<str:key>/claims/against/<str:other>", pages_compare.claims, name="claims_diff"),
    path("patents/<str:key>", pages.patent, name="patent"),
    path("patents/<str:key>/similar", pages.near, name="patent_similar"),
    path("patents/<str:key>/<slug:tab>", pages.patent, name="patent_tab"),
    path("patents/<str:key>/charts/<slug:name>.svg", pages.chart, name="patent_chart"),
    path("evidence/lake/<slug:table>", pages.evidence_lake, name="evidence_lake"),
    path("evidence/<str:key>/<slug:topic>", pages.evidence, name="evidence"),
    path("evidence/<str:key>/<slug:topic>/<path:name>", pages.evidence, name="evidence_of"),
    path("source/<str:sha256>", pages.source, name="source"),
    path("source/<str:sha256>/raw", pages.source_raw, name="source_raw"),
    path("data", pages_data.data, name="data"),
    path("data/problems", pages_data.problems, name="data_problems"),
    path("data/files", pages_data.files, name="data_files"),
]
