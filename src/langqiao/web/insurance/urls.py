"""The addresses of the room of insurance."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
