"""What the interface itself must remember."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class DataVersion(models.Model):
    """How often the published data of an app have changed: the version in the ETag of its lists.

    Raised by the SQL function ``lsg_touch(app)``, once per transaction, in the transaction that changes the
    data. Drafts have a key of their own (``reform.drafts``), so that saving one leaves the caches of the
    public alone.
    """

    not_a_record = "derived from the records"

    app = models.CharField(_("app"), max_length=60, primary_key=True)
    version = models.BigIntegerField(_("version"), default=1)
    transaction = models.BigIntegerField(_("transaction"), default=0, editable=False)

    class Meta:
        verbose_name = _("data version")
        verbose_name_plural = _("data versions")

    def __str__(self) -> str:
        return f"{self.app} {self.version}"


class IdempotencyKey(models.Model):
    """The answer given to a request that named itself, kept for a day so that a repeat gets the same one.

    ``owner`` is the user by value: the plumbing knows no app above it.
    """

    not_a_record = "answers kept for a day"
    erasable = True

    owner = models.CharField(_("owner"), max_length=64)
    key = models.CharField(_("key"), max_length=255)
    request = models.CharField(_("request"), max_length=2100)
    body_hash = models.BinaryField(_("hash of the body"), max_length=32)
    status = models.PositiveSmallIntegerField(_("status"))
    headers = models.JSONField(_("headers"), default=dict)
    body = models.BinaryField(_("body"))
    created = models.DateTimeField(_("created"), db_default=Now(), db_index=True)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [
            models.UniqueConstraint(fields=["owner", "key"], name="rest_idempotencykey_once"),
        ]

    def __str__(self) -> str:
        return f"{self.owner} {self.key}"
