"""Decides on a project with somebody at the prompts: what is open is asked, the rest follows."""

from collections.abc import Mapping
from typing import Protocol

from scaffold.advisor.advice import Recommendation
from scaffold.asking import memory as kept
from scaffold.asking.confirming import Review, Taking
from scaffold.asking.interview import Interview
from scaffold.asking.picking import Picking
from scaffold.asking.walk import Step, taken_up, walk
from scaffold.catalogue.option import Answer, Answers
from scaffold.deciding.decider import Decider, Decision
from scaffold.deciding.fitting import FRAMEWORK


class Screen(Protocol):
    """Where things are shown while somebody decides."""

    def recommendation(self, advice: Recommendation) -> None:
        """Show a recommendation."""

    def review(self, decision: Decision) -> None:
        """Show the whole decision before it is taken."""

    def warn(self, text: str) -> None:
        """Say what somebody has to know."""


class Dialogue:
    """A decision on its way (see `asking.course.Course`), and the prompts that lead to it."""

    def __init__(self, decider: Decider, destination: str, screen: Screen) -> None:
        """Take up what a stopped run kept, if that is wanted."""
        self._decider = decider
        self._destination = destination
        self._screen = screen
        self._memory, self._resume = taken_up(destination)
        if (
            self._memory.framework in decider.ruled_out
            or self._memory.framework not in decider.available
        ):
            self._memory.framework = None
        self._asks_framework = bool(decider.available) and FRAMEWORK not in decider.given
        self._interview = (
            Interview(decider.rubric, decider.ruled_out, self._memory)
            if self._asks_framework and decider.answered is None
            else None
        )

    def ask(self) -> Decision | None:
        """Ask what is open, and return the decision, or None if it was not wanted in the end.

        Raises:
            KeyboardInterrupt: on Ctrl-C, when the answers have been kept for the next run.
        """
        finished = False
        try:
            finished = walk(self._steps(), resume=self._resume)
        finally:
            # Whoever makes the project forgets them, once it is made.
            saved = kept.keep(self._memory, self._destination)
            if not finished and len(self._memory):
                where = kept.place() or "a home of yours"
                lost = f"Your answers are lost: {where} cannot be written to."
                going_on = "Your answers are kept: the next run offers to go on with them."
                self._screen.warn(going_on if saved else lost)
        return self._decision() if finished else None

    def given(self) -> Mapping[str, object]:
        if self._asks_framework and self._memory.framework:
            return {**self._decider.given, FRAMEWORK: self._memory.framework}
        return self._decider.given

    def advised(self) -> tuple[Answers, Mapping[str, str]]:
        return self._decider.advised(self.advice(), self.given().get(FRAMEWORK))

    def preferred(self) -> dict[str, Answer]:
        memory = self._memory
        own = {k: v for k, v in memory.options.items() if k not in memory.accepted}
        return {**self._decider.suggested, **self.advised()[0], **own}

    def advice(self) -> Recommendation | None:
        return self._decider.advice() if self._interview is None else self._interview.advice()

    def show(self, advice: Recommendation) -> None:
        self._screen.recommendation(self._decider.fitted(advice, advice.recommended))

    def review(self) -> None:
        self._screen.review(self._decision())

    def _steps(self) -> list[Step]:
        decider, memory = self._decider, self._memory
        steps = [] if self._interview is None else list(self._interview.steps)
        if self._asks_framework:
            titles = decider.rubric.frameworks
            steps.append(Taking(self, memory, titles, decider.available, decider.ruled_out))
        steps += Picking(decider.catalogue, self, memory).steps
        return [*steps, Review(self, can_change=any(each.applies() for each in steps))]

    def _decision(self) -> Decision:
        interview = self._interview
        answered = self._decider.answered if interview is None else interview.given()
        options = self._decider.catalogue.complete(self.given(), self.preferred())
        return self._decider.decision(options, self.advice(), answered)
