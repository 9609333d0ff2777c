"""The root of the interface says where to begin."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import resolve

pytestmark = pytest.mark.django_db


def test_the_root_names_what_can_be_read_and_what_describes_it(visitor):
    answer = visitor.get("/api/v1/").json()

    found = {row["address"]: row["formats"] for row in answer.pop("resources")}
    assert found["/api/v1/things/"] == ["json", "csv", "xlsx"]
    assert found["/api/v1/users/{pk}/"] == ["json"]
    assert "/api/v1/users/{pk}/apply/" not in found
    assert list(found) == sorted(found)
    assert {visitor.get(address).status_code for address in answer.values()} == {200}


def test_a_client_that_has_it_is_told_so(visitor):
    tag = visitor.get("/api/v1/")["ETag"]

    assert visitor.get("/api/v1/", headers={"If-None-Match": tag}).status_code == 304
    assert visitor.get("/api/v1/?bogus=1").status_code == 400


def test_every_address_of_the_portal_that_it_names_is_one(settings):
    settings.ROOT_URLCONF = "lsg_portal.urls"
    named = [row["address"] for row in Client().get("/api/v1/").json()["resources"]]

    assert {"/api/v1/units/", "/api/v1/councils/", "/api/v1/me/"} <= set(named)
    for address in named:
        if "{" not in address:
            assert resolve(address)
