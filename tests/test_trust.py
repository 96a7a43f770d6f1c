"""A template of somebody else: nothing of it runs, and nothing is read or written outside the project."""

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT, Inside, Runner, commit, contents, git, script

from scaffold.template import bundle, opening

NEW = ("new", "demo", "--yes", "--framework", "fastapi")
QUESTIONS = """
_subdirectory: template
project_name: {type: str}
framework: {type: str, choices: [fastapi]}
"""
# A build backend in the project's own tree is code that `uv lock` and `uv sync` run.
PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "demo"
version = "1"
requires-python = ">=3.11"
dynamic = ["dependencies"]
"""


@pytest.fixture
def strange(tmp_path: Path) -> Path:
    """A template that would leave a mark if any of it ran."""
    folder = tmp_path / "strange"
    (folder / "template").mkdir(parents=True)
    (folder / "copier.yml").write_text(QUESTIONS)
    answers = "{{ _copier_answers | to_nice_yaml }}"
    (folder / "template" / "{{ _copier_conf.answers_file }}.jinja").write_text(answers)
    (folder / "template" / "pyproject.toml").write_text(PROJECT)
    mark = f"from pathlib import Path\nPath({str(tmp_path / 'ran')!r}).touch()\n"
    (folder / "template" / "backend.py").write_text(mark)
    git(folder, "init", "--quiet")
    commit(folder, "Release", "v1.0.0")
    return folder


def test_what_a_strange_template_wrote_is_not_run(
    scaffold: Runner, strange: Path, tmp_path: Path
) -> None:
    result = scaffold.json(*NEW, "--template", str(strange))
    assert not (tmp_path / "ran").exists()
    assert {step["status"] for step in result["steps"]} == {"skipped"}
    assert "--trust" in result["warnings"][0]
    assert {"uv lock", "uv sync", "git init"} <= set(result["next_steps"])
    assert not (scaffold.folder / "demo" / ".git").exists()
    assert (scaffold.folder / "demo" / "backend.py").is_file()


def test_nor_if_the_environment_names_it(scaffold: Runner, strange: Path, tmp_path: Path) -> None:
    done = scaffold(*NEW, SCAFFOLD_TEMPLATE=str(strange))
    assert done.returncode == 0
    assert "--trust" in done.stderr
    assert not (tmp_path / "ran").exists()


@pytest.mark.slow
def test_with_trust_it_is_installed_and_committed(
    scaffold: Runner, strange: Path, tmp_path: Path
) -> None:
    result = scaffold.json(*NEW, "--template", str(strange), "--trust")
    assert (tmp_path / "ran").exists()
    assert "--trust" not in str(result["warnings"])
    assert git(scaffold.folder / "demo", "log", "--format=%s") == "Start the project"


@pytest.mark.parametrize("flag", [(), ("--trust",)], ids=["", "trusted"])
def test_a_dry_run_says_what_would_be_run(
    inside: Inside, strange: Path, flag: tuple[str, ...]
) -> None:
    result = inside.json(*NEW, "--template", str(strange), "--dry-run", *flag)
    assert bool(result["would_run"]) == bool(flag)


@pytest.mark.parametrize(
    "want", ["_tasks: ['touch {mark}']\n", "_jinja_extensions: [antigravity]\n"]
)
def test_tasks_are_refused_even_with_trust(
    inside: Inside, strange: Path, tmp_path: Path, want: str
) -> None:
    with (strange / "copier.yml").open("a") as file:
        file.write(want.format(mark=tmp_path / "ran"))
    commit(strange, "Want more", "v1.0.1")
    done = inside(*NEW, "--template", str(strange), "--trust")
    assert done.returncode == 1
    assert not list(inside.folder.iterdir())
    assert not (tmp_path / "ran").exists()


@pytest.mark.few(2)
@pytest.mark.parametrize("place", [".git", ".GIT", "sub/.git"])
@pytest.mark.parametrize("flags", [("--trust",), ("--dry-run",)])
def test_nothing_is_rendered_where_git_keeps_what_it_runs(
    inside: Inside, strange: Path, tmp_path: Path, place: str, flags: tuple[str, ...]
) -> None:
    # A name that is no .git before it is rendered, since no repository holds one.
    name = place.replace(".", "{{ '.' }}")
    script(strange / "template" / name / "hooks" / "pre-commit", f"touch {tmp_path / 'ran'}")
    commit(strange, "Bring a hook", "v1.0.1")
    done = inside(*NEW, "--template", str(strange), "--no-install", *flags)
    assert (done.returncode, place in done.stderr) == (1, True)
    assert not list(inside.folder.iterdir())
    assert not (tmp_path / "ran").exists()


@pytest.mark.few(4)
@pytest.mark.parametrize("flags", [(), ("--dry-run",)], ids=["made", "dry run"])
@pytest.mark.parametrize("link", ["docs", "docs/decisions", "docs/decisions/0001-framework.md"])
@pytest.mark.parametrize("target", ["{outside}", "../../../../../../../../../../../..{outside}"])
def test_no_link_is_followed_out_of_the_project(
    inside: Inside,
    strange: Path,
    tmp_path: Path,
    link: str,
    target: str,
    flags: tuple[str, ...],
) -> None:
    outside = tmp_path / "outside"
    (outside / "decisions").mkdir(parents=True)
    for name in ("0001-framework.md", "decisions/0001-framework.md"):
        (outside / name).write_text("theirs")
    end = outside / "0001-framework.md" if link.endswith(".md") else outside
    with (strange / "copier.yml").open("a") as file:
        file.write("_preserve_symlinks: true\n")
    (strange / "template" / link).parent.mkdir(parents=True, exist_ok=True)
    (strange / "template" / link).symlink_to(target.format(outside=end))
    commit(strange, "Bring a link", "v1.0.1")
    before = contents(outside)
    done = inside(*NEW, "--template", str(strange), *flags)
    assert (done.returncode, f"out of the project: {link}" in done.stderr) == (1, True), done.stderr
    assert contents(outside) == before
    assert not list(inside.folder.iterdir())


def test_a_link_inside_the_project_is_written(inside: Inside, strange: Path) -> None:
    with (strange / "copier.yml").open("a") as file:
        file.write("_preserve_symlinks: true\n")
    (strange / "template" / "link.toml").symlink_to("pyproject.toml")
    commit(strange, "Bring a link", "v1.0.1")
    done = inside(*NEW, "--template", str(strange))
    assert done.returncode == 0, done.stderr
    assert (inside.folder / "demo" / "link.toml").readlink() == Path("pyproject.toml")


@pytest.mark.parametrize("how", ["none", "checkout", "bundle", "url", "url with .git", "another"])
def test_which_templates_are_our_own(
    inside: Inside, strange: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    home = Path(inside.environment["HOME"])
    kept = home / bundle.RECORDED.removeprefix("~/")
    kept.parent.mkdir(parents=True)
    git(strange, "bundle", "create", "--quiet", str(kept), "HEAD", "--all")
    url = f"git+file://{strange}"
    monkeypatch.setattr(
        bundle, "repository_url", lambda: f"{url}/.git" if how == "url with .git" else url
    )
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("SCAFFOLD_TEMPLATE", raising=False)
    given = {
        "none": None,
        "checkout": str(ROOT),
        "bundle": bundle.RECORDED,
        "url": url,
        "url with .git": f"{url}/.git",
        "another": str(strange),
    }[how]
    with opening.opened(given, None, allow_dirty=True) as found:
        assert found.is_own == (how != "another")


def test_a_checkout_is_our_own_from_where_it_runs(scaffold: Runner) -> None:
    environment = dict(scaffold.environment)
    del environment["SCAFFOLD_TEMPLATE"]
    run = replace(scaffold, environment=environment)
    assert not run.json(*NEW, "--allow-dirty", "--dry-run")["warnings"][1:]
