"""The sequence of `scaffold new`: decide, make, finish, report."""

import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from scaffold import answers, destination, finish, generate, git, report, source, stopping
from scaffold.catalogue import Catalogue
from scaffold.project import Project, Step
from scaffold.report import Report


@dataclass(frozen=True)
class Request:
    """What the command line asked for."""

    destination: str
    framework: str | None
    yes: bool
    data: tuple[str, ...]
    answers: str | None
    template: str | None
    ref: str | None
    allow_dirty: bool
    dry_run: bool
    commit: bool
    install: bool


def make(request: Request, to: Report) -> int:
    """Make the project and return the exit status.

    Raises:
        ScaffoldError: if it cannot be made; nothing has then been written.
    """
    git.require()
    place = destination.resolve(request.destination)
    given = answers.from_file(request.answers) if request.answers is not None else {}
    given |= answers.from_flags(list(request.data), request.framework)
    with source.opened(request.template, request.ref, allow_dirty=request.allow_dirty) as found:
        warnings = list(found.warnings)
        for warning in warnings:
            to.warn(warning)
        catalogue = Catalogue(found.catalogue(), found.read)
        project = _decide(request, place, given, found, catalogue, to)
        if project is None:
            return 130
        if request.dry_run:
            files = generate.preview(project, found)
        else:
            with to.working("writing the project"):
                files = generate.generate(project, place, found)
    notes = _notes(catalogue, project)
    result = _result(request, project, found, files) | {"implied": notes, "warnings": warnings}
    if request.dry_run:
        return _preview(request, project, files, result, to)
    return _finish(request, project, result, catalogue.next_steps(project.options), to)


def _decide(
    request: Request,
    place: destination.Destination,
    given: Mapping[str, object],
    found: source.Source,
    catalogue: Catalogue,
    to: Report,
) -> Project | None:
    name = place.path.name
    first = next(iter(catalogue.questions), None)
    if first is not None and first.name == "project_name":
        catalogue.check(first, name, {})
    suggested = answers.suggestions(name)

    def project(options: Mapping[str, Any]) -> Project:
        return Project(place.path, options, found.recorded, found.version)

    def review(options: Mapping[str, Any]) -> None:
        decided = project(options)
        notes = _notes(catalogue, decided)
        report.review(to, decided, notes, report.command(decided, request.template))

    if request.yes or to.as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        decided = project(catalogue.complete(given, suggested))
        for note in _notes(catalogue, decided):
            to.say(note)
        return decided
    from scaffold import interview

    options = interview.ask(catalogue, given, suggested, review)
    return None if options is None else project(options)


def _notes(catalogue: Catalogue, project: Project) -> list[str]:
    implied = catalogue.implications(project.options)
    return [f"{name}: {value}, due to {cause}" for name, value, cause in implied]


def _result(
    request: Request, project: Project, found: source.Source, files: list[str]
) -> dict[str, Any]:
    return {
        "project": project.name,
        "destination": str(project.destination),
        "dry_run": request.dry_run,
        "template": found.described(),
        "answers": dict(project.options),
        "command": report.command(project, request.template),
        "files": files,
    }


def _preview(
    request: Request, project: Project, files: list[str], result: dict[str, Any], to: Report
) -> int:
    commands = finish.plan(install=request.install, commit=request.commit)
    to.say(f"{project.destination} would hold:")
    report.tree(to, files)
    if commands:
        to.say(f"and then would be run: {'; '.join(commands)}")
    if to.as_json:
        to.json(result | {"steps": [], "would_run": commands, "next_steps": []})
    return 0


def _finish(
    request: Request,
    project: Project,
    result: dict[str, Any],
    template_steps: list[str],
    to: Report,
) -> int:
    to.say(f"ok {len(result['files'])} files in {project.destination}", "green")
    steps: list[Step] = []
    status = 0
    try:
        with to.working("finishing"):
            done = finish.finish(
                project,
                install=request.install,
                commit=request.commit,
                starting=lambda command: to.say(f".. {command}", "dim"),
            )
            for step in done:
                steps.append(step)
                report.step(to, step)
                if step.status == "failed":
                    result["warnings"].append(f"{step.name} failed: {step.detail}")
    except KeyboardInterrupt:
        status = stopping.status()
        to.warn("stopped; the project is complete, what follows is left to do")
    following = _next_steps(project, steps, template_steps)
    report.next_steps(to, following)
    if to.as_json:
        steps_done = [asdict(step) for step in steps]
        to.json(result | {"steps": steps_done, "next_steps": following})
    return status


def _next_steps(project: Project, steps: list[Step], template_steps: list[str]) -> list[str]:
    following = []
    if project.destination != destination.here():
        following.append(f"cd {shlex.quote(os.path.relpath(project.destination))}")
    uv = finish.find_uv()
    if uv is None:
        following.append("install uv: https://docs.astral.sh/uv/")
    elif not uv.on_path:
        folder = shlex.quote(os.path.dirname(uv.path))
        following.append(f'export PATH={folder}:"$PATH"   # where uv is')
    return following + finish.left(steps) + template_steps
