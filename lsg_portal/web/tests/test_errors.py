import pytest
from django.core.exceptions import BadRequest
from django.test import RequestFactory
from django.utils import translation
from django.utils.translation import gettext_lazy

from lsg_portal.web import errors


@pytest.mark.parametrize(
    ("path", "status"),
    [("nothing/here/", 404), ("forbid/", 403), ("refuse/", 400), ("fail/", 500), ("away/", 503)],
)
@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_an_error_page_speaks_the_language_of_its_path(visitor, language, path, status):
    response = visitor.get(f"/{language}/{path}")
    assert response.status_code == status
    assert f'<html lang="{language}">' in response.content.decode()


def test_what_was_meant_for_the_reader_is_said(visitor):
    assert "The filter cannot be read." in visitor.get("/en/refuse/").content.decode()
    assert "Only the reform team applies a change." in visitor.get("/en/forbid/").content.decode()


def test_what_an_exception_says_inside_is_not_shown(visitor):
    assert "on purpose" not in visitor.get("/en/fail/").content.decode()
    response = errors.bad_request(RequestFactory().get("/en/"), ValueError("secret of the inside"))
    assert "secret" not in response.content.decode()


def test_a_message_is_escaped():
    response = errors.bad_request(RequestFactory().get("/en/"), BadRequest("<script>alert(1)</script>"))
    assert "<script>alert" not in response.content.decode()


def test_a_host_that_is_not_ours_gets_a_page_and_no_further_error(visitor):
    assert visitor.get("/ky/", headers={"Host": "evil.example"}).status_code == 400


def test_an_absent_database_is_503_with_the_time_to_ask_again(visitor):
    assert visitor.get("/ky/away/")["Retry-After"] == "30"


def test_a_form_without_its_token_is_explained():
    response = errors.csrf_failure(RequestFactory().post("/en/form/"), "token missing")
    assert response.status_code == 403
    assert "reload the page" in response.content.decode()
    assert "Your role" not in response.content.decode()


def test_a_message_made_before_the_language_was_known_is_in_the_language_of_the_path():
    request = RequestFactory().get("/ru/")
    with translation.override("en"):
        response = errors.bad_request(request, BadRequest(gettext_lazy("The filter cannot be read.")))
    with translation.override("ru"):
        assert str(gettext_lazy("The filter cannot be read.")) in response.content.decode()
