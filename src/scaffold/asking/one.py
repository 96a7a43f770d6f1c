"""A single option at its prompt: what an update or another answer leaves open."""

from collections.abc import Mapping

from scaffold.advisor.advice import Recommendation
from scaffold.asking.memory import Memory
from scaffold.asking.picking import Picking
from scaffold.asking.walk import walk
from scaffold.catalogue.catalogue import Catalogue
from scaffold.catalogue.option import Answer, Answers, Option


class _Known:
    """All but one of the options are answered."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    def given(self) -> Mapping[str, object]:
        return self._answers

    def advised(self) -> tuple[Answers, Mapping[str, str]]:
        return {}, {}

    def preferred(self) -> dict[str, Answer]:
        return {}

    def advice(self) -> Recommendation | None:
        return None

    def show(self, advice: Recommendation) -> None:
        """There is nothing recommended."""

    def review(self) -> None:
        """There is nothing to review."""


def ask(catalogue: Catalogue, option: Option, answers: Answers) -> Answer:
    """Ask for one option after the answers to those before it, and return its answer.

    Raises:
        KeyboardInterrupt: on Ctrl-C.
    """
    memory = Memory()
    picking = Picking(catalogue, _Known(answers), memory)
    # It is the only one that is open, and says so.
    picking.steps = [each for each in picking.steps if each.name == option.name]
    walk(picking.steps)
    return memory.options[option.name]
