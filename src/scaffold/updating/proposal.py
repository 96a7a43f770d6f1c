"""What would become of a project: two renders of its template, merged with it, and nothing written."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from scaffold.catalogue.option import Answers
from scaffold.making import staging
from scaffold.making.generate import ANSWERS
from scaffold.template.source import Source
from scaffold.updating import applying, locking, merging, plan, refusals, renders
from scaffold.updating.carrying import Change
from scaffold.updating.merging import Merged
from scaffold.updating.plan import Step
from scaffold.updating.repository import Entries, Repository
from scaffold.updating.throwaway import Throwaway


@dataclass(frozen=True)
class Side:
    """A version of the template with answers: what a project was made of, or is to be."""

    source: Source
    answers: Answers


@dataclass(frozen=True)
class Proposal:
    """The steps from one side to the other, ready to be taken."""

    project: Repository
    old: Side
    new: Side
    changes: list[Change]
    steps: list[Step]
    merged: Merged
    head: Entries
    throwaway: Throwaway
    trees: tuple[str, str]
    lock_is_due: bool | None

    @property
    def is_empty(self) -> bool:
        """Whether the project would stay as it is."""
        return self.trees[0] == self.trees[1] and not self.merged.conflicts

    def of_kind(self, kind: str) -> list[Step]:
        """Return the steps of one kind."""
        return [each for each in self.steps if each.kind == kind]

    def difference(self) -> str:
        """Return what would change, as git shows it."""
        shown = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "-M", *self.trees)
        return self.throwaway.git(*shown).decode("utf-8", "surrogateescape")

    def apply(self) -> None:
        """Write it.

        Raises:
            ScaffoldError: if that fails; the project is then as it was.
        """
        applying.apply(self.project, self.throwaway, self.merged)


@contextmanager
def proposed(
    project: Repository,
    old: Side,
    new: Side,
    changes: list[Change],
    render: renders.Renderer,
) -> Iterator[Proposal]:
    """Merge what lies between two sides into the project, in a folder that is gone after the block.

    Raises:
        TemplateFailed: if one of them cannot be rendered.
        NotReady: if something is in the way.
    """
    name = project.folder.name
    with staging.staged(renders.beside(project.top)) as stage:
        throwaway = Throwaway(stage.folder, project)
        before, after = (
            throwaway.added(render(each.source, each.answers, stage.folder / side, name))
            for each, side in ((old, "old"), (new, "new"))
        )
        head = project.committed()
        own = renders.kept(new.source, new.answers, name, head)
        if ANSWERS in head:
            # What is remembered is always what the project was made of last.
            before[ANSWERS] = head[ANSWERS]
        merged = merging.merge(throwaway, before, head, after, own)
        trees = throwaway.tree(head), throwaway.tree(merged.result)
        steps = plan.steps(throwaway, before, head, merged, trees)
        written = [path for path, entry in merged.result.items() if head.get(path) != entry]
        refusals.in_the_way(project, head, written)
        due = locking.is_due(head, merged.result, throwaway.place)
        yield Proposal(project, old, new, changes, steps, merged, head, throwaway, trees, due)
