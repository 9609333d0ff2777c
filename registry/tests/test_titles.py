"""Names in full."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.utils import translation

from registry import titles


def named(kind, ky=None, ru=None, en=None):
    return {"kind": kind, "name_ky": ky, "name_ru": ru, "name_en": en}


@pytest.mark.parametrize(
    ("kind", "ky", "ru", "in_kyrgyz", "in_russian"),
    [
        ("oblast", "Нарын", "Нарынская область", "Нарын облусу", "Нарынская область"),
        ("district", "Ак-Талаа", "Ак-Талинский район", "Ак-Талаа району", "Ак-Талинский район"),
        ("city_oblast", "Нарын", "Нарын", "Нарын шаары", "г. Нарын"),
        ("city_republican", "Бишкек", "г. Бишкек", "Бишкек шаары", "г. Бишкек"),
        ("city_district_level", "Өзгөн шаары", "Узген", "Өзгөн шаары", "г. Узген"),
        (
            "ayil_aimak",
            "Молдо Нияз",
            "Молдо-Ниязский айылный аймак",
            "Молдо Нияз айыл аймагы",
            "Молдо-Ниязский айылный аймак",
        ),
        ("city_district", "Ленин", "Ленинский район", "Ленин району", "Ленинский район"),
    ],
)
def test_a_heading_has_the_generic_word(kind, ky, ru, in_kyrgyz, in_russian):
    with translation.override("ky"):
        assert titles.full_name(named(kind, ky, ru)) == in_kyrgyz
    with translation.override("ru"):
        assert titles.full_name(named(kind, ky, ru)) == in_russian


def test_a_name_in_another_language_keeps_the_word_of_its_own():
    with translation.override("ru"):
        assert titles.full_name(named("district", ky="Ак-Талаа")) == "Ак-Талаа району"
    with translation.override("en"):
        assert (
            titles.full_name(named("ayil_aimak", "Терек", "Терекский айылный аймак"))
            == "Терекский айылный аймак"
        )
        assert (
            titles.full_name(named("district", "Ак-Талаа", "Ак-Талинский район", "Ak-Tala"))
            == "Ak-Tala district"
        )


def test_the_kind_may_stand_beside_the_names():
    with translation.override("ky"):
        assert titles.full_name({"ky": "Нарын", "ru": None}, kind="oblast") == "Нарын облусу"
        assert titles.full_name({"name": {"ky": "Нарын"}, "kind": "oblast"}) == "Нарын облусу"
        assert titles.full_name(SimpleNamespace(kind="oblast", name_ky="Нарын", name=None)) == "Нарын облусу"


@pytest.mark.parametrize("nothing", [None, {}, {"kind": "oblast"}])
def test_no_unit_has_no_name(nothing):
    assert titles.full_name(nothing) == ""


def test_a_short_name_has_no_generic_word():
    with translation.override("ru"):
        assert titles.short_name(named("district", "Ак-Талаа", "Ак-Талинский район")) == "Ак-Талинский"


def test_an_act_is_quoted_with_kind_number_and_day():
    act = {"kind": "law", "number": "128", "adopted_on": dt.date(2024, 7, 18)}
    with translation.override("ru"):
        assert titles.act_name(act) == "Закон № 128, 18.07.2024"
        assert titles.act_name({**act, "number": ""}) == "Закон, 18.07.2024"
    assert titles.act_name(None) == ""
