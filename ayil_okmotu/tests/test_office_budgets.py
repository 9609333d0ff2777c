"""Local budgets on the office pages: typed in, corrected, sent as a file."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ayil_okmotu import services
from ayil_okmotu.models import LocalBudget
from ayil_okmotu.tests.office import *  # noqa: F403  (fixtures)
from ayil_okmotu.tests.office import of
from councils.tests.desk import text

pytestmark = pytest.mark.django_db


def test_a_budget_is_typed_in_and_what_does_not_add_up_is_shown(staff, office):
    sent = {
        "year": "2025",
        "plan-income_tax": "10",
        "actual-income_tax": "12,5",
        "actual-total_revenue": "20",
        "actual-total_expenditure": "254,40.0",
    }
    refused = staff.post(of(office.body, "budgets/new/"), sent)
    assert refused.status_code == 422
    assert "«254,40.0» is no number" in text(refused)
    staff.post(of(office.body, "budgets/new/"), {**sent, "as_printed": "on"})

    budget = LocalBudget.objects.get()
    lines = {line.item.code: line for line in budget.lines.select_related("item")}
    assert lines["income_tax"].actual == Decimal("12.5")
    assert lines["total_expenditure"].actual_as_printed == "254,40.0"
    page = text(staff.get(of(office.body, f"budgets/{budget.pk}/")))
    assert "What does not fit together" in page
    assert "«254,40.0»" in page
    twice = staff.post(of(office.body, "budgets/new/"), {"year": "2025", "plan-income_tax": "1"})
    assert twice.status_code == 409


def test_a_budget_is_corrected_and_an_emptied_figure_is_empty(staff, office):
    lines = {
        "income_tax": services.Amounts(Decimal(10), Decimal(12)),
        "land_tax": services.Amounts(Decimal(3)),
    }
    budget = services.write_budget(unit=office.unit, year=2025, lines=lines)
    where = of(office.body, f"budgets/{budget.pk}/edit/")
    assert 'value="12"' in staff.get(where).content.decode()

    sent = {"plan-income_tax": "10", "actual-income_tax": "", "plan-land_tax": "4", "version": budget.version}
    staff.post(where, sent)

    stored = {line.item.code: (line.plan, line.actual) for line in budget.lines.select_related("item")}
    assert stored == {"income_tax": (10, None), "land_tax": (4, None)}
    assert staff.post(where, sent).status_code == 412


def test_a_budget_of_another_municipality_is_not_found(staff, home, office):
    budget = services.write_budget(
        unit=home[1], year=2025, lines={"income_tax": services.Amounts(Decimal(1))}
    )

    assert staff.get(of(office.body, f"budgets/{budget.pk}/")).status_code == 404


def upload(rows):
    head = "unit;year;line;plan;actual"
    return SimpleUploadedFile("budgets.csv", "\n".join([head, *rows]).encode("utf-8-sig"))


def test_a_file_is_tried_shown_and_exactly_it_applied(staff, office):
    good = [f"{office.unit.pk};2025;income_tax;10;12", f"{office.unit.pk};2025;total_revenue;11;12"]
    answer = staff.post("/en/executive-bodies/budget-import/", {"file": upload(good)})
    report = answer["Location"]
    assert not LocalBudget.objects.exists()

    page = staff.get(report)
    assert "new budgets" in text(page)
    assert "What does not fit together" in text(page)
    staff.post(report, {"digest": page.context["form"]["digest"].value()})

    assert LocalBudget.objects.get().lines.count() == 2
    assert staff.get(report).status_code == 404


def test_a_figure_that_cannot_be_read_names_its_cell_and_is_kept_only_when_asked(team, office):
    rows = [f"{office.unit.pk};2025;total_expenditure;;254,40.0"]
    report = team.post("/en/executive-bodies/budget-import/", {"file": upload(rows)})["Location"]
    page = team.get(report)
    assert "«254,40.0» cannot be read as a number" in text(page)
    digest = page.context["form"]["digest"].value()

    assert team.post(report, {"digest": digest}).status_code == 422
    assert not LocalBudget.objects.exists()
    team.post(report, {"digest": digest, "keep_unreadable": "on"})

    assert LocalBudget.objects.get().lines.get().actual_as_printed == "254,40.0"


def test_staff_send_the_budget_of_their_own_municipality_alone(staff, analyst, home, office):
    rows = [f"{home[1].pk};2025;income_tax;10;12"]
    report = staff.post("/en/executive-bodies/budget-import/", {"file": upload(rows)})["Location"]

    assert "your own municipality alone" in text(staff.get(report))
    assert analyst.get("/en/executive-bodies/budget-import/").status_code == 403
