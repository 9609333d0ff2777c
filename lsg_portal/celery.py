"""The Celery application: background work and its timetable."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lsg_portal.settings")

app = Celery("lsg_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "purge-idempotency-keys": {"task": "rest.purge_idempotency_keys", "schedule": crontab(minute=17)},
    "purge-expired-tokens": {"task": "accounts.purge_expired_tokens", "schedule": crontab(minute=47)},
}
