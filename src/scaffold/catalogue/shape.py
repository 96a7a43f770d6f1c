"""The shape of a `copier.yml`: what would break those who read it is refused in a sentence that names it.

By hand: a library for that would be imported at every start of the command line, and be felt.
"""

from collections.abc import Callable
from typing import Any, NoReturn

from scaffold.errors import TemplateFailed

Fits = Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_scalar(value: Any) -> bool:
    return value is None or isinstance(value, (str, bool, int, float))


def _is_switch(value: Any) -> bool:
    return isinstance(value, (bool, str))


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _map_of(fits: Fits) -> Fits:
    return lambda value: (
        isinstance(value, dict) and all(_is_text(k) and fits(v) for k, v in value.items())
    )


_OF_QUESTIONS: dict[str, tuple[Fits, str]] = {
    "type": (_is_text, "a text"),
    "help": (_is_text, "a text"),
    "validator": (_is_text, "a text"),
    "placeholder": (_is_text, "a text"),
    "when": (_is_switch, "true, false or a text"),
    "multiselect": (_is_switch, "true, false or a text"),
}
_OF_SETTINGS: dict[str, tuple[Fits, str]] = {
    "envops": (_map_of(lambda _: True), "a map"),
    "subdirectory": (_is_text, "a text"),
    "answers_file": (_is_text, "a text"),
    "templates_suffix": (_is_text, "a text"),
    "min_copier_version": (_is_text, "a text"),
    "exclude": (_are_texts, "a list of texts"),
    "skip_if_exists": (_are_texts, "a list of texts"),
    "secret_questions": (_are_texts, "a list of texts"),
    "next_steps": (_are_texts, "a list of texts"),
    "implies": (_map_of(_map_of(_is_text)), "a map of maps of texts"),
}
_OF_THE_SCHEMA: dict[str, tuple[Fits, str]] = {
    "kept": (_map_of(_is_text), "a map of texts"),
    "migrations": (_map_of(_is_text), "a map of texts"),
    "parts": (_map_of(lambda v: _map_of(_is_text)(v) and "when" in v), "a map of maps with `when`"),
}


def hold(data: dict[str, Any]) -> None:
    """Hold what was read to what is expected of it.

    Raises:
        TemplateFailed: if it is not like that.
    """
    settings = {k[1:]: v for k, v in data.items() if k.startswith("_")}
    _hold("_", settings, _OF_SETTINGS)
    schema = settings.get("schema")
    if schema is not None:
        if not isinstance(schema, dict):
            _refuse("_schema", "a map")
        _hold("_schema: ", schema, _OF_THE_SCHEMA)
    for name, question in data.items():
        if not name.startswith("_") and isinstance(question, dict):
            _hold(f"{name}: ", question, _OF_QUESTIONS)
            if not isinstance(question.get("choices"), str):
                choices(name, question.get("choices"))


def choices(name: str, listed: Any) -> list[tuple[Any, Any]]:
    """Return choices as pairs of a title and a value, or of a title and a map that has the value.

    Raises:
        TemplateFailed: if they are nothing of the kind.
    """
    if isinstance(listed, dict):
        listed = [list(pair) for pair in listed.items()]
    if listed is None:
        return []
    if not isinstance(listed, (list, tuple)):
        _refuse(f"{name}: choices", "a list or a map")
    return [_choice(name, choice) for choice in listed]


def _choice(name: str, choice: Any) -> tuple[Any, Any]:
    pair = choice if isinstance(choice, (list, tuple)) else (choice, choice)
    if len(pair) != 2 or not _is_scalar(pair[0]):
        _refuse(f"{name}: choices", "a list of values, or of pairs of a title and a value")
    title, value = pair
    held = value
    if isinstance(value, dict):
        if "value" not in value or not _is_text(value.get("validator") or ""):
            _refuse(f"{name}: choices: {title}", "a value, or a map with a `value`")
        held = value["value"]
    if not _is_scalar(held):
        _refuse(f"{name}: choices: {title}", "a value, or a map with a `value`")
    return title, value


def _hold(where: str, data: dict[str, Any], shapes: dict[str, tuple[Fits, str]]) -> None:
    for key, (fits, words) in shapes.items():
        if data.get(key) is not None and not fits(data[key]):
            _refuse(f"{where}{key}", words)


def _refuse(where: str, words: str) -> NoReturn:
    raise TemplateFailed(f"the template's copier.yml: {where} is not {words}")
