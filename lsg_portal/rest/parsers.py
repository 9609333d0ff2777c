"""JSON, read strictly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

import orjson
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from lsg_portal.rest.problems import Fault, Malformed, TooLarge, UnsupportedMediaType

LARGEST = 5 * 1024 * 1024
DEEPEST = 20
LONGEST_NUMBER = 40
"""Characters of a number: more than any figure of the register has, far fewer than cost time to read."""


class StrictJSONParser(BaseParser):
    """Parse UTF-8 JSON and refuse what programs read differently or not at all."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the body; raise Malformed, TooLarge or UnsupportedMediaType."""
        charset = "utf-8"
        for parameter in (media_type or "").split(";")[1:]:
            name, _sep, value = parameter.strip().partition("=")
            if name.lower() == "charset":
                charset = value.strip('"').lower()
        if charset not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(_("Only JSON in UTF-8 is read here."))
        return loads(stream.read(LARGEST + 1))


def loads(raw: bytes) -> Any:
    """Return the value of a JSON text.

    Read twice: orjson judges the text (UTF-8, grammar, overflow), the standard reader sees names and digits as
    they are written. Refused: other than UTF-8, lone surrogates, NUL, NaN and infinities, numbers that overflow or run on, a
    name twice in one object, nesting deeper than ``DEEPEST``.
    """
    if len(raw) > LARGEST:
        raise TooLarge
    try:
        _check(orjson.loads(raw))
        return json.loads(
            raw,
            object_pairs_hook=_object,
            parse_int=_int,
            parse_float=_float,
        )
    except Malformed:
        raise
    except (ValueError, RecursionError) as error:
        raise _refusal("json", _("The body is not JSON.")) from error


def _refusal(code: str, detail: str, pointer: str = "") -> Malformed:
    return Malformed(detail, errors=[Fault(pointer, code, detail)])


def _check(value: Any, depth: int = 0) -> None:
    """Walk the value once for depth and NUL; the second reader would recurse as deep as the text asks."""
    if isinstance(value, str):
        if "\0" in value:
            raise _refusal("null_character", _("Text may not contain the NUL character."))
    elif isinstance(value, (dict, list)):
        if depth >= DEEPEST:
            raise _refusal("too_deep", _("The body is nested too deeply."))
        if isinstance(value, dict):
            for name in value:
                _check(name, depth)
        for inner in value.values() if isinstance(value, dict) else value:
            _check(inner, depth + 1)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _refusal("duplicate_name", _("A name stands twice in one object."), f"/{twice}")
    return result


def _int(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise _refusal("number_too_long", _("A number has too many digits."))
    return int(text)


def _float(text: str) -> float:
    if len(text) > LONGEST_NUMBER:
        raise _refusal("number_too_long", _("A number has too many digits."))
    return float(text)
