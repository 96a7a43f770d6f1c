"""What a change of the template must respect so that projects of every release can be updated."""

import ast
import tomllib
from pathlib import Path

import pytest
from answering import ROOT
from combinations import everything
from conftest import git
from evidence import unfit
from packaging.version import Version

import hatch_build
from scaffold.evidence.shipped import load

from .conftest import NEXT, At
from .past import NOW, RELEASES, ROWS, is_migration

pytestmark = pytest.mark.xdist_group("rules of updates")
# The first release that has any.
WITH_EVIDENCE = Version("0.2.1")
released = pytest.mark.parametrize("release", RELEASES)


@pytest.mark.slow
@released
def test_questions_and_choices_stay(at: At, release: str) -> None:
    before = at(release)
    for name, body in before.asked():
        now = NOW.questions.get(name)
        assert now is not None, f"{name} was asked by {release}: its answers would be lost"
        assert now.get("when") is not False, f"{name} was asked by {release}"
        for part in ("type", "multiselect"):
            assert now.get(part) == body.get(part), f"{name} means another thing than in {release}"
        gone = before.choices(name) - NOW.choices(name)
        assert not gone, f"{name}: {gone} would silently become the default; keep it as an alias"


@released
def test_answers_of_a_release_are_still_taken(at: At, release: str) -> None:
    before = at(release)
    for combination in everything():
        answers = before.fitting(combination.answers)
        if not before.refused(before.context(answers)):
            # What is refused now would silently become the default.
            assert NOW.refused(NOW.context(answers)) == [], f"{combination} was fine in {release}"


@pytest.mark.slow
@released
def test_every_pattern_can_be_told_by_an_older_release(at: At, release: str) -> None:
    before = at(release)
    wrong: dict[str, str] = {}
    for combination in everything():
        answers = before.fitting(combination.answers)
        excluded = NOW.excluded(before.context(answers))
        lost = [path for path in before.files(answers) if excluded.match_file(path)]
        wrong |= {path: str(combination) for path in lost}
    # Copier renders the old project with today's patterns beside its own: a file that they take from it
    # looks new, and conflicts with itself. For a fact that is new, `default` says what was so before.
    assert not wrong, (
        f"in projects of {release} these files would conflict with themselves: {wrong}"
    )


@pytest.mark.slow
@released
def test_migrations_stay_as_databases_have_run_them(at: At, release: str) -> None:
    before = at(release)
    for combination in everything():
        answers = before.fitting(combination.answers)
        contexts = before.context(answers), NOW.context(answers)
        if before.refused(contexts[0]):
            # No project of that release has them.
            continue
        old, new = before.files(answers), NOW.files(answers)
        for path in filter(is_migration, old):
            assert path in new, f"{path} was in {release}"
            then, now = (
                template.rendered(files[path].read_text(), context)
                for template, files, context in zip(
                    (before, NOW), (old, new), contexts, strict=True
                )
            )
            assert _forward(then) == _forward(now), f"{path} of {combination} has changed"


def _forward(module: str) -> str:
    """What a migration does to a database that has not run it: not its words, nor the way back."""
    tree = ast.parse(module)
    body = [
        each
        for each in tree.body
        if not (isinstance(each, ast.FunctionDef) and each.name == "downgrade")
        and not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
    ]
    return "\n".join(ast.dump(each) for each in body)


def test_every_release_has_its_row(history: Path) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    names = git(history, "tag").split()
    trees = {name: git(history, "rev-parse", f"{name}^{{tree}}") for name in names}
    asked = trees.get(f"v{version}", trees[NEXT])
    assert version in ROWS, f'releases.toml has no row "{version}" = "{asked}"'
    unknown = {row for row, tree in ROWS.items() if tree not in trees.values()}
    assert not unknown, f"no commit has the template that releases.toml gives for {unknown}"


def test_a_release_ships_the_evidence_of_its_template() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    if Version(version) < WITH_EVIDENCE or ROWS.get(version) != hatch_build.tree(ROOT):
        pytest.skip("this is no release")
    shipped = load()
    assert shipped is not None, "a release needs evidence: see Releasing in CONTRIBUTING.md"
    assert (shipped.version, shipped.template) == (version, ROWS[version])
    assert list(unfit(shipped)) == []


def test_no_row_was_ever_changed(history: object) -> None:
    for commit in git(ROOT, "log", "--format=%H", "--", "releases.toml").split():
        rows = tomllib.loads(git(ROOT, "show", f"{commit}:releases.toml"))
        assert rows.items() <= ROWS.items(), f"a row is not as {commit[:10]} had it"


def test_rows_are_in_the_order_of_their_versions() -> None:
    assert list(ROWS) == sorted(ROWS, key=Version)
