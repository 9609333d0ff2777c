import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import BadRequest
from django.template import engines
from django.utils import translation

from lsg_portal.web import display
from lsg_portal.web.tables import NUMBER, PERCENT, Column, Filter, Filters, Table

from .trial import table as trial_table

UNITS = [
    {"name": "Үч-Коргон", "people": 300, "share": "9.5"},
    {"name": "Уч-Терек", "people": None, "share": "10.5"},
    {"name": "Өзгөн", "people": 0, "share": None},
    {"name": "Ош", "people": 20, "share": "10.5"},
]
COLUMNS = [
    Column("name", "Name"),
    Column("people", "People", NUMBER),
    Column("share", "Share", PERCENT, shown=False),
]


@pytest.fixture
def units(get):
    def make(query="", rows=UNITS, **options):
        return Table(get(f"/ky/?{query}"), caption="Units", columns=COLUMNS, rows=rows, **options)

    return make


def names(table):
    return [line.cells[0].html for line in table.lines]


def test_without_a_wish_rows_stay_in_the_order_of_the_view(units):
    assert names(units()) == ["Үч-Коргон", "Уч-Терек", "Өзгөн", "Ош"]


def test_names_sort_by_the_kyrgyz_alphabet(units):
    assert names(units("sort=name")) == ["Ош", "Өзгөн", "Уч-Терек", "Үч-Коргон"]


@pytest.mark.parametrize(("sort", "order"), [("people", [0, 20, 300, None]), ("-people", [300, 20, 0, None])])
def test_what_was_not_reported_comes_last_whichever_way(units, sort, order):
    assert [row["people"] for row in units(f"sort={sort}").ordered] == order


def test_percentages_given_as_strings_sort_as_numbers(units):
    assert names(units("sort=-share"))[:3] == ["Уч-Терек", "Ош", "Үч-Коргон"]


def test_the_sorted_column_says_so(units):
    heads = {head.column.key: head for head in units("sort=-people&at=2024-09-06&page=2").headers}
    assert heads["people"].aria_sort == "descending"
    assert heads["people"].sort_url == "?sort=people&at=2024-09-06"
    assert (heads["name"].aria_sort, heads["name"].sort_url) == ("", "?sort=name&at=2024-09-06")


def test_a_first_click_sorts_figures_from_the_largest(units):
    assert units().headers[1].sort_url == "?sort=-people"


@pytest.mark.parametrize(
    "query",
    ["sort=nothing", "sort=--name", "size=7", "size=1000000", "page=0", "page=-1", "page=two", "page=٢", "col=nothing",
     "page=999999999999999999999"],
)  # fmt: skip
def test_a_state_the_table_cannot_have_is_refused(units, query):
    with pytest.raises(BadRequest):
        units(query)


def test_a_page_past_the_end_shows_the_last_one(units):
    table = units("page=9", rows=UNITS * 20)
    assert (table.page, table.pages, len(table.lines)) == (2, 2, 30)


def test_links_to_pages_leave_out_the_far_ones(units):
    table = units("page=10&sort=name", rows=UNITS * 250)
    assert [link and link.value for link in table.page_links] == ["1", None, "9", "10", "11", None, "20"]
    assert table.next_url == "?page=11&sort=name"


def test_not_reported_and_not_applicable_never_look_like_zero(units):
    rows = [
        {"name": "a", "people": None},
        {"name": "b", "people": 0},
        {"name": "c", "people": display.NOT_APPLICABLE},
    ]
    with translation.override("en"):
        gap, zero, impossible = (line.cells[1].html for line in units(rows=rows).lines)
    assert ("not reported" in gap, zero, "not applicable" in impossible) == (True, "0", True)


def test_totals_add_up_all_pages_and_only_what_was_reported(units):
    table = units(rows=UNITS * 40, totals="sum")
    assert table.totals == {"people": 12_800}
    assert [cell.html for cell in table.foot][1] == "12\u00a0800"


def test_a_total_of_nothing_reported_is_not_zero(units):
    assert units(rows=UNITS[1:2], totals="sum").totals == {"people": None}


def test_totals_can_come_from_the_query_that_counts(units):
    table = units("col=people&col=share", totals={"share": "10.17"})
    assert [cell.html for cell in table.foot][2] == "10,17\u00a0%"


def test_the_reader_chooses_columns_but_never_loses_the_first(units):
    assert [column.key for column in units().visible] == ["name", "people"]
    assert [column.key for column in units("col=share").visible] == ["name", "share"]


def test_names_are_escaped(units):
    assert names(units(rows=[{"name": "<b>x</b>", "people": 1}])) == ["&lt;b&gt;x&lt;/b&gt;"]


