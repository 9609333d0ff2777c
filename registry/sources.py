"""Sources that many rows name: a short key on file, its words in the reader's language.

A source written out in full (an address, a title) stays as it is.
"""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

SOURCES = {
    "change": _("carried over at a territorial change"),
    "census_2022_split": _("constructed so that the sum of the district equals the census of 2022"),
    "classifier_2021_04": _("classifier of administrative-territorial units, April 2021"),
    "dissertation_2025": _("dissertation on the constitutional status of local self-government bodies, 2025"),
    "dissertation_2025_elsewhere": _(
        "dissertation on the constitutional status of local self-government bodies, 2025, in another place"
    ),
    "dissertation_2025_table_1": _(
        "dissertation on the constitutional status of local self-government bodies, 2025, table 1"
    ),
    "election_reports_2024": _("reports on the election of 17 November 2024"),
    "election_commission_press": _("election commission and press reports, 2023–2025"),
    "demo": _("constructed for the demonstration"),
    "bills_2024": _("plan reported with the bills of 2024"),
}


CLASSIFIER_FILE = "classifier_file:"
"""What the source of imported rows begins with; the name of the file follows."""


def in_words(source: str) -> str:
    """Return the words of a source."""
    if source.startswith(CLASSIFIER_FILE):
        return gettext("classifier, file %(name)s") % {"name": source.removeprefix(CLASSIFIER_FILE)}
    return str(SOURCES.get(source, source))
