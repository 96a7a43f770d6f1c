"""A walk through prompts: forwards, back, to one that is to be changed, or on from where it was left."""

from collections.abc import Sequence
from enum import Enum, auto
from typing import Any, Protocol

from scaffold.asking import memory, prompts
from scaffold.asking.memory import Memory
from scaffold.catalogue.option import Choice


class Outcome(Enum):
    """Where a prompt leads."""

    ON = auto()
    BACK = auto()
    CHANGE = auto()
    STOP = auto()


class Step(Protocol):
    """One prompt, which keeps its own answer."""

    @property
    def name(self) -> str:
        """What people know the answer as; empty if there is none to change."""

    def applies(self) -> bool:
        """Whether it is asked, after the answers before it."""

    def current(self) -> str | None:
        """The answer that it has and that still stands, in words."""

    def ask(self) -> Outcome:
        """Ask, and keep the answer."""


def walk(steps: Sequence[Step], *, resume: bool = False) -> bool:
    """Ask each step in turn and return whether the end was reached; `resume` passes over what is answered.

    Raises:
        KeyboardInterrupt: on Ctrl-C, with every answer kept.
    """
    position, quick = 0, resume
    # What is asked although it is answered: what is to be changed, and then where that was asked for.
    wanted: set[int] = set()
    while position < len(steps):
        step = steps[position]
        answered = quick and position not in wanted and step.current() is not None
        if answered or not step.applies():
            position += 1
            continue
        wanted.discard(position)
        outcome = step.ask()
        if outcome is Outcome.STOP:
            return False
        if outcome is Outcome.BACK and wanted:
            position = max(wanted)  # It was not to be changed after all.
        elif outcome is Outcome.BACK:
            position, quick = _before(steps, position), False
        elif outcome is Outcome.CHANGE:
            changed = _pick(steps, position)
            if changed is not None:
                wanted = {changed, position}
                position, quick = changed, True
        else:
            position += 1
    return True


def taken_up(destination: str) -> tuple[Memory, bool]:
    """Return the answers to begin with, and whether they are those of a run that was stopped.

    What was answered for another destination goes on without the names of that project.
    """
    kept = memory.kept()
    if kept is None:
        return Memory(), False
    choices = [Choice("on", "Go on"), Choice("anew", "Start anew")]
    answer = prompts.BACK
    while answer is prompts.BACK:
        answer = prompts.select(f"Go on with {kept.described()}?", choices, None, alone=True)
    if answer == "anew":
        memory.forget()
        return Memory(), False
    if kept.destination != destination:
        for name in ("project_name", "package_name"):
            kept.memory.options.pop(name, None)
    return kept.memory, True


def _before(steps: Sequence[Step], position: int) -> int:
    """Return the step that was asked before this one, or this one if none was."""
    earlier = (each for each in range(position - 1, -1, -1) if steps[each].applies())
    return next(earlier, position)


def _pick(steps: Sequence[Step], position: int) -> int | None:
    """Ask which of the answers so far is to be changed."""
    # By their numbers: the interview and the options have names in common.
    choices = [
        Choice(str(number), f"{step.name}: {current}")
        for number, step in enumerate(steps[:position])
        if step.name and step.applies() and (current := step.current()) is not None
    ]
    picked: Any = prompts.select("Which answer?", choices, None) if choices else prompts.BACK
    return None if picked is prompts.BACK else int(picked)
