"""The sequence of `scaffold new`: decide, make, finish, report."""

import shutil
import sys
from dataclasses import dataclass
from datetime import date
from typing import Any

from scaffold import git, report
from scaffold.advisor import rubric, words
from scaffold.advisor.advice import Recommendation
from scaffold.asking import memory
from scaffold.catalogue import given, values
from scaffold.catalogue.catalogue import Catalogue
from scaffold.deciding import record
from scaffold.deciding.decider import Decider, Decision
from scaffold.deciding.fitting import FRAMEWORK
from scaffold.errors import BadDestination, ScaffoldError
from scaffold.evidence import proof
from scaffold.making import destination, finish, generate, wrap_up
from scaffold.making.destination import Destination
from scaffold.project import Project
from scaffold.report import Report
from scaffold.template import opening
from scaffold.template.source import Source

# The lines of the prompt that follows a recommendation.
_PROMPT = 8


@dataclass(frozen=True)
class Request:
    """What the command line asked for."""

    destination: str | None
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
    asks = not request.yes and not to.as_json and sys.stdin.isatty() and sys.stdout.isatty()
    place = _place(request.destination, asks=asks)
    file = given.from_file(request.answers) if request.answers is not None else given.Answered()
    flags = given.from_flags(list(request.data), request.framework)
    with opening.opened(request.template, request.ref, allow_dirty=request.allow_dirty) as found:
        trusted = found.is_own or request.trust
        skipped = finish.Skipped.of(request.install, request.commit, trusted=trusted)
        warnings = [
            *generate.surroundings(place),
            *found.warnings,
            *skipped.warnings(found.recorded),
        ]
        for warning in warnings:
            to.warn(warning)
        catalogue = Catalogue(found.catalogue(), found.read)
        first = next(iter(catalogue.options), None)
        if first is not None and first.name == "project_name":
            catalogue.check(first, place.path.name, {})
        decider = Decider(
            catalogue,
            rubric.load(),
            {**file.options, **flags},
            "given on the command line" if FRAMEWORK in flags else "given in a file of answers",
            file.interview,
            given.suggestions(place.path.name),
        )
        screen = _Screen(request, place, found, decider, to)
        decision = _asked(screen) if asks else decider.without_asking()
        if decision is None:
            return 130
        if not asks:
            screen.announce(decision)
        project = screen.project(decision)
        proven = proof.of(found, catalogue, project.options)
        own = {}
        if decision.framework is not None:
            own[record.PATH] = record.record(rubric.load(), decision.framework, date.today())
        if request.dry_run:
            files = generate.foresee(project, found, own)
        else:
            with to.working("writing the project"):
                files = generate.generate(project, place, found, own)
    if asks:
        memory.forget()
    command = _repeat(request, project, found, catalogue)
    result = _result(request, project, found, files, command) | _origins(catalogue, decision)
    result["warnings"] = warnings
    if request.dry_run:
        return wrap_up.foresee(project, result, to, skipped, proven)
    steps = catalogue.next_steps(project.options)
    return wrap_up.complete(project, result, steps, to, skipped, proven)


def _place(given: str | None, *, asks: bool) -> Destination:
    """Return where the project goes; somebody who gave no place is asked for one."""
    if given is not None:
        return destination.resolve(given)
    if not asks:
        raise BadDestination(
            "the destination is missing: give the project's folder, as in scaffold new shop"
        )
    from scaffold.asking import prompts

    def verdict(text: object) -> bool | str:
        try:
            return bool(destination.resolve(str(text)))
        except ScaffoldError as error:
            return str(error)

    named: Any = prompts.BACK
    while named is prompts.BACK:
        named = prompts.text("The project's folder", "", verdict, alone=True)
    return destination.resolve(named)


def _asked(screen: "_Screen") -> Decision | None:
    from scaffold.deciding.dialogue import Dialogue

    return Dialogue(screen.decider, str(screen.place.path), screen).ask()


@dataclass(frozen=True)
class _Screen:
    """What is shown of a decision, before it is taken and after."""

    request: Request
    place: Destination
    found: Source
    decider: Decider
    to: Report

    def recommendation(self, advice: Recommendation) -> None:
        self.to.say()
        lines = list(words.lines(self.decider.rubric, advice, blocks=self.to.blocks))
        self.to.lines(lines)
        self.to.say()
        if len(lines) > shutil.get_terminal_size().lines - _PROMPT:
            self.to.lines(words.verdict(self.decider.rubric, advice))
            self.to.say()

    def review(self, decision: Decision) -> None:
        project, catalogue = self.project(decision), self.decider.catalogue
        repeat = _repeat(self.request, project, self.found, catalogue)
        report.review(self.to, project, _notes(catalogue, decision), repeat, decision.causes)

    def warn(self, text: str) -> None:
        self.to.warn(text)

    def announce(self, decision: Decision) -> None:
        rules, made = self.decider.rubric, decision.framework
        if made is not None and made.advice is not None:
            self.to.say(f"{rules.frameworks[made.advice.recommended]} is recommended.")
            self.to.say(words.closeness(rules, made.advice))
        for name, cause in decision.causes.items():
            self.to.say(f"{name}: {values.plain(decision.options[name])}, from {cause}")
        for note in _notes(self.decider.catalogue, decision):
            self.to.say(note)

    def project(self, decision: Decision) -> Project:
        found = self.found
        return Project(self.place.path, decision.options, found.recorded, found.version)


def _origins(catalogue: Catalogue, decision: Decision) -> dict[str, Any]:
    made = decision.framework
    return {
        "implied": _notes(catalogue, decision),
        "due_to": dict(decision.causes),
        "recommendation": words.as_json(made.advice) if made and made.advice else None,
    }


def _notes(catalogue: Catalogue, decision: Decision) -> list[str]:
    implied = catalogue.implications(decision.options)
    return [f"{name}: {value}, due to {cause}" for name, value, cause in implied]


def _repeat(request: Request, project: Project, found: Source, catalogue: Catalogue) -> str:
    # What a machine suggests, another one suggests otherwise.
    named = {*catalogue.chosen(project.options), *given.suggestions("")}
    template = None if request.template is None else found.recorded
    return report.command(project, template, named, dirty=found.is_dirty)


def _result(
    request: Request, project: Project, found: Source, files: list[str], command: str
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
