"""The table of security requirements is whole, counts right, and names tests that exist."""

import re
from collections import Counter
from typing import NamedTuple

import pytest
from conftest import ROOT

TEXT = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
FRAMEWORKS = ("FastAPI", "Django", "Flask")
# Requirements of levels 1 and 2 in ASVS 5.0.0.
REQUIREMENTS = 253


class Row(NamedTuple):
    """A requirement: its number, level, state for each framework, remark and test."""

    id: str
    level: str
    states: list[str]
    remark: str
    test: str


def _row(line: str) -> Row:
    number, level, states, remark, test = (cell.strip() for cell in line.strip("|").split("|"))
    return Row(number, level, states.split(), remark, test.strip("`"))


ROWS = [_row(line) for line in TEXT.splitlines() if re.match(r"\| \d", line)]


def test_every_requirement_has_one_row() -> None:
    numbers = [tuple(map(int, row.id.split("."))) for row in ROWS]
    assert len(numbers) == REQUIREMENTS
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_row_says_by_what(row: Row) -> None:
    assert row.level in ("1", "2")
    assert len(row.states) == len(FRAMEWORKS)
    assert set(row.states) <= set("MCN-")
    assert row.remark
    assert not {"M", row.test} <= {*row.states, ""}, "it is met, and no test shows it"


@pytest.mark.parametrize("test", sorted({row.test for row in ROWS if row.test}))
def test_the_tests_exist(test: str) -> None:
    path, _, function = test.partition("::")
    if path.startswith("project/"):
        name = path.removeprefix("project/")
        files = list(ROOT.glob(f"templates/*/tests/{name}.jinja"))
    else:
        files = list(ROOT.glob(f"tests/{path}"))
    defined = re.compile(rf"def {re.escape(function)}\(")
    assert any(defined.search(file.read_text(encoding="utf-8")) for file in files)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_sums_are_those_of_the_rows(framework: str) -> None:
    counted = Counter(row.states[FRAMEWORKS.index(framework)] for row in ROWS)
    found = re.search(rf"^\| {framework} \|(.*)\|$", TEXT, re.MULTILINE)
    assert found is not None
    assert [int(each) for each in found[1].split("|")] == [counted[state] for state in "MCN-"]
