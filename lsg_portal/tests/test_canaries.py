"""Secrets that are put in everywhere and may come out nowhere: no log, error page, message, letter or health answer."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable

import pytest
import redis
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings as django_settings
from django.core import mail
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from accounts.models import Token
from accounts.tests.factories import RoleFactory, UserFactory
from lsg_portal import logs
from lsg_portal.celery import app
from lsg_portal.embedded.home import free_port
from lsg_portal.urls import urlpatterns as of_portal

SECRETS = {
    "password": "Canary-Password-9f3a",
    "wrong password": "Canary-Wrong-Password-77",
    "otp secret": "KANARYKANARYKANARYKANARYKANARYKA",
    "wrong token": "canarytoken" * 4 + "0123456789",
    "secret key": "canary-secret-key-5d1c7e",
    "database password": "canary-db-password-4471",
    "invitation": "canaryInvitation0123456789abcdefGHIJKL",
    "e-mail": "canary.private@mail.example",
    "local variable": "canary-local-variable-8812",
    "query": "canary-query-6617",
    "body": "canary-body-3390",
}


def fails(request):
    password = SECRETS["local variable"]
    raise RuntimeError("on purpose") if password else AssertionError


def fails_in_the_database(request):
    """A constraint's DETAIL shows the whole row."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE canary (email text PRIMARY KEY) ON COMMIT DROP")
        cursor.execute("INSERT INTO canary VALUES (%s)", [SECRETS["e-mail"]])
        cursor.execute("INSERT INTO canary VALUES (%s)", [SECRETS["e-mail"]])
    return HttpResponse()


def fails_on_a_value(request):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::int", [SECRETS["local variable"]])
    return HttpResponse()


urlpatterns = [
    path("ky/fails/", fails),
    path("ky/fails/row/", fails_in_the_database),
    path("ky/fails/value/", fails_on_a_value),
    path("api/v1/fails/", fails),
    path("api/v1/fails/row/", fails_in_the_database),
    *of_portal,
]
handler400, handler403, handler404, handler500 = (
    f"lsg_portal.errors.handler{status}" for status in (400, 403, 404, 500)
)


@pytest.fixture
def written(monkeypatch):
    """Everything that is logged, in both forms, at the most talkative level."""
    streams = []
    root = logging.getLogger()
    before = {name: logging.getLogger(name).level for name in ("", "django.request", "django", "celery")}
    handlers = []
    for kind in ("json", "console"):
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(logs.formatter(kind))
        root.addHandler(handler)
        handlers.append(handler)
        streams.append(stream)
    for name in before:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield lambda: "".join(stream.getvalue() for stream in streams)
    for handler in handlers:
        root.removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.fixture
def broker():
    """The broker's database, emptied of messages before and after."""
    with redis.Redis.from_url(django_settings.REDIS_URL) as client:
        client.delete("celery")
        yield client
        client.delete("celery")


def all_in(client: redis.Redis) -> Iterable[bytes]:
    for key in client.scan_iter():
        yield key
        kind = client.type(key)
        if kind == b"string":
            yield client.get(key) or b""
        elif kind == b"list":
            yield from client.lrange(key, 0, -1)
        elif kind == b"hash":
            yield from client.hgetall(key).values()
        elif kind == b"set":
            yield from client.smembers(key)


