"""The table as a document that an auditor reads: who gets through where, and how others are turned away."""

from __future__ import annotations

from collections.abc import Iterator

from lsg_portal.tests.matrix.table import LOGIN, Row, Table, read

THROUGH, NO, HIDDEN, NOBODY = "✓", "no", "hidden", "log in"
WORDS = {LOGIN: NOBODY, "401": NOBODY, "403": NO, "404": HIDDEN, "405": "–"}
INTRODUCTION = """
# Who may do what

Every address of the portal, by area, with the methods it takes and what each viewer gets. The page is made from
`lsg_portal/tests/matrix/table.txt`, to which tests hold every address: each is asked as each viewer, and an address that
the table does not know fails them.

- `✓`: gets through. Whether the request can then be carried out is another question (a form may be incomplete, a version stale).
- `no`: may see the thing and not do this (403).
- `hidden`: the thing is not there for this viewer (404).
- `log in`: sent to the login page, over REST 401.
- `–`: the address is for other methods.

Methods that are not listed are refused to everybody (405), OPTIONS and HEAD apart. Pages stand here without the language
before them (`/ky/`, `/ru/`, `/en/`).

What a list holds differs by viewer as single things do: drafts are in it for whoever may read the draft, in every format.
"""


def document(opening: str) -> str:
    """Return the document, beginning with the line that says how it was made."""
    return "\n".join([opening, *_lines(read())]).rstrip() + "\n"


def _lines(table: Table) -> Iterator[str]:
    yield from INTRODUCTION.rstrip().splitlines()
    yield from ("", "## Viewers", "", "| viewer | who it is |", "|---|---|")
    yield from (f"| {name} | {meaning} |" for name, meaning in table.viewers.items())
    yield from ("", "Roles that demand a second factor count only where one was used.", "")
    for name, members in table.groups.items():
        yield f"`{{{name}}}` stands for each of {', '.join(f'`{member}`' for member in members)}."
        yield ""
    for area in table.areas:
        yield from (f"## {area.title}", "", *area.words, "")
        yield f"| address | method | about | {' | '.join(table.viewers)} |"
        yield "|" + "---|" * (len(table.viewers) + 3)
        seen = set()
        for row in area.rows:
            if row.line not in seen and set(row.expected.values()) != {"405"}:
                seen.add(row.line)
                yield _line(table, row)
        yield ""


def _line(table: Table, row: Row) -> str:
    about = table.samples.get(row.sample, "a record" if "/" in row.sample else "")
    answers = [WORDS.get(status, THROUGH) for status in row.expected.values()]
    return f"| `{row.written}` | {row.method} | {about} | {' | '.join(answers)} |"
