"""What is not public of an executive body comes out nowhere: each private text carries a secret word, every address is asked."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client

from accounts.models import RoleKind
from audit.tests.reading import chain
from ayil_okmotu import services
from ayil_okmotu.tests import factories
from ayil_okmotu.tests.office import *  # noqa: F403  (fixtures)
from ayil_okmotu.tests.office import of, signed_in
from lsg_portal.tests.matrix.table import routes

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 1, 10)
WORD = "жашыруун"
SECRETS = {
    name: f"{WORD}{number}сөз"
    for number, name in enumerate(
        (
            "description",
            "finding",
            "order",
            "lifted",
            "phone",
            "contact",
            "reserve",
            "service",
            "career",
            "violation source",
        ),
        10,
    )
}
MAIL = "zhashyruun.77@example.kg"
JOURNAL = "/api/v1/audit/entries/"
SEALED = (
    "ayil_okmotu_bodycontact",
    "ayil_okmotu_reservecandidate",
    "ayil_okmotu_servicerecord",
    "ayil_okmotu_careerstep",
    "ayil_okmotu_violation",
    "ayil_okmotu_disciplinarymeasure",
)
UNTRANSLATED = ("/api/", "/healthz", "/readyz")


@pytest.fixture
def kept(office):
    """One of each private record, every text of it with a secret word."""
    one = SimpleNamespace(office=office)
    services.set_contact(body=office.body, phone=SECRETS["phone"], email=MAIL, person=SECRETS["contact"])
    one.violation = services.report_violation(
        appointment=office.employee,
        discovered_on=DAY,
        description=SECRETS["description"],
        source=SECRETS["violation source"],
    )
    services.record_explanation(violation=one.violation, on=DAY)
    services.record_finding(violation=one.violation, on=DAY, finding=SECRETS["finding"])
    one.measure = services.impose(
        violation=one.violation,
        kind="remark",
        on=DAY,
        order_number=SECRETS["order"],
        until=dt.date(2026, 7, 1),
    )
    services.lift(measure=one.measure, on=dt.date(2026, 2, 1), reason=SECRETS["lifted"])
    one.waiting = factories.person(SECRETS["reserve"], "f")
    one.candidate = services.reserve(post=office.post, person=one.waiting, place=1, on=DAY)
    services.record_service(
        person=office.employee.person,
        on=DAY,
        total_years=31,
        leading_years=17,
        higher_education=True,
        state_language=True,
        source=SECRETS["service"],
    )
    one.step = services.plan_step(
        appointment=office.employee, by_year=2027, goal_kind="deputy", note=SECRETS["career"]
    )
    one.report = services.report_staff(body=office.body, on=DAY, approved=5, filled=4, contract=1, women=2)
    one.budget = services.write_budget(
        unit=office.unit, year=2025, lines={"income_tax": services.Amounts(Decimal(1))}
    )
    chain()
    return one


def values(kept):
    """What a parameter may stand for, by the word before it in the address; elsewhere a municipality or a person."""
    office = kept.office
    people = [office.employee.person_id, kept.waiting.pk]
    return {
        "executive-bodies": [office.body.pk],
        "my-executive-body": [office.body.pk],
        "posts": [office.post.pk],
        "appointments": [office.employee.pk],
        "staffing": [kept.report.pk],
        "budgets": [kept.budget.pk, office.unit.pk],
        "reserve": [kept.candidate.pk],
        "career": [kept.step.pk],
        "breaches": [kept.violation.pk],
        "history": ["executive-body", "post", "local-budget", "person", "unit"],
        "<kind>": [office.body.pk, office.post.pk, kept.budget.pk, *people, office.unit.pk],
        "": [office.unit.pk, *people],
    }


def addresses(kept):
    """Every address that is read, with what its parameters may stand for; lists also searched and as files."""
    known = values(kept)
    for route in routes():
        if "GET" not in route.methods or route.path.startswith("/account/"):
            continue
        path = route.path if route.path.startswith(UNTRANSLATED) else f"/ru{route.path}"
        found = [path]
        for word, name in re.findall(r"([\w<>-]*)/<(\w+)>", path):
            keys = known.get(word, known[""]) if "/admin/" not in path else ["x"]
            found = [one.replace(f"<{name}>", str(key), 1) for one in found for key in keys]
        yield from found
        if "/admin/" not in path:
            asked = (
                (f"q={WORD}", "format=csv", "format=xlsx", "format=json")
                if found == [path]
                else ("format=json",)
            )
            yield from (f"{one}?{query}" for one in found for query in asked)


def readable(answer):
    """The words of an answer; those of a workbook taken out of it."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    words = content.decode("utf-8", "replace")
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), words)


def told(words):
    return sorted({secret for secret in (*SECRETS.values(), MAIL) if secret in words})


@pytest.mark.parametrize("viewer", ["visitor", "analyst", "district", "neighbour", "team"])
def test_no_secret_comes_out_for_whom_it_does_not_exist(today, home, kept, viewer):
    above = home[0].versions.get().parent
    client = {
        "visitor": Client,
        "analyst": lambda: signed_in(RoleKind.ANALYST),
        "district": lambda: signed_in(RoleKind.DISTRICT, above),
        "neighbour": lambda: signed_in(RoleKind.STAFF, home[1]),
        "team": lambda: signed_in(RoleKind.REFORM_TEAM),
    }[viewer]()
    client.raise_request_exception = False
    answered, leaks = 0, []
    for where in addresses(kept):
        answer = client.get(where)
        answered += answer.status_code == 200
        words = readable(answer)
        leaks += [(where, secret) for secret in told(words) if not is_a_name_alone(viewer, where, secret)]
        if where.startswith(JOURNAL):
            leaks += [(where, table) for table in SEALED if table in words]

    assert leaks == []
    assert answered > 100


def is_a_name_alone(viewer, where, secret):
    """An analyst reads in the journal that a person was recorded, as of any person; nothing says for what."""
    return (
        viewer == "analyst"
        and where.startswith((JOURNAL, "/ru/history/person/"))
        and secret == SECRETS["reserve"]
    )


def test_whoever_reads_them_finds_every_one(staff, approver, kept):
    office = kept.office
    pages = [
        of(office.body, language="ru"),
        of(office.post, language="ru"),
        of(office.employee, language="ru"),
        of(kept.violation, language="ru"),
    ]
    of_sources = {SECRETS["service"], SECRETS["violation source"]}  # which no page shows
    shown = {*SECRETS.values(), MAIL} - of_sources

    for client in (staff, approver):
        found = {secret for page in pages for secret in told(readable(client.get(page)))}
        assert found == shown
