"""Programmes, road maps, hand-overs and checks over REST."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from reform import services
from reform.checks import CHECKS
from reform.models import HandOver, RoadmapStep
from reform.tests.scenarios import DAY, apply, draft, merge_draft, programme
from registry.models import UnitVersion
from registry.services import UnitSpec
from registry.tests.factories import LegalActFactory, SettlementFactory, aimak, code, district, oblast
from registry.tests.rest import VISITOR, ask, get, problem, refused, table, walk

pytestmark = pytest.mark.django_db
NOBODY = "00000000-0000-4000-8000-0000000000ff"


@pytest.fixture
def event():
    """A merger in force with two steps and two hand-overs; a draft with a step that nobody sees."""
    home = district(oblast("Нарын"), "Ат-Башы")
    kara, suu = (
        aimak(home, "Кара", villages=["К"], residents=1),
        aimak(home, "Суу", villages=["С"], residents=1),
    )
    code(kara, "41704215801000")
    planned, new = merge_draft([kara, suu], home)
    event = apply(planned)
    drafted, _new = merge_draft([aimak(home, "В"), aimak(home, "Г")], home)
    for of, title, done in (
        (event, "Дайындоо", dt.date(2023, 5, 3)),
        (event, "Буйрук", None),
        (drafted, "Сыр", None),
    ):
        RoadmapStep.objects.create(
            event=of, title_ky=title, title_ru=title, due_on=dt.date(2023, 5, 3), done_on=done
        )
    for source, status, signed in ((kara, "signed", dt.date(2023, 7, 1)), (suu, "planned", None)):
        HandOver.objects.create(
            event=event,
            kind="property",
            from_unit=source,
            to_unit_id=new,
            title_ky="Менчик",
            value_som="1234567890.10",
            status=status,
            signed_on=signed,
        )
    return event


def test_programmes_are_listed_with_their_events_in_one_query(event, django_assert_num_queries):
    programme("law128")
    with django_assert_num_queries(1):
        rows = {row["key"]: row for row in get("reform/programmes/")["results"]}

    assert {key: row["events"] for key, row in rows.items()} == {"naryn": 1, "law128": 0}
    assert rows["naryn"]["name"]["ky"] == "Программа"
    assert len(table("reform/programmes/", "csv")) == 2
    assert walk("reform/programmes/") == get("reform/programmes/")["results"]


def test_one_programme_has_a_version_of_its_own(event, django_assert_num_queries):
    thing = programme()
    address = f"reform/programmes/{thing.pk}/"
    with django_assert_num_queries(1):
        answer = ask(address)

    assert answer.json()["key"] == "naryn"
    assert VISITOR.get(f"/api/v1/{address}", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    thing.name_en = "Pilot"
    thing.save()
    assert ask(address)["ETag"] != answer["ETag"]
    refused(f"reform/programmes/{NOBODY}/", 404)


@pytest.mark.parametrize("address", ["reform/roadmap/", "reform/hand-overs/"])
def test_lists_hold_what_belongs_to_events_that_were_applied(event, address, django_assert_num_queries):
    with django_assert_num_queries(1):
        rows = get(address)["results"]

    assert {row["event"] for row in rows} == {str(event.pk)}
    assert len(rows) == 2
    assert [row["id"] for row in table(address, "xlsx")] == [row["id"] for row in rows]
    assert walk(address, page_size=1) == rows


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 2),
        ({"done": "true"}, 1),
        ({"done": "0"}, 1),
        ({"programme": "naryn"}, 2),
        ({"event": NOBODY}, 0),
        ({"unit": "41704215801000"}, 2),
    ],
)
def test_steps_are_narrowed(event, query, count):
    assert get("reform/roadmap/", **query)["count"] == count


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"status": "signed"}, 1),
        ({"kind": "funds"}, 0),
        ({"unit": "41704215801000"}, 1),
        ({"programme": "naryn"}, 2),
        ({"event": NOBODY}, 0),
    ],
)
def test_hand_overs_are_narrowed(event, query, count):
    assert get("reform/hand-overs/", **query)["count"] == count


@pytest.mark.parametrize("address", ["reform/roadmap/", "reform/hand-overs/"])
def test_they_are_found_by_place(event, address):
    for name, kind in (("Нарын", "oblast"), ("Ат-Башы", "district")):
        unit = UnitVersion.objects.get(name_ky=name).unit_id
        assert get(address, **{kind: unit})["count"] == 2
    assert get(address, oblast=oblast("Чүй").pk)["count"] == 0
    problem(ask(address, event="x"), 400, "/event")


def test_money_is_text(event):
    assert {row["value_som"] for row in get("reform/hand-overs/")["results"]} == {"1234567890.10"}


def test_what_follows_an_annulled_event_stays_readable(event):
    services.annul(event=event, reason="ката", by="test", at=timezone.now())

    assert get("reform/hand-overs/")["count"] == 2


# --- checks ------------------------------------------------------------------------------------------------


def checks(**query):
    return {row["check"]: row for row in get("reform/checks/", **query)["results"]}


def test_each_check_says_what_it_found_as_of_the_day(event, django_assert_num_queries):
    with django_assert_num_queries(2):
        found = checks(at="2024-01-01")

    assert list(found) == [check.code for check in CHECKS]
    assert all(row["count"] == len(row["items"]) and row["title"] for row in found.values())
    assert found["units_without_successor"]["count"] == 0
    assert [item["name"]["ky"] for item in found["steps_overdue"]["items"]] == ["Буйрук"]
    assert found["hand_overs_unsigned"]["count"] == 1
    assert checks(at="2023-05-01")["steps_overdue"]["count"] == 0


def test_what_is_left_behind_is_found(event):
    home = UnitVersion.objects.get(name_ky="Ат-Башы").unit
    gone = aimak(home, "Жоголгон", villages=["Калган"])
    apply(draft("abolish", units=[UnitSpec(gone.pk, "ends")], on=DAY))
    SettlementFactory(name_ky="Эч кимдики эмес")

    found = checks(at="2024-01-01")

    assert [(i["id"], i["name"]["ky"], i["day"]) for i in found["units_without_successor"]["items"]] == [
        (str(gone.pk), "Жоголгон", "2023-05-01")
    ]
    names = {item["name"]["ky"] for item in found["settlements_unassigned"]["items"]}
    assert names == {"Калган", "Эч кимдики эмес"}


def test_events_on_repealed_acts_are_found(event):
    home = UnitVersion.objects.get(name_ky="Ат-Башы").unit
    repealing = LegalActFactory(adopted_on=dt.date(2025, 12, 1))
    act = LegalActFactory(status="repealed", repealed_by=repealing)
    resting, _new = merge_draft([aimak(home, "Д"), aimak(home, "Е")], home, act_ids=(act.pk,))
    apply(resting)

    (item,) = checks(at="2026-01-01")["events_on_repealed_acts"]["items"]

    assert (item["id"], item["day"]) == (str(resting.pk), "2025-12-01")


def test_one_check_alone_and_its_table(event):
    answer = get("reform/checks/", at="2024-01-01", check="steps_overdue")

    assert [row["check"] for row in answer["results"]] == ["steps_overdue"]
    (row,) = table("reform/checks/", "csv", at="2024-01-01", check="steps_overdue")
    assert (row["check"], row["name_ky"], row["day"]) == ("steps_overdue", "Буйрук", "2023-05-03")
    problem(ask("reform/checks/", check="everything"), 400, "/check")


def test_checks_again_are_304(event):
    answer = ask("reform/checks/", at="2024-01-01")

    again = VISITOR.get("/api/v1/reform/checks/?at=2024-01-01", headers={"If-None-Match": answer["ETag"]})

    assert again.status_code == 304
