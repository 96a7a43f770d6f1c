"""What `scaffold update` and `scaffold set` have in common: the plan, the question, the doing, the end."""

import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scaffold import git, report, stopping
from scaffold.making import destination, installing, running
from scaffold.project import FollowUp
from scaffold.report import Report
from scaffold.updating import changes, locking, outset
from scaffold.updating.keeping import is_migration
from scaffold.updating.locking import Lock
from scaffold.updating.plan import KINDS
from scaffold.updating.proposal import Proposal
from scaffold.updating.recorded import Recorded
from scaffold.updating.repository import Repository

CONFLICTS = 4
_CHECK = ["make", "check"]


@dataclass(frozen=True)
class Wish:
    """How a change is to be made."""

    yes: bool
    dry_run: bool
    difference: bool
    check: bool
    trust: bool

    def asks(self, to: Report) -> bool:
        """Return whether there is somebody to ask, and something is to be asked."""
        silent = self.yes or self.dry_run or to.as_json
        return not silent and sys.stdin.isatty() and sys.stdout.isatty()


def ready(given: str | None, wish: Wish, to: Report) -> tuple[Repository, Recorded]:
    """Return the project at a folder and what it remembers, if it can be changed.

    Raises:
        NotReady, BadProject: if it cannot.
    """
    project, remembered, recovered = outset.ready(given, writes=not wish.dry_run)
    if recovered:
        to.warn("what a run that was stopped had begun to write was taken back")
    return project, remembered


def carry_out(proposal: Proposal, wish: Wish, notes: Sequence[str], to: Report) -> int:
    """Show a proposal, and take its steps if that is wanted; return the exit status.

    Raises:
        ScaffoldError: if they cannot be taken; the project is then as it was.
    """
    result = described(proposal, notes)
    if proposal.is_empty:
        to.say("Nothing would change.")
        return _end(result | {"applied": False}, 0, to)
    show(proposal, result["changes"], result["notes"], to)
    if wish.difference:
        difference = proposal.difference()
        result["diff"] = difference
        to.say()
        to.lines((line, _style(line)) for line in difference.splitlines())
    if wish.dry_run:
        return _end(result | {"applied": False}, 0, to)
    if not wish.yes and not wish.asks(to):
        to.warn("nothing was written: say so with --yes, or run it on a terminal")
        return _end(result | {"applied": False}, 2, to)
    if wish.asks(to):
        from scaffold.asking import prompts

        if prompts.confirm("Write this?", True, alone=True) is not True:
            to.say("Nothing was written.")
            return _end(result | {"applied": False}, 0, to)
    undo = proposal.undo().replace("git", destination.git(proposal.project.folder), 1)
    written = False
    try:
        with to.working("writing"), stopping.deferred():
            proposal.apply()
            written = True
    except KeyboardInterrupt:
        if not written:
            raise
    return _finish(proposal, wish, result | {"applied": True, "undo": undo}, to)


def described(proposal: Proposal, notes: Sequence[str]) -> dict[str, Any]:
    """Return a proposal as JSON has it."""
    old, new = proposal.old.source, proposal.new.source
    return {
        "project": str(proposal.project.folder),
        "from": old.described(),
        "to": new.described(),
        "answers": [each._asdict() for each in proposal.changes],
        "notes": [*notes, *proposal.losses, *proposal.orphans],
        "migrations": list(proposal.split),
        "files": [{**each._asdict(), "lines": list(each.lines)} for each in proposal.steps],
        "changes": changes.between(old, new),
        "lock": proposal.lock.value,
    }


def show(proposal: Proposal, sections: Sequence[str], notes: Sequence[str], to: Report) -> None:
    """Show a proposal: versions, sections of the changelog, answers, notes, and each file."""
    old, new = proposal.old.source, proposal.new.source
    if old.ref != new.ref:
        to.say(f"{old.version} to {new.version}", "bold")
        for section in sections:
            to.say()
            to.lines((line, "") for line in changes.fitted(section, to.width))
        to.say()
    for each in proposal.changes:
        to.say(f"  {each}", "cyan")
    for note in notes:
        to.say(f"  {note}", "yellow")
    for kind, words in KINDS.items():
        found = proposal.of_kind(kind)
        if not found:
            continue
        to.say(f"{words} ({len(found)})", "bold red" if kind == "conflict" else "bold")
        for step in found:
            before = f"{step.before} to " if step.before else ""
            detail = f": {step.detail}" if step.detail else ""
            lines = f" (line {', '.join(map(str, step.lines))})" if step.lines else ""
            to.say(f"  {before}{step.path}{lines}{detail}")
    for sentence in proposal.split:
        to.say(sentence, "bold red")


