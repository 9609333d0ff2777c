"""Two people at once, over two connections of their own."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import connection
from django.test import Client

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from reform.models import Event, EventApplication
from reform.tests.clients import EVENTS, client_with, merger, post
from reform.tests.scenarios import programme
from registry.models import Annulment, Change, UnitVersion
from registry.tests.factories import aimak, district, oblast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def drafted():
    """Two members of the team, and a draft with its ETag."""
    home = district(oblast("Нарын"), "Ат-Башы")
    pair = [aimak(home, "Кара", villages=["К"]), aimak(home, "Суу", villages=["С"])]
    one, two = client_with("reform_team"), client_with("reform_team")
    answer = post(one, EVENTS, merger(home, pair, programme()))
    assert answer.status_code == 201, answer.content
    return one, two, f"{EVENTS}{answer.json()['id']}/", answer["ETag"]


def at_once(*requests):
    """Send the requests from threads of their own, as nearly at once as they start; return the statuses."""
    start, answers = threading.Barrier(len(requests)), []

    def run(request):
        try:
            start.wait()
            answers.append(request())
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(request,)) for request in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answer.status_code for answer in answers), answers


def test_the_same_merger_applied_twice_at_once_is_applied_once(drafted):
    one, two, address, tag = drafted

    statuses, answers = at_once(
        lambda: post(one, f"{address}apply/", If_Match=tag),
        lambda: post(two, f"{address}apply/", If_Match=tag),
    )

    assert statuses == [200, 409], [answer.content for answer in answers]
    assert Change.objects.count() == EventApplication.objects.count() == 1
    assert UnitVersion.objects.filter(name_ky="Жаңы").count() == 1


def test_a_repeat_under_the_same_key_gets_the_first_answer_even_at_once(drafted):
    one, _two, address, tag = drafted

    statuses, answers = at_once(
        *[lambda: post(one, f"{address}apply/", If_Match=tag, Idempotency_Key="once")] * 3
    )

    assert statuses == [200, 200, 200], [answer.content for answer in answers]
    assert len({answer.content for answer in answers}) == 1
    assert Change.objects.count() == 1


def test_an_event_annulled_twice_at_once_is_annulled_once(drafted):
    one, two, address, tag = drafted
    tag = post(one, f"{address}apply/", If_Match=tag)["ETag"]

    statuses, answers = at_once(
        *(
            lambda c=client: post(c, f"{address}annul/", {"reason": "ката"}, If_Match=tag)
            for client in (one, two)
        )
    )

    assert statuses == [200, 409], [answer.content for answer in answers]
    assert Annulment.objects.count() == 1


def test_two_mergers_of_the_same_source_at_once_leave_one(drafted):
    one, two, address, tag = drafted
    kara = UnitVersion.objects.get(name_ky="Кара").unit
    home = UnitVersion.objects.get(name_ky="Ат-Башы").unit
    rival = post(two, EVENTS, merger(home, [kara, aimak(home, "Үчүнчү")], programme()))

    statuses, answers = at_once(
        lambda: post(one, f"{address}apply/", If_Match=tag),
        lambda: post(two, f"{EVENTS}{rival.json()['id']}/apply/", If_Match=rival["ETag"]),
    )

    assert statuses == [200, 422], [answer.content for answer in answers]
    assert Change.objects.count() == 1
    assert sorted(Event.objects.values_list("status", flat=True)) == ["draft", "in_force"]


def test_a_form_sent_by_a_double_click_makes_one_draft():
    home = district(oblast("Нарын"), "Ат-Башы")
    unit = aimak(home, "Кара", villages=["К"])
    browser = Client()
    browser.force_login(RoleFactory(role=RoleKind.REFORM_TEAM).user)
    sent = {
        "programme": str(programme().pk), "kind": "rename", "effective_on": "01.05.2023", "area": [str(home.pk)],
        "title_ky": "Ысымы", "alters-rows": "0", "alters-0-unit": str(unit.pk), "alters-0-name_ky": "Ак",
        "draft_key": str(uuid.uuid4()), "action": "save",
    }  # fmt: skip

    def click():
        return browser.post("/ky/reform/events/new/", sent)

    statuses, answers = at_once(click, click)

    assert statuses == [302, 302], [answer.content for answer in answers]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Event.objects.count() == 1
