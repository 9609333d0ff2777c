"""Letters to users, where mail is set up."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import User

logger = logging.getLogger(__name__)
NO_MAIL = ("django.core.mail.backends.dummy.EmailBackend",)


def invite(user: User, link: str, *, by: str) -> bool:
    """Send the link of an invitation; return whether it was sent. The link is shown to the inviter anyway."""
    if not user.email or settings.EMAIL_BACKEND in NO_MAIL:
        return False
    text = render_to_string("accounts/email/invitation.txt", {"user": user, "link": link, "by": by})
    subject = _("Your account of the Register of local self-government")
    try:
        return bool(send_mail(subject, text, None, [user.email]))
    except OSError:
        logger.warning("an invitation was not sent", exc_info=True)
        return False
