"""The public pages of the councils."""

import datetime as dt
import math
import re
import uuid
from collections import Counter

import pytest
from django.test import Client
from django.utils import translation

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory, UserFactory
from audit.wording import Names
from councils import services, statistics
from councils.charts import layout
from councils.models import Convocation, ElectoralDistrict, Session
from councils.tests import factories
from councils.tests.hall import hall
from lsg_portal.web import days
from lsg_portal.web.tests import pages as pages_of
from lsg_portal.web.tests.browser import faults_of

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(days, "today", lambda: TODAY)


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.fixture
def land(db):
    return hall()


@pytest.fixture
def read(visitor):
    """Open a page of the councils; return its text."""
    return pages_of.texts(visitor, "/councils/", "ru")


@pytest.fixture
def table(visitor):
    """The rows of a table of a page."""
    return pages_of.tables(visitor, "/councils/", "ru")


def pages(land):
    return {
        "councils": "",
        "women": "women/",
        "women by district": "women/?group_by=district",
        "seats": "seats/?group_by=kind",
        "comparison": f"comparison/?council={land.council.pk}&council={land.merged.pk}",
        "register": "resolutions/",
        "council": f"{land.council.pk}/",
        "merged council": f"{land.merged.pk}/",
        "convocation": f"convocations/{land.term.pk}/",
        "attendance": f"convocations/{land.term.pk}/attendance/",
        "deputy": f"deputies/{land.deputies[2].person_id}/",
        "session": f"sessions/{land.session.pk}/",
        "planned session": f"sessions/{land.planned.pk}/",
        "resolution": f"resolutions/{land.plain.pk}/",
        "resolution by name": f"resolutions/{land.named.pk}/",
    }


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_every_page_opens_in_every_language(visitor, land, language):
    wrong = {
        name: answer.content.decode()[:800]
        for name, address in pages(land).items()
        if (answer := visitor.get(f"/{language}/councils/{address}")).status_code != 200
    }
    assert wrong == {}


