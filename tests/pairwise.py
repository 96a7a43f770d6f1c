"""Few rows in which every two choices that fit together occur together: found greedily, the same in every run."""

from collections.abc import Mapping, Sequence
from itertools import combinations, islice
from math import prod

from answering import NOT_ASKED, Value, first

Row = dict[str, Value]
Pair = frozenset[tuple[str, Value]]

# How many pairs are tried as the beginning of a row: with more it takes longer, and the rows are no fewer.
TRIED = 14


def pairwise(possible: Mapping[str, list[Value]], covered: Sequence[Row] = ()) -> list[Row]:
    """The rows that are needed beside those which are there.

    A pair is worth the more the fewer rows could have it: what is left to the end then fits anywhere.
    """
    worth = _worth(possible)
    for row in covered:
        for pair in pairs(row):
            worth.pop(pair, None)

    def gain(known: Row) -> int:
        return sum(worth.get(pair, 0) for pair in pairs(known))

    rows: list[Row] = []
    while worth:
        begun = [first(possible, dict(pair), gain) for pair in islice(worth, TRIED)]
        rows.append(max(begun, key=gain))
        for pair in pairs(rows[-1]):
            worth.pop(pair, None)
    # What was found early may have been found again, by and by.
    for row in list(rows):
        others = [pairs(each) for each in (*covered, *rows) if each is not row]
        if pairs(row) <= set().union(*others):
            rows.remove(row)
    return rows


def pairs(row: Mapping[str, Value]) -> set[Pair]:
    """Every two choices of a row; that something is not asked is no choice."""
    choices = (choice for choice in row.items() if choice[1] is not NOT_ASKED)
    return {frozenset(two) for two in combinations(choices, 2)}


def _worth(possible: Mapping[str, list[Value]]) -> dict[Pair, int]:
    """Every pair that fits together, the rarest first, and its worth."""
    choices = [(name, value) for name, values in possible.items() for value in values]
    fitting = {
        frozenset(two): two
        for two in combinations(choices, 2)
        if two[0][0] != two[1][0] and first(possible, dict(two))
    }

    def rows(pair: Pair) -> int:
        """About how many rows could have it: what fits to each of the two is taken to fit to both."""
        others = possible.keys() - dict(pair).keys()
        return prod(
            sum(
                all(frozenset([(name, value), each]) in fitting for each in pair)
                for value in possible[name]
            )
            for name in others
        )

    most = prod(map(len, possible.values()))
    worth = {
        pair: most // rows(pair)
        for pair, two in fitting.items()
        if NOT_ASKED not in dict(two).values()
    }
    return dict(sorted(worth.items(), key=lambda item: -item[1]))
