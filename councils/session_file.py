"""A file of sessions and resolutions: its columns, and what is said of its rows.

Every row is one item of an agenda, and the resolution made on it where it has one. Rows with the same day are one
session. ``absent_excused`` and ``absent_unexcused`` name deputies, separated by semicolons; where the file has either
column, everybody else was present; where it has neither, no attendance is recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from lsg_portal.data.uploads import UploadColumn

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

COLUMNS = (
    UploadColumn("session_date", ("Сессиянын күнү", "Дата сессии", "Session date"), "day", filled=True),
    UploadColumn("session_number", ("Сессиянын номери", "Номер сессии"), "integer", required=False),
    UploadColumn("session_kind", ("Сессиянын түрү", "Вид сессии"), required=False, longest=40),
    UploadColumn("place", ("Өткөн жери", "Место проведения"), required=False, longest=300),
    UploadColumn(
        "absent_excused", ("Себептүү келбегендер", "Отсутствовали по уважительной причине"), required=False
    ),
    UploadColumn(
        "absent_unexcused", ("Себепсиз келбегендер", "Отсутствовали без уважительной причины"), required=False
    ),
    UploadColumn("agenda_number", ("Күн тартибиндеги номери", "Пункт повестки"), "integer", required=False),
    UploadColumn("title_ky", ("Аталышы кыргызча", "Название на кыргызском"), required=False, longest=500),
    UploadColumn("title_ru", ("Аталышы орусча", "Название на русском"), required=False, longest=500),
    UploadColumn(
        "resolution_number", ("Токтомдун номери", "Номер постановления"), required=False, longest=30
    ),
    UploadColumn("normative", ("Ченемдик", "Нормативное"), required=False, longest=10),
    UploadColumn("majority", ("Көпчүлүк", "Большинство"), required=False, longest=30),
    UploadColumn("in_favour", ("Макул", "За"), "integer", required=False),
    UploadColumn("against", ("Каршы", "Против"), "integer", required=False),
    UploadColumn("abstained", ("Калыс", "Воздержались"), "integer", required=False),
    UploadColumn(
        "registration_number", ("Каттоо номери", "Регистрационный номер"), required=False, longest=50
    ),
    UploadColumn("registered_on", ("Катталган күнү", "Дата регистрации"), "day", required=False),
    UploadColumn("published_on", ("Жарыяланган күнү", "Дата опубликования"), "day", required=False),
    UploadColumn("published_in", ("Жарыяланган жери", "Где опубликовано"), required=False, longest=300),
)
"""The columns; their headings are read in Kyrgyz and Russian, and by their names here."""

KINDS = {
    "": "ordinary",
    "first": "first",
    "ordinary": "ordinary",
    "extraordinary": "extraordinary",
    "биринчи": "first",
    "кезектеги": "ordinary",
    "кезексиз": "extraordinary",
    "первая": "first",
    "очередная": "ordinary",
    "внеочередная": "extraordinary",
}
YES = {
    "": False,
    "0": False,
    "1": True,
    "false": False,
    "true": True,
    "жок": False,
    "ооба": True,
    "нет": False,
    "да": True,
}

SENTENCES: dict[str, _StrPromise] = {
    "no_convocation": _("No convocation of this council sat on that day."),
    "in_future": _("The day lies in the future; resolutions cannot be recorded yet."),
    "not_a_kind": _("«%(value)s» is not a kind of session."),
    "not_yes_or_no": _("«%(value)s» is neither yes nor no."),
    "not_a_majority": _("«%(value)s» is not a majority known here."),
    "no_deputy": _("No deputy of that day is called «%(value)s»."),
    "deputy_ambiguous": _("Several deputies of that day are called «%(value)s»."),
    "session_differs": _(
        "The register has a session of this council on that day with the number %(number)s."
    ),
    "differs_in_file": _("Row %(row)s says something else of the same session."),
    "title_missing": _("The title is missing."),
    "title_differs": _("The register has a resolution of this number and day with another title."),
    "number_twice": _("The number stands in row %(row)s already."),
    "incomplete": _("The column «%(heading)s» must be filled for this step."),
    "vote_missing": _("A resolution needs the votes in favour."),
    "out_of_range": _("The number is too large or too small."),
}
"""What is said of a row, by code; a refusal of the councils' own rules says it in its own words."""
