"""`scaffold set` and `scaffold diff`: what another answer changes, what goes with it, and what stays."""

import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from combinations import TEXTS, combination, least
from conftest import Inside, commit, contents, git

from .updating import answers, difference, fresh, started

Done = subprocess.CompletedProcess[str]
Set = Callable[..., Done]
FIRST = '"""First."""\n\nrevision = "0001"\ndown_revision = None\nbranch_labels = None\ndepends_on = None\n'
SECOND = FIRST.replace("0001", "0002").replace("None", '"0001"', 1).replace("First", "Second")
OWN = SECOND.replace("Second", "Own")


@pytest.fixture
def project(light_template: Path, inside: Inside) -> Path:
    """A project with as much as there is at the root."""
    given: dict[str, object] = {"project_name": "Demo", "framework": "django"}
    given |= {
        "database": "postgresql",
        "pages": "htmx",
        "deploy": ["docker", "compose", "kubernetes"],
    }
    return started(light_template, "v1.0.0", given, inside.folder / "demo")


@pytest.fixture
def change(inside: Inside, project: Path) -> Set:
    """Runs `scaffold set` on the project."""
    return lambda *items: inside("set", "-C", str(project), "--yes", *items)


def test_an_option_goes_and_comes_back(light_template: Path, project: Path, change: Set) -> None:
    before = contents(project / "..")
    done = change("deploy=none")
    assert (done.returncode, done.stderr) == (0, "")
    assert "deploy: docker,compose,kubernetes becomes none" in done.stdout
    assert not (project / "Dockerfile").exists()
    assert difference(project, fresh(light_template, "v1.0.0", project)) == {}
    commit(project, "No image")
    assert change("deploy=docker,compose,kubernetes").returncode == 0
    assert git(project, "diff", "--cached", "--name-only", "HEAD~1") == ""
    shutil.rmtree(project.with_name("demo-fresh"))
    after = contents(project / "..")
    assert {k: v for k, v in after.items() if "/.git/" not in k} == {
        k: v for k, v in before.items() if "/.git/" not in k
    }


@pytest.mark.slow
def test_what_goes_with_an_answer_is_named(project: Path, change: Set) -> None:
    done = change("auth=none")
    assert done.returncode == 0
    needs = "it does not apply with auth=none: it needs auth=jwt or auth=session"
    assert f"admin: yes goes ({needs})" in done.stdout
    assert f"pages: htmx goes ({needs})" in done.stdout
    assert not {"admin", "pages"} & answers(project).keys()


@pytest.mark.slow
def test_what_was_off_is_no_loss(project: Path, change: Set) -> None:
    assert change("pages=none").returncode == 0
    commit(project, "No pages")
    done = change("auth=none")
    assert done.returncode == 0
    assert "admin: yes goes" in done.stdout
    assert "pages: " not in done.stdout


@pytest.mark.slow
def test_what_an_answer_brings_along_is_named(project: Path, change: Set) -> None:
    done = change("deploy=compose")
    assert "deploy: docker stays, due to compose" in done.stdout
    done = change("database=sqlite", "deploy=compose")
    assert done.returncode == 1  # It is not committed.


@pytest.mark.slow
def test_what_is_so_already_changes_nothing(project: Path, change: Set) -> None:
    done = change("ci=github")
    assert (done.returncode, done.stdout) == (0, "Nothing would change.\n")
    assert git(project, "status", "--porcelain") == ""


@pytest.mark.slow
def test_an_edited_file_of_an_option_that_goes_is_kept(project: Path, change: Set) -> None:
    file = project / "Dockerfile"
    file.write_text(f"{file.read_text()}# mine\n")
    commit(project, "Edit")
    done = change("deploy=none")
    assert done.returncode == 0
    assert (
        "kept because you edited it, the template has it no more (1)\n  Dockerfile" in done.stdout
    )
    assert file.read_text().endswith("# mine\n")


@pytest.mark.slow
def test_the_same_lines_are_a_conflict(project: Path, change: Set) -> None:
    file = project / "pyproject.toml"
    lines = file.read_text().splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if "psycopg" in line)
    lines[place] = '    "psycopg==3.2",\n'
    file.write_text("".join(lines))
    commit(project, "Pin")
    done = change("database=sqlite", "deploy=docker")
    assert done.returncode == 4
    assert "pyproject.toml (line " in done.stdout
    assert "psycopg==3.2" in file.read_text()
    assert "git add -- pyproject.toml" in done.stdout
    undo = next(line for line in done.stdout.splitlines() if " restore " in line)
    subprocess.run(shlex.split(undo), check=True)
    assert git(project, "status", "--porcelain") == ""


