"""Municipalities that merge, and users who are logged in, for tests."""

from __future__ import annotations

import datetime as dt
import time
import uuid

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.test import Client

from accounts.tests.factories import RoleFactory
from registry.models import Unit
from registry.services import ChangeSpec, PartSpec, UnitSpec, record_change

MERGER = dt.date(2024, 5, 1)
NOW = dt.datetime(2026, 5, 1, 9, 0, tzinfo=dt.UTC)


def merge(sources, parent, name="Жаңы", on=MERGER):
    """Merge whole ayil aimaks into a new one; return it."""
    new = Unit.objects.create(pk=uuid.uuid4())
    record_change(
        ChangeSpec(
            kind="merge",
            effective_on=on,
            units=(
                *(UnitSpec(unit.pk, "ends") for unit in sources),
                UnitSpec(
                    new.pk, "begins", kind="ayil_aimak", name_ky=name, name_ru=name, parent_id=parent.pk
                ),
            ),
            parts=tuple(PartSpec(unit.pk, new.pk, "whole") for unit in sources),
        )
    )
    return new


def signed_in(role=None, user=None, **more):
    """A browser in which a user with a role is logged in; without a second factor."""
    client = Client()
    client.force_login(user or RoleFactory(role=role, **more).user)
    return client


def with_factor(client, user):
    """The same browser after a second factor was used in it."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time(), "type": "totp"}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def add_totp(user):
    """Set up an authenticator app; return its secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_of(secret):
    """The code the app shows now."""
    shown = list(counters())  # the clock's, between those of clocks that are wrong
    return format_hotp_value(hotp_value(secret, shown[len(shown) // 2]))
