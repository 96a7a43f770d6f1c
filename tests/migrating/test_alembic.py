"""What changed answers add to the history of Alembic, without a database."""

import itertools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from answering import ROOT, values
from combinations import Combination, all_on, ends
from conftest import put

from scaffold.errors import BadAnswer, NoTransition
from scaffold.migrating import alembic, heads
from scaffold.migrating.transition import Transition, transition
from scaffold.template import tree
from scaffold.template.preview import Template
from scaffold.template.tree import Tree

from .project import ORIGIN, Project, changed, template

FOLDER = "migrations/versions/"
# What was released before what an option adds had a branch of its own.
WITHOUT_LABEL = {"0001", "0002", "0003", "0004", "0005"}
STATES: dict[str, list[dict[str, Any]]] = {
    "fastapi": [
        {"auth": auth, "database": database}
        for auth in ("none", "jwt", "session")
        for database in ("sqlite", "postgresql")
    ],
    "flask": [
        {"auth": auth, "pages": pages, "database": database}
        for auth, pages in (
            ("none", None),
            *itertools.product(("jwt", "session"), ("none", "htmx")),
        )
        for database in ("sqlite", "postgresql")
    ],
}
OWN = '''"""Mine."""

import sqlalchemy as sa
from alembic import op

revision: str = "{}"
down_revision = {!r}
branch_labels = {!r}
depends_on = {!r}
'''


def project(framework: str, **state: Any) -> Project:
    known = {**all_on(framework).answers, "deploy": [], "legacy_mount": "", **state}
    if framework == "fastapi":
        known.pop("legacy_mount")
    return Project({name: answer for name, answer in known.items() if answer is not None})


def own(project: Project, name: str, follows: Any, labels: Any = None, needs: Any = None) -> None:
    """Add a migration of an owner's."""
    text = OWN.format(name, follows, labels, needs)
    project.files[f"{FOLDER}202611270303_{name}_mine.py"] = text.encode()


def migrations(project: Project) -> dict[str, str]:
    return {
        path: text.decode() for path, text in project.files.items() if alembic.is_migration(path)
    }


def revisions(files: dict[str, str]) -> list[alembic.Revision]:
    found = [alembic.read(path, text) for path, text in files.items()]
    return [each for each in found if each]


def steps() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for framework, states in STATES.items():
        for before, after in itertools.permutations(states, 2):
            yield framework, before, after


