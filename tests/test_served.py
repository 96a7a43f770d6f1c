"""The projects that are served: every two choices that matter, in the same few rows in every run."""

import itertools
import subprocess
import sys
from pathlib import Path

import pytest
from answering import NOT_ASKED, catalogue, first, frameworks, values
from pairwise import Pair, pairs
from served import PYTHON, choices, chosen, served, served_pairs, summary

NEWEST = values()[PYTHON][-1]


def possible_pairs() -> set[Pair]:
    """Every two choices that matter when a project runs, and fit together."""
    names = catalogue()["_served"]
    listed = [(name, value) for name in names for value in values()[name] if value is not NOT_ASKED]
    return {
        frozenset(two)
        for two in itertools.combinations(listed, 2)
        if two[0][0] != two[1][0] and first(values(), dict(two))
    }


def test_each_question_with_choices_says_whether_they_matter_when_a_project_runs() -> None:
    said = [*catalogue()["_served"], *catalogue()["_rendered"]]
    assert sorted(said) == sorted(values())


def test_every_two_choices_are_served_together() -> None:
    assert possible_pairs() == served_pairs()


def test_every_framework_is_served_on_each_database_and_by_each_of_its_servers() -> None:
    """And each database by each server: these are what one contract is held to."""
    names = {"framework", "database", "server"}
    wanted = {pair for pair in possible_pairs() if set(dict(pair)) <= names}
    assert {name for pair in wanted for name in dict(pair)} == names
    assert wanted <= served_pairs()


def test_a_machine_without_the_newest_python_serves_the_others_in_full() -> None:
    older = [row for row in served() if row.answers[PYTHON] != NEWEST]
    found = {pair for row in older for pair in pairs(dict(choices(row)))}
    wanted = {pair for pair in possible_pairs() if (PYTHON, NEWEST) not in pair}
    assert found == wanted
    assert served()[: len(older)] == tuple(older)


def test_no_row_is_there_for_nothing() -> None:
    for row in served():
        others = [pairs(dict(choices(other))) for other in served() if other is not row]
        assert pairs(dict(choices(row))) - set().union(*others), row


def test_the_few_in_every_run_are_one_of_each_framework_on_each_database() -> None:
    assert [row.framework for row in chosen()] == frameworks()
    assert {row.answers["database"] for row in chosen()} == set(values()["database"])
    assert set(map(str, chosen())) < set(map(str, served()))


@pytest.mark.few(1)
@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_rows_are_the_same_in_every_run(seed: str) -> None:
    """Also where sets are in another order."""
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "served.py")],
        env={"PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [*map(str, served()), summary()]
