"""The prompts: one for every question left open, with a way back, and a review before anything is written."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import questionary
from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings

from scaffold.catalogue import Answer, Catalogue, Question
from scaffold.errors import BadAnswer, MissingAnswer, ScaffoldError, TemplateFailed

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
    remembered: dict[str, Answer] = dict(suggested)
    asked = [question for question in catalogue.questions if question.name not in given]
    position = 0
    while True:
        if position < len(asked):
            position = _step(catalogue, asked, position, given, remembered)
            continue
        answers = catalogue.complete(given, remembered)
        review(answers)
        decision = _decide(bool(asked))
        if decision == "back":
            position = _before(catalogue, asked, position, given, remembered)
            continue
        return answers if decision == "create" else None


def _step(
    catalogue: Catalogue,
    asked: list[Question],
    position: int,
    given: Mapping[str, object],
    remembered: dict[str, Answer],
) -> int:
    question = asked[position]
    answers = _settled(catalogue, question, asked, position, given, remembered)
    if not catalogue.applies(question, answers):
        return position + 1
    result = _prompt(catalogue, question, answers, remembered)
    if result is _BACK:
        return _before(catalogue, asked, position, given, remembered)
    remembered[question.name] = result
    return position + 1


def _before(
    catalogue: Catalogue,
    asked: list[Question],
    position: int,
    given: Mapping[str, object],
    remembered: dict[str, Answer],
) -> int:
    for earlier in range(position - 1, -1, -1):
        answers = _settled(catalogue, asked[earlier], asked, earlier, given, remembered)
        if catalogue.applies(asked[earlier], answers):
            return earlier
    return position


def _settled(
    catalogue: Catalogue,
    until: Question,
    asked: list[Question],
    position: int,
    given: Mapping[str, object],
    remembered: Mapping[str, Answer],
) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for question in catalogue.questions:
        if question is until:
            break
        if catalogue.applies(question, answers):
            value = given.get(question.name, remembered.get(question.name))
            answers[question.name] = catalogue.check(question, value, answers)
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
