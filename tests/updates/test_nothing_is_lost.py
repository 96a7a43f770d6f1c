"""Whatever owners did, and whatever a release or another answer brings: no line of theirs is lost.

Random edits meet releases that never were, and options that are set to something else.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from answering import values
from combinations import Combination, all_on, ends
from conftest import Inside
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from scaffold.updating import renders

from . import made_up
from .edits import KINDS, Edit
from .holding import Owned, state
from .made_up import FIRST, REFUSING, RELEASES, Release
from .past import is_migration
from .updating import answers, started

pytestmark = pytest.mark.slow

Copies = Callable[[Combination], Owned]


def options() -> Iterator[tuple[str, str]]:
    """Every option with every value that may be set, as they are written."""
    for name, possible in values().items():
        for value in possible:
            if value is not None and name != "framework":
                yield name, written(value)


EDITS = st.lists(
    st.builds(Edit, st.sampled_from(sorted(KINDS)), st.integers(0, 60), st.integers(0, 9)),
    min_size=3,
    max_size=9,
)


def written(answer: Any) -> str:
    """As the command line takes it."""
    if isinstance(answer, list | tuple):
        return ",".join(answer) or "none"
    return str(answer).lower() if isinstance(answer, bool) else str(answer)


# Of what a release takes away: lines in the middle, bytes, a move and a deletion.
BUSY = [
    Edit("insert", 1, 5),
    Edit("latin", 12, 0),
    Edit("binary", 3, 0),
    Edit("move", 8, 0),
    Edit("delete", 0, 0),
]
CHANGES = st.lists(st.sampled_from(sorted(options())), min_size=1, max_size=2)
RELEASED = st.sampled_from(RELEASES)


def numbers_of(daily: int, matrix: int, *frameworks: str) -> pytest.MarkDecorator:
    """A few cases of these frameworks' largest projects every day, with the matrix more of all."""
    rows = [pytest.param(all_on(each), daily, id=each) for each in frameworks]
    more = [pytest.param(end, matrix, id=str(end), marks=pytest.mark.matrix) for end in ends()]
    return pytest.mark.parametrize(("end", "number"), rows + more)


def cases(number: int) -> settings:
    """The same cases in every run."""
    return settings(
        max_examples=number,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


@pytest.fixture(scope="session")
def template(own_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template as it stands, and what may follow it."""
    return made_up.released(own_template, tmp_path_factory.mktemp("made-up") / "template")


@pytest.fixture
def copies(
    template: Path, inside: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Copies:
    """Makes a new copy of a project of the first release, and removes the one before."""
    # The same bytes, as other tests hold, many times as fast.
    monkeypatch.setattr(renders, "by_copier", renders.in_memory)
    numbers = count()

    def copy(end: Combination) -> Owned:
        first = tmp_path / end.name
        if not first.exists():
            started(template, FIRST, end.answers, first)
        number = next(numbers)
        shutil.rmtree(inside.folder / f"demo{number - 1}", ignore_errors=True)
        project = Path(shutil.copytree(first, inside.folder / f"demo{number}", symlinks=True))
        return Owned(project, first, inside)

    return copy


def updated(owned: Owned, release: Release) -> tuple[int, dict[str, Any]]:
    """Update to a release; what it takes no more is answered as the program asks for."""
    command = ["update", "--vcs-ref", made_up.tag(release)]
    status, said = owned.run(*command)
    for _ in range(2):
        if release in REFUSING and status == 2:
            command += re.findall(r"-d [a-z_]+=\S+", said["error"])[0].split()
            status, said = owned.run(*command)
    assert status in (0, 4), said
    return status, said


@numbers_of(2, 8, "fastapi", "django")
def test_an_update_loses_no_line(copies: Copies, end: Combination, number: int) -> None:
    @cases(number)
    @given(wanted=EDITS, release=RELEASED)
    @example(wanted=BUSY, release=made_up.files_go)
    def update(wanted: list[Edit], release: Release) -> None:
        owned = copies(end)
        for edit in wanted:
            edit.apply(owned.project)
        owned.commit()
        before = state(owned.project)
        _, said = updated(owned, release)
        owned.undo(said)
        assert state(owned.project) == before

    update()


@numbers_of(2, 8, "flask")
def test_another_answer_loses_no_line(copies: Copies, end: Combination, number: int) -> None:
    @cases(number)
    @given(wanted=EDITS, changes=CHANGES)
    def change(wanted: list[Edit], changes: list[tuple[str, str]]) -> None:
        owned = copies(end)
        for edit in wanted:
            edit.apply(owned.project)
        owned.commit()
        before = state(owned.project)
        _, said = owned.run("set", *(f"{name}={value}" for name, value in dict(changes).items()))
        if said.get("applied"):
            owned.undo(said)
        assert state(owned.project) == before

    change()


def outside_migrations(owned: Owned) -> dict[str, Any]:
    return {
        path: each for path, each in state(owned.project).files.items() if not is_migration(path)
    }


def different(owned: Owned) -> list[dict[str, str]]:
    """What `status` finds unlike a fresh render."""
    found = owned.scaffold.json("status", "-C", str(owned.project))
    assert (found["markers"], found["unmerged"]) == ({}, [])
    return list(found["different"])


@numbers_of(1, 3, "django")
def test_there_and_back_is_where_it_was(copies: Copies, end: Combination, number: int) -> None:
    @cases(number)
    @given(changes=CHANGES)
    def go(changes: list[tuple[str, str]]) -> None:
        owned = copies(end)
        owned.commit()
        before, was = outside_migrations(owned), answers(owned.project)
        status, said = owned.run(
            "set", *(f"{name}={value}" for name, value in dict(changes).items())
        )
        if not said.get("applied"):
            return
        assert status == 0
        # Whatever became another answer was named.
        now = answers(owned.project)
        named = {each["name"]: (each["before"], each["after"]) for each in said["answers"]}
        assert named == {
            name: (was.get(name), now.get(name))
            for name in was | now
            if was.get(name) != now.get(name)
        }
        assert different(owned) == []
        owned.commit()
        # All of it is the template's: none of the lines is a user's.
        between = owned.project.with_name("between")
        shutil.rmtree(between, ignore_errors=True)
        shutil.copytree(owned.project, between)
        back = [f"{name}={written(old)}" for name, (old, _) in named.items() if old is not None]
        status, said = replace(owned, start=between).run("set", *back)
        assert status == 0, said
        assert outside_migrations(owned) == before
        assert different(owned) == []

    go()


@numbers_of(0, 13)
def test_an_untouched_project_is_as_if_made_then(
    copies: Copies, end: Combination, number: int
) -> None:
    @cases(number)
    @given(release=RELEASED)
    def update(release: Release) -> None:
        owned = copies(end)
        owned.commit()
        assert updated(owned, release)[0] == 0
        assert different(owned) == []

    update()
