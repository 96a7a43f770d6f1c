"""Shows how fast the generated services are, beside the least that their frameworks can be.

Run it with the interpreter that scaffold is installed for, on a machine with wrk and PostgreSQL:
python benchmarks/speed.py [--help]. For each framework it prints, as medians of ratios taken in turns,

- live: `/health/live` of the service, with its log line, beside a bare application on the same server
- me, list, create: beside the least code for the same answers, with the same driver (the ORM for Django)
- p99 of `me`, in milliseconds and in medians; the resident memory of the worker beside the bare one's

and the same ratios of the processor's time that a request takes, which others on the machine disturb less.
One worker runs on one core, wrk on another. A create is of a row with a unique address and no password: what a
hash takes is the same for all. Both sides check the token, load its user and ask for an administrator.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from references import starting

from scaffold.errors import MeasuringFailed
from scaffold.growing import found
from scaffold.measuring import cores, load, projects, serving
from scaffold.measuring.load import Call, Load
from scaffold.measuring.projects import CALLS, CREATE, LIVE, ME, Ready
from scaffold.measuring.serving import Served

REFERENCES = Path(__file__).parent / "references"
POSTGRESQL = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432")
SERVERS = {
    "fastapi": ("uvicorn", "granian"),
    "django": ("granian", "gunicorn"),
    "flask": ("granian", "gunicorn"),
}
CONNECTIONS = 32
# The least that a ratio may be, and the most that p99 (in medians) and memory may be.
TARGETS = {
    "fastapi": {LIVE: 0.75, ME: 0.60},
    "django": {LIVE: 0.55, ME: 0.70},
    "flask": {LIVE: 0.60, ME: 0.60},
}
MOST_P99, MOST_MEMORY = 3.0, 1.6


class Contender(NamedTuple):
    """A service that is measured, with what it takes to call it."""

    name: str
    service: Served
    token: str


class Sample(NamedTuple):
    """One load, and the microseconds on a core that a request took."""

    load: Load
    cpu: float


Samples = dict[tuple[str, Call], list[Sample]]


def main() -> int:
    """Measure what the command line names, print the tables, and return whether all targets are met."""
    asked = arguments()
    load.require()
    met = True
    with tempfile.TemporaryDirectory(prefix="scaffold-speed-") as place:
        for framework in asked.framework:
            for server in asked.server or SERVERS[framework]:
                if server in SERVERS[framework]:
                    given = [each for each in asked.project if framework_of(each) == framework]
                    if asked.project and not given:
                        continue
                    scratch = Path(place, f"{framework}-{server}")
                    scratch.mkdir()
                    folders = given or [generated(framework, server, scratch)]
                    met &= compared(framework, server, folders, scratch, asked)
                    if given:
                        break
    return 0 if met else 1


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--framework", action="append", choices=list(SERVERS), default=[])
    parser.add_argument("--server", action="append", choices=["uvicorn", "granian", "gunicorn"])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=3, help="of each load")
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("--call", action="append", choices=[each.name for each in CALLS])
    parser.add_argument(
        "--project",
        action="append",
        type=Path,
        default=[],
        help="an installed project with PostgreSQL and jwt instead of a new one, and with its server "
        f"(create needs: scaffold feature {projects.FEATURE} {' '.join(projects.FIELDS)}); "
        "several of one framework are compared in one run",
    )
    parser.add_argument("--database", default=POSTGRESQL, help="a PostgreSQL server's URL")
    asked = parser.parse_args()
    asked.framework = asked.framework or list(SERVERS)
    asked.call = [each for each in CALLS if not asked.call or each.name in asked.call]
    return asked


def framework_of(folder: Path) -> str:
    return found.find(folder.resolve()).framework


def generated(framework: str, server: str, scratch: Path) -> Path:
    """Make a project as a stranger does, with the feature whose rows are created."""
    folder = scratch / "service"
    data = [f"--data={each}" for each in (f"server={server}", "database=postgresql", "auth=jwt")]
    new = ["new", str(folder), "--yes", f"--framework={framework}", "--allow-dirty", *data]
    feature = ["feature", projects.FEATURE, *projects.FIELDS, "-C", str(folder), "--allow-dirty"]
    for command in (new, feature):
        subprocess.run([sys.executable, "-m", "scaffold", "--quiet", *command], check=True)
    return folder


def compared(
    framework: str, server: str, folders: Sequence[Path], scratch: Path, asked: argparse.Namespace
) -> bool:
    """Measure projects of one framework beside the references; return whether they meet the targets."""
    split = cores.split()
    with ExitStack() as stack:
        made = [
            stack.enter_context(projects.ready(each.resolve(), asked.database, scratch))
            for each in folders
        ]
        server = made[0].server or server
        python = starting.environment(framework, server, made[0].python, scratch / "reference")
        contenders = []
        for number, each in enumerate(made):
            name = "ours" if len(made) == 1 else each.project.folder.name
            output = scratch / f"{number}.log"
            service = stack.enter_context(projects.served(each, output, split.service))
            token = projects.token(service.port)
            projects.fill(service.port, token)
            contenders.append(Contender(name, service, token))
        for kind in ("bare", "least"):
            stack.enter_context(
                reference(contenders, kind, framework, server, python, made[0], scratch)
            )
        calls = [each for each in asked.call if each is not CREATE or all(x.creates for x in made)]
        samples = loaded(contenders, calls, asked)
        memory = {each.name: each.service.memory() for each in contenders}
    print(f"\n{framework} on {server}, {asked.connections} connections")
    show(contenders, calls, samples, memory)
    ours = [each.name for each in contenders[: len(made)]]
    verdicts = [judged(framework, name, samples, memory) for name in ours]
    return all(verdicts)


@contextmanager
def reference(
    contenders: list[Contender],
    kind: str,
    framework: str,
    server: str,
    python: Path,
    made: Ready,
    scratch: Path,
) -> Iterator[None]:
    """Serve a reference on the first project's database, with its key: its tokens are taken."""
    port, token = serving.free_port(), contenders[0].token
    command = starting.command(python, server, framework, f"{framework}_{kind}", port)
    output, core = scratch / f"{kind}.log", cores.split().service
    with serving.served(command, REFERENCES, made.variables, port, output, core) as service:
        contenders.append(Contender(kind, service, token))
        yield


