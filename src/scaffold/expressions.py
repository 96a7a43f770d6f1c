"""The Jinja expressions of a catalogue, rendered as Copier renders them."""

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined, TemplateError, Undefined
from jinja2.sandbox import SandboxedEnvironment

from scaffold.errors import TemplateFailed

Read = Callable[[str], str | None]


class Expressions:
    """Renders the texts of one catalogue."""

    def __init__(self, options: Mapping[str, Any], read: Read) -> None:
        """Take the catalogue's `_envops`; `read` gives other files of the template by path."""
        # As copier._main.Worker.jinja_env makes it (Copier 9.19).
        classes = {"jinja2.Undefined": Undefined, "jinja2.StrictUndefined": StrictUndefined}
        known: dict[str, Any] = {"keep_trailing_newline": True} | dict(options)
        known["undefined"] = classes.get(known.get("undefined", ""), Undefined)
        self._environment = SandboxedEnvironment(
            loader=FunctionLoader(read),
            extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"],
            **known,
        )

    def render(self, text: str, context: Mapping[str, Any]) -> str:
        """Return the text with its expressions replaced.

        Raises:
            TemplateFailed: if it cannot be rendered.
        """
        try:
            return self._environment.from_string(text).render(context)
        except TemplateError as error:
            raise TemplateFailed(f"the template's copier.yml: {error}") from error

    def value(self, value: Any, context: Mapping[str, Any]) -> Any:
        """Return a value with every text in it rendered."""
        if isinstance(value, str):
            return self.render(value, context)
        if isinstance(value, list):
            return [self.value(item, context) for item in value]
        return value
