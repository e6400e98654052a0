"""The addresses of recorded grades and opinions."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
