"""Shows how fast the generated services are, beside the least that their frameworks can be.

Run it with the interpreter that scaffold is installed for, on a machine with wrk and PostgreSQL:
python benchmarks/speed.py [--help]. For each framework and server it prints, as medians of ratios in turns,

- live: `/health/live` of the service, with its log line, beside a bare application on the same server
- me, list, create: beside the least code for the same answers, with the same driver (the ORM for Django)
- p99 of `me`, in milliseconds and in medians; the resident memory of the worker beside the bare one's

and the same ratios of the processor's time that a request takes, which others on the machine disturb less.
One worker runs on one core, wrk on another. A create is of a row with a unique address and no password, as a
hash would take longer than all else, on both sides. Both check the token, load its user and ask for an
administrator. It ends with status 1 where a target is missed.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from references import starting
from verdicts import AGAINST, Seen, judged, show

from scaffold.growing import found
from scaffold.measuring import cores, load, projects, rounds, serving
from scaffold.measuring.projects import CALLS, CREATE, FEATURE, FIELDS, Ready
from scaffold.measuring.rounds import Contender, Step

REFERENCES = Path(__file__).parent / "references"
POSTGRESQL = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432")
SERVERS = {
    "fastapi": ("uvicorn", "granian"),
    "django": ("granian", "gunicorn"),
    "flask": ("granian", "gunicorn"),
}


def main() -> int:
    """Measure what the command line names, print the tables, and return whether all targets are met."""
    asked = arguments()
    load.require()
    met = True
    with tempfile.TemporaryDirectory(prefix="scaffold-speed-") as place:
        for framework, server, folders in runs(asked):
            scratch = Path(place, f"{framework}-{server or 'given'}")
            scratch.mkdir()
            measured = folders or [generated(framework, server, scratch)]
            met &= compared(framework, measured, scratch, asked)
    return 0 if met else 1


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--framework", action="append", choices=list(SERVERS))
    parser.add_argument("--server", action="append", choices=["uvicorn", "granian", "gunicorn"])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3, help="of each load")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--call", action="append", choices=[each.name for each in CALLS])
    parser.add_argument(
        "--project",
        action="append",
        type=Path,
        default=[],
        help="an installed project with PostgreSQL and jwt, instead of new ones; several of one framework "
        f"are compared in one run. To create it needs: scaffold feature {FEATURE} {' '.join(FIELDS)}",
    )
    parser.add_argument("--database", default=POSTGRESQL, help="a PostgreSQL server's URL")
    return parser.parse_args()


def runs(asked: argparse.Namespace) -> list[tuple[str, str, list[Path]]]:
    """Return each framework and server to measure, and the projects of it that were given, if any were."""
    frameworks = asked.framework or list(SERVERS)
    if asked.project:
        given: dict[str, list[Path]] = {}
        for folder in asked.project:
            given.setdefault(found.find(folder.resolve()).framework, []).append(folder.resolve())
        return [(each, "", given[each]) for each in frameworks if each in given]
    return [
        (framework, server, [])
        for framework in frameworks
        for server in SERVERS[framework]
        if not asked.server or server in asked.server
    ]


def generated(framework: str, server: str, scratch: Path) -> Path:
    """Make a project as a stranger does, with the feature whose rows are created."""
    folder = scratch / "service"
    data = [f"--data={each}" for each in (f"server={server}", "database=postgresql", "auth=jwt")]
    new = ["new", str(folder), "--yes", f"--framework={framework}", "--allow-dirty", *data]
    feature = ["feature", FEATURE, *FIELDS, "-C", str(folder), "--allow-dirty"]
    for command in (new, feature):
        subprocess.run([sys.executable, "-m", "scaffold", "--quiet", *command], check=True)
    return folder


def compared(
    framework: str, folders: Sequence[Path], scratch: Path, asked: argparse.Namespace
) -> bool:
    """Measure projects of one framework beside the references; return whether they meet the targets."""
    core = cores.split().service
    with ExitStack() as stack:
        made = [
            stack.enter_context(projects.ready(each, asked.database, scratch)) for each in folders
        ]
        first = made[0]
        ours = []
        for number, each in enumerate(made):
            output = scratch / f"{number}.log"
            service = stack.enter_context(projects.served(each, output, core))
            token = projects.token(service.port)
            projects.fill(service.port, token)
            name = "ours" if len(made) == 1 else each.project.folder.name
            calls = tuple(call for call in CALLS if call is not CREATE or each.creates)
            ours.append(Contender(name, service, token, calls))
        python = starting.environment(framework, first.server, first.python, scratch / "reference")
        references = [
            reference(kind, framework, first, python, ours[0].token, scratch, stack)
            for kind in ("bare", "least")
        ]
        contenders = [*ours, *references]
        steps = [
            Step(call, asked.connections)
            for call in CALLS
            if not asked.call or call.name in asked.call
        ]
        samples = rounds.loaded(
            contenders,
            steps,
            rounds=asked.rounds,
            seconds=asked.seconds,
            starting=lambda number, step: announce(number, step, asked.rounds),
        )
        seen = Seen(samples, {each.name: each.service.memory() for each in contenders})
    print(f"\n{framework} on {first.server}, {asked.connections} connections")
    show(contenders, steps, seen)
    verdicts = [judged(framework, each.name, steps, seen) for each in ours]
    return all(verdicts)


def reference(
    kind: str,
    framework: str,
    made: Ready,
    python: Path,
    token: str,
    scratch: Path,
    stack: ExitStack,
) -> Contender:
    """Serve a reference on a project's database, with its key: the project's tokens are taken."""
    port = serving.free_port()
    command = starting.command(python, made.server, framework, f"{framework}_{kind}", port)
    output, core = scratch / f"{kind}.log", cores.split().service
    service = stack.enter_context(
        serving.served(command, REFERENCES, made.variables, port, output, core)
    )
    calls = tuple(call for call, against in AGAINST.items() if against == kind)
    return Contender(kind, service, token, calls)


def announce(number: int, step: Step, many: int) -> None:
    """Say where a run is, to who watches."""
    if sys.stderr.isatty():
        print(f"\rround {number} of {many}: {step.call.name:8}", end="\r", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
