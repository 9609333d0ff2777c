"""JSON bodies: what a program must not send."""

from __future__ import annotations

import pytest

from lsg_portal.rest import parsers
from lsg_portal.rest.parsers import loads
from lsg_portal.rest.problems import Malformed, TooLarge


def test_plain_json_is_read():
    assert loads('{"ат": [1, -2.5e3, true, null, "ө\\n"]}'.encode()) == {
        "ат": [1, -2500.0, True, None, "ө\n"]
    }


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "json"),
        (b"{", "json"),
        (b"\xff", "json"),
        (b'\xef\xbb\xbf{"a":1}', "json"),
        (b'{"a": NaN}', "json"),
        (b'{"a": Infinity}', "json"),
        (b'{"a": -Infinity}', "json"),
        (b'{"a": "\\ud800"}', "json"),
        (b'{"a": "x\\u0000y"}', "null_character"),
        (b'{"x\\u0000": 1}', "null_character"),
        (b'{"a": 1e400}', "json"),
        (b'{"a": -1e400}', "json"),
        (b'{"a": ' + b"9" * 2000 + b"}", "json"),
        (b'{"a": ' + b"9" * 41 + b"}", "number_too_long"),
        (b'{"a": 0.' + b"9" * 2000 + b"}", "number_too_long"),
        (b'{"a": 1, "a": 2}', "duplicate_name"),
        (b'[{"b": {"a": 1, "a": 1}}]', "duplicate_name"),
        (b"[" * 21 + b"]" * 21, "too_deep"),
        (b"[" * 2000 + b"]" * 2000, "json"),
        (b'{"a":' * 2000 + b"1" + b"}" * 2000, "json"),
        (b"[" * 100_000, "json"),
    ],
)
def test_hostile_json_is_malformed(raw, code):
    with pytest.raises(Malformed) as caught:
        loads(raw)

    assert caught.value.errors[0].code == code


def test_a_body_past_the_limit_is_too_large(monkeypatch):
    monkeypatch.setattr(parsers, "LARGEST", 10)

    with pytest.raises(TooLarge):
        loads(b'"' + b"x" * 20 + b'"')
