"""What people see, and the JSON forms of the same.

Rich is imported for terminals alone: a pipe gets the same lines without it.
"""

import json
import shlex
import shutil
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from scaffold.catalogue.values import plain
from scaffold.errors import ScaffoldError
from scaffold.project import FollowUp, Project

if TYPE_CHECKING:
    from rich.status import Status

# What came from a file or a flag is shown, and not obeyed by the terminal: controls, and what turns the
# direction of writing. JSON escapes the first of them itself.
_OBEYED = (
    *range(0x7F, 0xA0),
    *(0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF),
)
_ESCAPED = {code: f"\\u{code:04x}" for code in _OBEYED}
_CONTROLS = _ESCAPED | {
    code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"
}
_MARKS = {"done": ("ok", "green"), "skipped": ("--", "dim"), "failed": ("!!", "yellow")}


class Report:
    """Writes to people, in the way that the global flags ask for."""

    def __init__(self, *, as_json: bool, quiet: bool, color: bool) -> None:
        """Choose the stream: with JSON, standard output is the object's alone."""
        self.as_json = as_json
        self._quiet = quiet
        self._color = color
        self._stream: TextIO = sys.stderr if as_json else sys.stdout
        self._spinner: Status | None = None

    def say(self, text: str = "", style: str = "") -> None:
        """Write a line, unless told to be quiet."""
        if not self._quiet:
            self._write(text, style, self._stream)

    def lines(self, lines: Iterable[tuple[str, str]]) -> None:
        """Write lines, each with its style."""
        for text, style in lines:
            self.say(text, style)

    @property
    def blocks(self) -> bool:
        """Whether the stream can show block characters."""
        return (self._stream.encoding or "").lower().replace("-", "") == "utf8"

    @property
    def width(self) -> int | None:
        """How many characters a line has room for, on a terminal."""
        return shutil.get_terminal_size().columns if self._stream.isatty() else None

    def warn(self, text: str) -> None:
        """Write a warning; quiet does not hide it."""
        self._write(f"warning: {text}", "yellow", sys.stderr)

    def error(self, error: ScaffoldError) -> None:
        """Write why the run failed, in JSON too if that was asked for."""
        self._write(f"error: {error}", "bold red", sys.stderr)
        if self.as_json:
            kind = type(error).__name__
            self.json({"error": {"type": kind, "message": str(error), "status": error.status}})

    def json(self, data: Mapping[str, Any]) -> None:
        """Write the one object on standard output."""
        text = json.dumps(data, ensure_ascii=False, indent=2)
        sys.stdout.write(text.translate(_ESCAPED) + "\n")

    @contextmanager
    def working(self, text: str) -> Iterator[None]:
        """Show that something takes its time, where somebody watches."""
        if self._quiet or not self._color or not sys.stderr.isatty():
            yield
            return
        from rich.console import Console

        with Console(stderr=True).status(text) as self._spinner:
            try:
                yield
            finally:
                self._spinner = None

    def _write(self, text: str, style: str, stream: TextIO) -> None:
        text = text.translate(_CONTROLS)
        # A spinner that turns while a line is written leaves itself in that line.
        spinner = self._spinner
        if spinner is not None:
            spinner.stop()
        self._line(text, style, stream)
        if spinner is not None:
            stream.flush()
            spinner.start()

    def _line(self, text: str, style: str, stream: TextIO) -> None:
        if not (style and self._color and stream.isatty()):
            stream.write(f"{text}\n")
            return
        from rich.console import Console

        console = Console(file=stream)
        console.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def command(project: Project, template: str | None, named: Collection[str], *, dirty: bool) -> str:
    """Return the command that makes the same project again, from the same version, with what is `named`.

    What is not committed (`dirty`) is of no version: the command takes what is there then.
    """
    words = ["scaffold", "new", str(project.destination), "--yes"]
    if template is not None:
        words += ["--template", template]
    if dirty:
        words += ["--vcs-ref", "HEAD", "--allow-dirty"]
    elif project.version:
        words += ["--vcs-ref", project.version]
    for name, value in project.options.items():
        if name not in named:
            continue
        if name == "framework":
            words += ["--framework", str(value)]
        else:
            words += ["--data", f"{name}={plain(value)}"]
    return shlex.join(words)


def review(
    report: Report,
    project: Project,
    notes: Sequence[str],
    repeat: str,
    causes: Mapping[str, str] | None = None,
) -> None:
    """Show what is about to be made, what is due to what, and the command that would make it without asking."""
    report.say()
    report.say(f"{project.destination}", "bold")
    width = max(map(len, project.options), default=0)
    for name, value in project.options.items():
        cause = f" (from {causes[name]})" if causes and name in causes else ""
        report.say(f"  {name:{width}}  {plain(value)}{cause}")
    for note in notes:
        report.say(f"  {note}", "cyan")
    report.say()
    report.say("The same options again, without a question:", "dim")
    report.say(f"  {repeat}")
    report.say()


def tree(report: Report, files: Sequence[str]) -> None:
    """Show files as the tree that they form."""
    shown: list[str] = []
    for file in files:
        parts = file.split("/")
        for depth in range(len(parts)):
            if parts[: depth + 1] != shown[: depth + 1]:
                folder = depth < len(parts) - 1
                name = parts[depth].replace("\n", "\\n")
                report.say("  " * (depth + 1) + name + "/" * folder)
        shown = parts


def follow_up(report: Report, done: FollowUp) -> None:
    """Show how one thing after the files ended."""
    mark, style = _MARKS[done.status]
    first, _, rest = done.detail.partition("\n")
    ending = f": {first}" if first else ""
    report.say(f"{mark} {done.name}{ending}", style)
    for line in rest.splitlines():
        report.say(f"     {line}", "dim")


def next_steps(report: Report, steps: Sequence[str]) -> None:
    """List what is left to the user."""
    report.say()
    report.say("Next:", "bold")
    for each in steps:
        report.say(f"  {each}")
