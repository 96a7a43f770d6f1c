"""From a run to the evidence: what a record keeps, and which records are none; on a small tree of its own."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, commit, git
from evidence import unfit
from served import PYTHON, served, served_pairs

import hatch_build
from scaffold.evidence.shipped import Evidence

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("records")]
PLACE = "src/scaffold/evidence/proven.json"
COPIED = ("copier.yml", "hatch_build.py", "pyproject.toml", "releases.toml", ".gitignore")
# What a run needs of the tests; those of the tree take no time.
HELPERS = [
    "answering",
    "combinations",
    "evidence",
    "pairwise",
    "recording",
    "records",
    "rows",
    "served",
]
TESTS = """
import os
from pathlib import Path

import pytest
from recording import note
from served import PYTHON, served

ROWS = [pytest.param(row, id=row.name) for row in served()]


@pytest.mark.xdist_group("together")
@pytest.mark.parametrize("turn", range(6))
def test_together(turn):
    place = Path("records", "processes", os.environ.get("PYTEST_XDIST_WORKER", "one"))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.touch()


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS)
def test_serving(row):
    python = row.answers[PYTHON]
    if python == "3.14" and "HAS_NEWEST" not in os.environ:
        pytest.skip("Python 3.14 was not there")
    note(
        row,
        installed={"python": f"{python}.1", row.framework: "5.0.1", "asyncpg": "0.32.0"},
        servers={row.answers["database"]: "17.5"},
        locked={"colorama": ["0.4.6"], row.framework: ["5.0.1", "10.0.1"]},
        served={"production": "make serve"},
    )


@pytest.mark.matrix
def test_more():
    assert "RED" not in os.environ
