"""The command line: flags to values, failures to exit statuses."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer
from typer.exceptions import TyperException

from scaffold import flags, stopping
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
    json: flags.AsJson = False,
    quiet: flags.Quiet = False,
    no_color: flags.NoColor = False,
    version: flags.Version = False,
) -> None:
    if version:
        print(f'{{"version": "{bundle.version()}"}}' if json else f"scaffold {bundle.version()}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit
    known = (("--json", json), ("--quiet", quiet), ("--no-color", no_color))
    context.obj = _report([flag for flag, given in known if given])


@app.command(cls=Command, epilog=_EPILOG)
def new(
    context: typer.Context,
    destination: flags.Destination = None,
    framework: flags.Framework = None,
    yes: flags.Defaults = False,
    data: flags.Data = None,
    answers: flags.Answers = None,
    template: flags.Template = None,
    vcs_ref: flags.Ref = None,
    allow_dirty: flags.AllowDirty = False,
    dry_run: flags.DryNew = False,
    no_git: flags.NoGit = False,
    no_install: flags.NoInstall = False,
    trust: flags.TrustNew = False,
) -> int:
    """Make a new project with FastAPI, Django or Flask.

    A terminal asks what you are building, recommends one of them, and asks for the rest.
    """
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
    answers: flags.Interview = None,
) -> int:
    """Recommend a framework, with reasons; write nothing."""
    from scaffold.commands.recommend import advise

    return advise(answers, context.obj)


@app.command(cls=Command, epilog=_EPILOG)
def options(
    context: typer.Context,
    framework: flags.Only = None,
    template: flags.Template = None,
    vcs_ref: flags.Ref = None,
    evidence: flags.Evidence = False,
) -> None:
    """List the options with their choices and defaults."""
    from scaffold.commands.options import show

    show(framework, template, vcs_ref, context.obj, evidence=evidence)


@app.command(cls=Command, epilog=_EPILOG)
def update(
    context: typer.Context,
    project: flags.Project = None,
    yes: flags.Yes = False,
    data: flags.NewData = None,
    template: flags.Moved = None,
    vcs_ref: flags.Ref = None,
    dry_run: flags.DryRun = False,
    diff: flags.Diff = False,
    check: flags.Check = False,
    trust: flags.Trust = False,
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
    project: flags.Project = None,
    exit_code: flags.ExitCode = False,
    template: flags.Moved = None,
) -> int:
    """Show the version of a project, a newer one, and what differs."""
    from scaffold.commands.status import show

    return show(project, template, context.obj, exit_code=exit_code)


@app.command("set", cls=Command, epilog=_EPILOG)
def set_options(
    context: typer.Context,
    items: flags.Items,
    project: flags.Project = None,
    yes: flags.Yes = False,
    dry_run: flags.DryRun = False,
    diff: flags.Diff = False,
    check: flags.Check = False,
    trust: flags.Trust = False,
) -> int:
    """Change options of a project."""
    from scaffold.commands.changing import Wish
    from scaffold.commands.set import Request, change

    wish = Wish(yes=yes, dry_run=dry_run, difference=diff, check=check, trust=trust)
    return change(Request(project, tuple(items), wish), context.obj)


@app.command("diff", cls=Command, epilog=_EPILOG)
def show_difference(
    context: typer.Context, items: flags.Items, project: flags.Project = None
) -> int:
    """Show what "set" would change; write nothing."""
    from scaffold.commands.changing import Wish
    from scaffold.commands.set import Request, differ

    wish = Wish(yes=False, dry_run=True, difference=True, check=False, trust=False)
    return differ(Request(project, tuple(items), wish), context.obj)


@app.command(cls=Command, epilog=_EPILOG)
def feature(
    context: typer.Context,
    name: flags.FeatureName,
    fields: flags.Fields = None,
    singular: flags.Singular = None,
    owner: flags.Owner = False,
    admin: flags.FeatureAdmin = False,
    pages: flags.FeaturePages = False,
    project: flags.Project = None,
    allow_dirty: flags.DirtyProject = False,
    dry_run: flags.DryFeature = False,
) -> int:
    """Write a feature, from model to tests, into a project."""
    from scaffold.commands.feature import Request, add

    request = Request(
        project=project,
        name=name,
        fields=tuple(fields or ()),
        singular=singular,
        owner=owner,
        admin=admin,
        pages=pages,
        allow_dirty=allow_dirty,
        dry_run=dry_run,
    )
    return add(request, context.obj)


@app.command(cls=Command, epilog=_EPILOG)
def bench(
    context: typer.Context,
    database: flags.BenchDatabase = "sqlite",
    server: flags.Servers = None,
    rounds: flags.Rounds = "3",
    seconds: flags.Seconds = "3",
    most: flags.Most = "8192",
    output: flags.Output = None,
) -> int:
    """Measure the three skeletons side by side on this machine.

    It needs wrk. They are made, installed and served in a folder that is gone afterwards; the figures become a
    table and a chart. That takes about ten minutes.
    """
    from scaffold.commands.bench import Request
    from scaffold.commands.bench import bench as run_bench

    request = Request(database, tuple(server or ()), rounds, seconds, most, output)
    return run_bench(request, context.obj)


def _hoist(arguments: Sequence[str]) -> list[str]:
    """Put the global flags first, wherever before "--" they were typed."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    first = [each for each in arguments[:end] if each in _GLOBAL]
    return first + [each for each in arguments[:end] if each not in _GLOBAL] + list(arguments[end:])


def _report(given: Sequence[str]) -> "Report":
    from scaffold.report import Report

    if "--no-color" in given:
        os.environ["NO_COLOR"] = "1"  # The prompts look there, and so do programs that are started.
    color = not os.environ.get("NO_COLOR")
    return Report(as_json="--json" in given, quiet="--quiet" in given, color=color)
