"""The addresses of appraisals."""

from django.urls import path

from langqiao.web.appraisals import pages

urlpatterns = [
    path("patents/<str:key>/appraisal.pdf", pages.report, name="patent_report"),
    path("patents/<str:key>/record/grade", pages.record_grade, name="record_grade"),
    path("patents/<str:key>/record/opinion", pages.record_opinion, name="record_opinion"),
    path("records/<slug:kind>/<uuid:record_id>", pages.record, name="record"),
]
