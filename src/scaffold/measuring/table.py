"""The figures as a page of Markdown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from scaffold.measuring import words
from scaffold.measuring.holding import LONGEST_MS

MARK = "<!-- Written by `scaffold bench`, which replaces it. -->"


def page(seen: Mapping[str, Any], chart: str) -> str:
    """Return the page; `chart` is where the picture is."""
    return "\n".join([*_head(seen, chart), *_calls(seen), *_rest(seen), *_reading(seen)])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table, its first column of words and the others of numbers."""
    return "".join(map(_line, [head, ["---", *("---:" for _ in head[1:])], *rows]))


def call(seen: Mapping[str, Any], name: str) -> str:
    """Return the table of one call: each service on each number of connections."""
    levels = words.levels(seen)
    head = [""]
    for level in levels:
        head += [f"requests/s on {level}", "median ms", "p99 ms"]
    rows = []
    for service in seen["services"]:
        row = [service["name"]]
        for level in levels:
            load = words.load(service, name, level)
            row += [
                words.rate(load),
                words.number(load["median_ms"]) if load["median_ms"] else "–",
                words.number(load["p99_ms"]) if load["p99_ms"] else "–",
            ]
        rows.append(row)
    return table(head, rows)


def _head(seen: Mapping[str, Any], chart: str) -> Iterator[str]:
    services = seen["services"]
    machine = seen["machine"]
    yield MARK
    yield f"# {words.TITLE}\n"
    yield (
        "FastAPI, Django and Flask as `scaffold new` makes them with the same options (`auth=jwt`), in "
        f"production settings, measured on {seen['date']}: {words.setting(seen)}.\n"
    )
    if said := words.disturbed(seen["busy"]):
        yield f"**{said.capitalize()}.**\n"
    yield f"![Bars for each service; the same figures are in the tables below]({chart})\n"
    facts = {
        "Processor": f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gib']:g} GiB",
        "System": machine["system"],
        "Python": services[0]["versions"]["python"],
        "Database": words.database(seen),
        **{each["name"]: words.versions(each) for each in services},
    }
    yield "".join(map(_line, [["", ""], ["---", "---"], *facts.items()]))


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(each.replace('|', '&#124;') for each in cells)} |\n"


def _calls(seen: Mapping[str, Any]) -> Iterator[str]:
    for name, means in words.CALLS.items():
        yield f"## `{name}`: {means}\n"
        yield call(seen, name)


def _rest(seen: Mapping[str, Any]) -> Iterator[str]:
    yield "## Memory and connections\n"
    head = ["", "a worker's memory, MiB", "connections held"]
    yield table(
        head,
        (
            [each["name"], words.number(each["memory_mib"]), words.held(each) or "not tried"]
            for each in seen["services"]
        ),
    )


def _reading(seen: Mapping[str, Any]) -> Iterator[str]:
    most = seen["effort"]["most"]
    yield "## Reading it\n"
    yield (
        "- A connection asks again as soon as it is answered, so on many of them the median is the time "
        "in the queue: connections divided by requests a second. What takes longer than a load is in no figure.\n"
        "- Connections are held as long as 99 of 100 answers of `live` take less than "
        f"{LONGEST_MS // 1000} second and none fails"
        + (f"; more than {most:,} were not tried.\n" if most else ".\n")
        + "- Compare within one run. Another machine, another day and other load beside it change all "
        "figures, and their ratios less.\n"
    ).rstrip("\n")
    yield ""
