"""Tests run in several processes, and none empties the cache of another."""

import os

import pytest
from django.conf import settings


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process alone has no neighbour")
def test_each_process_has_a_cache_of_its_own():
    number = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw")) + 1

    assert settings.CACHES["default"]["LOCATION"].rpartition("=")[2].rpartition("/")[2] == str(number)
