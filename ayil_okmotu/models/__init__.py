"""Records of the executive bodies."""

from ayil_okmotu.models.appointments import (
    MUNICIPALITY_KIND_CODES,
    AppointedBy,
    Appointment,
    EndGround,
    QualificationRule,
    ReserveCandidate,
    ServiceRecord,
)
from ayil_okmotu.models.bodies import BodyContact, BodyKind, Employment, ExecutiveBody, Post, PostKind
from ayil_okmotu.models.budgets import BudgetItem, BudgetLine, LocalBudget
from ayil_okmotu.models.employees import (
    CareerStep,
    DisciplinaryMeasure,
    Training,
    TrainingProgramme,
    Violation,
)
from ayil_okmotu.models.staffing import StaffingNorm, StaffingReport

__all__ = [
    "MUNICIPALITY_KIND_CODES",
    "AppointedBy",
    "Appointment",
    "BodyContact",
    "BodyKind",
    "BudgetItem",
    "BudgetLine",
    "CareerStep",
    "DisciplinaryMeasure",
    "Employment",
    "EndGround",
    "ExecutiveBody",
    "LocalBudget",
    "Post",
    "PostKind",
    "QualificationRule",
    "ReserveCandidate",
    "ServiceRecord",
    "StaffingNorm",
    "StaffingReport",
    "Training",
    "TrainingProgramme",
    "Violation",
]
