"""The journal: every change of a record, who made it and why, chained so that nothing can be altered unseen."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """The lowest app: it knows records by table and key alone."""

    name = "audit"
    verbose_name = _("Journal")

    def ready(self) -> None:
        """After every migration, see to the serving role's rights and to tables that changed their shape."""
        from audit import upkeep
        from lsg_portal.rest import versions

        versions.derive("audit", "SELECT seq::text FROM audit_head WHERE id = 1")
        versions.derive("audit_checkpoints", "SELECT coalesce(max(seq), 0)::text FROM audit_checkpoint")
        post_migrate.connect(upkeep.after_migrate, sender=self, dispatch_uid="audit.upkeep")
