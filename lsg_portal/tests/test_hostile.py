"""Input that must end in 4xx, at every address that takes input; never a 5xx, never an undocumented answer."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from lsg_portal.rest import about
from lsg_portal.tests.contract import parameters_of, register
from reform.models import Event
from reform.tests.clients import EVENTS, merger
from reform.tests.scenarios import programme
from registry.tests.rest import problem

pytestmark = pytest.mark.django_db
VISITOR = Client(headers={"Accept-Language": "en"})

# As they stand in an address, percent-encoded
NEVER_TEXT = ["%00", "a%00b", "%ff", "%ed%a0%80", "%c0%80", "%D9%A1%D9%A2", "%EF%BC%91"]
NEVER_A_VALUE = [
    "0000-01-01",
    "99999-01-01",
    "2023-02-30",
    "2023-01-01T00:00:00-22:44",
    "9999-12-31T23:59:59-22:44",
    "NaN",
    "-Infinity",
    "1e400",
    "9" * 2000,
    "-1",
    "",
    "%20",
    "((((",
    "'%20OR%201=1--",
    "%27%3B%20DROP%20TABLE%20registry_unit",
    ",".join(["x"] * 101),
]
TYPED = ("integer", "boolean", "array")


@pytest.fixture(scope="module")
def document(django_db_setup, django_db_blocker):
    about.openapi.cache_clear()
    with django_db_blocker.unblock():
        return about.openapi("en", "lsg_portal.urls")


FILES = (
    "/api/v1/kpi/reports/{id}/sheet/",
    "/api/v1/kpi/evidence/{id}/",
    "/api/v1/kpi/evidence/{id}/file/",
)
"""What only the office and its reviewers read."""
NOT_FOR_ALL = ("/api/v1/audit/entries/", "/api/v1/users/")
"""What a visitor is refused before his parameters are read."""


def reads(document):
    for path, operations in document["paths"].items():
        if "get" in operations:
            yield path, [p for p in operations["get"]["parameters"] if p["in"] == "query"], operations["get"]


def ask(path, query, client=VISITOR):
    """Ask with the query exactly as it is written."""
    return client.get(path, QUERY_STRING=query)


def is_typed(schema):
    return (
        schema.get("type") in TYPED
        or "enum" in schema
        or schema.get("format") in ("date", "date-time", "uuid")
    )


@pytest.fixture(scope="module")
def land(shared_rows):
    with shared_rows():
        return register()


def test_every_parameter_refuses_what_no_value_can_be(document, land):
    asked = 0
    for path, parameters, operation in reads(document):
        if path.startswith(("/api/v1/me/", "/api/v1/tokens/", "/api/v1/users/{")):
            continue
        if path in FILES:
            continue  # 401 and 403 come first
        address = path.format(**parameters_of(path, land.ids))
        client = land.auditor if path.startswith(NOT_FOR_ALL) else VISITOR
        for parameter in parameters:
            others = "".join(
                f"&{name}={value}"
                for name, value in land.asked.get(path, {}).items()
                if name != parameter["name"]
            )
            for value in [*NEVER_TEXT, *NEVER_A_VALUE]:
                answer = ask(address, f"{parameter['name']}={value}{others}", client)
                where = (path, parameter["name"], value[:40])
                assert answer.status_code < 500, where
                assert str(answer.status_code) in operation["responses"], where
                if value in NEVER_TEXT or (is_typed(parameter["schema"]) and value != ""):
                    fits = parameter["schema"].get("type") == "integer" and value == "-1"
                    assert answer.status_code == 400 or fits, where
                if answer.status_code == 400:
                    problem(answer, 400)
                asked += 1

    assert asked > 3000


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/units/%00/",
        "/api/v1/units/١٢٣/",
        "/api/v1/units/%ff/",
        "/api/v1/units/%ed%a0%80/",
        "/api/v1/units/1/",
        "/api/v1/units/' OR 1=1/",
        "/api/v1/units/00000000-0000-4000-8000-00000000000٠/",
        f"/api/v1/units/{'a' * 5000}/",
        "/api/v1/codes/soate/%00/",
        "/api/v1/codes/soate/４１７０/",
        f"/api/v1/codes/soate/{'9' * 5000}/",
        "/api/v1/codes/../../../etc/passwd/",
        "/api/v1/codes/soate/.*/",
        "/api/v1/nothing/",
    ],
)
def test_an_odd_path_is_400_or_404(path):
    answer = VISITOR.get(path)

    problem(answer, 400 if answer.status_code == 400 else 404)


@pytest.mark.parametrize(
    "query",
    [
        "page=1000001",
        "page=-1",
        "page=9223372036854775808",
        "page_size=501",
        "page_size=-1",
        "cursor=%00",
        "cursor=bm9uZQ",
        "cursor=WyIiXQ",
        "cursor=" + "A" * 2001,
        "cursor=" + "W" * 1500,
        "fields=" + "id," * 70_000 + "id",
        "kind=" + ",".join(["ayil_aimak"] * 70_000),
        "kind=ayil_aimak&kind=oblast",
        "at=2023-01-01&at=2023-01-01",
        "x" * 70_000 + "=1",
        "&".join(f"p{number}=1" for number in range(1001)),
        "[]=1",
        "at[gte]=2023-01-01",
    ],
)
def test_an_odd_query_of_a_list_is_malformed(query):
    problem(ask("/api/v1/units/", query), 400)


def test_a_page_beyond_any_list_is_not_there():
    problem(ask("/api/v1/units/", "page=1000000"), 404)


@pytest.mark.parametrize(
    "forged",
    [
        ["x", "a", "00000000-0000-4000-8000-000000000000"],
        ["MARK", "a"],
        ["MARK", "a", "not an id"],
        ["MARK", 1, 2],
        ["MARK", None, None],
        ["MARK", "a\0b", "00000000-0000-4000-8000-000000000000"],
        ["MARK", {"a": 1}, []],
        {"MARK": 1},
        "MARK",
        5,
    ],
)
def test_a_forged_cursor_is_malformed(forged):
    import base64

    from lsg_portal.rest import paging
    from registry.api.units import Units

    mark = paging.mark(paging.terms(Units.default_ordering, Units.keys, Units.unique))
    raw = json.dumps(forged).replace("MARK", mark).encode()
    cursor = base64.urlsafe_b64encode(raw).decode().rstrip("=")

    problem(ask("/api/v1/units/", f"cursor={cursor}"), 400)


DEEP = "[" * 2000 + "]" * 2000
BODIES = {
    "no JSON": b"{",
    "empty": b"",
    "not an object": b"[1]",
    "null": b"null",
    "a NUL": rb'{"title": {"ky": "a\u0000b"}}',
    "a lone surrogate": rb'{"title": {"ky": "\ud800"}}',
    "not UTF-8": '{"title": {"ky": "Өзгөрүш"}}'.encode("cp1251", "replace") + b"\xff",
    "nested 2,000 deep": f'{{"title": {DEEP}}}'.encode(),
    "objects 2,000 deep": ('{"a":' * 2000 + "1" + "}" * 2000).encode(),
    "NaN": b'{"effective_on": NaN}',
    "Infinity": b'{"effective_on": -Infinity}',
    "1e400": b'{"effective_on": 1e400}',
    "2,000 digits": b'{"effective_on": ' + b"9" * 2000 + b"}",
    "a name twice": b'{"kind": "merge", "kind": "split"}',
    "70,000 ids": json.dumps({"acts": ["00000000-0000-4000-8000-0000000000ff"] * 70_000}).encode(),
    "70,000 names": json.dumps({f"n{number}": 1 for number in range(70_000)}).encode(),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("what", ["draft", "redraft", "annul"])
def test_an_odd_body_is_malformed(land, what, body):
    draft = f"{EVENTS}{land.draft.json()['id']}/"
    address, method, tag = {
        "draft": (EVENTS, "POST", None),
        "redraft": (draft, "PATCH", land.draft["ETag"]),
        "annul": (f"{EVENTS}{land.in_force}/annul/", "POST", "*"),
    }[what]
    headers = {"If-Match": tag} if tag else {}
    before = Event.objects.values_list("status", "version").order_by("id")
    stood = list(before.all())

    answer = land.team.generic(method, address, body, content_type="application/json", headers=headers)

    if what == "redraft" and body in (b"",):
        assert answer.status_code in (200, 400)  # nothing to change
        return
    assert len(problem(answer, 400)["errors"]) <= 100
    assert list(before.all()) == stood


def test_a_body_past_the_limit_is_413(land):
    raw = b'{"note": {"ky": "' + b"x" * 5_300_000 + b'"}}'

    problem(land.team.generic("POST", EVENTS, raw, content_type="application/json"), 413)


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "", "json"]
)
def test_a_body_of_another_kind_is_415(land, kind):
    body = merger(land.land.home, [], programme())

    problem(land.team.generic("POST", EVENTS, json.dumps(body), content_type=kind), 415)


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Accept", "application/pdf", 406),
        ("Accept", "*/*;q=0", 406),
        ("Accept", "\x7f" * 5000, 406),
        ("Accept-Language", "ky;q=NaN,;;;,*" + "x" * 5000, 200),
        ("If-None-Match", 'W/"', 200),
        ("If-None-Match", '"' * 5000, 200),
        ("Authorization", "Token", 401),
        ("Authorization", "Token " + "a" * 5000, 401),
        ("Authorization", "Token \x00", 401),
        ("Authorization", "Token " + "ключ".encode().decode("latin-1"), 401),
        ("Authorization", "Basic ZGVtbzpkZW1v", 200),
        ("Cookie", "sessionid=%00%ff", 200),
    ],
)
def test_odd_headers_of_a_read(header, value, status):
    answer = Client().get("/api/v1/units/?page_size=1", headers={header: value})

    assert answer.status_code == status, answer.content


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("If-Match", "", 428),
        ("If-Match", " ", 428),
        ("If-Match", "no quotes", 412),
        ("If-Match", 'W/"a-b"', 412),
        ("If-Match", '"' + "a" * 5000 + '"', 412),
        ("Idempotency-Key", "", 400),
        ("Idempotency-Key", "a b", 400),
        ("Idempotency-Key", "ключ", 400),
        ("Idempotency-Key", "x" * 256, 400),
    ],
)
def test_odd_headers_of_a_write(land, header, value, status):
    headers = {"If-Match": "*"} | {header: value}
    answer = land.team.generic(
        "POST",
        f"{EVENTS}{land.draft.json()['id']}/adopt/",
        b"",
        content_type="application/json",
        headers=headers,
    )

    problem(answer, status)
    assert Event.objects.get(pk=land.draft.json()["id"]).status == "draft"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "BREW", "PATCH"])
def test_another_method_is_405(method):
    answer = Client().generic(method, "/api/v1/units/")

    problem(answer, 405)
