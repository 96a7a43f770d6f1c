"""An option: a question as `copier.yml` has it, and what an answer to it can be."""

from collections.abc import Mapping
from typing import Any, NamedTuple

Answer = str | bool | int | float | list[str] | None
Answers = Mapping[str, Answer]


class Choice(NamedTuple):
    """One value that an option takes; `reason` says why it is ruled out, if it is."""

    value: str
    title: str
    reason: str = ""


class Option(NamedTuple):
    """One option as the catalogue has it; its texts are still Jinja."""

    name: str
    type: str
    help: str
    default: Any
    choices: Any
    multiselect: bool
    validator: str
    when: str | bool
    placeholder: str
    has_default: bool
    is_secret: bool

    @property
    def is_fact(self) -> bool:
        """Whether it is never asked: a value derived from the answers."""
        return self.when is False

    @property
    def flag(self) -> str:
        """How the command line answers it, as messages say it."""
        return "--framework NAME" if self.name == "framework" else f"--data {self.name}=VALUE"


def parse(name: str, data: Any) -> Option:
    """Return the option that the catalogue has under a name, in Copier's long or short form."""
    if not isinstance(data, dict):
        data = {"default": data}
    default = data.get("default")
    inferred = {bool: "bool", int: "int", float: "float", str: "str"}.get(type(default), "yaml")
    return Option(
        name=name,
        type=data.get("type") or inferred,
        help=data.get("help") or "",
        default=default,
        choices=data.get("choices"),
        multiselect=data.get("multiselect") or False,
        validator=data.get("validator") or "",
        when=True if data.get("when") is None else data["when"],
        placeholder=data.get("placeholder") or "",
        has_default="default" in data,
        is_secret=bool(data.get("secret")),
    )


def unknown(kind: str, name: str, names: list[str]) -> str:
    """Return what to say of a name that is none of the options', or of the interview's questions'."""
    return (
        f'there is no {kind} "{name[:60]}": {near(name, names)}The {kind}s are {", ".join(names)}'
    )


def near(word: str, known: list[str]) -> str:
    """Return a question after what may have been meant, or nothing."""
    import difflib

    found = difflib.get_close_matches(word.lower(), known, 1)
    return f"did you mean {found[0]}? " if found else ""
