"""The Jinja expressions of a template, rendered as Copier renders them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scaffold.errors import ScaffoldError, TemplateFailed

if TYPE_CHECKING:
    from jinja2 import Template

    from scaffold.catalogue.environment import Environment, Yielded

Read = Callable[[str], str | None]


def of_its_own(read: Read) -> Read:
    """Return a reader that refuses what leads out of the template; Copier's takes "/x" for its own "x"."""

    def included(path: str) -> str | None:
        if path.startswith("/") or ".." in path.split("/"):
            raise TemplateFailed(
                f'the template\'s copier.yml includes "{path}": it may include its own files alone'
            )
        return read(path)

    return included


class Expressions:
    """Renders the texts of one template."""

    def __init__(self, options: Mapping[str, Any], read: Read) -> None:
        """Take the catalogue's `_envops`; `read` gives other files of the template by path."""
        self._options = options
        self._read = read
        # Jinja costs more to import than many runs take, and most texts have nothing for it to do.
        self._compiled: dict[str, Template] = {}
        self._mark = "" if any(key.endswith(("_string", "_prefix")) for key in options) else "{"

    @cached_property
    def _environment(self) -> "Environment":
        from scaffold.catalogue.environment import Environment

        return Environment(self._options, self._read)

    def render(self, text: str, context: Mapping[str, Any], where: str = "copier.yml") -> str:
        """Return the text, which is found at `where`, with its expressions replaced.

        Raises:
            TemplateFailed: if it cannot be rendered.
        """
        return self._rendered(text, context, where)[0]

    def each(
        self, text: str, context: Mapping[str, Any], where: str
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield a text rendered and no variable; with a `yield` tag, once for each value of its variable.

        Raises:
            TemplateFailed: if it cannot be rendered.
        """
        rendered, loop = self._rendered(text, context, where)
        if loop is None:
            yield rendered, {}
            return
        name, found = loop
        for value in found or ():
            yield self.render(text, {**context, name: value}, where), {name: value}

    def _rendered(
        self, text: str, context: Mapping[str, Any], where: str
    ) -> "tuple[str, Yielded | None]":
        if self._mark not in text and "\r" not in text:
            return text, None
        with self._failing(where):
            if text not in self._compiled:
                self._compiled[text] = self._environment.from_string(text)
            return self._compiled[text].render(context), self._environment.yielded()

    def file(self, path: str, context: Mapping[str, Any]) -> str:
        """Return a file of the template rendered.

        Raises:
            TemplateFailed: if it cannot be.
            UnicodeDecodeError: if it is no text.
        """
        with self._failing(path):
            rendered = self._environment.get_template(path).render(context)
        if self._environment.yielded() is not None:
            raise TemplateFailed(f"the template's {path}: a yield tag is for paths")
        return rendered

    @contextmanager
    def _failing(self, where: str) -> Iterator[None]:
        try:
            yield
        except (ScaffoldError, UnicodeDecodeError):
            raise
        # An expression can fail in any way that Python can.
        except Exception as error:
            raise TemplateFailed(f"the template's {where}: {error}") from error

    def value(self, value: Any, context: Mapping[str, Any]) -> Any:
        """Return a value with every text in it rendered."""
        if isinstance(value, str):
            return self.render(value, context)
        if isinstance(value, list):
            return [self.value(item, context) for item in value]
        return value
