"""The administration of users: the list, the page of one, and what can be done."""

from accounts.views.users.pages import UserPage, UsersPage

__all__ = ["UserPage", "UsersPage"]
