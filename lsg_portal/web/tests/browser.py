"""A real Chromium for tests marked ``browser``: the system's own, never a downloaded one.

Where there is none the tests are skipped with the line that installs it; ``LSG_REQUIRE_BROWSER=1`` (CI) makes
that a failure.
"""

import os
import shutil
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL = "no Chromium found; install it with: apt-get install --yes chromium"
AXE = Path(__file__).parent / "vendor" / "axe-core" / "4.14.1" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 360)
"""What every page must fit: the screen on a desk and that of a telephone."""


def executable():
    """Return the path of the system's Chromium, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium():
    """A running Chromium without a window."""
    path = executable()
    if path is None:
        (pytest.fail if os.environ.get("LSG_REQUIRE_BROWSER") == "1" else pytest.skip)(INSTALL)
    from playwright.sync_api import sync_playwright

    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    # Playwright keeps an event loop in this thread, in which Django would refuse the test database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(chromium, live_server):
    """Open an address of the live server in a window of the given width; every fault ends up in ``page.faults``.

    A fault is a message of the browser's console (a refused style or script is one) or a request to
    another host.
    """
    contexts = []

    def open_at(address, width=1280, *, javascript=True, media="screen"):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=javascript
        )
        contexts.append(context)
        page = context.new_page()
        page.emulate_media(media=media)
        page.faults = []
        page.on(
            "console", lambda message: page.faults.append(message.text) if message.type == "error" else None
        )
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith(live_server.url) else page.faults.append(request.url)
            ),
        )
        page.goto(live_server.url + address)
        return page

    yield open_at
    for context in contexts:
        context.close()


def axe_findings(page):
    """Return what axe-core finds wrong with a page, in a form that reads well in a failed assertion."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE.read_text())
    # without "resultTypes" most of the time goes into describing, node by node, what is right
    result = page.evaluate(
        "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})",
        TAGS,
    )
    return [(rule["id"], [node["html"][:120] for node in rule["nodes"]]) for rule in result["violations"]]


def faults_of(page):
    """Return what is wrong with the page that is open: at each width what axe-core finds and whether it is wider
    than the window, and the faults noted until the network came to rest.

    One load does for all widths, since only style sheets ask for them (``test_vendor`` keeps scripts from it); and
    axe-core works while the network comes to rest.
    """
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [(width, *finding) for finding in axe_findings(page)]
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            found.append((width, "wider than the window"))
    page.wait_for_load_state("networkidle")
    return [*found, *page.faults]
