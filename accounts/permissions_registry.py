"""Who may do what with the register's records: in the administration pages, and importing classifiers.

The register lies below the users and their roles, so its permissions are declared here. Reading the register
needs none: it is public. What no rule names is allowed to nobody, deleting above all.
"""

from __future__ import annotations

import rules

from accounts.rules import is_administrator, is_auditor, is_reform_team

READ = (
    "unit",
    "unitversion",
    "unitcode",
    "settlement",
    "settlementassignment",
    "change",
    "changeunit",
    "changepart",
    "legalact",
    "publishedfigure",
    "population",
)
WRITTEN = ("legalact", "publishedfigure", "population")
"""Records that people write; all others are written by territorial changes and imports alone."""

opens_administration = is_administrator | is_auditor | is_reform_team

rules.add_perm("registry", opens_administration)
for model in READ:
    rules.add_perm(f"registry.view_{model}", opens_administration)
for model in WRITTEN:
    rules.add_perm(f"registry.add_{model}", is_reform_team)
    rules.add_perm(f"registry.change_{model}", is_reform_team)
rules.add_perm("registry.import_classifier", is_reform_team | is_administrator)
