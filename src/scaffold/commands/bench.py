"""The sequence of `scaffold bench`: what is measured, making it, measuring it, and what is shown of it."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scaffold import git
from scaffold.catalogue.catalogue import Catalogue
from scaffold.errors import UsageError
from scaffold.measuring import comparison, limits, load, machine, publishing, skeletons, words
from scaffold.measuring.comparison import CONNECTIONS, Effort
from scaffold.report import Report
from scaffold.template import bundle, opening

_SCHEMES = ("postgresql", "postgres")
# Beyond it the system may have no ports left for as many connections to one address.
_MOST = 20_000


@dataclass(frozen=True)
class Request:
    """What the command line asked for."""

    database: str
    servers: tuple[str, ...]
    rounds: str
    seconds: str
    most: str
    output: str | None


def bench(request: Request, to: Report) -> int:
    """Measure the skeletons side by side, and return the exit status.

    Raises:
        WrkMissing: if there is nothing to make load with.
        ScaffoldError: if it cannot be done; nothing has then been written.
    """
    effort = Effort(
        _whole("--rounds", request.rounds, 1, 99),
        _whole("--seconds", request.seconds, 1, 600),
        _whole("--most", request.most, 0, _MOST),
    )
    url = "" if request.database == "sqlite" else _server(request.database)
    output = Path.cwd() / Path(request.output or ".").expanduser()
    load.require()
    git.require()
    publishing.check(output)
    possible = limits.connections(max(CONNECTIONS), max(*CONNECTIONS, effort.most))
    if possible < effort.most:
        to.warn(f"more than {possible} connections are not tried: no more files may be open")
        effort = effort._replace(most=possible)
    others = machine.busy()
    if said := words.disturbed(others):
        to.warn(said)
    with (
        tempfile.TemporaryDirectory(prefix="scaffold-bench-", ignore_cleanup_errors=True) as place,
        to.working("measuring"),
    ):
        seen = {"busy": others, **_measured(request, effort, url, Path(place), to)}
    files = publishing.publish(seen, output)
    _show(seen, to)
    to.say()
    for file in files:
        to.say(f"ok {file}", "green")
    if to.as_json:
        to.json({**seen, "files": files})
    return 0


def _measured(
    request: Request, effort: Effort, url: str, folder: Path, to: Report
) -> dict[str, Any]:
    def starting(what: str) -> None:
        to.say(f".. {what}", "dim")

    with opening.opened(None, None, allow_dirty=True) as source:
        if not source.is_own:
            raise UsageError(
                f"{opening.VARIABLE} names another template, and what it writes would be run: unset it, and "
                "the skeletons that came with scaffold are measured"
            )
        catalogue = Catalogue(source.catalogue(), source.read)
        database = "postgresql" if url else "sqlite"
        chosen = skeletons.chosen(catalogue, database, request.servers)
        to.say(
            f"{'; '.join(each.name for each in chosen)}: about {effort.minutes(len(chosen))} minutes of load, "
            "once they are made and installed"
        )
        folders = [
            each
            for each in skeletons.made(
                chosen, source, folder, lambda name: starting(f"{name}: made and installed")
            )
        ]
    seen = comparison.compared(chosen, folders, url, effort, folder, starting)
    return {"scaffold": bundle.version(), **seen}


def _show(seen: dict[str, Any], to: Report) -> None:
    level = words.levels(seen)[0]
    services: Sequence[dict[str, Any]] = seen["services"]
    width = max(len(each["name"]) for each in services)
    to.say()
    to.say(f"Requests a second on {level} connections", "bold")
    heads = "".join(f"{call:>9}" for call in words.CALLS)
    to.say(f"  {'':{width}}{heads}{'p99 of me':>13}{'memory':>10}  connections held", "dim")
    for each in services:
        seen_of = {call: words.load(each, call, level) for call in words.CALLS}
        rates = "".join(
            f"{words.number(one['requests_per_second']):>9}" for one in seen_of.values()
        )
        p99 = f"{words.number(seen_of['me']['p99_ms'])} ms"
        memory = f"{words.number(each['memory_mib'])} MiB"
        held = words.held(each) or "not tried"
        to.say(f"  {each['name']:{width}}{rates}{p99:>13}{memory:>10}  {held}")
        for call, one in seen_of.items():
            if failed := words.share(one["failed"]):
                to.say(f"  {'':{width}}  {call}: {failed}", "yellow")


def _whole(flag: str, given: str, least: int, most: int) -> int:
    if not given.isascii() or not given.isdigit() or not least <= int(given) <= most:
        raise UsageError(f'{flag} takes a whole number from {least} to {most}, not "{given}"')
    return int(given)


def _server(given: str) -> str:
    try:
        address = urlsplit(given)
        known = address.scheme in _SCHEMES and address.hostname
    except ValueError:
        known = None
    if not known:
        raise UsageError(
            "--database takes sqlite, or a PostgreSQL server such as "
            "postgresql://postgres:secret@127.0.0.1:5432, on which it makes databases of its own and "
            "drops them afterwards"
        )
    return given
