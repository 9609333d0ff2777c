"""Addresses of the ministry's desks."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
