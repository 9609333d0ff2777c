"""Whatever is sent, the answer is one the OpenAPI document describes, and none is a 5xx."""

from __future__ import annotations

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import Token
from lsg_portal.rest import about

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@pytest.fixture
def contract():
    """The document, asked of the application itself; the test's transaction outlives every request."""
    about.openapi.cache_clear()
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/schema/?lang=en", get_wsgi_application())
    for signal in signals:
        signal.connect(close_old_connections)
    about.openapi.cache_clear()


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_every_answer_is_described(data, contract, user):
    token = Token.objects.create(user)[1]
    for found in contract.get_all_operations():
        case = data.draw(found.ok().as_strategy(generation_mode=data.draw(st.sampled_from(MODES))))
        for headers in ({}, {"Authorization": f"Token {token}"}):
            case.call_and_validate(headers=headers, checks=CHECKS)
