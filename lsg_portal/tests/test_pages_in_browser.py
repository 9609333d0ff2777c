"""Every page of the portal, on the whole country, in a real Chromium: accessible, within its host, in one language."""

import datetime as dt
import gzip
import re
import urllib.request
from dataclasses import dataclass

import polib
import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from pytest_django.live_server_helper import LiveServer

from lsg_portal.catalogue import path_of
from lsg_portal.demo.people import PASSWORD
from lsg_portal.web.tests.browser import faults_of
from reform.models import Event
from registry.models import LegalAct, Unit

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db]

# Latin words that stand on pages in every language: names of formats and standards, and the languages' own
LATIN = re.compile(r"[A-Za-z]{3,}")
ALLOWED = {
    "REST",
    "JSON",
    "CSV",
    "XLSX",
    "SOATE",
    "soate",
    "http",
    "https",
    "English",
    "OpenAPI",
    "API",
    "reform",
    "registry",
}


@dataclass
class Site:
    """The portal with the demonstration's country, and the addresses of one page of each kind."""

    url: str
    public: dict[str, str]
    team: dict[str, str]


def unit(day, kind, name):
    return Unit.objects.at(dt.date.fromisoformat(day)).get(kind=kind, name_ky=name).pk


@pytest.fixture(scope="module")
def site(demo_country, django_db_blocker):
    with django_db_blocker.unblock(), translation.override("ky"):
        server = LiveServer("127.0.0.1")
        naryn = unit("2023-06-01", "oblast", "Нарын")
        event = Event.objects.get(event_units__name_ky="Молдо Нияз", status="in_force")
        draft = _draft_of(event)
        public = {
            "country": reverse("country"),
            "country before": reverse("country") + "?at=2022-01-01",
            "oblast": reverse("unit", args=[naryn]),
            "district": reverse("unit", args=[unit("2023-06-01", "district", "Ак-Талаа")]),
            "municipality": reverse("unit", args=[unit("2024-09-06", "ayil_aimak", "Молдо Нияз")]),
            "municipality that ended": reverse("unit", args=[unit("2022-01-01", "ayil_aimak", "Алга")]),
            "city": reverse("unit", args=[unit("2024-09-06", "city_republican", "Бишкек")]),
            "lineage of a unit": reverse(
                "unit-lineage", args=[unit("2024-09-06", "city_republican", "Бишкек")]
            ),
            "reform": reverse("reform"),
            "Naryn table": f"{reverse('reform')}?before=2023-04-01&after=2023-06-01&group_by=district&oblast={naryn}&kind=ayil_aimak",
            "events": reverse("reform-events"),
            "event": reverse("reform-event", args=[event.pk]),
            "lineage explorer": reverse("reform-lineage"),
            "checks": reverse("reform-checks"),
            "legal acts": reverse("legal-acts"),
            "legal act": reverse("legal-act", args=[LegalAct.objects.get(key="decree-85-2023").pk]),
            "settlements": reverse("settlements"),
            "published figures": reverse("published-figures"),
            "search": reverse("search") + "?q=Ак-Талаа",
            "sign in": reverse("account_login"),
        }
        team = {
            "new event": reverse("reform-event-new"),
            "edit": reverse("reform-event-edit", args=[draft.pk]),
            "draft": reverse("reform-event", args=[draft.pk]),
            "preview": reverse("reform-event-preview", args=[draft.pk]),
        }
    yield Site(server.url, public, team)
    server.stop()


def _draft_of(event):
    """A draft to look at: a transfer of one village."""
    from reform import services
    from registry.models import SettlementAssignment
    from registry.services import PartSpec

    day = dt.date(2026, 12, 1)
    source = unit("2026-11-01", "ayil_aimak", "Бирлик")
    target = unit("2026-11-01", "city_district_level", "Кадамжай")
    village = SettlementAssignment.objects.on(day).filter(unit=source).order_by("id").first()
    return services.draft(
        content=services.EventDraft(
            programme_id=event.programme_id,
            kind="transfer",
            effective_on=day,
            titles={"ky": "Айылды өткөрүп берүү", "ru": "Передача села"},
            parts=(PartSpec(source, target, "part", (village.settlement_id,)),),
        ),
        by=None,
    )


