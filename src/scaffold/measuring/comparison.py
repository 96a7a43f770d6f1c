"""The skeletons measured side by side, and the one form that all which is shown of them is made from."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from scaffold.measuring import cores, holding, projects, rounds
from scaffold.measuring.holding import Held
from scaffold.measuring.machine import machine
from scaffold.measuring.projects import CALLS
from scaffold.measuring.rounds import Contender, Samples, Step, middle
from scaffold.measuring.skeletons import Skeleton

CONNECTIONS = (32, 512)
# On many connections each waits long for its turn: those loads last longer.
STEPS = tuple(
    Step(call, many, length)
    for many, length in zip(CONNECTIONS, (1, 2), strict=True)
    for call in CALLS
)


class Effort(NamedTuple):
    """How thoroughly it is measured."""

    rounds: int
    seconds: int
    most: int
    """The most connections that are tried for how many are held; none are for 0."""

    def minutes(self, many: int) -> int:
        """Return about how long that takes for so many skeletons, without their installation."""
        loads = sum(
            self.rounds * self.seconds * step.length + rounds.WARM_SECONDS for step in STEPS
        )
        probes = 10 * self.seconds if self.most else 0
        pauses = len(STEPS) * (self.rounds + 1) * 0.5
        return max(1, round(many * (loads + probes + pauses) / 60))


class Measured(NamedTuple):
    """What was measured of one skeleton, beside its loads."""

    skeleton: Skeleton
    versions: Mapping[str, str]
    memory: float
    held: Held | None


def compared(
    skeletons: Sequence[Skeleton],
    folders: Sequence[Path],
    server_url: str,
    effort: Effort,
    scratch: Path,
    starting: Callable[[str], None],
) -> dict[str, Any]:
    """Serve installed skeletons side by side and load them in turn; return what was seen, as JSON has it.

    Raises:
        MeasuringFailed: if one cannot be served, or answers nothing.
    """
    core = cores.split().service
    with ExitStack() as stack:
        contenders = []
        versions = []
        for number, (skeleton, folder) in enumerate(zip(skeletons, folders, strict=True)):
            starting(f"{skeleton.name}: its database, and {projects.LISTED} users")
            made = stack.enter_context(projects.ready(folder, server_url, scratch))
            versions.append(projects.versions(made))
            output = scratch / f"{number}.log"
            service = stack.enter_context(projects.served(made, output, core))
            token = projects.token(service.port)
            projects.fill(service.port, token)
            contenders.append(Contender(skeleton.name, service, token, CALLS))
        samples = rounds.loaded(
            contenders,
            STEPS,
            rounds=effort.rounds,
            seconds=effort.seconds,
            starting=lambda number, step: starting(_said(number, step, effort.rounds)),
        )
        measured = []
        for skeleton, version, each in zip(skeletons, versions, contenders, strict=True):
            memory = each.service.memory()
            held = None
            if effort.most:
                starting(f"{skeleton.name}: how many connections it holds")
                held = holding.held(each, effort.most, effort.seconds)
            measured.append(Measured(skeleton, version, memory, held))
    return _as_json(measured, samples, effort)


def _said(number: int, step: Step, many: int) -> str:
    which = f"round {number} of {many}" if number else "warming up"
    return f"{which}: {step.call.name} on {step.connections} connections"


def _as_json(measured: Sequence[Measured], samples: Samples, effort: Effort) -> dict[str, Any]:
    split = cores.split()
    return {
        "date": date.today().isoformat(),
        "machine": machine()._asdict(),
        "effort": effort._asdict(),
        "pinned": split.service is not None,
        "services": [
            {
                "framework": each.skeleton.framework,
                "server": each.skeleton.options["server"],
                "name": each.skeleton.name,
                "versions": dict(each.versions),
                "memory_mib": round(each.memory, 1),
                "held": None if each.held is None else each.held._asdict(),
                "loads": [_load(step, samples, each.skeleton.name) for step in STEPS],
            }
            for each in measured
        ],
    }


def _load(step: Step, samples: Samples, name: str) -> dict[str, Any]:
    found = samples[name, step]
    return {
        "call": step.call.name,
        "connections": step.connections,
        "requests_per_second": round(middle(found, lambda each: each.load.rate), 1),
        "median_ms": round(middle(found, lambda each: each.load.p50), 2),
        "p99_ms": round(middle(found, lambda each: each.load.p99), 2),
        "failed": round(middle(found, lambda each: each.load.failed), 4),
        "cpu_microseconds": round(middle(found, lambda each: each.cpu)),
    }
