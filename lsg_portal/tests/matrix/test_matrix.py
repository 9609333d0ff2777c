"""Every address × method × viewer gets the answer that ``table.txt`` promises, and no address is missing from it.

The addresses come from the table of addresses itself: a new one fails here by name until it has its lines.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from copy import copy
from itertools import product

import pytest

from accounts.models import Token
from lsg_portal.tests.matrix import table
from lsg_portal.tests.matrix.asking import Asking
from lsg_portal.tests.matrix.samples import World
from lsg_portal.tests.matrix.table import METHODS, REFUSALS, Row

pytestmark = pytest.mark.slow
TABLE = table.read()
ROUTES = {route.path: route for route in table.routes()}
VIEWERS = list(TABLE.viewers)
OTHER = (*METHODS, "OPTIONS")
ASKED_FOR_HEAD = ("visitor", "district", "team")
TURNED_AWAY = [name for name in VIEWERS if name not in ("staff_a", "approver", "former")]
"""Those who are asked about methods without a line: the three left out are turned away as staff_b and analyst are."""


def is_rest(row: Row) -> bool:
    return row.route.startswith("/api/")


def is_administration(row: Row) -> bool:
    return row.route.startswith("/admin/")


DEMANDED = ("approver", "team", "admin")
REST = [row for row in TABLE.rows if is_rest(row)]
ADMINISTRATION = [row for row in TABLE.rows if is_administration(row)]
PAGES = [row for row in TABLE.rows if not is_rest(row) and not is_administration(row)]


@pytest.fixture(scope="module")
def register(shared_rows):
    with shared_rows():
        return World()


@pytest.fixture
def world(register, db, settings):
    """The register that is asked; refusals are not logged, each would cost a traceback."""
    settings.SECOND_FACTOR_WAIVED = True
    logging.disable(logging.ERROR)
    yield copy(register)
    logging.disable(logging.NOTSET)


def listed(differences: list[str]) -> str:
    return "\n".join([f"{len(differences)} answers are not those of table.txt:", *differences])


def promised(row: Row, viewer: str) -> str:
    return row.expected[viewer]


def of_a_session(row: Row, viewer: str) -> str:
    """Over REST with a session: one that is over is no session, where a withdrawn token is refused."""
    return row.expected["visitor" if viewer == "revoked" else viewer]


def without_second_factor(row: Row, viewer: str) -> str:
    """A role that demands one does not count where none was used: what is left is somebody logged in."""
    return row.expected["former" if viewer in DEMANDED else viewer]


def of_a_superuser(row: Row, viewer: str) -> str:
    """Django's flags give nothing: without a role one is somebody who is logged in."""
    return row.expected["former"]


# --- the table and the addresses ---------------------------------------------------------------------------


def test_every_address_and_method_has_a_line():
    known = {(row.route, row.method) for row in TABLE.rows}
    missing = [
        f"{method} {route.path}"
        for route in ROUTES.values()
        for method in route.methods
        if (route.path, method) not in known
    ]

    assert not missing, "\n".join(["table.txt has no line for", *missing])


def test_every_line_is_of_an_address_and_of_a_method_it_has():
    stray = [
        str(row)
        for row in TABLE.rows
        if row.route not in ROUTES or row.method not in ROUTES[row.route].methods
    ]

    assert not stray, "\n".join(["table.txt has lines for addresses and methods that do not exist", *stray])


def test_addresses_are_told_apart_by_how_they_are_written():
    assert len(ROUTES) == len(table.routes())


def test_an_address_without_a_line_is_found(monkeypatch):
    monkeypatch.setitem(ROUTES, "/new/<pk>/", table.Route("/new/<pk>/", lambda: None))

    with pytest.raises(AssertionError, match="GET /new/<pk>/"):
        test_every_address_and_method_has_a_line()


def test_no_line_stands_twice():
    seen = defaultdict(list)
    for row in TABLE.rows:
        seen[row.method, row.route, row.query, row.sample].append(row.line)

    assert {key: lines for key, lines in seen.items() if len(lines) > 1} == {}


def test_every_sample_is_explained():
    used = {row.sample for row in TABLE.rows if "/" not in row.sample} - {"-"}

    assert used == set(TABLE.samples)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("GET /x/ - 200", "1 statuses for 11 viewers"),
        ("FETCH /x/ - 200", "no method: FETCH"),
        ("GET /{nobody}/ - " + " ".join(["200"] * 11), "nobody"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path, line, words):
    header = "\n".join(f"viewer {name} {words}" for name, words in TABLE.viewers.items())
    path = tmp_path / "table.txt"
    path.write_text(f"{header}\n== Area\n{line}\n")

    with pytest.raises(table.Unreadable, match=f"line 13.*{words}"):
        table.read(path)


