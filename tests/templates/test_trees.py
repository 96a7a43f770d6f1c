"""What a project consists of, as text that a review can read.

`RENEW_TREES=1 pytest tests/templates/test_trees.py` writes the trees again.
"""

import os
from pathlib import Path

import pytest
from combinations import Combination, ends

from .conftest import Render

TREES = Path(__file__).parent / "trees"


@pytest.mark.parametrize("combination", ends(), ids=str)
def test_tree(combination: Combination, rendered: Render) -> None:
    project = rendered(combination)
    tree = "".join(f"{path}\n" for path in project.paths)
    kept = TREES / f"{combination}.txt"
    if os.environ.get("RENEW_TREES"):
        kept.write_text(tree, encoding="utf-8")
    assert tree == kept.read_text(encoding="utf-8")


def test_no_tree_is_left_over() -> None:
    assert {path.stem for path in TREES.iterdir()} == {str(combination) for combination in ends()}
