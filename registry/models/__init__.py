"""Records of the register."""

from registry.models.acts import LegalAct
from registry.models.changes import (
    Annulment,
    Change,
    ChangeAct,
    ChangeKind,
    ChangePart,
    ChangePartSettlement,
    ChangeShare,
    ChangeUnit,
    PartScope,
    UnitRole,
)
from registry.models.dated import Dated, Named, Provenance, Recorded
from registry.models.figures import Population, PublishedFigure
from registry.models.persons import Person, PersonPrivate
from registry.models.settlements import (
    Settlement,
    SettlementAssignment,
    SettlementCode,
    SettlementKind,
)
from registry.models.units import MUNICIPALITY_KINDS, Unit, UnitCode, UnitKind, UnitVersion

__all__ = [
    "MUNICIPALITY_KINDS",
    "Annulment",
    "Change",
    "ChangeAct",
    "ChangeKind",
    "ChangePart",
    "ChangePartSettlement",
    "ChangeShare",
    "ChangeUnit",
    "Dated",
    "LegalAct",
    "Named",
    "PartScope",
    "Person",
    "PersonPrivate",
    "Population",
    "Provenance",
    "PublishedFigure",
    "Recorded",
    "Settlement",
    "SettlementAssignment",
    "SettlementCode",
    "SettlementKind",
    "Unit",
    "UnitCode",
    "UnitKind",
    "UnitRole",
    "UnitVersion",
]
