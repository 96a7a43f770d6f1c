"""What a change of the answers does to the migrations: databases have run those that a project has.

The chain that a project has makes the schema of its answers. So none of it is changed or removed; what
other answers need is added to it.
"""

from collections.abc import Callable, Iterable, Mapping
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
    # Another template may not ask for one.
    history = django if new.get("framework") == "django" else alembic
    ours, theirs, known = (
        {
            path: text.decode("utf-8", "replace")
            for path, text in files.items()
            if history.is_migration(path)
        }
        for files in (template.render(old, Origin("")), template.render(new, Origin("")), head)
    )
    if ours == theirs or _adds_alone(history.split, known, ours, theirs):
        # Whatever HEAD has made of them; what is new comes as by plain Copier.
        return Transition(frozenset(ours))
    change = step(template, old, new)
    left_out = frozenset({*ours, *theirs} - history.brought(known, ours, theirs).keys())
    added = history.written(change, known, ours, theirs)
    return Transition(left_out, added, _losses(change.lost(), added))


def _adds_alone(
    split: Callable[[Mapping[str, str]], list[str]],
    known: Mapping[str, str],
    ours: Mapping[str, str],
    theirs: Mapping[str, str],
) -> bool:
    """Return whether the new answers add migrations that fit to those that a project has."""
    if not ours.items() <= known.items() & theirs.items():
        return False
    more = {path: text for path, text in theirs.items() if path not in ours}
    return not more.keys() & known.keys() and split({**known, **more}) == split(known)


def _losses(lost: Iterable[str], added: Iterable[str]) -> tuple[str, ...]:
    *most, last = [*lost] or [""]
    whole = f"{', '.join(most)} and {last}" if most else last
    files = list(added)
    return (f"{' and '.join(files)} drop{'s' * (len(files) == 1)} {whole}",) if whole else ()
