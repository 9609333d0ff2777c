"""Fifty writers with one ETag, against a real server: one of them wins, and nothing is done twice."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from django.db import transaction

from audit.models import Entry, Link
from lsg_portal.tests.drill import Api
from reform.tests.clients import merger
from reform.tests.scenarios import programme
from registry.tests.factories import aimak, district, oblast

WRITERS = 50


@pytest.fixture
def draft(live_server):
    """A client, the address of a draft, and its ETag."""
    from accounts.models import Token
    from accounts.tests.factories import RoleFactory, UserFactory

    with transaction.atomic():
        home = district(oblast("Нарын"), "Ат-Башы")
        pair = aimak(home, "Кара", villages=["К"]), aimak(home, "Суу", villages=["С"])
        body = merger(home, pair, programme())
        user = UserFactory(password=None)
        RoleFactory(user=user, role="reform_team")
        api = Api(live_server.thread.port, Token.objects.create(user)[1])
    status, headers, document = api.send("POST", "/api/v1/reform/events/", body)
    assert status == 201, document
    return api, f"/api/v1/reform/events/{document['id']}/", headers["ETag"]


@pytest.mark.django_db(transaction=True)
def test_of_fifty_changes_with_one_etag_one_is_done(draft):
    api, address, tag = draft
    entries = Entry.objects.filter(table_name="reform_event")
    before = entries.count()
    connections = [api.connect() for _ in range(WRITERS)]  # the server accepts no fifty at the same moment
    start, statuses = threading.Barrier(WRITERS), []

    def write(number):
        start.wait()
        note = {"note": {"ky": f"жазуучу {number}"}}
        status, _headers, _document = api.send(
            "PATCH", address, note, connection=connections[number], If_Match=tag
        )
        statuses.append((status, number))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(status for status, _ in statuses) == {200: 1, 412: WRITERS - 1}
    assert entries.count() == before + 1
    assert Link.objects.count() == Entry.objects.count()
    winner = next(number for status, number in statuses if status == 200)
    assert entries.order_by("-id").first().after["note_ky"] == f"жазуучу {winner}"
    assert api.send("GET", address)[2]["note"]["ky"] == f"жазуучу {winner}"


@pytest.mark.django_db(transaction=True)
def test_a_change_without_an_etag_is_refused_and_leaves_no_entry(draft):
    api, address, _tag = draft
    before = Entry.objects.count()

    status, _headers, document = api.send("PATCH", address, {"note": {"ky": "жок"}})

    assert (status, document["code"]) == (428, "precondition_required")
    assert Entry.objects.count() == before
