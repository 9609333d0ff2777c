"""Addresses of the REST resources of KPI."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
