"""How roles read on pages."""

from __future__ import annotations

from typing import Any

from accounts.models import RoleKind
from lsg_portal.web import addresses
from registry import titles
from registry.queries import Row


def role_name(kind: str) -> str:
    """Return what a role is called, with a capital."""
    label = str(RoleKind(kind).label)
    return label[:1].upper() + label[1:]


def shown_role(row: Row, request: Any) -> dict[str, Any]:
    """Return a row of ``queries.roles_of`` with its words and its link."""
    unit = row["unit_id"]
    return {
        **row,
        "label": role_name(row["role"]),
        "unit_name": titles.full_name(row, row["unit_kind"] or "") if unit else "",
        "unit_url": addresses.optional("unit", unit) if unit and not row["undecided"] else "",
        "act_name": titles.act_name(row["act"]) if row.get("act") else "",
        "act_url": addresses.optional("legal-act", row["act"]["id"]) if row.get("act") else "",
    }


def roles_in_words(row: Row) -> str:
    """Return the roles of a row of ``queries.users`` in one line."""
    found = []
    for role in row["roles"]:
        unit = titles.full_name(role, role["kind"] or "") if role["unit"] else ""
        found.append(f"{role_name(role['role'])}: {unit}" if unit else role_name(role["role"]))
    return "; ".join(found)
