"""Makes the project's files: rendered aside, checked, and moved into place in one rename."""

import errno
import os
import tempfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import BinaryIO

from scaffold.catalogue import bounded
from scaffold.errors import ScaffoldError, TemplateFailed
from scaffold.making import render, staging
from scaffold.making.destination import Destination
from scaffold.project import Project
from scaffold.template.context import Origin
from scaffold.template.preview import Template
from scaffold.template.source import Source

ANSWERS = ".copier-answers.yml"


Texts = Mapping[str, str]


def generate(project: Project, destination: Destination, source: Source, own: Texts) -> list[str]:
    """Write the project, with texts of its `own` by path beside the template's files; return all files.

    Raises:
        TemplateFailed: if the template does not give what was asked for.
        ScaffoldError: if the place cannot be written to; it is then as it was.
    """
    try:
        return _generate(project, destination, source, own)
    except OSError as error:
        if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
            reason = "something else was made there meanwhile"
            raise ScaffoldError(f"{destination.path} is taken: {reason}") from error
        raise ScaffoldError(f"{destination.path} cannot be written: {error}") from error


def foresee(project: Project, source: Source, own: Texts) -> list[str]:
    """Return the files that `generate` would write, and write nothing.

    Raises:
        TemplateFailed: if it would.
    """
    template = Template(source.files())
    render.require(template.settings.get("min_copier_version"))
    origin = Origin(source.recorded, source.version, source.ref, project.destination.name)
    files = template.render(project.options, origin)
    for path in files:
        _leave_to_git(path)
    folders = {str(above) for path in files for above in PurePosixPath(path).parents}
    for path in own:
        if path in folders or any(str(above) in files for above in PurePosixPath(path).parents):
            raise TemplateFailed(f"the template makes something else of {path}")
    _check(project, source, BytesIO(files.get(ANSWERS, b"")))
    return sorted({*files, *own})


def _generate(project: Project, destination: Destination, source: Source, own: Texts) -> list[str]:
    path = destination.path
    beside = _beside(destination)
    staging.sweep(beside)
    with staging.staged(beside) as stage:
        if destination.exists:
            target = path.resolve()
            made, files = rendered(project, source, own, stage.folder, target.name)
            stage.fill(made, target)
            return files
        # Folders above it that do not exist yet come into being with it, in the same rename.
        missing = path.relative_to(destination.anchor)
        made, files = rendered(project, source, own, stage.folder, missing)
        first = missing.parts[0]
        whole = made.parents[len(missing.parts) - 1] / first
        stage.place(whole, destination.anchor / first)
        return files


def rendered(
    project: Project,
    source: Source,
    own: Texts,
    folder: Path,
    place: Path | str,
    facts: Mapping[str, bool] = MappingProxyType({}),
) -> tuple[Path, list[str]]:
    """Render a project below `folder`, checked but not in its place; return where, and its files.

    The template is given `facts` beside the answers, which the project does not remember.

    Raises:
        TemplateFailed: if the template does not give what was asked for.
    """
    scratch = folder / "scratch"
    scratch.mkdir()
    made = folder / "made" / place
    made.mkdir(parents=True)
    render.render(source, {**project.options, **facts}, made, scratch)
    _confine(made)
    try:
        with (made / ANSWERS).open("rb") as answers:
            _check(project, source, answers)
    except OSError as error:
        raise TemplateFailed(f"the template gave no {ANSWERS} that can be read: {error}") from error
    for path, text in own.items():
        file = made / path
        above = [each for each in file.parents if made in each.parents]
        if (
            file.is_dir()
            or file.is_symlink()
            or any(each.is_symlink() or (each.exists() and not each.is_dir()) for each in above)
        ):
            raise TemplateFailed(f"the template makes something else of {path}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return made, sorted(str(each.relative_to(made)) for each in made.rglob("*") if each.is_file())


def _confine(made: Path) -> None:
    """Refuse links that lead out of the project, and what git would take for its own."""
    for folder, folders, files in os.walk(made):
        for path in (Path(folder, name) for name in (*folders, *files)):
            shown = path.relative_to(made)
            _leave_to_git(str(shown))
            if path.is_symlink() and (
                path.readlink().is_absolute() or not _resolved(path).is_relative_to(made.resolve())
            ):
                raise TemplateFailed(f"the template makes a link out of the project: {shown}")


def _resolved(link: Path) -> Path:
    try:
        return link.resolve()
    except (OSError, RuntimeError) as error:
        raise TemplateFailed(
            f"the template makes a link that leads nowhere: {link.name}"
        ) from error


def _leave_to_git(path: str) -> None:
    if ".git" in path.casefold().split("/"):
        raise TemplateFailed(f"the template writes {path}, where git keeps what it runs")


def _check(project: Project, source: Source, file: BinaryIO) -> None:
    try:
        recorded = bounded.typed(bounded.read(file))
    except ValueError as error:
        raise TemplateFailed(f"the template gave no {ANSWERS} that can be read: {error}") from error
    if not isinstance(recorded, dict):
        raise TemplateFailed(f"the template gave no {ANSWERS} that can be read: it is not a map")
    wrong = [name for name, value in project.options.items() if recorded.get(name) != value]
    if recorded.get("_src_path") != source.recorded:
        wrong.append("_src_path")
    if wrong:
        raise TemplateFailed(f"the template did not keep these answers: {', '.join(wrong)}")


def _beside(destination: Destination) -> Path:
    if not destination.exists:
        return destination.anchor
    path = destination.path.resolve()
    try:
        same = path.parent.stat().st_dev == path.stat().st_dev
        with tempfile.TemporaryFile(dir=path.parent):
            return path.parent if same else path
    except OSError:
        return path


def surroundings(place: Destination) -> list[str]:
    """Return what somebody has to know of the folders around a place."""
    return [
        f"{place.path} is inside of {above}, a project of its own: what is made there is another one"
        for above in place.path.parents
        if (above / ANSWERS).is_file()
    ]
