import datetime as dt
import re
import xml.etree.ElementTree as ElementTree

import pytest
from django.utils import translation

from lsg_portal.web import charts, display
from lsg_portal.web.charts import scale, svg

from . import trial

MAY_1 = dt.date(2023, 5, 1)
DRAWINGS = [trial.tile_map, trial.lineage, trial.bars, trial.lines, trial.heat]


@pytest.fixture(params=DRAWINGS, ids=lambda draw: draw.__name__)
def drawing(request):
    with translation.override("en"):
        return request.param()


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_a_drawing_is_well_formed_and_needs_no_exception_of_the_policy(drawing):
    ElementTree.fromstring(drawing)
    assert " style=" not in drawing
    assert "<script" not in drawing


def test_a_drawing_says_what_it_shows(drawing):
    root = ElementTree.fromstring(drawing)
    spoken = root.attrib["aria-labelledby"].split()
    found = {element.attrib.get("id"): element.text for element in root}
    assert all(found[key] for key in spoken)
    assert root.attrib["role"] == ("group" if "<a " in drawing else "img")


def test_no_two_drawings_share_an_id():
    ids = re.findall(r' id="(chart-[^"]+)"', trial.bars() + trial.bars() + trial.lines())
    assert len(ids) == len(set(ids))


def test_names_in_a_drawing_are_escaped():
    drawn = charts.bar_chart([charts.Bar("<b>&", (1,))], series=["x"], title="<i>")
    ElementTree.fromstring(drawn)
    assert "<b>" not in drawn


