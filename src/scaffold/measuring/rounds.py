"""Services loaded in turn, round after round, so that what disturbs the machine disturbs all of them."""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from scaffold.errors import MeasuringFailed
from scaffold.measuring import cores, load
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
    """One thing asked for, on so many connections at once."""

    call: Call
    connections: int


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
        MeasuringFailed: if one answers nothing at all.
    """
    samples: dict[tuple[str, Step], list[Sample]] = {}
    for number in range(rounds + 1):
        for step in steps:
            starting(number, step)
            for each in contenders:
                if step.call not in each.calls:
                    continue
                sample = once(each, step, seconds if number else WARM_SECONDS)
                if number:
                    samples.setdefault((each.name, step), []).append(sample)
    return samples


def once(contender: Contender, step: Step, seconds: int) -> Sample:
    """Load one contender.

    Raises:
        MeasuringFailed: if it answers nothing.
    """
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
    if not seen.requests:
        raise MeasuringFailed(
            f"{contender.name} answered {step.call.name} not once in {seconds} s on {step.connections} "
            f"connections:\n{service.last_words()}"
        )
    service.forget_output()
    return Sample(seen, spent / seen.requests * 1_000_000)


def middle(samples: Iterable[Sample], figure: Callable[[Sample], float]) -> float:
    """Return the median of a figure."""
    return statistics.median(map(figure, samples))
