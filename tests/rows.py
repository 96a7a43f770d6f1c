"""The served projects one by one, each in a job of its own: `--row NAME` runs what is about one of them.

    .venv/bin/python tests/rows.py

prints them as the matrix of `.github/workflows/ci.yml`.
"""

import json
from pathlib import Path

import pytest
from combinations import Combination
from served import PYTHON, served

GENERATED = Path(__file__).resolve().parent / "generated"
OTHERS = "none"


def row_of(item: pytest.Item) -> str:
    """The served project that a test is about, or nothing."""
    if GENERATED not in item.path.parents or not isinstance(item, pytest.Function):
        return ""
    parameters = item.callspec.params.values() if hasattr(item, "callspec") else ()
    return next((each.name for each in parameters if isinstance(each, Combination)), "")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--row", metavar="NAME", help=f"only tests of this served project, or of {OTHERS}"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = config.option.row
    if wanted is None:
        return
    known = [each.name for each in served()]
    if wanted not in [*known, OTHERS]:
        raise pytest.UsageError(f"there is no served project {wanted}: {', '.join(known)}")
    name = "" if wanted == OTHERS else wanted
    left = [item for item in items if row_of(item) != name]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if row_of(item) == name]


if __name__ == "__main__":
    matrix = [{"name": row.name, "python": row.answers[PYTHON]} for row in served()]
    print(json.dumps(matrix))