def test_a_queryset_is_ordered_by_the_database_gaps_last_and_ties_fixed(get):
    column = Column("account", "Account", order=("last_login", "username"))
    table = Table(
        get("/ky/?sort=-account"), caption="", columns=[column], rows=get_user_model().objects.all()
    )
    last_login, username, key = table.ordered.query.order_by
    assert (last_login.expression.name, last_login.descending, last_login.nulls_last) == (
        "last_login",
        True,
        True,
    )
    assert username.expression.name == "username"
    assert key == "pk"


def test_a_queryset_is_never_added_up_row_by_row(get):
    with pytest.raises(TypeError):
        Table(get(), caption="", columns=COLUMNS, rows=get_user_model().objects.all(), totals="sum")


def test_two_tables_of_one_page_keep_their_states_apart(get):
    request = get("/ky/?villages-sort=-people&sort=name")
    villages = Table(request, caption="", columns=COLUMNS, rows=UNITS, key="villages")
    assert (villages.sorted_by.key, villages.descending) == ("people", True)
    assert villages.headers[0].sort_url == "?villages-sort=name&sort=name"
    assert villages.element_id == "table-villages"


def test_each_filter_is_visible_and_removable(get):
    table = trial_table(get("/ky/?kind=city&q=%D0%BE%D1%88&page=2&at=2024-09-06"))
    assert [(item.label, item.value) for item in table.filters.active][1] == ("Аталышы боюнча", "ош")
    assert table.filters.active[0].remove_url == "?q=%D0%BE%D1%88&at=2024-09-06"
    assert table.filters.reset_url == "?at=2024-09-06"


def test_an_empty_filter_is_no_filter(get):
    assert Filters(get("/ky/?kind=&q=").GET, [Filter.text("q", "Words")])["q"] is None


def test_zero_is_a_value_to_filter_by(get):
    assert Filters(get("/ky/?n=0").GET, [Filter.integer("n", "Number")])["n"] == 0


@pytest.mark.parametrize(
    "query",
    [
        "kind=village",
        "kind=city&kind=district",
        "constructed=yes",
        "q=" + "x" * 201,
        "q=%00",
        "n=1e9",
        "d=2024-02-30",
    ],
)
def test_a_filter_that_cannot_be_read_is_refused_rather_than_ignored(get, query):
    known = [
        Filter.choice("kind", "Kind", [("city", "City"), ("district", "District")]),
        Filter.flag("constructed", "Constructed"),
        Filter.text("q", "Words"),
        Filter.integer("n", "Number"),
        Filter.day("d", "Day"),
    ]
    with pytest.raises(BadRequest):
        Filters(get(f"/ky/?{query}").GET, known)


def test_a_hidden_filter_is_sent_on_and_can_be_removed_but_has_no_control(get):
    def shown(query):
        request = get(f"/ky/{query}")
        filters = Filters(request.GET, [Filter("place", "Place", "hidden", str)])
        table = Table(request, caption="t", columns=[Column("name", "Name")], rows=[], filters=filters)
        return engines["django"].from_string("{% table t %}").render({"t": table})

    html = shown("?place=talas")
    assert '<input type="hidden" name="place" value="talas">' in html
    assert "<label" not in html
    assert "Place: <strong>talas</strong>" in html
    assert 'name="place"' not in shown("")


def test_the_table_marks_constructed_rows_and_explains_the_mark(get):
    with translation.override("en"):
        html = engines["django"].from_string("{% table t %}").render({"t": trial_table(get("/ky/?size=50"))})
    assert html.count('class="is-constructed"') == 8
    assert "constructed to match published totals" in html
    assert "aria-sort" not in html


def test_an_empty_table_says_so_and_offers_no_file(get):
    with translation.override("en"):
        html = engines["django"].from_string("{% table t %}").render({"t": trial_table(get("/ky/?q=zzz"))})
    assert "Nothing found." in html
    assert "format=csv" not in html
    assert "<table" not in html


def test_the_trial_page_sorts_and_filters_without_scripts(visitor):
    html = visitor.get("/ky/?sort=-after&kind=city").content.decode()
    assert 'aria-sort="descending"' in html
    assert 'class="chips"' in html
    assert visitor.get("/ky/?sort=nothing").status_code == 400


def test_a_number_stays_on_the_line_of_its_sign_and_exports_stay_plain(units):
    table = units(rows=[{"name": "Округ № 3", "people": 1, "share": None}])

    assert names(table) == ["Округ №\u00a03"]
    assert COLUMNS[0].plain(table.rows[0]) == "Округ № 3"
