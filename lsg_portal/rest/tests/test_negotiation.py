"""Format and language of an answer."""

from __future__ import annotations

import pytest

from lsg_portal.rest.language import preferred
from lsg_portal.rest.negotiation import MEDIA_TYPES, accepted

OFFERED = (MEDIA_TYPES["json"], MEDIA_TYPES["csv"])


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
        ("text/csv", "text/csv"),
        ("text/*", "text/csv"),
        ("text/csv;q=0.5, application/json;q=0.4", "text/csv"),
        ("application/json;q=0, */*", "text/csv"),
        ("TEXT/CSV ; charset=utf-8", "text/csv"),
        ("application/pdf", None),
        ("application/json;q=0", None),
        ("application/json;q=nan", None),
        (";;;,,,=/=", None),
        ("a" * 5000, None),
    ],
)
def test_the_header_chooses(header, chosen):
    assert accepted(header, OFFERED) == chosen


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "ky"),
        ("ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        ("de,en;q=0.1", "en"),
        ("ky;q=0.1,ru;q=0.2", "ru"),
        ("de", "ky"),
        ("ru;q=0", "ky"),
        ("ru;q=x,en", "en"),
        (";;,=,\u2603", "ky"),
    ],
)
def test_the_language_is_the_one_liked_best(header, language):
    assert preferred(header) == language


def test_a_parameter_wins_over_the_header(visitor, db):
    response = visitor.get(
        "/api/v1/statistics/?group_by=kind&format=csv", headers={"Accept": "application/json"}
    )

    assert response["Content-Type"].startswith("text/csv")


def test_an_unknown_format_is_a_bad_parameter_and_an_unknown_media_type_is_not_acceptable(visitor, db):
    assert visitor.get("/api/v1/things/?format=pdf").status_code == 400
    refused = visitor.get("/api/v1/things/", headers={"Accept": "application/pdf"})
    assert refused.status_code == 406
    assert refused["Content-Type"] == "application/problem+json"


def test_problems_speak_the_language_asked_for_and_say_so(visitor, db):
    assert visitor.get("/api/v1/things/?x=1&lang=ru")["Content-Language"] == "ru"
    assert visitor.get("/api/v1/nothing/", headers={"Accept-Language": "ky"})["Content-Language"] == "ky"
    assert visitor.get("/api/v1/things/?lang=de").status_code == 400
