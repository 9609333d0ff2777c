"""The life of an event over REST: drafted, previewed, applied, annulled, applied again."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from accounts.tests.factories import RoleFactory
from reform.models import Event, EventApplication
from reform.tests.clients import EVENTS, client_with, merger, post, send
from reform.tests.scenarios import programme
from registry.models import Annulment, Change, UnitVersion
from registry.tests.factories import LegalActFactory, aimak, code, district, oblast
from registry.tests.rest import VISITOR, ask, get, problem, refused, table, walk

pytestmark = pytest.mark.django_db
EVE, DAY = "2023-04-30", "2023-05-01"
NOBODY = "00000000-0000-4000-8000-0000000000ff"


# --- who may do what ---------------------------------------------------------------------------------------


def test_a_draft_is_invisible_to_the_public(draft):
    event, address, _tag = draft

    problem(VISITOR.get(address), 404)
    assert get(EVENTS)["count"] == 0
    assert get(EVENTS, client_with())["count"] == 0
    problem(client_with().get(address), 404)
    assert ask("units/", q="Жаңы").json()["count"] == 0
    refused(f"units/{event['units'][2]['unit']}/", 404)


def test_the_ministry_reads_drafts(draft):
    event, address, _tag = draft
    for role in ("analyst", "approver", "auditor", "administrator", "reform_team"):
        client = client_with(role)
        assert client.get(address).status_code == 200
        assert [row["id"] for row in get(EVENTS, client)["results"]] == [event["id"]]


@pytest.mark.parametrize("action", ["preview/", "adopt/", "apply/", "annul/", ""])
@pytest.mark.parametrize(
    ("role", "status"), [("visitor", 401), (None, 404), ("analyst", 403), ("auditor", 403)]
)
def test_only_the_reform_team_acts(draft, action, role, status):
    _event, address, tag = draft
    client = Client() if role == "visitor" else client_with(role)
    body = {"reason": "ката"} if action == "annul/" else {} if not action else None

    answer = send(client, "POST" if action else "PATCH", address + action, body, If_Match=tag)

    problem(answer, status)
    assert Event.objects.get().status == "draft"


@pytest.mark.parametrize(("role", "status"), [("visitor", 401), (None, 403), ("analyst", 403)])
def test_only_the_reform_team_drafts(home, pair, role, status):
    client = Client() if role == "visitor" else client_with(role)

    problem(post(client, EVENTS, merger(home, pair, programme())), status)

    assert not Event.objects.exists()


def test_a_role_that_has_ended_counts_no_more(draft):
    user = RoleFactory(role="reform_team", valid=(dt.date(2020, 1, 1), dt.date(2021, 1, 1))).user
    client = Client()
    client.force_login(user)

    problem(client.get(draft[1]), 404)


def test_what_is_not_there_is_404_for_everybody(team):
    for client in (VISITOR, team):
        problem(client.get(f"{EVENTS}{NOBODY}/"), 404)
    problem(post(team, f"{EVENTS}{NOBODY}/apply/", If_Match="*"), 404)


# --- preview -----------------------------------------------------------------------------------------------


def test_a_preview_tells_what_would_be_and_writes_nothing(team, draft, pair):
    event, address, tag = draft

    answer = post(team, f"{address}preview/")

    assert answer.status_code == 200
    found = answer.json()
    assert (found["event"], found["can_be_applied"], found["violations"]) == (event["id"], True, [])
    assert [fault["code"] for fault in found["warnings"]] == ["no_act"]
    assert found["totals"] == {
        "before": {"municipalities": 2, "population": 30, "settlements": 2},
        "after": {"municipalities": 1, "population": 30, "settlements": 2},
    }
    kara = next(row for row in found["units"] if row["unit"] == str(pair[0].pk))
    assert kara["before"]["name"]["ky"] == "Кара"
    assert kara["after"] is None
    assert Change.objects.count() == 0
    assert team.get(address)["ETag"] == tag


def test_a_preview_names_every_rule_that_would_break(team, home, pair):
    act = LegalActFactory(adopted_on="2024-01-01")
    body = merger(home, pair[:1], programme(), acts=[str(act.pk)])
    event = post(team, EVENTS, body).json()

    found = post(team, f"{EVENTS}{event['id']}/preview/").json()

    assert found["can_be_applied"] is False
    assert [(fault["code"], fault["pointer"]) for fault in found["violations"]] == [
        ("registry_change_kind_fits", "/kind"),
        ("registry_change_after_act", "/acts"),
    ]
    assert all(fault["detail"] for fault in found["violations"])


# --- apply, annul, apply again -----------------------------------------------------------------------------


def test_the_whole_life_of_an_event(team, draft, pair):
    event, address, tag = draft
    apply, annul = f"{address}apply/", f"{address}annul/"
    before = get("units/", at=DAY, kind="ayil_aimak", fields="id,name,population")["results"]

    problem(post(team, apply), 428)
    problem(post(team, apply, If_Match='"stale-tag"'), 412)
    assert Change.objects.count() == 0

    applied = post(team, apply, If_Match=tag, Idempotency_Key="apply-1")
    assert (applied.status_code, applied.json()["status"]) == (200, "in_force")
    assert [row["name"]["ky"] for row in get("units/", at=DAY, kind="ayil_aimak")["results"]] == ["Жаңы"]
    assert [row["name"]["ky"] for row in get("units/", at=EVE, kind="ayil_aimak")["results"]] == [
        "Кара",
        "Суу",
    ]
    assert VISITOR.get(address).status_code == 200

    problem(post(team, apply, If_Match=applied["ETag"]), 409)
    problem(post(team, apply, If_Match='"stale-tag"'), 409)  # before If-Match is compared
    again = post(team, apply, If_Match=tag, Idempotency_Key="apply-1")
    assert (again.status_code, again.content) == (200, applied.content)
    problem(post(team, annul, {"reason": "x"}, If_Match=applied["ETag"], Idempotency_Key="apply-1"), 422)

    problem(post(team, annul, {"reason": "ката"}), 428)
    problem(post(team, annul, {"reason": "ката"}, If_Match=tag), 412)
    problem(post(team, annul, {}, If_Match=applied["ETag"]), 400, "/reason")
    problem(post(team, annul, {"reason": "  "}, If_Match=applied["ETag"]), 400, "/reason")
    annulled = post(team, annul, {"reason": "Кате кетти"}, If_Match=applied["ETag"])
    assert (annulled.status_code, annulled.json()["status"]) == (200, "annulled")
    assert get("units/", at=DAY, kind="ayil_aimak", fields="id,name,population")["results"] == before
    assert Annulment.objects.get().reason == "Кате кетти"
    problem(post(team, annul, {"reason": "ката"}, If_Match=annulled["ETag"]), 409)

    once_more = post(team, apply, If_Match=annulled["ETag"])
    assert (once_more.status_code, once_more.json()["status"]) == (200, "in_force")
    assert len(once_more.json()["applications"]) == 2
    assert Change.objects.count() == 2
    assert EventApplication.objects.filter(event=event["id"]).count() == 2


def test_an_event_in_force_can_no_longer_be_changed(team, draft):
    _event, address, tag = draft
    applied = post(team, f"{address}apply/", If_Match=tag)

    problem(send(team, "PATCH", address, {"title": {"ky": "Башка"}}, If_Match=applied["ETag"]), 409)
    problem(post(team, f"{address}adopt/", If_Match=applied["ETag"]), 409)


def test_what_a_later_change_rests_on_cannot_be_annulled(team, draft, home):
    event, address, tag = draft
    applied = post(team, f"{address}apply/", If_Match=tag)
    new = UnitVersion.objects.get(name_ky="Жаңы").unit
    later = post(
        team,
        EVENTS,
        merger(home, [new, aimak(home, "Үчүнчү")], programme(), effective_on="2024-01-01"),
    )
    assert post(team, f"{EVENTS}{later.json()['id']}/apply/", If_Match=later["ETag"]).status_code == 200

    found = problem(post(team, f"{address}annul/", {"reason": "ката"}, If_Match=applied["ETag"]), 409)

    assert [fault["code"] for fault in found["errors"]] == ["later_change_rests"]
    assert team.get(address).json()["status"] == "in_force"
    assert event["id"]


def test_an_action_takes_json_only_and_no_body_where_none_is_due(team, draft):
    _event, address, tag = draft

    problem(
        team.post(
            f"{address}apply/",
            "x=1",
            content_type="application/x-www-form-urlencoded",
            headers={"If-Match": tag},
        ),
        415,
    )
    problem(post(team, f"{address}apply/", {"force": True}, If_Match=tag), 400)
    assert Change.objects.count() == 0


def test_reading_an_event_again_is_304(team, draft):
    _event, address, tag = draft

    again = team.get(address, headers={"If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")


def test_one_event_costs_a_fixed_number_of_queries(team, draft, django_assert_num_queries):
    _event, address, tag = draft
    post(team, f"{address}apply/", If_Match=tag)
    with django_assert_num_queries(7):
        VISITOR.get(address)


# --- the list ----------------------------------------------------------------------------------------------


@pytest.fixture
def several(team, home, pair, draft):
    """An event in force in Нарын, another programme's draft in Чүй."""
    _event, address, tag = draft
    code(pair[0], "41704215801000")
    applied = post(team, f"{address}apply/", If_Match=tag).json()
    far = district(oblast("Чүй"), "Аламүдүн")
    other = merger(
        far, [aimak(far, "Бир"), aimak(far, "Эки")], programme("law128"), effective_on="2024-08-01"
    )
    drafted = post(team, EVENTS, other).json()
    return applied, drafted, far


