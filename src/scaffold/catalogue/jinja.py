"""The Jinja expressions of a catalogue, rendered as Copier renders them."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scaffold.errors import TemplateFailed

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

Read = Callable[[str], str | None]


class Expressions:
    """Renders the texts of one catalogue."""

    def __init__(self, options: Mapping[str, Any], read: Read) -> None:
        """Take the catalogue's `_envops`; `read` gives other files of the template by path."""
        self._options = options
        self._read = read
        # Jinja costs more to import than many runs take, and most texts have nothing for it to do.
        self._compiled: dict[str, Template] = {}
        self._mark = "" if any(key.endswith(("_string", "_prefix")) for key in options) else "{"

    @cached_property
    def _environment(self) -> "SandboxedEnvironment":
        from jinja2 import FunctionLoader, StrictUndefined, Undefined
        from jinja2.sandbox import SandboxedEnvironment

        # As copier._main.Worker.jinja_env makes it (Copier 9.19).
        classes = {"jinja2.Undefined": Undefined, "jinja2.StrictUndefined": StrictUndefined}
        known: dict[str, Any] = {"keep_trailing_newline": True} | dict(self._options)
        known["undefined"] = classes.get(known.get("undefined", ""), Undefined)
        return SandboxedEnvironment(
            loader=FunctionLoader(self._included),
            extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"],
            **known,
        )

    def _included(self, path: str) -> str | None:
        # Copier's own loader takes no ".." and looks for "/etc" below the template's root.
        if path.startswith("/") or ".." in path.split("/"):
            raise TemplateFailed(
                f'the template\'s copier.yml includes "{path}": it may include its own files alone'
            )
        return self._read(path)

    def render(self, text: str, context: Mapping[str, Any]) -> str:
        """Return the text with its expressions replaced.

        Raises:
            TemplateFailed: if it cannot be rendered.
        """
        if self._mark not in text:
            return text
        from jinja2 import TemplateError

        try:
            if text not in self._compiled:
                self._compiled[text] = self._environment.from_string(text)
            return self._compiled[text].render(context)
        except TemplateError as error:
            raise TemplateFailed(f"the template's copier.yml: {error}") from error

    def value(self, value: Any, context: Mapping[str, Any]) -> Any:
        """Return a value with every text in it rendered."""
        if isinstance(value, str):
            return self.render(value, context)
        if isinstance(value, list):
            return [self.value(item, context) for item in value]
        return value
