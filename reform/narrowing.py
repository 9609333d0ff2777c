"""The filter ``programme`` of the list of units."""

from django.utils.translation import gettext_lazy as _

from registry.narrowing import Narrowing, register

CONDITION = """EXISTS (
    SELECT FROM registry_changeunit cu JOIN reform_event e ON e.change_id = cu.change_id
      JOIN reform_programme g ON g.id = e.programme_id
     WHERE cu.voided_by_id IS NULL AND cu.unit_id = u.unit_id AND lower(%(programme)s) IN (g.id::text, lower(g.key))
    UNION ALL
    SELECT FROM registry_changepart cp JOIN reform_event e ON e.change_id = cp.change_id
      JOIN reform_programme g ON g.id = e.programme_id
     WHERE cp.voided_by_id IS NULL AND u.unit_id IN (cp.source_id, cp.target_id)
       AND lower(%(programme)s) IN (g.id::text, lower(g.key)))"""


def add() -> None:
    """Add the filter to the list of units."""
    register(
        Narrowing(
            "programme", _("Only units touched by this programme: its identifier or short key."), CONDITION
        )
    )
