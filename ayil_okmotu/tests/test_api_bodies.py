"""Executive bodies, posts and appointments over REST: what anybody reads."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from ayil_okmotu import services
from ayil_okmotu.models import ExecutiveBody, Post
from ayil_okmotu.tests import factories
from ayil_okmotu.tests.offices import CANARY, DAY, EVE, START, country
from registry.tests.factories import aimak
from registry.tests.rest import API, VISITOR, ask, get, ky, refused, table, walk

pytestmark = pytest.mark.django_db
LISTS = ("executive-bodies/", "posts/", "appointments/")
NOWHERE = "00000000-0000-4000-8000-000000000000"
END = dt.date(2024, 9, 6)


@pytest.fixture
def land():
    return country()


def row_of(land, name="kara", **query):
    rows = get("executive-bodies/", **{"at": DAY, **query})["results"]
    return next(row for row in rows if row["id"] == str(land.bodies[name].pk))


def test_a_body_tells_its_head_its_staff_and_the_norm(land, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = get("executive-bodies/", at=DAY)

    assert (answer["at"], answer["count"]) == (str(DAY), 5)
    row = next(row for row in answer["results"] if row["id"] == str(land.bodies["kara"].pk))
    assert (row["kind"], row["unit"]["name"]["ky"]) == ("ayil_okmotu", "Кара-Суу")
    assert row["district"]["name"]["ky"] == "Ат-Башы"
    assert row["oblast"]["name"] == {"ky": "Нарын", "ru": "Нарын", "en": "Naryn"}
    assert row["head"]["name"]["ky"] == "Бурул"
    assert (row["head"]["acting"], row["head"]["since"]) == (True, str(DAY))
    staff = {name: row["staff"][name] for name in ("on", "approved", "filled", "contract", "women")}
    assert staff == {"on": "2023-01-01", "approved": 14, "filled": 12, "contract": 3, "women": 2}
    assert (row["norm"]["staff"], row["norm"]["contract"], row["norm"]["men_percent"]) == (12, 10, 70)
    assert row["valid"] == {"from": "2020-01-01", "to": None}


def test_a_body_without_a_head_or_a_report_says_so(land):
    assert (row_of(land, "ak")["head"], row_of(land, "far")["staff"]) == (None, None)
    assert row_of(land, "town")["norm"]["staff"] is None


def test_on_every_day_one_person_at_most_heads_a_body_and_who_is_acting_goes_first(land):
    assert row_of(land, at=EVE)["head"]["name"]["ky"] == "Асан"
    for day in (EVE, DAY):
        heads = get("appointments/", at=day, heads="true", body=land.bodies["kara"].pk)["results"]
        assert [row["person"]["name"]["ky"] for row in heads] == [row_of(land, at=day)["head"]["name"]["ky"]]
        assert [row["heads"] for row in heads] == [True]
    everybody = get("appointments/", at=DAY, body=land.bodies["kara"].pk, kind="head")["results"]
    assert {row["person"]["name"]["ky"]: row["heads"] for row in everybody} == {"Асан": False, "Бурул": True}


def test_bodies_are_ordered_by_the_name_of_their_unit_and_found_by_it(land):
    units = [row["unit"]["name"]["ky"] for row in get("executive-bodies/", at=DAY)["results"]]

    assert units == ["Ак-Суу", "Бейшеке", "Бишкек", "Кара-Суу", "Нарын"]
    assert [row["id"] for row in get("executive-bodies/", at=DAY, q="кара")["results"]] == [
        str(land.bodies["kara"].pk)
    ]
    assert {row["kind"] for row in get("executive-bodies/", at=DAY, kind="mayors_office")["results"]} == {
        "mayors_office"
    }


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize(
    ("query", "names"),
    [
        (lambda land: {"unit": land.units["kara"].pk}, {"kara"}),
        (lambda land: {"unit": "41704210000777"}, {"kara"}),
        (lambda land: {"district": land.home.pk}, {"kara", "ak"}),
        (lambda land: {"oblast": land.one.pk}, {"kara", "ak", "town"}),
        (lambda land: {"oblast": land.capital.pk}, {"capital"}),
        (lambda land: {"oblast": land.two.pk, "district": land.home.pk}, set()),
    ],
)
def test_lists_narrow_to_a_unit_a_district_or_an_oblast(land, address, query, names):
    found = get(address, at=DAY, page_size=500, **query(land))["results"]

    bodies = {row["id"] if address == "executive-bodies/" else row["body"]["id"] for row in found}
    if address == "appointments/":
        names = names - {"ak", "town"}  # nobody is appointed there
    assert bodies == {str(land.bodies[name].pk) for name in names}


@pytest.mark.parametrize("address", LISTS)
def test_every_list_is_one_query_and_few_where_empty(land, address, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert get(address, at=DAY, oblast=land.one.pk)["results"]
    with django_assert_num_queries(3):
        assert get(address, at="1990-01-01")["results"] == []


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_tables_hold_the_rows_of_the_list(land, address, fmt):
    rows = table(address, fmt, at=DAY)

    assert [row["id"] for row in rows] == [r["id"] for r in get(address, at=DAY, page_size=500)["results"]]
    assert {row["at"] for row in rows} == {str(DAY)}


@pytest.mark.parametrize("address", LISTS)
def test_a_list_is_read_whole_by_cursor_and_in_every_order(land, address):
    count = get(address, at=DAY)["count"]

    assert len(walk(address, at=DAY, page_size=3)) == count
    for key in ("valid_from", "-kind") if address != "executive-bodies/" else ("-name", "kind"):
        assert len(walk(address, at=DAY, page_size=3, ordering=key)) == count


@pytest.mark.parametrize(
    "address", [*LISTS, "staffing/", "budgets/", "executive-bodies/access/", "end-grounds/"]
)
def test_etag_holds_until_the_data_change(address):
    query = {} if address in ("budgets/", "end-grounds/") else {"at": DAY}
    tag = ask(address, **query)["ETag"]

    def again():
        return VISITOR.get(f"{API}{address}", query, headers={"If-None-Match": tag}).status_code

    assert again() == 304
    country()
    with connection.cursor() as cursor:  # data versions rise at the end of a transaction
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert again() == 200


@pytest.mark.parametrize("address", [*LISTS, "staffing/", "budgets/", "executive-bodies/access/"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("secret", "1"),
        ("unit", "'; DROP TABLE x"),
        ("oblast", "%00"),
        ("ordering", "phone"),
        ("fields", "contact"),
        ("page_size", "0"),
        ("cursor", "e30"),
    ],
)
def test_what_no_list_takes_is_refused_by_name(land, address, name, value):
    refused(address, 400, f"/{name}", **{name: value})


@pytest.mark.parametrize(
    ("address", "name", "value"),
    [
        ("executive-bodies/", "at", "2023-02-30"),
        ("executive-bodies/", "kind", "head"),
        ("executive-bodies/", "status", "gone"),
        ("posts/", "vacant", "maybe"),
        ("posts/", "body", "1"),
        ("appointments/", "person", "1"),
        ("appointments/", "heads", "2"),
        ("appointments/", "appointed_by", "khan"),
        ("staffing/", "men_over", "x"),
        ("budgets/", "year", "0"),
        ("executive-bodies/access/", "from", "-1"),
    ],
)
def test_malformed_values_are_refused_by_name(land, address, name, value):
    refused(address, 400, f"/{name}", **{f"{name}_": value})


def test_what_ended_is_asked_for_by_status(land):
    body = factories.body(aimak(land.other, "Эски"), with_head_post=False)
    ExecutiveBody.objects.filter(pk=body.pk).update(valid=(factories.FIRST, END))
    later = {"at": "2024-10-01"}

    assert str(body.pk) not in {row["id"] for row in get("executive-bodies/", **later)["results"]}
    (row,) = get("executive-bodies/", status="ended", **later)["results"]
    assert (row["id"], row["status"], row["unit"]["name"]["ky"]) == (str(body.pk), "ended", "Эски")
    since = get("executive-bodies/", updated_since="2020-01-01T00:00:00Z", **later)["results"]
    assert str(body.pk) in {row["id"] for row in since}


def test_a_post_tells_who_holds_it_who_is_acting_and_whether_it_is_vacant(land):
    rows = get("posts/", at=DAY, unit=land.units["kara"].pk)["results"]

    assert [row["kind"] for row in rows] == ["head", "deputy", "specialist", "village_head"]
    head, deputy, specialist, village = rows
    assert (head["holder"]["name"]["ky"], head["acting"]["name"]["ky"]) == ("Асан", "Бурул")
    assert (deputy["acting"], deputy["vacant"]) == (None, False)
    assert (specialist["name"]["ru"], specialist["vacant"]) == ("Землеустроитель", True)
    assert village["settlement"]["name"]["ky"] == "Алыс"


def test_a_post_in_which_somebody_is_only_acting_is_vacant(land):
    (row,) = get("posts/", at=DAY, unit=land.units["far"].pk)["results"]

    assert (row["vacant"], row["holder"], row["acting"]["name"]["ky"]) == (True, None, "Калыс")
    assert [one["id"] for one in get("posts/", at=DAY, unit=land.units["far"].pk, vacant="1")["results"]] == [
        row["id"]
    ]


def test_a_post_without_a_name_of_its_own_has_none(land):
    Post.objects.filter(pk=land.posts["deputy"].pk).update(name_ky="", name_ru="", name_en=None)
    nothing = {"ky": None, "ru": None, "en": None}

    assert get(f"posts/{land.posts['deputy'].pk}/", at=DAY)["name"] == nothing
    assert get(f"appointments/{land.deputy.pk}/", at=DAY)["post"]["name"] == nothing
    posts = get(f"executive-bodies/{land.bodies['kara'].pk}/", at=DAY)["posts"]
    assert [post["name"] for post in posts if post["kind"] == "deputy"] == [nothing]


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        (lambda land: {"vacant": "true"}, ["specialist"]),
        (lambda land: {"vacant": "false"}, ["head", "deputy", "village_head"]),
        (lambda land: {"kind": "head,deputy"}, ["head", "deputy"]),
        (lambda land: {"employment": "contract"}, []),
        (lambda land: {"settlement": land.villages["Алыс"].pk}, ["village_head"]),
        (lambda land: {"body": land.bodies["ak"].pk}, []),
    ],
)
def test_posts_are_narrowed(land, query, kinds):
    rows = get("posts/", at=DAY, unit=land.units["kara"].pk, **query(land))["results"]

    assert [row["kind"] for row in rows] == kinds


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (lambda land: {"person": land.people["Бурул"].pk}, ["Бурул", "Бурул"]),
        (lambda land: {"post": land.posts["head"].pk}, ["Асан", "Бурул"]),
        (lambda land: {"acting": "true"}, ["Бурул", "Калыс"]),
        (lambda land: {"appointed_by": "president"}, ["Мэр"]),
        (lambda land: {"kind": "village_head"}, ["Чынар"]),
        (lambda land: {"heads": "true"}, ["Бурул", "Калыс", "Мэр"]),
        (lambda land: {"q": "АСАН"}, ["Асан"]),
        (lambda land: {"end_ground": "own_request"}, []),
    ],
)
def test_appointments_are_narrowed(land, query, names):
    rows = get("appointments/", at=DAY, **query(land))["results"]

    assert ky([row["person"] for row in rows]) == names


def test_an_appointment_tells_its_term_its_order_and_the_second_post(land):
    found = get(f"appointments/{land.acting.pk}/", at=DAY)

    assert (found["heads"], found["acting"], found["concurrent_reason"]) == (True, True, "башчы өргүүдө")
    assert [one["id"] for one in found["at_once"]] == [str(land.deputy.pk)]
    assert found["at_once"][0]["post"]["kind"] == "deputy"
    head = get(f"appointments/{land.head.pk}/", at=DAY)
    assert (head["term_years"], head["appointed_by"], head["order_number"]) == (5, "akim", "1-б")
    assert (head["valid"], head["end_ground"]) == ({"from": str(START), "to": None}, None)


def test_an_ended_appointment_names_its_ground(land):
    services.end_appointment(appointment=land.elder, on=DAY, ground=factories.ground(), order_number="7")

    (row,) = get("appointments/", at=DAY, status="ended", end_ground="own_request")["results"]

    assert (row["status"], row["end_ground"]["code"], row["end_order_number"]) == (
        "ended",
        "own_request",
        "7",
    )
    assert row["valid"]["to"] == str(DAY)


def test_one_body_shows_posts_heads_and_reports(land):
    found = get(f"executive-bodies/{land.bodies['kara'].pk}/", at=DAY)

    assert [(one["kind"], one["holder"] and one["holder"]["name"]["ky"]) for one in found["posts"]] == [
        ("head", "Асан"), ("deputy", "Бурул"), ("specialist", None), ("village_head", "Чынар")
    ]  # fmt: skip
    assert [(one["person"]["name"]["ky"], one["acting"]) for one in found["heads"]] == [
        ("Асан", False), ("Бурул", True)
    ]  # fmt: skip
    assert [one["on"] for one in found["staffing"]] == ["2022-01-01", "2023-01-01"]
    earlier = get(f"executive-bodies/{land.bodies['kara'].pk}/", at=EVE)
    assert len(earlier["heads"]) == 1
    refused(f"executive-bodies/{NOWHERE}/", 404)
    refused(f"executive-bodies/{land.bodies['kara'].pk}/", 404, at="2019-01-01")


def test_nothing_is_known_before_its_first_day(land):
    refused(f"posts/{land.posts['head'].pk}/", 404, at="2019-12-31")
    refused(f"appointments/{land.head.pk}/", 404, at=START - dt.timedelta(days=1))
    assert get(f"appointments/{land.head.pk}/", at=START)["status"] == "existing"


def test_one_post_shows_everybody_who_has_held_it(land):
    found = get(f"posts/{land.posts['head'].pk}/", at=DAY)

    assert [(one["person"]["name"]["ky"], one["acting"]) for one in found["holders"]] == [
        ("Асан", False), ("Бурул", True)
    ]  # fmt: skip
    for address in (
        f"posts/{NOWHERE}/",
        f"appointments/{NOWHERE}/",
        f"staffing/{NOWHERE}/",
        f"budgets/{NOWHERE}/",
    ):
        refused(address, 404)


@pytest.mark.parametrize(
    "address",
    [
        *LISTS,
        "staffing/",
        "executive-bodies/access/",
        "executive-bodies/{bodies}/",
        "posts/{posts}/",
        "appointments/{appointments}/",
    ],
)
def test_contacts_and_what_else_is_private_are_nowhere(land, address):
    address = address.format(
        bodies=land.bodies["kara"].pk, posts=land.posts["deputy"].pk, appointments=land.acting.pk
    )

    text = ask(address, at=DAY).content.decode()

    for secret in (CANARY, "+996 555", "secret@example.kg", "12345678901234", "phone", "email", "contacts"):
        assert secret not in text


def test_a_code_that_no_unit_ever_bore_is_refused(land):
    for address in (*LISTS, "staffing/", "budgets/", "executive-bodies/access/"):
        assert refused(address, 400, unit="no-such-code")["code"] == "unknown_code"
