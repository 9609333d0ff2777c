"""The OpenAPI document."""

from __future__ import annotations

import pytest

from lsg_portal.rest import about
from lsg_portal.rest.authentication import SessionAuthentication

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(visitor):
    about.openapi.cache_clear()
    return visitor.get("/api/v1/schema/?lang=en").json()


def test_it_is_openapi_3_1_and_cached_by_build(document, visitor):
    assert document["openapi"].startswith("3.1")
    tag = visitor.get("/api/v1/schema/")["ETag"]
    assert visitor.get("/api/v1/schema/", headers={"If-None-Match": tag}).status_code == 304


def test_every_parameter_of_a_list_is_described(document):
    parameters = {p["name"]: p for p in document["paths"]["/api/v1/things/"]["get"]["parameters"]}

    assert set(parameters) == {
        "at", "lang", "format", "bom", "delimiter", "page", "page_size", "cursor", "ordering", "fields",
        "updated_since", "kind", "q", "from_number", "unit", "rows", "If-None-Match",
    }  # fmt: skip
    assert parameters["page_size"]["schema"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 500,
        "default": 50,
    }
    assert parameters["kind"]["schema"]["items"]["enum"] == ["even", "odd"]


def test_rows_are_described_by_their_columns(document):
    schema = document["paths"]["/api/v1/things/"]["get"]["responses"]["200"]["content"]["application/json"][
        "schema"
    ]
    row = schema["properties"]["results"]["items"]["properties"]

    assert row["parent"]["type"] == ["object", "null"]
    assert row["name"]["properties"]["ru"]["type"] == ["string", "null"]
    assert row["money"] == {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}


def test_every_refusal_is_a_problem(document):
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert response == {"$ref": f"#/components/responses/Problem{status}"}
    assert document["components"]["responses"]["Problem404"]["content"]["application/problem+json"]


def test_writes_name_their_preconditions(document):
    patch = document["paths"]["/api/v1/users/{id}/"]["patch"]
    headers = {p["name"]: p["required"] for p in patch["parameters"] if p["in"] == "header"}

    assert headers == {"If-Match": True}
    assert {"400", "401", "403", "404", "409", "412", "413", "415", "422", "428"} <= set(patch["responses"])
    apply = document["paths"]["/api/v1/users/{id}/apply/"]["post"]
    assert {p["name"] for p in apply["parameters"] if p["in"] == "header"} == {"If-Match", "Idempotency-Key"}
    body = document["components"]["schemas"]["PatchedNameRequest"]
    assert body["additionalProperties"] is False


def test_creating_is_201_with_a_location(document):
    answer = document["paths"]["/api/v1/users/"]["post"]["responses"]["201"]

    assert "Location" in answer["headers"]


def test_both_ways_to_authenticate_are_described(document):
    assert set(document["components"]["securitySchemes"]) == {"token", "session"}
    assert SessionAuthentication().authenticate_header(None).startswith("Token")


def test_the_page_loads_nothing_from_elsewhere(visitor):
    page = visitor.get("/api/v1/docs/")

    assert page.status_code == 200
    assert b"//cdn" not in page.content
    assert "'unsafe-inline'" in page["Content-Security-Policy"]
    assert "'unsafe-inline'" not in visitor.get("/api/v1/nothing/").headers.get("Content-Security-Policy", "")
