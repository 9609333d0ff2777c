"""The public pages of the councils as they are drawn."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_the_whole_menu_of_the_councils_is_seen(open_page, language):
    page = open_page(f"/{language}/councils/", 1280)
    menu = page.locator("main .site-nav ul")

    assert menu.locator("li").count() == 5
    assert menu.evaluate("menu => menu.scrollWidth <= menu.clientWidth")