def _finish(proposal: Proposal, wish: Wish, result: dict[str, Any], to: Report) -> int:
    """Do and say what git does not see. A run that is stopped there says what it wrote, too."""
    to.say()
    to.say(f"ok {len(proposal.steps)} files", "green")
    done: list[FollowUp] = []
    status = CONFLICTS if proposal.is_undecided else 0
    try:
        stopping.check()
        for each in _follow_ups(proposal, wish, to):
            done.append(each)
            report.follow_up(to, each)
            if each.status == "failed":
                to.warn(f"{each.name} failed: {each.detail.partition(chr(10))[0]}")
            if each.name == "check" and each.status == "failed":
                status = 1
    except KeyboardInterrupt:
        status = stopping.status()
        to.warn("stopped; all files are written, what follows is left to do")
        if proposal.lock is Lock.DUE and not done:
            done.append(FollowUp("lock", "skipped", "stopped", locking.RENEW))
    following = _next_steps(proposal, done)
    report.next_steps(to, following)
    to.say()
    to.say("To undo all of it:", "dim")
    to.say(f"  {result['undo']}")
    ended = {"steps": [each._asdict() for each in done], "next_steps": following}
    return _end(result | ended, status, to)


def _follow_ups(proposal: Proposal, wish: Wish, to: Report) -> Iterator[FollowUp]:
    """Do what follows the files, and yield each step as it ends."""
    trusted = proposal.new.source.is_own or wish.trust
    if proposal.lock is Lock.UNKNOWN:
        detail = "pyproject.toml cannot be read as it is"
        yield FollowUp("lock", "skipped", detail, locking.RENEW)
    elif proposal.lock is Lock.DUE:
        with to.working("uv lock"):
            renewed = locking.renew(proposal.project, trusted=trusted)
        yield renewed
    if not wish.check:
        return
    command = " ".join(_CHECK)
    if proposal.is_undecided:
        yield FollowUp("check", "skipped", "what is for you to decide comes first", command)
    elif not trusted:
        yield FollowUp("check", "skipped", "the template is not trusted", command)
    else:
        with to.working(command):
            checked = _check(proposal, command)
        yield checked


def _check(proposal: Proposal, command: str) -> FollowUp:
    # Tests that are interrupted take away what they made elsewhere, such as databases.
    environment = git.environment()
    if (uv := installing.find_uv()) and not uv.on_path:
        environment["PATH"] = f"{environment.get('PATH', os.defpath)}:{os.path.dirname(uv.path)}"
    failure = running.run(_CHECK, proposal.project.folder, 3600, environment, grace=10).failure
    if not failure:
        return FollowUp("check", "done")
    lines = failure.splitlines()
    # What make says last of all names the target; before that stands what the programs wrote.
    why = next((each for each in reversed(lines) if each.startswith(_CHECK[0])), lines[0])
    rest = [each for each in lines if each is not why]
    return FollowUp("check", "failed", "\n".join([why, *rest]), command)


def _next_steps(proposal: Proposal, done: Sequence[FollowUp]) -> list[str]:
    conflicts = proposal.merged.conflicts
    following = destination.reach(proposal.project.folder)
    checked = any(each.name == "check" and each.status == "done" for each in done)
    if not checked or proposal.lock is not Lock.UNCHANGED:
        following += installing.reach()
    if conflicts:
        named = shlex.join(sorted({each.path for each in conflicts}))
        following.append(f"resolve the conflicts, then: git add -- {named}")
    following += [each.remedy for each in done if each.remedy and each.name == "lock"]
    written = {each.path for each in proposal.steps if each.kind not in ("kept", "deleted")}
    if proposal.lock is not Lock.UNCHANGED:
        following.append("uv sync")
    following += proposal.split
    if any(is_migration(path) for path in written):
        following.append("make migrate")
    if not checked:
        following.append("make check")
    if any(each.name == "check" and each.status == "failed" for each in done):
        following.append("git add --all")  # What is mended for it.
    message = f"Update the template to {proposal.new.source.version}"
    if proposal.old.source.ref == proposal.new.source.ref:
        message = "Change the options"
    return [*following, f'git commit -m "{message}"']


def _style(line: str) -> str:
    if line.startswith(("+++", "---", "diff ", "index ")):
        return "bold"
    return {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")


def _end(result: Mapping[str, Any], status: int, to: Report) -> int:
    if to.as_json:
        to.json(result)
    return status
