"""What a migration enters is entered again where tables were emptied (between tests)."""

from lsg_portal.data.reentry import reentering

after_migrate = reentering("kpi", "Methodology", "0003_data")
