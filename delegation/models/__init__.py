"""Records of delegated state powers."""

from delegation.models.catalogue import (
    Field,
    Overlap,
    PowerGroup,
    PowerItem,
    PowerStatus,
    StateBody,
    StatePower,
    StatuteItem,
)
from delegation.models.disputes import CancellationRequest, Dispute, DisputeParty, Hearing
from delegation.models.funding import Funding, Performance, Practice
from delegation.models.succession import Succession
from delegation.models.transfers import Basis, Means, Principle, PrincipleAnswer, Transfer, TransferStatus

__all__ = [
    "Basis",
    "CancellationRequest",
    "Dispute",
    "DisputeParty",
    "Field",
    "Funding",
    "Hearing",
    "Means",
    "Overlap",
    "Performance",
    "PowerGroup",
    "PowerItem",
    "PowerStatus",
    "Practice",
    "Principle",
    "PrincipleAnswer",
    "StateBody",
    "StatePower",
    "StatuteItem",
    "Succession",
    "Transfer",
    "TransferStatus",
]
