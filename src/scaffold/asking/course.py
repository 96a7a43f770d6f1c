"""What the prompts are given: a decision on its way."""

from collections.abc import Mapping
from typing import Protocol

from scaffold.advisor.advice import Recommendation
from scaffold.catalogue.option import Answer, Answers


class Course(Protocol):
    """A decision as it stands after the answers so far, and what is shown of it."""

    def given(self) -> Mapping[str, object]:
        """Return the options that are answered elsewhere than at their prompts."""

    def advised(self) -> tuple[Answers, Mapping[str, str]]:
        """Return the defaults that the interview gives to options, and what each is due to."""

    def preferred(self) -> dict[str, Answer]:
        """Return what each option is answered with unless somebody answers it now."""

    def advice(self) -> Recommendation | None:
        """Return what is recommended."""

    def show(self, advice: Recommendation) -> None:
        """Show a recommendation."""

    def review(self) -> None:
        """Show the whole decision."""
