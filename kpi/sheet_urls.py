"""Addresses of the sheets of reports."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
