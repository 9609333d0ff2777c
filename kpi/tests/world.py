"""One of everything: reports in every state, an employee's ones, a published run, one that waits, a methodology in draft."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

from ayil_okmotu.tests import factories as offices
from kpi import services
from kpi.models import Indicator, ReturnedValue, Score, Step, Subject
from kpi.tests import factories as make
from registry.tests.factories import aimak, district

AT = make.Q3_ENTRY
LATER = AT + dt.timedelta(days=1)


def built():
    """Return it: reports by their state, and what hangs on them."""
    active = make.methodology()
    employees = make.methodology(Subject.EMPLOYEE)
    draft = services.draft_methodology(
        subject=Subject.HEAD, name={"ky": "Экинчи", "ru": "Вторая"}, copy_of=active
    )
    home = district()
    names = (
        "draft", "filled", "unproven", "submitted", "in_review", "returned", "approved", "published", "amended",
    )  # fmt: skip
    units = {name: aimak(home, name, residents=12_000) for name in names}
    quarter, next_quarter = make.period(), make.period(2022, 4)
    reports = {"published": make.published(units["published"], of=quarter)}
    former = make.published(units["amended"], of=quarter)
    done = make.published_run(quarter)
    reports |= {
        "draft": make.opened(units["draft"], of=quarter),
        "filled": make.filled(make.opened(units["filled"], of=quarter)),
        "unproven": make.filled(make.opened(units["unproven"], of=quarter), proof=False),
        **{
            name: getattr(make, name)(units[name], of=quarter)
            for name in ("submitted", "in_review", "approved")
        },
    }
    reviewed = make.in_review(units["returned"], of=quarter)
    reports["returned"] = services.return_report(
        report=reviewed, reasons={"jobs": "Түшүндүрүңүз"}, by=reviewed.reviewed_by, at=LATER
    )
    amendment = services.amend(report=former, reason="Ката", by=None, at=LATER)
    amendment = services.submit(report=amendment, by=former.submitted_by, at=LATER)
    amendment = services.start_review(report=amendment, by=former.approved_by, at=LATER)
    reports["amendment"] = services.approve(report=amendment, by=former.approved_by, at=LATER)
    body = offices.body(units["draft"])
    posts = [offices.appointment(offices.post(body), name=f"Кызматкер {n}") for n in (1, 2)]
    finding = services.record_finding(
        today=make.TODAY,
        value=make.value(reports["approved"], "jobs"),
        verdict="corrected",
        number=Decimal(3),
        found_on=AT.date(),
        note="Акт",
        by=None,
    )
    make.approved(units["draft"], of=next_quarter, at=dt.datetime(2023, 1, 10, 9, tzinfo=dt.UTC))
    found = SimpleNamespace(
        **reports,
        home=home,
        units=units,
        quarter=quarter,
        active=active,
        employees=employees,
        draft_methodology=draft,
        head=offices.head(body),
        own=make.opened(units["draft"], of=quarter, appointment=posts[0]),
        own_published=make.published(units["draft"], of=quarter, appointment=posts[1], training=None),
        finding=finding,
        run=done,
        queued=services.request_run(
            period=next_quarter, methodology=active, by=None, at=AT + dt.timedelta(days=100)
        ),
        extension=services.extend(
            period=quarter, unit=units["draft"], until=dt.date(2023, 2, 1), reason="Суу", by=None
        ),
    )
    found.jobs = make.value(found.draft, "jobs")
    found.saved = make.value(found.draft, "budget_saved")
    found.indicator = Indicator.objects.get(category__methodology=draft, measure__code="jobs")
    found.step = Step.objects.filter(report=found.draft).get()
    found.reason = ReturnedValue.objects.get()
    found.score = Score.objects.filter(run=done).first()
    return found
