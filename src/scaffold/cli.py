"""The command line: flags to values, failures to exit statuses."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import TyperException

from scaffold import stopping
from scaffold.errors import ScaffoldError, UsageError
from scaffold.fast_typer import Command, Group
from scaffold.template import bundle

if TYPE_CHECKING:
    from scaffold.report import Report

_GLOBAL = ("--json", "--quiet", "--no-color", "--version")
_EPILOG = f"Taken everywhere: {', '.join(_GLOBAL)} (see scaffold --help)."


app = typer.Typer(
    cls=Group,
    help="Write a production-ready Python web service, and keep it up to date with its template.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Template = Annotated[
    str | None,
    typer.Option("--template", metavar="SOURCE", help="Template: a git URL or a path."),
]
Ref = Annotated[
    str | None,
    typer.Option("--vcs-ref", metavar="REF", help="Tag, branch or commit of the template."),
]
Project = Annotated[
    str | None,
    typer.Option("--project", "-C", metavar="DIR", help="The project's folder, if not this one."),
]
Items = Annotated[list[str], typer.Argument(metavar="KEY=VALUE…", help="Options and their values.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Write it and ask nothing.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the plan, and write nothing.")]
Diff = Annotated[bool, typer.Option("--diff", help="Show the plan as a difference too.")]
Check = Annotated[bool, typer.Option("--check", help='Run "make check" afterwards.')]
Trust = Annotated[bool, typer.Option("--trust", help="Lock and check what another template wrote.")]


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return the exit status."""
    # A stream that the caller closed is None.
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name) or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        stream.reconfigure(errors="backslashreplace")
        setattr(sys, name, stream)
    hoisted = _hoist(arguments)
    try:
        bundle.refresh()
        status = app(hoisted, prog_name="scaffold", standalone_mode=False)
        stopping.check()
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except BrokenPipeError:
        _discard_output()
        return 1
    except TyperException as error:
        command = getattr(getattr(error, "ctx", None), "command_path", "scaffold")
        failure: ScaffoldError = UsageError(f"{error.format_message()} (see {command} --help)")
    except ScaffoldError as error:
        failure = error
    except OSError as error:
        _discard_output()
        failure = ScaffoldError(str(error))
    stopping.check()
    _report(hoisted).error(failure)
    return failure.status


