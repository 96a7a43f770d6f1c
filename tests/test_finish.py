"""What follows the files: the project's own lock, environment and commit, whatever surrounds them."""

import functools
import http.server
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Inside, Runner, commit, contents, git, script

QUESTIONS = """
_subdirectory: template
project_name: {type: str}
framework: {type: str, choices: [fastapi]}
"""
PROJECT = """
[project]
name = "demo"
version = "1"
requires-python = ">=3.11"
dependencies = []

[dependency-groups]
dev = []
"""
NEW = ("new", "demo", "--yes", "--framework", "fastapi", "--trust")


@pytest.fixture
def tiny(scaffold: Runner, tmp_path: Path) -> Path:
    """A template whose project uv can lock and install without a network."""
    folder = tmp_path / "tiny"
    (folder / "template").mkdir(parents=True)
    (folder / "copier.yml").write_text(QUESTIONS)
    answers = "{{ _copier_answers | to_nice_yaml }}"
    (folder / "template" / "{{ _copier_conf.answers_file }}.jinja").write_text(answers)
    (folder / "template" / "pyproject.toml").write_text(PROJECT)
    (folder / "template" / ".gitignore").write_text(".venv/\nbuild/\n")
    (folder / "template" / "Makefile").write_text("check:\n")
    (folder / "template" / ".env.example").write_text("HOST=\n")
    git(folder, "init", "--quiet")
    commit(folder, "Release", "v1.0.0")
    scaffold.environment["SCAFFOLD_TEMPLATE"] = str(folder)
    return folder


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Another project of the user's, with an environment."""
    folder = tmp_path_factory.mktemp("other")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (folder / "pyproject.toml").write_text(PROJECT)
    return folder


