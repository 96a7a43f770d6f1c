"""Services loaded in turn, round after round, so that what disturbs the machine disturbs all of them."""

import secrets
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from scaffold.errors import MeasuringFailed
from scaffold.measuring import asking, cores, load
from scaffold.measuring.load import Call, Load
from scaffold.measuring.serving import Served

WARM_SECONDS = 1


class Contender(NamedTuple):
    """A service that is loaded, and what it is asked for."""

    name: str
    service: Served
    token: str
    calls: tuple[Call, ...]


class Step(NamedTuple):
    """One thing asked for, on so many connections at once, and how many times as long as others."""

    call: Call
    connections: int
    length: int = 1


class Sample(NamedTuple):
    """One load, and the microseconds on a core that the service took for a request."""

    load: Load
    cpu: float


Samples = Mapping[tuple[str, Step], Sequence[Sample]]


def loaded(
    contenders: Sequence[Contender],
    steps: Sequence[Step],
    *,
    rounds: int,
    seconds: int,
    starting: Callable[[int, Step], None],
) -> Samples:
    """Load each contender in turn, once for warmth and then for each round; `starting` is told of each step.

    Raises:
        MeasuringFailed: if one refuses what it is to be asked for.
    """
    for each in contenders:
        for call in each.calls:
            _try(each, call)
    samples: dict[tuple[str, Step], list[Sample]] = {}
    for number in range(rounds + 1):
        for step in steps:
            starting(number, step)
            for each in contenders:
                if step.call not in each.calls:
                    continue
                sample = once(each, step, seconds * step.length if number else WARM_SECONDS)
                if number:
                    samples.setdefault((each.name, step), []).append(sample)
    return samples


def once(contender: Contender, step: Step, seconds: int) -> Sample:
    """Load one contender, and let it finish what is left of that."""
    service = contender.service
    before = service.cpu_seconds()
    seen = load.ask(
        service.port,
        step.call,
        contender.token,
        connections=step.connections,
        seconds=seconds,
        core=cores.split().client,
    )
    spent = service.cpu_seconds() - before
    service.settle()
    service.forget_output()
    return Sample(seen, spent / max(1, seen.requests) * 1_000_000)


def _try(contender: Contender, call: Call) -> None:
    row = {"name": "Ann Lee", "email": f"{secrets.token_hex(6)}@example.com"}
    method, body = ("POST", row) if call.creates else ("GET", None)
    try:
        asking.ask(contender.service.port, method, call.path, body, contender.token)
    except MeasuringFailed as error:
        said = contender.service.last_words()
        raise MeasuringFailed(f"{contender.name}: {error}\n{said}") from error


def middle(samples: Iterable[Sample], figure: Callable[[Sample], float]) -> float:
    """Return the median of a figure."""
    return statistics.median(map(figure, samples))
