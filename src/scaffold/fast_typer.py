"""Commands as Typer makes them, but without the import of Pydantic, which takes longer than most runs."""

from typing import Any

from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException


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


# What other generators call it.
_ELSEWHERE = {
    **dict.fromkeys(("init", "create", "startproject", "generate", "copy", "make"), "new"),
    **dict.fromkeys(("upgrade", "recopy", "sync"), "update"),
    **dict.fromkeys(("list", "ls", "show"), "options"),
}


class Group(_Frugal, TyperGroup):
    """The program, with its commands."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command; one that has another name elsewhere is told by it."""
        try:
            return super().resolve_command(ctx, args)
        except TyperException as error:
            if meant := _ELSEWHERE.get(args[0]):
                error.message = f"No such command '{args[0]}'. Did you mean '{meant}'?"
            raise


class Command(_Frugal, TyperCommand):
    """One command."""
