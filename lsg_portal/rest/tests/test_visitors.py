"""The short way of visitors' reads gives what the long way gives."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
SAME = (
    "ETag",
    "Vary",
    "Content-Language",
    "Link",
    "Content-Type",
    "X-Content-Type-Options",
    "Referrer-Policy",
)


@pytest.mark.parametrize(
    "address", ["things/?page_size=2", "things/?bogus=1", "things/?page=9", "problems/", "nothing/"]
)
def test_a_session_cookie_that_means_nothing_changes_nothing(address, settings):
    short = Client(headers={"Accept-Language": "en"})
    long = Client(headers={"Accept-Language": "en"})
    long.cookies[settings.SESSION_COOKIE_NAME] = "0" * 32

    first, second = (client.get("/api/v1/" + address) for client in (short, long))

    assert first.status_code == second.status_code
    assert first.content == second.content
    if first.status_code == 200:
        assert [first.headers.get(name) for name in SAME] == [second.headers.get(name) for name in SAME]
    assert first["X-Frame-Options"] == "DENY"


def test_a_foreign_host_is_refused(visitor, settings):
    settings.ALLOWED_HOSTS = ["testserver"]

    assert visitor.get("/api/v1/things/", headers={"Host": "evil.example"}).status_code == 400


def test_a_private_read_is_refused_to_visitors_and_given_to_users(visitor, api):
    refused = visitor.get("/api/v1/private/")

    assert refused.status_code == 401
    assert refused["WWW-Authenticate"].startswith("Token")
    assert api.get("/api/v1/private/").json() == {"you": "worker"}


def test_tags_of_private_answers_differ_by_user(api, django_user_model):
    other = Client()
    other.force_login(django_user_model.objects.create_user("other"))

    assert api.get("/api/v1/private/")["ETag"] != other.get("/api/v1/private/")["ETag"]


def test_public_reads_of_visitors_open_no_session(visitor, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = visitor.get("/api/v1/things/")

    assert not response.cookies
