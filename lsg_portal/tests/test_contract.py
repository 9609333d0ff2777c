"""What the OpenAPI document and the data package say is what the interface answers."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from jsonschema import Draft202012Validator, FormatChecker

from lsg_portal.rest import about, datapackage
from lsg_portal.tests.contract import parameters_of, register
from registry.tests.rest import body, get

pytestmark = pytest.mark.django_db
VISITOR = Client(headers={"Accept-Language": "en"})
DOCUMENT = "/api/v1/schema/?lang=en"
OPEN_ENDED = {"/api/v1/datapackage.json"}  # standards of their own describe it
OWN = {"/api/v1/me/", "/api/v1/tokens/", "/api/v1/tokens/{token_id}/"}  # tested with the accounts
USERS = "/api/v1/users/"  # so are these, for administrators and auditors alone


@pytest.fixture(scope="module")
def document(django_db_setup, django_db_blocker):
    about.openapi.cache_clear()
    with django_db_blocker.unblock():
        return about.openapi("en", "lsg_portal.urls")


@pytest.fixture(scope="module")
def land(shared_rows):
    with shared_rows():
        return register()


def answers(document, method="get"):
    """Every address with the schema of its successful JSON answer."""
    for path, operations in document["paths"].items():
        if method in operations:
            for status, answer in operations[method]["responses"].items():
                if status in ("200", "201") and "application/json" in answer.get("content", {}):
                    yield path, answer["content"]["application/json"]["schema"]


def valid(document, schema, answer):
    whole = {**schema, "components": document["components"]}
    faults = Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(answer)
    return [f"{'/'.join(map(str, fault.absolute_path))}: {fault.message}" for fault in faults]


def bare(schema, path=""):
    """The places of a schema that say "an object" and nothing about it."""
    if "$ref" in schema or schema.get("anyOf"):
        return
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "object" in kinds:
        if not schema.get("properties"):
            yield path
        for name, inner in schema.get("properties", {}).items():
            yield from bare(inner, f"{path}/{name}")
    if "array" in kinds:
        yield from bare(schema["items"], f"{path}[]")
    if kinds == [None]:
        yield path


@pytest.mark.parametrize("method", ["get", "post", "patch"])
def test_every_answer_is_described_down_to_its_values(document, method):
    vague = {
        path: places
        for path, schema in answers(document, method)
        if path not in OPEN_ENDED and (places := list(bare(schema)))
    }

    assert vague == {}


def test_every_address_answers_what_is_described(document, land):
    wrong, seen = {}, 0
    for path, schema in answers(document):
        if path in OWN or path.startswith(USERS):
            continue
        address = path.format(**parameters_of(path, land.ids))
        for client in (land.auditor,) if "{seq}" in path else (VISITOR, land.team):
            answer = client.get(address, land.asked.get(path, {}))
            if client is VISITOR and "/kpi/evidence/" in path:
                assert answer.status_code == 401  # files hold what is not public
                continue
            if client is VISITOR and "/events/{id}" in path:
                assert answer.status_code == 404  # a draft
                continue
            assert answer.status_code == 200, (path, answer.content)
            if faults := valid(document, schema, answer.json()):
                wrong[path] = faults[:5]
            results = answer.json().get("results", [0])
            assert results, path  # an empty list would prove nothing
            seen += 1

    assert wrong == {}
    assert seen > 40


@pytest.mark.parametrize("group_by", ["oblast", "district", "kind", "programme"])
@pytest.mark.parametrize("measure", ["municipalities", "population", "settlements", "largest_distance_km"])
def test_statistics_are_as_described_however_they_are_asked(document, land, group_by, measure):
    schema = dict(answers(document))["/api/v1/reform/statistics/"]
    days = land.asked["/api/v1/reform/statistics/"]

    answer = get("reform/statistics/", **days, group_by=group_by, measure=measure)

    assert valid(document, schema, answer) == []


def test_writes_answer_what_is_described(document, land):
    from reform.tests.clients import EVENTS, merger, post, send
    from reform.tests.scenarios import programme
    from registry.tests.factories import aimak

    home = land.land.home
    created = post(land.team, EVENTS, merger(home, [aimak(home, "Д"), aimak(home, "Е")], programme()))
    address = f"{EVENTS}{created.json()['id']}/"
    schemas = {
        (method, path): schema for method in ("post", "patch") for path, schema in answers(document, method)
    }
    steps = [
        ("post", "", None),
        ("post", "{id}/preview/", None),
        ("patch", "{id}/", {"source": "Булак"}),
        ("post", "{id}/adopt/", None),
        ("post", "{id}/apply/", None),
        ("post", "{id}/preview/", None),
        ("post", "{id}/annul/", {"reason": "ката"}),
    ]
    for method, path, what in steps:
        schema = schemas[method, EVENTS + path]
        if path:
            tag = land.team.get(address)["ETag"]
            answer = send(
                land.team, method.upper(), EVENTS + path.format(id=created.json()["id"]), what, If_Match=tag
            )
        else:
            answer = created
        assert answer.status_code in (200, 201), answer.content
        assert valid(document, schema, answer.json()) == [], path


def test_no_answer_shows_whatever_is_private(document, land):
    """Who drafted, applied or annulled is for the journal; contacts have a table of their own."""
    private = {"created_by", "by", "email", "phone", "password"}

    def names(schema):
        for name, inner in schema.get("properties", {}).items():
            yield name
            yield from names(inner)
        if "items" in schema:
            yield from names(schema["items"])

    for path, schema in answers(document):
        if path in OWN or path.startswith(USERS):
            continue
        assert not private & set(names(schema)), path


# --- the data package --------------------------------------------------------------------------------------


@pytest.fixture
def package(land):
    datapackage.package.cache_clear()
    return VISITOR.get("/api/v1/datapackage.json").json()


def header_of(address):
    answer = VISITOR.get(address)
    assert answer.status_code == 200, body(answer)
    return next(csv.reader(io.StringIO(body(answer).decode("utf-8-sig")), delimiter=";"))


def test_every_list_is_a_resource_whose_table_has_its_fields(package):
    names = {resource["name"] for resource in package["resources"]}

    assert names == {
        "units", "settlements", "legal-acts", "changes", "published-figures", "reform-programmes",
        "reform-events", "reform-roadmap", "reform-hand-overs", "reform-checks", "audit-checkpoints",
        "councils", "councils-statistics-women", "convocations", "mandates", "sessions", "resolutions", "votes",
        "decision-rules", "end-reasons",
        "executive-bodies", "executive-bodies-access", "posts", "appointments", "staffing", "budgets", "budget-items",
        "end-grounds", "qualification-rules", "staffing-norms",
        "state-powers", "state-bodies", "delegation-fields", "delegation-statute-items", "transfers", "funding",
        "performance", "practices", "disputes", "cancellation-requests", "successions", "delegation-without",
        "delegation-unused", "delegation-overlaps", "kpi-measures", "kpi-methodologies", "kpi-periods",
        "kpi-extensions", "kpi-reports", "kpi-values", "kpi-findings", "kpi-runs", "kpi-scores", "kpi-rankings",
    }  # fmt: skip
    for resource in package["resources"]:
        fields = [field["name"] for field in resource["schema"]["fields"]]
        assert (
            header_of(resource["path"] + ("&at=2030-01-01" if "checks" in resource["path"] else "")) == fields
        )


def test_tables_that_must_be_told_something_are_described_beside_them(package, land):
    described = {resource["template"].split("?")[0]: resource for resource in package["templates"]}

    assert set(described) == {
        "/api/v1/correspondence/",
        "/api/v1/reform/statistics/",
        "/api/v1/councils/statistics/seats/",
        "/api/v1/executive-bodies/statistics/",
        "/api/v1/delegation/funding-gap/",
        "/api/v1/delegation/share-of-budget/",
        "/api/v1/kpi/series/",
        "/api/v1/kpi/completeness/",
        "/api/v1/kpi/employee-results/",
        "/api/v1/kpi/rankings/sensitivity/",
        "/api/v1/kpi/reports/{pk}/values/",
        "/api/v1/sessions/{pk}/attendance/",
        *(
            f"/api/v1/units/{{pk}}/{name}/"
            for name in ("predecessors", "successors", "projection", "settlements", "versions")
        ),
    }
    for path in ("/api/v1/correspondence/", "/api/v1/units/{id}/predecessors/"):
        resource = described[path.replace("{id}", "{pk}")]
        days = "&".join(f"{name}={value}" for name, value in land.asked.get(path, {}).items())
        address = path.format(id=land.land.moldo.pk)
        fields = {field["name"] for field in resource["schema"]["fields"]}
        assert set(header_of(f"{address}?format=csv&{days}")) <= fields


def test_every_column_has_a_title_in_kyrgyz_and_russian(package):
    assert datapackage.undescribed() == set()
    for resource in [*package["resources"], *package["templates"]]:
        for field in resource["schema"]["fields"]:
            assert set(field["titles"]) == {"ky", "ru"}
            assert all(field["titles"].values())
            assert field["title"]


def test_fields_say_their_type_and_what_they_promise(package):
    units = next(resource for resource in package["resources"] if resource["name"] == "units")
    fields = {field["name"]: field for field in units["schema"]["fields"]}

    assert units["schema"]["primaryKey"] == ["id"]
    assert fields["population"]["type"] == "integer"
    assert fields["valid_from"]["type"] == "date"
    assert "ayil_aimak" in fields["kind"]["constraints"]["enum"]
    assert fields["id"]["constraints"]["required"]
    assert "constraints" not in fields["parent_name_ky"]
    assert units["dialect"]["delimiter"] == ";"


def test_the_package_speaks_the_language_of_the_request_and_is_304(land):
    answers_by_language = {
        language: VISITOR.get("/api/v1/datapackage.json", {"lang": language})
        for language in ("ky", "ru", "en")
    }

    assert {answer["Content-Language"] for answer in answers_by_language.values()} == {"ky", "ru", "en"}
    tag = answers_by_language["ru"]["ETag"]
    again = VISITOR.get("/api/v1/datapackage.json?lang=ru", headers={"If-None-Match": tag})
    assert again.status_code == 304


def test_the_document_is_made_without_a_warning():
    """Two components of one name, or two sets of choices, would describe one of them wrongly."""
    about.openapi.cache_clear()
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        about.openapi("en", "lsg_portal.urls")
    found = [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]
    about.openapi.cache_clear()

    assert found == []
