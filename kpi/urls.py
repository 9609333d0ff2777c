"""Addresses of the public pages of KPI."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
