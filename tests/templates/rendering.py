"""Copier as it is, except that no text of the template is compiled twice: that takes most of its time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from jinja2 import Environment

_compile = Environment.compile
_known: dict[tuple[object, ...], Any] = {}


@contextmanager
def compiled_once() -> Iterator[None]:
    """Let Copier's environments, which are all alike, share what they compile."""

    def compile_(self: Environment, source: Any, *named: Any, **more: Any) -> Any:
        key = (type(self), source, *named, *more.items())
        if key not in _known:
            _known[key] = _compile(self, source, *named, **more)
        return _known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "compile", compile_)
        yield
