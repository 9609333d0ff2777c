"""Search."""

import pytest

from lsg_portal.pages.queries import search
from reform.tests.scenarios import draft
from registry.services import PartSpec

pytestmark = pytest.mark.django_db


@pytest.fixture
def find(visitor, land):
    def page(words, language="ru", status=200, **parameters):
        answer = visitor.get(f"/{language}/search/", {"q": words, **parameters})
        assert answer.status_code == status
        return answer.content.decode()

    return page


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
@pytest.mark.parametrize("words", ["", "к", "кум", "ничего такого нет"])
def test_search_opens_in_every_language(find, words, language):
    assert "<h1>" in find(words, language)


def test_search_costs_eight_queries(visitor, land, django_assert_num_queries):
    with django_assert_num_queries(8):
        visitor.get("/ru/search/", {"q": "кум"})


@pytest.mark.parametrize("words", ["", " ", "к", "a" * 5000])
def test_too_little_or_too_much_is_not_looked_for(visitor, land, django_assert_num_queries, words):
    with django_assert_num_queries(0):
        assert visitor.get("/ru/search/", {"q": words}).status_code == 200


@pytest.mark.parametrize(
    "words", ["Кум-Дөбө", "кум добо", "КУМ ДӨБӨ айыл аймагы", "кум", "дөбө", "Кум-Дёбинский"]
)
def test_a_unit_is_found_however_it_is_written(find, land, words):
    assert f"/ru/units/{land.kum.pk}/" in find(words)


def test_a_slip_of_the_pen_still_finds(find, land):
    assert f"/ru/units/{land.talaa.pk}/" in find("Ак-Талинскй")


def test_a_former_unit_names_its_last_day_and_its_successor(find, land):
    page = find("Кош-Дөбө")

    assert "30.04.2023" in page
    assert f"/ru/units/{land.new.pk}/" in page


def test_a_unit_of_the_day_comes_before_a_former_one_and_carries_no_mark(find, land):
    page = find("Кош-Дөбө", at="2023-04-30")

    assert "badge-warning" not in page
    assert f"/ru/units/{land.dobo.pk}/?at=2023-04-30" in page


def test_a_code_finds_its_bearer(find, land):
    assert f"/ru/units/{land.kum.pk}/" in find("41704220")


def test_settlements_acts_and_events_are_found(find, land):
    assert "Шамшы" in find("шамшы")
    assert f"/ru/legal-acts/{land.act.pk}/" in find("85")
    assert f"/ru/legal-acts/{land.act.pk}/" in find("№ 85")
    assert f"/ru/legal-acts/{land.act.pk}/" in find("пилоте")
    assert f"/ru/reform/events/{land.event.pk}/" in find("событие")


def test_drafts_are_never_found(find, land):
    hidden = draft("transfer", parts=[PartSpec(land.kum.pk, land.ak.pk, "part", (land.village.pk,))])

    assert str(hidden.pk) not in find("событие")


@pytest.mark.parametrize("words", ["%", "%%", "_", "__", "\\", "'", "('", "[", "😀😀", "..", "№", "--", "٣٣"])
def test_wildcards_and_signs_are_only_characters(visitor, land, words):
    answer = visitor.get("/ru/search/", {"q": words})

    assert answer.status_code in (200, 400)
    assert "Кум-Дёбинский" not in answer.content.decode()


@pytest.mark.parametrize("query", ["q=%00", "q=a%00b", "q=%ED%A0%80", "q=%FF%FE"])
def test_what_no_name_can_hold_is_refused_or_finds_nothing(visitor, land, query):
    assert visitor.get(f"/ru/search/?{query}").status_code in (200, 400)


def test_candidates_are_capped_before_ranking(land, monkeypatch):
    monkeypatch.setattr(search, "CANDIDATES", 1)

    assert len(search.units(search.Words("ак"), land.day)) == 1
