"""The Celery application: background work and its timetable."""

import os
from typing import Any

from celery import Celery, Task
from celery.schedules import crontab

from lsg_portal.data import actor

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lsg_portal.settings")


class ActingTask(Task):
    """A task that the journal knows by its name, and by the request that asked for it."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run, as ``system:<name of the task>``."""
        asked_by = (self.request.headers or {}).get("lsg_request", "") if self.request else ""
        with actor.acting(f"system:{self.name}", request_id=str(asked_by)[:64]):
            return super().__call__(*args, **kwargs)

    def apply_async(self, *args: Any, **kwargs: Any) -> Any:
        """Send the task, with the identifier of the request that sends it."""
        headers = {**(kwargs.pop("headers", None) or {}), "lsg_request": actor.current().request}
        return super().apply_async(*args, headers=headers, **kwargs)


app = Celery("lsg_portal", task_cls=ActingTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "purge-idempotency-keys": {"task": "rest.purge_idempotency_keys", "schedule": crontab(minute=17)},
    "audit-checkpoint": {"task": "audit.checkpoint", "schedule": crontab(minute=2)},
    "purge-ended-access": {"task": "accounts.purge_ended_access", "schedule": crontab(minute=52)},
    "purge-expired-tokens": {"task": "accounts.purge_expired_tokens", "schedule": crontab(minute=47)},
    "kpi-sweep": {"task": "kpi.sweep", "schedule": crontab()},
    "kpi-remind": {"task": "kpi.remind", "schedule": crontab(minute=10, hour=8)},
    "kpi-deliver": {"task": "kpi.deliver", "schedule": crontab(minute="*/5")},
}
