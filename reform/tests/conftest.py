"""A draft of the reform team, for the tests of the REST interface."""

from __future__ import annotations

import pytest

from reform.tests.clients import EVENTS, client_with, merger, post
from reform.tests.scenarios import programme
from registry.tests.factories import aimak, district, oblast


@pytest.fixture
def team():
    return client_with("reform_team")


@pytest.fixture
def home():
    return district(oblast("Нарын"), "Ат-Башы")


@pytest.fixture
def pair(home):
    return aimak(home, "Кара", villages=["К1"], residents=10), aimak(
        home, "Суу", villages=["С1"], residents=20
    )


@pytest.fixture
def draft(team, home, pair):
    """The address of a draft that can be applied, and its ETag."""
    answer = post(team, EVENTS, merger(home, pair, programme()))
    assert answer.status_code == 201, answer.content
    return answer.json(), answer["Location"].removeprefix("http://testserver"), answer["ETag"]
