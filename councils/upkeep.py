"""Grounds and shares that a migration enters are entered again where tables were emptied (between tests)."""

from lsg_portal.data.reentry import reentering

after_migrate = reentering("councils", "EndReason", "0003_data")
