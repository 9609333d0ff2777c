import datetime as dt
import os
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import RoleKind
from accounts.tests.factories import RoleFactory
from ayil_okmotu import services
from ayil_okmotu.models import TrainingProgramme
from ayil_okmotu.tests import factories
from ayil_okmotu.tests.office import *  # noqa
from ayil_okmotu.tests.office import of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
def test_shots(open_page, live_server, today, office, home, settings):
    from django.utils.translation import trans_real
    settings.LOCALE_PATHS=["/tmp/jlocale"]; trans_real._translations.clear(); trans_real._default=None
    out="/tmp/jshots"; os.makedirs(out, exist_ok=True)
    body, emp = office.body, office.employee
    services.set_contact(body=body, phone="+996 555 112233", email="ak@example.kg", person="Кабылдамачы")
    v = services.report_violation(appointment=emp, discovered_on=dt.date(2026,2,1), description="Үч жолу кечигип келген.\nБуйрукту аткарган эмес.")
    services.record_explanation(violation=v, on=dt.date(2026,2,5))
    v2 = services.report_violation(appointment=emp, discovered_on=dt.date(2025,3,1), description="Кечигүү")
    services.record_explanation(violation=v2, on=dt.date(2025,3,5)); services.record_finding(violation=v2, on=dt.date(2025,3,8), finding="Тастыкталды"); services.impose(violation=v2, kind="reprimand", on=dt.date(2025,4,1), until=dt.date(2025,10,1), order_number="17")
    pr=TrainingProgramme.objects.order_by("code").first()
    services.record_training(appointment=emp, programme=pr, began_on=dt.date(2025,2,3), ended_on=dt.date(2025,2,4), hours=16, certificate="№ 118")
    step=services.plan_step(appointment=emp, by_year=2027, goal_kind="department_head", programme=pr, note="Башчы менен макулдашылган")
    services.record_service(person=emp.person, on=dt.date(2026,1,1), total_years=9, leading_years=3, higher_education=True, state_language=True)
    for n in (1,2): services.reserve(post=office.post, person=factories.person(f"Резерв {n}","f"), place=n, on=dt.date(2026,1,1))
    services.report_staff(body=body, on=dt.date(2026,1,1), approved=14, filled=13, contract=4, women=3)
    factories.acting_head(body, on=dt.date(2026,2,1), name="Милдетин аткаруучу Бешинчи")
    A=services.Amounts
    b=services.write_budget(unit=office.unit, year=2025, lines={"income_tax":A(Decimal(10),Decimal("12.5")),"total_revenue":A(Decimal(20),Decimal(25)),"total_expenditure":A(Decimal(20),None,"","254,40.0")})
    pages={"desk":of(body),"address":of(body,"address/"),"contacts":of(body,"contacts/"),"staffing":of(body,"staffing/new/"),"postnew":of(body,"posts/new/"),"post":of(office.post),"postedit":of(office.post,"edit/"),"close":of(office.post,"close/"),
     "appoint":of(office.village_post,"appoint/?q=баш"),"reserve":of(office.post,"reserve/new/"),"employee":of(emp),"end":of(emp,"end/"),"training":of(emp,"trainings/new/"),"career":of(emp,"career/new/"),"service":of(emp,"service/"),"breachnew":of(emp,"breaches/new/"),
     "breach":of(v),"breach2":of(v2),"finding":of(v,"finding/"),"measure":of(v,"measure/"),"lift":of(v2,"measure/lift/"),"budget":of(body,f"budgets/{b.pk}/"),"budgetedit":of(body,f"budgets/{b.pk}/edit/"),"import":"/en/executive-bodies/budget-import/"}
    ministry={"heads":"/en/executive-bodies/heads/","check":"/en/executive-bodies/candidate-check/","headpost":of(office.head_post),"headend":of(office.head,"end/")}
    only=os.environ.get("J_ONLY")
    for lang in os.environ.get("J_LANG","ky,ru").split(","):
        for width in (1280,360):
            for role,unit,some in ((RoleKind.STAFF,home[0],pages),(RoleKind.REFORM_TEAM,None,ministry)):
                client=Client(); client.force_login(RoleFactory(role=role, unit=unit).user)
                page=open_page("/en/", width)
                page.context.add_cookies([{"name":"sessionid","value":client.cookies["sessionid"].value,"url":live_server.url}])
                for name,where in some.items():
                    if only and name not in only.split(","): continue
                    page.goto(live_server.url+where.replace("/en/",f"/{lang}/",1), wait_until="networkidle")
                    if name=="import":
                        page.set_input_files("input[type=file]", files=[{"name":"b.csv","mimeType":"text/csv","buffer":("unit;year;line;plan;actual\n%s;2024;income_tax;10;12\n%s;2024;total_revenue;11;254,40.0"%(office.unit.pk,office.unit.pk)).encode("utf-8-sig")}])
                        page.screenshot(path=f"{out}/{name}0-{lang}-{width}.png", full_page=True)
                        with page.expect_navigation(): page.locator("main form button[type=submit]").last.click()
                    if name=="check":
                        page.fill("#id_total_years","6"); page.fill("#id_leading_years","2"); page.fill("#id_elsewhere_years","5")
                        with page.expect_navigation(): page.locator("main form button[type=submit]").last.click()
                    page.screenshot(path=f"{out}/{name}-{lang}-{width}.png", full_page=True)
                    wide=page.evaluate("document.documentElement.scrollWidth")
                    if wide>width: print("WIDE",name,lang,width,wide)
