import pytest
from django.test import RequestFactory

from lsg_portal.web.middleware import DayMiddleware, language_of_path


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/ky/", "ky"),
        ("/ru/reform/", "ru"),
        ("/en", "en"),
        ("/", "ky"),
        ("/de/", "ky"),
        ("/rural/", "ky"),
        ("/admin/", "ky"),
    ],
)
def test_the_path_names_the_language(path, language):
    assert language_of_path(path) == language


def test_no_browser_setting_changes_the_language_of_a_page(visitor):
    response = visitor.get("/ky/day/", headers={"Accept-Language": "ru"})
    assert response.content.startswith(b"ky ")
    assert response["Content-Language"] == "ky"
    assert "Vary" not in response


def test_the_root_leads_to_the_kyrgyz_front_page_and_keeps_the_day(visitor):
    response = visitor.get("/?at=2023-05-01", headers={"Accept-Language": "ru"})
    assert (response.status_code, response["Location"]) == (302, "/ky/?at=2023-05-01")


def test_a_page_without_its_language_leads_to_the_kyrgyz_one(visitor):
    assert visitor.get("/reform/")["Location"] == "/ky/reform/"


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [("", "", "ky"), ("?lang=ru", "en", "ru"), ("", "ru-KG,ru;q=0.9", "ru"), ("?lang=de", "en", "en"), ("", "de,fr", "ky"),
     ("", "*", "ky"), ("", "x" * 5000, "ky"), ("", "de;q=1,en;q=0.5,ru;q=0.7", "ru")],
)  # fmt: skip
def test_an_api_caller_chooses_the_language(visitor, query, header, language):
    response = visitor.get(f"/api/v1/echo/{query}", headers={"Accept-Language": header})
    assert response.content.split()[0].decode() == language
    assert response["Vary"] == "Accept-Language"


def test_the_day_of_an_api_call_is_left_to_the_rest_plumbing(visitor):
    assert visitor.get("/api/v1/echo/?at=nonsense").content == b"ky False"


def test_a_page_shows_today_unless_asked_otherwise(visitor):
    assert visitor.get("/ky/day/").content == b"ky 2026-11-21 2026-11-21"
    assert visitor.get("/ky/day/?at=").content == b"ky 2026-11-21 2026-11-21"


def test_a_page_shows_the_day_asked_for(visitor):
    assert visitor.get("/ky/day/?at=2024-09-06").content == b"ky 2024-09-06 2026-11-21"


@pytest.mark.parametrize(
    "at", ["2024-02-30", "nonsense", "1899-12-31", "2200-01-01", "2024-09-06&at=2024-09-07"]
)
def test_a_day_that_cannot_be_is_a_400_page(visitor, at):
    response = visitor.get(f"/ru/day/?at={at}")
    assert response.status_code == 400
    assert b'<html lang="ru">' in response.content


def test_the_same_day_twice_is_one_day(visitor):
    assert visitor.get("/ky/day/?at=2024-09-06&at=2024-09-06").status_code == 200


def test_an_api_call_costs_the_day_middleware_nothing():
    request = RequestFactory().get("/api/v1/units/?at=x")
    DayMiddleware(lambda _request: None)(request)
    assert not hasattr(request, "day")


def test_an_anonymous_page_touches_no_session(visitor):
    response = visitor.get("/ky/day/")
    assert not response.cookies
