"""The processes of a service: which of them answer, their memory, and one that is killed."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil

from .service import START_SECONDS, Service

MIB = 1024 * 1024


def workers(service: Service) -> list[psutil.Process]:
    """The processes that answer: the children of the one that was started, but for helpers of Python's own."""
    found = psutil.Process(service.process.pid).children(recursive=True)
    return [each for each in found if not _helps(each)]


def _helps(process: psutil.Process) -> bool:
    """Whether it tracks resources for others, as `multiprocessing` has a process do."""
    with suppress(psutil.Error):
        return "resource_tracker" in " ".join(process.cmdline())
    return True


def memory(service: Service) -> float:
    """The resident memory of the workers, in MiB."""
    total = 0
    for each in workers(service):
        with suppress(psutil.Error):
            total += each.memory_info().rss
    return total / MIB


@dataclass
class Peak:
    """The most memory that was seen, in MiB."""

    mebibytes: float = 0


@contextmanager
def watched(service: Service) -> Iterator[Peak]:
    """Look at the memory again and again while the block runs."""
    peak, over = Peak(memory(service)), threading.Event()

    def look() -> None:
        while not over.wait(0.02):
            peak.mebibytes = max(peak.mebibytes, memory(service))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield peak
    finally:
        over.set()
        looking.join()


def kill_one(service: Service) -> int:
    """Kill a worker as a machine does that is out of memory; its id."""
    killed: int = workers(service)[-1].pid
    os.kill(killed, signal.SIGKILL)
    return killed


def wait_for_another(service: Service, killed: int, number: int) -> float:
    """The seconds until there are as many workers again, without that one."""
    started = time.monotonic()
    while time.monotonic() < started + START_SECONDS:
        ids = [each.pid for each in workers(service) if each.status() != psutil.STATUS_ZOMBIE]
        if len(ids) >= number and killed not in ids:
            return time.monotonic() - started
        time.sleep(0.05)
    raise AssertionError(f"no worker took its place: {service.printed()[-2000:]}")
