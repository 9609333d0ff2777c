"""The journal and its chain. Only triggers write here; the serving role reads."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Operation(models.TextChoices):
    """What happened to a record."""

    INSERT = "insert", _("entered")
    UPDATE = "update", _("changed")
    DELETE = "delete", _("deleted")
    BASELINE = "baseline", _("taken over")
    """It stood there already when the journal of its table began, or when the table got another shape."""
    ERASE = "erase", _("private particulars erased")


class Entry(models.Model):
    """One change of one record, written by a trigger in the transaction that made it.

    ``before`` holds the former values of the fields that changed (of all, for a deletion), ``after`` the whole
    record. Private fields stand there as salted commitments (``{"sha256": …}``); see Private.
    """

    not_a_record = "the journal itself"

    at = models.DateTimeField(_("when"))
    actor = models.CharField(_("who"), max_length=150)
    name = models.CharField(_("name"), max_length=500, blank=True, default="")
    roles = models.CharField(_("in which capacity"), max_length=200, blank=True, default="")
    request = models.CharField(_("request"), max_length=64, blank=True, default="")
    reason = models.TextField(_("why"), blank=True, default="")
    table_name = models.CharField(_("table"), max_length=63)
    operation = models.CharField(_("what"), max_length=8, choices=Operation)
    key = models.CharField(_("record"), max_length=100)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)
    transaction = models.BigIntegerField(_("transaction"))

    class Meta:
        verbose_name = _("entry of the journal")
        verbose_name_plural = _("entries of the journal")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(name="audit_entry_has_an_actor", condition=~Q(actor="")),
            models.CheckConstraint(name="audit_entry_operation", condition=Q(operation__in=Operation.values)),
        ]
        indexes = [
            models.Index(name="audit_entry_record", fields=["table_name", "key", "id"]),
            models.Index(name="audit_entry_actor", fields=["actor", "id"]),
            BrinIndex(name="audit_entry_at", fields=["at"]),
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.key} {self.operation}"


class Link(models.Model):
    """An entry's place in the chain: numbers follow the order of commits, without a gap.

    ``hash`` is sha256 of the former link's hash and the canonical text of the entry.
    """

    not_a_record = "the journal itself"

    seq = models.BigIntegerField(_("number"), primary_key=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="link")
    prev = models.BinaryField(_("hash before"), max_length=32)
    hash = models.BinaryField(_("hash"), max_length=32)

    class Meta:
        verbose_name = _("link of the chain")
        verbose_name_plural = _("links of the chain")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return str(self.seq)


class Head(models.Model):
    """The end of the chain: one row, locked while a transaction commits what it changed."""

    not_a_record = "the journal itself"

    id = models.PositiveSmallIntegerField(primary_key=True)
    seq = models.BigIntegerField(_("number"))
    hash = models.BinaryField(_("hash"), max_length=32)

    class Meta:
        verbose_name = _("end of the chain")
        verbose_name_plural = _("end of the chain")
        default_permissions = ("view",)
        constraints = [models.CheckConstraint(name="audit_head_is_one", condition=Q(id=1))]

    def __str__(self) -> str:
        return str(self.seq)


class Private(models.Model):
    """A private value behind a commitment, with its salt; both can be erased, and the chain still holds.

    ``value`` is NULL for secrets (a password's hash), of which the journal only proves that they are unchanged.
    """

    not_a_record = "the journal itself"

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="private")
    side = models.CharField(_("side"), max_length=6, choices=[("before", _("before")), ("after", _("after"))])
    field = models.CharField(_("field"), max_length=63)
    salt = models.BinaryField(_("salt"), max_length=16)
    value = models.TextField(_("value"), null=True)  # noqa: DJ001 (no value differs from an empty one)

    class Meta:
        verbose_name = _("private value")
        verbose_name_plural = _("private values")
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(name="audit_private_once", fields=["entry", "side", "field"])]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.side} {self.field}"


class JournalTable(models.Model):
    """A table whose changes the journal records, and how: which fields are private, which do not count."""

    not_a_record = "the journal itself"

    name = models.CharField(_("table"), max_length=63, primary_key=True)
    key = models.CharField(_("field that names the record"), max_length=63)
    private = models.JSONField(_("private fields"), default=list)
    secret = models.JSONField(_("secret fields"), default=list)
    ignored = models.JSONField(_("fields that do not count"), default=list)
    columns = models.JSONField(_("fields"), default=list)

    class Meta:
        verbose_name = _("table of the journal")
        verbose_name_plural = _("tables of the journal")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return str(self.name)


class Checkpoint(models.Model):
    """The end of the chain at a moment, signed, published, and kept elsewhere: what a full rewrite cannot fit."""

    not_a_record = "proves the journal, and is proved by its own signature"

    seq = models.BigIntegerField(_("number"), unique=True)
    hash = models.BinaryField(_("hash"), max_length=32)
    at = models.DateTimeField(_("when"))
    key_id = models.CharField(_("key"), max_length=16)
    signature = models.BinaryField(_("signature"), max_length=64)

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        default_permissions = ("view",)
        ordering = ["-seq"]

    def __str__(self) -> str:
        return str(self.seq)
