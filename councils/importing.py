"""Import of a council's sessions and resolutions from a file: all rows or none, tried first."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

from django.db import transaction

from councils import services
from councils.errors import DomainError, told
from councils.models import (
    AttendanceState,
    Convocation,
    Council,
    DecisionRule,
    Mandate,
    Resolution,
    Session,
    SessionStatus,
)
from councils.session_file import COLUMNS, KINDS, SENTENCES, YES
from lsg_portal.data.uploads import CellError, Table, UploadRow
from registry.names import fold
from registry.services import check_now
from registry.table_import import BadRow, ImportReport, TableImport

SIMPLE = "simple"
ABSENT = {
    "absent_excused": AttendanceState.EXCUSED,
    "absent_unexcused": AttendanceState.UNEXCUSED,
}
LARGEST = 32_767
SESSION_KEYS = ("session_number", "session_kind", "place", *ABSENT)


@dataclass(kw_only=True)
class Report(ImportReport):
    """What an import does, or would do, with a file of one council."""

    COLUMNS = COLUMNS
    SENTENCES = SENTENCES

    council: str
    sessions_new: int = 0
    sessions_matched: int = 0
    resolutions_new: int = 0
    resolutions_matched: int = 0
    agenda_items_new: int = 0
    attendance_recorded: int = 0

    @property
    def changes(self) -> int:
        """Records the import writes."""
        return self.sessions_new + self.resolutions_new + self.agenda_items_new + self.attendance_recorded


def import_file(*, file: IO[bytes], name: str, council: Council, today: dt.date, commit: bool) -> Report:
    """Record the sessions and resolutions of a file for a council; without ``commit`` only try it.

    What the register knows already (a session of the same day, a resolution of the same number and day) is matched and left
    as it is, so that a file can be sent again with rows added. Raises UploadRefused for a file that cannot be read,
    and RowsRefused, with ``commit``, where any row is refused.
    """
    table, report = Report.read(file, name, council=str(council.pk))
    return SessionImport(table, report, council, today).carry_out(commit=commit)


class SessionImport(TableImport[Report]):
    """One import: its rows against the register."""

    def __init__(self, table: Table, report: Report, council: Council, today: dt.date) -> None:
        super().__init__(table, report)
        self.council, self.today = council, today
        self.rules = {
            rule.code: rule for rule in DecisionRule.objects.filter(purpose=DecisionRule.Purpose.MAJORITY)
        }
        self.sessions: dict[dt.date, tuple[Session, UploadRow]] = {}
        self.numbers: dict[tuple[dt.date, str], int] = {}

    def row(self, row: UploadRow) -> list[CellError]:
        """Record a row; what it wrote is taken back where it is refused."""
        sessions = dict(self.sessions)
        counts = {name: getattr(self.report, name) for name in COUNTS}
        try:
            with transaction.atomic(), told():
                self._record(row)
        except (BadRow, DomainError):
            self.sessions = sessions
            for name, count in counts.items():
                setattr(self.report, name, count)
            raise
        return []

    def complete(self) -> None:
        """Let the database check at once what it checks at the end."""
        with told():
            check_now()

    def _record(self, row: UploadRow) -> None:
        session = self._session(row)
        titles = {language: row.text(f"title_{language}") for language in ("ky", "ru")}
        if not any(titles.values()):
            if any(row.text(key) for key in ("resolution_number", "in_favour", "agenda_number")):
                raise BadRow("title_ky", "title_missing")
            return
        if row.text("resolution_number"):
            self._resolution(row, session, titles)
        else:
            self._item(row, session, titles)

    def _session(self, row: UploadRow) -> Session:
        """Return the session of a row, matched or planned and, if its day is not in the future, held."""
        day: dt.date = row["session_date"]
        if day in self.sessions:
            session, first = self.sessions[day]
            for key in SESSION_KEYS:
                if row.text(key) and row.text(key) != first.text(key):
                    raise BadRow(key, "differs_in_file", row=first.number)
            return session
        convocation = Convocation.objects.on(day).filter(council=self.council).first()
        if convocation is None:
            raise BadRow("session_date", "no_convocation")
        number = self._number(row, "session_number")
        known = (
            Session.objects.filter(convocation=convocation, held_on=day)
            .exclude(status=SessionStatus.CANCELLED)
            .order_by("number")
            .first()
        )
        if known is not None:
            if number is not None and number != known.number:
                raise BadRow("session_number", "session_differs", number=known.number)
            session = known
            self.report.sessions_matched += 1
        else:
            session = services.plan_session(
                convocation=convocation,
                held_on=day,
                kind=_word(KINDS, row, "session_kind", "not_a_kind"),
                number=number,
                place=row.text("place"),
            )
            self.report.sessions_new += 1
        session = self._attended(row, session)
        if session.status == SessionStatus.PLANNED and day <= self.today:
            session = services.hold_session(session=session, today=self.today)
        self.sessions[day] = session, row
        return session

    def _attended(self, row: UploadRow, session: Session) -> Session:
        """Record who came, where the file says who did not and the register does not know yet."""
        if not any(key in self.table.letters for key in ABSENT) or session.attendances.exists():
            return session
        sheet = services.sheet(session=session)
        states: dict[uuid.UUID, str] = {mandate.pk: AttendanceState.PRESENT for mandate in sheet}
        for key, state in ABSENT.items():
            for name in row.text(key).replace("\n", ";").split(";"):
                if name.strip():
                    states[_deputy(sheet, name.strip(), key)] = state
        if not states:
            return session
        self.report.attendance_recorded += len(states)
        return services.record_attendance(session=session, states=states)

    def _item(self, row: UploadRow, session: Session, titles: dict[str, str]) -> Any:
        """Return the agenda item of a row, matched by its title or added."""
        for item in session.agenda.filter(removed_at__isnull=True):
            if any(titles[lang] and titles[lang] == getattr(item, f"title_{lang}") for lang in titles):
                return item
        self.report.agenda_items_new += 1
        return services.add_agenda_item(
            session=session, title=_given(titles), number=self._number(row, "agenda_number")
        )

    def _resolution(self, row: UploadRow, session: Session, titles: dict[str, str]) -> None:
        """Record a resolution as far as the row says its life went, unless the register has it."""
        number = row.text("resolution_number")
        first = self.numbers.get((session.held_on, number))
        if first is not None:
            raise BadRow("resolution_number", "number_twice", row=first)
        known = Resolution.objects.filter(
            council=self.council, number=number, adopted_on=session.held_on
        ).first()
        if known is not None:
            if not any(titles[lang] and titles[lang] == getattr(known, f"title_{lang}") for lang in titles):
                raise BadRow("resolution_number", "title_differs")
            self.report.resolutions_matched += 1
            self.numbers[session.held_on, number] = row.number
            return
        if session.held_on > self.today:
            raise BadRow("session_date", "in_future")
        if row.values.get("in_favour") is None:
            raise BadRow("in_favour", "vote_missing")
        resolution = services.draft_resolution(
            council=self.council,
            title=_given(titles),
            rule=self._rule(row),
            normative=_word(YES, row, "normative", "not_yes_or_no"),
            session=session,
            agenda_item=self._item(row, session, titles),
        )
        services.record_vote(
            resolution=resolution,
            in_favour=self._number(row, "in_favour") or 0,
            against=self._number(row, "against") or 0,
            abstained=self._number(row, "abstained") or 0,
        )
        resolution.refresh_from_db()
        resolution = services.adopt(resolution=resolution, number=number)
        self._further(row, resolution)
        self.report.resolutions_new += 1
        self.numbers[session.held_on, number] = row.number

    def _further(self, row: UploadRow, resolution: Resolution) -> None:
        """Register and publish, as far as the row says."""
        registered, published = (row.values.get(key) for key in ("registered_on", "published_on"))
        if not (row.text("registration_number") or registered or published):
            return
        for key in ("registration_number", "registered_on"):
            if not row.text(key):
                raise BadRow(key, "incomplete", heading=self.table.headings.get(key, key))
        resolution = services.register(
            resolution=resolution,
            registration_number=row.text("registration_number"),
            on=row["registered_on"],
        )
        if published:
            services.publish(
                resolution=resolution, on=row["published_on"], published_in=row.text("published_in")
            )

    def _rule(self, row: UploadRow) -> DecisionRule:
        code = row.text("majority") or SIMPLE
        if code in self.rules:
            return self.rules[code]
        for rule in self.rules.values():
            if fold(code) in {fold(name) for name in (rule.name_ky, rule.name_ru) if name}:
                return rule
        raise BadRow("majority", "not_a_majority", value=code)

    def _number(self, row: UploadRow, key: str) -> int | None:
        number: int | None = row.values.get(key)  # type: ignore[assignment]
        least = 0 if key in ("in_favour", "against", "abstained") else 1
        if number is not None and not least <= number <= LARGEST:
            raise BadRow(key, "out_of_range")
        return number


COUNTS = (
    "sessions_new",
    "sessions_matched",
    "resolutions_new",
    "resolutions_matched",
    "agenda_items_new",
    "attendance_recorded",
)


def _given(titles: dict[str, str]) -> dict[str, str]:
    return {language: text for language, text in titles.items() if text}


def _word(words: Mapping[str, Any], row: UploadRow, key: str, code: str) -> Any:
    value = row.text(key)
    found = words.get(value.casefold())
    if found is None:
        raise BadRow(key, code, value=value)
    return found


def _deputy(sheet: list[Mandate], name: str, key: str) -> uuid.UUID:
    """Return the mandate of the deputy of this name, in Kyrgyz or Russian."""
    wanted = fold(name)
    found = [
        mandate.pk
        for mandate in sheet
        if wanted in {fold(text) for text in (mandate.person.name_ky, mandate.person.name_ru) if text}
    ]
    if len(found) != 1:
        raise BadRow(key, "deputy_ambiguous" if found else "no_deputy", value=name)
    return found[0]
