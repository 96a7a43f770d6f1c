"""Answers as text, in JSON or YAML, within bounds that no answers need and that no hostile file escapes."""

import json
from typing import Any, BinaryIO

import yaml

BYTES = 1 << 20
DEPTH = 20
# The longest text that an option takes is far shorter, and PyYAML is slow with long numbers.
CHARACTERS = 10_000
# Python does not even show a number of some thousand digits.
BITS = 1000


def read(file: BinaryIO) -> str:
    """Return the text of a file, however much there is to read from it.

    Raises:
        ValueError: if it is too much, or not UTF-8.
    """
    data = file.read(BYTES + 1)
    if len(data) > BYTES:
        raise ValueError(f"it has more than {BYTES >> 10} KiB, which no answers need")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 text: {error}") from error


def untyped(text: str) -> Any:
    """Return what a text in JSON or YAML holds, every scalar of YAML and every number as text.

    Raises:
        ValueError: if it is neither, or oversteps a bound.
    """
    try:
        data = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return _yaml(text, "BaseLoader")
    _check(data)
    return data


def typed(text: str) -> Any:
    """Return what a text in YAML holds, as Copier reads it.

    Raises:
        ValueError: if it is no YAML, or oversteps a bound.
    """
    return _yaml(text, "SafeLoader")


def is_flat(value: object) -> bool:
    """Return whether a value is a scalar, or a list of scalars."""
    inner = value if isinstance(value, list) else [value]
    return not any(isinstance(each, (list, dict)) for each in inner)


def _yaml(text: str, name: str) -> Any:
    loader = getattr(yaml, f"C{name}", getattr(yaml, name))
    try:
        _foresee(text, loader)
        data = yaml.load(text, Loader=loader)
    except yaml.YAMLError as error:
        raise ValueError(f"it is neither JSON nor YAML: {' '.join(str(error).split())}") from error
    _check(data)
    return data


def _foresee(text: str, loader: Any) -> None:
    """Go through the text without building anything from it: the loader in C cannot end a deep one."""
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            _bound(depth)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.ScalarEvent):
            _bound(depth, event.value)
        anchor, tag = (getattr(event, name, None) for name in ("anchor", "tag"))
        if anchor is not None:
            raise ValueError(f'it has the reference "{anchor[:60]}": write out what is meant')
        if tag is not None:
            raise ValueError(f'it has the type "{tag[:60]}": write plain values')


def _check(data: object, depth: int = 0) -> None:
    if isinstance(data, (dict, list)):
        _bound(depth + 1)
        for each in (*data, *data.values()) if isinstance(data, dict) else data:
            _check(each, depth + 1)
    elif isinstance(data, str):
        _bound(depth, data)
    elif isinstance(data, int) and data.bit_length() > BITS:
        raise ValueError(f"it has a number of more than {BITS} bits")


def _bound(depth: int, scalar: str = "") -> None:
    if depth > DEPTH:
        raise ValueError(f"it is nested more than {DEPTH} deep")
    if len(scalar) > CHARACTERS:
        raise ValueError(f"it has a value of more than {CHARACTERS:,} characters")
