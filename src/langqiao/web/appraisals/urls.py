"""The addresses of appraisals."""

from django.urls import path

from langqiao.web.appraisals import pages

urlpatterns = [path("patents/<str:key>/appraisal.pdf", pages.report, name="patent_report")]
