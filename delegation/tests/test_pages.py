"""The public pages of delegated powers."""

import datetime as dt
import io
import json
import uuid

import openpyxl
import pytest
from django.test import Client

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from delegation import services
from delegation.tests.country import country
from delegation.tests.factories import SIGNED, answered, provided
from lsg_portal.web import days
from lsg_portal.web.tests import pages as pages_of
from lsg_portal.web.tests.browser import axe_findings

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 21)
COLLECTION = "Local tax collection"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(days, "today", lambda: TODAY)


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.fixture
def land(db):
    return country()


@pytest.fixture
def read(visitor):
    """Open a page of delegated powers; return its text."""
    return pages_of.texts(visitor, "/delegation/")


@pytest.fixture
def table(visitor):
    """The rows of a table of a page."""
    return pages_of.tables(visitor, "/delegation/", numbers=True)


def signed_in(role, unit=None):
    """A browser signed in as the holder of a role."""
    client = Client()
    client.force_login(RoleFactory(role=role, unit=unit).user)
    return client


def pages(land):
    power = land.taxes.power_id
    return {
        "catalogue": "",
        "power": f"powers/{power}/",
        "power not handed over": f"powers/{land.draft.power_id}/",
        "matrix": "matrix/",
        "matrix of an oblast": f"matrix/?oblast={land.one.pk}",
        "matrix of a district": f"matrix/?district={land.home.pk}",
        "gap": "gap/",
        "gap by oblast": f"gap/?by=oblast&power={power}",
        "gap by district": f"gap/?by=district&oblast={land.one.pk}",
        "gap by municipality": f"gap/?by=unit&power={power}",
        "gap by quarter": f"gap/?by=quarter&unit={land.town.pk}",
        "without": "without/",
        "unused": "unused/",
        "share": "share/",
        "successions": "successions/",
        "disputes": "disputes/",
        "dispute": f"disputes/{land.dispute.pk}/",
        "transfers": "transfers/",
        "transfer": f"transfers/{land.taxes.pk}/",
        "transfer with a dispute": f"transfers/{land.land.pk}/",
        "ended transfer": f"transfers/{land.old[0].pk}/",
        "municipality": f"of/{land.own.pk}/",
        "ended municipality": f"of/{land.ended[0].pk}/",
        "new municipality": f"of/{land.new.pk}/",
    }


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_every_page_opens_in_every_language(visitor, land, language):
    wrong = {
        name: answer.content.decode()[:800]
        for name, address in pages(land).items()
        if (answer := visitor.get(f"/{language}/delegation/{address}")).status_code != 200
    }
    assert wrong == {}


QUERIES = {
    "catalogue": 4,
    "power": 8,
    "matrix": 6,
    "matrix of a district": 6,
    "gap": 5,
    "gap by municipality": 6,
    "gap by quarter": 6,
    "without": 3,
    "unused": 3,
    "share": 4,
    "successions": 3,
    "disputes": 3,
    "dispute": 4,
    "transfers": 3,
    "transfer": 5,
    "ended transfer": 6,
    "municipality": 6,
}


@pytest.mark.parametrize("name", QUERIES)
def test_a_page_costs_a_fixed_number_of_queries(visitor, land, django_assert_num_queries, name):
    with django_assert_num_queries(QUERIES[name]):
        visitor.get(f"/ky/delegation/{pages(land)[name]}")


def test_the_catalogue_says_who_performs_what_and_what_waits_to_be_entered(read, table, land):
    found = {row["name"]: row for row in table()["rows"]}
    taxes = found[COLLECTION]
    statute = table(key="statute")["rows"]

    assert (taxes["transfers"], taxes["in_fact"]) == (1, 0)
    assert [row["in_fact"] for row in found.values() if row["in_fact"]] == [1]
    assert len(statute) == 19
    assert sum(row["power"] == "not entered yet" for row in statute) + sum(
        row["power"] in found for row in statute
    ) == len(statute)
    assert [row["name"] for row in table(q="налогов")["rows"]] == [COLLECTION]
    assert table(group="cultural_moral")["rows"] == []
    read(status=400, group="other")


