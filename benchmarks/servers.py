"""Holds the servers of generated services to account, and prints what became of each as a table.

Run it with the interpreter that scaffold is installed for, test tools included, on a machine with PostgreSQL,
wrk and nginx: python benchmarks/servers.py [--help]. For each framework and server it makes a project with
PostgreSQL and tokens and serves it in production settings with two workers. All of it takes hours on
a busy machine; with `--small` there are a tenth of the requests. It ends with status 1 where a check fails.
"""

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path += [str(ROOT / "tests"), str(ROOT)]

import httpx2
from combinations import combination, least, ordered
from enduring import CHECKS, Asked, Verdict
from generated.conftest import generate
from generated.installed import Installed
from generated.service import serving

SERVERS = {
    "fastapi": ("granian", "uvicorn"),
    "django": ("granian", "gunicorn"),
    "flask": ("granian", "gunicorn"),
}
PAIRS = [f"{framework}-{server}" for framework, each in SERVERS.items() for server in each]
SMALL = 0.1
Column = dict[str, Verdict]


def main() -> int:
    """Check what the command line names, print the table, and return whether everything held."""
    asked = arguments()
    checks = asked.check or list(CHECKS)
    table = {}
    with tempfile.TemporaryDirectory(prefix="scaffold-servers-") as place:
        for pair in asked.pair or PAIRS:
            folder = Path(place, pair)
            folder.mkdir()
            table[pair] = checked(pair, folder, checks, asked)
    print(drawn(checks, table))
    return 0 if all(each.held for column in table.values() for each in column.values()) else 1


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pair", action="append", choices=PAIRS)
    parser.add_argument("--check", action="append", choices=list(CHECKS))
    parser.add_argument("--small", action="store_true", help="a tenth of the requests")
    parser.add_argument(
        "--projects", type=Path, help="keep the projects there, and use those that are"
    )
    return parser.parse_args()


def checked(pair: str, folder: Path, checks: list[str], asked: argparse.Namespace) -> Column:
    """Make a project, serve it, and hold it to account; what is seen is said at once to who watches."""
    project = made(pair, (asked.projects or folder) / pair)
    column = {}
    # Whatever a check breaks breaks no other: each has a service of its own.
    for name in checks:
        with serving(project, folder, command=(*project.program, "serve")) as service:
            try:
                column[name] = CHECKS[name](Asked(service, folder, SMALL if asked.small else 1))
            except (AssertionError, OSError, httpx2.HTTPError) as error:
                column[name] = Verdict(False, f"{type(error).__name__}: {error}"[:200])
        word = "held" if column[name].held else "FAILED"
        print(f"{pair}: {name}: {word}: {column[name].seen}", file=sys.stderr, flush=True)
    return column


def made(pair: str, root: Path) -> Installed:
    """Return the project of a framework and server, with pages where it can have some."""
    framework, server = pair.split("-")
    chosen = {"framework": framework, "server": server, "database": "postgresql", "auth": "jwt"}
    if framework != "fastapi":
        chosen["pages"] = "htmx"
    project = combination(ordered(least(**chosen)), name=pair)
    if not root.exists():
        generate(project, root)
    return Installed(project, root)


def drawn(checks: list[str], table: dict[str, Column]) -> str:
    """Return the table in Markdown: a row for each check, a column for each framework and server."""
    heads = ["", *(pair.replace("-", ", ") for pair in table)]
    rows = [heads, ["---"] * len(heads)]
    for name in checks:
        seen = (column[name] for column in table.values())
        rows.append([name, *(("" if each.held else "**failed:** ") + each.seen for each in seen)])
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


if __name__ == "__main__":
    sys.exit(main())
