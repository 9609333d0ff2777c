"""The public pages of the executive bodies."""

import datetime as dt
import re
import uuid

import pytest
from django.test import Client

from ayil_okmotu.charts import Spell, timeline
from ayil_okmotu.tests import factories, valley
from ayil_okmotu.tests.valley import CANARY
from lsg_portal.web import days
from lsg_portal.web.tests import pages as pages_of
from lsg_portal.web.tests.browser import axe_findings

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
    return valley.valley()


@pytest.fixture
def read(visitor):
    """Open a page of the executive bodies; return its text."""
    return pages_of.texts(visitor, "/executive-bodies/", "ru")


@pytest.fixture
def table(visitor):
    """The rows of a table of a page."""
    return pages_of.tables(visitor, "/executive-bodies/", "ru", numbers=True)


def pages(land):
    return {
        "bodies": "",
        "staff": "staff/",
        "vacancies": "vacancies/",
        "access": "access/",
        "comparison": "comparison/",
        "comparison by district": "comparison/?group_by=district",
        "budgets": "budgets/",
        "budgets of 2022": "budgets/?year=2022",
        "budget": f"budgets/{land.unit.pk}/",
        "printed budget": f"budgets/{land.naryn.pk}/",
        "unit without a budget": f"budgets/{land.town.pk}/",
        "body": f"{land.body.pk}/",
        "ended body": f"{land.old.pk}/",
        "mayor's office": f"{land.office.pk}/",
        "post": f"posts/{land.head_post.pk}/",
        "village head": f"posts/{land.village_post.pk}/",
        "vacant post": f"posts/{land.vacant.pk}/",
        "official": f"officials/{land.people['Касымов Темир'].pk}/",
        "official in two posts": f"officials/{land.people['Сыдыков Нурлан'].pk}/?at=2023-05-10",
    }


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_every_page_opens_in_every_language(visitor, land, language):
    wrong = {
        name: answer.content.decode()[:800]
        for name, address in pages(land).items()
        if (answer := visitor.get(f"/{language}/executive-bodies/{address}")).status_code != 200
    }
    assert wrong == {}


