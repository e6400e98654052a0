"""The addresses of the room of securitization."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
