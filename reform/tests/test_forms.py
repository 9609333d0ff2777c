"""The drafting form without a browser: its rows, what it judges, what it amounts to."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils import translation

from reform import drafting, offers, page_queries
from reform.api.bodies import draft_of
from reform.drafting import DraftForm
from reform.forms import AnnulForm, ShareForm
from reform.tests.scenarios import EVE, draft, programme
from registry.services import PartSpec, ShareSpec, UnitSpec
from registry.tests.factories import LegalActFactory, aimak, city, district, oblast
from registry.tests.factories import place as settlement

DAY = EVE + dt.timedelta(days=1)


def data(**values):
    made = QueryDict(mutable=True)
    for key, value in values.items():
        made.setlist(key.replace("__", "-"), value if isinstance(value, list) else [str(value)])
    return made


@pytest.fixture
def land(db):
    where = district(oblast("Облус"), "Район")
    return where, [aimak(where, name, villages=[f"{name} 1", f"{name} 2"]) for name in ("А", "Б", "В")]


@pytest.fixture
def merger(land):
    """What is sent for a merger of two aimaks, complete."""
    where, (a, b, _c) = land
    sent = drafting.first_data(
        data(programme=programme().pk, kind="merge", effective_on="01.05.2023", area=[str(where.pk)])
    )
    sent.setlist("ends", [str(a.pk), str(b.pk)])
    sent["title_ky"] = "Бириктирүү"
    sent["begins-0-name_ky"], sent["begins-0-kind"] = "АБ", "ayil_aimak"
    drafting.act(sent, "fill-parts")
    return sent


def form(sent, judged=True):
    return DraftForm(sent, offers.offer(sent, DAY), judged=judged)


def judged(sent):
    made = form(sent)
    assert not made.is_valid()
    return {(target, message) for target, _label, message in made.problems()}


def test_a_merger_becomes_the_draft_it_describes(merger, land):
    where, (a, b, _c) = land
    made = form(merger)

    assert made.is_valid(), made.problems()
    content = made.content()
    new = uuid.UUID(merger["begins-0-ref"])
    assert content.effective_on == DAY
    assert [(line.unit_id, line.role) for line in content.units] == [
        (a.pk, "ends"),
        (b.pk, "ends"),
        (new, "begins"),
    ]
    assert content.units[2].parent_id == where.pk
    assert content.parts == (PartSpec(a.pk, new, "whole"), PartSpec(b.pk, new, "whole"))


def test_the_only_district_is_proposed_as_parent_of_what_begins(merger, land):
    assert merger["begins-0-parent"] == str(land[0].pk)


def test_rows_are_added_and_taken_out_without_moving_others():
    sent = data()
    for _number in range(3):
        drafting.act(sent, "add-alters")
    sent["alters-2-name_ky"] = "үчүнчү"
    drafting.act(sent, "remove-alters-1")

    assert drafting.row_keys(sent, "alters") == ["0", "2"]
    assert sent["alters-2-name_ky"] == "үчүнчү"
    assert drafting.add_row(sent, "alters") == "3"


def test_shares_are_rows_of_their_part():
    sent = data()
    drafting.act(sent, "add-parts")
    drafting.act(sent, "add-shares-0")
    drafting.act(sent, "add-shares-0")
    drafting.act(sent, "remove-shares-0-0")

    assert drafting.row_keys(sent, "parts-0-shares") == ["1"]


@pytest.mark.parametrize(
    "action", ["", "drop-table", "add-", "add-ends", "remove-", "remove-ends-1", "add-shares-", "x" * 999]
)
def test_an_unknown_button_changes_nothing(action):
    sent = data(**{"begins-rows": "0", "begins-0-name_ky": "А"})
    before = {name: sent.getlist(name) for name in sent}
    drafting.act(sent, action)

    assert {name: sent.getlist(name) for name in sent if name in before} == before


@pytest.mark.parametrize("text", ["a,b", "1" * 9, "-1", "٣", ",".join(map(str, range(500)))])
def test_row_numbers_that_nobody_wrote_are_left_out(text):
    assert len(drafting.row_keys(data(**{"parts-rows": text}), "parts")) <= drafting.MOST_ROWS


def test_filling_in_keeps_the_parts_that_are_there(merger, land):
    _where, (_a, _b, c) = land
    merger.appendlist("ends", str(c.pk))
    drafting.act(merger, "fill-parts")

    assert [merger[f"parts-{key}-source"] for key in drafting.row_keys(merger, "parts")] == merger.getlist(
        "ends"
    )


def test_an_empty_form_asks_for_everything_by_field(land):
    sent = data(**{"begins-rows": "0", "alters-rows": "0", "parts-rows": "0", "parts-0-shares-rows": "0"})
    sent["begins-0-ref"] = str(uuid.uuid4())
    targets = {target for target, _message in judged(sent)}

    assert {"id_programme", "id_kind", "id_effective_on", "area", "id_title_ky"} <= targets
    assert {"id_begins-0-name_ky", "id_begins-0-kind", "id_alters-0-unit", "id_parts-0-source"} <= targets
    assert {
        "id_parts-0-shares-0-measure",
        "id_parts-0-shares-0-percent",
        "id_parts-0-shares-0-basis",
    } <= targets


def test_problems_say_which_row_they_are_about(merger):
    merger["begins-0-kind"] = ""
    with translation.override("en"):
        made = form(merger)
        made.is_valid()

        assert [label for _target, label, _message in made.problems()] == ["New unit 1, Kind of unit"]


def test_a_form_not_judged_shows_no_error_and_what_was_typed(merger):
    merger["effective_on"], merger["begins-0-kind"] = "кечээ", ""
    made = form(merger, judged=False)

    assert made.problems() == []
    assert "кечээ" in str(made.start["effective_on"])
    assert "АБ" in str(made.begins[0].form["name_ky"])


def test_a_unit_or_part_named_twice_is_refused(merger, land):
    _where, (a, _b, _c) = land
    drafting.act(merger, "add-alters")
    merger["alters-0-unit"] = str(a.pk)
    drafting.act(merger, "add-parts")
    merger["parts-2-source"], merger["parts-2-target"] = str(a.pk), merger["begins-0-ref"]

    assert {target for target, _message in judged(merger)} == {"id_alters-0-unit", "id_parts-2-target"}


def test_a_unit_cannot_give_to_itself(merger, land):
    merger["parts-0-target"] = merger["parts-0-source"]

    assert {target for target, _message in judged(merger)} == {"id_parts-0-target"}


def test_what_was_not_offered_is_refused(merger):
    merger.setlist("ends", [str(uuid.uuid4())])
    merger["begins-0-centre"] = str(uuid.uuid4())

    assert {"ends", "id_begins-0-centre"} <= {target for target, _message in judged(merger)}


def test_settlements_are_offered_of_the_unit_that_gives(merger, land):
    choices = form(merger, judged=False).parts[0].form.fields["settlements"].choices

    assert [label for _value, label in choices] == ["А 1", "А 2"]


def test_units_of_other_districts_stay_on_offer_once_chosen(merger):
    other = aimak(district(oblast("Башка"), "Башка район"), "Алыс", villages=["а"])
    merger.appendlist("ends", str(other.pk))

    assert any(
        value == str(other.pk) for _group, options in form(merger).offer.units for value, _label in options
    )


def test_a_unit_that_is_not_there_on_the_eve_stays_on_offer_once_chosen(merger, land):
    late = aimak(land[0], "Кийинки", villages=[], valid=(dt.date(2024, 1, 1), None))
    merger.appendlist("ends", str(late.pk))

    assert [options for group, options in form(merger).offer.units][-1][0][0] == str(late.pk)


def test_a_stored_draft_comes_back_as_it_was_saved(land):
    where, (a, b, _c) = land
    town = city(where, "Шаарча")
    village = settlement(a, "Көчкөн")
    new = uuid.uuid4()
    event = draft(
        "reorganise",
        units=[
            UnitSpec(b.pk, "ends"),
            UnitSpec(new, "begins", kind="ayil_aimak", name_ky="Жаңы", name_ru="Новый", parent_id=where.pk),
            UnitSpec(town.pk, "alters", name_ky="Чоң шаар", code_system="soate", code="417"),
        ],
        parts=[
            PartSpec(b.pk, new, "whole"),
            PartSpec(
                a.pk, town.pk, "part", (village.pk,), (ShareSpec("population", Decimal("0.125"), "каттоо"),)
            ),
        ],
        act_ids=(LegalActFactory().pk,),
    )
    lines, parts = page_queries.lines(event), page_queries.parts(event)
    sent = drafting.data_of(event, lines, parts, [act.pk for act in page_queries.acts(event)])
    sent.setlist("area", offers.home_areas([a.pk, b.pk, town.pk], EVE))
    made = form(sent)

    assert made.is_valid(), made.problems()
    again, stored = made.content(), draft_of(event)
    assert set(again.parts) == set(stored.parts)
    assert {line.unit_id: line for line in again.units} == {line.unit_id: line for line in stored.units}
    assert again.act_ids == stored.act_ids
    assert again.titles == stored.titles


@pytest.mark.parametrize(("typed", "share"), [("12,5", "12.5"), ("100", "100"), ("0,00000001", "0.00000001")])
def test_a_share_is_typed_in_percent(typed, share):
    made = ShareForm({"measure": "population", "percent": typed, "basis": "каттоо"})

    assert made.is_valid()
    assert made.cleaned_data["percent"] == Decimal(share)


@pytest.mark.parametrize("typed", ["0", "-1", "100,01", "жарымы", "1.234,5"])
def test_a_share_out_of_bounds_is_refused(typed):
    assert not ShareForm({"measure": "population", "percent": typed, "basis": "каттоо"}).is_valid()


def test_a_measure_the_form_has_no_word_for_is_kept():
    assert ShareForm({"measure": "schools", "percent": "5", "basis": "тизме"}).is_valid()
    assert not ShareForm({"measure": "<b>", "percent": "5", "basis": "тизме"}).is_valid()


def test_a_reason_of_spaces_is_no_reason():
    assert not AnnulForm({"version": "1", "reason": "   "}).is_valid()


@pytest.mark.parametrize("title", ["а" * 301, "а\x00б"])
def test_a_title_that_was_refused_is_not_missing_as_well(merger, title):
    merger["title_ky"] = merger["begins-0-name_ky"] = title
    with translation.override("en"):
        found = judged(merger)

    assert {target for target, _message in found} == {"id_title_ky", "id_begins-0-name_ky"}
    assert not any("Kyrgyz or Russian" in message for _target, message in found)


def test_a_choice_that_is_not_offered_is_not_repeated(merger):
    unknown = str(uuid.uuid4())
    merger["programme"] = merger["parts-0-source"] = unknown
    merger.setlist("ends", [unknown])
    with translation.override("en"):
        found = judged(merger)

    assert ("id_programme", "Choose one of those offered.") in found
    assert not any(unknown in message for _target, message in found)
