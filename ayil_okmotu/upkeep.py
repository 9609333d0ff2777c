"""What migrations enter is entered again where tables were emptied (between tests)."""

from lsg_portal.data.reentry import reentering

after_migrate = reentering("ayil_okmotu", "EndGround", "0004_data", "0005_record_data")
