"""Jinja as Copier sets it up (copier._main and copier._jinja_ext of Copier 9.19), without Copier."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any

from jinja2 import (
    FunctionLoader,
    StrictUndefined,
    TemplateRuntimeError,
    Undefined,
    UndefinedError,
    nodes,
)
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.sandbox import SandboxedEnvironment

_UNDEFINED = {"jinja2.Undefined": Undefined, "jinja2.StrictUndefined": StrictUndefined}
_PATHS = {"posix": PurePosixPath, "windows": PureWindowsPath, "native": PurePath}
Yielded = tuple[str, Iterable[Any]]


class Environment(SandboxedEnvironment):
    """A sandbox that reads a template's own files alone."""

    def __init__(self, options: Mapping[str, Any], read: Callable[[str], str | None]) -> None:
        """Take the catalogue's `_envops`; `read` gives files of the template by name."""
        known: dict[str, Any] = {"keep_trailing_newline": True} | dict(options)
        known["undefined"] = _UNDEFINED.get(known.get("undefined", ""), Undefined)
        extensions = ["jinja2_ansible_filters.AnsibleCoreFiltersExtension", Yield]
        super().__init__(loader=FunctionLoader(read), extensions=extensions, **known)
        self.noted: Yielded | None = None
        self.filters["to_json"] = partial(self.filters["to_json"], default=_jsonable)
        self.globals["pathjoin"] = _joined

    def yielded(self) -> Yielded | None:
        """Return the variable and the values of the `yield` tag that was rendered last, and forget it."""
        noted, self.noted = self.noted, None
        return noted

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Keep away the module behind a path, which reaches the disk."""
        behind = isinstance(obj, PurePath) and attr == "parser"
        return not behind and super().is_safe_attribute(obj, attr, value)


class Yield(Extension):
    """The tag `{% yield variable from values %}`: Copier writes a path with it once for each value."""

    tags = {"yield"}  # noqa: RUF012  Jinja declares it so.
    environment: Environment

    def parse(self, parser: Parser) -> nodes.Node:
        """Note the variable and its values, and render what is between the tags."""
        line = next(parser.stream).lineno
        name = parser.parse_assign_target(name_only=True)
        parser.stream.expect("name:from")
        values = parser.parse_expression()
        body = parser.parse_statements(("name:endyield",), drop_needle=True)
        noted = self.call_method("_noted", [nodes.Const(name.name), values])
        return nodes.CallBlock(noted, [], [], body, lineno=line)

    def _noted(self, name: str, values: Iterable[Any], caller: Callable[[], str]) -> str:
        if self.environment.noted is not None:
            raise TemplateRuntimeError(
                f"a path may have one yield tag: there is another with {name}"
            )
        self.environment.noted = (name, values)
        try:
            return caller()
        except UndefinedError:
            return ""


def _jsonable(value: Any) -> Any:
    """What pydantic_core.to_jsonable_python makes of the values that a template can have."""
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, (Iterator, set, frozenset)):
        return list(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is nothing for JSON")


def _joined(*path: str, mode: str = "posix") -> str:
    return str(_PATHS[mode](*path))
