"""The sequence of `scaffold new`: decide, make, finish, report."""

import sys
from dataclasses import dataclass
from datetime import date
from typing import Any

from scaffold import (
    answers,
    decision,
    destination,
    ending,
    explain,
    finish,
    generate,
    git,
    memory,
    report,
    skeleton,
    source,
    values,
)
from scaffold.advisor import rubric
from scaffold.advisor.advice import Recommendation
from scaffold.catalogue import Catalogue
from scaffold.deciding import Decided, Deciding
from scaffold.project import Project
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
    trust: bool


def make(request: Request, to: Report) -> int:
    """Make the project and return the exit status.

    Raises:
        ScaffoldError: if it cannot be made; nothing has then been written.
    """
    git.require()
    place = destination.resolve(request.destination)
    file = answers.from_file(request.answers) if request.answers is not None else answers.Answered()
    flags = answers.from_flags(list(request.data), request.framework)
    with source.opened(request.template, request.ref, allow_dirty=request.allow_dirty) as found:
        trusted = found.is_own or request.trust
        skipped = finish.Skipped.of(request.install, request.commit, trusted=trusted)
        warnings = [*found.warnings, *skipped.warnings(found.recorded)]
        for warning in warnings:
            to.warn(warning)
        catalogue = Catalogue(found.catalogue(), found.read)
        first = next(iter(catalogue.questions), None)
        if first is not None and first.name == "project_name":
            catalogue.check(first, place.path.name, {})
        deciding = Deciding(
            catalogue,
            rubric.load(),
            {**file.options, **flags},
            "given on the command line"
            if skeleton.FRAMEWORK in flags
            else "given in a file of answers",
            file.interview,
            answers.suggestions(place.path.name),
        )
        asks = not request.yes and not to.as_json and sys.stdin.isatty() and sys.stdout.isatty()
        decided = _decide(request, place, found, deciding, to, asks=asks)
        if decided is None:
            return 130
        project = Project(place.path, decided.options, found.recorded, found.version)
        own = {}
        if decided.decision is not None:
            own[decision.PATH] = decision.record(rubric.load(), decided.decision, date.today())
        if request.dry_run:
            files = generate.preview(project, found, own)
        else:
            with to.working("writing the project"):
                files = generate.generate(project, place, found, own)
    if asks:
        memory.forget()
    command = _repeat(request, project, found, catalogue)
    result = _result(request, project, found, files, command) | _origins(catalogue, decided)
    result["warnings"] = warnings
    if request.dry_run:
        return ending.foresee(project, result, to, skipped)
    return ending.complete(project, result, catalogue.next_steps(project.options), to, skipped)


def _decide(
    request: Request,
    place: destination.Destination,
    found: source.Source,
    deciding: Deciding,
    to: Report,
    *,
    asks: bool,
) -> Decided | None:
    rules = deciding.rubric
    if not asks:
        decided = deciding.without_asking()
        made = decided.decision
        if made is not None and made.advice is not None:
            to.say(f"{rules.frameworks[made.advice.recommended]} is recommended.")
            to.say(explain.closeness(rules, made.advice))
        for name, cause in decided.causes.items():
            to.say(f"{name}: {values.plain(decided.options[name])}, from {cause}")
        for note in _notes(deciding.catalogue, decided):
            to.say(note)
        return decided

    def show(advice: Recommendation) -> None:
        to.say()
        to.lines(explain.lines(rules, advice, blocks=to.blocks))
        to.say()

    def review(decided: Decided) -> None:
        project = Project(place.path, decided.options, found.recorded, found.version)
        repeat = _repeat(request, project, found, deciding.catalogue)
        notes = _notes(deciding.catalogue, decided)
        report.review(to, project, notes, repeat, decided.causes)

    return deciding.by_asking(str(place.path), show, review, to.warn)


def _origins(catalogue: Catalogue, decided: Decided) -> dict[str, Any]:
    made = decided.decision
    return {
        "implied": _notes(catalogue, decided),
        "due_to": dict(decided.causes),
        "recommendation": explain.as_json(made.advice) if made and made.advice else None,
    }


def _notes(catalogue: Catalogue, decided: Decided) -> list[str]:
    implied = catalogue.implications(decided.options)
    return [f"{name}: {value}, due to {cause}" for name, value, cause in implied]


def _repeat(request: Request, project: Project, found: source.Source, catalogue: Catalogue) -> str:
    # What a machine suggests, another one suggests otherwise.
    named = {*catalogue.chosen(project.options), *answers.suggestions("")}
    template = None if request.template is None else found.recorded
    return report.command(project, template, named, dirty=found.is_dirty)


def _result(
    request: Request, project: Project, found: source.Source, files: list[str], command: str
) -> dict[str, Any]:
    return {
        "project": project.name,
        "destination": str(project.destination),
        "dry_run": request.dry_run,
        "template": found.described(),
        "answers": dict(project.options),
        "command": command,
        "files": files,
    }
