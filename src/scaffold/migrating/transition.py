"""What a change of the answers does to the migrations: databases have run those that a project has.

The chain that a project has makes the schema of its answers. So none of it is changed or removed; what
other answers need is added to it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from scaffold.catalogue.option import Answers
from scaffold.migrating import alembic, django
from scaffold.migrating.step import step
from scaffold.template.context import Origin
from scaffold.template.preview import Template


@dataclass(frozen=True)
class Transition:
    """What becomes of the migrations.

    `left_out` are paths of migrations in the old or the new render that neither may have when they are
    merged, so that HEAD's own stay, `added` what is written beside them, and `losses` what goes from
    databases with it, in sentences.
    """

    left_out: frozenset[str] = frozenset()
    added: Mapping[str, bytes] = field(default_factory=dict)
    losses: tuple[str, ...] = ()


def transition(
    template: Template, old: Answers, new: Answers, head: Mapping[str, bytes]
) -> Transition:
    """Return what becomes of HEAD's migrations when the answers change at one version of the template.

    Raises:
        NoTransition: if this version of the template cannot say what the change needs.
        BadAnswer, MissingAnswer, TemplateFailed: if it takes some of the answers not.
    """
    history = django if new["framework"] == "django" else alembic
    ours, theirs = (
        {path: text for path, text in files.items() if history.is_migration(path)}
        for files in (template.render(answers, Origin("")) for answers in (old, new))
    )
    known = {path: text for path, text in head.items() if history.is_migration(path)}
    if ours == theirs:
        # Whatever HEAD has made of them.
        return Transition(frozenset(ours))
    if ours.items() <= known.items() and ours.items() <= theirs.items():
        more = theirs.keys() - ours.keys()
        if not more & known.keys():
            # As plain Copier does it.
            return Transition(frozenset(ours))
    change = step(template, old, new)
    left_out = frozenset(ours.keys() | theirs.keys())
    if change.is_nothing:
        return Transition(left_out)
    added = history.written(change, {path: text.decode() for path, text in known.items()})
    return Transition(left_out, added, _losses(change.lost(), added))


def _losses(lost: Iterable[str], added: Iterable[str]) -> tuple[str, ...]:
    whole = " and ".join(lost)
    return (f"{' and '.join(added)} drops {whole}",) if whole else ()
