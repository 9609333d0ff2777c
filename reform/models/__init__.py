"""Records of the reform."""

from reform.models.events import (
    Event,
    EventAct,
    EventApplication,
    EventPart,
    EventPartSettlement,
    EventPartShare,
    EventUnit,
    Programme,
)
from reform.models.follow_up import HandOver, RoadmapStep

__all__ = [
    "Event",
    "EventAct",
    "EventApplication",
    "EventPart",
    "EventPartSettlement",
    "EventPartShare",
    "EventUnit",
    "HandOver",
    "Programme",
    "RoadmapStep",
]
