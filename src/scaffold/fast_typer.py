"""Commands as Typer makes them, but without the import of Pydantic, which takes longer than most runs."""

from typing import Any

from typer.core import TyperCommand, TyperGroup


class _AsTyped:
    """A text or flag as it was typed; what Typer makes of one otherwise takes an import of Pydantic."""

    def coerce(self, value: Any, **_: Any) -> Any:
        return value


class _Frugal:
    """A command that takes its values as they were typed; Typer 0.29 looks there for how."""

    def get_params(self, ctx: Any) -> list[Any]:
        parameters: list[Any] = super().get_params(ctx)  # type: ignore[misc]
        for parameter in parameters:
            if not parameter.multiple:
                parameter._runtime_param = _AsTyped()
        return parameters


class Group(_Frugal, TyperGroup):
    """The program, with its commands."""


class Command(_Frugal, TyperCommand):
    """One command."""