"""


@dataclass(frozen=True)
class Tree:
    """A repository with the real catalogue."""

    root: Path

    def pytest(self, *arguments: str, **environment: str) -> int:
        """Run its tests."""
        # What else is installed has no part in it, and takes longer than all that has.
        environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        loaded = ("-q", "-p", "xdist.plugin")
        return self._python("-m", "pytest", *loaded, *arguments, **environment).returncode

    def run(self, name: str, *arguments: str, **environment: str) -> int:
        """Run its tests in one process, with a record of that name."""
        record = ("-n", "0", "--record", f"records/{name}.json")
        return self.pytest(*record, *arguments, **environment)

    def evidence(self, *names: str) -> subprocess.CompletedProcess[str]:
        """Make evidence of records."""
        return self._python("tests/evidence.py", *(f"records/{name}.json" for name in names))

    def shipped(self) -> dict[str, Any]:
        """What was made."""
        made: dict[str, Any] = json.loads((self.root / PLACE).read_text())
        return made

    def _python(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {name: text for name, text in os.environ.items() if "PYTEST" not in name}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=kept | environment,
            capture_output=True,
            text=True,
            check=False,
        )


def pytests(script: str) -> list[list[str]]:
    """What a script gives to pytest, each time that it runs it."""
    return [
        shlex.split(each) for each in re.findall(r"\.venv/bin/pytest\b(.*)$", script, re.MULTILINE)
    ]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """A tree with the records of a whole run, as continuous integration makes it."""
    root = tmp_path_factory.mktemp("records") / "tree"
    (root / "tests" / "generated").mkdir(parents=True)
    (root / PLACE).parent.mkdir(parents=True)
    for name in COPIED:
        shutil.copy(ROOT / name, root)
    shutil.copytree(ROOT / "templates" / "_shared", root / "templates" / "_shared")
    for name in HELPERS:
        shutil.copy(ROOT / "tests" / f"{name}.py", root / "tests")
    (root / "tests" / "conftest.py").write_text('pytest_plugins = ("rows", "recording")\n')
    (root / "tests" / "generated" / "test_serving.py").write_text(TESTS)
    git(root, "init", "--quiet")
    commit(root, "Start")
    tree = Tree(root)
    for arguments in pytests((ROOT / ".ci" / "run").read_text()):
        assert tree.pytest(*arguments) == 0
    return tree


@pytest.fixture
def tree(recorded: Tree, tmp_path: Path) -> Tree:
    """A copy of it, to be changed."""
    return Tree(Path(shutil.copytree(recorded.root, tmp_path / "tree")))


@pytest.mark.matrix
def test_a_whole_green_run_is_evidence(tree: Tree) -> None:
    done = tree.evidence("tests", "matrix")
    assert done.returncode == 0, done.stderr
    made = tree.shipped()
    assert made["template"] == hatch_build.tree(tree.root)
    assert made["tool"]["copier"].startswith("9.")
    assert made["packages"]["colorama"] == ["0.4.6"]
    assert made["packages"]["django"] == ["5.0.1", "10.0.1"]
    evidence = Evidence(made)
    assert len(evidence.rows) == len(served())
    for row, shown in zip(served(), evidence.rows, strict=True):
        assert shown.choices["framework"] == row.framework
        newest = row.answers[PYTHON] == "3.14"
        assert shown.reason == ("Python 3.14 was not there" if newest else "")
        assert newest or shown.versions == {
            "python": f"{row.answers[PYTHON]}.1",
            row.framework: "5.0.1",
            row.answers["database"]: "17.5",
            "asyncpg": "0.32.0",
        }
    assert "3.14" in evidence.rendered["python_version"]
    assert evidence.rendered["legacy_mount"] == ["given", "none"]
    assert made["tests"]["passed"] == len(evidence.served) + 7


def test_the_tests_of_a_group_run_in_one_process(recorded: Tree) -> None:
    """Each project is installed and served by one process: by two, it takes twice as long."""
    assert len(list((recorded.root / "records" / "processes").iterdir())) == 1


@pytest.mark.matrix
def test_the_same_records_make_the_same_text(tree: Tree) -> None:
    tree.evidence("tests", "matrix")
    first = (tree.root / PLACE).read_text()
    tree.evidence("matrix", "tests")
    assert (tree.root / PLACE).read_text() == first
    assert max(map(len, first.splitlines())) < 600


@pytest.mark.matrix
def test_what_one_machine_lacked_another_may_have(tree: Tree) -> None:
    assert tree.run("newest", "-k", "3.14", HAS_NEWEST="1") == 0
    done = tree.evidence("tests", "matrix", "newest")
    assert done.returncode == 0, done.stderr
    made = tree.shipped()
    assert all("reason" not in row for row in made["served"]["rows"])
    assert made["served"]["pairs"] == len(served_pairs())


def refused(tree: Tree, *names: str) -> str:
    """Why records are no evidence."""
    done = tree.evidence(*names)
    assert done.returncode == 1
    assert not (tree.root / PLACE).exists()
    return done.stderr


def test_a_part_of_the_tests_is_no_evidence(tree: Tree) -> None:
    assert "1 tests were left out" in refused(tree, "tests")
    assert tree.run("some", "-k", "fastapi") == 0
    assert "tests were left out, such as tests/generated/test_serving.py" in refused(
        tree, "some", "matrix"
    )
    assert tree.run("folder", "tests/generated") == 0
    assert "asked for tests/generated alone" in refused(tree, "folder", "matrix")
    assert "no record" in refused(tree)


@pytest.mark.matrix
def test_the_jobs_of_the_workflow_leave_nothing_out(tree: Tree) -> None:
    first, *others = (row.name for row in served())
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
    for job in ("fast", "others", "served"):
        steps = workflow["jobs"][job]["steps"]
        (arguments,) = pytests("\n".join(step.get("run", "") for step in steps))
        assert tree.run(job, *(each.replace("$ROW", first) for each in arguments), "-n", "0") == 0
    row = json.loads((tree.root / "records" / "served.json").read_text())
    (about,) = row["tests"].values()
    assert about["row"] == first
    # As many as there are other jobs, of one test each.
    assert f"{len(others)} tests were left out" in refused(tree, "fast", "others", "served")


@pytest.mark.matrix
def test_there_is_no_row_of_another_name(tree: Tree) -> None:
    assert tree.run("unknown", "--row", "rails") == pytest.ExitCode.USAGE_ERROR


def test_a_red_run_is_no_evidence(tree: Tree) -> None:
    assert tree.run("red", "-m", "matrix", "-n", "2", RED="1") == 1
    said = refused(tree, "tests", "red")
    assert "1 tests failed, such as tests/generated/test_serving.py::test_more" in said
    assert "ended with status 1" in said
    assert "1 tests failed" in refused(tree, "tests", "red", "matrix")


@pytest.mark.matrix
@pytest.mark.parametrize(
    ("path", "stays"),
    [
        ("releases.toml", True),
        ("CHANGELOG.md", True),
        ("copier.yml", False),
        ("tests/new.py", False),
        ("src/scaffold/new.py", False),
    ],
)
def test_what_has_changed_since_is_not_proven(tree: Tree, path: str, stays: bool) -> None:
    with (tree.root / path).open("a") as file:
        file.write("\n")
    if stays:
        assert tree.evidence("tests", "matrix").returncode == 0
    else:
        assert f"{path} is not as the commit has it" in refused(tree, "tests", "matrix")
        commit(tree.root, "Change something")
        assert f"{path} is not as the commit has it" in refused(tree, "tests", "matrix")


def test_a_release_changes_its_version_and_nothing_else_of_the_project(tree: Tree) -> None:
    file = tree.root / "pyproject.toml"
    text = file.read_text()
    file.write_text(text.replace("copier>=9", "copier>=8"))
    assert "pyproject.toml is not" in refused(tree, "tests", "matrix")
    (version,) = [line for line in text.splitlines() if line.startswith("version = ")]
    file.write_text(text.replace(version, 'version = "9.9.9"'))
    assert tree.evidence("tests", "matrix").returncode == 0
    assert tree.shipped()["version"] == "9.9.9"
    commit(tree.root, "Release 9.9.9")
    assert tree.evidence("tests", "matrix").returncode == 0


@pytest.mark.matrix
def test_records_of_different_states_are_not_one_run(tree: Tree) -> None:
    (tree.root / "notes.md").write_text("A thought.\n")
    commit(tree.root, "Keep a thought")
    assert tree.run("later", "-m", "matrix") == 0
    assert "of different states" in refused(tree, "tests", "later")


def test_the_matrix_of_jobs_has_every_served_project() -> None:
    done = subprocess.run(
        [sys.executable, "tests/rows.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert [each["name"] for each in json.loads(done.stdout)] == [row.name for row in served()]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("auth", "session"),
        ("admin", "yes"),
        ("deploy", "compose"),
        ("license", "MIT"),
        (PYTHON, "3.12"),
    ],
)
def test_no_release_goes_out_with_a_choice_that_is_not_proven(
    tree: Tree, option: str, value: str
) -> None:
    assert "no release" not in tree.evidence("tests", "matrix").stdout
    made = tree.shipped()
    assert list(unfit(Evidence(made))) == []
    made["rendered"]["choices"][option].remove(value)
    assert list(unfit(Evidence(made))) == [f"{option}={value}: not yet proven"]


def test_no_release_goes_out_with_a_project_that_was_not_served(tree: Tree) -> None:
    tree.evidence("tests", "matrix")
    made = tree.shipped()
    row = made["served"]["rows"][0]
    row["reason"] = "no PostgreSQL"
    assert [each.rpartition(": ")[2] for each in unfit(Evidence(made))] == ["no PostgreSQL"]
