"""The addresses of jobs."""

from django.urls import path

from langqiao.web.work import pages

urlpatterns = [
    path("jobs/<uuid:job_id>", pages.job, name="job"),
    path("jobs/<uuid:job_id>/cancel", pages.cancel, name="job_cancel"),
]
