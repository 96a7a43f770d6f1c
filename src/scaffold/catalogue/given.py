"""Answers that are not typed at a prompt: `--data`, `--answers`, and what this machine suggests."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from scaffold import git
from scaffold.catalogue import bounded
from scaffold.errors import BadAnswersFile, UsageError

_SECTIONS = ("interview", "options")


class Answered(NamedTuple):
    """What a file of answers holds; `interview` is None where it says nothing of one."""

    interview: Mapping[str, object] | None = None
    options: Mapping[str, object] = MappingProxyType({})


def pairs(data: Iterable[str], flag: str = "") -> dict[str, object]:
    """Return what items of KEY=VALUE answer; messages name the `flag` that they came with.

    Raises:
        UsageError: if an item is none, or two contradict each other.
    """
    given: dict[str, object] = {}
    for item in data:
        name, equals, value = item.partition("=")
        shown = f'{flag} "{item[:80]}"'.strip()
        if not equals or not name:
            lacking = "value" if name else "key"
            raise UsageError(f"{shown} has no {lacking}: write it as KEY=VALUE")
        if not flag and given.get(name, value) != value:
            raise UsageError(f"{shown} and {name}={given[name]} differ: give one")
        given[name] = value
    return given


def from_flags(data: list[str], framework: str | None) -> dict[str, object]:
    """Return what the command line answers.

    Raises:
        UsageError: if an item is no KEY=VALUE, or two flags contradict each other.
    """
    given = pairs(data, "--data")
    if framework is not None and given.setdefault("framework", framework) != framework:
        raise UsageError(
            f"--framework {framework} and --data framework={given['framework']} differ: give one"
        )
    return given


def from_file(name: str, *, flat: bool = False) -> Answered:
    """Return what a file in JSON or YAML holds, "-" for standard input; if `flat`, it may be the interview.

    Every number is read as text, since the catalogue knows better than YAML what `3.10` is.

    Raises:
        BadAnswersFile: if it cannot be read, or has another form.
    """
    shown = "standard input" if name == "-" else name
    try:
        if name == "-":
            text = bounded.read(sys.stdin.buffer)
        else:
            with Path(name).open("rb") as file:
                text = bounded.read(file)
        data = bounded.untyped(text)
    except OSError as error:
        raise BadAnswersFile(
            f"--answers {shown} cannot be read: {error.strerror}: give a JSON or YAML file"
        ) from error
    except ValueError as error:
        raise BadAnswersFile(f"--answers {shown}: {error}") from error
    form = "write it as {interview: {QUESTION: ANSWER, …}, options: {KEY: VALUE, …}}"
    if not isinstance(data, dict):
        raise BadAnswersFile(f"--answers {shown} is not a map: {form}")
    strange = [str(key) for key in data if key not in _SECTIONS]
    if strange and flat and len(strange) == len(data):
        data = {"interview": data}
    elif strange:
        raise BadAnswersFile(f'--answers {shown} has "{strange[0][:60]}" at its top: {form}')
    held_by = {each: {} if data.get(each) in (None, "") else data[each] for each in _SECTIONS}
    for section, held in held_by.items():
        if not isinstance(held, dict) or not all(isinstance(key, str) for key in held):
            raise BadAnswersFile(f'--answers {shown}: "{section}" is not a map: {form}')
        for key, value in held.items():
            if not bounded.is_flat(value):
                raise BadAnswersFile(
                    f'--answers {shown}: "{key[:60]}" is neither a value nor a list of values'
                )
    interview = held_by["interview"] if "interview" in data else None
    return Answered(interview, held_by["options"])


def suggestions(folder_name: str) -> dict[str, str]:
    """Return what this machine and the destination suggest for options left open."""
    listed = git.output("config", "--null", "--get-regexp", r"^user\.(name|email)$") or ""
    known = dict(entry.split("\n", 1) for entry in listed.split("\0") if "\n" in entry)
    return {
        "project_name": folder_name,
        "author_name": known.get("user.name", ""),
        "author_email": known.get("user.email", ""),
        "python_version": f"{sys.version_info.major}.{sys.version_info.minor}",
    }