def loaded(
    contenders: Sequence[Contender], calls: Sequence[Call], asked: argparse.Namespace
) -> Samples:
    """Load the contenders in turn, once for warmth and then for each round."""
    samples: Samples = {}
    client = cores.split().client
    for round_ in range(asked.rounds + 1):
        for call in calls:
            for each in contenders:
                if each.name == ("least" if call is LIVE else "bare"):
                    continue
                before = each.service.cpu_seconds()
                seen = load.ask(
                    each.service.port,
                    call,
                    each.token,
                    connections=asked.connections,
                    seconds=asked.seconds if round_ else 1,
                    core=client,
                )
                spent = each.service.cpu_seconds() - before
                if not seen.requests:
                    raise MeasuringFailed(
                        f"{each.name} answered none of {call.name}:\n{each.service.last_words()}"
                    )
                each.service.forget_output()
                if round_:
                    cpu = spent / seen.requests * 1_000_000
                    samples.setdefault((each.name, call), []).append(Sample(seen, cpu))
        print(f"round {round_} of {asked.rounds}", end="\r", file=sys.stderr, flush=True)
    return samples


def show(
    contenders: Sequence[Contender],
    calls: Sequence[Call],
    samples: Samples,
    memory: dict[str, float],
) -> None:
    """Print what each contender did."""
    print(f"{'':14} {'':8} {'req/s':>8} {'p50 ms':>8} {'p99 ms':>8} {'CPU µs':>8} {'failed':>7}")
    for call in calls:
        for each in contenders:
            taken = samples.get((each.name, call))
            if taken:
                figures = [
                    statistics.median(sample.load.rate for sample in taken),
                    statistics.median(sample.load.p50 for sample in taken),
                    statistics.median(sample.load.p99 for sample in taken),
                    statistics.median(sample.cpu for sample in taken),
                ]
                failed = sum(sample.load.failures for sample in taken)
                row = f"{figures[0]:8.0f} {figures[1]:8.2f} {figures[2]:8.2f} {figures[3]:8.0f}"
                print(f"{each.name:14} {call.name:8} {row} {failed:7}")
    print("memory: " + ", ".join(f"{name} {each:.0f} MiB" for name, each in memory.items()))


def judged(framework: str, name: str, samples: Samples, memory: dict[str, float]) -> bool:
    """Print the ratios of a project beside its targets, and return whether it meets them."""
    met = True
    for call in CALLS:
        mine = samples.get((name, call))
        theirs = samples.get(("bare" if call is LIVE else "least", call))
        if not mine or not theirs:
            continue
        pairs = list(zip(mine, theirs, strict=True))
        ratio = statistics.median(a.load.rate / b.load.rate for a, b in pairs)
        cpu = statistics.median(b.cpu / a.cpu for a, b in pairs)
        target = TARGETS[framework].get(call, 0.0)
        met &= ratio >= target
        against = "bare" if call is LIVE else "least"
        said = f"{name}: {call.name} {ratio:.2f} of {against} (by CPU {cpu:.2f})"
        print(said + verdict(ratio >= target, f"at least {target}" if target else ""))
    if mine := samples.get((name, ME)):
        p99 = statistics.median(each.load.p99 for each in mine)
        spread = statistics.median(each.load.p99 / each.load.p50 for each in mine)
        within = spread <= MOST_P99
        met &= within
        said = f"{name}: p99 of me {p99:.1f} ms, {spread:.1f} × median"
        print(said + verdict(within, f"at most {MOST_P99:.0f}"))
    times = memory[name] / memory["bare"]
    met &= times <= MOST_MEMORY
    said = f"{name}: memory {memory[name]:.0f} MiB, {times:.2f} × bare"
    print(said + verdict(times <= MOST_MEMORY, f"at most {MOST_MEMORY}"))
    return met


def verdict(within: bool, target: str) -> str:
    """Return how a figure stands to its target, for the end of its line."""
    return f"   {'ok' if within else 'MISSED'}, {target}" if target else ""


if __name__ == "__main__":
    sys.exit(main())
