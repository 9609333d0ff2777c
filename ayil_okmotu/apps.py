"""Executive bodies: who heads them, who works there, what they earn and spend."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AyilOkmotuConfig(AppConfig):
    """Executive bodies, posts, appointments, staffing, discipline, training, budgets."""

    name = "ayil_okmotu"
    verbose_name = _("Executive bodies")
