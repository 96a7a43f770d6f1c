"""Ends a process by a signal at every line of the making of a project, and looks at what is left.

Run in a process of its own, which forks where a signal cannot be outlived: `dying.py FOLDER place|fill SIGNAL`.
"""

import contextlib
import importlib
import os
import shutil
import signal
import sys
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

from scaffold import state, stopping
from scaffold.making import journal, staging

PARTS = {module.__file__ for module in (contextlib, shutil, journal, staging, stopping)}
FILES = {"a.txt": "1", "b/c.txt": "2"}


def make(parent: Path, how: str) -> None:
    """Make a project as the program does, without a template."""
    target = parent / "demo"
    with staging.staged(parent) as stage:
        made = stage.folder / "made" / "demo"
        for name, text in FILES.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_text(text)
        if how == "fill":
            stage.fill(made, target)
        else:
            stage.place(made, target)


def run(parent: Path, how: str, kind: int, moment: int) -> int:
    """Make it, with the signal at a line by its number; the status is 3 if that was never reached."""
    left = moment
    reached = False

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left, reached
        if frame.f_code.co_filename not in PARTS:
            return None
        if event == "line":
            left -= 1
            if left == 0:
                reached = True
                os.kill(os.getpid(), kind)
        return trace

    try:
        stopping.install()
        sys.settrace(trace)
        make(parent, how)
        sys.settrace(None)
        stopping.check()
    except KeyboardInterrupt:
        return stopping.status()
    return 0 if reached else 3


def run_apart(parent: Path, how: str, kind: int, moment: int) -> int:
    """Make it in a process that does not outlive the signal."""
    child = os.fork()
    if not child:
        sys.tracebacklimit = 0
        os._exit(run(parent, how, kind, moment))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run_here(parent: Path, how: str, kind: int, moment: int) -> int:
    """Make it in this process, which then knows nothing of the signal any more."""
    try:
        return run(parent, how, kind, moment)
    finally:
        sys.settrace(None)
        for each in stopping.SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        importlib.reload(stopping)


def main(folder: Path, how: str, kind: int) -> None:
    """Go through every line until the end is reached; complain of the first that leaves something."""
    for moment in count(1):
        parent = folder / str(moment)
        parent.mkdir()
        if how == "fill":
            (parent / "demo").mkdir()
        make_it = run_apart if kind == signal.SIGKILL else run_here
        status = make_it(parent, how, kind, moment)
        if kind == signal.SIGKILL:
            staging.sweep(parent)
        found = {
            str(path.relative_to(parent / "demo")): path.read_text()
            for path in (parent / "demo").rglob("*")
            if path.is_file()
        }
        assert found in ({}, FILES), f"half a project at line {moment}: {found}"
        names = {path.name for path in parent.iterdir()}
        assert names <= {"demo"}, f"{names} at line {moment}"
        assert how == "place" or names
        records = list((state.folder() or folder).glob("staging/*"))
        assert kind == signal.SIGKILL or not records, f"a record at line {moment}"
        if status == 3:
            assert found == FILES
            print(moment)
            return
        assert status in (-kind, 128 + kind), f"status {status} at line {moment}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