QUERIES = {
    "councils": 3,
    "women": 2,
    "seats": 2,
    "comparison": 3,
    "register": 4,
    "council": 9,
    "merged council": 12,
    "convocation": 8,
    "attendance": 5,
    "deputy": 5,
    "session": 8,
    "resolution": 6,
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_page_costs_a_fixed_number_of_queries(visitor, land, django_assert_num_queries, name):
    with django_assert_num_queries(QUERIES[name]):
        visitor.get(f"/ky/councils/{pages(land)[name]}")


def test_who_sat_that_day_how_many_women_and_who_chaired(read, table, land):
    page = read(f"{land.council.pk}/", at="2024-01-01")
    rows = table(f"{land.council.pk}/", at="2024-01-01")["rows"]

    assert "<h1>Городской кенеш г. Узген</h1>" in page
    assert len(rows) == 27
    assert sum(row["sex"] == "женский" for row in rows) == 9
    assert re.search(r"Асанов Бакыт</a> <span class=\"badge badge-accent\">", page)


def test_a_day_before_the_council_existed_says_so(read, land):
    page = read(f"{land.council.pk}/", at="2019-06-01")

    assert "?at=2020-01-01" in page
    assert 'id="deputies"' not in page


def test_a_merged_council_shows_which_seats_came_from_where(table, land):
    before = table(f"{land.merged.pk}/", at="2024-03-04")["rows"]
    ledger = table(f"{land.merged.pk}/", "ledger", at="2024-03-05")

    assert before == []
    assert {(row["council"], row["carried_over"]) for row in ledger["rows"]} == {
        ("Кош-Дёбинский айылный кенеш", 8),
        ("Терекский айылный кенеш", 8),
    }
    assert ledger["total"]["sitting"] == 16


def test_more_deputies_than_seats_are_shown_with_what_each_source_says(read, land):
    page = read(f"{land.merged.pk}/", at="2024-03-05")

    assert 'id="conflict"' in page
    assert "Закон даёт 11 мест." in page
    assert "№ 7" in page


def test_the_half_circle_has_a_seat_for_each_mandate_and_each_vacancy(read, land):
    page = read(f"convocations/{land.term.pk}/")
    drawing = page[page.index('<svg class="chart seat-map') :].split("</svg>")[0]

    assert drawing.count("<g>") == 27
    assert drawing.count("stroke-dasharray") == 31 - 27
    assert drawing.count("<title>") == 27
    assert "style=" not in drawing
    assert 'role="img"' in drawing
    assert "<desc" in drawing


def test_seats_are_grouped_by_faction_origin_or_basis(table, read, land):
    address = f"convocations/{land.term.pk}/"
    factions = table(address, "seats")["rows"]
    bases = table(address, "seats", seats="basis")["rows"]
    origins = table(f"{land.merged.pk}/", "seats")["rows"]

    assert [(row["group"], row["seats"], row["women"]) for row in factions] == [
        ("Адилет", 9, 0),
        ("Ынтымак", 9, 9),
        ("Эмгек", 9, 0),
    ]
    assert [row["seats"] for row in bases] == [27]
    assert [row["seats"] for row in origins] == [8, 8]
    read(address, status=400, seats="age")


def test_the_drawing_of_any_number_of_seats_never_overlaps():
    for count in (1, 2, 5, 11, 21, 31, 45, 51, 235, 300):
        places = layout(count)
        points = [(p.radius * math.cos(p.angle), p.radius * math.sin(p.angle)) for p in places]
        nearest = min((math.dist(a, b) for i, a in enumerate(points) for b in points[i + 1 :]), default=1)
        assert len(places) == count
        assert nearest > 0.9, count


@pytest.mark.parametrize(
    ("number", "name", "shown"),
    [
        (1, "№ 1 шайлоо округу", "№ 1 шайлоо округу"),
        (1, "№ 11 шайлоо округу", "№ 1 округ. № 11 шайлоо округу"),
        (2, "Төмөнкү", "№ 2 округ. Төмөнкү"),
    ],
)
def test_an_electoral_district_says_its_number_once(read, land, number, name, shown):
    term = land.origins[1]
    ElectoralDistrict.objects.create(convocation=term, number=number, name_ky=name, name_ru=name, seats=11)

    page = read(f"convocations/{term.pk}/", "ky")

    assert f">{shown}<" in page.replace("> ", ">").replace(" <", "<")


def test_the_source_of_a_record_is_given_in_words(read, land):
    Convocation.objects.filter(pk=land.term.pk).update(source="election_reports_2024")
    Session.objects.filter(pk=land.session.pk).update(source="election_reports_2024")
    land.plain = factories.adopted(land.session, "3", source="election_reports_2024")

    for name in ("convocation", "session", "resolution"):
        page = read(pages(land)[name])
        assert "election_reports_2024" not in page
        assert "17 ноября 2024" in page


def test_a_history_calls_the_council_what_its_page_calls_it(visitor, land):
    with translation.override("ru"):
        name = Names.of({"councils_council": {str(land.merged.pk)}}).name(
            "councils_council", land.merged.pk, TODAY
        )

    assert name == "Баетовский айылный кенеш"
    assert f"<h1>{name}</h1>" in visitor.get(f"/ru/councils/{land.merged.pk}/").content.decode()


def test_nothing_private_is_on_the_page_of_a_deputy(visitor, land):
    person = land.deputies[0].person_id
    for form in ("", "?format=json", "?format=csv"):
        answer = visitor.get(f"/ru/councils/deputies/{person}/{form}")
        body = answer.getvalue() if answer.streaming else answer.content
        assert answer.status_code == 200
        assert b"0700123456" not in body
        assert b"secret@example.kg" not in body


def test_somebody_without_mandate_or_post_has_no_page(read, land):
    read(f"deputies/{factories.person('Башка').pk}/", status=404)


def test_a_deputy_shows_mandates_attendance_and_votes_by_name(read, table, land):
    address = f"deputies/{land.deputies[26].person_id}/"
    votes = table(address, "votes")["rows"]
    absent = table(f"deputies/{land.deputies[0].person_id}/")["rows"]

    assert [(row["number"], row["choice"]) for row in votes] == [("2", "против")]
    assert [(row["present"], row["unexcused"]) for row in absent] == [(0, 1)]


def test_a_deputy_carried_over_has_both_mandates(table, land):
    mandate = land.inherited.mandates.first()
    rows = table(f"deputies/{mandate.person_id}/")["rows"]

    assert [row["basis"] for row in rows][1] != rows[0]["basis"]
    assert rows[0]["origin"] == rows[1]["council"]


def test_a_session_shows_quorum_agenda_votes_and_who_came(read, table, land):
    page = read(f"sessions/{land.session.pk}/")
    states = Counter(row["state"] for row in table(f"sessions/{land.session.pk}/")["rows"])

    assert "О бюджете" in page
    assert "25 : 0 : 0" in page
    assert sorted(states.values()) == [1, 1, 25]
    assert "Жол жөнүндө" not in page


def test_a_draft_is_not_there_for_a_visitor(read, land):
    read(f"resolutions/{land.draft.pk}/", status=404)
    assert "Жол жөнүндө" not in read("resolutions/")


def test_a_draft_is_there_for_its_secretary_and_the_ministry_and_nobody_else(land):
    def asked(kind, unit=None):
        user = UserFactory()
        RoleFactory(user=user, role=kind, unit=unit)
        client = Client()
        client.force_login(user)
        return client.get(f"/ru/councils/resolutions/{land.draft.pk}/").status_code

    assert asked(RoleKind.STAFF, land.town) == 200
    assert asked(RoleKind.STAFF, land.left) == 404


def test_a_resolution_shows_its_rule_its_vote_and_its_life(read, land):
    page = read(f"resolutions/{land.named.pk}/")

    assert "18" in page
    assert "24" in page
    assert page.count("is-done") == 1


def test_the_status_is_that_of_the_day(table, land):
    day = land.plain.published_on
    before = table("resolutions/", at=str(day - dt.timedelta(days=1)))["rows"]
    after = table("resolutions/", at=str(day))["rows"]

    def status(rows):
        return next(row["status"] for row in rows if row["number"] == "1")

    assert status(before) != status(after)
    assert table("resolutions/", at="2023-05-01")["rows"] == []


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("бюджет", ["1"]),
        ("БЮДЖЕТТИ БЕКИТҮҮ", ["1"]),
        ("бекитуу", ["1"]),
        ("правило", ["2"]),
        ("улица", ["2"]),
        ("чабак", ["2"]),
        ("сууну пайдаланну", ["2"]),
        ("2", ["2"]),
        ("космодром", []),
    ],
)
def test_words_are_found_in_kyrgyz_and_russian_forms(table, land, words, found):
    assert [row["number"] for row in table("resolutions/", q=words)["rows"]] == found


