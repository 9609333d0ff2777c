"""``manage.py import_classifier``: the official classifier, read from the reference records and from small files."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from registry.models import Settlement, SettlementAssignment, Unit, UnitCode, UnitVersion
from registry.tests.factories import aimak, code, district, oblast

pytestmark = pytest.mark.django_db
DAY = "2021-04-01"
ON = dt.date(2021, 4, 1)
HEADING = "code,name_ru,name_ky,name_en,type,parent_code"
OBLAST = "41704000000000,Нарынская область,Нарын,Naryn,oblast,41700000000000"
DISTRICT = "41704210000000,Ак-Талинский район,Ак-Талаа,,district,41704000000000"
AIMAK = "41704210805000,Ак-Талский айылный аймак,,,ayil_aimak,41704210000000"


@pytest.fixture
def run(capsys):
    """Run the command; return what it said, on either channel."""

    def command(path, *flags, valid_from=DAY):
        call_command("import_classifier", str(path), "--valid-from", valid_from, *flags)
        captured = capsys.readouterr()
        return captured.out + captured.err

    return command


@pytest.fixture
def file(tmp_path):
    def write(*lines, heading=HEADING, encoding="utf-8"):
        path = tmp_path / "classifier.csv"
        path.write_bytes("\n".join([heading, *lines]).encode(encoding) + b"\n")
        return path

    return write


def everything():
    return (
        Unit.objects.count(),
        UnitVersion.objects.count(),
        UnitCode.objects.count(),
        Settlement.objects.count(),
        SettlementAssignment.objects.count(),
    )


# --- the reference records ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_artefact_is_refused_by_its_number_and_nothing_is_written(reference, run, capsys):
    with pytest.raises(CommandError, match="--skip-refused"):
        run(reference / "units.csv", "--commit")

    assert "row 2:" in capsys.readouterr().err
    assert everything() == (0, 0, 0, 0, 0)


@pytest.fixture
def units_alone(reference, tmp_path, run):
    """The classifier imported without its settlements."""
    with (reference / "units.csv").open(encoding="utf-8") as lines:
        rows = list(csv.reader(lines))
    kind = rows[0].index("type")
    path = tmp_path / "units.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(
            row for row in rows if "village" not in row[kind] and "urban" not in row[kind]
        )
    run(path, "--skip-refused", "--commit")


@pytest.mark.slow
def test_villages_come_after_it_and_those_of_cities_belong_to_the_city(reference, run, units_alone):
    assert not Settlement.objects.exists()

    said = run(reference / "villages.csv", "--commit")

    assert "rows refused: 0" in said
    kinds = Counter(Settlement.objects.values_list("kind", flat=True))
    assert kinds == {"village": 1855 + 38, "urban_type_settlement": 9}
    with (reference / "villages.csv").open(encoding="utf-8") as lines:
        urban = [row["code"] for row in csv.DictReader(lines) if row["type"] != "village"]
    assert homes(urban) <= {"city_republican", "city_oblast", "city_district_level"}
    assert homes(None) <= {"ayil_aimak", "city_republican", "city_oblast", "city_district_level"}
    assert "Nothing to change" in run(reference / "villages.csv", "--commit")


def homes(codes):
    """The kinds of unit to which the settlements with these codes, or all, belong."""
    rows = SettlementAssignment.objects.all()
    if codes is not None:
        rows = rows.filter(settlement__codes__code__in=codes)
    return set(UnitVersion.objects.filter(unit__in=rows.values("unit")).values_list("kind", flat=True))


# --- small files -------------------------------------------------------------------------------------------


def test_a_dry_run_writes_nothing_and_says_so(run, file):
    said = run(file(OBLAST, DISTRICT, AIMAK))

    assert "Dry run" in said
    assert "ayil_aimak: 1 rows, 1 new" in said
    assert everything() == (0, 0, 0, 0, 0)


def test_rows_may_come_in_any_order_and_columns_too(run, file):
    heading = "type,parent_code,code,name_ru"
    rows = [line.split(",") for line in (AIMAK, DISTRICT, OBLAST)]

    run(file(*(f"{r[4]},{r[5]},{r[0]},{r[1]}" for r in rows), heading=heading), "--commit")

    assert Unit.objects.count() == 3


def test_the_day_is_required(file):
    with pytest.raises(CommandError, match="--valid-from"):
        call_command("import_classifier", str(file(OBLAST)))


def test_a_missing_column_is_named(run, file):
    with pytest.raises(CommandError, match="parent_code"):
        run(file("41704000000000,Нарынская область,oblast", heading="code,name_ru,type"))


def test_cp1251_is_refused_with_a_preview(run, file):
    with pytest.raises(CommandError, match=r"UTF-8[\s\S]*Нарынская"):
        run(file(OBLAST, encoding="cp1251"), "--commit")

    assert everything() == (0, 0, 0, 0, 0)


def test_a_mark_at_the_start_of_the_file_is_no_part_of_a_column(run, file):
    run(file(OBLAST, encoding="utf-8-sig"), "--commit")

    assert Unit.objects.count() == 1


def test_a_file_that_is_not_there_is_an_error(run, tmp_path):
    with pytest.raises(CommandError, match=r"nothing\.csv"):
        run(tmp_path / "nothing.csv")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("4170,Нарынская область,,,oblast,", "4170"),
        ("٤١٧٠٤٠٠٠٠٠٠٠٠٠,Нарынская область,,,oblast,", "14"),
        ("41704000000000,Нарынская область,,,planet,", "planet"),
        ("41704000000000,,,,oblast,", "row 2"),
        (f"41704000000000,{'я' * 201},,,oblast,", "200"),
        ("41704210000000,Ак-Талинский район,,,district,41704000000000", "41704000000000"),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_by_number(run, file, capsys, row, says):
    with pytest.raises(CommandError):
        run(file(row), "--commit")

    said = capsys.readouterr().err
    assert "row 2:" in said
    assert says in said


def test_the_same_code_twice_names_the_other_row(run, file, capsys):
    with pytest.raises(CommandError):
        run(file(OBLAST, OBLAST))

    assert "row 3:" in capsys.readouterr().err


def test_refused_rows_take_their_children_with_them(run, file):
    said = run(file(OBLAST, "4170,Ак-Талинский район,,,district,41704000000000", AIMAK), "--skip-refused")

    assert "row 3:" in said
    assert "row 4:" in said
    assert "rows refused: 2" in said


def test_units_of_the_register_are_met_by_name_and_get_their_codes(run, file):
    land = oblast("Нарын", name_ru="Нарынская область")
    home = district(land, "Ак-Талаа", name_ru="АК-ТАЛИНСКИЙ  РАЙОН")

    run(file(OBLAST, DISTRICT), "--commit")

    assert set(UnitCode.objects.values_list("unit_id", "code")) == {
        (land.pk, "41704000000000"),
        (home.pk, "41704210000000"),
    }
    assert Unit.objects.count() == 2


def test_an_ambiguous_match_is_the_rows_error(run, file, capsys):
    land = oblast("Нарын", name_ru="Нарынская область")
    home = district(land, "Ак-Талаа", name_ru="Ак-Талинский район")
    for name in ("Ак-Тал", "Ак Тал"):
        aimak(home, name, name_ru="Ак-Талский айылный аймак")

    with pytest.raises(CommandError):
        run(file(OBLAST, DISTRICT, AIMAK), "--commit")

    assert "row 4:" in capsys.readouterr().err
    assert not UnitCode.objects.exists()


def test_a_code_wins_over_a_name(run, file):
    land = oblast("Башка ат", name_ru="Другое имя")
    code(land, "41704000000000")

    said = run(file(OBLAST), "--commit")

    assert "row 2 differs" in said
    assert Unit.objects.count() == 1
    assert UnitVersion.objects.get().name_ru == "Другое имя"


def test_missing_names_are_filled_in_and_existing_ones_stay(run, file):
    land = oblast("Нарын", name_ru="Нарынская область")

    run(file("41704000000000,Нарынская область,Башкача,Naryn,oblast,"), "--commit")

    version = UnitVersion.objects.get(unit=land)
    assert (version.name_ky, version.name_en) == ("Нарын", "Naryn")


def test_a_unit_that_has_ended_gets_its_code_for_its_life_only(run, file):
    end = dt.date(2023, 5, 1)
    land = oblast("Нарын", name_ru="Нарынская область", valid=(dt.date(2020, 1, 1), end))

    run(file(OBLAST), "--commit")

    held = UnitCode.objects.get(unit=land).valid
    assert (held.lower, held.upper) == (ON, end)
