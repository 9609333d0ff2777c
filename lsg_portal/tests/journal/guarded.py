"""The portal's addresses, and a page that writes for one municipality as the staff of another."""

import datetime as dt

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from lsg_portal.data import actor
from lsg_portal.urls import handler400, handler403, handler404, handler500, urlpatterns
from registry.models import Population

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@csrf_exempt
def count(request, own, unit):
    with actor.acting("user:7", unit=own):
        Population.objects.create(unit_id=unit, on=dt.date(2024, 1, 1), value=1)
    return HttpResponse("counted")


urlpatterns = [*urlpatterns, *i18n_patterns(path("count/<uuid:own>/<uuid:unit>/", count))]
