"""Does this database know Cyrillic? The portal's search is silently wrong on one that does not.

Under a plain ``C`` or ``POSIX`` locale ``lower('ӨҮҢ')`` returns its argument, ``ILIKE`` finds nothing and the
trigram similarity of Kyrgyz words is 0, all without an error. So the question is asked at every start, and
by ``/readyz``.
"""

from __future__ import annotations

from typing import Any, Protocol


class Cursor(Protocol):
    """What psycopg2's and Django's cursors share."""

    def execute(self, query: str, /) -> Any:
        """Run ``query``."""

    def fetchone(self) -> Any:
        """Return the next row."""


PROBES = (
    ("its encoding is not UTF8", "SELECT current_setting('server_encoding') = 'UTF8'"),
    ("lower() does not know Cyrillic", "SELECT lower('ӨҮҢ') = 'өүң' AND upper('өүң') = 'ӨҮҢ'"),
    ("ILIKE does not know Cyrillic", "SELECT 'Өзгөн' ILIKE 'өзгөн' AND 'ҢҮӨ' ~* 'ңүө'"),
)
TRIGRAM = ("trigrams do not know Cyrillic", "SELECT similarity('Өзгөн шаары', 'өзгөн шаары') = 1")


def faults(cursor: Cursor) -> list[str]:
    """Return what the database does wrong with Kyrgyz text; empty when it may serve.

    Trigrams are judged where the extension ``pg_trgm`` is installed in the search path.
    """
    probes = list(PROBES)
    cursor.execute("SELECT to_regproc('similarity') IS NOT NULL")
    if cursor.fetchone()[0]:
        probes.append(TRIGRAM)
    wrong = []
    for fault, query in probes:
        cursor.execute(query)
        if not cursor.fetchone()[0]:
            wrong.append(fault)
    return wrong


def refusal(wrong: list[str]) -> str:
    """Return the message for a database with these faults."""
    return (
        f"This database cannot hold Kyrgyz text: {'; '.join(wrong)}.\n"
        "Make it with encoding UTF8 and a UTF-8 locale, for example\n"
        "  initdb -k -E UTF8 --locale=C.UTF-8 --locale-provider=builtin --builtin-locale=C.UTF-8"
    )
