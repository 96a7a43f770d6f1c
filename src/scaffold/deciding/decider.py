"""Decides on a project from what was given: the framework, and then every option."""

from collections.abc import Mapping
from dataclasses import dataclass

from scaffold.advisor import answers as interview_answers
from scaffold.advisor.advice import Recommendation, missing, recommend
from scaffold.advisor.rubric import Given, Rubric
from scaffold.catalogue.catalogue import Catalogue
from scaffold.catalogue.option import Answer, Answers
from scaffold.deciding import fitting
from scaffold.deciding.fitting import FRAMEWORK
from scaffold.deciding.record import FrameworkChoice
from scaffold.errors import MissingAnswer, NoSkeleton


@dataclass(frozen=True)
class Decision:
    """Every option, how the framework came about (if the template asks for one), and what is due to what."""

    options: dict[str, Answer]
    framework: FrameworkChoice | None
    causes: Mapping[str, str]


class Decider:
    """What is known before anything is asked: the flags, the file, and what they recommend.

    Raises:
        UsageError: if something given cannot be used.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        rubric: Rubric,
        given: Mapping[str, object],
        origin: str,
        answered: Mapping[str, object] | None,
        suggested: Answers,
    ) -> None:
        """`answered` is the interview of a file, `origin` says what gave the framework if one was given."""
        self.catalogue = catalogue
        self.rubric = rubric
        self.given = given
        self.suggested = suggested
        self.available = fitting.frameworks(catalogue)
        fitting.check(catalogue, given)
        self.answered: Given | None = (
            interview_answers.read(rubric, answered) if answered is not None else None
        )
        self.ruled_out = {} if FRAMEWORK in given else fitting.ruled_out(catalogue, given)
        self._origin = origin if FRAMEWORK in given else "chosen at a prompt"
        self._fitted: dict[object, Recommendation] = {}

    def without_asking(self) -> Decision:
        """Return what follows from what was given.

        Raises:
            MissingAnswer: if that leaves something open; for the framework, with both ways to give it.
            NoSkeleton: if the framework that is recommended has none.
        """
        advice = self.advice()
        framework = self.given.get(FRAMEWORK)
        if framework is None and self.available:
            framework = self._recommended(advice)
        known = {**self.given, FRAMEWORK: framework} if self.available else self.given
        advised, _ = self.advised(advice, framework)
        options = self.catalogue.complete(known, {**self.suggested, **advised})
        return self.decision(options, advice, self.answered)

    def advice(self) -> Recommendation | None:
        """Return what the interview of a file recommends, if there is one and it says enough."""
        if self.answered is None:
            return None
        return recommend(self.rubric, self.answered, self.ruled_out)

    def fitted(self, advice: Recommendation, framework: str) -> Recommendation:
        """Return a recommendation with the defaults that a framework's skeleton has."""
        key = (tuple(advice.given.items()), framework)
        if key not in self._fitted:
            self._fitted[key] = fitting.fitted(
                self.catalogue, self.rubric, advice, framework, self.given
            )
        return self._fitted[key]

    def advised(
        self, advice: Recommendation | None, framework: object
    ) -> tuple[Answers, Mapping[str, str]]:
        """Return the defaults that a recommendation gives to options, and what each is due to."""
        if advice is None or framework is None:
            return {}, {}
        defaults = self.fitted(advice, str(framework)).defaults
        return {each.option: each.value for each in defaults}, {
            each.option: each.cause for each in defaults
        }

    def decision(
        self, options: dict[str, Answer], advice: Recommendation | None, answered: Given | None
    ) -> Decision:
        """Return the decision for these options, with what led to its framework."""
        if not self.available:
            return Decision(options, None, {})
        framework = str(options[FRAMEWORK])
        values, causes = self.advised(advice, framework)
        fitted = None if advice is None else self.fitted(advice, framework)
        took = {
            name: cause
            for name, cause in causes.items()
            if name not in self.given and options.get(name) == values[name]
        }
        lacking = advice is not None and advice.recommended not in self.available
        choice = FrameworkChoice(framework, fitted, self._origin, answered, lacking)
        return Decision(options, choice, took)

    def _recommended(self, advice: Recommendation | None) -> str:
        ways = 'give --framework NAME, or answers that recommend one under "interview" in --answers FILE'
        names = ", ".join(self.available)
        if advice is None:
            few = ""
            if self.answered is not None:
                open_ = ", ".join(missing(self.rubric, self.answered))
                few = f", and the interview has too few answers (open: {open_})"
            raise MissingAnswer(
                f"framework was not given and has no default{few}: {ways} ({names})"
            )
        if advice.recommended not in self.available:
            title = self.rubric.frameworks[advice.recommended]
            raise NoSkeleton(
                f"{title} is recommended, but this version has no skeleton for it: "
                f"take another with --framework NAME ({names})"
            )
        return advice.recommended
