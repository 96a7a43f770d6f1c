"""The template's options at the prompts, and the review before anything is written."""

from collections.abc import Callable, Mapping
from typing import Any

from scaffold import prompts
from scaffold.catalogue import Catalogue
from scaffold.conversation import Outcome, Step
from scaffold.errors import BadAnswer, MissingAnswer, ScaffoldError
from scaffold.explain import shown
from scaffold.memory import Memory, marked
from scaffold.question import Answer, Answers, Choice, Question

Advised = Callable[[], tuple[Mapping[str, Answer], Mapping[str, str]]]


class Options:
    """The questions of the catalogue that are left open.

    `given` returns what is decided elsewhere; `advised` returns the defaults that the interview
    gives, and what each is due to.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        given: Callable[[], Mapping[str, object]],
        suggested: Answers,
        advised: Advised,
        memory: Memory,
    ) -> None:
        """Take up the answers that the memory has; it keeps the new ones too."""
        self.catalogue = catalogue
        self.given = given
        self.suggested = suggested
        self.advised = advised
        self.memory = memory
        self.steps: list[Step] = [_Asked(self, each) for each in catalogue.questions]

    def answers(self) -> dict[str, Answer]:
        """Return an answer to every question."""
        return self.catalogue.complete(self.given(), self.preferred())

    def preferred(self) -> dict[str, Answer]:
        """Return what each question is answered with unless somebody answers it now."""
        own = {k: v for k, v in self.memory.options.items() if k not in self.memory.accepted}
        return {**self.suggested, **self.advised()[0], **own}

    def before(self, until: Question) -> dict[str, Answer]:
        """Return the answers to the questions before this one."""
        answers: dict[str, Answer] = {}
        given, preferred = self.given(), self.preferred()
        for question in self.catalogue.questions:
            if question is until:
                break
            if self.catalogue.applies(question, answers):
                try:
                    answers[question.name] = (
                        self.catalogue.check(question, given[question.name], answers)
                        if question.name in given
                        else self.catalogue.suggestion(question, preferred, answers)
                    )
                except (BadAnswer, MissingAnswer):
                    continue  # It has no answer yet, and will be asked before this one is.
        return answers

    def asks(self, question: Question) -> bool:
        """Return whether a question is open and applies."""
        return question.name not in self.given() and self.catalogue.applies(
            question, self.before(question)
        )


class _Asked:
    """The prompt for one option."""

    def __init__(self, options: Options, question: Question) -> None:
        self.name = question.name
        self._options = options
        self._question = question

    def applies(self) -> bool:
        return self._options.asks(self._question)

    def current(self) -> str | None:
        if self.name not in self._options.memory.options:
            return None
        default = self._default(self._options.before(self._question))
        return shown(default) if default == self._options.memory.options[self.name] else None

    def ask(self) -> Outcome:
        options, question = self._options, self._question
        before = options.before(question)
        default = self._default(before)
        answer = self._prompt(before, default)
        if answer is prompts.BACK:
            return Outcome.BACK
        memory = options.memory
        fresh = self.name not in memory.options or self.name in memory.accepted
        memory.options[self.name] = answer
        follows = fresh and answer == default
        memory.accepted = marked(memory.accepted, self.name, follows=follows)
        return Outcome.ON

    def _default(self, before: Answers) -> Answer:
        try:
            return self._options.catalogue.suggestion(
                self._question, self._options.preferred(), before
            )
        except (MissingAnswer, BadAnswer):
            return None

    def _prompt(self, before: Answers, default: Answer) -> Any:
        catalogue, question = self._options.catalogue, self._question

        def verdict(value: object) -> bool | str:
            try:
                catalogue.check(question, value, before)
            except ScaffoldError as error:
                return str(error)
            return True

        message = f"{self._place()} {catalogue.text(question.help, before) or self.name}"
        advised, causes = self._options.advised()
        note = f"from {causes[self.name]}" if advised.get(self.name, ...) == default else ""
        choices = catalogue.choices(question, before)
        if question.multiselect:
            chosen = default if isinstance(default, list) else []
            return prompts.several(message, choices, chosen, verdict, note)
        if choices:
            return prompts.select(message, choices, None if default is None else str(default), note)
        if question.type == "bool":
            return prompts.confirm(message, bool(default), note)
        return prompts.text(message, "" if default is None else str(default), verdict, note)

    def _place(self) -> str:
        asked = [each.name for each in self._options.steps if each.applies()]
        return f"[{asked.index(self.name) + 1}/{len(asked)}]"


class Review:
    """The last prompt: everything is shown, and can be changed."""

    name = ""

    def __init__(self, show: Callable[[], None], *, can_change: bool) -> None:
        """`show` writes the review; without an answer to change there is only yes and no."""
        self._show = show
        self._can_change = can_change

    def applies(self) -> bool:
        return True

    def current(self) -> str | None:
        return None

    def ask(self) -> Outcome:
        self._show()
        choices = [Choice("create", "Create it")]
        if self._can_change:
            choices.append(Choice("change", "Change an answer"))
        choices.append(Choice("cancel", "Cancel"))
        answer = prompts.select("Create this project?", choices, None)
        return {
            "create": Outcome.ON,
            "change": Outcome.CHANGE,
            "cancel": Outcome.STOP,
            prompts.BACK: Outcome.BACK,
        }[answer]
