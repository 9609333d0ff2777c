"""The portal of local self-government of the Kyrgyz Republic."""

from lsg_portal.celery import app as celery_app

__all__ = ["celery_app"]
