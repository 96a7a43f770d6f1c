"""Runs of wrk: so many connections ask for one thing, each again as soon as it is answered."""

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from scaffold.errors import MeasuringFailed, WrkMissing
from scaffold.making import running
from scaffold.measuring import cores

_SCRIPT = Path(__file__).with_name("load.lua")
# After this long a request counts as one that got no answer.
_PATIENCE = 10


class Call(NamedTuple):
    """One thing that a service is asked for."""

    name: str
    path: str
    needs_token: bool = True
    creates: bool = False
    """Whether each request posts something new, with an address of its own."""


class Load(NamedTuple):
    """What a run saw: how many answers and in which time, and in milliseconds how long they took."""

    requests: int
    seconds: float
    refused: int
    broken: int
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        """Answers a second that were no refusals."""
        return (self.requests - self.refused) / self.seconds

    @property
    def failed(self) -> float:
        """The share of requests that were refused or not answered; all of them where none was."""
        if not self.requests:
            return 1.0
        return (self.refused + self.broken) / (self.requests + self.broken)


def require() -> str:
    """Return where wrk is.

    Raises:
        WrkMissing: if it is not installed.
    """
    found = shutil.which("wrk")
    if found is None:
        raise WrkMissing(
            "wrk, which makes the load, was not found: install it (Debian and Ubuntu: sudo apt install "
            "wrk; Fedora: sudo dnf install wrk; macOS: brew install wrk) and run again"
        )
    return found


def ask(
    port: int, call: Call, token: str, *, connections: int, seconds: int, core: int | None
) -> Load:
    """Ask the service on a port of this machine, on that many connections for that long.

    Raises:
        MeasuringFailed: if wrk fails.
    """
    headers = [f"--header=Authorization: Bearer {token}"] if call.needs_token else []
    command = [
        require(),
        "--threads=1",
        f"--connections={connections}",
        f"--duration={seconds}s",
        f"--timeout={_PATIENCE}s",
        f"--script={_SCRIPT}",
        *headers,
        f"http://127.0.0.1:{port}{call.path}",
    ]
    with cores.on(core):
        ran = running.run(command, Path.cwd(), seconds + 60, _environment(call))
    if ran.failure:
        raise MeasuringFailed(f"wrk failed: {ran.failure}")
    return parse(ran.output)


def parse(output: str) -> Load:
    """Return what a run saw, from what it printed.

    Raises:
        MeasuringFailed: if that is not what our script prints.
    """
    try:
        line = next(each for each in output.splitlines() if each.startswith("{"))
        seen = json.loads(line)
        return Load(
            requests=int(seen["requests"]),
            seconds=int(seen["microseconds"]) / 1_000_000,
            refused=int(seen["refused"]),
            broken=int(seen["broken"]),
            p50=float(seen["p50"]),
            p99=float(seen["p99"]),
        )
    except (StopIteration, ValueError, TypeError, LookupError) as error:
        raise MeasuringFailed(f"wrk printed something else: {output[:200]!r}") from error


def _environment(call: Call) -> Mapping[str, str]:
    address = {"SCAFFOLD_ADDRESS": secrets.token_hex(6)} if call.creates else {}
    return {**os.environ, **address}
