"""Who reads the journal, and what roles are called there. The journal lies below the users and their roles."""

from __future__ import annotations

import rules

from accounts.models import RoleKind
from accounts.rules import is_administrator, is_analyst, is_auditor, is_ministry
from audit import visibility

reads_journal = is_auditor | is_administrator | is_analyst

rules.add_perm("audit", reads_journal)
rules.add_perm("audit.view_entry", reads_journal)
rules.add_perm("audit.view_checkpoint", reads_journal)
rules.add_perm("audit.view_private", is_auditor | is_administrator)
rules.add_perm("audit.view_names", is_ministry)  # who acted, by name; others read in which capacity
visibility.capacities(RoleKind.choices)
