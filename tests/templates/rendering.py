"""Copier as it is, without what takes most of its time: reading a text twice, and git for each file."""

import pickle
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import copier
import copier._template
import pytest
from jinja2 import Environment
from jinja2.lexer import get_lexer

_compile = Environment.compile
_load = copier._template.load_template_config
_known: dict[tuple[object, ...], Any] = {}
_loaded: dict[bytes, bytes] = {}


@contextmanager
def compiled_once() -> Iterator[None]:
    """Let environments that are alike share what they compile, and questions that are what is read of them."""

    def compile_(
        self: Environment, source: Any, name: Any = None, filename: Any = None, *more: Any
    ) -> Any:
        # The file is said in tracebacks alone, and is another in each clone.
        key = (type(self), get_lexer(self), *self.extensions, source, name, *more)
        if key not in _known:
            _known[key] = _compile(self, source, name, filename, *more)
        return _known[key]

    def load(file: Path, *more: Any) -> Any:
        text = file.read_bytes()
        if b"!include" in text:
            return _load(file, *more)
        if text not in _loaded:
            _loaded[text] = pickle.dumps(_load(file, *more))
        return pickle.loads(_loaded[text])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "compile", compile_)
        patch.setattr(copier._template, "load_template_config", load)
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
