"""Where a change of a project sets out from: its repository, what it remembers, and the version it is of."""

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from scaffold import git
from scaffold.catalogue.catalogue import Catalogue
from scaffold.catalogue.option import Answer
from scaffold.deciding.fitting import FRAMEWORK
from scaffold.errors import BadProject, BadSource, NotReady
from scaffold.making import staging
from scaffold.making.generate import ANSWERS
from scaffold.template import opening, releases
from scaffold.template.source import Source
from scaffold.updating import applying, recorded, refusals, renders, repository
from scaffold.updating.recorded import Recorded
from scaffold.updating.renders import Side
from scaffold.updating.repository import Repository


class Outset(NamedTuple):
    """A project that may be changed: what it was made of, and the template at the version that is meant."""

    project: Repository
    remembered: Recorded
    old: Side
    target: Source

    @property
    def answers(self) -> dict[str, Answer]:
        """The answers of the project."""
        return dict(self.old.answers)


def ready(given: str | None, *, writes: bool) -> tuple[Repository, Recorded, bool]:
    """Return the project at a folder and what it remembers, if it can be changed.

    The last says whether what a killed run had begun was taken back first. Where nothing is written it may have changes that are not committed.

    Raises:
        NotReady, BadProject: if it cannot.
    """
    refusals.old_git()
    folder = recorded.folder(given)
    project = repository.find(folder)
    recovered = False
    if writes:
        staging.sweep(renders.beside(project.top))
        recovered = applying.recover(project)
    refusals.unfinished(project)
    if ANSWERS not in project.committed():
        raise NotReady(
            f"{ANSWERS} is not in the last commit, so the project cannot be changed: git add --force "
            f"{ANSWERS} && git commit"
        )
    if writes:
        refusals.changed(project)
    return project, recorded.read(folder), recovered


@contextmanager
def opened(
    project: Repository,
    remembered: Recorded,
    *,
    ref: str | None = None,
    template: str | None = None,
    stays: bool = False,
) -> Iterator[Outset]:
    """Find the template that a project follows, at its own version and at the one that is meant.

    `template` is where it is now, if it moved; the project `stays` at its version, or goes to `ref`, or
    to the newest.

    Raises:
        BadSource: if the template or a version of it is not there.
        BadProject: if the answers are not what that version takes.
    """
    commit = remembered.commit
    with _followed(remembered, template, commit if stays else ref) as found:
        try:
            source = found.at(commit)
        except BadSource as error:
            raise BadSource(
                f"the project was made from {commit}, which {found.recorded} does not have: it was made "
                "from uncommitted changes, or the template moved: scaffold update --template SOURCE"
            ) from error
        if releases.moves(found.place, commit):
            raise BadProject(
                f"{ANSWERS} was edited: _commit is {commit}, which is no version but whatever it leads to today: "
                f"{recorded.BACK}"
            )
        catalogue = Catalogue(source.catalogue(), source.read)
        answers = recorded.check(remembered, catalogue)
        _same_framework(project, source, catalogue, answers)
        yield Outset(project, remembered, Side(source, answers), found)


@contextmanager
def _followed(remembered: Recorded, template: str | None, ref: str | None) -> Iterator[Source]:
    with ExitStack() as stack:
        try:
            source = remembered.source if template is None else template
            found = stack.enter_context(opening.followed(source, remembered.commit, ref))
        except BadSource as error:
            if template is not None:
                raise
            raise BadSource(
                f"{error} ({ANSWERS} names that template; if it moved: scaffold update --template SOURCE)"
            ) from error
        yield found


def goes_back(outset: Outset) -> bool:
    """Return whether the version that is meant is older than the project's."""
    old, new = outset.old.source.ref, outset.target.ref
    return bool(old and new) and releases.goes_back(outset.target.place, str(old), str(new))


def _same_framework(
    project: Repository, source: Source, catalogue: Catalogue, answers: dict[str, Answer]
) -> None:
    """Refuse an answer that names another framework than the files are of."""
    stated = answers.get(FRAMEWORK)
    folder = str(catalogue.settings.get("subdirectory", ""))
    if stated is None or FRAMEWORK not in folder:
        return
    option = catalogue.option(FRAMEWORK)
    package = str(answers.get("package_name", ""))
    roots = {
        each.value: catalogue.text(folder, {**answers, FRAMEWORK: each.value})
        for each in catalogue.choices(option, {})
    }
    places = {name: _places(source, root, package) for name, root in roots.items()}
    head = project.committed().keys()
    found = {name: _share(name, places, head) for name in places}
    other = max(found, key=lambda name: found[name])
    if found[other] > found.get(str(stated), 0):
        raise BadProject(
            f"{ANSWERS} says framework: {stated}, but the files are those of {other}: a framework never "
            f"changes in a project; put back what it was (git log -p {ANSWERS})"
        )


def _places(source: Source, root: str, package: str) -> set[str]:
    """Return where files of the template go, as far as their names say it alone."""
    listed = ("ls-tree", "-r", "-z", "--name-only", f"{source.ref}:{root}")
    names = os.fsdecode(git.data(*listed, at=source.place, apart=True)).split("\0")
    return {name.removesuffix(".jinja").replace("{{ package_name }}", package) for name in names}


def _share(name: str, places: Mapping[str, set[str]], head: Collection[str]) -> float:
    """Return how many of the files that one framework alone has are in the project."""
    others = (places[each] for each in places if each != name)
    own = places[name].difference(*others)
    return len(own.intersection(head)) / len(own) if own else 0
