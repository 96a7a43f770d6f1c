"""The flags and arguments of the commands, with what `--help` says of each."""

from typing import Annotated

import typer

AsJson = Annotated[
    bool, typer.Option("--json", help="One JSON object on standard output; ask nothing.")
]
Quiet = Annotated[bool, typer.Option("--quiet", help="Show errors and warnings alone.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours (as with NO_COLOR).")]
Version = Annotated[bool, typer.Option("--version", help="Show the version and end.")]
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
Moved = Annotated[
    str | None,
    typer.Option("--template", metavar="SOURCE", help="Where the template is, if it moved."),
]
Destination = Annotated[
    str | None,
    typer.Argument(metavar="DEST", help="The project's folder: new, or empty. A terminal asks."),
]
Framework = Annotated[
    str | None,
    typer.Option(
        "--framework",
        metavar="NAME",
        help="fastapi, django or flask: no interview, this one.",
    ),
]
Defaults = Annotated[bool, typer.Option("--yes", "-y", help="Take the defaults and ask nothing.")]
Data = Annotated[
    list[str] | None,
    typer.Option("--data", "-d", metavar="KEY=VALUE", help="Answer an option (repeatable)."),
]
Answers = Annotated[
    str | None,
    typer.Option("--answers", metavar="FILE", help="Answers in JSON or YAML, - for stdin."),
]
AllowDirty = Annotated[
    bool, typer.Option("--allow-dirty", help="Use a template with uncommitted changes.")
]
DryNew = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be made, and make nothing.")
]
NoGit = Annotated[bool, typer.Option("--no-git", help="Make no repository and no commit.")]
NoInstall = Annotated[bool, typer.Option("--no-install", help="Lock and install no dependencies.")]
TrustNew = Annotated[
    bool, typer.Option("--trust", help="Install and commit what another template wrote.")
]
Interview = Annotated[
    str | None,
    typer.Option("--answers", metavar="FILE", help="The interview's answers, - for stdin."),
]
Only = Annotated[
    str | None, typer.Argument(metavar="[FRAMEWORK]", help="Only what this one takes.")
]
Evidence = Annotated[
    bool, typer.Option("--evidence", help="Show what is proven: when, and with which versions.")
]
NewData = Annotated[
    list[str] | None,
    typer.Option("--data", "-d", metavar="KEY=VALUE", help="Answer what the new version asks."),
]
ExitCode = Annotated[
    bool,
    typer.Option("--exit-code", help="End with 3 if there is a newer version, 4 on conflicts."),
]
FeatureName = Annotated[
    str, typer.Argument(metavar="NAME", help="The plural, as in the path: order_items.")
]
Fields = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FIELD:TYPE…]",
        help="str, str:80, text, int, decimal, bool, date, datetime, uuid, email, enum:a,b, ref:other; "
        "? may be null, ! is unique.",
    ),
]
Singular = Annotated[
    str | None,
    typer.Option("--singular", metavar="NAME", help="What one of them is called: order_item."),
]
Owner = Annotated[
    bool, typer.Option("--owner", help="Rows are their creator's: others do not see them.")
]
FeatureAdmin = Annotated[
    bool, typer.Option("--admin", help="Django's admin lists, finds and changes them, too.")
]
FeaturePages = Annotated[
    bool, typer.Option("--pages", help="Pages to list, show, add, change and delete them, too.")
]
DryFeature = Annotated[
    bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")
]
DirtyProject = Annotated[
    bool, typer.Option("--allow-dirty", help="Write beside changes that are not committed.")
]
BenchDatabase = Annotated[
    str,
    typer.Option(
        "--database",
        metavar="sqlite|URL",
        help="sqlite, or a PostgreSQL server, for databases that are dropped afterwards.",
    ),
]
Servers = Annotated[
    list[str] | None,
    typer.Option(
        "--server",
        metavar="NAME",
        help="granian, uvicorn, gunicorn (repeatable): each framework on those that it takes.",
    ),
]
Rounds = Annotated[
    str, typer.Option("--rounds", metavar="N", help="How often each load is repeated.")
]
Seconds = Annotated[str, typer.Option("--seconds", metavar="N", help="How long a load lasts.")]
Most = Annotated[
    str,
    typer.Option("--most", metavar="N", help="Try to hold as many connections; 0 leaves it out."),
]
Output = Annotated[
    str | None,
    typer.Option("--output", metavar="DIR", help="Where the table and the chart go, if not here."),
]
