"""What was typed or read from a file, as the type that its option has."""

from typing import Any

from scaffold.catalogue.option import Answer, Choice, Option, near
from scaffold.errors import BadAnswer

_TRUE = {"y", "yes", "t", "true", "on", "1"}
_FALSE = {"n", "no", "f", "false", "off", "0"}


def is_true(word: str) -> bool:
    """Return whether a word says yes, as Copier reads it."""
    return word.lower() in _TRUE


def cast(option: Option, value: Any) -> Answer:
    """Return what was given as the type that the option has.

    Raises:
        ValueError, TypeError: if it is not of that type.
    """
    if option.multiselect:
        return _listed(value)
    if option.type == "bool" and not isinstance(value, bool):
        word = str(value).lower()
        if word not in _TRUE | _FALSE:
            raise ValueError("it is neither yes nor no")
        return word in _TRUE
    if option.type in ("int", "float"):
        try:
            return int(value) if option.type == "int" else float(value)
        except OverflowError as error:
            raise ValueError("it is too large") from error
    if option.type == "str":
        if isinstance(value, (list, dict)) or value is None:
            raise ValueError("it is not a text")
        return str(value).lower() if isinstance(value, bool) else str(value)
    if not isinstance(value, str | int | float | list | dict | None):
        raise TypeError("it is neither a text nor a number nor a list of them")
    answer: Answer = value  # type: ignore[assignment]
    return answer


def words(answer: Answer) -> list[str]:
    """Return the choices that an answer names."""
    return answer if isinstance(answer, list) else [str(answer)]


def choose(option: Option, answer: Answer, choices: list[Choice]) -> Answer:
    """Return the answer, its values in the order of the choices.

    Raises:
        BadAnswer: if a value is no choice, or one that is ruled out.
    """
    known = {choice.value: choice for choice in choices}
    named = words(answer)
    for word in named:
        choice = known.get(word)
        if choice is None:
            possible = [each.value for each in choices if not each.reason]
            ending = ", or none" if option.multiselect else ""
            hint = near(word, possible)
            raise BadAnswer(
                f'{option.name}: "{word}" is not one of its choices: {hint}'
                f"{'It takes' if hint else 'give'} {', '.join(possible)}{ending}"
            )
        if choice.reason:
            raise BadAnswer(f'{option.name}: "{word}" is ruled out: {choice.reason}')
    return [value for value in known if value in named] if isinstance(answer, list) else answer


def show(value: object) -> str:
    """Return what was given as messages quote it."""
    text = str(value)
    return f'"{text[:60]}…"' if len(text) > 61 else f'"{text}"'


def plain(value: object) -> str:
    """Return an answer as the command line takes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (",".join(map(str, value)) or "none") if isinstance(value, list) else str(value)


def _listed(value: Any) -> list[str]:
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("[") and text.endswith("]"):
            text = text[1:-1]
        words = [word.strip().strip("'\"") for word in text.split(",")]
        return [] if words in ([""], ["none"]) else words
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return [] if value == ["none"] else list(value)
    raise ValueError("it is not a list of names")
