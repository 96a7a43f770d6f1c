"""`scaffold bench` as a stranger types it: the real services under the real load, if only for seconds."""

import json
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import psutil
import pytest

from .databases import POSTGRES_URL, admin_connection
from .installed import surroundings

pytestmark = [
    pytest.mark.matrix,
    pytest.mark.skipif(shutil.which("wrk") is None, reason="there is no wrk"),
]
SHORT = ("scaffold", "bench", "--rounds", "1", "--seconds", "1", "--most", "64")
SECONDS = 900
CALLS = {"live", "me", "list", "create"}


def processes(folder: Path) -> list[psutil.Process]:
    """The processes that run something in a folder."""
    found = []
    for each in psutil.process_iter():
        try:
            if str(folder) in " ".join(each.cmdline()) and each.status() != psutil.STATUS_ZOMBIE:
                found.append(each)
        except psutil.Error:
            continue
    return found


def left(folder: Path) -> list[str]:
    """What is in a folder, but for the locks that uv leaves wherever temporary files go."""
    return [each.name for each in folder.iterdir() if not each.name.startswith("uv-")]


def test_the_three_are_measured(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    output = tmp_path / "figures"
    done = subprocess.run(
        [*SHORT, "--server", "granian", "--output", str(output), "--json"],
        env=surroundings(TMPDIR=str(scratch)),
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    assert [each["framework"] for each in seen["services"]] == ["fastapi", "django", "flask"]
    for service in seen["services"]:
        assert {service["framework"], "granian", "python"} <= service["versions"].keys()
        assert 20 < service["memory_mib"] < 1000
        assert 0 <= service["held"]["connections"] <= 64
        few = {each["call"]: each for each in service["loads"] if each["connections"] == 32}
        assert few.keys() == CALLS
        assert few["live"]["requests_per_second"] > 0
        # On a busy machine a second may be too short for an answer, but none is a refusal.
        answered = [each for each in few.values() if each["requests_per_second"]]
        for load in answered:
            assert load["failed"] == 0
            assert 0 < load["median_ms"] <= load["p99_ms"]
            assert load["cpu_microseconds"] > 0
    assert sorted(Path(each).name for each in seen["files"]) == [
        "bench.json",
        "bench.md",
        "bench.svg",
    ]
    ElementTree.parse(output / "bench.svg")
    assert json.loads((output / "bench.json").read_text())["services"] == seen["services"]
    assert left(scratch) == []
    assert processes(scratch) == []


def databases() -> set[str]:
    """The databases of such runs that are on the server."""
    with admin_connection() as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'bench%'")
        return {str(name) for (name,) in rows.fetchall()}


@pytest.mark.parametrize(
    ("moment", "number", "status"),
    [
        ("Django, .*: made and installed", signal.SIGINT, 130),
        ("Flask, .*: its database", signal.SIGINT, 130),
        ("warming up: me on 32", signal.SIGTERM, 143),
    ],
)
def test_stopped_it_leaves_nothing(
    tmp_path: Path, moment: str, number: signal.Signals, status: int
) -> None:
    before = databases()
    scratch, work = tmp_path / "scratch", tmp_path / "work"
    scratch.mkdir()
    work.mkdir()
    said = tmp_path / "said.txt"
    with said.open("wb") as sink:
        running = subprocess.Popen(
            [*SHORT, "--database", POSTGRES_URL],
            env=surroundings(TMPDIR=str(scratch), PYTHONUNBUFFERED="1"),
            cwd=work,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + SECONDS
        while not re.search(moment, said.read_text()):
            assert running.poll() is None, said.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        running.send_signal(number)
        assert running.wait(60) == status, said.read_text()
    finally:
        running.kill()
        running.wait()
    assert left(scratch) == []
    assert list(work.iterdir()) == []
    assert processes(scratch) == []
    assert databases() <= before
