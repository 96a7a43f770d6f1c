"""All that was proven, as the tables that people read."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from scaffold.evidence.shipped import Choice, Evidence, Row

Lines = Iterator[tuple[str, str]]
_PYTHON = "python_version"


def lines(evidence: Evidence, unproven: Mapping[Choice, str], *, same: bool) -> Lines:
    """Yield the lines, each with its style: what was done, a table for each framework, what is not proven."""
    yield f"Proven on {evidence.date}, for {evidence.version}", "bold"
    if not same:
        yield "  with another template than this one", "yellow"
    rendered, served = evidence.data["rendered"], evidence.data["served"]
    tests = evidence.data["tests"]
    yield f"  {tests['passed']} tests passed, {tests['skipped']} were skipped", ""
    yield f"  {rendered['projects']} projects rendered and linted: {rendered['pairs']} pairs", ""
    counted = f"{len(evidence.served)} of {len(evidence.rows)} projects"
    yield f"  {counted} installed, tested and served: {served['pairs']} pairs", ""
    yield f"  {len(evidence.packages)} packages in their locks, which --json lists", ""

    def framework(row: Row) -> str:
        return row.choices["framework"]

    for _, rows in groupby(sorted(evidence.rows, key=framework), framework):
        yield "", ""
        yield from _table(evidence.options, list(rows))
    yield "", ""
    if not unproven:
        yield "Every choice is proven.", "green"
        return
    yield "Not proven:", "bold"
    for (name, value), why in unproven.items():
        yield f"  {name}={value}: {why}", "yellow"


def _table(options: Sequence[str], rows: Sequence[Row]) -> Lines:
    names = [name for name in options if any(name in row.choices for row in rows)]
    filled = [[*(_cell(row, name) for name in names), _others(row)] for row in rows]
    headed = [*names, "through" if any(cells[-1] for cells in filled) else ""]
    widths = [max(map(len, column)) for column in zip(headed, *filled, strict=True)]
    yield _line(headed, widths), "dim"
    for row, cells in zip(rows, filled, strict=True):
        ending = f"  not served: {row.reason}" if row.reason else ""
        yield _line(cells, widths) + ending, "yellow" if row.reason else ""


def _cell(row: Row, name: str) -> str:
    value = row.choices.get(name, "")
    if name == _PYTHON:
        return row.versions.get("python", value)
    return " ".join([value, *filter(None, [row.versions.get(value)])])


def _others(row: Row) -> str:
    """Return what no choice names: the libraries that speak to its servers."""
    named = {"python", *row.choices.values()}
    return ", ".join(f"{name} {each}" for name, each in row.versions.items() if name not in named)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True))
    return f"  {'  '.join(padded)}".rstrip()
