"""The small register that the matrix is asked about, and those who ask."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import invitations
from accounts.models import RoleKind, Session, Token
from accounts.tests.factories import RoleFactory, UserFactory
from audit.models import Entry
from ayil_okmotu import services as body_services
from ayil_okmotu.models import BudgetItem, EndGround, QualificationRule, StaffingNorm, TrainingProgramme
from ayil_okmotu.tests import factories as offices
from councils import services as council_services
from councils.models import DecisionRule, EndReason, Party, SeatConflict
from councils.tests import factories as chambers
from delegation import services as power_services
from delegation.models import Field, PowerItem, StateBody, StatuteItem
from delegation.tests import factories as powers
from kpi import services as kpi_services
from kpi.models import Band, Category, Evidence, Indicator, Measure, PeerGroup, Score, Subject
from kpi.tests import factories as assessed
from reform import services
from reform.models import HandOver, RoadmapStep
from reform.tests.scenarios import DAY, apply, merge_draft, programme
from registry.models import Population, PublishedFigure
from registry.tests.factories import LegalActFactory, aimak, code, district, oblast

ENDED = (dt.date(2020, 1, 1), dt.date(2021, 1, 1))
COUNTRYWIDE = {
    "analyst": RoleKind.ANALYST,
    "approver": RoleKind.APPROVER,
    "team": RoleKind.REFORM_TEAM,
    "auditor": RoleKind.AUDITOR,
    "admin": RoleKind.ADMINISTRATOR,
}


class World:
    """Two districts, each with two municipalities and a draft that merges them; events in force and annulled."""

    def __init__(self) -> None:
        land = oblast("Нарын")
        self.own, self.foreign = district(land, "Кочкор"), district(land, "Жумгал")
        self.a, self.b = (aimak(self.own, name, villages=[name], residents=10) for name in ("Ак", "Бел"))
        code(self.a, "41704215801000")
        self.samples: dict[str, dict[str, Any]] = {"-": {}}
        self._events()
        self._records()
        self._council()
        self._executive()
        self._delegation()
        self._kpi()
        self._users()

    def _pair(self, where: Any, name: str) -> list[Any]:
        return [aimak(where, f"{name} {number}", villages=[f"{name} {number}"]) for number in (1, 2)]

    def _events(self) -> None:
        act = LegalActFactory()
        inside, self.unborn = merge_draft([self.a, self.b], self.own, act_ids=(act.pk,))
        outside, _new = merge_draft(self._pair(self.foreign, "Чет"), self.foreign)
        ending = self._pair(self.foreign, "Күч")
        in_force, _new = merge_draft(ending, self.foreign, act_ids=(act.pk,))
        in_force = apply(in_force)
        annulled, _new = merge_draft(self._pair(self.foreign, "Жок"), self.foreign)
        annulled = services.annul(event=apply(annulled), reason="ката", by="test", at=timezone.now())
        for name, event in {
            "inside": inside,
            "outside": outside,
            "in_force": in_force,
            "annulled": annulled,
        }.items():
            self.samples[name] = {"pk": event.pk}
        step = RoadmapStep.objects.create(event=inside, title_ky="Кадам", due_on=DAY)
        hand_over = HandOver.objects.create(
            event=inside, kind="funds", from_unit=self.a, to_unit=self.b, title_ky="Каражат"
        )
        self.samples |= {
            "unborn": {"pk": self.unborn},
            "act": {"pk": act.pk},
            "change": {"pk": in_force.change_id},
            "programme": {"pk": programme().pk},
            "reform/event": {"object_id": inside.pk},
            "reform/programme": {"object_id": programme().pk},
            "reform/roadmapstep": {"object_id": step.pk},
            "reform/handover": {"object_id": hand_over.pk},
            "registry/change": {"object_id": in_force.change_id},
            "registry/legalact": {"object_id": act.pk},
        }
        self.ended = ending[0]
        for name, event in (("inside", inside), ("outside", outside), ("in_force", in_force)):
            self.samples[f"history_{name}"] = {"kind": "event", "key": event.pk}

    def _records(self) -> None:
        figure = PublishedFigure.objects.create(
            measure="cities", day=DAY, value="1.5", as_printed="1,5", source="Булак"
        )
        village = self.a.assignments.get().settlement
        self.samples |= {
            "a": {"pk": self.a.pk},
            "b": {"pk": self.b.pk},
            "nothing": {"pk": "00000000-0000-4000-8000-0000000000ff"},
            "settlement": {"pk": village.pk},
            "code": {"system": "soate", "code": "41704215801000"},
            "registry/unit": {"object_id": self.a.pk},
            "registry/settlement": {"object_id": village.pk},
            "registry/publishedfigure": {"object_id": figure.pk},
            "registry/population": {"object_id": Population.objects.filter(unit=self.a).first().pk},
            "app": {"app_label": "registry"},
            "words": {"url": "no/such/page/"},
            "shortcut": {"content_type_id": "1", "object_id": str(self.a.pk)},
            "no_report": {"token": "no-such-report"},
            "no_passkey": {"pk": 1},
            "history_unit": {"kind": "unit", "key": self.a.pk},
            "history_unborn": {"kind": "unit", "key": self.unborn},
            "history_none": {"kind": "nothing", "key": self.a.pk},
            "reset": {"uidb36": "1", "key": "no-such-key"},
        }

    def _council(self) -> None:
        """The council of municipality A in the hands of its secretary."""
        sitting = chambers.convocation(chambers.council(self.a), seats=3, deputies=3)
        held = chambers.held_session(sitting, dt.date(2024, 2, 1))
        planned = council_services.plan_session(convocation=sitting, held_on=dt.date(2026, 12, 1))
        item = council_services.add_agenda_item(session=planned, title={"ky": "Бюджет"})
        drafted, published = chambers.draft(held), chambers.published(held)
        mandate = council_services.sheet(session=held)[0]
        party = Party.objects.create(name_ky="Партия", name_ru="Партия")
        conflict = SeatConflict.objects.create(council=sitting.council, statement_ky="Жобо")
        self.samples |= {
            "my_council": {"council": sitting.council_id},
            "my_session": {"pk": planned.pk},
            "my_item": {"item": item.pk},
            "my_mandate": {"pk": mandate.pk},
            "my_draft": {"pk": drafted.pk},
            "my_published": {"pk": published.pk},
            "my_no_file": {"pk": drafted.pk, "file": "00000000-0000-4000-8000-0000000000ff"},
            "my_import": {"council": sitting.council_id, "token": "no-such-report"},
            "agenda_item": {"pk": planned.pk, "item": item.pk},
            "council_a": {"pk": sitting.council_id},
            "convocation_a": {"pk": sitting.pk},
            "deputy_a": {"pk": mandate.person_id},
            "no_council": {"pk": "00000000-0000-4000-8000-0000000000fe"},
            "councils/decisionrule": {"object_id": DecisionRule.objects.get(code="simple").pk},
            "councils/endreason": {"object_id": EndReason.objects.get(code="death").pk},
            "councils/party": {"object_id": party.pk},
            "councils/seatconflict": {"object_id": conflict.pk},
        }

    def _executive(self) -> None:
        """The executive body of municipality A: a head, a specialist, a report, a budget."""
        body = offices.body(self.a)
        specialist = offices.post(body)
        appointed = offices.appointment(specialist)
        report = body_services.report_staff(
            body=body, on=dt.date(2024, 1, 1), approved=9, filled=8, contract=1
        )
        budget = body_services.write_budget(unit=self.a, year=2023, lines={})
        self.samples |= {
            "body_a": {"pk": body.pk},
            "post_a": {"pk": specialist.pk},
            "appointment_a": {"pk": appointed.pk},
            "head_a": {"pk": offices.head(body).pk},
            "staffing_a": {"pk": report.pk},
            "budget_a": {"pk": budget.pk},
            "official_a": {"pk": appointed.person_id},
            "of_a": {"pk": self.a.pk},
            "no_body": {"pk": "00000000-0000-4000-8000-0000000000fe"},
            "ayil_okmotu/endground": {"object_id": EndGround.objects.get(code="own_request").pk},
            "ayil_okmotu/qualificationrule": {
                "object_id": QualificationRule.objects.get(unit_kind="ayil_aimak").pk
            },
            "ayil_okmotu/staffingnorm": {"object_id": StaffingNorm.objects.first().pk},
            "ayil_okmotu/budgetitem": {"object_id": BudgetItem.objects.first().pk},
            "ayil_okmotu/trainingprogramme": {"object_id": TrainingProgramme.objects.first().pk},
        }
        self._office(body, specialist, budget)

    def _office(self, body: Any, specialist: Any, budget: Any) -> None:
        """What the staff of municipality A keep of their executive body beside what the public reads."""
        employee, day = specialist.appointments.get(), dt.date(2024, 2, 1)
        training = body_services.record_training(
            appointment=employee,
            programme=TrainingProgramme.objects.order_by("code").first(),
            began_on=day,
            ended_on=day,
            hours=8,
        )
        breach = body_services.report_violation(
            appointment=employee, discovered_on=day, description="Кечигүү"
        )
        body_services.record_explanation(violation=breach, on=day)
        body_services.record_finding(violation=breach, on=day, finding="Тастыкталды")
        body_services.impose(violation=breach, kind="remark", on=day, order_number="1")
        step = body_services.plan_step(appointment=employee, by_year=2027, goal_kind="deputy")
        candidate = body_services.reserve(post=specialist, person=offices.person("Резерв"), place=1, on=day)
        self.samples |= {
            "office_a": {"body": body.pk},
            "head_post_a": {"pk": offices.head_post(body).pk},
            "office_budget_a": {"body": body.pk, "pk": budget.pk},
            "training_a": {"pk": training.pk},
            "career_a": {"pk": step.pk},
            "breach_a": {"pk": breach.pk},
            "reserve_a": {"pk": candidate.pk},
        }

    def _delegation(self) -> None:
        """Powers handed over to municipality A: a transfer in force with money and a dispute, a draft; one to be decided."""
        transfer = powers.in_force(self.a)
        draft = powers.draft(self.a, of=powers.power("special-needs"))
        means = powers.provided(draft, kinds=("material",)).means.get()
        funding = power_services.report_funding(transfer=transfer, year=2024, quarter=1, need=1)
        dispute = powers.dispute(self.a, transfer=transfer)
        request = power_services.file_request(
            unit=self.a,
            transfer=transfer,
            ground="unlawful",
            justification="Мыйзамсыз",
            filed_on=dt.date(2024, 1, 1),
            due_on=dt.date(2024, 2, 1),
        )
        pair = self._pair(self.foreign, "Өткөн")
        ending = powers.in_force(pair[0])
        apply(merge_draft(pair, self.foreign)[0])
        practice = power_services.record_practice(
            power=powers.power("education-premises"), unit=self.a, on=dt.date(2022, 1, 1)
        )
        party = power_services.add_party(dispute=dispute, role="claimant", unit=self.a)
        overlap = power_services.record_overlap(
            power=transfer.power,
            state_body=powers.state_body(),
            what=powers.named("Каттоо"),
            on=dt.date(2022, 1, 1),
        )
        self.samples |= {
            "power": {"pk": transfer.power_id},
            "no_power": {"pk": "00000000-0000-4000-8000-0000000000fd"},
            "transfer_a": {"pk": transfer.pk},
            "draft_a": {"pk": draft.pk},
            "means_a": {"pk": draft.pk, "means": means.pk},
            "agreement_a": {"pk": transfer.pk, "language": "ru", "kind": "docx"},
            "agreement_draft": {"pk": draft.pk, "language": "ky", "kind": "docx"},
            "funding_a": {"pk": funding.pk},
            "dispute_a": {"pk": dispute.pk},
            "request_a": {"pk": request.pk},
            "succession": {"pk": ending.successions.get().pk},
            "means_of_draft": {"pk": means.pk},
            "quarter_a": {"pk": transfer.pk, "year": 2024, "quarter": 1},
            "quarter_of_draft": {"pk": draft.pk, "year": 2024, "quarter": 1},
            "practice_a": {"pk": practice.pk},
            "party_a": {"pk": party.pk},
            "power_item": {"pk": PowerItem.objects.first().pk},
            "overlap": {"pk": overlap.pk},
            "statute_item": {"pk": StatuteItem.objects.first().pk},
            "history_transfer": {"kind": "transfer", "key": transfer.pk},
            "history_draft_transfer": {"kind": "transfer", "key": draft.pk},
            "delegation/statebody": {"object_id": StateBody.objects.first().pk},
            "delegation/field": {"object_id": Field.objects.first().pk},
            "delegation/statepower": {"object_id": transfer.power_id},
            "delegation/poweritem": {"object_id": PowerItem.objects.first().pk},
            "delegation/statuteitem": {"object_id": StatuteItem.objects.first().pk},
            "delegation/overlap": {"object_id": overlap.pk},
        }

    def _kpi(self) -> None:
        """Reports of municipality A in four quarters: draft, in review, published with its run, approved with a run."""
        methodology = assessed.methodology()
        employees = assessed.methodology(Subject.EMPLOYEE)
        drafted = kpi_services.draft_methodology(
            subject=Subject.HEAD, name={"ky": "Экинчи", "ru": "Вторая"}, copy_of=methodology
        )
        open_for_ever = {"locks": dt.date(2100, 1, 1)}
        first, second, third, fourth = (
            assessed.period(2022, number, **open_for_ever) for number in (1, 2, 3, 4)
        )
        published = assessed.published(self.a, of=third)
        person = self.a.executive_bodies.get().posts.get(kind="specialist").appointments.get()
        of_employee = assessed.published(self.a, of=third, appointment=person, training=None)
        run = assessed.published_run(third)
        employees_run = assessed.published_run(third, subject=Subject.EMPLOYEE)
        assessed.approved(self.a, of=fourth, at=dt.datetime(2023, 1, 10, 9, tzinfo=dt.UTC))
        hidden = assessed.run_of(fourth)
        in_review = assessed.in_review(self.a, of=second)
        draft = assessed.filled(assessed.opened(self.a, of=first))
        employees_draft = assessed.opened(self.a, of=first, appointment=person)
        kpi_services.extend(
            period=first, unit=self.a, until=dt.date(2100, 2, 1), reason="Суу каптады", by=None
        )

        def line(model: Any, **which: Any) -> Any:
            return model.objects.filter(**which).first().pk

        category = line(Category, methodology=drafted)
        indicator = line(Indicator, category__methodology=drafted)
        band = line(Band, methodology=drafted)
        group = line(PeerGroup, methodology=drafted)

        def value(report: Any, code: str = "jobs") -> dict[str, Any]:
            return {"pk": assessed.value(report, code).pk}

        def evidence(report: Any) -> dict[str, Any]:
            return {"pk": Evidence.objects.filter(value__report=report).first().pk}

        self.samples |= {
            "kpi_version": {"pk": methodology.pk},
            "kpi_version_draft": {"pk": drafted.pk},
            "kpi_category_line": {"pk": drafted.pk, "line": category},
            "kpi_indicator_line": {"pk": drafted.pk, "line": indicator},
            "kpi_band_line": {"pk": drafted.pk, "line": band},
            "kpi_group_line": {"pk": drafted.pk, "line": group},
            "kpi_category": {"pk": category},
            "kpi_indicator": {"pk": indicator},
            "kpi_band": {"pk": band},
            "kpi_group": {"pk": group},
            "kpi_line": {"kind": "bands", "pk": band},
            "kpi_period": {"pk": first.pk},
            "kpi_code": {"code": "jobs"},
            "kpi_no_code": {"code": "no-such-measure"},
            "kpi_draft": {"pk": draft.pk},
            "kpi_in_review": {"pk": in_review.pk},
            "kpi_published": {"pk": published.pk},
            "kpi_employee": {"pk": employees_draft.pk},
            "kpi_value_draft": value(draft),
            "kpi_value_published": value(published),
            "kpi_value_employee": value(of_employee, "appeals"),
            "kpi_evidence_draft": evidence(draft),
            "kpi_evidence_published": evidence(published),
            "kpi_sheet": {"pk": draft.pk, "token": "no-such-report"},
            "kpi_run": {"pk": run.pk},
            "kpi_run_hidden": {"pk": hidden.pk},
            "kpi_run_employees": {"pk": employees_run.pk},
            "kpi_score": {"pk": line(Score, run=run)},
            "kpi_score_hidden": {"pk": line(Score, run=hidden)},
            "kpi_score_employee": {"pk": line(Score, run=employees_run)},
            "kpi_of": {"pk": self.a.pk},
            "kpi_series": {"pk": self.a.pk, "code": "jobs"},
            "kpi_nothing": {"pk": "00000000-0000-4000-8000-0000000000fc"},
            "history_kpi_report": {"kind": "kpi-report", "key": published.pk},
            "history_kpi_draft": {"kind": "kpi-report", "key": draft.pk},
            "history_kpi_employee": {"kind": "kpi-report", "key": of_employee.pk},
            "history_kpi_version": {"kind": "kpi-methodology", "key": drafted.pk},
            "kpi/measure": {"object_id": Measure.objects.first().pk},
            "kpi/methodology": {"object_id": employees.pk},
            "kpi/indicator": {"object_id": indicator},
            "kpi/period": {"object_id": first.pk},
            "kpi/scorerun": {"object_id": run.pk},
        }

    def _users(self) -> None:
        self.users: dict[str, Any] = {
            "visitor": None,
            "staff_a": RoleFactory(role=RoleKind.STAFF, unit=self.a).user,
            "staff_b": RoleFactory(role=RoleKind.STAFF, unit=self.b).user,
            "district": RoleFactory(role=RoleKind.DISTRICT, unit=self.own).user,
            **{name: RoleFactory(role=role).user for name, role in COUNTRYWIDE.items()},
            "revoked": RoleFactory(role=RoleKind.REFORM_TEAM).user,
            "former": RoleFactory(role=RoleKind.REFORM_TEAM, valid=ENDED).user,
            "superuser": UserFactory(is_superuser=True, is_staff=True),
        }
        self.tokens = {name: Token.objects.create(user) for name, user in self.users.items() if user}
        self._stranger()

    def _stranger(self) -> None:
        """Somebody else, whom no viewer is: staff of a municipality that has ended."""
        stranger = UserFactory()
        role = RoleFactory(user=stranger, role=RoleKind.STAFF, unit=self.ended)
        Client().force_login(stranger)
        secret = invitations.invite(user=UserFactory(), by=None, at=timezone.now(), reason="жаңы")
        with connection.cursor() as cursor:  # the chain is forged at the end of a transaction
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        self.samples |= {
            "other_token": {"token_id": Token.objects.create(stranger)[0].public_id},
            "other_session": {"session_id": Session.objects.get(user=stranger).public_id},
            "user": {"user_id": stranger.pk},
            "no_user": {"user_id": 10**9},
            "role": {"user_id": stranger.pk, "role_id": role.pk},
            "invitation": {"secret": secret},
            "no_invitation": {"secret": "no-such-invitation"},
            "password_of": {"id": stranger.pk},
            "accounts/user": {"object_id": stranger.pk},
            "entry": {"seq": 1},
            "no_entry": {"seq": 10**9},
            "audit/entry": {"object_id": Entry.objects.order_by("pk").first().pk},
            "audit/checkpoint": {"object_id": 1},
        }

    def kwargs(self, sample: str, viewer: str) -> dict[str, Any]:
        """Return what a sample puts into an address; one's own things differ by viewer."""
        if sample == "own_token":
            mine = self.tokens.get(viewer) or self.tokens["former"]
            return {"token_id": mine[0].public_id}
        if sample == "own_session":
            session = Session.objects.filter(user=self.users[viewer]).first()
            return {"session_id": session.public_id} if session else self.samples["other_session"]
        return self.samples[sample]

    def by_token(self, viewer: str) -> Client:
        """Return a client that sends the viewer's token."""
        if self.users[viewer] is None:
            return Client()
        return Client(headers={"Authorization": f"Token {self.tokens[viewer][1]}"})

    def by_session(self, viewer: str, *, csrf: bool = False) -> Client:
        """Return a client with the viewer's session."""
        client = Client(enforce_csrf_checks=csrf)
        if self.users[viewer] is not None:
            client.force_login(self.users[viewer])
        return client

    def revoke(self) -> None:
        """Withdraw the token and the account of the viewer ``revoked``, whose session was open until now."""
        user = self.users["revoked"]
        user.is_active = False
        user.save()
        Token.objects.filter(user=user).delete()
