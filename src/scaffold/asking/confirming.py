"""The prompts that take what is shown: the framework that is recommended, and the whole before it is made."""

from collections.abc import Mapping

from scaffold.advisor.advice import Recommendation
from scaffold.advisor.words import points
from scaffold.asking import prompts
from scaffold.asking.course import Course
from scaffold.asking.memory import Memory
from scaffold.asking.walk import Outcome
from scaffold.catalogue.option import Choice

NO_SKELETON = "this version has no skeleton for it"


class Taking:
    """The prompt after the recommendation: take it, or another framework, with one key."""

    name = "framework"

    def __init__(
        self,
        course: Course,
        memory: Memory,
        titles: Mapping[str, str],
        available: list[str],
        ruled_out: Mapping[str, str],
    ) -> None:
        """`titles` names the frameworks; `available` are those with a skeleton."""
        self._course = course
        self._memory = memory
        self._titles = titles
        self._available = available
        self._ruled_out = ruled_out

    def applies(self) -> bool:
        return True

    def current(self) -> str | None:
        advice, memory = self._course.advice(), self._memory
        recommended = advice.recommended if advice is not None else None
        stands = memory.framework and memory.recommended == recommended
        return self._title(memory.framework or "") if stands else None

    def ask(self) -> Outcome:
        advice, memory = self._course.advice(), self._memory
        recommended = advice.recommended if advice is not None else None
        ranked = list(self._titles)
        if advice is not None:
            self._course.show(advice)
            scores = advice.scores
            ranked.sort(key=lambda each: (each != recommended, -scores[each]))
        keys = {str(number): each for number, each in enumerate(ranked, 1)}
        choices = [self._choice(each, advice) for each in ranked]
        choices.append(Choice("change", "Change an answer"))
        choices.append(Choice("stop", "Stop, and make nothing"))
        message = "Which framework?"
        if recommended is None:
            message = "That is too little for a recommendation. Which framework?"
        elif recommended not in self._available:
            message = f"{self._title(recommended)} is right, but {NO_SKELETON}. What now?"
        now = memory.framework if memory.recommended == recommended else None
        answer = prompts.select(message, choices, now, keys=keys | {"c": "change", "s": "stop"})
        outcomes = {prompts.BACK: Outcome.BACK, "change": Outcome.CHANGE, "stop": Outcome.STOP}
        if answer in outcomes:
            return outcomes[answer]
        memory.framework, memory.recommended = answer, recommended
        return Outcome.ON

    def _choice(self, framework: str, advice: Recommendation | None) -> Choice:
        reason = self._ruled_out.get(framework, "")
        if framework not in self._available:
            reason = NO_SKELETON
        title = self._title(framework)
        if advice is not None:
            title += f": {points(advice.scores[framework])}"
            title += ", recommended" * (framework == advice.recommended)
        return Choice(framework, title, reason)

    def _title(self, framework: str) -> str:
        return self._titles.get(framework, framework)


class Review:
    """The last prompt: everything is shown, and can be changed."""

    name = ""

    def __init__(self, course: Course, *, can_change: bool) -> None:
        """Without an answer to change there is only yes and no."""
        self._course = course
        self._can_change = can_change

    def applies(self) -> bool:
        return True

    def current(self) -> str | None:
        return None

    def ask(self) -> Outcome:
        self._course.review()
        choices = [Choice("create", "Create it")]
        if self._can_change:
            choices.append(Choice("change", "Change an answer"))
        choices.append(Choice("cancel", "Cancel"))
        keys = {"c": "change"} if self._can_change else {}
        answer = prompts.select("Create this project?", choices, None, keys=keys)
        return {
            "create": Outcome.ON,
            "change": Outcome.CHANGE,
            "cancel": Outcome.STOP,
            prompts.BACK: Outcome.BACK,
        }[answer]
