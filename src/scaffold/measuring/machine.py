"""The machine that figures are of."""

import platform
import sys
from pathlib import Path
from typing import NamedTuple

import psutil

from scaffold.making import running

_GIB = 1024**3


class Machine(NamedTuple):
    """What a reader has to know of a machine to compare figures with those of another."""

    cpu: str
    cores: int
    memory_gib: float
    system: str


def machine() -> Machine:
    """Return what this one is."""
    memory = round(psutil.virtual_memory().total / _GIB, 1)
    return Machine(_cpu(), psutil.cpu_count() or 1, memory, _system())


def busy() -> float:
    """Return the share of this machine that other programs take, as of the next second."""
    return round(psutil.cpu_percent(interval=1) / 100, 2)


def _cpu() -> str:
    """Return the processor's model, which neither Python nor psutil knows."""
    if sys.platform == "darwin":
        ask = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
        return running.run(ask, Path("/"), 10).output.strip() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, "") or platform.machine()


def _system() -> str:
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}"
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, LookupError):
        name = platform.system()
    return f"{name}, {platform.system()} {platform.release()}"
