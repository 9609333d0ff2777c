"""Which drafts the staff of a district read: the same ones in every list, page, file and search."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import RoleKind, Token
from accounts.tests.factories import RoleFactory
from audit.models import Entry
from reform import services
from reform.models import HandOver, RoadmapStep
from reform.rules import sight
from reform.tests.scenarios import DAY, EVE, apply, draft, merge_draft
from registry.models import UnitVersion
from registry.services import PartSpec, UnitSpec
from registry.tests.factories import aimak, city, district, oblast, place
from registry.tests.rest import problem

pytestmark = pytest.mark.django_db
EVENTS = "/api/v1/reform/events/"


@pytest.fixture
def land():
    return oblast("Нарын")


@pytest.fixture
def own(land):
    return district(land, "Кочкор")


@pytest.fixture
def foreign(land):
    return district(land, "Жумгал")


@pytest.fixture
def staff(own):
    return RoleFactory(role=RoleKind.DISTRICT, unit=own).user


def by_token(user):
    return Client(headers={"Authorization": f"Token {Token.objects.create(user)[1]}"})


def by_session(user):
    client = Client()
    client.force_login(user)
    return client


def listed(user, address=EVENTS):
    """The identifiers of the events in a list, read as JSON, whose count says the same."""
    answer = by_token(user).get(address, {"page_size": 500}).json()
    assert answer["count"] == len(answer["results"])
    return {row.get("event") or row["id"] for row in answer["results"]}


def sees(user, event):
    """Whether a user sees an event; every way of asking gives the same answer."""
    found = {
        "rule": user.has_perm("reform.read_event", event),
        "list": str(event.pk) in listed(user),
        "detail": by_token(user).get(f"{EVENTS}{event.pk}/").status_code == 200,
        "page": by_session(user).get(f"/ru/reform/events/{event.pk}/").status_code == 200,
        "list of pages": str(event.pk)
        in by_session(user).get("/ru/reform/events/", {"size": 100}).content.decode(),
        "search": str(event.pk) in by_session(user).get("/ru/search/", {"q": "Событие"}).content.decode(),
    }
    assert len(set(found.values())) == 1, found
    return found["rule"]


def test_a_draft_is_read_in_its_own_district_and_in_no_other(staff, own, foreign):
    inside = merge_draft([aimak(own, "А"), aimak(own, "Б")], own)[0]
    outside = merge_draft([aimak(foreign, "В"), aimak(foreign, "Г")], foreign)[0]

    assert sees(staff, inside)
    assert not sees(staff, outside)


def test_an_adopted_event_is_read_as_a_draft_is_and_one_in_force_by_everybody(staff, own, foreign):
    outside = merge_draft([aimak(foreign, "В"), aimak(foreign, "Г")], foreign)[0]

    services.adopt(event=outside)
    assert not sees(staff, outside)

    apply(outside)
    outside.refresh_from_db()
    assert sees(staff, outside)

    services.annul(event=outside, reason="ката", by="test", at=timezone.now())
    outside.refresh_from_db()
    assert sees(staff, outside)


@pytest.mark.parametrize("of", ["source", "target"])
def test_a_part_that_is_taken_or_received_is_enough(staff, own, foreign, of):
    mine, theirs = aimak(own, "А", villages=["а", "б"]), aimak(foreign, "В", villages=["в"])
    source, target = (mine, theirs) if of == "source" else (theirs, mine)
    event = draft(
        "transfer", parts=[PartSpec(source.pk, target.pk, "part", settlement_ids=(place(source).pk,))]
    )

    assert sees(staff, event)


def test_a_unit_that_is_to_begin_lies_where_the_draft_puts_it(staff, own, foreign):
    into_mine = merge_draft([aimak(foreign, "В"), aimak(foreign, "Г")], own, "Жаңы")[0]

    assert sees(staff, into_mine)


def test_a_unit_that_is_to_come_into_the_district_is_enough(staff, own, foreign):
    event = draft("reparent", units=[UnitSpec(aimak(foreign, "В").pk, "alters", parent_id=own.pk)])

    assert sees(staff, event)


def test_the_district_itself_and_its_cities_count_and_its_oblast_does_not(staff, land, own):
    for unit, seen in ((own, True), (city(own, "Шаар"), True), (land, False)):
        event = draft("rename", units=[UnitSpec(unit.pk, "alters", name_ky="Башка")])

        assert sees(staff, event) == seen


def test_where_a_unit_lies_is_asked_of_the_day_of_the_event_and_of_its_eve(staff, own, foreign):
    """A unit that changed districts: events of its last day in the old one and later ones are not the same."""
    moved = aimak(own, "А", valid=(dt.date(2020, 1, 1), DAY))
    UnitVersion.objects.create(
        unit=moved, kind="ayil_aimak", name_ky="А", name_ru="А", parent=foreign, valid=(DAY, None)
    )

    def on(day):
        return draft("rename", units=[UnitSpec(moved.pk, "alters", name_ky="Башка")], on=day)

    assert sees(staff, on(EVE))
    assert sees(staff, on(DAY))
    assert not sees(staff, on(DAY + dt.timedelta(days=1)))


def test_a_line_taken_out_of_a_draft_no_longer_counts(staff, own, foreign):
    mine, theirs = aimak(own, "А"), aimak(foreign, "В")
    event = draft("rename", units=[UnitSpec(mine.pk, "alters", name_ky="Башка")])
    content = services.EventDraft(
        programme_id=event.programme_id,
        kind="rename",
        effective_on=DAY,
        titles={"ky": "Окуя", "ru": "Событие"},
        units=(UnitSpec(theirs.pk, "alters", name_ky="Башка"),),
    )

    services.redraft(event=event, content=content, at=timezone.now())

    assert not sees(staff, event)


def test_what_a_new_draft_leaves_as_it_is_has_no_entry_in_the_journal(own):
    event = merge_draft([aimak(own, "А"), aimak(own, "Б")], own)[0]
    spec = services.change_spec(event)
    content = services.EventDraft(
        programme_id=event.programme_id,
        kind=event.kind,
        effective_on=event.effective_on,
        titles={"ky": "Башка аталыш", "ru": "Другое название"},
        units=tuple(reversed(spec.units)),
        parts=spec.parts,
        act_ids=spec.act_ids,
    )
    before = Entry.objects.latest("id").pk

    services.redraft(event=event, content=content, at=timezone.now())

    (entry,) = Entry.objects.filter(pk__gt=before)
    assert (entry.table_name, entry.after["title_ky"]) == ("reform_event", "Башка аталыш")
    assert services.change_spec(event).units == spec.units


def test_a_role_that_has_ended_shows_nothing(own):
    event = merge_draft([aimak(own, "А"), aimak(own, "Б")], own)[0]
    ended = (dt.date(2020, 1, 1), dt.date(2021, 1, 1))
    user = RoleFactory(role=RoleKind.DISTRICT, unit=own, valid=ended).user

    assert not sees(user, event)


def test_staff_of_a_municipality_read_what_is_published_alone(own):
    mine = aimak(own, "А")
    event = merge_draft([mine, aimak(own, "Б")], own)[0]

    assert not sees(RoleFactory(role=RoleKind.STAFF, unit=mine).user, event)


@pytest.mark.parametrize(
    "role",
    [
        RoleKind.ANALYST,
        RoleKind.APPROVER,
        RoleKind.REFORM_TEAM,
        RoleKind.AUDITOR,
        RoleKind.ADMINISTRATOR,
    ],
)
def test_the_ministry_reads_every_draft(own, settings, role):
    settings.SECOND_FACTOR_WAIVED = True
    event = merge_draft([aimak(own, "А"), aimak(own, "Б")], own)[0]

    assert sees(RoleFactory(role=role).user, event)


def test_a_draft_that_may_be_seen_and_not_changed_is_403_another_404(staff, own, foreign):
    inside = merge_draft([aimak(own, "А"), aimak(own, "Б")], own)[0]
    outside = merge_draft([aimak(foreign, "В"), aimak(foreign, "Г")], foreign)[0]

    for event, status in ((inside, 403), (outside, 404)):
        for action in ("adopt", "apply", "annul", "preview"):
            problem(by_token(staff).post(f"{EVENTS}{event.pk}/{action}/"), status)
            page = f"/ru/reform/events/{event.pk}/{action}/"
            assert by_session(staff).post(page, {"version": "1"}).status_code == status
        assert by_session(staff).get(f"/ru/reform/events/{event.pk}/edit/").status_code == status


def test_the_names_of_officials_are_for_the_ministry(staff, own, settings):
    settings.SECOND_FACTOR_WAIVED = True
    event = merge_draft([aimak(own, "А"), aimak(own, "Б")], own)[0]
    event.created_by = RoleFactory(role=RoleKind.REFORM_TEAM, user__last_name="Тайыпов").user
    event.save()
    analyst = RoleFactory(role=RoleKind.ANALYST).user

    page = f"/ru/reform/events/{event.pk}/"
    assert "Тайыпов" in by_session(analyst).get(page).content.decode()
    assert "Тайыпов" not in by_session(staff).get(page).content.decode()


@pytest.fixture
def follow_up(own, foreign):
    """A step and a hand-over of a draft in the district, of one outside, and of an event in force."""
    events = {}
    for name, where in (("inside", own), ("outside", foreign), ("in force", foreign)):
        pair = [aimak(where, f"{name} {number}", villages=[f"{name} {number}"]) for number in (1, 2)]
        event, new = merge_draft(pair, where, f"Жаңы {name}")
        RoadmapStep.objects.create(event=event, title_ky="Кадам", due_on=DAY)
        HandOver.objects.create(
            event=event, kind="funds", from_unit=pair[0], to_unit_id=new, title_ky="Каражат"
        )
        events[name] = str(event.pk)
        if name == "in force":
            apply(event)
    return events


LISTS = ("reform/events/", "reform/roadmap/", "reform/hand-overs/")


def rows_of(client, address, fmt):
    """The rows of a list in a format, as a set of the identifiers of what they are about."""
    answer = client.get(f"/api/v1/{address}", {"format": fmt, "lang": "ky"})
    assert answer.status_code == 200
    key = "id" if address == "reform/events/" else "event"
    if fmt == "json":
        found = [row[key] for row in answer.json()["results"]]
        assert answer.json()["count"] == len(found)
        return sorted(found)
    header, *lines = table_of(answer, fmt)
    return sorted(str(line[header.index(key)]) for line in lines)


def table_of(answer, fmt):
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if fmt == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    sheet = load_workbook(io.BytesIO(content), read_only=True).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("fmt", ["json", "csv", "xlsx"])
def test_every_format_of_a_list_holds_exactly_what_the_viewer_may_see(
    staff, own, follow_up, settings, address, fmt
):
    settings.SECOND_FACTOR_WAIVED = True
    municipal = RoleFactory(role=RoleKind.STAFF, unit=aimak(own, "Өз")).user
    expected = {
        Client(): ["in force"],
        by_token(municipal): ["in force"],
        by_token(staff): ["in force", "inside"],
        by_token(RoleFactory(role=RoleKind.ANALYST).user): ["in force", "inside", "outside"],
        by_token(RoleFactory(role=RoleKind.AUDITOR).user): ["in force", "inside", "outside"],
        by_token(RoleFactory(role=RoleKind.REFORM_TEAM).user): ["in force", "inside", "outside"],
    }

    for client, names in expected.items():
        assert rows_of(client, address, fmt) == sorted(follow_up[name] for name in names)


@pytest.mark.parametrize("fmt", ["json", "csv", "xlsx"])
def test_the_files_of_the_page_of_events_hold_the_rows_of_the_page(staff, follow_up, fmt):
    def titles(client):
        page = client.get("/ru/reform/events/").content.decode()
        return len(set(re.findall(r"/reform/events/([0-9a-f-]{36})/", page)))

    def rows(client):
        answer = client.get("/ru/reform/events/", {"format": fmt})
        if fmt == "json":
            return len(answer.json()["rows"])
        named = [line for line in table_of(answer, fmt) if "Событие" in line]
        return len(named) - 1  # the column is called so too

    for client, count in ((Client(), 1), (by_session(staff), 2)):
        assert titles(client) == count
        assert rows(client) == count


@pytest.mark.parametrize("address", LISTS)
def test_two_viewers_never_share_an_etag_of_different_rows(staff, follow_up, foreign, settings, address):
    settings.SECOND_FACTOR_WAIVED = True
    neighbour = RoleFactory(role=RoleKind.DISTRICT, unit=foreign).user
    analyst = RoleFactory(role=RoleKind.ANALYST).user
    clients = [Client(), *(by_token(user) for user in (staff, neighbour, analyst))]

    tags = [client.get(f"/api/v1/{address}")["ETag"] for client in clients]

    assert len(set(tags)) == len(tags)
    for client, tag in zip(clients, tags, strict=True):
        assert client.get(f"/api/v1/{address}", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("address", LISTS)
def test_a_list_is_one_query_for_the_staff_of_a_district_too(
    staff, follow_up, address, django_assert_num_queries
):
    client = by_token(staff)
    with django_assert_num_queries(3):  # the token, the roles, the list
        client.get(f"/api/v1/{address}")


@pytest.mark.parametrize("words", ["Жаңы", "Событие", "Кадам"])
def test_search_shows_neither_title_nor_unit_of_a_draft_to_who_may_not_see_it(staff, follow_up, words):
    def found(client):
        page = client.get("/ru/search/", {"q": words}).content.decode()
        return {name for name, pk in follow_up.items() if pk in page}, "Жаңы outside" in page

    assert found(Client()) == ({"in force"} if words == "Событие" else set(), False)
    shown = {"in force", "inside"} if words == "Событие" else set()
    assert found(by_session(staff)) == (shown, False)


def test_a_unit_of_a_draft_is_not_there_yet(staff, own):
    new = merge_draft([aimak(own, "А"), aimak(own, "Б")], own, "Жашыруун")[1]

    for client in (Client(), by_session(staff)):
        assert client.get(f"/ru/units/{new}/").status_code == 404
        assert client.get(f"/ru/units/{new}/lineage/").status_code == 404
        assert client.get(f"/api/v1/units/{new}/").status_code == 404
        assert "Жашыруун" not in client.get("/api/v1/units/", {"q": "Жашыруун"}).content.decode()


def test_what_a_visitor_sees_costs_no_query(django_assert_num_queries):
    from django.contrib.auth.models import AnonymousUser

    with django_assert_num_queries(0):
        assert not sight(AnonymousUser())
        assert not sight(None)
