"""The documents say what is so: generated parts are fresh, links lead somewhere, commands and settings exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import CommandError

from lsg_portal.management.commands import make_docs

BASE = Path(settings.BASE_DIR)
DOCUMENTS = [*sorted(BASE.glob("*.md")), *sorted((BASE / "docs").rglob("*.md"))]
HAND_WRITTEN = [path for path in DOCUMENTS if not path.read_text().startswith(make_docs.MADE)]
LARGEST_PICTURE = 250 * 1024


def named(path: Path) -> str:
    return str(path.relative_to(BASE))


def anchors(path: Path) -> set[str]:
    """The anchors of the headings of a document, as code hosts make them."""
    text = re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    titles = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title) for title in titles]
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.django_db
def test_what_is_made_from_models_and_views_is_fresh():
    stale = [named(path) for path in make_docs.stale()]

    assert stale == [], "run `make manage CMD=make_docs` while the demo runs"


@pytest.mark.django_db
def test_a_stale_page_is_found_and_made_anew(monkeypatch, tmp_path):
    monkeypatch.setattr(make_docs, "DOCS", tmp_path)
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path.parent)
    shown = (BASE / "docs" / "api.md").read_text()
    (tmp_path / "api.md").write_text(shown.replace("| `at` | day |", "| `at` | hour |"))
    monkeypatch.setattr(make_docs, "own_apps", lambda: [])

    with pytest.raises(CommandError, match="stale"):
        call_command("make_docs", "--check")
    call_command("make_docs")

    assert (tmp_path / "api.md").read_text() == shown
    assert make_docs.stale() == {}


@pytest.mark.django_db
def test_the_dictionary_holds_every_own_table_and_no_other():
    pages = "\n".join(make_docs.dictionary().values())
    tables = set(re.findall(r"^## ([a-z_]+)$", pages, re.MULTILINE))

    assert {"registry_unitversion", "reform_event", "accounts_role", "rest_dataversion"} <= tables
    assert not {"auth_group", "django_session", "knox_authtoken"} & tables


@pytest.mark.django_db
def test_every_rule_of_the_register_is_in_the_dictionary():
    from registry.errors import RULES

    pages = "\n".join(make_docs.dictionary().values())

    assert [name for name in RULES if f"`{name}`" not in pages] == []


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=named)
def test_links_lead_to_files_and_headings(path):
    text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(), flags=re.DOTALL)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _hash, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)

    assert broken == []


def test_commands_in_the_documents_exist():
    text = "\n".join(path.read_text() for path in HAND_WRITTEN)
    targets = set(re.findall(r"^([a-z][a-z-]*):", (BASE / "Makefile").read_text(), re.MULTILINE))
    made = set(re.findall(r"(?:^|`|&& )make ([a-z][a-z-]*)", text, re.MULTILINE))
    managed = set(re.findall(r"manage\.py ([a-z_]+)", text)) | set(re.findall(r'CMD="?([a-z_]+)', text))

    assert made <= targets, made - targets
    assert managed <= set(get_commands()), managed - set(get_commands())


def test_every_setting_from_the_environment_is_described():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (BASE / "lsg_portal" / "settings.py").read_text()))
    described = set(
        re.findall(r"^\| `([A-Z_]+)` \|", (BASE / "docs" / "install.md").read_text(), re.MULTILINE)
    )

    assert described == read


def test_every_resource_is_in_the_guide():
    guide = (BASE / "docs" / "api.md").read_text()
    by_hand = guide.partition(make_docs.BEGIN.format("filters"))[0]

    def mentioned(path: str) -> bool:
        words = [word for word in path.strip("/").split("/") if not word.startswith("{")]
        return all((word if "." in word else f"{word}/") in by_hand for word in words)

    missing = [path for path in make_docs.resources() if not mentioned(path)]

    assert missing == []


def test_addresses_in_the_guide_exist():
    """Every address that an example asks for is one of the interface."""
    from django.urls import Resolver404, resolve

    guide = (BASE / "docs" / "api.md").read_text()
    some = "00000000-0000-0000-0000-000000000000"
    unknown = []
    for address in set(re.findall(r'"\$API/([^"?]*)', guide)):
        path = "/api/v1/" + re.sub(r"\$[A-Z]+", some, address)
        try:
            resolve(path)
        except Resolver404:
            unknown.append(address)

    assert unknown == []


def test_pictures_are_small_and_used():
    pictures = {path.name for path in (BASE / "docs" / "screenshots").glob("*.png")}
    readme = (BASE / "README.md").read_text()
    large = [
        path.name
        for path in (BASE / "docs" / "screenshots").glob("*.png")
        if path.stat().st_size > LARGEST_PICTURE
    ]

    assert large == []
    assert {name for name in pictures if f"docs/screenshots/{name}" not in readme} == set()
