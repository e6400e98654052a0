"""The addresses of the room of matching."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