def test_the_public_list_holds_what_is_in_force_in_one_query(several, django_assert_num_queries):
    applied, _drafted, _far = several
    with django_assert_num_queries(1):
        (row,) = get(EVENTS)["results"]

    assert row == {name: applied[name] for name in row}
    assert set(row) >= {"id", "title", "kind", "effective_on", "status", "programme", "change", "version"}


def test_events_are_narrowed(several, team, home, pair):
    applied, drafted, far = several

    def found(**query):
        return {row["id"] for row in get(EVENTS, team, **query)["results"]}

    both = {applied["id"], drafted["id"]}
    assert found() == both
    assert found(status="draft") == {drafted["id"]}
    assert found(status="draft,in_force") == both
    assert found(programme="law128") == {drafted["id"]}
    assert found(programme=applied["programme"]["id"]) == {applied["id"]}
    problem(ask(EVENTS, programme="nothing"), 400, "/programme")
    assert found(kind="rename") == set()
    assert found(from_="2024-01-01") == {drafted["id"]}
    assert found(to="2024-01-01") == {applied["id"]}
    assert found(unit="41704215801000") == {applied["id"]}
    assert found(unit=applied["units"][2]["unit"]) == {applied["id"]}
    assert found(district=home.pk) == {applied["id"]}
    assert found(district=far.pk) == {drafted["id"]}
    assert found(oblast=UnitVersion.objects.get(name_ky="Чүй").unit_id) == {drafted["id"]}
    problem(ask(EVENTS, status="lost"), 400, "/status")


def test_the_list_of_those_who_read_drafts_has_a_version_of_its_own(several, team):
    public, private = VISITOR.get(EVENTS), team.get(EVENTS)

    assert public["ETag"] != private["ETag"]
    assert "private" in private["Cache-Control"]


def test_events_are_a_table_without_drafts_for_the_public(several):
    applied, _drafted, _far = several
    for fmt in ("csv", "xlsx"):
        (row,) = table(EVENTS, fmt)
        assert (row["id"], row["programme_key"]) == (applied["id"], "naryn")
    assert walk(EVENTS) == get(EVENTS)["results"]


def test_units_are_found_by_programme(several, pair):
    touched = get("units/", at=DAY, programme="NARYN")["results"]
    before = get("units/", at=EVE, programme="naryn", fields="name")["results"]

    assert [row["name"]["ky"] for row in touched] == ["Жаңы"]
    assert [row["name"]["ky"] for row in before] == ["Кара", "Суу"]
    assert get("units/", at=DAY, programme="law128")["count"] == 0
