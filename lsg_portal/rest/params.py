"""Query parameters as a closed list.

A view declares what it takes; everything else is refused by name: a parameter unknown, given twice, empty or
malformed is 400, never ignored. The OpenAPI document is made from the same declarations.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lsg_portal.rest import clock
from lsg_portal.rest.language import LANGUAGES
from lsg_portal.rest.problems import Fault, Malformed, Text

Kind = Literal["date", "datetime", "uuid", "choice", "int", "bool", "text", "unit"]

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_INT = re.compile(r"-?[0-9]{1,15}")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}")
_BOOLS = {"1": True, "true": True, "0": False, "false": False}
FURTHEST = dt.timedelta(hours=14)
"""How far a time zone lies from UTC at most."""
MANY = 100
"""Values at most in one comma-separated parameter."""


class Invalid(ValueError):
    """A value that a parameter does not take."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class UnitRef:
    """A unit named by its id or by any code it bears or bore."""

    id: UUID | None = None
    code: str | None = None

    def __str__(self) -> str:
        return str(self.id or self.code)


@dataclass(frozen=True)
class Param:
    """One parameter: its name, the kind of its value and its bounds.

    ``many`` takes several values, separated by commas. ``default`` may be a function, asked at each
    request. A ``text`` that may be empty (the first ``cursor``) says ``blank``.
    """

    name: str
    kind: Kind = "text"
    description: Text = ""
    choices: Sequence[str] = ()
    many: bool = False
    required: bool = False
    default: Any = None
    minimum: int = 0
    maximum: int = 1_000_000_000
    max_length: int = 200
    blank: bool = False

    def parse(self, raw: str) -> Any:
        """Return the value; raise Invalid."""
        if raw == "" and not self.blank:
            raise Invalid("blank", _("The value is empty."))
        if not self.many:
            return self._one(raw)
        parts = raw.split(",")
        if len(parts) > MANY:
            raise Invalid("too_many", _("At most %(count)s values are taken.") % {"count": MANY})
        return tuple(dict.fromkeys(self._one(part) for part in parts))

    def _one(self, raw: str) -> Any:
        parser: Callable[[str], Any] = getattr(self, f"_{self.kind}")
        return parser(raw)

    def _date(self, raw: str) -> dt.date:
        try:
            day = dt.date.fromisoformat(raw) if _DATE.fullmatch(raw) else None
        except ValueError:
            day = None
        if day is None:
            raise Invalid("date", _("Write the day as YYYY-MM-DD."))
        if not clock.FIRST_DAY <= day <= clock.LAST_DAY:
            raise Invalid("out_of_range", _("The day must lie between 1900-01-01 and 2199-12-31."))
        return day

    def _datetime(self, raw: str) -> dt.datetime:
        text = raw.replace(" ", "+")  # an unescaped plus sign of a time zone
        try:
            moment = dt.datetime.fromisoformat(text) if _DATETIME.fullmatch(text) else None
            if moment and abs(moment.utcoffset() or dt.timedelta()) > FURTHEST:
                moment = None
            moment = moment and moment.astimezone(dt.UTC)
        except (ValueError, OverflowError):
            moment = None
        if moment is None:
            raise Invalid("datetime", _("Write the moment as YYYY-MM-DDThh:mm:ssZ."))
        if not clock.FIRST_DAY <= moment.date() <= clock.LAST_DAY:
            raise Invalid("out_of_range", _("The day must lie between 1900-01-01 and 2199-12-31."))
        return moment

    def _uuid(self, raw: str) -> UUID:
        if not _UUID.fullmatch(raw):
            raise Invalid("uuid", _("This is not an identifier."))
        return UUID(raw)

    def _choice(self, raw: str) -> str:
        if raw not in self.choices:
            raise Invalid(
                "not_a_choice", _("Choose one of: %(choices)s.") % {"choices": ", ".join(self.choices)}
            )
        return raw

    def _int(self, raw: str) -> int:
        if not _INT.fullmatch(raw):
            raise Invalid("integer", _("Write a whole number."))
        number = int(raw)
        if not self.minimum <= number <= self.maximum:
            bounds = {"minimum": self.minimum, "maximum": self.maximum}
            raise Invalid(
                "out_of_range", _("The number must lie between %(minimum)s and %(maximum)s.") % bounds
            )
        return number

    def _bool(self, raw: str) -> bool:
        if raw not in _BOOLS:
            raise Invalid("boolean", _("Write true or false."))
        return _BOOLS[raw]

    def _text(self, raw: str) -> str:
        if len(raw) > self.max_length:
            raise Invalid(
                "too_long", _("At most %(count)s characters are taken.") % {"count": self.max_length}
            )
        text = raw.strip()
        if not text and not self.blank:
            raise Invalid("blank", _("The value is empty."))
        return text

    def _unit(self, raw: str) -> UnitRef:
        if _UUID.fullmatch(raw):
            return UnitRef(id=UUID(raw))
        if _CODE.fullmatch(raw):
            return UnitRef(code=raw)
        raise Invalid("unit", _("Name the unit by its identifier or its code."))

    def openapi(self) -> dict[str, Any]:
        """Return the parameter as OpenAPI writes it."""
        schema = self._schema()
        if self.many:
            schema = {"type": "array", "items": schema, "minItems": 1, "maxItems": MANY}
        if self.default is not None and not callable(self.default):
            schema["default"] = self.default
        parameter: dict[str, Any] = {
            "name": self.name,
            "in": "query",
            "description": str(self.description),
            "schema": schema,
        }
        if self.required:
            parameter["required"] = True
        if self.many:
            parameter |= {"style": "form", "explode": False}
        return parameter

    def _schema(self) -> dict[str, Any]:
        if self.kind == "choice":
            return {"type": "string", "enum": list(self.choices)}
        if self.kind == "int":
            return {"type": "integer", "minimum": self.minimum, "maximum": self.maximum}
        if self.kind == "bool":
            return {"type": "boolean"}
        if self.kind == "date":
            return {"type": "string", "format": "date"}
        if self.kind == "datetime":
            return {"type": "string", "format": "date-time"}
        if self.kind == "uuid":
            return {"type": "string", "format": "uuid"}
        if self.kind == "unit":
            return {"type": "string", "pattern": f"^{_CODE.pattern}$"}
        return {"type": "string", "minLength": 0 if self.blank else 1, "maxLength": self.max_length}


