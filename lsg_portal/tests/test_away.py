"""While a service is away the portal says so and when to ask again; when it is back, so is the portal."""

from __future__ import annotations

import threading

import pytest
from django.contrib import messages
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, close_old_connections, connection, connections
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from lsg_portal.data import cache as cache_module
from lsg_portal.embedded.home import free_port
from lsg_portal.urls import urlpatterns as of_portal

DEADLOCK = "DO $$ BEGIN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END $$"
SERIALIZATION = "DO $$ BEGIN RAISE EXCEPTION 'could not serialize' USING ERRCODE = '40001'; END $$"
seen = []


def fails_first(request, times, state):
    """Read everything, change everything, and meet a deadlock the first ``times`` times."""
    file = request.FILES.get("file")
    body = file.read() if file else b"" if request.POST else request.body
    seen.append((request.POST.get("a"), body, request.session.get("mark")))
    request.session["mark"] = len(seen)
    messages.info(request, f"attempt {len(seen)}")
    if len(seen) <= times:
        with connection.cursor() as cursor:
            cursor.execute(DEADLOCK if state == "deadlock" else SERIALIZATION)
    return HttpResponse(f"attempt {len(seen)}, {len(request._messages._queued_messages)} message")


def reads(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("here")


urlpatterns = [
    path("ky/fails/<int:times>/<slug:state>/", fails_first),
    path("ky/reads/", reads),
    path("ru/reads/", reads),
    path("en/reads/", reads),
    path("api/v1/reads/", reads),
    *of_portal,
]
handler500 = "lsg_portal.errors.handler500"


@pytest.fixture(autouse=True)
def _addresses(settings):
    settings.ROOT_URLCONF = __name__
    seen.clear()


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def status_of(client, address):
    """Ask, and read a stream to its end."""
    answer = client.get(address)
    if answer.streaming:
        assert answer.getvalue()
    answer.close()
    return answer.status_code


def kill_backend(pid: int) -> None:
    """Have another connection end ours, as a restart of the server would."""

    def work():
        with connections["default"].cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        connections["default"].close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


@pytest.fixture
def database_away(db, monkeypatch):
    """A database that takes no connections."""
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", str(free_port()))
    yield
    connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_a_page_says_when_to_ask_again(client, database_away, language):
    answer = client.get(f"/{language}/reads/")

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert f'<html lang="{language}">' in answer.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["/ky/", "/ky/reform/", "/ky/account/login/", "/ky/admin/login/"])
def test_no_page_of_the_portal_is_a_500(client, database_away, address):
    answer = client.get(address, headers={"Cookie": "sessionid=" + "a" * 32})

    assert answer.status_code in (200, 302, 503)  # the administration sends visitors to the login page
    assert answer.status_code != 503 or answer["Retry-After"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "address", ["/api/v1/reads/", "/api/v1/units/", "/api/v1/units/?format=csv", "/api/v1/reform/events/"]
)
@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Token " + "a" * 64}, {"Cookie": "sessionid=" + "a" * 32}]
)
def test_rest_says_when_to_ask_again(client, database_away, address, headers):
    answer = client.get(address, headers=headers)

    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "unavailable"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["/ky/reads/", "/api/v1/units/", "/api/v1/units/?format=csv", "/ky/"])
def test_a_connection_that_was_ended_is_replaced_unnoticed(client, address):
    assert client.get("/ky/reads/").status_code == 200
    kill_backend(connection.connection.info.backend_pid)
    close_old_connections()  # what a request begins with, except in a test client's

    assert status_of(client, address) == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", ["deadlock", "serialization"])
def test_a_page_that_met_a_deadlock_is_tried_again_from_where_it_stood(client, state):
    file = SimpleUploadedFile("a.csv", b"1;2;3")

    answer = client.post(f"/ky/fails/2/{state}/", {"a": "b", "file": file})

    assert (answer.status_code, answer.content) == (200, b"attempt 3, 1 message")
    assert seen == [("b", b"1;2;3", None)] * 3


@pytest.mark.django_db(transaction=True)
def test_any_other_body_is_read_again_too(client):
    client.post("/ky/fails/1/deadlock/", b'{"a": 1}', content_type="application/json")

    assert seen == [(None, b'{"a": 1}', None)] * 2


@pytest.mark.django_db(transaction=True)
def test_after_three_attempts_the_page_says_when_to_ask_again(client):
    answer = client.post("/ky/fails/3/deadlock/", {"a": "b"})

    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert len(seen) == 3


@pytest.fixture
def cache_away(settings, monkeypatch):
    monkeypatch.setattr(cache_module.RedisCache, "_away_until", 0.0)
    settings.CACHES = settings.CACHES | {
        "default": settings.CACHES["default"] | {"LOCATION": f"redis://127.0.0.1:{free_port()}/0"}
    }
    yield
    cache_module.RedisCache._away_until = 0.0


@pytest.mark.django_db
def test_without_its_server_the_cache_is_empty_and_nothing_fails(cache_away):
    cache.set("a", 1)

    assert cache.get("a", "default") == "default"
    assert cache.add("a", 1) is True
    assert cache.incr("a") == 1
    assert cache.decr("a") == -1
    assert cache.get_many(["a"]) == {}
    assert cache.get_or_set("a", 5) == 5
    assert cache.delete("a") is False
    assert "a" not in cache


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/ky/", "/ky/account/login/", "/api/v1/units/", "/api/v1/units/?format=csv"]
)
def test_without_the_cache_pages_and_rest_answer(client, cache_away, address):
    assert status_of(client, address) == 200


@pytest.mark.django_db
def test_without_the_cache_users_log_in(client, cache_away, django_user_model):
    django_user_model.objects.create_user("someone", password="a-long-password", email="1")

    answer = client.post("/ky/account/login/", {"login": "someone", "password": "a-long-password"})

    assert answer.status_code == 302


@pytest.mark.django_db
def test_without_the_broker_a_request_that_sends_a_task_hears_of_it_quickly(settings):
    """``OperationalError`` of kombu is for whoever sends to catch: work that must happen is a row first."""
    import time

    from kombu.exceptions import OperationalError as BrokerAway

    from lsg_portal.celery import app

    began = time.monotonic()
    with app.connection_for_write(f"redis://127.0.0.1:{free_port()}/0") as away, pytest.raises(BrokerAway):
        app.send_task("rest.purge_idempotency_keys", connection=away, retry=True)

    assert time.monotonic() - began < 5


def test_what_is_away_and_what_is_not():
    from django.db import DataError, IntegrityError, ProgrammingError
    from django.db.transaction import TransactionManagementError

    from lsg_portal.data.away import is_away

    assert is_away(OperationalError("the connection was lost"))
    assert not is_away(None)
    assert not is_away(RuntimeError())
    for kind in (DataError, IntegrityError, ProgrammingError):
        assert not is_away(kind("no"))
    after = TransactionManagementError("you cannot execute queries until the end of the block")
    assert not is_away(after)
    after.__context__ = OperationalError("the connection was lost")
    assert is_away(after)
