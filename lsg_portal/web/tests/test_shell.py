import datetime as dt
from types import SimpleNamespace

import pytest
from django.template import engines
from django.test import Client
from django.utils import translation

from lsg_portal.web import addresses, navigation
from lsg_portal.web.navigation import NavItem
from lsg_portal.web.shell import Citation, Shell

PAST = dt.date(2024, 9, 6)


def render(source, **context):
    return engines["django"].from_string(source).render(context)


def test_another_language_shows_the_same_page_on_the_same_day(get):
    request = get("/ky/reform/units/?at=2024-09-06&kind=city", PAST)
    urls = {link.code: link.url for link in Shell(request).languages}
    assert urls["ru"] == "/ru/reform/units/?at=2024-09-06&kind=city"
    assert urls["en"].startswith("/en/reform/")


def test_an_address_keeps_the_day_only_when_it_is_not_today(get):
    assert addresses.page(get(), "reform") == "/ky/reform/"
    assert addresses.page(get(day=PAST), "reform") == "/ky/reform/?at=2024-09-06"
    assert addresses.page(get(day=PAST), "reform", kind="city") == "/ky/reform/?at=2024-09-06&kind=city"


def test_a_permalink_always_names_its_day(get):
    assert (
        addresses.permalink(get("/ky/?kind=city&format=csv"))
        == "http://testserver/ky/?kind=city&at=2026-11-21"
    )


def test_a_query_changes_what_is_named_and_keeps_the_rest(get):
    parameters = get("/ky/?at=2024-09-06&page=3&kind=a&kind=b").GET
    assert addresses.query(parameters, page=None, sort="-name") == "?at=2024-09-06&kind=a&kind=b&sort=-name"
    assert addresses.query(parameters, kind=["c", "d"]) == "?at=2024-09-06&page=3&kind=c&kind=d"


def test_the_date_bar_carries_filters_on_but_no_page(get):
    assert Shell(get("/ky/?kind=city&page=3&at=2024-09-06", PAST)).kept == [("kind", "city")]


def test_the_date_bar_says_when_the_page_is_not_of_today():
    html = Client().get("/en/?at=2024-09-06").content.decode()
    assert "As of <strong>6 September 2024</strong>, not of today" in html
    assert 'href="/en/?"' in html


def test_the_menu_marks_the_page_by_its_longest_address(get):
    navigation.register(NavItem(2, "reform", "Reform"), NavItem(1, "country", "Country"))
    navigation.register(NavItem(3, "reform-units", "Units"), NavItem(9, "no-such-route", "Nothing"))

    links = navigation.links(get("/ky/reform/units/42/", PAST))

    assert [(link.label, link.current) for link in links] == [
        ("Country", False),
        ("Reform", False),
        ("Units", True),
    ]
    assert links[0].url == "/ky/?at=2024-09-06"


def test_the_front_page_is_current_only_on_itself(get):
    navigation.register(NavItem(1, "country", "Country"))
    assert not navigation.links(get("/ky/day/"))[0].current
    assert navigation.links(get("/ky/"))[0].current


def test_a_citation_names_day_and_data_version(get):
    citation = Citation.of(get(day=PAST), "Узген", {"registry": 12, "reform": 3})
    assert citation.version == "reform-3.registry-12"
    assert (citation.day, citation.retrieved) == (PAST, dt.date(2026, 11, 21))


def test_a_page_shows_its_way_from_the_country(visitor):
    html = visitor.get("/en/form/?at=2024-09-06").content.decode()
    assert '<a href="/en/?at=2024-09-06">Kyrgyz Republic</a>' in html
    assert 'aria-current="page">Окуянын долбоору' in html


def test_the_search_field_keeps_the_day(visitor):
    html = visitor.get("/en/?at=2024-09-06").content.decode()
    form = html[html.index('class="search"') :][:600]
    assert 'action="/en/search/"' in form
    assert 'name="at" value="2024-09-06"' in form


def test_signing_in_leads_back_to_the_page(visitor):
    assert (
        "/en/accounts/login/?next=%2Fen%2F%3Fat%3D2024-09-06"
        in visitor.get("/en/?at=2024-09-06").content.decode()
    )


@pytest.mark.parametrize("path", ["login", "password/reset", "signup"])
def test_account_pages_wear_the_shell(visitor, path):
    html = visitor.get(f"/ru/accounts/{path}/").content.decode()
    assert 'class="site-header"' in html
    assert 'class="narrow"' in html


def test_who_is_signed_in_sees_the_way_out(get):
    user = SimpleNamespace(is_authenticated=True, get_full_name="", get_username="reform <team>")
    template = engines["django"].get_template("shell/_account.html")
    with translation.override("en"):
        html = template.render({"shell": Shell(get("/en/", language="en")), "user": user})
    assert "reform &lt;team&gt;" in html
    assert 'method="post" action="/en/accounts/logout/"' in html


def test_nothing_in_a_page_is_inline_script_or_style(visitor):
    for path in ("/ky/", "/ky/form/", "/ky/accounts/login/", "/ky/nothing/"):
        html = visitor.get(path).content.decode()
        assert "<style" not in html
        assert " style=" not in html
        assert "onclick" not in html
        assert html.count("<script") == html.count("<script src=")


def test_constructed_facts_are_marked_and_documented_ones_are_not():
    assert "badge-constructed" in render('{% provenance "constructed" %}')
    assert render('{% provenance "documented" %}') == ""


def test_filters_write_numbers_days_and_names():
    html = render("{{ n|number }} {{ p|percent:0 }} {{ d|day }} {{ d|short_day }} {{ u|name }}", n=1234, p="54.55",
                  d=PAST, u={"name_ky": "<Өзгөн>"})  # fmt: skip
    assert html == "1\u00a0234 55\u00a0% 2024-ж. 6-сентябрь 06.09.2024 &lt;Өзгөн&gt;"


def test_a_missing_figure_is_read_out_as_such():
    with translation.override("en"):
        assert "not reported" in render("{{ n|number }}", n=None)