@pytest.fixture
def window(chromium, site):
    """A window whose page notes every fault: console errors and requests to other hosts."""
    contexts = []

    def make(*, javascript=True, login=None):
        context = chromium.new_context(java_script_enabled=javascript)
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("console", lambda m: page.faults.append(m.text) if m.type == "error" else None)
        page.on("request", lambda r: None if r.url.startswith(site.url) else page.faults.append(r.url))
        if login:
            page.goto(site.url + "/ky/account/login/")
            page.fill("input[name=login]", login)
            page.fill("input[name=password]", PASSWORD)
            page.click("main form button[type=submit]")
            page.wait_for_load_state()
        return page

    yield make
    for context in contexts:
        context.close()


def in_language(address, language):
    return re.sub(r"^/ky/", f"/{language}/", address)


def check(page, site, pages, language):
    """Open each page; return what is wrong with it."""
    wrong = []
    for name, address in pages.items():
        page.faults.clear()
        answer = page.goto(site.url + in_language(address, language), wait_until="load")
        if answer.status != 200:
            wrong.append((name, answer.status))
            continue
        wrong += [(name, fault) for fault in faults_of(page)]
        wrong += [(name, text) for text in foreign(page, language)]
    return wrong


def foreign(page, language):
    """Words of another language on a page: Latin ones, and messages of the other catalogue."""
    texts = page.evaluate(
        """() => { const out = []; const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walk.nextNode()) { const n = walk.currentNode, e = n.parentElement;
                if (n.data.trim() && !e.closest('script,style,code,[lang]')) out.push(n.data.trim()); }
            return out; }"""
    )
    other = "ru" if language == "ky" else "ky"
    theirs = _said(other) - _said(language)
    found = [text for text in texts if text in theirs]
    found += [
        text
        for text in texts
        if any(w not in ALLOWED for w in LATIN.findall(re.sub(r"https?://\S+", "", text)))
    ]
    return sorted(set(found))


def _said(language, cache={}):  # noqa: B006
    """What the catalogue of a language says, as whole texts."""
    if language not in cache:
        entries = polib.pofile(str(path_of(language)))
        cache[language] = {entry.msgstr.strip() for entry in entries if len(entry.msgstr) > 3}
    return cache[language]


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_every_page_is_accessible_in_one_language_and_stays_on_its_host(window, site, language):
    assert check(window(), site, site.public, language) == []


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_the_pages_of_the_reform_team_too(window, site, language):
    assert check(window(login="reform"), site, site.team, language) == []


def test_every_page_shows_its_heading_and_tables_without_scripts(window, site):
    page = window(javascript=False)
    for name, address in site.public.items():
        page.goto(site.url + address)
        assert page.locator("h1").inner_text().strip(), name


def test_the_naryn_table_is_rounded_to_whole_percents(window, site):
    page = window()
    page.goto(site.url + site.public["Naryn table"])

    text = re.sub(r"\s+", " ", page.locator("table").filter(has_text="Ак-Талаа").first.inner_text())

    for name, before, after, percent in [
        ("Ак-Талаа", 13, 4, 69),
        ("Ат-Башы", 11, 5, 55),
        ("Жумгал", 13, 6, 54),
        ("Кочкор", 11, 5, 55),
        ("Нарын", 15, 7, 53),
    ]:
        assert re.search(rf"{name} району {before} {after} {before - after} {percent} %", text), (name, text)
    assert re.search(r"63 27 36 57 %", text)


def test_the_first_page_weighs_at_most_100_kilobytes(window, site):
    page = window()
    bodies = {}
    page.on("response", lambda r: bodies.setdefault(r.url, r))
    page.goto(site.url + "/ky/", wait_until="networkidle")

    weight = 0
    for url, response in bodies.items():
        body = response.body()
        weight += len(body) if url.endswith(".woff2") else len(gzip.compress(body, 6))

    assert len(bodies) > 3
    assert weight <= 100 * 1024, weight


def test_a_bad_day_is_told_in_the_language_of_the_page(site):
    for language, word in (("ky", "күн"), ("ru", "дат")):
        request = urllib.request.Request(f"{site.url}/{language}/?at=2023-13-45")  # noqa: S310
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(request)  # noqa: S310
        body = refusal.value.read().decode()
        assert refusal.value.code == 400
        assert f'lang="{language}"' in body
        assert word in body.lower()


def test_settings_serve_the_interface_in_kyrgyz_first():
    assert settings.LANGUAGE_CODE == "ky"