class Table:
    """The closed list of one view."""

    def __init__(self, params: Iterable[Param]) -> None:
        self.params = {param.name: param for param in params}
        self._fixed = {
            name: param.default for name, param in self.params.items() if not callable(param.default)
        }
        self._asked = [(name, param) for name, param in self.params.items() if callable(param.default)]
        self._required = [name for name, param in self.params.items() if param.required]

    def read(self, query: QueryDict) -> dict[str, Any]:
        """Return the value of every parameter; raise Malformed that names all that is wrong."""
        values = dict(self._fixed)
        faults: list[Fault] = []
        for name, raws in query.lists():
            param = self.params.get(name)
            try:
                if param is None:
                    raise Invalid("unknown_parameter", _("There is no such parameter here."))
                if len(raws) > 1:
                    raise Invalid("repeated_parameter", _("The parameter is given twice."))
                values[name] = param.parse(str(raws[0]))
            except Invalid as error:
                faults.append(Fault(pointer(name), error.code, error.detail))
        for name, param in self._asked:
            if name not in query:
                values[name] = param.default()
        for name in self._required:
            if name not in query:
                faults.append(Fault(pointer(name), "required", _("The parameter is required.")))
        if faults:
            raise refusal(*faults)
        return values


def pointer(name: str) -> str:
    """Return the JSON pointer to a parameter, cut to a length worth repeating."""
    return "/" + name[:100].replace("~", "~0").replace("/", "~1")


def refusal(*faults: Fault) -> Malformed:
    """Return the answer to parameters that are not taken."""
    named = ", ".join(fault.pointer[1:] for fault in faults[:10])
    detail = _("Parameters that are not taken: %(names)s.") % {"names": named}
    return Malformed(detail, code="bad_parameter", errors=faults[:100])


AT = Param(
    "at",
    "date",
    gettext_lazy("The day the answer holds for; default today. Between 1900-01-01 and 2199-12-31."),
    default=lambda: clock.today(),
)
LANG = Param(
    "lang", "choice", gettext_lazy("Language of texts; default by Accept-Language."), choices=LANGUAGES
)
UPDATED_SINCE = Param(
    "updated_since", "datetime", gettext_lazy("Only rows changed since this moment, with tombstones.")
)
BOM = Param("bom", "bool", gettext_lazy("CSV: whether to start with a byte order mark."), default=True)
DELIMITER = Param(
    "delimiter", "choice", gettext_lazy("CSV: what separates the cells."), choices=(";", ","), default=";"
)


def format_param(formats: Sequence[str]) -> Param:
    """Return the ``format`` parameter of a view that offers ``formats``."""
    return Param(
        "format", "choice", gettext_lazy("Format of the answer; default by Accept."), choices=formats
    )
