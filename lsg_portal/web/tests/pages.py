"""Pages as tests read them: their text, and their tables as the JSON files have them."""

import json
import re


def texts(visitor, base, language="en"):
    """Return a function that opens a page below ``base`` and returns its text with runs of spaces as one."""

    def page(address="", language=language, status=200, client=None, **parameters):
        answer = (client or visitor).get(f"/{language}{base}{address}", parameters)
        assert answer.status_code == status, (answer.status_code, answer.content.decode()[:1500])
        return re.sub(r"\s+", " ", answer.content.decode())

    return page


def tables(visitor, base, language="en", *, numbers=False):
    """Return a function that gets a table of a page; with ``numbers``, decimal numbers, which a file writes as text, as such."""

    def rows(address="", key="", **parameters):
        answer = visitor.get(f"/{language}{base}{address}", {"format": "json", "table": key, **parameters})
        assert answer.status_code == 200, answer.content.decode()[:500]
        return json.loads(answer.content, object_hook=_with_numbers if numbers else None)

    return rows


def _with_numbers(row):
    return {
        key: float(value) if isinstance(value, str) and re.fullmatch(r"-?\d+\.\d+", value) else value
        for key, value in row.items()
    }