def _discard_output() -> None:
    """Let what is still buffered go nowhere: at the end of the process it would fail once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


@app.callback(invoke_without_command=True)
def _main(
    context: typer.Context,
    json: Annotated[
        bool, typer.Option("--json", help="One JSON object on standard output; ask nothing.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show errors and warnings alone.")] = False,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="No colours (as with NO_COLOR).")
    ] = False,
    version: Annotated[bool, typer.Option("--version", help="Show the version and end.")] = False,
) -> None:
    if version:
        print(f'{{"version": "{bundle.version()}"}}' if json else f"scaffold {bundle.version()}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit
    flags = (("--json", json), ("--quiet", quiet), ("--no-color", no_color))
    context.obj = _report([flag for flag, given in flags if given])


@app.command(cls=Command, epilog=_EPILOG)
def new(
    context: typer.Context,
    destination: Annotated[
        str, typer.Argument(metavar="DEST", help="The project's folder: new, or empty.")
    ],
    framework: Annotated[
        str | None, typer.Option("--framework", metavar="NAME", help="Web framework.")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Take the defaults and ask nothing.")
    ] = False,
    data: Annotated[
        list[str] | None,
        typer.Option("--data", "-d", metavar="KEY=VALUE", help="Answer an option (repeatable)."),
    ] = None,
    answers: Annotated[
        str | None,
        typer.Option("--answers", metavar="FILE", help="Answers in JSON or YAML, - for stdin."),
    ] = None,
    template: Template = None,
    vcs_ref: Ref = None,
    allow_dirty: Annotated[
        bool, typer.Option("--allow-dirty", help="Use a template with uncommitted changes.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be made, and make nothing.")
    ] = False,
    no_git: Annotated[
        bool, typer.Option("--no-git", help="Make no repository and no commit.")
    ] = False,
    no_install: Annotated[
        bool, typer.Option("--no-install", help="Lock and install no dependencies.")
    ] = False,
    trust: Annotated[
        bool, typer.Option("--trust", help="Install and commit what another template wrote.")
    ] = False,
) -> int:
    """Make a new project."""
    from scaffold.commands.new import Request, make

    request = Request(
        destination=destination,
        framework=framework,
        yes=yes,
        data=tuple(data or ()),
        answers=answers,
        template=template,
        ref=vcs_ref,
        allow_dirty=allow_dirty,
        dry_run=dry_run,
        commit=not no_git,
        install=not no_install,
        trust=trust,
    )
    return make(request, context.obj)


@app.command(cls=Command, epilog=_EPILOG)
def recommend(
    context: typer.Context,
    answers: Annotated[
        str | None,
        typer.Option("--answers", metavar="FILE", help="The interview's answers, - for stdin."),
    ] = None,
) -> int:
    """Recommend a framework, with reasons; write nothing."""
    from scaffold.commands.recommend import advise

    return advise(answers, context.obj)


@app.command(cls=Command, epilog=_EPILOG)
def options(
    context: typer.Context,
    framework: Annotated[
        str | None, typer.Argument(metavar="[FRAMEWORK]", help="Only what this one takes.")
    ] = None,
    template: Template = None,
    vcs_ref: Ref = None,
    evidence: Annotated[
        bool, typer.Option("--evidence", help="Show what is proven: when, and with which versions.")
    ] = False,
) -> None:
    """List the options with their choices and defaults."""
    from scaffold.commands.options import show

    show(framework, template, vcs_ref, context.obj, evidence=evidence)


@app.command(cls=Command, epilog=_EPILOG)
def update(
    context: typer.Context,
    project: Project = None,
    yes: Yes = False,
    data: Annotated[
        list[str] | None,
        typer.Option("--data", "-d", metavar="KEY=VALUE", help="Answer what the new version asks."),
    ] = None,
    template: Annotated[
        str | None,
        typer.Option("--template", metavar="SOURCE", help="Where the template is, if it moved."),
    ] = None,
    vcs_ref: Ref = None,
    dry_run: DryRun = False,
    diff: Diff = False,
    check: Check = False,
    trust: Trust = False,
) -> int:
    """Bring a project to the newest version of its template."""
    from scaffold.commands.changing import Wish
    from scaffold.commands.update import Request
    from scaffold.commands.update import update as run_update

    wish = Wish(yes=yes, dry_run=dry_run, difference=diff, check=check, trust=trust)
    request = Request(project, template, vcs_ref, tuple(data or ()), wish)
    return run_update(request, context.obj)


@app.command(cls=Command, epilog=_EPILOG)
def status(
    context: typer.Context,
    project: Project = None,
    exit_code: Annotated[
        bool,
        typer.Option("--exit-code", help="End with 3 if there is a newer version, 4 on conflicts."),
    ] = False,
    template: Annotated[
        str | None,
        typer.Option("--template", metavar="SOURCE", help="Where the template is, if it moved."),
    ] = None,
) -> int:
    """Show the version of a project, a newer one, and what differs."""
    from scaffold.commands.status import show

    return show(project, template, context.obj, exit_code=exit_code)


@app.command("set", cls=Command, epilog=_EPILOG)
def set_options(
    context: typer.Context,
    items: Items,
    project: Project = None,
    yes: Yes = False,
    dry_run: DryRun = False,
    diff: Diff = False,
    check: Check = False,
    trust: Trust = False,
) -> int:
    """Change options of a project."""
    from scaffold.commands.changing import Wish
    from scaffold.commands.set import Request, change

    wish = Wish(yes=yes, dry_run=dry_run, difference=diff, check=check, trust=trust)
    return change(Request(project, tuple(items), wish), context.obj)


@app.command("diff", cls=Command, epilog=_EPILOG)
def show_difference(context: typer.Context, items: Items, project: Project = None) -> int:
    """Show what "set" would change; write nothing."""
    from scaffold.commands.changing import Wish
    from scaffold.commands.set import Request, differ

    wish = Wish(yes=False, dry_run=True, difference=True, check=False, trust=False)
    return differ(Request(project, tuple(items), wish), context.obj)


def _hoist(arguments: Sequence[str]) -> list[str]:
    """Put the global flags first, wherever before "--" they were typed."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    flags = [each for each in arguments[:end] if each in _GLOBAL]
    return flags + [each for each in arguments[:end] if each not in _GLOBAL] + list(arguments[end:])


def _report(flags: Sequence[str]) -> "Report":
    from scaffold.report import Report

    color = "--no-color" not in flags and not os.environ.get("NO_COLOR")
    return Report(as_json="--json" in flags, quiet="--quiet" in flags, color=color)