@pytest.mark.slow
def test_every_step_adds_one_migration_at_the_end(tmp_path: Path) -> None:
    for number, (framework, before, after) in enumerate(steps()):
        changing = project(framework, **before)
        first = dict(changing.files)
        known = migrations(changing)
        change = changing.set(tmp_path, **after)
        assert not changed({path: first[path] for path in known}, changing.files)
        assert heads.split(migrations(changing)) == []
        if change.added:
            (path,) = change.added
            assert path > max(known)
            (made,) = revisions({path: change.added[path].decode()})
            assert not re.fullmatch(r"\d{4}", made.id)
            assert made.follows == (max(each.id for each in revisions(known)),)
            put(tmp_path / f"{number}", change.added)
        else:
            # What Copier brings is enough, or the two have one schema.
            assert set(known) <= set(migrations(changing))
    for command in ("format --check", "check"):
        ruff = [sys.executable, "-m", "ruff", *command.split(), "--line-length=100", str(tmp_path)]
        done = subprocess.run(ruff, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_what_only_adds_comes_as_by_plain_copier(tmp_path: Path) -> None:
    changing = project("fastapi", auth="none", database="sqlite")
    own(changing, "4eaaf153a558", "0001")
    change = changing.set(tmp_path, auth="jwt")
    assert (change.added, change.losses) == ({}, ())
    assert {each.id for each in revisions(migrations(changing))} > {"0002", "0004", "4eaaf153a558"}
    assert heads.split(migrations(changing)) == []


def test_what_goes_is_said(tmp_path: Path) -> None:
    change = project("flask", auth="jwt", pages="none", database="sqlite").set(
        tmp_path, auth="none", pages=None
    )
    (path,) = change.added
    assert change.losses == (f"{path} drops passwords and roles and refresh tokens",)


@pytest.mark.few(1)
@pytest.mark.parametrize("end", [each for each in ends() if each.framework != "django"], ids=str)
def test_other_options_leave_the_schema_alone(end: Combination) -> None:
    here = Project(end.answers)
    tried = 0
    for name, choices in values().items():
        if name in ("framework", "auth", "pages", "database") or name not in end.answers:
            continue
        for choice in choices:
            value = list(choice) if isinstance(choice, tuple) else choice
            try:
                change = transition(
                    template(), end.answers, {**end.answers, name: value}, here.files
                )
            except BadAnswer:
                continue
            assert change == Transition(frozenset(migrations(here)))
            tried += 1
    assert tried > 10


def test_what_an_option_adds_is_a_branch_of_its_own() -> None:
    """So that it stands beside whatever an owner has added: see Adding an option in CONTRIBUTING.md."""
    for framework, states in STATES.items():
        for state in states:
            for each in revisions(migrations(project(framework, **state))):
                assert re.fullmatch(r"\d{4}", each.id)
                if each.id not in WITHOUT_LABEL:
                    assert each.labels, f"{each.path} has no label, or follows another"
                    assert each.needs, f"{each.path} says not what of the schema it needs"


def test_it_follows_the_owners_own(tmp_path: Path) -> None:
    """And comes after what the template has beside it, with a label or without."""
    changing = project("fastapi", auth="none", database="sqlite")
    own(changing, "4eaaf153a558", "0001")
    changing.set(tmp_path, auth="jwt")
    own(changing, "0006", None, labels="cache", needs="0004")
    change = changing.set(tmp_path, auth="none")
    ((path, text),) = change.added.items()
    (made,) = revisions({path: text.decode()})
    assert (made.follows, set(made.needs)) == (("4eaaf153a558",), {"0004", "0006"})
    assert Path(path).name.startswith("202611270304_")
    assert {"0002", "0004"} < {each.id for each in revisions(migrations(changing))}
    assert heads.split(migrations(changing)) == []

    again = changing.set(tmp_path, auth="jwt")
    ((path, text),) = again.added.items()
    (last,) = revisions({path: text.decode()})
    assert (last.follows, set(last.needs)) == ((made.id,), {"0004", "0006"})
    assert again.losses == ()


def test_what_an_owner_changed_or_removed_stays_so(tmp_path: Path) -> None:
    changing = project("flask", auth="jwt", pages="none", database="sqlite")
    first = f"{FOLDER}0001_users.py"
    changing.files[first] += b"# Mine.\n"
    changing.files[f"{FOLDER}0002_all.py"] = changing.files.pop(f"{FOLDER}0002_auth.py")
    kept = migrations(changing)
    change = changing.set(tmp_path, pages="htmx")
    assert len(change.added) == 1
    assert kept == {path: migrations(changing)[path] for path in kept}
    assert f"{FOLDER}0002_auth.py" not in changing.files


def test_a_template_that_does_not_tell_is_refused() -> None:
    text = (ROOT / "copier.yml").read_bytes().replace(b"\n_schema:", b"\n_other:")
    old = Template(Tree({**tree.kept(ROOT).files, "copier.yml": text}))
    before = {**all_on("fastapi").answers, "deploy": []}
    head = old.render(before, ORIGIN)
    with pytest.raises(NoTransition, match="scaffold update"):
        transition(old, before, {**before, "auth": "none"}, head)
    # What only adds needs nothing of it.
    without = {**before, "auth": "none"}
    head = old.render(without, ORIGIN)
    assert transition(old, without, before, head).added == {}


def told(*texts: tuple[str, Any], needs: Any = None) -> list[str]:
    files = {
        f"{FOLDER}{number}.py": OWN.format(name, follows, None, needs)
        for number, (name, follows) in enumerate(texts)
    }
    return heads.split(files)


def test_what_cannot_be_decided_is_said_with_what_mends_it() -> None:
    assert told(("0001", None), ("0002", "0001"), ("a", "0001")) == []
    (own,) = told(("0001", None), ("b", "0001"), ("a", "0001"))
    assert "1.py and migrations/versions/2.py are both the last of your migrations" in own
    assert "`uv run alembic merge --message merge b a`" in own
    (twice,) = told(("a", None), ("a", None))
    assert "0.py and migrations/versions/1.py are both revision a" in twice
    (missing,) = told(("a", "0004"))
    assert "revision 0004, which is not there" in missing
    assert "git restore" in missing
    (needed,) = told(("a", None), needs="cache")
    assert "revision cache, which is not there" in needed
    (circle,) = told(("a", "b"), ("b", "a"))
    assert "follow each other" in circle
    (labelled,) = told(("a", None), ("b", "users"))
    assert "revision users, which is not there" in labelled
    # What is no part of a revision's identity is not even looked at.
    strange = OWN.format("a", None, None, None) + "\nROWS = {[]: 1}\n"
    assert heads.split({f"{FOLDER}a.py": strange}) == []
    for endless in ("-" * 99999 + "1", "+".join("1" * 20000)):
        (said,) = heads.split({f"{FOLDER}a.py": f"revision = {endless}"})
        assert "not valid Python" in said
    assert heads.split({f"{FOLDER}a.py": "<<<<<<< HEAD"}) == [
        f"{FOLDER}a.py is not valid Python: resolve what is in conflict there"
    ]


def test_nothing_follows_what_is_broken() -> None:
    here = project("fastapi", auth="jwt", database="sqlite")
    own(here, "a", "b")
    with pytest.raises(NoTransition, match="which is not there"):
        transition(template(), here.answers, {**here.answers, "auth": "none"}, here.files)