def test_letters_stand_out_on_every_shade():
    for shade, ink in scale.INK_ON.items():
        light, dark = sorted((luminance(shade), luminance(ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, shade


def test_a_tile_without_a_value_is_hatched_and_says_so():
    with translation.override("en"):
        drawn = charts.tile_map([charts.Tile(0, 0, "Талас", None), charts.Tile(1, 0, "Манас", 0)], title="t")
    assert "<title>Талас: not reported</title>" in drawn
    assert "<title>Манас: 0</title>" in drawn
    assert drawn.count("url(#no-data)") == 2


def test_a_heat_map_leaves_blank_what_does_not_exist_and_hatches_what_nobody_reported():
    with translation.override("en"):
        drawn = trial.heat()

    assert len(re.findall(r"<rect[^>]+rx=", drawn)) == 4
    assert drawn.count(svg.HATCHED) == 1
    assert "<title>Мектептердин имараттары, Чүй облусу: not reported</title>" in drawn
    assert "<title>Айыл чарба жерлери, Ош облусу: 0 %</title>" in drawn
    assert 'href="#land-chuy"' in drawn


def test_a_heat_map_of_nothing_is_still_drawn():
    ElementTree.fromstring(charts.heat_map([], [], {}, title="t"))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_each_bar_of_a_group_has_a_colour_of_its_own_that_the_key_names(count):
    series = [f"s{number}" for number in range(count)]
    drawn = charts.bar_chart([charts.Bar("x", tuple(range(1, count + 1)))], series=series, title="t")
    colours = re.findall(r'<rect[^>]+height="16"[^>]+fill="(#\w+)"', drawn)

    assert len(set(colours)) == count
    assert re.findall(r'<rect[^>]+height="14"[^>]+fill="(#\w+)"', drawn) == (colours if count > 1 else [])


def test_a_long_name_beside_bars_is_broken_and_can_be_read_whole():
    name = "Дополнительное финансирование учащихся с особыми потребностями"
    drawn = charts.bar_chart([charts.Bar(name, (3, 2, 1))], series=("a", "b", "c"), title="t")

    assert f"<title>{name}</title>" in drawn
    assert 1 < len(re.findall(r'text-anchor="end"', drawn)) <= 3


def test_shares_are_written_as_shares():
    tiles = [charts.Tile(0, 0, "Нарын", 57.14)]
    assert "57,14" in charts.tile_map(tiles, title="t", write=lambda value: display.percent(value, 2))


def test_classes_hold_about_as_many_values_each():
    found = scale.classes(range(1, 101))
    assert found.bounds == (20, 40, 60, 80)
    assert (found.shade(20), found.shade(21), found.shade(100)) == (
        scale.SHADES[0],
        scale.SHADES[1],
        scale.SHADES[4],
    )


@pytest.mark.parametrize("values", [[], [5], [5, 5, 5], [0, 1]])
def test_few_values_make_few_classes(values):
    found = scale.classes(values)
    assert len(found.ranges()) <= max(1, len(set(values)))


def test_axis_steps_are_round_and_span_the_values():
    assert scale.ticks(0, 873) == [0, 200, 400, 600, 800, 1000]
    assert scale.ticks(0, 0)[0] == 0
    steps = scale.ticks(-3.2, 4.1)
    assert steps[0] <= -3.2
    assert steps[-1] >= 4.1


def test_no_line_crosses_a_gap_or_a_change_of_territory():
    points = [charts.Point(dt.date(2022, month, 1), None if month == 3 else month) for month in range(1, 8)]
    drawn = charts.line_chart(
        [charts.Line("x", tuple(points))], title="t", breaks=[charts.Break(dt.date(2022, 6, 1), "merger")]
    )
    path = re.search(r'd="(M[^"]+)" stroke="#0b5563" fill="none"', drawn)[1]
    assert (path.count("M"), path.count("L")) == (3, 3)


def test_two_years_are_not_written_over_one_another():
    """A line that begins on the last day of a year names the next one."""
    days = (dt.date(2024, 12, 31), dt.date(2025, 6, 30), dt.date(2026, 6, 30))
    drawn = charts.line_chart([charts.Line("x", tuple(charts.Point(day, 1) for day in days))], title="t")
    assert re.findall(r">(20\d\d)</text>", drawn) == ["2025", "2026"]


def test_a_series_nobody_reported_is_drawn_as_nothing():
    ElementTree.fromstring(charts.line_chart([charts.Line("x", (charts.Point(MAY_1, None),))], title="t"))
    ElementTree.fromstring(charts.line_chart([], title="t"))
    ElementTree.fromstring(charts.tile_map([], title="t"))
    ElementTree.fromstring(charts.lineage_diagram([], [], title="t"))


def place(drawn, name):
    box = re.search(rf'<title>{name}</title><rect x="([\d.]+)" y="([\d.]+)"', drawn)
    return float(box[1]), float(box[2])


def node(key):
    return charts.LineageNode(key, key)


def test_successors_stand_right_of_all_they_came_from():
    edges = [charts.LineageEdge(a, b, MAY_1, True) for a, b in ("AC", "BC", "CD", "AD")]
    drawn = charts.lineage_diagram([node(key) for key in "DCBA"], edges, title="t")
    assert place(drawn, "A")[0] == place(drawn, "B")[0] < place(drawn, "C")[0] < place(drawn, "D")[0]
    assert place(drawn, "A")[1] != place(drawn, "B")[1]


def test_parts_are_dashed_and_named_and_wholes_are_solid():
    with translation.override("en"):
        drawn = charts.lineage_diagram(
            [node("A"), node("B"), node("C")],
            [
                charts.LineageEdge("A", "B", MAY_1, True),
                charts.LineageEdge("A", "C", MAY_1, False, "Шак-Шак"),
            ],
            title="t",
        )
    assert drawn.count("stroke-dasharray") == 1
    assert "01.05.2023 · Шак-Шак" in drawn
    assert "A → B, 1 May 2023, whole; A → C, 1 May 2023, Шак-Шак" in drawn


def test_a_village_that_came_back_does_not_turn_the_diagram_round():
    later = dt.date(2025, 1, 1)
    edges = [charts.LineageEdge("A", "B", MAY_1, False), charts.LineageEdge("B", "A", later, False)]
    drawn = charts.lineage_diagram([node("A"), node("B")], edges, title="t")
    assert place(drawn, "A")[0] < place(drawn, "B")[0]


def test_an_edge_to_a_unit_that_is_not_shown_is_left_out():
    drawn = charts.lineage_diagram([node("A")], [charts.LineageEdge("A", "Z", MAY_1, True)], title="t")
    assert "<path" not in drawn


def test_long_names_are_broken_or_shortened():
    assert svg.wrap("Суймөнкул Чокморов айыл аймагы", 180, 14) == ["Суймөнкул Чокморов", "айыл аймагы"]
    assert svg.fit("Суймөнкул", 30, 14).endswith("…")


@pytest.mark.parametrize("name", ["Ш" * 300, "Джаны-Джерский айылный аймак", "Жумгал " * 60])
def test_no_name_runs_over_its_box_and_the_whole_name_can_be_read(name):
    drawn = charts.lineage_diagram([charts.LineageNode("A", name, "Ш" * 300)], [], title="t")

    lines = re.findall(r"<text[^>]*font-size=\"(\d+)\"[^>]*>([^<]*)</text>", drawn)
    assert all(svg.text_width(line, int(size)) <= 180 for size, line in lines)
    assert f"<title>{name}." in drawn