@pytest.mark.slow
def test_a_difference_is_shown_and_not_written(project: Path, inside: Inside) -> None:
    (project / "notes").write_text("not committed")
    before = contents(inside.folder)
    done = inside("diff", "-C", str(project), "ci=none")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\n-ci: github\n+ci: none\n" in done.stdout
    assert contents(inside.folder) == before
    found = inside.json("diff", "-C", str(project), "ci=none")
    assert found["answers"] == [{"name": "ci", "before": "github", "after": "none", "reason": ""}]
    assert "+ci: none" in found["diff"]


@pytest.mark.slow
def test_a_difference_is_what_is_set(project: Path, inside: Inside, change: Set) -> None:
    shown = inside.json("diff", "-C", str(project), "auth=none", "license=Apache-2.0")
    assert change("auth=none", "license=Apache-2.0").returncode == 0
    staged = git(project, "diff", "--cached", "--no-renames", "--name-only").splitlines()
    assert sorted(each["path"] for each in shown["files"]) == sorted(staged)


@pytest.mark.slow
def test_no_migration_that_is_there_is_changed(own_template: Path, inside: Inside) -> None:
    given = {"project_name": "Demo", "framework": "fastapi"}
    project = started(own_template, "v1.0.0", given, inside.folder / "whole")
    before = contents(project / "migrations/versions")
    done = inside("set", "-C", str(project), "--yes", "auth=none")
    assert done.returncode == 0, done.stderr
    after = contents(project / "migrations/versions")
    assert before.items() < after.items()
    (added,) = after.keys() - before.keys()
    assert f"migrations/versions/{added} drops " in done.stdout
    assert "make migrate" in done.stdout
    status = inside.json("status", "-C", str(project))
    assert status["different"] == []


@pytest.mark.slow
def test_migrations_that_need_a_decision_are_left_to_their_owner(
    changed_template: Path, inside: Inside
) -> None:
    versions = changed_template / "templates/fastapi/migrations/versions"
    versions.mkdir(parents=True)
    (versions / "0001_first.py").write_text(FIRST)
    commit(changed_template, "Release", "v2.0.0")
    given = {"project_name": "Demo", "framework": "fastapi"}
    project = started(changed_template, "v2.0.0", given, inside.folder / "demo")
    (project / "migrations/versions/0002_own.py").write_text(OWN)
    latin = project / "migrations/versions/0000_empty.py"
    latin.write_bytes(b"# F\xfcr Zo\xeb\n")
    commit(project, "Own")
    (versions / "0002_second.py").write_text(SECOND)
    commit(changed_template, "Release", "v3.0.0")
    done = inside("update", "-C", str(project), "--yes")
    assert done.returncode == 4
    assert "0002_own.py and migrations/versions/0002_second.py are both revision" in done.stdout


def test_a_template_without_a_framework_is_followed_too(tmp_path: Path, inside: Inside) -> None:
    template = tmp_path / "other"
    template.mkdir()
    (template / "copier.yml").write_text("color: {type: str, choices: [red, blue], default: red}\n")
    answered = "{{ _copier_answers | to_nice_yaml }}"
    (template / "{{ _copier_conf.answers_file }}.jinja").write_text(answered)
    (template / "color.txt.jinja").write_text("{{ color }}\n")
    git(template, "init", "--quiet")
    commit(template, "Release", "v1.0.0")
    other = started(template, "v1.0.0", {"color": "red"}, inside.folder / "other")
    done = inside("set", "-C", str(other), "--yes", "color=blue")
    assert (done.returncode, done.stderr) == (0, "")
    assert (other / "color.txt").read_text() == "blue\n"


@pytest.mark.few(2, 6)
@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("from .access import Caller\n", True),
        ("from . import access, db\n", True),
        ("import demo.access\n", True),
        ("from demo.access import Caller\n", True),
        ("from .db import Base\n", False),
        ("from .access import (\n", False),
    ],
)
def test_what_would_import_what_goes_is_named(
    text: str, is_named: bool, own_template: Path, inside: Inside
) -> None:
    chosen = {**least(framework="fastapi", auth="jwt"), **TEXTS[0], "package_name": "demo"}
    project = started(own_template, "v1.0.0", combination(chosen).answers, inside.folder / "demo")
    (project / "src/demo/mine.py").write_text(text)
    commit(project, "Mine")
    done = inside("set", "-C", str(project), "auth=none", "--dry-run")
    said = "src/demo/mine.py imports src/demo/access.py, which goes"
    assert (said in done.stdout, done.returncode) == (is_named, 0), done.stdout + done.stderr
