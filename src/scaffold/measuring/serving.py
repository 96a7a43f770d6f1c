"""A service that runs while it is measured: begun on its core, looked at from outside, and ended."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

import psutil

from scaffold import stopping
from scaffold.errors import MeasuringFailed
from scaffold.measuring import asking, cores

_START_SECONDS = 60
_END_SECONDS = 15
# It is idle when it takes no more than a tenth of a core for this long.
_IDLE_SECONDS = 0.1
_SETTLE_SECONDS = 60
_MIB = 1024 * 1024


class Served(NamedTuple):
    """A service, the port that it listens on, and what it has written."""

    process: subprocess.Popen[bytes]
    port: int
    output: IO[bytes]

    def cpu_seconds(self) -> float:
        """Return the time that its processes have had on a core."""
        return sum(sum(each.cpu_times()[:2]) for each in self._processes())

    def memory(self) -> float:
        """Return the resident memory of its worker, which has most, in MiB."""
        return max(float(each.memory_info().rss) for each in self._processes()) / _MIB

    def settle(self) -> None:
        """Wait until it does nothing any more: whoever asked has gone, and what was begun is still done."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        before = self.cpu_seconds()
        while time.monotonic() < deadline:
            time.sleep(_IDLE_SECONDS)
            now = self.cpu_seconds()
            if now - before <= _IDLE_SECONDS / 10:
                return
            before = now

    def forget_output(self) -> None:
        """Drop what it has written: a line for each request would fill the disk."""
        self.output.truncate(0)

    def last_words(self) -> str:
        """Return the end of what it has written."""
        size = os.fstat(self.output.fileno()).st_size
        start = max(0, size - 2000)
        return os.pread(self.output.fileno(), 2000, start).decode("utf-8", "replace").strip()

    def _processes(self) -> list[psutil.Process]:
        parent = psutil.Process(self.process.pid)
        return [parent, *parent.children(recursive=True)]


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def served(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    port: int,
    output: Path,
    core: int | None,
) -> Iterator[Served]:
    """Serve until the block ends; what is written goes to the file `output`.

    Raises:
        MeasuringFailed: if it does not answer.
    """
    with output.open("ab+") as sink:
        process = None
        try:
            # A signal that came amid this would leave a service that nobody knows of.
            with cores.on(core), stopping.put_off():
                process = subprocess.Popen(
                    command,
                    cwd=folder,
                    env=dict(environment),
                    stdin=subprocess.DEVNULL,
                    stdout=sink,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
            service = Served(process, port, sink)
            _wait(service, Path(command[0]).name)
            yield service
        finally:
            if process is not None:
                _end(process)


def at_last(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> str:
    """Run a command whether or not a signal has come, after which `running` begins none.

    Raises:
        MeasuringFailed: if it fails.
    """
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_START_SECONDS,
            start_new_session=True,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip()
        raise MeasuringFailed(f"{Path(command[0]).name} failed: {said.splitlines()[-1]}") from error
    return done.stdout.strip()


def _wait(service: Served, name: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if service.process.poll() is not None:
            raise MeasuringFailed(f"{name} ended before it answered:\n{service.last_words()}")
        if asking.is_live(service.port):
            return
        time.sleep(0.05)
    raise MeasuringFailed(
        f"{name} did not answer in {_START_SECONDS} seconds:\n{service.last_words()}"
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the service with all of its workers, gently first."""
    with suppress(psutil.NoSuchProcess):
        workers = psutil.Process(process.pid).children(recursive=True)
        for ending, seconds in ((signal.SIGTERM, _END_SECONDS), (signal.SIGKILL, _END_SECONDS)):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, ending)
            if _have_ended(process, workers, seconds):
                return


def _have_ended(
    process: subprocess.Popen[bytes], workers: Sequence[psutil.Process], seconds: float
) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None and not any(map(_is_running, workers)):
            return True
        time.sleep(0.02)
    return False


def _is_running(worker: psutil.Process) -> bool:
    try:
        return bool(worker.is_running() and worker.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
