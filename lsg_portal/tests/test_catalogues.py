"""Every string exists in Kyrgyz and Russian."""

import pytest

from lsg_portal import catalogue


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_the_catalogue_is_complete_and_compiled(language):
    assert catalogue.problems(language) == []


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
