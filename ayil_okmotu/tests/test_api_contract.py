"""What the OpenAPI document says of the executive bodies' writes is what they answer; imports over REST."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import RoleKind
from ayil_okmotu.models import BudgetLine, LocalBudget
from ayil_okmotu.tests.offices import DAY, country
from ayil_okmotu.tests.test_api_writes import keeper
from councils.tests.chamber import person
from lsg_portal.rest import about
from lsg_portal.tests.test_contract import answers, bare, valid
from reform.tests.clients import client_with, key, send
from registry.tests.rest import API, problem

pytestmark = pytest.mark.django_db
IMPORTS = f"{API}budget-imports/"
HEADING = "unit;year;line;plan;actual\r\n"
CODE = "41704210000777"


@pytest.fixture(scope="module")
def document(django_db_setup, django_db_blocker):
    about.openapi.cache_clear()
    with django_db_blocker.unblock():
        return about.openapi("en", "lsg_portal.urls")


@pytest.fixture
def land():
    return country()


def schemas(document):
    return {
        (method, path): schema for method in ("post", "patch") for path, schema in answers(document, method)
    }


def sheet(*rows):
    """A file of budgets as CSV."""
    text = HEADING + "".join(f"{row}\r\n" for row in rows)
    return SimpleUploadedFile("бюджет.csv", text.encode())


def test_every_write_answers_what_is_described(document, land):
    described = schemas(document)
    client = client_with("administrator")

    def step(method, path, body, thing=None):
        address = f"{API}{path}".format(id=thing["id"] if thing else "")
        headers = {}
        if thing is not None:
            headers["If_Match"] = client.get(f"{API}{path.split('/')[0]}/{thing['id']}/")["ETag"]
        answer = send(client, method.upper(), address, body, **headers)
        assert answer.status_code in (200, 201), (path, answer.content)
        schema = described[method, f"{API}{path}"]
        assert list(bare(schema)) == []
        assert valid(document, schema, answer.json()) == [], path
        return answer.json()

    body = str(land.bodies["kara"].pk)
    made = step("post", "posts/", {"body": body, "kind": "department_head", "on": str(DAY)})
    made = step("patch", "posts/{id}/", {"name": {"ky": "Бөлүм"}}, made)
    given = step(
        "post",
        "appointments/",
        {"post": made["id"], "person": str(person("Бөлүм башчы").pk), "on": str(DAY), "order_number": "5"},
    )
    step("post", "appointments/{id}/end/", {"on": "2023-08-01", "ground": "own_request"}, given)
    step("post", "posts/{id}/close/", {"on": "2023-09-01"}, made)
    reported = step(
        "post", "staffing/", {"body": body, "on": str(DAY), "approved": 9, "filled": 8, "contract": 1}
    )
    step("patch", "staffing/{id}/", {"women": 2}, reported)
    lines = [{"item": "land_tax", "plan": "1.5"}, {"item": "total_revenue", "plan_as_printed": "1,5,"}]
    budget = step("post", "budgets/", {"unit": str(land.units["ak"].pk), "year": 2024, "lines": lines})
    step("patch", "budgets/{id}/", {"lines": [{"item": "land_tax", "plan": "2"}]}, budget)
    imported = client.post(IMPORTS, {"file": sheet(f"{CODE};2024;land_tax;1,5;x")})
    assert imported.status_code == 200, imported.content
    assert valid(document, described["post", IMPORTS], imported.json()) == []


# --- imports -----------------------------------------------------------------------------------------------


def test_an_import_is_tried_first_and_then_written(land):
    client = keeper(land.units["kara"])
    rows = (f"{CODE};2024;land_tax;10,5;9", f"{CODE};2024;total_revenue;10,5;8")

    tried = client.post(IMPORTS, {"file": sheet(*rows)}).json()
    assert (tried["committed"], tried["rows"], tried["budgets"]["new"], tried["flagged"]) == (False, 2, 1, 1)
    assert not LocalBudget.objects.filter(year=2024).exists()
    done = client.post(IMPORTS, {"file": sheet(*rows), "commit": "true"}).json()
    assert (done["committed"], done["lines_written"]) == (True, 2)
    assert [(one["unit"], one["code"]) for one in done["findings"]] == [(CODE, "lines_do_not_add_up")]
    assert LocalBudget.objects.get(year=2024).unit_id == land.units["kara"].pk


def test_an_unreadable_figure_names_its_cell_and_is_kept_only_when_asked(land):
    client = client_with("reform_team")
    rows = (f"{CODE};2024;total_expenditure;;254,40.0",)

    (line,) = client.post(IMPORTS, {"file": sheet(*rows)}).json()["refused"]["rows"]
    assert (line["row"], line["field"], line["code"]) == (2, "actual", "unreadable")
    refused = client.post(IMPORTS, {"file": sheet(*rows), "commit": "1"})
    assert "254,40.0" in str(problem(refused, 422)["errors"])
    kept = client.post(IMPORTS, {"file": sheet(*rows), "commit": "1", "keep_unreadable": "1"}).json()
    assert (kept["committed"], kept["refused"]["count"]) == (True, 0)
    assert [one["row"] for one in kept["unreadable"]] == [2]
    assert BudgetLine.objects.get(budget__year=2024).actual_as_printed == "254,40.0"


def test_staff_import_their_own_budget_alone_and_others_none(land):
    rows = (f"{CODE};2024;land_tax;1;1",)

    (line,) = keeper(land.units["ak"]).post(IMPORTS, {"file": sheet(*rows)}).json()["refused"]["rows"]
    assert line["code"] == "not_your_unit"
    others = [client_with(role) for role in ("analyst", "approver", "auditor")]
    for client in (*others, keeper(land.home, RoleKind.DISTRICT)):
        problem(client.post(IMPORTS, {"file": sheet(*rows)}), 403)


def test_a_form_without_a_file_or_with_something_else_is_refused(land):
    client = client_with("administrator")

    problem(client.post(IMPORTS, {"commit": "1"}), 400, "/file")
    problem(client.post(IMPORTS, {"file": sheet(), "colour": "1"}), 400, "/colour")
    problem(client.post(IMPORTS, {"file": sheet(), "commit": "perhaps"}), 400, "/commit")
    problem(send(client, "POST", IMPORTS, {"commit": True}), 415)
    lies = SimpleUploadedFile("x.xlsx", io.BytesIO(b"\x00\x01" * 50).read())
    assert client.post(IMPORTS, {"file": lies}).status_code in (400, 415, 422)


def test_a_repeated_import_is_done_once(land):
    client, name = client_with("administrator"), key()
    form = {"commit": "1"}

    first = client.post(
        IMPORTS, form | {"file": sheet(f"{CODE};2024;land_tax;1;1")}, headers={"Idempotency-Key": name}
    )
    again = client.post(
        IMPORTS, form | {"file": sheet(f"{CODE};2024;land_tax;1;1")}, headers={"Idempotency-Key": name}
    )

    assert first.json() == again.json()
    assert first.json()["budgets"] == {"new": 1, "changed": 0, "same": 0}
    assert LocalBudget.objects.get(year=2024).recorded_at.date() <= dt.datetime.now(dt.UTC).date()
