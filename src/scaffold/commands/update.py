"""The sequence of `scaffold update`: look, render twice, merge, show, ask, write."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from scaffold.catalogue import given
from scaffold.catalogue.catalogue import Catalogue
from scaffold.catalogue.option import Answers
from scaffold.commands import changing
from scaffold.commands.changing import Wish
from scaffold.errors import BadAnswer, BadSource
from scaffold.report import Report
from scaffold.updating import carrying, outset, proposal, renders
from scaffold.updating.carrying import Carried, LeftOpen
from scaffold.updating.outset import Outset
from scaffold.updating.renders import Side


@dataclass(frozen=True)
class Request:
    """What the command line asked for."""

    project: str | None
    template: str | None
    ref: str | None
    data: tuple[str, ...]
    wish: Wish


def update(request: Request, to: Report) -> int:
    """Bring a project to another version of its template and return the exit status.

    Raises:
        ScaffoldError: if that cannot be done; nothing has then been written.
    """
    data = given.pairs(request.data, "--data")
    project, remembered = changing.ready(request.project, request.wish, to)
    ref, template = request.ref, request.template
    with outset.opened(project, remembered, ref=ref, template=template) as start:
        for warning in start.target.warnings:
            to.warn(warning)
        old, new = start.old.source, start.target
        if outset.goes_back(start):
            if ref is not None:
                raise BadSource(
                    f"{new.version} is older than {old.version}, which the project is of: a project goes "
                    "forward alone; to go back, git revert the commit that updated it"
                )
            return _nothing(start, f"{new.version}, the newest that there is, is older", to)
        if old.ref == new.ref and remembered.source == new.recorded and not data:
            return _nothing(start, "that is the newest" if ref is None else "as it is to be", to)
        carried = _carried(start, data, request.wish, to)
        side = Side(new, carried.answers)
        with ExitStack() as stack:
            with to.working("comparing"):
                proposed = stack.enter_context(
                    proposal.proposed(project, start.old, side, carried.changes, renders.by_copier)
                )
            return changing.carry_out(proposed, request.wish, (), to)


def _nothing(start: Outset, why: str, to: Report) -> int:
    version = start.old.source.version
    to.say(f"The project is at {version}: {why}. Nothing to do.")
    if to.as_json:
        to.json(
            {
                "project": str(start.project.folder),
                "from": start.old.source.described(),
                "to": start.old.source.described(),
                "files": [],
                "applied": False,
            }
        )
    return 0


def _carried(start: Outset, data: dict[str, object], wish: Wish, to: Report) -> Carried:
    """Return the answers of the new version, once all of its questions are answered."""
    catalogue = Catalogue(start.target.catalogue(), start.target.read)
    recorded = start.answers
    for name, value in data.items():
        if name in recorded and _fits(catalogue, recorded, data, name):
            raise BadAnswer(
                f"{name} has an answer, which the new version takes: update first, then "
                f"scaffold set {name}={value}"
            )
    while True:
        try:
            return carrying.carry(catalogue, recorded, data, f"new in {start.target.version}")
        except LeftOpen as error:
            if not wish.asks(to):
                fits = " or ".join(f"-d {error.option.name}={each}" for each in error.fits)
                give = fits or f"-d {error.option.name}=VALUE"
                raise BadAnswer(f"{start.target.version}: {error}; answer it by {give}") from error
            from scaffold.asking import one

            data[error.option.name] = one.ask(catalogue, error.option, error.answers)


def _fits(catalogue: Catalogue, recorded: Answers, data: Mapping[str, object], name: str) -> bool:
    others = {key: value for key, value in data.items() if key != name}
    try:
        carried = carrying.carry(catalogue, recorded, others, "")
    except LeftOpen as error:
        return error.option.name != name
    return name in carried.answers
