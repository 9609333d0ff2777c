"""The portal's own settings, and the peers' addresses beside the portal's."""

import os

from lsg_portal.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"

if "BENCH_KEPT_ANSWERS" in os.environ:
    LSG_KEPT_ANSWERS = int(os.environ["BENCH_KEPT_ANSWERS"])
