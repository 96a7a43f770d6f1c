"""Kills a process before all that it changes when it carries out an update, and when it takes that back.

Run in a process of its own, which forks: `dying.py PROJECT REF`.
"""

import os
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scaffold import git
from scaffold.catalogue.catalogue import Catalogue
from scaffold.updating import applying, carrying, outset, proposal, renders, repository
from scaffold.updating.proposal import Proposal
from scaffold.updating.renders import Side
from updates.holding import state

# What changes something, and how often each of them is worth dying before, in loops.
PLACES = {
    (git.__file__, "data"): 99,
    (shutil.__file__, "copy"): 2,
    **{
        (getattr(Path, name).__code__.co_filename, name): 2
        for name in ("mkdir", "replace", "rmdir", "unlink")
    },
}


def killed(action: Callable[[], Any], moment: int) -> bool:
    """Run it in a process that is killed before a change, by its number; whether there are so many."""
    child = os.fork()
    if not child:
        left = moment
        seen: Counter[tuple[str, str]] = Counter()

        def trace(frame: FrameType, *_: Any) -> None:
            nonlocal left
            place = (frame.f_code.co_filename, frame.f_code.co_name)
            seen[place] += 1
            left -= seen[place] <= PLACES.get(place, 0)
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.settrace(trace)
        action()
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, -signal.SIGKILL), f"status {status} at {moment}"
    return status != 0


@contextmanager
def proposed(project: Path, ref: str) -> Iterator[Proposal]:
    """What the update would do."""
    found, remembered, _ = outset.ready(str(project), writes=True)
    with outset.opened(found, remembered, ref=ref) as start:
        catalogue = Catalogue(start.target.catalogue(), start.target.read)
        carried = carrying.carry(catalogue, start.answers, {}, "")
        side = Side(start.target, carried.answers)
        with proposal.proposed(found, start.old, side, [], renders.in_memory) as one:
            yield one


def main(project: Path, ref: str) -> None:
    """Go through all of them; complain of the first after which the next run leaves a mixture."""
    kept = project.with_name("kept")
    shutil.copytree(project, kept, symlinks=True)

    def reset() -> None:
        shutil.rmtree(project)
        shutil.copytree(kept, project, symlinks=True)
        git.call("update-index", "-q", "--refresh", at=project)

    with proposed(project, ref) as one:
        before = state(project)
        one.apply()
        after = state(project)
        assert before.files != after.files
        moments = 0
        reset()
        while killed(one.apply, moments + 1):
            moments += 1
            applying.recover(repository.find(project))
            assert state(project) in (before, after), f"half an update at {moments}"
            reset()

        # Killed where all is written, and again while that is taken back.
        backs = 0
        while True:
            reset()
            _written(one.apply)
            if not killed(lambda: applying.recover(repository.find(project)), backs + 1):
                break
            backs += 1
            applying.recover(repository.find(project))
            assert state(project) == before, f"half taken back at {backs}"
        assert state(project) == before
        print(moments, backs)


def _written(action: Callable[[], None]) -> None:
    """Run it in a process that is killed before its last word."""
    child = os.fork()
    if not child:
        call = git.data

        def last(*arguments: Any, **more: Any) -> bytes:
            if "-d" in arguments:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **more)

        git.data = last
        action()
        os._exit(0)
    os.waitpid(child, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
