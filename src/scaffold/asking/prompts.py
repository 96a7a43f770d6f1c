"""Single prompts on a terminal. Each returns an answer, or `BACK` for the key that goes back."""

import shutil
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import questionary
from prompt_toolkit import print_formatted_text
from prompt_toolkit.filters import is_done
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.key_binding import KeyBindings, merge_key_bindings
from prompt_toolkit.layout import ConditionalContainer, FormattedTextControl, HSplit, Layout, Window
from questionary.prompts.common import InquirerControl

from scaffold import stopping
from scaffold.catalogue.option import Choice

BACK = object()
_STYLE = questionary.Style(
    [
        ("qmark", "fg:ansicyan"),
        ("answer", "fg:ansicyan nobold"),
        ("pointer", "fg:ansicyan bold"),
        ("disabled", "fg:ansibrightblack"),
        ("keys", "reverse"),
    ]
)
_NARROW = 40

Verdict = Callable[[object], bool | str]


def select(
    message: str,
    choices: Sequence[Choice],
    default: str | None,
    note: str = "",
    keys: Mapping[str, str] | None = None,
    *,
    alone: bool = False,
) -> Any:
    """Ask for one of some choices; each of `keys` takes a value at once, and is shown before it."""
    open_to = {choice.value for choice in choices if not choice.reason}
    keys = {key: value for key, value in (keys or {}).items() if value in open_to}
    before = {value: f"{key}  " for key, value in keys.items()}
    titled = [each._replace(title=before.get(each.value, "") + each.title) for each in choices]
    prompt = questionary.select(
        _broken(message),
        _entries(titled, ()),
        default=default if default in open_to else None,
        instruction=_noted(note) or " ",
        style=_STYLE,
    )
    named = {choice.value: _brief(choice) for choice in choices}
    return _run(
        prompt, message, named.__getitem__, "Arrows: move", "Enter: take", keys=keys, alone=alone
    )


def several(
    message: str, choices: Sequence[Choice], chosen: Sequence[str], verdict: Verdict, note: str = ""
) -> Any:
    """Ask for any number of some choices."""
    prompt = questionary.checkbox(
        _broken(message),
        _entries(choices, chosen),
        validate=verdict,
        instruction=_noted(note),
        style=_STYLE,
    )

    def shown(answer: Any) -> str:
        return ", ".join(_brief(each) for each in choices if each.value in answer) or "none"

    return _run(prompt, message, shown, "Space: choose", "Enter: go on")


def confirm(message: str, default: bool, note: str = "", *, alone: bool = False) -> Any:
    """Ask for yes or no, the default first; one that is asked `alone` speaks of no way back."""
    choices = [questionary.Choice("Yes", True), questionary.Choice("No", False)]
    choices.sort(key=lambda choice: choice.value != default)
    prompt = questionary.select(
        _broken(message), choices, instruction=_noted(note) or " ", style=_STYLE
    )
    named = {True: "Yes", False: "No"}
    return _run(prompt, message, named.__getitem__, "Arrows: move", "Enter: take", alone=alone)


def text(
    message: str, default: str, verdict: Verdict, note: str = "", *, alone: bool = False
) -> Any:
    """Ask for a text; the default can be edited, and is gone when something else is typed."""
    prompt = questionary.text(
        _broken(message), default, validate=verdict, instruction=_noted(note), style=_STYLE
    )
    # Marked as by Shift and an arrow, which is what typing replaces.
    buffer = prompt.application.current_buffer
    buffer.cursor_position = 0
    buffer.start_selection()
    if buffer.selection_state is not None:
        buffer.selection_state.enter_shift_mode()
    buffer.cursor_position = len(buffer.text)
    hints = ("Enter: take", "type: replace") if default else ("Enter: go on",)
    return _run(prompt, message, str, *hints, alone=alone)


def _noted(note: str) -> str:
    return f"({note})" if note else ""


