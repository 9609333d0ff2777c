"""Whatever is sent to whatever address, the answer is one the OpenAPI document describes, and none is a 5xx.

In process, bounded and always the same: for each operation the generator's values, and again with the values that
real paths and preconditions have, by a visitor and by the reform team.
"""

from __future__ import annotations

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lsg_portal.rest import about
from lsg_portal.tests.contract import parameters_of, register

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(600)]
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
BOUNDED = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def land():
    return register()


@pytest.fixture
def contract(land, settings):
    """The document, asked of the application itself; the test's transaction outlives every request.

    After ``land``, whose making goes through Django's client, which connects the signals again.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    about.openapi.cache_clear()
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/schema/?lang=en", get_wsgi_application())
    for signal in signals:
        signal.connect(close_old_connections)
    about.openapi.cache_clear()


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name.lower())
def test_every_answer_is_described(contract, land, mode):
    token = land.team.defaults["HTTP_AUTHORIZATION"]
    sent = []

    @BOUNDED
    @given(data=st.data())
    def send(data, operation):
        case = data.draw(operation.as_strategy(generation_mode=mode))
        if data.draw(st.booleans()):
            case.path_parameters = {**(case.path_parameters or {}), **parameters_of(operation.path, land.ids)}
            if "If-Match" in (case.headers or {}):
                case.headers["If-Match"] = "*"
        for headers in ({}, {"Authorization": token}):
            case.call_and_validate(headers=headers, checks=CHECKS)
            sent.append(operation.path)

    for found in contract.get_all_operations():
        send(operation=found.ok())

    assert len(set(sent)) > 30
