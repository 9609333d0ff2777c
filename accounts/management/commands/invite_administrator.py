"""``manage.py invite_administrator``: the first administrator, or the way back in when none can log in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts import invitations, services
from accounts.models import RoleKind, User
from lsg_portal.rest.clock import today
from registry.errors import DomainError


class Command(BaseCommand):
    """Everybody else is invited on the page of users; this needs the server's own console."""

    help = (
        "Make an administrator, or let one who is locked out in again, and print the path of the link that sets "
        "the password. With --reset-second-factor also remove a lost second factor. Writes only with --commit."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the person, and why."""
        parser.add_argument("username")
        parser.add_argument("--last-name", default="")
        parser.add_argument("--first-name", default="")
        parser.add_argument("--email", default="")
        parser.add_argument("--reason", required=True, help="stands in the journal")
        parser.add_argument("--reset-second-factor", action="store_true")
        parser.add_argument(
            "--commit", action="store_true", help="write, instead of saying what would be done"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it in one transaction."""
        user = User.objects.filter(username=options["username"]).first()
        if user is None and not (options["last_name"] and options["first_name"]):
            raise CommandError("A new administrator needs --last-name and --first-name.")
        if not options["commit"]:
            done = "get a new link" if user else "be made"
            self.stdout.write(f"{options['username']} would {done}; run again with --commit")
            return
        try:
            secret = self._invite(user, options)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"/ky/invitation/{secret}/")

    @transaction.atomic
    def _invite(self, user: User | None, options: dict[str, Any]) -> str:
        reason, now, day = options["reason"], timezone.now(), today()
        if user is None:
            user, secret = invitations.invite_new(
                username=options["username"],
                last_name=options["last_name"],
                first_name=options["first_name"],
                email=options["email"],
                role=RoleKind.ADMINISTRATOR,
                begins=day,
                by=None,
                at=now,
                reason=reason,
            )
            return secret
        if not user.is_active:
            user = services.reactivate(user=user, by=None, reason=reason)
        if not user.roles.on(day).filter(role=RoleKind.ADMINISTRATOR).exists():
            services.grant(user=user, role=RoleKind.ADMINISTRATOR, begins=day, by=None, at=now, reason=reason)
        if options["reset_second_factor"]:
            services.reset_second_factor(user=user, by=None, at=now, reason=reason)
        return invitations.invite(user=user, by=None, at=now, reason=reason)