@pytest.mark.django_db
def test_no_secret_comes_out_anywhere(settings, written, broker, monkeypatch):
    settings.ROOT_URLCONF = __name__
    settings.SECRET_KEY = SECRETS["secret key"]
    client = Client(raise_request_exception=False)
    user = UserFactory(username="someone", email=SECRETS["e-mail"])
    user.set_password(SECRETS["password"])
    user.save()
    RoleFactory(user=user, role="reform_team")
    TOTP.activate(user, SECRETS["otp secret"])
    pages, told = [], {**SECRETS}

    def ask(method, address, *arguments, who=client, **more):
        answer = who.generic(method, address, *arguments, **more)
        if answer.status_code >= 400 or address == "/readyz":
            pages.append(answer.content)
        return answer

    # wrong and right passwords, wrong codes
    login = "/ky/account/login/"
    for password in (SECRETS["wrong password"], SECRETS["password"]):
        client.post(login, {"login": "someone", "password": password})
    client.post("/ky/account/2fa/authenticate/", {"code": "000000"})
    # tokens, right, wrong and in the wrong place
    body = f'{{"username": "someone", "password": "{SECRETS["password"]}", "otp": "000000"}}'
    ask("POST", "/api/v1/tokens/", body, content_type="application/json")
    told["token"] = Token.objects.create(user)[1]
    rest = Client(raise_request_exception=False, headers={"Authorization": f"Token {told['token']}"})
    wrong = Client(
        raise_request_exception=False, headers={"Authorization": f"Token {SECRETS['wrong token']}"}
    )
    assert ask("GET", "/api/v1/tokens/", who=rest).status_code == 200
    assert ask("GET", "/api/v1/tokens/", who=wrong).status_code == 401
    ask("GET", f"/api/v1/units/?token={told['token']}", who=rest)
    ask(
        "POST",
        "/api/v1/reform/events/",
        f'{{"title": "{SECRETS["body"]}"}}',
        content_type="application/json",
        who=rest,
    )
    # a session, and what fails in it
    session = Client(raise_request_exception=False)
    session.force_login(user)
    told["session key"] = session.cookies["sessionid"].value
    for who in (session, rest):
        for address in (
            "/ky/fails/",
            "/ky/fails/row/",
            "/ky/fails/value/",
            "/api/v1/fails/",
            "/api/v1/fails/row/",
        ):
            assert ask("GET", f"{address}?q={SECRETS['query']}", who=who).status_code >= 400
    ask(
        "POST",
        "/ky/fails/",
        f"a={SECRETS['body']}",
        content_type="application/x-www-form-urlencoded",
        who=session,
    )
    # links that are secrets
    ask("GET", f"/ky/invitation/{SECRETS['invitation']}/")
    ask("GET", f"/ky/invitation/{SECRETS['invitation']}")
    ask("GET", f"/ky/account/password/reset/key/1-{SECRETS['invitation']}/")
    client.post("/ky/account/password/reset/", {"email": SECRETS["e-mail"]})
    # tasks
    app.loader.import_default_modules()
    for task in sorted(name for name in app.tasks if not name.startswith("celery.")):
        app.send_task(task, retry=False)
    # services away
    settings.REDIS_URL = f"redis://:{SECRETS['database password']}@127.0.0.1:{free_port()}/0"
    ask("GET", "/readyz")
    settings.REDIS_URL = django_settings.REDIS_URL
    log_a_lost_database(monkeypatch)
    told |= {"password hash": user.password}

    out = {
        "log": written(),
        "pages": b"\n".join(pages).decode(),
        "messages": b"\n".join(all_in(broker)).decode(errors="replace"),
        "letters": "\n".join(f"{letter.subject}\n{letter.body}" for letter in mail.outbox),
    }
    assert len(pages) > 10
    assert '"status":500' in out["log"] or "RuntimeError" in out["log"]
    assert "rest.purge_idempotency_keys" in out["messages"]
    for place, text in out.items():
        for name, secret in told.items():
            if (place, name) == ("pages", "invitation"):
                continue  # a page says its own address, to whoever asked for it
            assert secret not in text, f"{name} in {place}: …{around(text, secret)}…"


def log_a_lost_database(monkeypatch):
    """A connection that fails, as the log of a web process has it."""
    import psycopg2

    try:
        psycopg2.connect(
            host="127.0.0.1",
            port=free_port(),
            user="lsg",
            password=SECRETS["database password"],
            dbname="lsg",
            connect_timeout=2,
        )
    except psycopg2.OperationalError:
        logging.getLogger("django.request").exception("away")
    try:
        raise ValueError(f"postgres://lsg:{SECRETS['database password']}@db.example/lsg cannot be read")
    except ValueError:
        logging.getLogger("django.request").exception("away")


def around(text, secret):
    at = text.index(secret)
    return text[max(0, at - 150) : at + 20]


def test_a_line_says_who_asked_what_and_how_it_went_and_no_more(db, client, written):
    import json

    user = UserFactory(last_name="Асанова")
    client.force_login(user)

    answer = client.get("/ky/reform/?q=secret")

    lines = [json.loads(line) for line in written().splitlines() if line.startswith("{")]
    line = next(line for line in lines if line["event"] == "request")
    assert line["path"] == "/ky/reform/"
    assert (line["method"], line["status"], line["actor"]) == ("GET", 200, f"user:{user.pk}")
    assert line["request_id"] == answer["X-Request-Id"]
    assert line["ms"] > 0
    assert set(line) == {
        "event",
        "method",
        "path",
        "status",
        "ms",
        "actor",
        "request_id",
        "level",
        "logger",
        "timestamp",
    }
    assert "Асанова" not in written()
    assert "secret" not in written()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see /ky/invitation/abcDEF0123456789abcDEF/ now", "see /ky/invitation/…/ now"),
        ("mail to a.b@c.example failed", "mail to … failed"),
        ("redis://:pa55@127.0.0.1:1/0", "redis://…@127.0.0.1:1/0"),
        ("unit 6f1c9c1e-8d2a-4b7e-9d52-0a3e4c5b6d7f", "unit 6f1c9c1e-8d2a-4b7e-9d52-0a3e4c5b6d7f"),
        ("constraint registry_unitversion_one_a_day", "constraint registry_unitversion_one_a_day"),
        ("duplicate key\nDETAIL:  Key (email)=(x) already exists.\n", "duplicate key\n"),
    ],
)
def test_what_looks_like_a_secret_is_made_unrecognisable(text, expected):
    assert logs.redact(text) == expected


def test_an_exception_is_told_with_its_causes_and_without_values():
    def cause():
        raise KeyError("first")

    try:
        try:
            cause()
        except KeyError as error:
            raise IntegrityError("second\nDETAIL: Key (a)=(4711)") from error
    except DatabaseError as error:
        told = logs.told(error)

    assert re.search(r"KeyError: 'first'(.|\n)*IntegrityError: second", told)
    assert "4711" not in told
    assert "test_canaries.py" in told
