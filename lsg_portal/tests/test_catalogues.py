"""Every string exists in Kyrgyz and Russian."""

import re
from pathlib import Path

import pytest
from django.contrib import admin
from django.utils import translation

from lsg_portal import catalogue


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_the_catalogue_is_complete_and_compiled(language):
    assert catalogue.problems(language) == []


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_nothing_on_the_administration_pages_is_left_in_english(language):
    import polib

    said = polib.pofile(str(Path(admin.__file__).parent / "locale/en/LC_MESSAGES/django.po"))
    words = [entry for entry in said if re.search("[A-Za-z]", re.sub(r"%[(][a-z_]+[)]s", "", entry.msgid))]

    with translation.override(language):
        left = [entry.msgid for entry in words if translation.ngettext(entry.msgid, "", 1) == entry.msgid]
        left = [msgid for msgid in left if translation.gettext(msgid) == msgid]
    assert len(words) > 100
    assert left == []


def test_strings_are_found_in_python_and_in_templates():
    found = {message[0] for message in catalogue.messages()}

    assert "A unit cannot have two versions on one day." in found  # Python
    assert (
        len([places for places in catalogue.messages().values() if any(p.endswith(".html") for p in places)])
        > 50
    )


def test_a_lost_placeholder_is_a_problem():
    import polib

    entry = polib.POEntry(msgid="%(unit)s ends", msgstr="бүтөт")

    assert catalogue._placeholders(entry)
