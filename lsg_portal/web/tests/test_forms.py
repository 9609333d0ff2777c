import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.template import engines
from django.test import Client

from lsg_portal.web.forms import DayField, NumberField

from .trial import Draft


@pytest.mark.parametrize(
    "text", ["1 234,5", "1234.5", "1\u00a0234,5", "1\u202f234.5", " 1234,50 ", "+1234,5"]
)
def test_a_number_is_read_however_it_is_typed(text):
    assert NumberField().clean(text) == Decimal("1234.5")


def test_a_minus_sign_of_print_is_a_minus():
    assert NumberField().clean("−45,1") == Decimal("-45.1")


@pytest.mark.parametrize(
    "text", ["1,234.5", "1.234,5", "12a", "1e5", "NaN", "Infinity", "٤٥", "0x10", "1" * 2000, "--1", "."]
)
def test_what_could_be_read_two_ways_is_refused(text):
    with pytest.raises(ValidationError):
        NumberField().clean(text)


def test_a_stored_number_is_shown_as_it_is_typed():
    assert NumberField().prepare_value(Decimal("1234.5")) == "1\u00a0234,5"
    assert NumberField().prepare_value("12a") == "12a"


@pytest.mark.parametrize("text", ["21.11.2026", "2026-11-21", " 21.11.2026 ", "21/11/2026"])
def test_a_day_is_read_however_it_is_typed(text):
    assert DayField().clean(text) == dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    "text", ["31.02.2026", "21.11.26", "11.21.2026", "01.01.1899", "2200-01-01", "tomorrow", "٢١.١١.٢٠٢٦"]
)
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValidationError):
        DayField().clean(text)


@pytest.mark.django_db
def test_the_summary_of_errors_links_to_the_fields():
    html = (
        Client()
        .post("/en/form/", {"title": "", "day": "31.02.2026", "kind": "district", "scope": "whole"})
        .content.decode()
    )

    assert '<a href="#id_title">Аталышы:' in html
    assert '<a href="#id_day">' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_day_error"' in html
    assert 'value="31.02.2026"' in html


@pytest.mark.django_db
def test_a_group_of_choices_is_linked_by_its_first_control():
    html = Client().post("/en/form/", {}).content.decode()
    target = html.split('<a href="#id_scope')[1].split('"')[0]
    assert f'id="id_scope{target}"' in html


def test_errors_of_the_whole_form_stand_in_the_summary():
    form = Draft({})
    form.add_error(None, "Ends before it begins.")
    html = engines["django"].from_string("{% error_summary form %}").render({"form": form})
    assert "<li>Ends before it begins.</li>" in html


def test_a_form_without_errors_has_no_summary():
    assert "error-summary" not in engines["django"].from_string("{% error_summary form %}").render(
        {"form": Draft()}
    )
