"""The end of `scaffold new`: what follows the files, and what is left to the user."""

import os
import shlex
from typing import Any

from scaffold import report, stopping
from scaffold.evidence.proof import Proof
from scaffold.making import destination, finish, installing
from scaffold.making.finish import Skipped
from scaffold.project import FollowUp, Project
from scaffold.report import Report


def foresee(
    project: Project, result: dict[str, Any], to: Report, skipped: Skipped, proven: Proof | None
) -> int:
    """Show what a project would hold and what would be run in it; return the exit status."""
    commands = finish.plan(skipped)
    to.say(f"{project.destination} would hold:")
    report.tree(to, result["files"])
    if commands:
        to.say(f"and then would be run: {'; '.join(commands)}")
    result["evidence"] = _prove(project, proven, to)
    if to.as_json:
        to.json(result | {"steps": [], "would_run": commands, "next_steps": []})
    return 0


def complete(
    project: Project,
    result: dict[str, Any],
    template_steps: list[str],
    to: Report,
    skipped: Skipped,
    proven: Proof | None,
) -> int:
    """Do what follows the files, show it and what is left to do; return the exit status."""
    to.say(f"ok {len(result['files'])} files in {project.destination}", "green")
    steps: list[FollowUp] = []
    status = 0
    try:
        with to.working("finishing"):
            done = finish.finish(
                project,
                skipped,
                starting=lambda command: to.say(f".. {command}", "dim"),
            )
            for step in done:
                steps.append(step)
                report.follow_up(to, step)
                if step.status == "failed":
                    result["warnings"].append(f"{step.name} failed: {step.detail}")
    except KeyboardInterrupt:
        status = stopping.status()
        to.warn("stopped; the project is complete, what follows is left to do")
    following = _next_steps(project, steps, template_steps)
    report.next_steps(to, following)
    result["evidence"] = _prove(project, proven, to)
    if to.as_json:
        steps_done = [step._asdict() for step in steps]
        to.json(result | {"steps": steps_done, "next_steps": following})
    return status


def _prove(project: Project, proven: Proof | None, to: Report) -> dict[str, Any] | None:
    """Say how far such a project is proven; of another's template nothing is known."""
    if proven is None:
        return None
    lock = project.destination / "uv.lock"
    to.say()
    to.say(proven.line(lock))
    return proven.as_json(lock)


def _next_steps(project: Project, steps: list[FollowUp], template_steps: list[str]) -> list[str]:
    following = []
    if project.destination != destination.here():
        following.append(f"cd {shlex.quote(os.path.relpath(project.destination))}")
    return following + installing.reach() + finish.left(steps) + template_steps
