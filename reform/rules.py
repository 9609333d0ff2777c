"""Who may do what with the reform."""

from __future__ import annotations

import rules

from accounts.rules import is_administrator, is_ministry, is_reform_team

rules.add_perm("reform", is_ministry)
rules.add_perm("reform.view_draft", is_ministry)
rules.add_perm("reform.change_event", is_reform_team)
for model in ("programme", "event", "roadmapstep", "handover"):
    rules.add_perm(f"reform.view_{model}", is_ministry)
    rules.add_perm(f"reform.add_{model}", is_reform_team)
    if model != "event":
        rules.add_perm(f"reform.change_{model}", is_reform_team)
rules.add_perm("reform.administer", is_administrator)
