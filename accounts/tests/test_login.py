"""Logging in: passwords, guessing, and what strangers learn."""

from __future__ import annotations

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client

from accounts import throttle
from accounts.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
LOGIN, RESET = "/en/account/login/", "/en/account/password/reset/"


def log_in(username, password=PASSWORD, client=None):
    return (client or Client()).post(LOGIN, {"login": username, "password": password})


@pytest.mark.parametrize(
    "password", ["short words", "password1234", "x" * 257, "айгүласанова", "123456789012"]
)
def test_weak_passwords_are_refused(password):
    user = UserFactory.build(first_name="Айгүл", last_name="Асанова", username="айгүласанова")

    with pytest.raises(ValidationError):
        validate_password(password, user)


def test_a_password_with_the_login_name_in_it_is_refused():
    user = UserFactory.build(username="k.tokoev")

    with pytest.raises(ValidationError, match="login name"):
        validate_password("my K.Tokoev of the district", user)
    validate_password("a district by the river", user)
    validate_password("a district by the river", UserFactory.build(username="by"))  # too short to be meant


def test_a_good_password_is_hashed_with_argon2(passwords_in_earnest):
    validate_password("жакшы сырсөз керек")

    cost = Argon2PasswordHasher().decode(UserFactory().password)
    assert (cost["algorithm"], cost["variety"]) == ("argon2", "argon2id")
    assert cost["memory_cost"] >= 19 * 1024  # KiB; this and two rounds are the least that OWASP advises
    assert cost["time_cost"] >= 2


def test_what_can_be_nobodys_password_is_not_hashed(monkeypatch):
    user = UserFactory()
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda *a: pytest.fail("hashed"))
    monkeypatch.setattr(Argon2PasswordHasher, "encode", lambda *a: pytest.fail("hashed"))

    for name in (user.username, "nobody"):
        assert log_in(name, "x" * 100_000).status_code == 200


def test_a_name_that_does_not_exist_costs_a_hash_too(monkeypatch):
    UserFactory(username="known")
    UserFactory(username="closed", is_active=False)
    hashed = []
    verify, encode = Argon2PasswordHasher.verify, Argon2PasswordHasher.encode
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda *a: hashed.append("v") or verify(*a))
    monkeypatch.setattr(Argon2PasswordHasher, "encode", lambda *a: hashed.append("e") or encode(*a))

    said = set()
    for name in ("known", "nobody", "closed"):
        hashed.clear()
        page = log_in(name, "wrong words here").content.decode()
        assert len(hashed) == 1, name
        said.add(page[page.index("error-summary") :][:400].replace(name, ""))
    assert len(said) == 1


def test_the_owner_logs_in_while_somebody_guesses_elsewhere():
    user = UserFactory()
    for _ in range(throttle.ATTEMPTS + 5):
        log_in(user.username, "wrong words here")

    guesser = log_in(user.username)
    owner = log_in(user.username, client=Client(REMOTE_ADDR="10.0.0.9"))

    assert guesser.status_code == 200
    assert "Too many" in guesser.content.decode()
    assert owner.status_code == 302


def test_guesses_are_counted_over_pages_and_the_rest_interface_together():
    user = UserFactory()
    for _ in range(throttle.ATTEMPTS + 2):
        log_in(user.username, "wrong words here")

    body = {"username": user.username, "password": PASSWORD}
    assert Client().post("/api/v1/tokens/", body, content_type="application/json").status_code == 429


def test_right_passwords_are_not_counted():
    user = UserFactory()
    for _ in range(throttle.ATTEMPTS + 5):
        assert log_in(user.username).status_code == 302


def test_an_ipv6_customer_is_one_address():
    for number in range(throttle.ATTEMPTS):
        throttle.take("password", "a", f"2001:db8::{number:x}")

    with pytest.raises(throttle.TooMany):
        throttle.take("password", "a", "2001:db8::ffff")
    throttle.take("password", "a", "2001:db8:0:1::1")


def test_asking_for_a_new_password_tells_nothing(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    UserFactory(email="known@example.kg")

    answers = [Client().post(RESET, {"email": f"{name}@example.kg"}) for name in ("known", "nobody")]

    assert len({(answer.status_code, answer["Location"]) for answer in answers}) == 1
    assert [letter.to for letter in mail.outbox] == [["known@example.kg"]]


def test_a_new_password_is_set_with_the_link_of_the_letter(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    user = UserFactory(email="known@example.kg")
    Client().post(RESET, {"email": "known@example.kg"})
    link = next(word for word in mail.outbox[0].body.split() if word.startswith("http"))
    client, new = Client(), "an entirely other phrase"

    page = client.get(link, follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": new, "password2": new})

    assert log_in(user.username, new).status_code == 302
    assert log_in(user.username).status_code == 200


def test_nobody_signs_up():
    page = Client().post(
        "/en/account/signup/", {"username": "x", "password1": PASSWORD, "password2": PASSWORD}
    )

    assert "given, not taken" in page.content.decode()
    assert log_in("x").status_code == 200


def test_after_login_one_is_led_back_and_never_to_another_host():
    user = UserFactory()

    here = Client().post(LOGIN, {"login": user.username, "password": PASSWORD, "next": "/ru/me/"})
    away = Client().post(
        LOGIN, {"login": user.username, "password": PASSWORD, "next": "https://evil.example/"}
    )

    assert here["Location"] == "/ru/me/"
    assert away["Location"] == "/en/"
