"""A second factor that is added or removed, by whatever page: on record, and what is weaker than it ends.

The secrets themselves stay out of the journal. The signals are those of the rows, in the transaction of the change:
allauth's own come after it, when the record could be lost.
"""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone

from accounts import acts
from accounts.models import AccessAct, User
from accounts.second_factor import FACTORS
from accounts.sessions import digest


def _owner_at_hand(user: User) -> Any:
    """Return the request in which the owner of a factor acts, or None: somebody else does, or a command."""
    request = context.request
    return request if request is not None and request.user.pk == user.pk else None


@receiver(post_save, sender=Authenticator, dispatch_uid="accounts.factor_added")
def added(instance: Authenticator, created: bool, **kwargs: Any) -> None:
    """Record a new factor; end the owner's other sessions, and the tokens given without one."""
    if not created or instance.type not in FACTORS:
        return
    request = _owner_at_hand(instance.user)
    by = instance.user if request is not None else None
    acts.record(user=instance.user, kind=AccessAct.Kind.FACTOR_ADDED, by=by, at=timezone.now())
    if request is not None and request.session.session_key:
        acts.end_what_is_weaker(instance.user, here=digest(request.session.session_key))


@receiver(post_delete, sender=Authenticator, dispatch_uid="accounts.factor_removed")
def removed(instance: Authenticator, **kwargs: Any) -> None:
    """Record that the owner removed a factor; an administrator's reset is recorded as such."""
    if instance.type in FACTORS and _owner_at_hand(instance.user) is not None:
        acts.record(
            user=instance.user, kind=AccessAct.Kind.FACTOR_REMOVED, by=instance.user, at=timezone.now()
        )
