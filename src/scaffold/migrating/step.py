"""From the schema of some answers to that of others, as the template describes both in `_schema`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scaffold.catalogue.option import Answers
from scaffold.catalogue.values import is_true
from scaffold.errors import NoTransition
from scaffold.template.preview import Template


@dataclass(frozen=True)
class Step:
    """What a migration has to do: `before` and `after` name the parts of the schema, in their order."""

    template: Template
    new: Answers
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether the answers agree in what they have in the schema."""
        return self.before == self.after

    def write(self, name: str, **more: Any) -> bytes:
        """Return the migration that the template has under this name in `_schema`.

        It is rendered with the new answers, `before`, `after`, and what else it is given.

        Raises:
            TemplateFailed: if it cannot be rendered.
        """
        text = _schema(self.template)["migrations"][name]
        known = {"before": self.before, "after": self.after, **more}
        return self.template.text(text, self.new, known).encode()

    def told_in(self, app: str) -> dict[str, str]:
        """Return what of an app of Django's tells that it has a part: a model, or a field of one."""
        told = {n: part.get("django", "") for n, part in _schema(self.template)["parts"].items()}
        pairs = {name: text.partition(".") for name, text in told.items()}
        return {name: rest for name, (label, _, rest) in pairs.items() if label == app}

    def lost(self) -> Iterator[str]:
        """Yield what people lose with each part that goes."""
        for name, part in _schema(self.template)["parts"].items():
            if name in self.before and name not in self.after and "holds" in part:
                yield part["holds"]


def step(template: Template, old: Answers, new: Answers) -> Step:
    """Return what leads from some answers to others.

    Raises:
        NoTransition: if this version of the template does not say what is in the schema.
        BadAnswer, MissingAnswer, TemplateFailed: if it takes one of them not.
    """
    return Step(template, new, _parts(template, old), _parts(template, new))


def _parts(template: Template, answers: Answers) -> tuple[str, ...]:
    parts: Mapping[str, Mapping[str, str]] = _schema(template)["parts"]
    return tuple(n for n, part in parts.items() if is_true(template.text(part["when"], answers)))


def _schema(template: Template) -> Mapping[str, Any]:
    found: Mapping[str, Any] | None = template.settings.get("schema")
    if found is None:
        raise NoTransition(
            "this version of the template cannot say what the change needs of a database that is"
            " there: run `scaffold update` first"
        )
    return found
