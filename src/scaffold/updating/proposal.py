"""What would become of a project: two renders of its template, merged with it, and nothing written."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from scaffold.making import staging
from scaffold.making.generate import ANSWERS
from scaffold.updating import applying, keeping, locking, merging, orphans, plan, refusals, renders
from scaffold.updating.carrying import Change
from scaffold.updating.locking import Lock
from scaffold.updating.merging import Merged
from scaffold.updating.plan import Step
from scaffold.updating.renders import Side
from scaffold.updating.repository import Repository
from scaffold.updating.throwaway import Throwaway


@dataclass(frozen=True)
class Proposal:
    """The steps from one side to the other, ready to be taken.

    `losses` are what goes from databases with them, `orphans` modules that would import what goes, and
    `split` what migrations leave undecided afterwards, all in sentences.
    """

    project: Repository
    old: Side
    new: Side
    changes: list[Change]
    steps: list[Step]
    merged: Merged
    throwaway: Throwaway
    trees: tuple[str, str]
    lock: Lock
    losses: Sequence[str]
    orphans: Sequence[str]
    split: Sequence[str]

    @property
    def is_empty(self) -> bool:
        """Whether the project would stay as it is."""
        return self.trees[0] == self.trees[1] and not self.merged.conflicts

    @property
    def is_undecided(self) -> bool:
        """Whether something is left that nobody but the project's owner can decide."""
        return bool(self.merged.conflicts or self.split)

    def of_kind(self, kind: str) -> list[Step]:
        """Return the steps of one kind."""
        return [each for each in self.steps if each.kind == kind]

    def difference(self) -> str:
        """Return what would change, as git shows it."""
        shown = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "-M", *self.trees)
        return self.throwaway.git(*shown).decode("utf-8", "surrogateescape")

    def undo(self) -> str:
        """Return the command that takes back what `apply` is about to write."""
        return applying.undo(self.project, self.merged, self.project.committed())

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
        head = project.committed()
        known = keeping.texts(throwaway, head)
        old, new = (keeping.informed(each, known) for each in (old, new))
        before, after = (
            throwaway.added(render(each, stage.folder / side, name))
            for each, side in ((old, "old"), (new, "new"))
        )
        losses: tuple[str, ...] = ()
        if old.source.ref == new.source.ref:
            losses = keeping.keep_migrations(throwaway, (old, new), (before, head, after))
        own = renders.kept(new, name, head)
        if ANSWERS in head:
            # What is remembered is always what the project was made of last.
            before[ANSWERS] = head[ANSWERS]
        merged = merging.merge(throwaway, before, head, after, own)
        trees = throwaway.tree(head), throwaway.tree(merged.result)
        steps = plan.steps(throwaway, before, head, merged, trees)
        refusals.in_the_way(project, head, merged.result)
        split = keeping.split(throwaway, head, merged.result)
        left = orphans.orphans(throwaway, head, merged.result)
        lock = locking.state(head, merged.result, throwaway.place)
        yield Proposal(
            project, old, new, changes, steps, merged, throwaway, trees, lock, losses, left, split
        )
