"""Copier as it is, without what takes most of its time: compiling a text twice, and git for each file."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import copier
import pytest
from jinja2 import Environment
from jinja2.lexer import get_lexer

_compile = Environment.compile
_known: dict[tuple[object, ...], Any] = {}


@contextmanager
def compiled_once() -> Iterator[None]:
    """Let environments that are alike share what they compile."""

    def compile_(self: Environment, source: Any, *named: Any, **more: Any) -> Any:
        alike = (type(self), get_lexer(self), *self.extensions)
        key = (*alike, source, *named, *more.items())
        if key not in _known:
            _known[key] = _compile(self, source, *named, **more)
        return _known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "compile", compile_)
        yield


def copied(template: Path, place: Path, answers: Mapping[str, Any]) -> Path:
    """The project that Copier makes of a folder without history."""
    # It would ask git for the modes of each file that it writes.
    with compiled_once(), pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.setenv("PATH", "")
        copier.run_copy(
            str(template),
            place,
            dict(answers),
            settings=copier.Settings(),
            defaults=True,
            quiet=True,
        )
    return place
