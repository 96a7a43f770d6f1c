"""The sequence of `scaffold set` and `scaffold diff`: other answers at the project's own version."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from scaffold.catalogue import given
from scaffold.catalogue.catalogue import Catalogue
from scaffold.catalogue.option import Answers
from scaffold.catalogue.values import plain
from scaffold.commands import changing
from scaffold.commands.changing import Wish
from scaffold.deciding.fitting import FRAMEWORK
from scaffold.errors import BadAnswer, UsageError
from scaffold.report import Report
from scaffold.updating import carrying, outset, proposal, renders
from scaffold.updating.carrying import Carried, LeftOpen
from scaffold.updating.outset import Outset
from scaffold.updating.proposal import Proposal
from scaffold.updating.renders import Renderer, Side


@dataclass(frozen=True)
class Request:
    """What the command line asked for."""

    project: str | None
    items: tuple[str, ...]
    wish: Wish


def change(request: Request, to: Report) -> int:
    """Change answers of a project, and what follows from them; return the exit status.

    Raises:
        ScaffoldError: if that cannot be done; nothing has then been written.
    """
    with _proposed(request, renders.by_copier, to) as (proposed, notes):
        return changing.carry_out(proposed, request.wish, notes, to)


def differ(request: Request, to: Report) -> int:
    """Show what `change` would change, and write nothing."""
    with _proposed(request, renders.in_memory, to) as (proposed, notes):
        return changing.carry_out(proposed, request.wish, notes, to)


@contextmanager
def _proposed(
    request: Request, render: Renderer, to: Report
) -> Iterator[tuple[Proposal, Sequence[str]]]:
    if not request.items:
        raise UsageError("there is nothing to set: give KEY=VALUE, such as ci=none")
    data = given.pairs(request.items)
    project, remembered = changing.ready(request.project, request.wish, to)
    with outset.opened(project, remembered, stays=True) as start:
        catalogue = Catalogue(start.target.catalogue(), start.target.read)
        carried = _carried(catalogue, start, data)
        notes = [
            f"{name}: {value}{' stays' * _had(start.answers, name, value)}, due to {cause}"
            for name, value, cause in catalogue.implications(carried.answers)
            if name in data
        ]
        side = Side(start.old.source, carried.answers)
        with proposal.proposed(project, start.old, side, carried.changes, render) as proposed:
            yield proposed, notes


def _had(answers: Answers, name: str, value: str) -> bool:
    before = answers.get(name)
    return isinstance(before, list) and value in before


def _carried(catalogue: Catalogue, start: Outset, data: dict[str, object]) -> Carried:
    recorded = start.answers
    stated = recorded.get(FRAMEWORK)
    if FRAMEWORK in data and data[FRAMEWORK] != stated:
        raise BadAnswer(
            f"framework never changes in a project, its code is written for {stated}: make another one "
            f"beside it (scaffold new DEST --framework {data[FRAMEWORK]}) and move over what is yours"
        )
    name = "package_name"
    if name in data and data[name] != recorded.get(name):
        raise BadAnswer(
            f"{name} never changes in a project: your own modules and imports would stay behind; rename "
            "the package in your editor"
        )
    given_names = ", ".join(data)
    try:
        return carrying.carry(catalogue, recorded, data, f"follows from {given_names}")
    except LeftOpen as error:
        option = error.option.name
        fits = " or ".join(f"{option}={each}" for each in error.fits) or f"{option}=VALUE"
        kept = f"{option} is {plain(recorded[option])}, and " if option in recorded else ""
        raise BadAnswer(f"{kept}{error}: set {fits} as well") from error
