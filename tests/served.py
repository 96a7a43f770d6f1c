"""The projects that are installed, tested, served and called. Run as a program, it lists them.

They are computed from the catalogue, so that a new option or choice joins by itself: its `_served` lists
the questions whose choices matter when a project runs.
"""

import itertools
from dataclasses import replace
from functools import cache

from answering import Value, catalogue, frameworks, questions, values
from combinations import Combination, combination, everything, ordered, weight, word
from pairwise import Pair, Row, pairs, pairwise

PYTHON = "python_version"


@cache
def served() -> tuple[Combination, ...]:
    """Projects in which every two choices that matter when they run, and fit together, occur together.

    So they do without those of the newest Python too: these come last, since a machine may not have it.
    What else is asked has its default.
    """
    rows = pairwise(_at_run_time(newest=False))
    rows += pairwise(_at_run_time(newest=True), rows)
    return tuple(map(_project, rows))


@cache
def chosen() -> tuple[Combination, ...]:
    """The few of them that README's test command serves: one of each framework, on the oldest Python.

    They are the ones on the most databases, of these the ones that hold the most different choices, and of
    these the ones that hold the most; what leaves something out does not count.
    """
    rows = [row for row in served() if row.answers[PYTHON] == values()[PYTHON][0]]
    by_framework = ([row for row in rows if row.framework == name] for name in frameworks())

    def held(few: tuple[Combination, ...]) -> tuple[int, int, int]:
        added = [each for row in few for each in choices(row) if weight(each[1])]
        return len({row.answers["database"] for row in few}), len(set(added)), len(added)

    return max(itertools.product(*by_framework), key=held)


def served_pairs() -> set[Pair]:
    """Every two choices that occur together in a project which is served."""
    return {pair for row in served() for pair in pairs(dict(choices(row)))}


def choices(row: Combination) -> list[tuple[str, Value]]:
    """Those of a project's choices that matter when it runs."""
    return [(name, row.answers[name]) for name in catalogue()["_served"] if name in row.answers]


def summary() -> str:
    """How much is proven, in a line."""
    return (
        f"{len(everything())} projects are rendered, {len(served())} are served, "
        f"{len(chosen())} of them in every run; {len(served_pairs())} pairs of choices occur in these"
    )


def _at_run_time(*, newest: bool) -> dict[str, list[Value]]:
    """What may be chosen of that which matters when a project runs, with the newest Python or without it."""
    possible = {name: values()[name] for name in catalogue()["_served"]}
    return {**possible, PYTHON: possible[PYTHON] if newest else possible[PYTHON][:-1]}


def _project(row: Row) -> Combination:
    defaults = {name: questions()[name]["default"] for name in catalogue()["_rendered"]}
    made = combination(ordered({**row, **defaults}))
    return replace(made, name="_".join(word(*choice) for choice in choices(made)))


if __name__ == "__main__":
    print(*served(), summary(), sep="\n")
