"""The projects of every release, brought to the template as it stands: they are as if made today."""

from pathlib import Path

import pytest
from combinations import Combination, ends

from .conftest import NEXT, At
from .past import RELEASES
from .updating import answers, difference, fresh, started, updated

# The smallest projects of the oldest release and the largest of the newest in every run, the others with the matrix.
_DAILY = {(RELEASES[0], "all-off"), (RELEASES[-1], "all-on")}


def _is_daily(release: str, end: Combination) -> bool:
    return any(release == each and str(end).endswith(kind) for each, kind in _DAILY)


rows = [
    pytest.param(
        release,
        end,
        id=f"{release}-{end}",
        marks=pytest.mark.slow if _is_daily(release, end) else pytest.mark.matrix,
    )
    for release in RELEASES
    for end in ends()
]


@pytest.mark.parametrize(("release", "end"), rows)
def test_a_project_of_a_release_becomes_one_of_today(
    at: At, history: Path, tmp_path: Path, release: str, end: Combination
) -> None:
    before = at(release).fitting(end.answers)
    project = updated(started(history, release, before, tmp_path / "project"))
    assert before.items() <= answers(project).items()
    assert difference(project, fresh(history, NEXT, project)) == {}
