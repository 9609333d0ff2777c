"""The methodology editor: drafted, tried on the last quarter, changed line by line, put into force, never changed after."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client

from accounts.models import RoleKind
from accounts.tests.factories import UserFactory
from councils.tests.desk import signed_in, text
from kpi import preview, services
from kpi.errors import refuse
from kpi.models import Band, Category, Indicator, Methodology, Subject
from kpi.tests import factories as make
from kpi.tests.test_desks import as_file, at, fresh
from lsg_portal.web import days
from registry.tests.factories import FIRST, LegalActFactory, aimak, district, oblast

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(shared_rows):
    """Three municipalities with approved reports of a quarter, one of them without a figure for jobs."""
    with shared_rows():
        make.methodology()
        quarter = make.period()
        where = district(oblast("Нарын"), "Кочкор")
        for name, jobs in (("Ак", 24), ("Бел", 12)):
            make.approved(aimak(where, name, residents=9_000), of=quarter, jobs=jobs)
        partly = make.opened(aimak(where, "Кара", residents=9_000), of=quarter)
        services.enter_value(
            value=make.value(partly, "jobs"), at=make.Q3_ENTRY, status="missing", note="Эсеп жүргүзүлгөн эмес"
        )
        submitted = services.submit(report=make.filled(partly, jobs=None), by=UserFactory(), at=make.Q3_ENTRY)
        review = services.start_review(report=submitted, by=UserFactory(), at=make.Q3_ENTRY)
        services.approve(report=review, by=review.reviewed_by, at=make.Q3_ENTRY)
        return SimpleNamespace(quarter=quarter)


@pytest.fixture
def today(monkeypatch):
    """Pages open on a fixed day."""
    monkeypatch.setattr(days, "today", lambda: dt.date(2026, 3, 2))


@pytest.fixture
def approver(today, db):
    return signed_in(RoleKind.APPROVER)


@pytest.fixture
def analyst(today, db):
    return signed_in(RoleKind.ANALYST)


def one_of(page, start, end):
    return page[page.index(start) : page.index(end)]


def drafted(client):
    """The next version of the methodology of heads, as the desk makes it."""
    first = Methodology.objects.get(subject=Subject.HEAD, number=1)
    sent = {"name_ky": "Баалоо", "name_ru": "Оценка", "gate": "70", "version": first.version}
    made = client.post(at(f"methodologies/{first.pk}/edit/draft/"), sent)
    row = Methodology.objects.get(subject=Subject.HEAD, number=2)
    assert made["Location"] == at(f"methodologies/{row.pk}/edit/")
    return row


def grid(row, **changed):
    """What the form of weights sends, with other figures for some."""
    sent = {"version": fresh(row).version}
    for indicator in services.indicators_of(row):
        for name in ("least", "most", "weight"):
            key = f"{name}_{indicator.code}"
            sent[key] = changed.get(key, str(getattr(indicator, name).normalize()))
    return {key: f"{Decimal(value):f}" if key != "version" else value for key, value in sent.items()}


def test_a_draft_shows_its_effect_before_it_is_saved(world, approver):
    make.published_run(world.quarter)
    row = drafted(approver)
    where = at(f"methodologies/{row.pk}/edit/weights/")
    assert "Nobody would change the band." in text(approver.get(where))

    page = text(approver.post(where, {**grid(row, most_jobs="24"), "preview": "1"}))

    # jobs weigh 10 of 100: 24 of 0–60 are 40 points, of 0–24 they are 100; 12 of 0–60 are 20, of 0–24 they are 50
    assert "Nothing is saved yet" in page
    assert "+6.00" in one_of(page[page.index("Who would change most") :], "Ак", "Бел")
    assert "+3.00" in page[page.rindex("Бел") :]
    assert Indicator.objects.get(category__methodology=row, measure__code="jobs").most == 60


def test_weights_are_saved_together_or_not_at_all(world, approver):
    row = drafted(approver)
    where = at(f"methodologies/{row.pk}/edit/weights/")
    sent = grid(row, weight_jobs="15", least_roads="1")

    assert approver.post(where, {**sent, "version": 99}).status_code == 412
    assert approver.post(where, {**sent, "least_projects": "6"}).status_code == 422
    assert approver.post(where, {**sent, "weight_projects": "NaN"}).status_code == 422
    assert Indicator.objects.get(category__methodology=row, measure__code="jobs").weight == 10
    approver.post(where, sent)

    jobs, roads = (
        Indicator.objects.get(category__methodology=row, measure__code=code) for code in ("jobs", "roads")
    )
    assert (jobs.weight, roads.least) == (15, 1)
    assert "The weights sum to 105, not to 100." in text(approver.get(at(f"methodologies/{row.pk}/edit/")))


def test_a_refusal_at_one_line_leaves_the_others_as_they_were(world, approver, monkeypatch):
    row = drafted(approver)
    write = services.write_indicator

    def refusing(*, indicator, **more):
        if indicator.code == "roads":
            refuse("kpi_indicator_thresholds", pointer="/least")
        return write(indicator=indicator, **more)

    monkeypatch.setattr(services, "write_indicator", refusing)
    sent = grid(row, weight_jobs="15", least_roads="1")

    assert approver.post(at(f"methodologies/{row.pk}/edit/weights/"), sent).status_code == 422
    assert Indicator.objects.get(category__methodology=row, measure__code="jobs").weight == 10


def test_a_higher_gate_takes_places_away(world, approver):
    make.published_run(world.quarter)
    row = drafted(approver)
    edit = at(f"methodologies/{row.pk}/edit/")
    assert "3 published: 3" in text(approver.get(f"{edit}weights/"))

    names = {"name_ky": "Баалоо", "name_ru": "Оценка"}
    approver.post(f"{edit}texts/", {**names, "gate": "95", "version": row.version})

    assert "2 published: 3" in text(approver.get(f"{edit}weights/"))


def test_a_draft_enters_into_force_and_is_frozen_and_gets_its_act(world, approver):
    row = drafted(approver)
    edit = at(f"methodologies/{row.pk}/edit/")
    approver.post(f"{edit}weights/", grid(row, weight_jobs="15"))
    sent = {"on": "01.01.2026", "version": fresh(row).version}
    answer = approver.post(f"{edit}activate/", sent)
    assert answer.status_code == 422
    assert "The weights must sum to exactly 100." in text(answer)

    approver.post(f"{edit}weights/", grid(row, weight_jobs="10"))
    early = {"on": "01.07.2022", "version": fresh(row).version}
    assert approver.post(f"{edit}activate/", early).status_code == 409
    approver.post(f"{edit}activate/", {**sent, "version": fresh(row).version})
    row = fresh(row)
    assert (row.status, row.valid.lower) == ("active", dt.date(2026, 1, 1))
    assert Methodology.objects.get(subject=Subject.HEAD, number=1).valid.upper == dt.date(2026, 1, 1)

    assert approver.post(f"{edit}weights/", grid(row, weight_jobs="11")).status_code == 409
    line = Indicator.objects.get(category__methodology=row, measure__code="jobs")
    assert (
        approver.post(
            at(f"methodologies/lines/indicators/{line.pk}/remove/"), {"version": row.version}
        ).status_code
        == 409
    )
    act = LegalActFactory(adopted_on=dt.date(2025, 12, 1))
    approver.post(f"{edit}act/", {"act": str(act.pk), "version": row.version})
    assert fresh(row).act == act


def test_every_kind_of_line_is_added_changed_and_taken_out(world, approver):
    row = drafted(approver)
    edit, lines = at(f"methodologies/{row.pk}/edit/"), at("methodologies/lines/")

    def post(where, **sent):
        answer = approver.post(where, {**sent, "version": fresh(row).version})
        assert answer.status_code == 302, text(answer)

    post(f"{edit}categories/new/", code="green", order="5", name_ky="Жашыл", name_ru="Зелёное")
    category = Category.objects.get(methodology=row, code="green")
    post(f"{lines}categories/{category.pk}/", order="6", name_ky="Жашылдандыруу", name_ru="Озеленение")
    assert fresh(category).name_ky == "Жашылдандыруу"

    indicator = {
        "new_measure": "trees",
        "order": "1",
        "name_ky": "Отургузулган бак-дарактар",
        "name_ru": "Посаженные деревья",
        "unit_of_measure_ky": "даана",
        "unit_of_measure_ru": "шт.",
        "formula": "number",
        "direction": "higher_is_better",
        "least": "0",
        "most": "500",
        "weight": "5",
        "lowest": "0",
        "highest": "1 000 000",
        "aggregation": "sum",
        "data_source": "report",
        "missing_policy": "exclude",
    }
    post(f"{lines}categories/{category.pk}/indicators/new/", **indicator)
    made = Indicator.objects.get(category=category)
    assert (made.code, made.highest) == ("trees", 1_000_000)
    assert approver.get(f"{lines}indicators/{made.pk}/").status_code == 200
    post(f"{lines}indicators/{made.pk}/", **{**indicator, "weight": "4,5"})
    assert fresh(made).weight == Decimal("4.5")

    post(f"{edit}bands/new/", code="best", least="95", name_ky="мыкты", name_ru="лучший")
    band = Band.objects.get(methodology=row, code="best")
    post(f"{lines}bands/{band.pk}/", code="best", least="96", name_ky="мыкты", name_ru="лучший")
    assert fresh(band).least == 96
    taken = approver.post(
        f"{edit}bands/new/",
        {"code": "again", "least": "96", "name_ky": "мыкты", "version": fresh(row).version},
    )
    assert taken.status_code == 422

    group = {"code": "all", "order": "9", "name_ky": "баары", "name_ru": "все", "from_population": "0"}
    post(f"{edit}groups/new/", **group, unit_kinds=["ayil_aimak"])
    found = row.peer_groups.get(code="all")
    assert found.unit_kinds == ["ayil_aimak"]
    post(f"{lines}groups/{found.pk}/", **group, unit_kinds=["city_oblast"])

    for kind, line in (("bands", band), ("groups", found), ("categories", category)):
        post(f"{lines}{kind}/{line.pk}/remove/")
        assert fresh(line).removed_at is not None
    assert fresh(made).removed_at is not None
    assert approver.get(f"{lines}bands/{band.pk}/").status_code == 404
    assert approver.get(f"{lines}shelves/{band.pk}/remove/").status_code == 404


def _told(standing):
    return standing.total, standing.rank, standing.band.code


def test_a_preview_scores_every_report_as_a_run_would(world, approver):
    run = make.published_run(world.quarter)
    row = drafted(approver)

    found = preview.effects(run, row)

    assert [_told(one.before) for one in found] == [_told(one.after) for one in found]
    assert {one.unit: (one.before.total, one.before.rank) for one in found} == {
        score.unit_id: (score.total, score.rank) for score in run.scores.all()
    }
    rows = as_file(approver, at(f"methodologies/{row.pk}/edit/effect/?format=csv"))
    assert "Бел" in rows


def test_methodologies_are_kept_by_who_may(world, analyst):
    first = Methodology.objects.get(subject=Subject.HEAD, number=1)
    for where in (
        "methodologies/desk/",
        f"methodologies/{first.pk}/edit/",
        f"methodologies/{first.pk}/edit/weights/",
    ):
        assert analyst.get(at(where)).status_code == 403, where
        assert Client().get(at(where))["Location"].startswith("/en/account/login/"), where
    assert first.valid.lower == FIRST
