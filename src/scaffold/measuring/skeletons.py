"""The skeletons as they are measured: generated with the same options, installed, with one feature."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from scaffold.catalogue import given
from scaffold.catalogue.catalogue import Catalogue
from scaffold.catalogue.option import Answer
from scaffold.deciding import fitting
from scaffold.deciding.fitting import FRAMEWORK
from scaffold.errors import BadAnswer, MeasuringFailed
from scaffold.growing import adding, fields, found, names, rows, writing
from scaffold.growing.feature import Feature
from scaffold.making import destination, generate, installing
from scaffold.measuring.projects import FEATURE, FIELDS
from scaffold.project import Project
from scaffold.template.source import Source

SERVER = "server"


class Skeleton(NamedTuple):
    """One to be measured: its framework and server, as people call them, and all of its answers."""

    title: str
    server: str
    options: dict[str, Answer]

    @property
    def framework(self) -> str:
        """The framework's id."""
        return str(self.options[FRAMEWORK])

    @property
    def name(self) -> str:
        """What it is called in tables and charts."""
        return f"{self.title}, {self.server}"


def chosen(catalogue: Catalogue, database: str, servers: Sequence[str]) -> list[Skeleton]:
    """Return each framework with each of the servers that it takes; with its default one if none is named.

    Raises:
        BadAnswer: if no framework takes one of them.
    """
    skeletons = []
    taken: set[str] = set()
    for framework in fitting.frameworks(catalogue):
        for server in servers or [""]:
            wanted = {
                FRAMEWORK: framework,
                "database": database,
                "auth": "jwt",
                "deploy": [],
                "ci": "none",
            } | ({SERVER: server} if server else {})
            try:
                options = catalogue.complete(wanted, given.suggestions(f"bench-{framework}"))
            except BadAnswer:
                if not server:
                    raise
                continue
            taken.add(server)
            title, served = (_title(catalogue, name, options) for name in (FRAMEWORK, SERVER))
            skeletons.append(Skeleton(title, served, options))
    for server in servers:
        if server not in taken:
            raise BadAnswer(f'--server: no framework takes "{server}"')
    return skeletons


def made(
    skeletons: Sequence[Skeleton], source: Source, folder: Path, starting: Callable[[str], None]
) -> Iterator[Path]:
    """Make and install each of them below a folder, and yield where it is.

    Raises:
        MeasuringFailed: if its dependencies cannot be installed.
        ScaffoldError: if it cannot be made.
    """
    for number, skeleton in enumerate(skeletons):
        starting(skeleton.name)
        place = destination.resolve(str(folder / f"{number}-{skeleton.framework}"))
        project = Project(place.path, skeleton.options, source.recorded, source.version)
        generate.generate(project, place, source, {})
        _grow(place.path)
        for step in installing.install(place.path, "", lambda _command: None):
            if step.status != "done":
                raise MeasuringFailed(f"{skeleton.name}: {step.name}: {step.detail}")
        yield place.path


def _grow(folder: Path) -> None:
    project = found.find(folder)
    feature = Feature(names.name(FEATURE, None, project.package), fields.fields(FIELDS))
    written = adding.written(feature, project, rows.models(project))
    writing.write(folder, written.files, written.before)


def _title(catalogue: Catalogue, name: str, options: dict[str, Answer]) -> str:
    choices = catalogue.choices(catalogue.option(name), options)
    title = next(each.title for each in choices if each.value == options[name])
    return title.partition(":")[0]