@pytest.mark.parametrize("words", ["%", "_", "'", "a & | !", "(((", "бюджет:*", "x" * 200, "🙂", "\\"])
def test_no_words_break_the_search(visitor, land, words):
    assert visitor.get("/ru/councils/resolutions/", {"q": words}).status_code == 200
    assert visitor.get("/ru/search/", {"q": words}).status_code == 200


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("бюджет", "Бюджетти бекитүү жөнүндө"),
        ("өзгөн", "г. Узген"),
        ("озгон", "г. Узген"),
        ("омурова", "Өмүрова Айгүл"),
        ("Айгүл Өмүр", "Өмүрова Айгүл"),
    ],
)
def test_the_search_of_the_register_finds_deputies_and_resolutions(visitor, land, words, expected):
    page = visitor.get("/ru/search/", {"q": words}).content.decode()
    assert expected in page.split('class="chips"')[1]


def test_the_register_is_narrowed_by_council_place_status_and_day(table, read, land):
    def count(**chosen):
        return len(table("resolutions/", **chosen)["rows"])

    assert count(council=land.council.pk) == 2
    assert count(council=land.merged.pk) == 0
    assert count(oblast=land.naryn.pk) == 2
    assert count(district=land.talaa.pk) == 0
    assert count(status="published") == 1
    assert count(normative="yes") == 1
    assert count(first="2024-01-01") == 0
    read("resolutions/", status=400, council="nobody")
    read("resolutions/", status=400, kind="x")


