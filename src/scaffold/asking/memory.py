"""What was answered at the prompts: kept while they are walked, and across a Ctrl-C."""

import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from scaffold import state
from scaffold.catalogue.option import Answer


@dataclass
class Memory:
    """Answers by question, and those of them that were answered as shown.

    Those follow what is shown: options in `accepted`, questions of the interview in `presumed`.
    `framework` is what was taken when `recommended` was recommended.
    """

    interview: dict[str, str | tuple[str, ...]] = field(default_factory=dict)
    recommended: str | None = None
    framework: str | None = None
    options: dict[str, Answer] = field(default_factory=dict)
    accepted: list[str] = field(default_factory=list)
    presumed: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.interview) + len(self.options) + (self.framework is not None)


def marked(names: list[str], name: str, *, follows: bool) -> list[str]:
    """Return the names of what follows what is shown, with this one or without it."""
    return [*(each for each in names if each != name), *([name] if follows else [])]


@dataclass(frozen=True)
class Kept:
    """Answers of a run that was stopped: what it was to make, and when it was stopped."""

    memory: Memory
    destination: str
    when: float

    def described(self) -> str:
        """Return what somebody is asked who could go on with them."""
        count = len(self.memory)
        moment = time.strftime("%d %B, %H:%M", time.localtime(self.when)).lstrip("0")
        into = f" for {Path(self.destination).name[:20]}" if self.destination else ""
        return f"{count} answer{'' if count == 1 else 's'}{into} of {moment}"


def place() -> Path | None:
    """Return the file that answers are kept in; None if this user has no home."""
    folder = state.folder()
    return folder / "answers.json" if folder is not None else None


def keep(memory: Memory, destination: str) -> bool:
    """Keep answers for the next run, in one rename, and return whether that was done."""
    file = place()
    if file is None or not len(memory):
        return False
    new = file.with_name(f"{file.name}.{os.getpid()}")
    data = {"destination": destination, "when": time.time(), **asdict(memory)}
    try:
        state.make(file.parent)
        new.touch(mode=0o600)
        new.write_text(json.dumps(data), encoding="utf-8")
        new.replace(file)
    except OSError:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        return False
    return True


def kept() -> Kept | None:
    """Return the answers that the last stopped run kept, if they can be read."""
    file = place()
    if file is None:
        return None
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        found = Kept(_memory(data), str(data["destination"]), float(data["when"]))
        found.described()
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ):
        return None
    return found


def forget() -> None:
    """Keep them no longer."""
    file = place()
    if file is not None:
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _memory(data: Mapping[str, Any]) -> Memory:
    interview = {
        id: tuple(answer) if isinstance(answer, list) else str(answer)
        for id, answer in data["interview"].items()
    }
    options = dict(data["options"])
    accepted, presumed = list(data["accepted"]), list(data["presumed"])
    return Memory(interview, data["recommended"], data["framework"], options, accepted, presumed)
