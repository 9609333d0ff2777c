"""Users, the roles they hold for a unit and a period, and what lets them in."""

from accounts.models.access import LONGEST_CLIENT, AccessAct, Invitation, Session, Token
from accounts.models.roles import BOUND_TO_A_UNIT, NO_UNIT, SECOND_FACTOR, Role, RoleKind
from accounts.models.users import User

__all__ = [
    "BOUND_TO_A_UNIT",
    "LONGEST_CLIENT",
    "NO_UNIT",
    "SECOND_FACTOR",
    "AccessAct",
    "Invitation",
    "Role",
    "RoleKind",
    "Session",
    "Token",
    "User",
]
