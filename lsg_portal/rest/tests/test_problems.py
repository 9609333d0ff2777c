"""Errors as problem details."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core import exceptions as django
from django.db import DataError, IntegrityError, InternalError, OperationalError
from django.http import Http404
from django.utils import translation
from rest_framework import exceptions as drf

from lsg_portal.rest.problems import KINDS, Throttled, Unauthenticated, as_problem


def _database(kind, state, constraint=None):
    error = kind("x")
    error.__cause__ = type("Cause", (Exception,), {})()
    error.__cause__.pgcode = state
    error.__cause__.diag = SimpleNamespace(constraint_name=constraint)
    return error


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Http404(), 404),
        (django.PermissionDenied(), 403),
        (django.SuspiciousOperation(), 400),
        (django.RequestDataTooBig(), 413),
        (django.TooManyFieldsSent(), 400),
        (django.ValidationError("rule"), 422),
        (drf.ValidationError({"a": ["no"]}), 400),
        (drf.ParseError(), 400),
        (drf.NotAuthenticated(), 401),
        (drf.AuthenticationFailed(), 401),
        (drf.PermissionDenied(), 403),
        (drf.NotFound(), 404),
        (drf.MethodNotAllowed("PUT"), 405),
        (drf.NotAcceptable(), 406),
        (drf.UnsupportedMediaType("x"), 415),
        (drf.Throttled(3.2), 429),
        (_database(IntegrityError, "23505", "once"), 409),
        (_database(IntegrityError, "23P01", "overlap"), 409),
        (_database(IntegrityError, "23514", "check"), 422),
        (_database(InternalError, "P0001"), 422),
        (_database(DataError, "22003"), 400),
        (_database(OperationalError, "55P03"), 409),
        (_database(OperationalError, "40P01"), 409),
        (_database(OperationalError, "57P01"), 503),
        (OperationalError("connection refused"), 503),
    ],
)
def test_whatever_is_raised_has_its_status(error, status):
    assert as_problem(error).status == status


def test_a_fault_of_ours_is_left_to_django():
    assert as_problem(ZeroDivisionError()) is None
    assert as_problem(_database(InternalError, "XX000")) is None


def test_nested_errors_become_json_pointers():
    detail = {"parts": [{}, {"source": ["Required."]}], "non_field_errors": ["Odd."], "a/b": ["Bad."]}

    faults = as_problem(drf.ValidationError(detail)).errors

    assert [fault.pointer for fault in faults] == ["/parts/1/source", "", "/a~1b"]


def test_a_broken_constraint_is_named():
    problem = as_problem(_database(IntegrityError, "23P01", "registry_unitversion_one_a_day"))

    assert problem.as_dict()["errors"][0]["code"] == "registry_unitversion_one_a_day"


def test_an_apps_own_refusal_keeps_status_code_and_violations():
    class Refusal(Exception):
        problem_status = 409
        code = "state_conflict"
        violations = [SimpleNamespace(code="later_change", message="Later.", pointer="/effective_on")]

    problem = as_problem(Refusal())

    assert (problem.status, problem.code) == (409, "state_conflict")
    assert problem.as_dict()["detail"] == "Later."
    assert problem.as_dict()["errors"] == [
        {"pointer": "/effective_on", "code": "later_change", "detail": "Later."}
    ]


def test_401_names_the_challenge_and_429_the_pause():
    assert Unauthenticated().response()["WWW-Authenticate"].startswith("Token")
    assert Throttled(7).response()["Retry-After"] == "7"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_has_the_members_of_the_standard(kind):
    with translation.override("en"):
        body = kind().as_dict()

    assert body["type"].endswith(f"#{kind.code}")
    assert body["status"] == kind.status
    assert body["title"]
    assert body["detail"]


def test_an_unknown_address_under_api_is_a_problem_and_elsewhere_a_page(visitor, db):
    assert visitor.get("/api/v1/nothing/")["Content-Type"] == "application/problem+json"


def test_the_kinds_are_listed_for_those_who_follow_type(visitor, db):
    answer = visitor.get("/api/v1/problems/?lang=en").json()

    assert {"type", "code", "status", "title"} == set(answer["results"][0])


def test_a_crash_is_a_problem_too(visitor, monkeypatch, db):
    from lsg_portal.rest.tests.sample import Statistics

    def crash(self, query, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(Statistics, "document", crash)
    visitor.raise_request_exception = False

    response = visitor.get("/api/v1/statistics/?group_by=kind")

    assert response.status_code == 500
    assert response["Content-Type"] == "application/problem+json"
