"""Addresses that nothing may be asked by."""

from __future__ import annotations

import pytest
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import translation

from lsg_portal.rest.middleware import HostileInputMiddleware, is_hostile


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=a%00b",
        "%00=1",
        "q=%ff",
        "q=%ed%a0%80",
        "q=%c0%80",
        "q=%D9%A1",
        "page=%E0%A5%A7",
        "page=%EF%BC%91",
    ],
)
def test_a_hostile_query_is_malformed(query, visitor):
    response = visitor.get("/api/v1/things/?" + query)

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == 400


@pytest.mark.parametrize("path", ["/api/v1/users/%00/", "/api/v1/users/%D9%A1/", "/api/v1/users/%ff/"])
def test_a_hostile_path_is_malformed(path, visitor):
    assert visitor.get(path).status_code == 400


def test_letters_of_the_country_pass():
    assert not is_hostile("Өзгөрүш ң ү № 1²".encode())


def test_pages_get_the_error_page():
    middleware = HostileInputMiddleware(lambda request: HttpResponse())

    with translation.override("en"), pytest.raises(BadRequest, match="characters that are not allowed"):
        middleware(RequestFactory().get("/ky/", QUERY_STRING="q=%00"))


def test_other_addresses_pass_untouched():
    middleware = HostileInputMiddleware(lambda request: HttpResponse("passed"))

    assert middleware(RequestFactory().get("/ky/?q=%D3%A9")).content == b"passed"
