"""Decides on a project: the framework, with or without an interview, and then every option."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scaffold import memory as kept
from scaffold import skeleton
from scaffold.advisor import answers as interview_answers
from scaffold.advisor.advice import Recommendation, missing, recommend
from scaffold.advisor.rubric import Given, Rubric
from scaffold.catalogue import Catalogue
from scaffold.decision import Decision
from scaffold.errors import MissingAnswer, NoSkeleton
from scaffold.question import Answer, Answers
from scaffold.skeleton import FRAMEWORK


@dataclass(frozen=True)
class Decided:
    """Every option, how the framework came about (if the template asks for one), and what is due to what."""

    options: dict[str, Answer]
    decision: Decision | None
    causes: Mapping[str, str]


class Deciding:
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
        self._given = given
        self._origin = origin if FRAMEWORK in given else "chosen at a prompt"
        self._suggested = suggested
        self._available = skeleton.frameworks(catalogue)
        skeleton.check(catalogue, given)
        self._fixed: Given | None = (
            interview_answers.read(rubric, answered) if answered is not None else None
        )
        self._ruled_out = {} if FRAMEWORK in given else skeleton.ruled_out(catalogue, given)
        self._fitted: dict[object, Recommendation] = {}

    def without_asking(self) -> Decided:
        """Return what follows from what was given.

        Raises:
            MissingAnswer: if that leaves something open; for the framework, with both ways to give it.
            NoSkeleton: if the framework that is recommended has none.
        """
        advice = self._from_file()
        framework = self._given.get(FRAMEWORK)
        if framework is None and self._available:
            framework = self._recommended(advice)
        known = {**self._given, FRAMEWORK: framework} if self._available else self._given
        advised = self._advised(advice, framework)
        options = self.catalogue.complete(known, {**self._suggested, **advised[0]})
        return self._decided(options, advice, self._fixed)

    def by_asking(
        self,
        destination: str,
        show: Callable[[Recommendation], None],
        review: Callable[[Decided], None],
        say: Callable[[str], None],
    ) -> Decided | None:
        """Ask what is open, and return the decision, or None if it was not wanted in the end.

        Raises:
            KeyboardInterrupt: on Ctrl-C, when the answers have been kept for the next run.
        """
        from scaffold.choosing import Options, Review
        from scaffold.conversation import taken_up, walk
        from scaffold.interview import Interview, Taking

        memory, resume = taken_up(destination)
        if memory.framework in self._ruled_out or memory.framework not in self._available:
            memory.framework = None
        interview = Interview(self.rubric, self._ruled_out, memory)
        asks_framework = bool(self._available) and FRAMEWORK not in self._given
        interviews = asks_framework and self._fixed is None

        def advice() -> Recommendation | None:
            return interview.advice() if interviews else self._from_file()

        def known() -> Mapping[str, object]:
            if asks_framework and memory.framework:
                return {**self._given, FRAMEWORK: memory.framework}
            return self._given

        def advised() -> tuple[Mapping[str, Answer], Mapping[str, str]]:
            return self._advised(advice(), known().get(FRAMEWORK))

        def fit_and_show(found: Recommendation) -> None:
            show(self._fit(found, found.recommended))

        def decided() -> Decided:
            answered = interview.given() if interviews else self._fixed
            return self._decided(options.answers(), advice(), answered)

        options = Options(self.catalogue, known, self._suggested, advised, memory)
        taking = Taking(self.rubric, memory, advice, self._available, self._ruled_out, fit_and_show)
        steps = [
            *(interview.steps if interviews else ()),
            *([taking] if asks_framework else ()),
            *options.steps,
        ]
        steps.append(Review(lambda: review(decided()), can_change=any(s.applies() for s in steps)))
        finished = False
        try:
            finished = walk(steps, resume=resume)
        finally:
            # Whoever makes the project forgets them, once it is made.
            saved = kept.keep(memory, destination)
            if not finished and len(memory):
                where = kept.place() or "a home of yours"
                lost = f"Your answers are lost: {where} cannot be written to."
                going_on = "Your answers are kept: the next run offers to go on with them."
                say(going_on if saved else lost)
        return decided() if finished else None

    def _from_file(self) -> Recommendation | None:
        if self._fixed is None:
            return None
        return recommend(self.rubric, self._fixed, self._ruled_out)

    def _recommended(self, advice: Recommendation | None) -> str:
        ways = 'give --framework NAME, or answers that recommend one under "interview" in --answers FILE'
        names = ", ".join(self._available)
        if advice is None:
            few = ""
            if self._fixed is not None:
                open_ = ", ".join(missing(self.rubric, self._fixed))
                few = f", and the interview has too few answers (open: {open_})"
            raise MissingAnswer(
                f"framework was not given and has no default{few}: {ways} ({names})"
            )
        if advice.recommended not in self._available:
            title = self.rubric.frameworks[advice.recommended]
            raise NoSkeleton(
                f"{title} is recommended, but this version has no skeleton for it: "
                f"take another with --framework NAME ({names})"
            )
        return advice.recommended

    def _fit(self, advice: Recommendation, framework: str) -> Recommendation:
        key = (tuple(advice.given.items()), framework)
        if key not in self._fitted:
            self._fitted[key] = skeleton.fitted(
                self.catalogue, self.rubric, advice, framework, self._given
            )
        return self._fitted[key]

    def _advised(
        self, advice: Recommendation | None, framework: object
    ) -> tuple[Mapping[str, Answer], Mapping[str, str]]:
        if advice is None or framework is None:
            return {}, {}
        defaults = self._fit(advice, str(framework)).defaults
        return {each.option: each.value for each in defaults}, {
            each.option: each.cause for each in defaults
        }

    def _decided(
        self, options: dict[str, Answer], advice: Recommendation | None, answered: Given | None
    ) -> Decided:
        if not self._available:
            return Decided(options, None, {})
        framework = str(options[FRAMEWORK])
        values, causes = self._advised(advice, framework)
        fitted = None if advice is None else self._fit(advice, framework)
        took = {
            name: cause
            for name, cause in causes.items()
            if name not in self._given and options.get(name) == values[name]
        }
        lacking = advice is not None and advice.recommended not in self._available
        decision = Decision(framework, fitted, self._origin, answered, lacking)
        return Decided(options, decision, took)