def test_a_power_shows_its_items_its_municipalities_and_its_money(read, table, land):
    address = f"powers/{land.taxes.power_id}/"
    page = read(address)
    (row,) = table(address)["rows"]
    (money,) = table(address, "money")["rows"]

    assert "№ 16" in page
    assert len(page.split('id="items"')[1].split("</ol>")[0].split("<li>")) - 1 == len(
        set(land.taxes.power.items.values_list("name_ru", flat=True))
    )
    assert (row["unit"], row["yearly"]) == ("г. Токмок", 1200.0)
    assert (money["need"], money["received"], money["gap"]) == (800.0, 482.0, 318.0)
    assert table(address, at="2021-03-31")["rows"] == []
    assert table(f"powers/{land.land.power_id}/", "overlaps")["rows"]


def test_the_gap_adds_up_in_every_direction_and_in_every_file(visitor, table, land):
    ways = ("power", "oblast", "district", "unit", "quarter")
    totals = {way: table("gap/", year=2024, by=way) for way in ways}
    kinds = ("transfers", "need", "planned", "received", "spent", "plan_gap", "execution_gap", "gap")

    assert len({json.dumps(found["total"], sort_keys=True) for found in totals.values()}) == 1
    for found in totals.values():
        for kind in kinds[1:]:
            added = sum(float(row[kind]) for row in found["rows"])
            assert added == pytest.approx(found["total"][kind])
    total = totals["power"]["total"]
    assert total["gap"] == pytest.approx(total["plan_gap"] + total["execution_gap"])
    assert (total["need"], total["planned"], total["received"]) == (839.0, 620.0, 482.0)

    answer = visitor.get("/ru/delegation/gap/", {"year": 2024, "by": "oblast", "format": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[-1].split(";")[1] == "839,00"
    answer = visitor.get("/ru/delegation/gap/", {"year": 2024, "by": "oblast", "format": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [cell.value for cell in sheet[sheet.max_row]][1] == 839
    assert "839,0" in visitor.get("/ru/delegation/gap/", {"year": 2024}).content.decode()


def test_the_gap_leads_down_step_by_step_to_the_transfer(read, land):
    power, oblast = land.taxes.power_id, land.one.pk
    steps = (
        ({"year": 2024}, f"?year=2024&amp;power={power}&amp;by=oblast"),
        ({"year": 2024, "power": power, "by": "oblast"}, f"oblast={oblast}"),
        ({"year": 2024, "power": power, "by": "unit", "oblast": oblast}, f"transfers/{land.taxes.pk}/"),
        ({"year": 2024, "by": "unit"}, f"unit={land.town.pk}"),
    )
    for parameters, link in steps:
        assert link in read("gap/", **parameters)


def test_an_unreported_figure_is_counted_and_never_looks_like_a_zero(read, table, land):
    rows = {row["name"]: row for row in table("gap/", year=2024, by="unit")["rows"]}
    quarter = table(f"transfers/{land.land.pk}/", "quarters")["rows"]

    assert rows["Көк"]["unreported"] > 0
    assert [(row["planned"], row["received"], row["gap"]) for row in quarter if row["need"] == 30.0] == [
        (20.0, None, None)
    ]


def test_the_matrix_has_a_cell_for_each_power_and_place(read, table, land):
    page = read("matrix/", year=2024)
    rows = table("matrix/", year=2024)
    within = table("matrix/", year=2024, district=land.home.pk)["rows"]

    assert page.count('class="chart heat-map"') == 1
    assert rows["total"]["need"] == table("gap/", year=2024)["total"]["need"]
    (taxes,) = [row for row in rows["rows"] if row["power"] == COLLECTION]
    assert (taxes["place"], taxes["need"], taxes["gap"], taxes["unreported"]) == (
        "Чүй",
        800.0,
        318.0,
        0,
    )
    assert round(taxes["covered"], 2) == 60.25
    assert ">60%</text>" in page
    assert {row["place"] for row in within} >= {"Көк"}


def test_who_works_without_agreement_or_money_is_named(read, table, land):
    rows = table("without/", at="2025-03-01")["rows"]
    found = {(row["unit"], row["what"]) for row in rows}
    stranger = "Жалпак"

    assert (stranger, "no agreement") in found
    assert (stranger, "no money") in found
    assert ("г. Токмок", "no money") not in found
    assert {row["what"] for row in table("without/", at="2025-03-01", what="no_agreement")["rows"]} == {
        "no agreement"
    }
    assert table("without/", at="2021-03-31")["rows"] == []
    read("without/", status=400, what="love")


def test_a_power_nobody_uses_and_one_that_both_perform_are_listed(table, land):
    def unused(day):
        return {row["power"] for row in table("unused/", "unused", at=day)["rows"]}

    (both,) = table("unused/", "both")["rows"]

    assert COLLECTION in unused("2021-03-31") - unused("2024-01-01")
    assert (both["what"], both["municipalities"]) == ("Каттоо (ру)", 1)


def test_the_successions_stand_with_their_deadline_and_what_was_decided(read, table, land):
    before = table("successions/", at="2024-10-01")["rows"]
    late = table("successions/", overdue="1")["rows"]
    listed = table(f"of/{land.new.pk}/", "successions")["rows"]
    services.end_for_good(
        succession=land.listed[0], on=dt.date(2024, 11, 1), order_number="7", reason="Аткарылбайт"
    )
    after = table("successions/", outcome="ended")["rows"]

    assert {row["outcome"] for row in before} == {"undecided"}
    assert len(before) == len(late) == len(listed) == 2
    assert table("successions/", at="2024-08-31")["rows"] == []
    assert [(row["decided_on"], row["outcome"]) for row in after] == [("2024-11-01", "ended")]
    assert "Аткарылбайт" in read(f"transfers/{land.listed[0].transfer_id}/")


def test_a_transfer_shows_principles_means_money_and_agreement(read, visitor, land):
    page = read(f"transfers/{land.taxes.pk}/")

    assert page.count("<td>yes</td>") == 9
    assert "1,200.0" in page
    for language in ("ky", "ru"):
        for kind, start in (("docx", b"PK"), ("pdf", b"%PDF")):
            answer = visitor.get(f"/ru/delegation/transfers/{land.taxes.pk}/agreement.{language}.{kind}")
            assert answer.status_code == 200
            assert answer.content.startswith(start)
            assert f"-{language}.{kind}" in answer["Content-Disposition"]


def test_a_draft_is_read_by_its_municipality_its_district_and_the_ministry_alone(land):
    address = f"/ru/delegation/transfers/{land.draft.pk}/"
    files = f"{address}agreement.ru.docx"
    for client, status in (
        (Client(), 404),
        (signed_in(RoleKind.STAFF, land.far), 404),
        (signed_in(RoleKind.VIEWER), 404),
        (signed_in(RoleKind.STAFF, land.own), 200),
        (signed_in(RoleKind.DISTRICT, land.home), 200),
        (signed_in(RoleKind.ANALYST), 200),
    ):
        assert client.get(address).status_code == status
        assert client.get(files).status_code == status
        shown = client.get(f"/ru/delegation/of/{land.own.pk}/").content.decode()
        assert (f"/ru/delegation/transfers/{land.draft.pk}/" in shown) is (status == 200)
        everywhere = client.get("/ru/delegation/transfers/?size=100").content.decode()
        assert (f"/ru/delegation/transfers/{land.draft.pk}/" in everywhere) is (status == 200)


def test_a_draft_turns_public_when_it_is_agreed(visitor, land):
    services.agree(transfer=provided(answered(land.draft)), agreement_number="9", signed_on=SIGNED)

    assert visitor.get(f"/ru/delegation/transfers/{land.draft.pk}/").status_code == 200


def test_the_disputes_and_requests_of_a_day_are_listed(read, table, land):
    (dispute,) = table("disputes/")["rows"]
    (request,) = table("disputes/", "requests")["rows"]

    assert (dispute["number"], dispute["unit"], dispute["opened_on"]) == ("1", "Көк", "2024-03-01")
    assert (request["about"], request["missing"]) == (
        "Premises for pre-school, school and vocational institutions",
        9.0,
    )
    assert table("disputes/", at="2024-02-01")["rows"] == []
    assert table("disputes/", "requests", at="2024-06-30")["rows"] == []
    page = read(f"disputes/{land.dispute.pk}/")
    assert "Уккулду" in page
    assert f"/en/delegation/of/{land.own.pk}/" in page


def test_a_municipality_lists_its_powers_disputes_and_inheritance(read, table, land):
    address = f"of/{land.own.pk}/"

    assert [row["status"] for row in table(address)["rows"]] == ["in force"]
    assert [row["number"] for row in table(address, "disputes")["rows"]] == ["1"]
    assert [row["agreed"] for row in table(f"of/{land.far.pk}/", "practices")["rows"]] == ["none"]
    assert [row["status"] for row in table(f"of/{land.ended[0].pk}/")["rows"]] == ["ended"]
    read(f"of/{land.home.pk}/", status=404)


def test_the_page_of_a_municipality_shows_powers_and_gap(visitor, land):
    town = visitor.get(f"/ru/units/{land.town.pk}/").content.decode()
    new = visitor.get(f"/en/units/{land.new.pk}/").content.decode()
    gap = json.loads(
        visitor.get("/ru/delegation/gap/", {"unit": land.town.pk, "year": 2024, "format": "json"}).content
    )["total"]

    assert f"/ru/delegation/transfers/{land.taxes.pk}/" in town
    assert f"/ru/delegation/of/{land.town.pk}/" in town
    assert f"unit={land.town.pk}" in town
    assert gap["gap"] == "318.00"
    assert "318,0" in town
    assert "undecided" in new
    assert (
        "delegation/of/"
        not in visitor.get(f"/ru/units/{land.town.pk}/", {"at": "2021-03-31"}).content.decode()
    )


def test_the_share_of_budgets_says_which_year_it_shows(read, table, land):
    page = read("share/", at="2025-06-01")
    rows = table("share/", at="2025-06-01")

    assert "the latest: 2024" in page
    assert rows["title"].endswith("2024")
    assert [(row["unit"], row["spent"], row["percent"]) for row in rows["rows"] if row["spent"]] == [
        ("г. Токмок", 400.0, None)
    ]


@pytest.mark.parametrize(
    "words", ["сбор местных", "налог сбор", "салык", "налогоплательщ", "местных налагов", "пост"]
)
def test_the_search_finds_powers_by_name_and_item(visitor, land, words):
    page = visitor.get("/ru/search/", {"q": words}).content.decode()

    assert f"/ru/delegation/powers/{land.taxes.power_id}/" in page, words


def test_things_that_are_not_on_file_are_404(read, land):
    for address in ("powers/{}/", "transfers/{}/", "disputes/{}/", "of/{}/", "transfers/{}/agreement.ky.pdf"):
        read(address.format(uuid.uuid4()), status=404)
    read(f"transfers/{land.taxes.pk}/agreement.en.pdf", status=404)


@pytest.mark.parametrize(
    "query", ["?year=1800", "?year=x", "?by=planet", "?unit=1", "?unit={}", "?power={}x", "?oblast=1"]
)
def test_a_choice_nobody_offers_is_refused(read, land, query):
    read("gap/" + query.format(uuid.uuid4()), status=400)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("language", ["ky", "ru"])
def test_every_page_is_accessible_and_as_wide_as_the_window(open_page, language, width):
    land = country()
    wrong = []
    for name, address in pages(land).items():
        page = open_page(f"/{language}/delegation/{address}", width)
        wrong += [(name, finding) for finding in axe_findings(page)] + [
            (name, fault) for fault in page.faults
        ]
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            wrong.append((name, "wider than the window"))
        page.context.close()
    assert wrong == []
