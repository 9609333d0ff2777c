"""Addresses of entering reports."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
