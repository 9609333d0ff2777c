"""What the OpenAPI document says of the councils' writes is what they answer."""

from __future__ import annotations

import pytest

from councils.tests.chamber import DAY, country, resolution, sitting
from councils.tests.test_api_sessions import keeper
from councils.tests.test_import_sessions import ROWS, book
from lsg_portal.rest import about
from lsg_portal.tests.test_contract import answers, valid
from reform.tests.clients import send
from registry.tests.rest import API, get

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def document(django_db_setup, django_db_blocker):
    about.openapi.cache_clear()
    with django_db_blocker.unblock():
        return about.openapi("en", "lsg_portal.urls")


def test_every_step_of_a_sessions_and_a_resolutions_life_answers_what_is_described(document):
    land = country()
    client = keeper(land.units["kara"])
    schemas = {
        (method, path): schema
        for method in ("post", "put", "patch")
        for path, schema in answers(document, method)
    }

    def step(method, path, body, thing=None):
        address = f"{API}{path}".format(id=thing["id"] if thing else "")
        headers = {}
        if thing is not None:
            headers["If_Match"] = client.get(f"{API}{path.split('/')[0]}/{thing['id']}/")["ETag"]
        answer = send(client, method.upper(), address, body, **headers)
        assert answer.status_code in (200, 201), (path, answer.content)
        assert valid(document, schemas[method, f"{API}{path}"], answer.json()) == [], path
        return answer.json()

    term = {"convocation": str(land.terms["kara"].pk), "held_on": str(DAY)}
    first = step("post", "sessions/", term)
    step("patch", "sessions/{id}/", {"location": "Клуб"}, first)
    first = step("post", "sessions/{id}/agenda/", {"name": {"ky": "Бюджет"}}, first)
    everybody = [{"mandate": str(one.pk), "state": "present"} for one in land.deputies["kara"]]
    step("put", "sessions/{id}/attendance/", {"attendance": everybody}, first)
    step("post", "sessions/{id}/hold/", None, first)
    step("post", "sessions/{id}/cancel/", None, step("post", "sessions/", term | {"held_on": "2023-08-01"}))

    drafted = step(
        "post",
        "resolutions/",
        {
            "council": str(land.councils["kara"].pk),
            "session": first["id"],
            "agenda_item": first["agenda_item"][0]["id"],
            "name": {"ky": "Бюджет", "ru": "Бюджет"},
            "rule": "simple",
        },
    )
    step("patch", "resolutions/{id}/", {"normative": True}, drafted)
    roll = [{"mandate": line["mandate"], "choice": "in_favour"} for line in everybody]
    step("put", "resolutions/{id}/vote/", {"named": roll}, drafted)
    step("post", "resolutions/{id}/adopt/", {"reference": "1"}, drafted)
    step("post", "resolutions/{id}/register/", {"registration_number": "К-1", "on": "2023-06-05"}, drafted)
    step("post", "resolutions/{id}/publish/", {"on": "2023-06-09", "published_in": "Сайт"}, drafted)
    later = resolution(
        sitting(land, "kara", DAY.replace(month=9), number=30), "Жокко", number="9", status="published"
    )
    step("post", "resolutions/{id}/cancel/", {"by_resolution": str(later.pk)}, drafted)
    assert get(f"sessions/{first['id']}/")["agenda_item"][0]["resolutions"] == [drafted["id"]]

    imported = client.post(
        f"{API}session-imports/", {"file": book(ROWS), "council": str(land.councils["kara"].pk)}
    )
    assert valid(document, schemas["post", f"{API}session-imports/"], imported.json()) == []
