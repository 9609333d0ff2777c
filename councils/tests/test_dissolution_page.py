"""The dissolution by decree: asked, previewed, confirmed; and the command that does the same."""

import datetime as dt
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from councils import services
from councils.models import Convocation, Mandate, Session
from councils.tests import factories
from councils.tests.desk import *  # noqa: F403  (fixtures)
from councils.tests.desk import planned, text
from registry.models import LegalAct
from registry.tests.factories import LegalActFactory, aimak, district, oblast

pytestmark = pytest.mark.django_db
ADDRESS = "/en/councils/dissolution/"
ON = dt.date(2026, 3, 10)


@pytest.fixture
def decree(db):
    return LegalActFactory(
        kind=LegalAct.Kind.DECREE, number="256", adopted_on=dt.date(2026, 3, 6), key="decree-256"
    )


@pytest.fixture
def elsewhere(db):
    """A council of another oblast, with five deputies."""
    unit = aimak(district(oblast("Талас"), "Бакай-Ата"), "Өзгөрүш", villages=["Ө"])
    return factories.convocation(factories.council(unit), seats=7, deputies=5, women=2)


def asked(act, **more):
    return {"act": act.pk, "on": "10.03.2026", "scope": "", "reason": "Реформа", **more}


def shown(response):
    return re.search(r'name="shown" value="([^"]+)"', response.content.decode())[1]


def test_only_the_reform_team_comes_here(secretary, analyst, admin, council):
    for client in (secretary, analyst, admin):
        assert client.get(ADDRESS).status_code == 403
        assert client.post(ADDRESS, {"on": "10.03.2026"}).status_code == 403


def test_the_preview_counts_and_lists_and_writes_nothing(team, decree, convocation, elsewhere):
    planned(convocation, dt.date(2026, 4, 1))

    page = text(team.get(ADDRESS, asked(decree)))

    assert "2 councils dissolved" in re.sub(r"(councils dissolved) (2)", r"\2 \1", page)
    assert "16 of them women: 6" in page
    assert "Нарын" in page
    assert "Талас" in page
    assert "Өзгөрүш" in page
    assert "Nothing is written yet" in page
    assert Convocation.objects.on(ON).count() == 2


def test_the_list_is_also_a_file(team, decree, convocation):
    answer = team.get(ADDRESS, asked(decree, format="csv"))

    assert answer.status_code == 200
    assert "Ак" in b"".join(answer.streaming_content if answer.streaming else [answer.content]).decode()


def test_what_was_shown_is_dissolved(team, decree, convocation, elsewhere):
    session = planned(convocation, dt.date(2026, 4, 1))
    preview = team.get(ADDRESS, asked(decree))

    answer = team.post(ADDRESS, asked(decree, shown=shown(preview)))

    assert answer.status_code == 302, text(answer)
    assert not Mandate.objects.on(ON).exists()
    assert Mandate.objects.on(ON - dt.timedelta(days=1)).count() == 16
    convocation.refresh_from_db()
    assert (convocation.dissolved_by_id, convocation.dissolution_reason) == (decree.pk, "Реформа")
    session.refresh_from_db()
    assert session.status == "cancelled"
    assert Session.objects.count() == 1


def test_one_oblast_alone_is_dissolved(team, decree, convocation, elsewhere):
    where = re.search(r'<option value="([0-9a-f-]+)">[^<]*Талас', team.get(ADDRESS).content.decode())[1]
    preview = team.get(ADDRESS, asked(decree, scope=where))

    team.post(ADDRESS, asked(decree, scope=where, shown=shown(preview)))

    assert [item.pk for item in Convocation.objects.on(ON)] == [convocation.pk]


def test_what_has_changed_since_the_preview_is_not_dissolved(team, decree, convocation, elsewhere):
    preview = team.get(ADDRESS, asked(decree))
    factories.deputy(elsewhere)

    answer = team.post(ADDRESS, asked(decree, shown=shown(preview)))

    assert answer.status_code == 409
    assert "changed since the preview" in text(answer)
    assert Convocation.objects.on(ON).count() == 2


def test_a_confirmation_without_its_preview_does_nothing(team, decree, convocation):
    assert team.post(ADDRESS, asked(decree)).status_code == 409
    assert Convocation.objects.on(ON).exists()


def test_what_is_missing_is_asked_for_and_the_rest_stays(team, decree, convocation):
    answer = team.get(ADDRESS, asked(decree, on="31.02.2026"))

    assert answer.status_code == 422
    assert "no such day" in text(answer)
    assert "Реформа" in answer.content.decode()


def test_a_dissolution_before_its_act_is_refused(team, convocation, decree):
    sent = asked(decree, on="01.03.2026")
    preview = team.get(ADDRESS, sent)

    answer = team.post(ADDRESS, sent | {"shown": shown(preview)})

    assert answer.status_code == 422
    assert "before its act was adopted" in text(answer)


def command(*arguments):
    out = StringIO()
    call_command("dissolve_councils", *arguments, "--act", "decree-256", "--reason", "Реформа", stdout=out)
    return out.getvalue()


def test_the_command_says_what_it_would_do_and_does_it_when_told(decree, convocation, elsewhere):
    said = command("--on", "2026-03-10", "--list")
    assert "convocations: 2, mandates: 16 (women 6)" in said
    assert "Өзгөрүш" in said
    assert Convocation.objects.on(ON).count() == 2

    assert "dissolved: 2" in command("--on", "2026-03-10", "--commit")
    assert not Convocation.objects.on(ON).exists()


def test_the_command_refuses_what_it_does_not_know(decree, convocation):
    with pytest.raises(CommandError, match="No council sits"):
        command("--on", "1999-01-01")
    with pytest.raises(CommandError, match="no legal act"):
        call_command("dissolve_councils", "--act", "x", "--reason", "y", "--on", "2026-03-10")
    with pytest.raises(CommandError, match="bore the code"):
        command("--on", "2026-03-10", "--oblast", "417")
    assert services.preview_dissolution(on=ON).convocations == 1
