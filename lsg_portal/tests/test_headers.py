"""What every answer carries, with the settings of production: pages, REST, administration, files, refusals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from accounts.tests.factories import UserFactory
from lsg_portal.headers import HeadersMiddleware
from lsg_portal.urls import urlpatterns as of_portal

ROOT = Path(__file__).resolve().parents[2]
STATIC = "/static/css/shell.css"
NAMES = (
    "SECURE_",
    "SESSION_COOKIE_",
    "CSRF_COOKIE_",
    "X_FRAME_OPTIONS",
    "DEBUG",
    "DEBUG_PROPAGATE_EXCEPTIONS",
)


def fails(request):
    raise RuntimeError("on purpose")


def fine(request):
    return HttpResponse("fine")


urlpatterns = [path("ky/fails/", fails), path("api/v1/fails/", fails), path("ky/fine/", fine), *of_portal]
handler400, handler403, handler404, handler500 = (
    f"lsg_portal.errors.handler{status}" for status in (400, 403, 404, 500)
)


def in_production(*arguments):
    """Run manage.py as it runs on a server: none of the variables of tests."""
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LSG_", "SECRET_KEY", "DJANGO_"))
    }
    environ |= {
        "LSG_ALLOWED_HOSTS": "register.example",
        "SECRET_KEY": "x" * 25 + "".join(map(chr, range(65, 115))),
    }
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def production():
    """The settings of production that concern headers and cookies."""
    code = (
        "import json; from django.conf import settings\n"
        f"print('SETTINGS' + json.dumps({{n: getattr(settings, n) for n in dir(settings) if n.startswith({NAMES!r})}},"
        " default=str))"
    )
    done = in_production("shell", "-c", code)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.rpartition("SETTINGS")[2])


@pytest.fixture
def client(production, settings):
    for name, value in production.items():
        setattr(settings, name, value)
    settings.ROOT_URLCONF = __name__
    settings.ALLOWED_HOSTS = ["testserver"]
    return Client(raise_request_exception=False, headers={"X-Forwarded-Proto": "https"})


ANSWERS = [
    ("/ky/", 200),
    ("/ru/reform/", 200),
    ("/ky/account/login/", 200),
    ("/ky/admin/login/", None),
    ("/api/v1/units/", 200),
    ("/api/v1/units/?format=csv", 200),
    ("/api/v1/docs/", 200),
    ("/api/v1/schema/", 200),
    ("/api/v1/tokens/", 401),
    ("/api/v1/nothing/", 404),
    ("/api/v1/units/?at=never", 400),
    ("/api/v1/units/%00", 400),
    ("/api/v1/fails/", 500),
    ("/ky/nothing/", 404),
    ("/ky/%ff/", 400),
    ("/ky/fails/", 500),
    ("/ky/?at=never", 400),
    ("/", 302),
    (STATIC, 200),
    ("/healthz", 200),
    ("/readyz", None),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "status"), ANSWERS)
def test_every_answer_has_its_headers(client, address, status):
    answer = client.get(address)
    if answer.streaming:
        answer.getvalue()
    answer.close()

    assert answer.status_code == status or status is None, answer.status_code
    headers = answer.headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Request-Id"]
    assert "camera=()" in headers["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in headers["Permissions-Policy"]
    policy = directives(headers["Content-Security-Policy"])
    assert "Server" not in headers
    assert "X-Powered-By" not in headers
    assert policy["default-src"] in (["'self'"], ["'none'"])
    assert policy["frame-ancestors"] == ["'none'"]
    scripts = policy.get("script-src", policy["default-src"])
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "http:", "data:"} & set(scripts)
    styles = policy.get("style-src", policy["default-src"])
    assert ("'unsafe-inline'" in styles) == (address == "/api/v1/docs/")


def directives(policy):
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {name: values for name, *values in parts}


def test_an_answer_to_head_has_the_length_and_no_body(rf):
    answer = HeadersMiddleware(fine)(rf.head("/ky/fine/"))

    assert (answer["Content-Length"], answer.content) == ("4", b"")


@pytest.mark.django_db
def test_without_tls_one_is_sent_to_it_and_a_supervisor_is_not(client):
    plain = Client(raise_request_exception=False)

    assert plain.get("/ky/")["Location"] == "https://testserver/ky/"
    assert plain.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_the_cookies_are_for_tls_and_for_us_alone(client, django_user_model):
    django_user_model.objects.create_user("someone", password="a-long-password", email="1")
    client.get("/ky/account/login/")

    answer = client.post(
        "/ky/account/login/",
        {"login": "someone", "password": "a-long-password"},
        headers={"Referer": "https://testserver/"},
    )

    session = answer.cookies["sessionid"]
    assert session["secure"]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    assert client.cookies["csrftoken"]["secure"]


@pytest.mark.slow
def test_djangos_checks_for_a_server_find_nothing():
    done = in_production("check", "--deploy", "--fail-level", "WARNING")

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr


@pytest.mark.slow
def test_without_a_secret_key_nothing_starts():
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LSG_", "SECRET_KEY", "DJANGO_"))
    }
    command = [sys.executable, str(ROOT / "manage.py"), "check"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120)

    assert done.returncode != 0
    assert "SECRET_KEY" in done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/ky/", "/ky/?format=csv", "/ky/me/", "/ky/nothing/"])
def test_what_a_session_shows_is_kept_on_no_disk(address):
    client = Client()
    client.force_login(UserFactory())

    assert "no-store" in client.get(address)["Cache-Control"]
    assert "no-store" not in Client().get("/ky/").headers.get("Cache-Control", "")
