"""Published values of earlier years from a file, by official code: what is missing is added, what changed is changed.

The file is CSV in UTF-8 with the columns ``period`` (2019Q1), ``unit`` (official code), ``indicator`` (code of a head's
indicator), ``value`` and, where known, ``numerator`` and ``denominator``; numbers are plain (``-1234.5``). Its rows go by
COPY into a table of the moment, are joined by code there, and reach the read model in one statement a quarter. Values
that came from reports always stay as they are.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import IO, TYPE_CHECKING, Any

import psycopg2
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from kpi import services
from kpi.errors import RuleBroken, Violation
from kpi.models import Methodology, Period, Subject
from lsg_portal.data.uploads import CellError
from registry.table_import import MOST_ERRORS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

COLUMNS = ("period", "unit", "indicator", "value", "numerator", "denominator")
NEEDED = COLUMNS[:4]
LONGEST_HEADING = 10_000
AGREE = 0.01
"""By so much may a value differ from what its parts give: files print rounded values."""

_QUARTER = re.compile(r"([0-9]{4})Q([1-4])", re.ASCII)
_LINE = re.compile(r"COPY kpi_loadedvalue, line (\d+)")

SENTENCES: dict[str, _StrPromise] = {
    "unknown_period": _("«%(period)s» is not a quarter like 2019Q1."),
    "period_not_entered": _("The period %(period)s is not entered: a methodology is in force, so plan it."),
    "period_not_over": _("The period %(period)s is not over."),
    "unknown_code": _("No unit ever bore the code %(unit)s."),
    "ambiguous_code": _("Several units bore the code %(unit)s, none of them in %(period)s."),
    "not_a_municipality": _("What bore the code %(unit)s was no municipality on the last day of %(period)s."),
    "unknown_indicator": _("There is no indicator «%(indicator)s» of heads of executive bodies."),
    "not_a_number": _("Write numbers like -1234.5: digits, a point, no spaces."),
    "one_part": _("Give both the numerator and the denominator, or neither."),
    "no_parts": _("The indicator is entered as a number, without parts."),
    "denominator": _("The denominator must be above 0."),
    "too_large": _("A figure is at most 1,000,000,000,000, in either direction."),
    "range": _("The figure lies beyond what is possible for this indicator."),
    "whole": _("Only whole numbers are possible."),
    "disagrees": _("The value is not what the numerator and the denominator give."),
    "twice": _("An earlier row of the file gives the same value."),
}
"""What is said of a row, by code."""

PLAIN = r"'^-?[0-9]{1,18}(\.[0-9]{1,20})?$'"
# A code means its bearer on the quarter's last day, else the only unit that ever bore it. Days before the first that
# the register knows of a unit are taken to be like that first day, unless a change began the unit on it. How a measure
# is entered, and within what bounds, is what the latest version of the methodology says that has it.
JUDGED = f"""
WITH loaded AS NOT MATERIALIZED (
        SELECT * FROM kpi_loadedvalue WHERE period IS NOT DISTINCT FROM %(period)s),
     measure AS MATERIALIZED (
        SELECT DISTINCT ON (m.id) m.id, m.code, i.formula, i.lowest, i.highest, i.whole
          FROM kpi_measure m JOIN kpi_indicator i ON i.measure_id = m.id JOIN kpi_category c ON c.id = i.category_id
          JOIN kpi_methodology y ON y.id = c.methodology_id
         WHERE m.subject = 'head_of_executive' AND i.removed_at IS NULL AND c.removed_at IS NULL
         ORDER BY m.id, y.status = 'draft', y.number DESC),
     bearers AS MATERIALIZED (
        SELECT code, unit_id, valid @> %(last_day)s::date AS that_day FROM registry_unitcode
         WHERE system = %(system)s AND voided_by_id IS NULL),
     alone AS (SELECT code, count(DISTINCT unit_id) = 1 AS only FROM bearers GROUP BY code),
     found AS (
        SELECT DISTINCT ON (a.unit) a.unit, b.unit_id, coalesce(b.that_day OR n.only, false) AS clear
          FROM (SELECT DISTINCT unit FROM loaded) a
          LEFT JOIN bearers b ON b.code = a.unit
          LEFT JOIN alone n ON n.code = a.unit
         ORDER BY a.unit, coalesce(b.that_day, false) DESC),
     since AS (SELECT unit_id, min(lower(valid)) AS first_day FROM registry_unitversion
                WHERE voided_by_id IS NULL GROUP BY unit_id),
     place AS MATERIALIZED (
        SELECT f.unit, f.unit_id,
               CASE WHEN f.unit_id IS NULL THEN 'unit:unknown_code'
                    WHEN NOT f.clear THEN 'unit:ambiguous_code'
                    WHEN v.unit_id IS NULL OR (%(last_day)s::date < s.first_day AND EXISTS (
                        SELECT FROM registry_changeunit c
                         WHERE c.unit_id = f.unit_id AND c.role = 'begins' AND c.voided_by_id IS NULL))
                    THEN 'unit:not_a_municipality' ELSE '' END AS fault
          FROM found f
          LEFT JOIN since s ON s.unit_id = f.unit_id
          LEFT JOIN registry_unitversion v ON v.unit_id = f.unit_id AND v.voided_by_id IS NULL
               AND v.valid @> greatest(%(last_day)s::date, s.first_day) AND registry_is_municipality(v.kind)),
     plain AS (
        SELECT l.id, l.value IS NOT NULL AS has_value, l.numerator IS NOT NULL AS has_numerator,
               l.denominator IS NOT NULL AS has_denominator, p.unit_id, p.fault,
               m.id AS measure_id, m.formula, m.lowest, m.highest, m.whole,
               CASE WHEN l.value ~ {PLAIN} THEN l.value::numeric END AS given,
               CASE WHEN l.numerator ~ {PLAIN} THEN l.numerator::numeric END AS numerator,
               CASE WHEN l.denominator ~ {PLAIN} THEN l.denominator::numeric END AS denominator
          FROM loaded l
          LEFT JOIN place p ON p.unit = l.unit
          LEFT JOIN measure m ON m.code = l.indicator
        OFFSET 0),
     figured AS (
        SELECT *, CASE WHEN formula <> 'number' AND numerator IS NOT NULL AND denominator > 0
                       THEN kpi_figure(formula, NULL, numerator, denominator) ELSE given END AS figure
          FROM plain
        OFFSET 0),
     judged AS MATERIALIZED (
        SELECT id, unit_id, measure_id, figure::float8 AS value,
               numerator::float8 AS numerator, denominator::float8 AS denominator,
               CASE WHEN %(fault)s <> '' THEN %(fault)s
                    WHEN fault IS NULL THEN 'unit:unknown_code'
                    WHEN fault <> '' THEN fault
                    WHEN measure_id IS NULL THEN 'indicator:unknown_indicator'
                    WHEN has_value AND given IS NULL THEN 'value:not_a_number'
                    WHEN has_numerator AND numerator IS NULL THEN 'numerator:not_a_number'
                    WHEN has_denominator AND denominator IS NULL THEN 'denominator:not_a_number'
                    WHEN formula = 'number' AND (has_numerator OR has_denominator) THEN 'numerator:no_parts'
                    WHEN has_numerator <> has_denominator THEN 'denominator:one_part'
                    WHEN denominator <= 0 THEN 'denominator:denominator'
                    WHEN greatest(abs(numerator), denominator) > 1000000000000 THEN 'numerator:too_large'
                    WHEN figure < lowest OR figure > highest THEN 'value:range'
                    WHEN whole AND figure <> trunc(figure) THEN 'value:whole'
                    WHEN abs(given - figure) > {AGREE} THEN 'value:disagrees'
                    ELSE '' END AS fault
          FROM figured),
     twice AS MATERIALIZED (
        SELECT unit_id, measure_id, min(id) AS first FROM judged WHERE fault = ''
         GROUP BY unit_id, measure_id HAVING count(*) > 1),
     said AS MATERIALIZED (
        SELECT j.id, j.unit_id, j.measure_id, j.value, j.numerator, j.denominator,
               CASE WHEN j.id > t.first THEN 'unit:twice' ELSE j.fault END AS fault,
               CASE WHEN j.fault <> '' OR j.id > t.first THEN 'refused'
                    WHEN j.value IS NULL THEN 'empty'
                    WHEN o.status IS NULL THEN 'new'
                    WHEN (o.value, o.numerator, o.denominator) IS NOT DISTINCT FROM (j.value, j.numerator, j.denominator)
                    THEN 'same'
                    WHEN o.status = 'i' THEN 'changed'
                    ELSE 'kept' END AS state
          FROM judged j
          LEFT JOIN twice t ON t.unit_id = j.unit_id AND t.measure_id = j.measure_id AND j.fault = ''
          LEFT JOIN kpi_publishedvalue o
                 ON o.period_id = %(number)s AND o.measure_id = j.measure_id AND o.unit_id = j.unit_id)"""
# What a report publishes meanwhile stays.
TAKE = f"""{JUDGED},
     may AS MATERIALIZED (
        SELECT %(commit)s AND (%(skip)s OR NOT EXISTS (SELECT FROM said WHERE state = 'refused')) AS write),
     changed AS (
        UPDATE kpi_publishedvalue p SET value = s.value, numerator = s.numerator, denominator = s.denominator
          FROM said s, may
         WHERE may.write AND s.state = 'changed' AND p.period_id = %(number)s AND p.status = 'i'
           AND p.unit_id = s.unit_id AND p.measure_id = s.measure_id
        RETURNING 1),
     added AS (
        INSERT INTO kpi_publishedvalue (unit_id, measure_id, period_id, status, value, numerator, denominator)
        SELECT s.unit_id, s.measure_id, %(number)s, 'i', s.value, s.numerator, s.denominator FROM said s, may
         WHERE may.write AND s.state = 'new'
            ON CONFLICT DO NOTHING
        RETURNING 1)