def test_councils_are_compared_by_the_convocation_of_the_day(table, read, land):
    rows = table("comparison/", council=[land.council.pk, land.merged.pk])["rows"]

    assert [(row["sitting"], row["sessions"], row["attendance"], row["resolutions"]) for row in rows] == [
        (27, 1, "92.59", 2),
        (16, 0, None, 0),
    ]
    read("comparison/", status=400, council="x")
    read("comparison/", status=400, council=land.town.pk)
    read("comparison/", status=400, council=[uuid.uuid4() for _ in range(13)])


def test_women_and_seats_are_the_figures_of_the_statistics(table, land):
    women = table("women/", at="2024-06-01")
    seats = table("seats/", before="2021-06-01", after="2024-11-30")

    expected = statistics.women_by("oblast", dt.date(2024, 6, 1))
    assert women["total"]["women"] == expected["total"]["women"] == 15
    assert [row["women"] for row in women["rows"]] == [row["women"] for row in expected["rows"]]
    assert (seats["total"]["before"], seats["total"]["after"]) == (45, 45)


def test_days_in_the_wrong_order_are_refused(read, land):
    read("seats/", status=400, before="2024-01-01", after="2023-01-01")
    read("women/", status=400, group_by="colour")


def test_the_attendance_table_counts_each_deputy(table, land):
    rows = table(f"convocations/{land.term.pk}/attendance/")["rows"]
    first = next(row for row in rows if row["name"] == "Асанов Бакыт")

    assert len(rows) == 27
    assert (first["present"], first["excused"], first["unexcused"]) == (0, 0, 1)
    assert first["s1"]


def test_the_page_of_the_municipality_leads_to_its_council(visitor, land):
    page = visitor.get(f"/ru/units/{land.town.pk}/").content.decode()

    assert f"/ru/councils/{land.council.pk}/" in page
    assert "Асанов Бакыт" in page


def test_things_that_are_not_on_file_are_404(read, land):
    other = uuid.uuid4()
    for address in (
        "{}/",
        "convocations/{}/",
        "convocations/{}/attendance/",
        "deputies/{}/",
        "sessions/{}/",
        "resolutions/{}/",
    ):
        read(address.format(other), status=404)
    read(f"resolutions/{land.plain.pk}/files/{other}/", status=404)


def test_the_file_of_a_resolution_is_saved_and_that_of_a_draft_is_not_there(visitor, land):
    pdf = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
    public = services.attach_file(resolution=land.named, name="чечим.pdf", content=pdf)
    hidden = services.attach_file(resolution=land.draft, name="долбоор.pdf", content=pdf)

    answer = visitor.get(f"/ru/councils/resolutions/{land.named.pk}/files/{public.pk}/")

    assert answer.getvalue() == pdf
    assert answer["Content-Disposition"].startswith("attachment")
    assert "чечим.pdf" in visitor.get(f"/ru/councils/resolutions/{land.named.pk}/").content.decode()
    for resolution, file in ((land.draft, hidden), (land.named, hidden)):
        address = f"/ru/councils/resolutions/{resolution.pk}/files/{file.pk}/"
        assert visitor.get(address).status_code == 404
    assert visitor.post(f"/ru/councils/resolutions/{land.named.pk}/files/{public.pk}/").status_code == 405


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["ky", "ru"])
def test_every_page_is_accessible_and_as_wide_as_the_window(open_page, live_server, language):
    land = hall()
    page = open_page(f"/{language}/councils/")
    wrong = []
    for name, address in pages(land).items():
        page.faults.clear()
        page.goto(f"{live_server.url}/{language}/councils/{address}")
        wrong += [(name, fault) for fault in faults_of(page)]
    assert wrong == []