# --- the answers -------------------------------------------------------------------------------------------


def test_pages_answer_as_promised(world):
    found = Asking(world, world.by_session, VIEWERS).differences(PAGES, promised)

    assert not found, listed(found)


def test_the_administration_answers_as_promised(world):
    found = Asking(world, world.by_session, VIEWERS).differences(ADMINISTRATION, promised)

    assert not found, listed(found)


def test_rest_answers_a_token_as_promised(world):
    found = Asking(world, world.by_token, VIEWERS).differences(REST, promised)

    assert not found, listed(found)


def test_rest_answers_a_session_as_it_answers_a_token(world):
    found = Asking(world, world.by_session, VIEWERS).differences(REST, of_a_session)

    assert not found, listed(found)


def test_a_superuser_without_a_role_may_do_no_more_than_anybody(world):
    asking = Asking(world, world.by_session, ["superuser"])
    found = asking.differences(TABLE.rows, of_a_superuser)

    assert not found, listed(found)


@pytest.mark.parametrize("viewers", [DEMANDED, ("analyst", "auditor")], ids=["demanded", "not demanded"])
def test_roles_that_demand_a_second_factor_do_not_count_with_a_token_given_without(world, settings, viewers):
    settings.SECOND_FACTOR_WAIVED = False
    found = Asking(world, world.by_token, viewers).differences(REST, without_second_factor)

    assert not found, listed(found)


def test_roles_that_demand_a_second_factor_count_with_a_token_given_with_one(world, settings):
    settings.SECOND_FACTOR_WAIVED = False
    world.tokens = {
        name: Token.objects.create(user, second_factor=True) for name, user in world.users.items() if user
    }
    found = Asking(world, world.by_token, DEMANDED).differences(REST, promised)

    assert not found, listed(found)


def test_pages_lead_a_session_without_its_second_factor_to_the_page_that_asks_for_it(world, settings):
    """All but those that serve to set it up, and to log out; what is public can be read after that, or logged out."""
    settings.SECOND_FACTOR_WAIVED = False
    asking = Asking(world, world.by_session, DEMANDED)
    rows = [*ADMINISTRATION, *PAGES]
    passed = {
        row.route
        for row in rows
        if not row.route.startswith(("/account/", "/healthz", "/readyz"))
        for viewer in asking.clients
        if asking.answer(viewer, row.method, row) != "302"
    }

    assert passed <= {"/admin/jsi18n/"}


@pytest.mark.parametrize("rows", [PAGES, ADMINISTRATION, REST], ids=["pages", "administration", "rest"])
def test_methods_without_a_line_give_nothing(world, rows):
    """405, or the refusal that the viewer gets there anyway; HEAD answers as GET does.

    The login's own library takes any method for GET or POST. Of a group one member is asked.
    """
    asking = Asking(world, world.by_token if is_rest(rows[0]) else world.by_session, VIEWERS)
    by_route: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        by_route[row.written].setdefault(row.method, row)
    found = []
    for declared in by_route.values():
        passes = {v for v in VIEWERS if any(row.expected[v] not in REFUSALS for row in declared.values())}
        first = next(iter(declared.values()))
        library = first.route.startswith("/account/")
        for viewer, method in product(ASKED_FOR_HEAD if library else TURNED_AWAY, OTHER):
            allowed = {"405"} if viewer in passes else {"405", *REFUSALS}
            if method == "OPTIONS":
                allowed |= {"200", "204"}
            if library:
                allowed |= {row.expected[viewer] for row in declared.values()} | {"200 with content"}
            if method not in declared and (got := asking.answer(viewer, method, first)) not in allowed:
                found.append(f"{method} {first.route} ({first.sample}): {viewer} got {got}")
        for viewer in ASKED_FOR_HEAD if "GET" in declared else ():
            want, got = declared["GET"].expected[viewer], asking.answer(viewer, "HEAD", declared["GET"])
            if want != got:
                found.append(f"HEAD {first.route} ({first.sample}): {viewer} got {got}, GET gives {want}")

    assert not found, listed(found)


def test_a_session_writes_nothing_without_its_csrf_token(world):
    """Whoever may write by a form may not be made to by another site."""
    asking = Asking(world, lambda viewer: world.by_session(viewer, csrf=True), ["team", "admin"])
    written = [row for row in TABLE.rows if row.method != "GET" and row.sample != "other_token"]
    found = []
    for row in written:
        for viewer in asking.clients:
            if row.expected[viewer] in (*REFUSALS, "405", "302"):
                continue
            if (got := asking.answer(viewer, row.method, row)) not in ("401", "403"):
                found.append(f"{row}: {viewer} got {got}")

    assert not found, listed(found)