SELECT state, count(*) FROM said GROUP BY state
 UNION ALL SELECT 'written', (SELECT count(*) FROM changed) + (SELECT count(*) FROM added)"""
REFUSED = f"""{JUDGED}
SELECT s.id, s.fault, l.unit, l.indicator FROM said s JOIN kpi_loadedvalue l USING (id)
 WHERE s.state = 'refused' ORDER BY s.id LIMIT {MOST_ERRORS}"""


class FileRefused(RuleBroken):
    """The file as a whole cannot be taken (422)."""


@dataclass
class Outcome:
    """What an import did, or would do, with a file."""

    rows: int = 0
    states: Counter[str] = field(default_factory=Counter)
    """Rows that are ``new``, ``changed``, ``same``, ``kept`` (a report says otherwise and stays), ``empty``, ``refused``."""
    periods: list[str] = field(default_factory=list)
    """Periods entered for the values, of years before any methodology."""
    errors: list[CellError] = field(default_factory=list)
    """Why rows are refused, of very many the first."""
    written: int = 0

    @property
    def refused(self) -> int:
        """How many rows are refused."""
        return self.states["refused"]


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Quarter:
    """A quarter that the file names, with what is wrong with it; ``missing`` where it is to be entered."""

    period: str | None
    number: int = 0
    last_day: dt.date = dt.date.min
    fault: str = ""
    missing: bool = False


@transaction.atomic
def load(
    file: IO[bytes],
    *,
    day: dt.date,
    system: str = "soate",
    commit: bool = False,
    skip_refused: bool = False,
    progress: Callable[[int, int], None] = _silent,
) -> Outcome:
    """Take the values of a file; without ``commit`` only say what would happen.

    Quarters of years before any methodology are entered where they are missing; ``day`` tells which are over. Nothing
    is written where a row is refused, unless ``skip_refused`` leaves such rows out. ``progress`` is told quarters done
    and quarters in all. Raises FileRefused for a file that is no such table.
    """
    outcome = Outcome()
    with connection.cursor() as cursor:
        # Nothing is known of the rows of a file that has just come: joins row by row would take hours for hundreds
        cursor.execute(
            "SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '256MB'; SET LOCAL enable_nestloop = off"
        )
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('kpi loading', 0))")
        headings = _copy(cursor, file)
        quarters = _quarters(cursor, day)
        for done, quarter in enumerate(quarters, start=1):
            _take(cursor, quarter, headings, outcome, system=system, commit=commit, skip=skip_refused)
            progress(done, len(quarters))
        outcome.rows = outcome.states.total()
        outcome.errors = sorted(outcome.errors, key=lambda error: error.row)[:MOST_ERRORS]
        if outcome.refused and not skip_refused:
            transaction.set_rollback(True)
            outcome.written = 0
            return outcome
        if outcome.written:
            cursor.execute("SELECT kpi_touch(true)")
        cursor.execute("DELETE FROM kpi_loadedvalue")
    return outcome


def _take(
    cursor: Any,
    quarter: Quarter,
    headings: Sequence[str],
    outcome: Outcome,
    *,
    system: str,
    commit: bool,
    skip: bool,
) -> None:
    """Judge the rows of a quarter and write those that may be written.

    The keys are checked at once: the rows that wait for it are never those of the whole file.
    """
    given = {**asdict(quarter), "system": system, "commit": commit, "skip": skip}
    cursor.execute(TAKE, given)
    states = dict(cursor.fetchall())
    written = states.pop("written")
    outcome.states.update(states)
    outcome.written += written
    if quarter.missing and not {"new", "changed"}.isdisjoint(states):
        outcome.periods.append(str(quarter.period))
    if written:
        if quarter.missing:
            services.plan_period(year=quarter.number // 4, quarter=quarter.number % 4 + 1)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    if states.get("refused"):
        cursor.execute("SELECT min(id) FROM kpi_loadedvalue")
        before = cursor.fetchone()[0] - 2  # the heading is row 1
        cursor.execute(REFUSED, given)
        outcome.errors += [
            _error(headings, row - before, fault, quarter.period, unit, indicator)
            for row, fault, unit, indicator in cursor.fetchall()
        ]


def _copy(cursor: Any, file: IO[bytes]) -> list[str]:
    """Bring the file into the table of the moment; return its headings. Raises FileRefused."""
    line = file.readline(LONGEST_HEADING)
    try:
        heading = line.decode("utf-8-sig").strip("\r\n")
    except UnicodeDecodeError:
        raise _refused("encoding", _("The file is not UTF-8.")) from None
    delimiter = max(";,\t", key=heading.count)
    names = [name.strip().strip('"').lower() for name in heading.split(delimiter)]
    if unknown := [name for name in names if name not in COLUMNS]:
        raise _refused("unknown_column", _("Columns not known here: %(names)s."), names=", ".join(unknown))
    if missing := [name for name in NEEDED if name not in names]:
        raise _refused("missing_column", _("Columns that are missing: %(names)s."), names=", ".join(missing))
    if len(set(names)) < len(names):
        raise _refused("duplicate_column", _("A column stands in the file twice."))
    columns, mark = ", ".join(names), "\\t" if delimiter == "\t" else delimiter
    options = f"FORMAT csv, DELIMITER E'{mark}', FORCE_NULL ({columns})"
    try:
        cursor.copy_expert(f"COPY kpi_loadedvalue ({columns}) FROM STDIN ({options})", file, 1 << 20)
    except psycopg2.DataError as error:
        place = _LINE.search(str(error))
        raise _refused(
            "row",
            _(
                "Row %(row)s of the file cannot be read: it has another number of columns, or a quotation mark is open."
            ),
            row=int(place[1]) + 1 if place else "?",
        ) from error
    return names


def _quarters(cursor: Any, day: dt.date) -> list[Quarter]:
    """Return the quarters that the file names, in their order."""
    cursor.execute("SELECT DISTINCT period FROM kpi_loadedvalue")
    entered = set(Period.objects.values_list("number", flat=True))
    ruled = Methodology.objects.visible().filter(subject=Subject.HEAD).values_list("valid", flat=True)
    since = min((valid.lower for valid in ruled if valid), default=dt.date.max)
    found = [_quarter(period, day, entered, since) for (period,) in cursor.fetchall()]
    return sorted(found, key=lambda quarter: (quarter.number, quarter.period or ""))


def _quarter(period: str | None, day: dt.date, entered: set[int], since: dt.date) -> Quarter:
    match = _QUARTER.fullmatch(period or "")
    if match is None or not 1991 <= int(match[1]) <= 2100:
        return Quarter(period, fault="period:unknown_period")
    year, quarter = int(match[1]), int(match[2])
    number, ends = year * 4 + quarter - 1, dt.date(year + quarter // 4, quarter % 4 * 3 + 1, 1)
    last_day = ends - dt.timedelta(days=1)
    if ends > day:
        return Quarter(period, number, last_day, "period:period_not_over")
    if number not in entered and ends > since:
        return Quarter(period, number, last_day, "period:period_not_entered")
    return Quarter(period, number, last_day, missing=number not in entered)


def _error(
    headings: Sequence[str], row: int, fault: str, period: str | None, unit: str | None, indicator: str | None
) -> CellError:
    """Return what is said of a refused row."""
    key, code = fault.split(":")
    place = headings.index(key) if key in headings else 0
    said = {"period": period or "", "unit": unit or "", "indicator": indicator or ""}
    return CellError(row, "ABCDEF"[place], key, headings[place], code, said, SENTENCES[code])


def _refused(code: str, sentence: _StrPromise, **values: Any) -> FileRefused:
    return FileRefused(Violation(code, sentence % values if values else str(sentence)))
