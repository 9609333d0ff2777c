"""Sessions: hashed, expiring, listed, revocable."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import settings as project
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import sessions
from accounts.models import Session
from accounts.tasks import purge_ended_access
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.tests.scenarios import signed_in

pytestmark = pytest.mark.django_db
ME = "/en/me/"


def key_of(client):
    return client.cookies[project.SESSION_COOKIE_NAME].value


def log_in(user, **more):
    client = Client(**more)
    client.post("/en/account/login/", {"login": user.username, "password": PASSWORD})
    return client


def later(**span):
    """Let every session have begun, and been used last, some time ago."""
    shift = dt.timedelta(**span)
    for row in Session.objects.all():
        Session.objects.filter(pk=row.pk).update(
            created_at=row.created_at - shift,
            last_seen_at=row.last_seen_at - shift,
            expire_date=row.expire_date - shift,
        )


def test_the_database_does_not_hold_what_the_cookie_holds():
    client = signed_in(user=UserFactory())
    key = key_of(client)

    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(s::text, ' ') FROM accounts_session s")
        stored = cursor.fetchone()[0]

    assert key not in stored
    assert sessions.digest(key) in stored
    thief = Client()
    thief.cookies[project.SESSION_COOKIE_NAME] = sessions.digest(key)
    assert thief.get(ME).status_code == 302


def test_a_session_ends_after_hours_without_use():
    client = signed_in(user=UserFactory())

    later(hours=11)
    assert client.get(ME).status_code == 200
    later(hours=11)
    assert client.get(ME).status_code == 200  # it was used in between
    later(hours=13)
    assert client.get(ME).status_code == 302


def test_a_session_ends_after_a_week_however_much_it_is_used():
    client = signed_in(user=UserFactory())

    for _ in range(14):
        later(hours=11.5)
        assert client.get(ME).status_code == 200
        client.post("/en/me/tokens/", {"name": "x"})  # writes the session's messages
    later(hours=11.5)

    assert client.get(ME).status_code == 302


def test_logging_in_gives_the_session_another_key():
    user, client = UserFactory(), Client()
    client.get("/en/account/login/")
    session = client.session
    session["kept"] = "entries"
    session.save()
    client.cookies[project.SESSION_COOKIE_NAME] = before = session.session_key

    client.post("/en/account/login/", {"login": user.username, "password": PASSWORD})

    assert key_of(client) != before
    assert client.session["kept"] == "entries"
    assert Session.objects.count() == 1


def test_sessions_are_listed_with_browser_and_address_and_never_with_their_keys():
    user = UserFactory()
    client = log_in(
        user, headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/140"}, REMOTE_ADDR="10.1.2.3"
    )

    page = client.get(ME)

    assert "Firefox · Linux" in page.content.decode()
    assert "10.1.2.3" in page.content.decode()
    assert key_of(client) not in page.content.decode()
    assert sessions.digest(key_of(client)) not in page.content.decode()
    assert page["Cache-Control"] == "no-store"


def test_one_session_is_ended_from_another():
    user = UserFactory()
    here, there = log_in(user), log_in(user)
    other = Session.objects.get(pk=sessions.digest(key_of(there)))

    assert here.post(f"/en/me/sessions/{other.public_id}/end/").status_code == 302

    assert there.get(ME).status_code == 302
    assert here.get(ME).status_code == 200


def test_all_others_are_ended_at_once():
    user = UserFactory()
    here, *others = (log_in(user) for _ in range(3))

    here.post("/en/me/sessions/end-others/")

    assert here.get(ME).status_code == 200
    assert {other.get(ME).status_code for other in others} == {302}


def test_sessions_of_others_are_not_there():
    foreign = Session.objects.get(pk=sessions.digest(key_of(signed_in(user=UserFactory()))))

    assert signed_in(user=UserFactory()).post(f"/en/me/sessions/{foreign.public_id}/end/").status_code == 404
    assert Session.objects.filter(pk=foreign.pk).exists()


def test_changing_the_password_ends_the_other_sessions():
    user = UserFactory()
    here, there = log_in(user), log_in(user)
    new = "an entirely other phrase"

    answer = here.post(
        "/en/account/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )

    assert answer["Location"] == ME
    assert here.get(ME).status_code == 200
    assert there.get(ME).status_code == 302


def test_ended_sessions_are_purged():
    signed_in(user=UserFactory())
    later(hours=13)
    signed_in(user=UserFactory())

    assert purge_ended_access() == 1
    assert Session.objects.count() == 1


def test_a_session_costs_one_query_to_open(django_assert_num_queries):
    client = signed_in(user=UserFactory())
    key = key_of(client)

    with django_assert_num_queries(1):
        assert sessions.SessionStore(key).get("_auth_user_id")
    assert timezone.now() - Session.objects.get().last_seen_at < dt.timedelta(minutes=1)
