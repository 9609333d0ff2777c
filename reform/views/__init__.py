"""The pages of the reform."""

from reform.views.checks import ChecksPage
from reform.views.decisions import AdoptPage, AnnulPage, ApplyPage, PreviewPage
from reform.views.drafts import EditDraftPage, NewDraftPage
from reform.views.event import EventPage
from reform.views.events import EventsPage
from reform.views.lineage import LineagePage
from reform.views.overview import OverviewPage

__all__ = [
    "AdoptPage",
    "AnnulPage",
    "ApplyPage",
    "ChecksPage",
    "EditDraftPage",
    "EventPage",
    "EventsPage",
    "LineagePage",
    "NewDraftPage",
    "OverviewPage",
    "PreviewPage",
]
