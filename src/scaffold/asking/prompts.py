"""Single prompts on a terminal. Each returns an answer, or `BACK` for the key that goes back."""

import shutil
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import questionary
from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings
from questionary.prompts.common import InquirerControl

from scaffold import stopping
from scaffold.catalogue.option import Choice

BACK = object()
_HINT = "Shift-Tab: back"

Verdict = Callable[[object], bool | str]


def select(
    message: str,
    choices: Sequence[Choice],
    default: str | None,
    note: str = "",
    keys: Mapping[str, str] | None = None,
) -> Any:
    """Ask for one of some choices; each of `keys` takes a value at once."""
    open_to = {choice.value for choice in choices if not choice.reason}
    shown = _entries(choices, ())
    first = default if default in open_to else None
    prompt = questionary.select(message, shown, default=first, instruction=_hint(note))
    return _run(prompt, {key: value for key, value in (keys or {}).items() if value in open_to})


def several(
    message: str, choices: Sequence[Choice], chosen: Sequence[str], verdict: Verdict, note: str = ""
) -> Any:
    """Ask for any number of some choices."""
    hint = _hint(note, "Space: choose", "Enter: go on")
    shown = _entries(choices, chosen)
    return _run(questionary.checkbox(message, shown, validate=verdict, instruction=hint))


def confirm(message: str, default: bool, note: str = "", *, alone: bool = False) -> Any:
    """Ask for yes or no, the default first; one that is asked `alone` speaks of no way back."""
    choices = [questionary.Choice("Yes", True), questionary.Choice("No", False)]
    choices.sort(key=lambda choice: choice.value != default)
    hint = note or None if alone else _hint(note)
    return _run(questionary.select(message, choices, instruction=hint))


def text(
    message: str, default: str, verdict: Verdict, note: str = "", *, alone: bool = False
) -> Any:
    """Ask for a text; the default can be edited, and is gone when something else is typed."""
    hint = note or None if alone else _hint(note)
    prompt = questionary.text(message, default, validate=verdict, instruction=hint)
    # Marked as by Shift and an arrow, which is what typing replaces.
    buffer = prompt.application.current_buffer
    buffer.cursor_position = 0
    buffer.start_selection()
    if buffer.selection_state is not None:
        buffer.selection_state.enter_shift_mode()
    buffer.cursor_position = len(buffer.text)
    return _run(prompt)


def _hint(note: str, *more: str) -> str:
    return f"({'; '.join(filter(None, [note, *more, _HINT]))})"


def _entries(choices: Sequence[Choice], chosen: Sequence[str]) -> list[Any]:
    """Return the choices; one that is ruled out cannot be reached, and its reason follows it."""
    entries: list[Any] = []
    width = max(40, shutil.get_terminal_size().columns) - 8
    for choice in choices:
        if not choice.reason:
            checked = choice.value in chosen
            entries.append(questionary.Choice(choice.title, choice.value, checked=checked))
            continue
        said = f"- {choice.title} ({choice.reason})"
        for line in textwrap.wrap(said, width, subsequent_indent="  "):
            entries.append(questionary.Separator(f" {line}"))
    return entries


def _run(prompt: questionary.Question, keys: Mapping[str, str] | None = None) -> Any:
    bindings = KeyBindings()

    @bindings.add("s-tab", eager=True)
    def _back(event: Any) -> None:
        event.app.erase_when_done = True
        event.app.exit(result=BACK)

    def bind(key: str, value: str) -> None:
        @bindings.add(key, eager=True)
        def _take(event: Any) -> None:
            for control in event.app.layout.find_all_controls():
                if isinstance(control, InquirerControl):  # It then shows the answer in its line.
                    values = [choice.value for choice in control.choices]
                    control.pointed_at = values.index(value)
                    control.is_answered = True
            event.app.exit(result=value)

    for key, value in (keys or {}).items():
        bind(key, value)
    own = prompt.application.key_bindings
    prompt.application.key_bindings = merge_key_bindings([own, bindings] if own else [bindings])
    # Between two prompts Ctrl-C is a signal, not a key. What it raised may have been lost in a finaliser,
    # and the prompt's own handler would lose it too.
    stopping.check()
    return prompt.application.run(handle_sigint=False)
