"""``python -m lsg_portal.data.uploads.child``: read one file, given as standard input, with little memory and time.

Writes JSON lines: what the file is, its rows, and at last how it ended. Whatever the file does to this process,
the process that serves requests only sees a broken pipe.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

from lsg_portal.data.uploads.archive import Refused
from lsg_portal.data.uploads.limits import MEGABYTE, Limits


def confine(limits: Limits) -> None:
    """Bound memory, processor time and files of this process; what a platform does not know is left out."""
    seconds = int(limits.seconds) + 1
    bounds = {
        resource.RLIMIT_AS: limits.memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
    }
    for what, most in bounds.items():
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):  # macOS has no bound on the address space
            continue


def lines(kind: str, limits: Limits) -> Iterator[bytes]:
    """Yield the lines to write."""
    if kind == "xlsx":
        from lsg_portal.data.uploads.sheets import rows_of
    else:
        from lsg_portal.data.uploads.text import rows_of
    written = 0
    try:
        with open(0, "rb", closefd=False) as file:
            for item in rows_of(file, limits):
                line = json.dumps(item, ensure_ascii=False).encode()
                written += len(line)
                if written > limits.text:
                    raise Refused("too_much_text", most=limits.text // MEGABYTE)
                yield line
        end: dict[str, Any] = {"end": True}
    except Refused as refusal:
        end = {"refused": refusal.code, "values": refusal.values}
    except UnicodeEncodeError:
        end = {"refused": "damaged", "values": {}}
    except (MemoryError, RecursionError):
        end = {"refused": "too_much_memory", "values": {}}
    yield json.dumps(end, ensure_ascii=False).encode()


def main() -> None:
    """Read the file and write its rows."""
    limits = Limits(**json.loads(sys.argv[2]))
    confine(limits)
    out = sys.stdout.buffer
    for line in lines(sys.argv[1], limits):
        out.write(line + b"\n")
    out.flush()


if __name__ == "__main__":
    main()
