"""The prompts: one for every question left open, with a way back, and a review before anything is written."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import questionary
from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings

from scaffold.catalogue import Catalogue
from scaffold.errors import BadAnswer, MissingAnswer, ScaffoldError, TemplateFailed
from scaffold.question import Answer, Question

_BACK = object()
_HINT = "(Shift-Tab: back)"


def ask(
    catalogue: Catalogue,
    given: Mapping[str, object],
    suggested: Mapping[str, Answer],
    review: Callable[[dict[str, Answer]], None],
) -> dict[str, Answer] | None:
    """Ask what was not given, show the review, and return the answers; None if they were not wanted.

    Raises:
        ScaffoldError: if a given answer cannot be used; before the first prompt where that is known.
        KeyboardInterrupt: on Ctrl-C.
    """
    for name, value in given.items():
        with suppress(TemplateFailed):  # It hangs on an answer that is yet to come.
            catalogue.check(catalogue.question(name), value, {})
    interview = _Interview(catalogue, given, dict(suggested))
    position = 0
    while True:
        if position < len(interview.asked):
            position = interview.step(position)
            continue
        answers = catalogue.complete(given, interview.remembered)
        review(answers)
        decision = _decide(bool(interview.asked))
        if decision == "back":
            position = interview.before(position)
            continue
        return answers if decision == "create" else None


class _Interview:
    """One pass through the questions, which remembers what was answered before going back."""

    def __init__(
        self,
        catalogue: Catalogue,
        given: Mapping[str, object],
        remembered: dict[str, Answer],
    ) -> None:
        self.remembered = remembered
        self.asked = [each for each in catalogue.questions if each.name not in given]
        self._catalogue = catalogue
        self._given = given

    def step(self, position: int) -> int:
        """Ask the question at a position, if it applies, and return the next position."""
        question = self.asked[position]
        answers = self._settled(question)
        if not self._catalogue.applies(question, answers):
            return position + 1
        result = _prompt(self._catalogue, question, answers, self.remembered)
        if result is _BACK:
            return self.before(position)
        self.remembered[question.name] = result
        return position + 1

    def before(self, position: int) -> int:
        """Return the position of the question that was asked before, or this one if none was."""
        for earlier in range(position - 1, -1, -1):
            question = self.asked[earlier]
            if self._catalogue.applies(question, self._settled(question)):
                return earlier
        return position

    def _settled(self, until: Question) -> dict[str, Answer]:
        answers: dict[str, Answer] = {}
        for question in self._catalogue.questions:
            if question is until:
                break
            if self._catalogue.applies(question, answers):
                value = self._given.get(question.name, self.remembered.get(question.name))
                answers[question.name] = self._catalogue.check(question, value, answers)
        return answers


def _prompt(
    catalogue: Catalogue,
    question: Question,
    answers: dict[str, Answer],
    remembered: Mapping[str, Answer],
) -> Any:
    try:
        default = catalogue.suggestion(question, remembered, answers)
    except (MissingAnswer, BadAnswer):
        default = None
    message = catalogue.text(question.help, answers) or question.name

    def verdict(value: object) -> bool | str:
        try:
            catalogue.check(question, value, answers)
        except ScaffoldError as error:
            return str(error)
        return True

    choices = [
        questionary.Choice(
            each.title,
            each.value,
            disabled=each.reason or None,
            checked=isinstance(default, list) and each.value in default,
        )
        for each in catalogue.choices(question, answers)
    ]
    if question.multiselect:
        hint = f"(Space: choose; Enter: go on; {_HINT[1:]}"
        prompt = questionary.checkbox(message, choices, validate=verdict, instruction=hint)
    elif choices:
        first = default if isinstance(default, str) else None
        prompt = questionary.select(message, choices, default=first, instruction=_HINT)
    elif question.type == "bool":
        yes_no = [questionary.Choice("Yes", True), questionary.Choice("No", False)]
        yes_no.sort(key=lambda choice: choice.value != default)
        prompt = questionary.select(message, yes_no, instruction=_HINT)
    else:
        shown = "" if default is None else str(default)
        prompt = questionary.text(message, shown, validate=verdict, instruction=_HINT)
    return _run(prompt)


def _decide(can_go_back: bool) -> Any:
    choices = [questionary.Choice("Create it", "create")]
    if can_go_back:
        choices.append(questionary.Choice("Go back", "back"))
    choices.append(questionary.Choice("Cancel", "cancel"))
    result = _run(questionary.select("Create this project?", choices))
    return "back" if result is _BACK else result


def _run(prompt: questionary.Question) -> Any:
    keys = KeyBindings()

    @keys.add("s-tab", eager=True)
    def _back(event: Any) -> None:
        event.app.exit(result=_BACK)

    own = prompt.application.key_bindings
    prompt.application.key_bindings = merge_key_bindings([own, keys] if own else [keys])
    return prompt.unsafe_ask()
