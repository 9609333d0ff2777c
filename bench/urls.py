"""The addresses of the portal, then those of the peers."""

from django.urls import path

from bench.peers import SettlementsNaive, SettlementsTuned, UnitsNaive, UnitsTuned, UnitsTunedConditional
from bench.peers_statistics import StatisticsNaive, StatisticsTuned
from lsg_portal.urls import handler400, handler403, handler404, handler500
from lsg_portal.urls import urlpatterns as portal

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    *portal,
    path("bench/naive/units/", UnitsNaive.as_view()),
    path("bench/tuned/units/", UnitsTuned.as_view()),
    path("bench/conditional/units/", UnitsTunedConditional.as_view()),
    path("bench/naive/settlements.csv", SettlementsNaive.as_view()),
    path("bench/tuned/settlements.csv", SettlementsTuned.as_view()),
    path("bench/naive/statistics/", StatisticsNaive.as_view()),
    path("bench/tuned/statistics/", StatisticsTuned.as_view()),
]