def _brief(choice: Choice) -> str:
    """Return a choice as it is shown once it is taken: what explains it has been read."""
    return choice.title.partition(": ")[0]


def _broken(message: str) -> str:
    """Return a question in lines that fit behind its mark."""
    return "\n".join(textwrap.wrap(message, _room(3), subsequent_indent="  ")) or message


def _room(taken: int) -> int:
    return max(_NARROW, shutil.get_terminal_size().columns) - taken


def _entries(choices: Sequence[Choice], chosen: Sequence[str]) -> list[Any]:
    return [
        questionary.Choice(
            each.title, each.value, disabled=each.reason or None, checked=each.value in chosen
        )
        for each in choices
    ]


def _rows(control: InquirerControl, *, boxes: bool) -> FormattedText:
    """Return the choices in lines that fit, the one that is pointed at in colour and with a mark."""
    rows: list[tuple[str, str]] = []
    for number, choice in enumerate(control.choices):
        here = number == control.pointed_at
        style = "class:pointer" if here else ""
        head, said = " » " if here else "   ", str(choice.title)
        if choice.disabled:
            style, head, said = "class:disabled", head + "- ", f"{said} ({choice.disabled})"
        elif boxes:
            head += "● " if choice.value in control.selected_options else "○ "
        if here:
            rows.append(("[SetCursorPosition]", ""))
        shown = textwrap.wrap(
            said, _room(1), initial_indent=head, subsequent_indent=" " * (len(head) + 2)
        )
        rows.append((style, "\n".join(shown)))
        rows.append(("", "\n"))
    return FormattedText(rows[:-1])


def _run(
    prompt: questionary.Question,
    message: str,
    shown: Callable[[Any], str],
    *hints: str,
    keys: Mapping[str, str] | None = None,
    alone: bool = False,
) -> Any:
    """Ask, and leave the question with its answer alone on the screen."""
    app = prompt.application
    for control in app.layout.find_all_controls():
        if isinstance(control, InquirerControl):
            _show_rows(control, boxes="Space: choose" in hints)
    hints = (*hints, *([] if alone else ["Shift-Tab: back"]), "Ctrl-C: stop")
    toolbar = FormattedTextControl([("class:keys", f" {'  '.join(hints)} ")])
    below = ConditionalContainer(
        Window(toolbar, height=1, dont_extend_height=True), filter=~is_done
    )
    app.layout = Layout(HSplit([app.layout.container, below]), app.layout.current_window)
    app.erase_when_done = True

    bindings = KeyBindings()

    @bindings.add("s-tab", eager=True)
    def _back(event: Any) -> None:
        event.app.exit(result=BACK)

    def bind(key: str, value: str) -> None:
        @bindings.add(key, eager=True)
        def _take(event: Any) -> None:
            event.app.exit(result=value)

    for key, value in (keys or {}).items():
        bind(key, value)
    own = app.key_bindings
    app.key_bindings = merge_key_bindings([own, bindings] if own else [bindings])
    # Between two prompts Ctrl-C is a signal, not a key. What it raised may have been lost in a finaliser,
    # and the prompt's own handler would lose it too.
    stopping.check()
    answer = app.run(handle_sigint=False)
    if answer is not BACK:
        _leave(message, shown(answer), app.style)
    return answer


def _show_rows(control: InquirerControl, *, boxes: bool) -> None:
    control.text = lambda: _rows(control, boxes=boxes)


def _leave(message: str, answer: str, style: Any) -> None:
    """Write an answered question: in a line where that fits."""
    between = " "
    if len(f"? {message} {answer}") >= _room(0):
        message = _broken(message)
        answer = "\n  ".join(textwrap.wrap(answer, _room(3)))
        between = "\n  "
    left = [("class:qmark", "?"), ("class:question", f" {message}"), ("", between)]
    print_formatted_text(FormattedText([*left, ("class:answer", answer)]), style=style)
