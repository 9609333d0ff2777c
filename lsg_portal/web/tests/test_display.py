import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import formats, translation

from lsg_portal.web import collation, display

MAY_1 = dt.date(2023, 5, 1)


@pytest.mark.parametrize(
    ("language", "written"), [("ky", "1 234 567,5"), ("ru", "1 234 567,5"), ("en", "1,234,567.5")]
)
def test_a_number_is_written_as_the_language_writes_it(language, written):
    with translation.override(language):
        assert display.number(Decimal("1234567.5")).replace(display.NBSP, " ") == written


def test_spaces_inside_a_number_do_not_break():
    assert display.number(1234) == "1\u00a0234"


@pytest.mark.parametrize(("exact", "rounded"), [("0.5", "1"), ("2.5", "3"), ("54.545", "55"), ("-0.4", "0")])
def test_numbers_are_rounded_half_up(exact, rounded):
    assert display.number(exact, 0) == rounded


def test_a_figure_nobody_reported_is_never_zero():
    assert display.number(None) == "…"
    assert display.percent(None) == "…"
    assert display.number(0) == "0"


def test_a_negative_number_has_a_minus_sign_and_a_signed_one_a_plus():
    assert display.number(-45) == "\u221245"
    assert display.number(45, signed=True) == "+45"


@pytest.mark.parametrize("value", ["NaN", "Infinity", "unreadable", "254,40.0"])
def test_what_is_no_number_is_shown_as_it_was_reported(value):
    assert display.number(value) == value


def test_a_large_exponent_is_written_out_whole():
    assert display.number(Decimal("1E+3")) == "1\u00a0000"


@pytest.mark.parametrize(("language", "written"), [("ky", "54,55 %"), ("ru", "54,55 %"), ("en", "54.55%")])
def test_a_percentage_keeps_its_sign_beside_it(language, written):
    with translation.override(language):
        assert display.percent("54.55").replace(display.NBSP, " ") == written


@pytest.mark.parametrize(
    ("language", "written"),
    [("ky", "2026-ж. 21-ноябрь"), ("ru", "21 ноября 2026 г."), ("en", "21 November 2026")],
)
def test_a_day_is_written_as_the_language_writes_it(language, written):
    with translation.override(language):
        assert display.day(dt.date(2026, 11, 21)) == written


def test_a_range_is_written_with_its_last_day():
    with translation.override("en"):
        assert display.period(MAY_1, dt.date(2023, 5, 31)) == "1 May 2023 – 30 May 2023"
        assert display.period(MAY_1, None) == "since 1 May 2023"
        assert display.period(None, MAY_1) == "until 30 April 2023"
        assert display.period(MAY_1, dt.date(2023, 5, 2), short=True) == "01.05.2023"


def test_a_name_falls_back_to_the_next_best_language():
    act = {"title_ky": "", "title_ru": "Указ", "title_en": ""}
    assert display.name(act, "title") == "Указ"


def test_names_are_read_from_rows_objects_and_plain_mappings():
    with translation.override("ru"):
        assert display.name({"ky": "Өзгөн", "ru": "Узген"}) == "Узген"
        assert display.name(SimpleNamespace(name_ky="Өзгөн", name_ru="Узген", name_en="")) == "Узген"
        assert display.name(SimpleNamespace(name="Өзгөн")) == "Өзгөн"


def test_kyrgyz_letters_stand_where_the_alphabet_has_them():
    names = [
        "Пригородный",
        "Өзгөн",
        "Ош",
        "Ңарын",
        "Нарын",
        "Үч-Коргон",
        "Уч-Терек",
        "Фрунзе",
        "Ёлка",
        "Жумгал",
        "Е",
    ]
    ordered = sorted(names, key=collation.kyrgyz_key)
    assert ordered == [
        "Е",
        "Ёлка",
        "Жумгал",
        "Нарын",
        "Ңарын",
        "Ош",
        "Өзгөн",
        "Пригородный",
        "Уч-Терек",
        "Үч-Коргон",
        "Фрунзе",
    ]


@pytest.mark.parametrize(("language", "written"), [("ky", "1 234,5"), ("ru", "1 234,5"), ("en", "1,234.5")])
def test_django_writes_numbers_the_same_way(language, written):
    with translation.override(language):
        assert formats.number_format(
            Decimal("1234.5"), use_l10n=True, force_grouping=True
        ) == written.replace(" ", "\u00a0")


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_django_reads_days_as_they_are_typed_here(language):
    with translation.override(language):
        assert formats.get_format("DATE_INPUT_FORMATS") == ["%d.%m.%Y", "%Y-%m-%d"]
        assert formats.get_format("FIRST_DAY_OF_WEEK") == 1