QUERIES = {
    "bodies": 3,
    "staff": 3,
    "vacancies": 3,
    "access": 4,
    "comparison": 3,
    "budgets": 5,
    "budget": 8,
    "body": 8,
    "post": 5,
    "official": 4,
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_page_costs_a_fixed_number_of_queries(visitor, land, django_assert_num_queries, name):
    with django_assert_num_queries(QUERIES[name]):
        visitor.get(f"/ky/executive-bodies/{pages(land)[name]}")


def test_the_list_names_the_head_of_the_day_and_counts_the_staff(table, land):
    def found(day):
        return {row["name"]: row for row in table(at=day)["rows"]}

    before, acting, after = found("2022-04-01"), found("2023-05-10"), found("2024-10-01")

    assert before["Кош-Дёбинский айыл окмоту"]["head"].startswith("Өмүрова Айгүл (")
    assert (before["Кош-Дёбинский айыл окмоту"]["filled"], before["Кош-Дёбинский айыл окмоту"]["served"]) == (
        30,
        140,
    )
    assert acting["Айыл окмоту Чолок-Кайың"]["head"].startswith("Сыдыков Нурлан (")
    assert after["Айыл окмоту Чолок-Кайың"]["head"] == "Касымов Темир"
    assert after["Мэрия г. Нарын"]["head"] is None
    assert "Кош-Дёбинский айыл окмоту" not in after


def test_the_list_is_narrowed_by_place_kind_and_name(table, read, land):
    def names(**chosen):
        return [row["name"] for row in table(**chosen)["rows"]]

    assert names(kind="mayors_office") == ["Мэрия г. Нарын"]
    assert names(district=land.talaa.pk) == ["Айыл окмоту Чолок-Кайың"]
    assert names(q="касым") == ["Айыл окмоту Чолок-Кайың"]
    assert len(names(oblast=land.naryn.pk)) == 2
    read(status=400, kind="ministry")


def test_staff_stand_against_the_norm_of_the_day_and_too_many_men_are_marked(table, read, land):
    def row(day):
        return next(row for row in table("staff/", at=day)["rows"] if "Чолок" in row["name"])

    first, later = row("2023-08-01"), row("2024-10-01")

    assert (first["filled"], first["norm_staff"], first["over_norm_staff"], first["men_percent"]) == (
        14,
        12,
        2,
        71.43,
    )
    assert (later["filled"], later["vacancies"], later["over_norm_staff"], later["men_percent"]) == (
        12,
        1,
        1,
        75,
    )
    assert len(re.findall('badge-warning">[^<]*70', read("staff/", at="2024-10-01"))) == 1
    assert "badge-warning" not in read("staff/", at="2021-07-01")


def test_vacancies_are_the_posts_nobody_holds(table, land):
    def posts(day):
        return {(row["post"], row["body"], row["stands_in"]) for row in table("vacancies/", at=day)["rows"]}

    body = "Айыл окмоту Чолок-Кайың"

    assert {row[2] for row in posts("2023-05-10")} == {None, "Сыдыков Нурлан"}
    assert [row[1] for row in posts("2023-05-10")] == [body, body]
    assert [row[1:] for row in posts("2023-06-01")] == [(body, None)]
    assert {row[1] for row in posts("2024-06-01")} == {body, "Мэрия г. Нарын"}


def test_the_far_village_is_on_the_list_since_the_merger_and_not_before(table, read, land):
    def far(day, **more):
        return [
            (row["name"], row["distance_to_centre_km"]) for row in table("access/", at=day, **more)["rows"]
        ]

    assert far("2023-05-01") == []
    assert far("2023-05-02") == [("Кош-Дөбө", 45)]
    assert far("2023-05-02", **{"from": "46"}) == []
    assert len(far("2023-05-02", **{"from": "3"})) == 3
    read("access/", status=400, **{"from": "2000"})
    read("access/", status=400, **{"from": "far"})


def test_the_comparison_says_what_the_records_come_to_and_what_the_source_printed(read, table, land):
    page = read("comparison/")
    total = table("comparison/")["total"]

    assert (total["staff_before"], total["staff_after"]) == (55, 12)
    assert total["change"] == -78.18
    assert total["population_per_employee_after"] == 500
    assert "−78,18 %" in page.replace("\xa0", " ")
    assert "45,1 %" in page.replace("\xa0", " ")
    read("comparison/", status=400, before="2024-01-01", after="2023-01-01")


def test_a_source_speaks_of_its_own_days_alone(read, land):
    same = read("comparison/", language="en")
    other = read("comparison/", language="en", after="2023-06-01")

    assert "45,1 %" in same
    assert "45,1 %" in other
    assert "The records of the same days" in same
    assert "The records of the same days" not in other


def test_the_body_shows_its_head_its_posts_its_villages_and_its_trainings(read, table, land):
    address = f"{land.body.pk}/"
    page = read(address)
    posts = {row["post"]: row["holder"] for row in table(address)["rows"]}
    villages = {row["name"]: row for row in table(address, "villages")["rows"]}

    assert "<h1>Айыл окмоту Чолок-Кайың</h1>" in page
    assert f"/ru/executive-bodies/officials/{land.people['Касымов Темир'].pk}/" in page
    assert posts["Землеустроитель"] == "Токтосунова Гүлнара"
    assert villages["Кош-Дөбө"]["distance_to_centre_km"] == 45
    assert villages["Ак-Кыя"]["head"] == "Жээнбеков Эрлан"
    assert [row["hours"] for row in table(address, "trainings")["rows"]] == [24]
    assert [row["filled"] for row in table(address, "reports")["rows"]] == [12, 14]


def test_an_ended_body_says_so_and_leads_to_its_last_day(read, land):
    page = read(f"{land.old.pk}/")

    assert "?at=2023-05-01" in page
    assert 'id="posts"' not in page
    assert 'id="heads"' in page


def test_somebody_acting_is_shown_beside_the_holder_and_heads_alone(read, land):
    factories.acting_head(
        land.body, land.people["Сыдыков Нурлан"], on=dt.date(2025, 1, 10), concurrent_reason="башчы өргүүдө"
    )
    page = read(f"{land.body.pk}/", at="2025-02-01")
    facts = page[page.index('<dl class="record"') :].split("</dl>")[0]

    assert facts.index("Сыдыков Нурлан") < facts.index("Касымов Темир")
    assert "башчы өргүүдө" in facts


def test_two_posts_at_once_are_shown_with_the_reason(read, land):
    person = land.people["Сыдыков Нурлан"].pk

    assert "башчы дайындалганча" in read(f"officials/{person}/", at="2023-05-10")
    assert 'id="at-once"' in read(f"officials/{person}/", at="2023-05-10")
    assert 'id="at-once"' not in read(f"officials/{person}/", at="2023-06-01")


def test_a_removal_names_its_ground_and_the_resolution_it_rests_on(read, table, land):
    row = table(f"{land.office.pk}/", "heads")["rows"][0]

    assert f"/ru/councils/resolutions/{land.resolution.pk}/" in read(f"{land.office.pk}/")
    assert "УП-11" in row["end"]
    assert "47, 53" in row["end"]


def test_the_post_of_a_village_head_goes_on_in_the_other_body(table, land):
    address = f"posts/{land.village_post.pk}/"
    chain = table(address, "chain")["rows"]

    assert [row["body"] for row in chain] == ["Кош-Дёбинский айыл окмоту", "Айыл окмоту Чолок-Кайың"]
    assert chain[0]["employment"] != chain[1]["employment"]
    assert len(table(address)["rows"]) == 2


def test_a_budget_is_shown_as_reported_with_what_is_odd_in_it(read, table, land):
    page = read(f"budgets/{land.unit.pk}/")
    lines = {row["name"]: row for row in table(f"budgets/{land.unit.pk}/")["rows"]}
    odd = page[page.index('id="odd"') :].split("</ul>")[0]

    assert "NOT_APPLICABLE" not in page
    assert odd.count("<li>") == 4
    assert lines["земельный налог"]["actual"] == 41.5
    assert lines["земельный налог"]["execution"] == 103.75


def test_history_before_a_merger_is_that_of_the_units_it_came_from(table, land):
    rows = {row["year"]: row for row in table(f"budgets/{land.unit.pk}/", "history")["rows"]}

    assert list(rows) == ["2021", "2022", "2023"]
    assert (rows["2022"]["own_revenue"], rows["2022"]["total_revenue"]) == (30, 40)
    assert rows["2022"]["parts"] == "Кош-Дёбинский айылный аймак, Куланакский айылный аймак"
    assert rows["2023"]["parts"] is None


def test_what_cannot_be_read_stands_as_it_was_printed(read, table, land):
    page = read(f"budgets/{land.naryn.pk}/")
    rows = table("budgets/", "printed", year="2022")["rows"]

    assert "254,40.0" in page
    assert page.count("254,40.0") >= 3
    assert [(row["unit"], row["total_expenditure"]) for row in rows] == [("Нарынская область", "254,40.0")]
    read(f"budgets/{land.naryn.pk}/", status=400, year="1999")


def test_budgets_of_a_year_are_those_of_the_units_of_that_year(table, land):
    def units(**more):
        return [row["unit"] for row in table("budgets/", **more)["rows"]]

    assert units(year="2022") == ["Кош-Дёбинский айылный аймак", "Куланакский айылный аймак"]
    assert units() == ["Чолок-Кайың"]
    assert units(year="2022", odd="1") == []
    assert units(year="2023", odd="1") == ["Чолок-Кайың"]
    assert units(at="2022-06-01") == ["Кош-Дёбинский айылный аймак", "Куланакский айылный аймак"]


def test_nothing_private_is_on_any_page(visitor, land):
    for address in pages(land).values():
        for form in ("", "?format=json"):
            answer = visitor.get(f"/ru/executive-bodies/{address.split('?')[0]}{form}")
            body = answer.getvalue() if answer.streaming else answer.content
            assert CANARY.encode() not in body
            assert b"555 010203" not in body


def test_the_search_finds_heads_by_any_part_of_the_name(visitor, land):
    for words in ("Касымов", "темир касым", "касымоф"):
        page = visitor.get("/ru/search/", {"q": words}).content.decode()
        assert f"/ru/executive-bodies/officials/{land.people['Касымов Темир'].pk}/" in page, words


def test_the_pages_of_municipality_and_council_lead_to_the_body(visitor, land):
    unit = visitor.get(f"/ru/units/{land.unit.pk}/").content.decode()
    council = visitor.get(f"/ru/councils/{land.resolution.council_id}/").content.decode()
    answer = visitor.get(f"/ru/executive-bodies/of/{land.town.pk}/")

    assert f"/ru/executive-bodies/{land.body.pk}/" in unit
    assert "Касымов Темир" in unit
    assert f"/ru/executive-bodies/budgets/{land.unit.pk}/" in unit
    assert f"/ru/executive-bodies/of/{land.town.pk}/" in council
    assert answer["Location"] == f"/ru/executive-bodies/{land.office.pk}/"


def test_things_that_are_not_on_file_are_404(read, land):
    for address in ("{}/", "posts/{}/", "officials/{}/", "budgets/{}/", "of/{}/"):
        read(address.format(uuid.uuid4()), status=404)
    read(f"officials/{factories.person('Башка').pk}/", status=404)


def test_the_time_line_shows_who_is_acting_and_what_is_left_of_a_term():
    day = dt.date(2024, 6, 1)
    spells = [
        Spell("Асанов", dt.date(2021, 1, 10), dt.date(2022, 3, 1), dt.date(2026, 1, 10)),
        Spell("Өмүрова", dt.date(2022, 3, 1), dt.date(2022, 6, 1), acting=True, url="/x/"),
        Spell("Касымов", dt.date(2022, 6, 1), None, dt.date(2027, 6, 1)),
    ]
    drawn = str(timeline(spells, day, title="Башчы"))
    bars = drawn.split("</defs>")[1]

    assert bars.count("<g><title>") == 3
    assert bars.count("url(#timeline-acting)") == 2  # the bar and the key
    assert bars.count('href="/x/"') == 1
    assert (
        len(re.findall(r"<rect[^>]+fill=\"#ffffff\"", bars)) == 2
    )  # what is left of the one open term, and the key
    assert "style=" not in drawn


def test_a_time_line_of_nobody_and_of_a_day_before_it_is_still_drawn():
    day = dt.date(2024, 6, 1)
    assert "svg" in timeline([], day, title="Башчы")
    assert "Асанов" in timeline([Spell("Асанов", dt.date(2025, 1, 1), None)], day, title="Башчы")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["ky", "ru"])
def test_every_page_is_accessible_and_as_wide_as_the_window(open_page, language, width):
    land = valley.valley()
    wrong = []
    for name, address in pages(land).items():
        page = open_page(f"/{language}/executive-bodies/{address}", width)
        wrong += [(name, finding) for finding in axe_findings(page)] + [
            (name, fault) for fault in page.faults
        ]
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            wrong.append((name, "wider than the window"))
        page.context.close()
    assert wrong == []
