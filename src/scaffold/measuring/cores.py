"""One core for the service and another for who asks it, where the system lets a program choose."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Cores(NamedTuple):
    """Which core each side has; None where the system decides."""

    service: int | None
    client: int | None


def split() -> Cores:
    """Return the first and the last core: those beside each other may be two threads of one."""
    if sys.platform != "linux":
        return Cores(None, None)
    free = sorted(os.sched_getaffinity(0))
    return Cores(free[0], free[-1]) if len(free) > 1 else Cores(None, None)


@contextmanager
def on(core: int | None) -> Iterator[None]:
    """Begin what is begun in the block on that core, where it stays."""
    if core is None or sys.platform != "linux":
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
