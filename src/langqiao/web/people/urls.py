"""The addresses of people's pages."""

from django.urls import path

from langqiao.web.people import pages

urlpatterns = [
    path("log-in", pages.log_in, name="log_in"),
    path("log-out", pages.log_out, name="log_out"),
    path("password", pages.password, name="password"),
    path("organization", pages.organization, name="organization"),
]
