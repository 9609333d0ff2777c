"""Writes of the executive bodies: posts and appointments, staff and discipline, budgets, territorial changes."""

from ayil_okmotu.services.appointments import HEAD_TERM, appoint, appointer, end_appointment
from ayil_okmotu.services.bodies import (
    change_body,
    change_post,
    close_post,
    create_post,
    found_body,
    kind_for,
    set_contact,
)
from ayil_okmotu.services.budgets import Amounts, BudgetEntry, read_figure, write_budget, write_budgets
from ayil_okmotu.services.changes import annul_change, apply_change, effects_of
from ayil_okmotu.services.discipline import (
    impose,
    last_day_to_impose,
    lift,
    record_explanation,
    record_finding,
    report_violation,
)
from ayil_okmotu.services.employees import (
    change_step,
    end_reserve,
    plan_step,
    record_service,
    record_training,
    remove_training,
    reserve,
)
from ayil_okmotu.services.planning import (
    BodyEffect,
    BodyEffects,
    BudgetJoin,
    HeadEnd,
    VillageHeadMove,
)
from ayil_okmotu.services.staffing import report_staff

__all__ = [
    "HEAD_TERM",
    "Amounts",
    "BodyEffect",
    "BodyEffects",
    "BudgetEntry",
    "BudgetJoin",
    "HeadEnd",
    "VillageHeadMove",
    "annul_change",
    "apply_change",
    "appoint",
    "appointer",
    "change_body",
    "change_post",
    "change_step",
    "close_post",
    "create_post",
    "effects_of",
    "end_appointment",
    "end_reserve",
    "found_body",
    "impose",
    "kind_for",
    "last_day_to_impose",
    "lift",
    "plan_step",
    "read_figure",
    "record_explanation",
    "record_finding",
    "record_service",
    "record_training",
    "remove_training",
    "report_staff",
    "report_violation",
    "reserve",
    "set_contact",
    "write_budget",
    "write_budgets",
]
