"""The shell in a real Chromium: accessible, within its host, usable without scripts."""

import pytest

from .browser import axe_findings, faults_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ["/", "/?at=2024-09-06&kind=city&sort=-after", "/form/", "/upload/", "/accounts/login/", "/nothing/"]


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_axe_finds_nothing_and_nothing_leaves_the_host(open_page, live_server, language):
    page = open_page(f"/{language}/")
    for path in PAGES:
        page.goto(f"{live_server.url}/{language}{path}")
        page.faults[:] = [fault for fault in page.faults if "404" not in fault]
        assert (path, faults_of(page)) == (path, [])


def test_a_click_sorts_only_the_table_and_the_address_follows(open_page):
    page = open_page("/ky/")
    page.evaluate("window.marker = 1")
    page.get_by_role("link", name="Реформадан кийин").click()
    page.wait_for_selector("[aria-sort=descending]")
    assert page.url.endswith("/ky/?sort=-after")
    assert page.evaluate("window.marker") == 1
    assert page.evaluate("document.activeElement.id") == "table-main-after"
    assert page.faults == []


def test_filtering_again_replaces_the_filter_in_the_address(open_page):
    page = open_page("/ky/?at=2024-09-06&sort=-after")
    for kind in ("city", "district"):
        page.select_option("#filter-kind", kind)
        page.locator(".filters button").click()
        page.wait_for_url(f"**kind={kind}**")
    assert page.url.count("kind=") == 1
    assert "at=2024-09-06" in page.url
    assert "sort=-after" in page.url


def test_tables_filter_and_sort_without_scripts(open_page):
    page = open_page("/ky/", javascript=False)
    page.select_option("#filter-kind", "city")
    page.locator(".filters button").click()
    page.get_by_role("link", name="Реформага чейин").click()
    assert "kind=city" in page.url
    assert "sort=-before" in page.url
    assert page.locator("tbody tr").count() == 18


def test_the_date_bar_works_without_scripts_and_keeps_the_filters(open_page):
    page = open_page("/ky/?kind=city", javascript=False)
    page.fill("#page-day", "2024-09-06")
    page.locator(".date-bar button").click()
    assert "kind=city" in page.url
    assert "at=2024-09-06" in page.url
    assert page.locator(".date-bar.is-past").count() == 1


def test_the_date_bar_of_another_day_shows_the_whole_day_on_a_phone(open_page):
    page = open_page("/ky/?at=2024-09-06", 360)
    assert page.locator("#page-day").bounding_box()["width"] >= 140


def test_the_bars_of_a_chart_fit_on_a_phone_with_their_values(open_page):
    page = open_page("/ky/", 360)
    region = page.locator(".chart-scroll:has(.bar-chart)")
    assert region.evaluate("region => region.scrollWidth <= region.clientWidth")


def test_a_file_is_chosen_by_keyboard_without_scripts_and_named(open_page, tmp_path):
    page = open_page("/ky/upload/", javascript=False)
    control, none = page.locator("input[type=file]"), page.locator(".file-none")
    assert none.is_visible()
    control.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert _outline(page.locator(".file-choice .button")) == "solid"
    with page.expect_file_chooser() as opened:
        page.keyboard.press("Space")
    (tmp_path / "tizme.csv").write_text("code")
    opened.value.set_files(tmp_path / "tizme.csv")
    assert not none.is_visible()
    assert control.input_value().endswith("tizme.csv")
    with page.expect_file_chooser():
        page.locator(".file-choice .button").click()


def _outline(element):
    return element.evaluate("element => getComputedStyle(element).outlineStyle")


def test_the_keyboard_reaches_the_content_first(open_page):
    page = open_page("/ky/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_escape_closes_a_menu_and_gives_the_focus_back(open_page):
    page = open_page("/ky/")
    summary = page.locator(".table-tools summary")
    summary.click()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert not page.locator(".table-tools details").evaluate("menu => menu.open")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_after_an_error_the_reader_starts_at_the_summary(open_page):
    page = open_page("/ky/form/")
    page.locator("main button[type=submit]").click()
    page.wait_for_selector(".error-summary")
    assert page.evaluate("document.activeElement.classList.contains('error-summary')")
    assert axe_findings(page) == []
    page.locator(".error-summary a").first.click()
    assert page.evaluate("document.activeElement.id") == "id_title"


def test_paper_shows_content_and_citation_but_no_controls(open_page):
    page = open_page("/ky/", media="print")
    assert page.locator(".cite").is_visible()
    assert not page.locator(".filters").is_visible()
    assert not page.locator(".site-nav, .search").first.is_visible()
