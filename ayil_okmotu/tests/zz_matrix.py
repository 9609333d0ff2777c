import datetime as dt

import pytest

from ayil_okmotu import services as body_services
from ayil_okmotu.models import TrainingProgramme
from ayil_okmotu.tests import factories as offices
from lsg_portal.tests.matrix import asking, samples, table

pytestmark=pytest.mark.django_db
class W(samples.World):
    def _council(self):
        super()._council(); self._executive()
    def _executive(self):
        body = offices.body(self.a)
        specialist = offices.post(body)
        report = body_services.report_staff(body=body, on=dt.date(2024, 1, 1), approved=9, filled=8, contract=1)
        budget = body_services.write_budget(unit=self.a, year=2023, lines={})
        self.samples |= {
            "body_a": {"pk": body.pk},
            "post_a": {"pk": specialist.pk},
            "appointment_a": {"pk": offices.appointment(specialist).pk},
            "head_a": {"pk": offices.head(body).pk},
            "staffing_a": {"pk": report.pk},
            "budget_a": {"pk": budget.pk},
        }
        self._office(body, specialist, budget)
    def _office(self, body, specialist, budget):
        """What the staff of municipality A keep of their executive body beside what the public reads."""
        employee, day = specialist.appointments.get(), dt.date(2024, 2, 1)
        training = body_services.record_training(
            appointment=employee,
            programme=TrainingProgramme.objects.order_by("code").first(),
            began_on=day,
            ended_on=day,
            hours=8,
        )
        breach = body_services.report_violation(appointment=employee, discovered_on=day, description="Кечигүү")
        body_services.record_explanation(violation=breach, on=day)
        body_services.record_finding(violation=breach, on=day, finding="Тастыкталды")
        body_services.impose(violation=breach, kind="remark", on=day, order_number="1")
        self.samples |= {
            "office_a": {"body": body.pk},
            "head_post_a": {"pk": offices.head_post(body).pk},
            "office_budget_a": {"body": body.pk, "pk": budget.pk},
            "training_a": {"pk": training.pk},
            "career_a": {"pk": body_services.plan_step(appointment=employee, by_year=2027, goal_kind="deputy").pk},
            "breach_a": {"pk": breach.pk},
            "reserve_a": {
                "pk": body_services.reserve(post=specialist, person=offices.person("Резерв"), place=1, on=day).pk
            },
        }
def test_lines(settings):
    settings.LSG_WAIVE=True
    w=W()
    out=[]
    words={"body":"office_a"}
    ask=asking.Asking(w, w.by_session, w.users)
    asking.RENDERED=tuple(w.users)
    def sample(path):
        if "reserve/<pk>" in path: return ["reserve_a"]
        if "trainings/<pk>" in path: return ["training_a"]
        if "career/<pk>" in path: return ["career_a"]
        if "breaches/<pk>" in path: return ["breach_a"]
        if "budgets/<pk>" in path: return ["office_budget_a"]
        if "<body>" in path: return ["office_a"]
        if "staffing/<pk>" in path: return ["staffing_a"]
        if "posts/<pk>" in path: return ["post_a"]+(["head_post_a"] if path.endswith(("<pk>/","appoint/")) else [])
        if "appointments/<pk>" in path: return ["appointment_a"]+(["head_a"] if path.endswith("end/") else [])
        if "<token>" in path: return ["no_report"]
        return ["-"]
    viewers=[v for v in w.users if v!="superuser"]
    lines=[]
    for r in table.routes():
        if not(r.path.startswith("/my-executive-body/") or r.path.startswith("/executive-bodies/heads") or r.path.startswith("/executive-bodies/candidate") or r.path.startswith("/executive-bodies/budget-import")): continue
        for s in sample(r.path):
            for m in r.methods:
                row=table.Row(1,m,r.path,"",s,(),"t",r.path)
                lines.append(f"{m:4} {r.path:58} {s:15} "+" ".join(ask.answer(v,m,row) for v in viewers))
    open("/tmp/jmatrix.txt","w").write(" ".join(viewers)+"\n"+"\n".join(lines)+"\n")