def steps(result: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {step["name"]: step["status"] for step in result["steps"]}


@pytest.mark.few(1, 2)
@pytest.mark.parametrize(
    "name",
    [
        "UV_PROJECT_ENVIRONMENT",
        "UV_PROJECT",
        "UV_WORKING_DIR",
        "VIRTUAL_ENV",
        "UV_FROZEN",
        "UV_LOCKED",
        "UV_NO_DEV",
        "UV_SYSTEM_PYTHON",
    ],
)
@pytest.mark.usefixtures("tiny")
def test_no_variable_moves_uv_to_another_project_or_environment(
    scaffold: Runner, other: Path, name: str
) -> None:
    before = contents(other)
    value = "1" if name.startswith(("UV_FROZEN", "UV_LOCKED", "UV_NO", "UV_SYS")) else str(other)
    result = scaffold.json(*NEW, **{name: value})
    assert set(steps(result).values()) == {"done"}, result["steps"]
    project = scaffold.folder / "demo"
    assert (project / "uv.lock").is_file()
    assert (project / ".venv" / "pyvenv.cfg").is_file()
    assert contents(other) == before
    assert (name in result["steps"][1]["detail"]) == name.startswith("UV_")
    assert (f"unset {name}" in result["next_steps"]) == (value != "1" and name != "VIRTUAL_ENV")


@pytest.mark.few(1)
@pytest.mark.parametrize("kind", ["member", "excluded", "unrelated"])
@pytest.mark.usefixtures("tiny")
def test_inside_the_uv_workspace_of_a_parent(scaffold: Runner, kind: str) -> None:
    members = {
        "member": 'members = ["services/*"]',
        "excluded": 'members = ["services/*"]\nexclude = ["services/demo"]',
        "unrelated": 'members = ["packages/*"]',
    }[kind]
    root = scaffold.folder
    text = PROJECT.replace("demo", "parent")
    (root / "pyproject.toml").write_text(f"{text}\n[tool.uv.workspace]\n{members}\n")
    before = contents(root)
    result = scaffold.json("new", "services/demo", *NEW[2:])
    made = root / "services" / "demo"
    assert {name: text for name, text in contents(root).items() if name in before} == before
    assert not (root / "uv.lock").exists()
    assert not (root / ".venv").exists()
    own = "skipped" if kind == "member" else "done"
    assert (steps(result)["lock"], steps(result)["install"]) == (own, own)
    assert (made / "uv.lock").exists() == (made / ".venv").exists() == (own == "done")
    assert ('"services/demo" to tool.uv.workspace.exclude' in result["steps"][0]["detail"]) == (
        own == "skipped"
    )


@pytest.mark.usefixtures("tiny")
def test_an_older_uv_of_the_users_does_not_know_of_workspaces(
    scaffold: Runner, tmp_path: Path
) -> None:
    uv = script(tmp_path / "bin" / "uv", f"[ $1 != workspace ] && touch {tmp_path}/ran\nexit 2")
    members = '[tool.uv.workspace]\nmembers = ["*"]\n'
    (scaffold.folder / "pyproject.toml").write_text(members)
    result = scaffold.json(*NEW, PATH=f"{uv.parent}:{scaffold.environment['PATH']}")
    assert "tool.uv.workspace.exclude" in result["steps"][0]["detail"]
    assert not (tmp_path / "ran").exists()


@pytest.mark.usefixtures("tiny")
def test_a_uv_that_made_nothing_here_did_not_do_its_work(scaffold: Runner, tmp_path: Path) -> None:
    uv = script(tmp_path / "bin" / "uv", "exit 0")
    result = scaffold.json(*NEW, PATH=f"{uv.parent}:{scaffold.environment['PATH']}")
    assert (steps(result)["lock"], steps(result)["install"]) == ("failed", "skipped")
    assert "uv lock" in result["next_steps"]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """A private index with one package, at an address of its own."""
    folder = tmp_path / "index" / "simple" / "thing"
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "thing-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("thing.py", "")
        start = "thing-1.dist-info"
        wheel.writestr(f"{start}/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1\n")
        wheel.writestr(f"{start}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n")
        wheel.writestr(f"{start}/RECORD", "")
    handler = functools.partial(_Quiet, directory=str(tmp_path / "index"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}/simple"
        server.shutdown()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_a_private_index_in_the_lock_is_said(scaffold: Runner, tiny: Path, index: str) -> None:
    project = tiny / "template" / "pyproject.toml"
    project.write_text(PROJECT.replace("dependencies = []", 'dependencies = ["thing"]'))
    commit(tiny, "Depend on a thing", "v1.0.1")
    result = scaffold.json(*NEW, UV_DEFAULT_INDEX=f"http://somebody:secret@{index}")
    assert set(steps(result).values()) == {"done"}, result["steps"]
    assert f"it names http://{index}, " in result["steps"][0]["detail"]
    assert "secret" not in str(result)


@pytest.mark.few(1)
@pytest.mark.parametrize("where", ["core.excludesFile", "the folder of XDG", "info/exclude"])
@pytest.mark.usefixtures("tiny")
def test_what_the_user_ignores_everywhere_is_committed_all_the_same(
    inside: Inside, tmp_path: Path, where: str
) -> None:
    ignored = ".env*\n*.lock\nMakefile\n"
    config = tmp_path / "config"
    config.mkdir()
    identity = "[user]\nname = Ada\nemail = ada@example.com\n"
    (config / "gitconfig").write_text(identity)
    if where == "core.excludesFile":
        (config / "ignore").write_text(ignored)
        (config / "gitconfig").write_text(f"{identity}[core]\nexcludesFile = {config}/ignore\n")
    elif where == "info/exclude":
        (config / "template" / "info").mkdir(parents=True)
        (config / "template" / "info" / "exclude").write_text(ignored)
        (config / "gitconfig").write_text(f"{identity}[init]\ntemplateDir = {config}/template\n")
    else:
        (config / "git").mkdir()
        (config / "git" / "ignore").write_text(ignored)
    own = {"GIT_CONFIG_GLOBAL": str(config / "gitconfig"), "XDG_CONFIG_HOME": str(config)}
    result = inside.json(*NEW, **own)
    assert set(steps(result).values()) == {"done"}, result["steps"]
    committed = git(inside.folder / "demo", "ls-files").splitlines()
    assert committed == sorted([*result["files"], "uv.lock"])


@pytest.mark.few(1)
@pytest.mark.parametrize("flags", [(), ("--no-git",)], ids=["", "no git"])
@pytest.mark.usefixtures("tiny")
def test_the_commit_that_is_printed_has_what_the_user_ignores_everywhere(
    inside: Inside, tmp_path: Path, flags: tuple[str, ...]
) -> None:
    (tmp_path / "git").mkdir()
    (tmp_path / "git" / "ignore").write_text(".env*\nMakefile\n")
    git(inside.folder, "init", "--quiet")
    own = {"XDG_CONFIG_HOME": str(tmp_path)}
    result = inside.json(*NEW, *flags, **own)
    assert steps(result)["install"] == "done"
    command = next(step for step in result["next_steps"] if "git commit" in step)
    environment = inside.environment | own
    project = inside.folder / "demo"
    subprocess.run(
        ["sh", "-ec", command], cwd=project, env=environment, capture_output=True, check=True
    )
    assert git(project, "ls-files").splitlines() == sorted([*result["files"], "uv.lock"])


@pytest.mark.usefixtures("tiny")
def test_the_commit_that_is_printed_is_of_the_project_alone(inside: Inside) -> None:
    git(inside.folder, "init", "--quiet")
    for name in ("theirs.txt", "staged.txt"):
        (inside.folder / name).touch()
    git(inside.folder, "add", "staged.txt")
    result = inside.json(*NEW, "--no-install")
    command = next(step for step in result["next_steps"] if "git commit" in step)
    project = inside.folder / "demo"
    subprocess.run(["sh", "-ec", command], cwd=project, capture_output=True, check=True)
    committed = git(inside.folder, "show", "--format=", "--name-only", "HEAD").splitlines()
    assert committed == sorted(f"demo/{name}" for name in result["files"])
    assert git(inside.folder, "status", "--porcelain").split() == [
        "A", "staged.txt", "??", "theirs.txt"
    ]  # fmt: skip


@pytest.mark.usefixtures("tiny")
def test_the_commit_that_is_printed_starts_a_repository_too(inside: Inside) -> None:
    result = inside.json(*NEW, "--no-install", "--no-git")
    project = inside.folder / "demo"
    for command in (each for each in result["next_steps"] if each.startswith("git ")):
        subprocess.run(["sh", "-ec", command], cwd=project, capture_output=True, check=True)
    assert git(project, "ls-files").splitlines() == sorted(result["files"])
