"""How many connections a service holds before its slowest answers take longer than a second."""

from collections.abc import Callable
from typing import NamedTuple

from scaffold.measuring import cores, load
from scaffold.measuring.projects import LIVE
from scaffold.measuring.rounds import Contender

FIRST = 64
LONGEST_MS = 1000
# As near to the true number as is told: an eighth of it.
_NEAR = 8


class Held(NamedTuple):
    """The most connections that were held; whether more were not tried."""

    connections: int
    is_bound: bool


def held(contender: Contender, most: int, seconds: int) -> Held:
    """Return how many connections it holds, of at most so many."""
    return search(lambda tried: _holds(contender, tried, seconds), most)


def search(holds: Callable[[int], bool], most: int) -> Held:
    """Double the connections until they are not held any more, then look between the last two numbers."""
    good, tried = 0, min(FIRST, most)
    while holds(tried):
        good = tried
        if good == most:
            return Held(good, is_bound=True)
        tried = min(good * 2, most)
    bad = tried
    while bad - good > max(1, good // _NEAR):
        tried = (good + bad) // 2
        if holds(tried):
            good = tried
        else:
            bad = tried
    return Held(good, is_bound=False)


def _holds(contender: Contender, connections: int, seconds: int) -> bool:
    """Return whether each connection gets its answers in time.

    wrk tells nothing of answers that never came. They are in the mean: so many connections divided by
    the rate is how long each waits.
    """
    service = contender.service
    seen = load.ask(
        service.port,
        LIVE,
        contender.token,
        connections=connections,
        seconds=seconds,
        core=cores.split().client,
    )
    service.settle()
    service.forget_output()
    mean = connections / seen.rate * 1000 if seen.rate else float("inf")
    return seen.failed == 0 and max(seen.p99, mean) <= LONGEST_MS
