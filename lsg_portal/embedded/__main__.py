"""``python -m lsg_portal.embedded``: see ``--help``."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from lsg_portal.embedded import Refused, account
from lsg_portal.embedded.demo import demo
from lsg_portal.embedded.home import Home
from lsg_portal.embedded.launcher import manage, run

VAR = Path("var")


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="python -m lsg_portal.embedded", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)

    one = commands.add_parser("run", help="run a command with PostgreSQL and Valkey around it")
    one.add_argument("--var", type=Path, default=VAR / "run", help="where data and logs live (var/run)")
    one.add_argument("--source", choices=["wheel", "system"], help="where the servers must come from")
    one.add_argument("--tcp", action="store_true", help="listen on free ports of 127.0.0.1, not on sockets")
    one.add_argument("--with-parent", action="store_true", help="stop when the calling process ends")
    one.add_argument("argv", nargs="+", metavar="CMD")

    two = commands.add_parser("demo", help="serve the portal with demonstration data until Ctrl-C")
    two.add_argument("--var", type=Path, default=VAR / "demo", help="where data and logs live (var/demo)")
    two.add_argument("--port", type=int, default=8000)
    two.add_argument("--with-parent", action="store_true", help="stop when the calling process ends")

    three = commands.add_parser("manage", help="run manage.py against the running demo")
    three.add_argument("--var", type=Path, default=VAR / "demo")
    three.add_argument("argv", nargs="+", metavar="ARGUMENT")

    four = commands.add_parser("clean", help="remove the data of all services that are not running")
    four.add_argument("--var", type=Path, default=VAR, help="the directory that holds theirs (var)")
    return top


def clean(var: Path) -> int:
    """Remove ``var``, and clusters of its own that had to be kept elsewhere; Refused while one is in use."""
    homes = [path.parent for path in var.glob("*/lock")]
    for path in homes:
        if Home(path).is_locked():
            raise Refused(f"{path} is in use: stop what runs there first. Nothing was removed.")
    for path in homes:
        cluster = path / "postgres"
        outside = cluster.resolve().parent
        if cluster.is_symlink() and outside.parent in [haven / "clusters" for haven in account.HAVENS]:
            shutil.rmtree(outside, ignore_errors=True)
    if var.exists():
        shutil.rmtree(var)
    return 0


def main(argv: Sequence[str]) -> int:
    """Run one command of the parser; a refusal is a message and exit code 1."""
    arguments = parser().parse_args(argv)
    try:
        match arguments.command:
            case "run":
                return run(
                    arguments.argv,
                    var=arguments.var,
                    source=arguments.source,
                    tcp=arguments.tcp,
                    with_parent=arguments.with_parent,
                )
            case "demo":
                return demo(port=arguments.port, var=arguments.var, with_parent=arguments.with_parent)
            case "manage":
                return manage(arguments.argv, var=arguments.var)
            case _:
                return clean(arguments.var)
    except Refused as refused:
        print(f"\n{refused}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
