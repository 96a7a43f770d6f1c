"""What must be so whenever a project is changed, however the change ends."""

import json
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from conftest import Inside, git

from . import edits

# What git ignores, in every project.
IGNORED = {".env": b"SECRET=1\n", ".venv/mine": b"mine\n", "notes.rej": b"mine\n"}
_MARKER = b"<<<<<<< "


class State(NamedTuple):
    """All that a change might touch: files and links with their modes, the index, and the refs."""

    files: Mapping[str, tuple[bytes | str, bool]]
    staged: str
    refs: str


def state(project: Path) -> State:
    """How a project is."""
    files = {
        str(path.relative_to(project)): (
            (str(path.readlink()), False)
            if path.is_symlink()
            else (path.read_bytes(), bool(path.stat().st_mode & 0o100))
        )
        for path in edits.files(project)
    }
    return State(files, git(project, "ls-files", "-s"), git(project, "for-each-ref"))


@dataclass(frozen=True)
class Owned:
    """A project, and how it was when it was made."""

    project: Path
    start: Path
    scaffold: Inside

    def commit(self) -> None:
        """Commit all, with files beside it that git ignores."""
        git(self.project, "add", "--all", "--force")
        git(self.project, "commit", "--quiet", "--allow-empty", "--message", "Edit")
        for name, content in IGNORED.items():
            (self.project / name).parent.mkdir(exist_ok=True)
            (self.project / name).write_bytes(content)
        exclude = self.project / ".git/info/exclude"
        exclude.parent.mkdir(exist_ok=True)
        exclude.write_text("".join(f"/{name}\n" for name in IGNORED))

    def run(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """Change it, hold what must be so, and leave it changed; return the status and what was said."""
        command, *rest = arguments
        before, lines = state(self.project), edits.lines(self.project)
        done = self.scaffold(command, "-C", str(self.project), *rest, "--yes", "--json")
        assert "Traceback" not in done.stderr
        assert done.returncode in (0, 1, 2, 4), done.stderr
        if done.returncode in (1, 2):
            assert done.stderr.startswith("error: "), done.stderr
            assert state(self.project) == before
            return done.returncode, {"error": done.stderr}
        said: dict[str, Any] = json.loads(done.stdout)
        after = state(self.project)
        if not said["applied"]:
            assert after == before
            return done.returncode, said
        conflicts = {each["path"]: each for each in said["files"] if each["kind"] == "conflict"}
        assert (done.returncode == 4) == bool(conflicts or said["migrations"])
        self._is_told(before, after, conflicts)
        self._is_kept(before, after, lines, conflicts)
        return done.returncode, said

    def undo(self, said: dict[str, Any]) -> None:
        """Undo it by the command that was printed."""
        subprocess.run(shlex.split(said["undo"]), cwd=self.scaffold.folder, check=True)

    def _is_told(self, before: State, after: State, conflicts: dict[str, Any]) -> None:
        """Hold that what is not merged is told, here and to git, with the lines of its markers."""
        names = git(self.project, "ls-files", "-u", "-z").split("\0")[:-1]
        assert {name.partition("\t")[2] for name in names} == conflicts.keys()
        marked = {
            path: [n for n, line in enumerate(content.splitlines(), 1) if line.startswith(_MARKER)]
            for path, (content, _) in after.files.items()
            if isinstance(content, bytes) and content != before.files.get(path, (b"",))[0]
        }
        told = {path: each["lines"] for path, each in conflicts.items()}
        assert {k: v for k, v in marked.items() if v} == {k: v for k, v in told.items() if v}
        # All of it is staged.
        unstaged = git(self.project, "diff", "--name-only", "-z").split("\0")[:-1]
        assert set(unstaged) <= conflicts.keys()

    def _is_kept(
        self, before: State, after: State, lines: set[bytes], conflicts: dict[str, Any]
    ) -> None:
        """Hold that lines, links, modes and line ends of the owner's stay, and that what went stays away."""
        assert {name: after.files[name][0] for name in IGNORED} == IGNORED
        assert lines - edits.lines(self.start) - edits.lines(self.project) == set()
        for path, (content, executable) in before.files.items():
            if path in conflicts or path not in after.files:
                continue
            now, still = after.files[path]
            assert isinstance(now, str) == isinstance(content, str), path
            assert still or not executable, path
            if isinstance(content, str):
                assert now == content, path
            elif content.count(b"\n") == content.count(b"\r\n") > 0:
                assert isinstance(now, bytes)
                assert now.count(b"\n") == now.count(b"\r\n"), path
        gone = state(self.start).files.keys() - before.files.keys()
        assert gone & after.files.keys() == set()
