"""`scaffold update`: what it writes, what it leaves, what it says, and that one command undoes it."""

import json
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from conftest import NEWS, README, Inside, Runner, announce, commit, contents, git, release, script

from .updating import answers, started

ANSWERS = {"project_name": "Demo", "framework": "fastapi"}
Done = subprocess.CompletedProcess[str]


@pytest.fixture
def project(changed_template: Path, inside: Inside) -> Path:
    """A project of the first release, with a second one to come."""
    return started(changed_template, "v1.0.0", ANSWERS, inside.folder / "demo")


@pytest.fixture
def update(inside: Inside, project: Path) -> Callable[..., Done]:
    """Runs `scaffold update` on the project."""
    return lambda *arguments, **extra: inside("update", "-C", str(project), *arguments, **extra)


def state(project: Path) -> tuple[dict[str, bytes], str, str]:
    """All that an update might change: the files, the index, and the refs."""
    files = {path: data for path, data in contents(project).items() if path[:5] != ".git/"}
    return files, git(project, "ls-files", "-s"), git(project, "for-each-ref")


def undone(project: Path, said: str) -> None:
    """Undo an update by the command that it printed."""
    line = next(line for line in said.splitlines() if " restore " in line)
    subprocess.run(shlex.split(line), cwd=project, check=True)


def edit(project: Path, changes: Mapping[str, str], message: str = "Edit") -> None:
    """Append to files, or write new ones, and commit that."""
    for name, text in changes.items():
        file = project / name
        file.parent.mkdir(parents=True, exist_ok=True)
        before = file.read_text() if file.exists() else ""
        file.write_text(before + text)
    commit(project, message)


def test_what_the_template_changed_comes_and_what_was_edited_stays(
    changed_template: Path, project: Path, update: Callable[..., Done]
) -> None:
    edit(project, {"Dockerfile": "# mine\n", "src/mine.py": "MINE = 1\n"})
    (project / ".env").write_text("SECRET=1\n")
    (project / ".gitignore").write_text(".env\n")
    commit(project, "Ignore")
    release(changed_template, "v2.0.0")
    before = state(project)
    done = update("--yes")
    assert (done.returncode, done.stderr) == (0, "")
    assert "v1.0.0 to v2.0.0" in done.stdout
    assert NEWS in (project / "README.md").read_text()
    assert (project / "Dockerfile").read_text().endswith("# mine\n")
    assert (project / ".env").read_text() == "SECRET=1\n"
    assert git(project, "diff", "--name-only") == ""
    assert set(git(project, "diff", "--cached", "--name-only").split()) == {
        ".copier-answers.yml",
        "README.md",
    }
    assert answers(project)["project_name"] == "Demo"
    undone(project, done.stdout)
    assert state(project) == before


def test_the_newest_is_left_as_it_is(project: Path, update: Callable[..., Done]) -> None:
    before = state(project)
    done = update()
    assert (done.returncode, done.stderr) == (0, "")
    assert "v1.0.0" in done.stdout
    assert state(project) == before


def test_conflicts_are_inline_listed_with_their_lines_and_undone(
    changed_template: Path, project: Path, update: Callable[..., Done]
) -> None:
    edit(project, {"README.md": "\nMine.\n"})
    release(changed_template, "v2.0.0")
    before = state(project)
    done = update("--yes")
    assert done.returncode == 4
    lines = (project / "README.md").read_text().splitlines()
    (start,) = (number for number, line in enumerate(lines, 1) if line.startswith("<<<<<<< "))
    assert f"README.md (line {start})" in done.stdout
    assert {"Mine.", NEWS} < set(lines)
    assert git(project, "diff", "--name-only", "--diff-filter=U") == "README.md"
    again = update("--yes")
    assert again.returncode == 1
    assert "README.md is not merged" in again.stderr
    undone(project, done.stdout)
    assert state(project) == before


@pytest.mark.slow
def test_an_edited_file_that_goes_is_kept_and_a_deleted_one_stays_deleted(
    changed_template: Path, project: Path, update: Callable[..., Done], inside: Inside
) -> None:
    edit(project, {"Dockerfile": "# mine\n"})
    git(project, "rm", "--quiet", "README.md")
    commit(project, "No README")
    (changed_template / "templates/fastapi/Dockerfile.jinja").unlink()
    release(changed_template, "v2.0.0")
    found = inside.json("update", "-C", str(project), "--yes")
    kinds = {each["path"]: each["kind"] for each in found["files"]}
    assert kinds == {
        ".copier-answers.yml": "changed",
        "Dockerfile": "kept",
        "README.md": "deleted",
    }
    assert found["applied"]
    assert (project / "Dockerfile").read_text().endswith("# mine\n")
    assert not (project / "README.md").exists()


@pytest.mark.slow
def test_a_file_that_the_template_renames_takes_the_edits_along(
    changed_template: Path, project: Path, update: Callable[..., Done]
) -> None:
    edit(project, {"README.md": "\nMine.\n"})
    (changed_template / README).rename((changed_template / README).with_name("GUIDE.md.jinja"))
    commit(changed_template, "Rename", "v2.0.0")
    done = update("--yes")
    assert done.returncode == 0
    assert "README.md to GUIDE.md: merged with your edits" in done.stdout
    assert (project / "GUIDE.md").read_text().endswith("\nMine.\n")
    assert not (project / "README.md").exists()


@pytest.mark.slow
def test_bytes_and_line_ends_stay(
    changed_template: Path, project: Path, update: Callable[..., Done]
) -> None:
    readme, dockerfile = project / "README.md", project / "Dockerfile"
    readme.write_bytes(readme.read_bytes().replace(b"\n", b"\r\n"))
    dockerfile.write_bytes(dockerfile.read_bytes() + b"# F\xfcr Zo\xeb\n")
    commit(project, "Edit")
    announce(changed_template)
    template = changed_template / "templates/fastapi/Dockerfile.jinja"
    template.write_text("# First.\n" + template.read_text())
    commit(changed_template, "Release", "v2.0.0")
    assert update("--yes").returncode == 0
    text = readme.read_bytes()
    assert NEWS.encode() in text
    assert text.count(b"\n") == text.count(b"\r\n")
    assert dockerfile.read_bytes().startswith(b"# First.\n")
    assert dockerfile.read_bytes().endswith(b"# F\xfcr Zo\xeb\n")


@pytest.mark.slow
def test_line_ends_go_along_with_files_that_get_another_name(
    changed_template: Path, project: Path, update: Callable[..., Done]
) -> None:
    readme, dockerfile, own = project / "README.md", project / "Dockerfile", project / "Own"
    readme.write_bytes(readme.read_bytes().replace(b"\n", b"\r\n") + b"\r\nMine.\r\n")
    own.write_bytes(dockerfile.read_bytes().replace(b"\n", b"\r\n") + b"# Mine.\r\n")
    dockerfile.unlink()
    commit(project, "Edit")
    (changed_template / README).rename((changed_template / README).with_name("GUIDE.md.jinja"))
    template = changed_template / "templates/fastapi/Dockerfile.jinja"
    template.write_text("# First.\n" + template.read_text())
    commit(changed_template, "Release", "v2.0.0")
    done = update("--yes")
    assert done.returncode == 0, done.stdout
    for name, mine in (("GUIDE.md", b"\r\nMine.\r\n"), ("Own", b"# Mine.\r\n")):
        text = (project / name).read_bytes()
        assert text.endswith(mine)
        assert text.count(b"\n") == text.count(b"\r\n")
    assert own.read_bytes().startswith(b"# First.\r\n")
    assert not readme.exists()
    assert not dockerfile.exists()


@pytest.mark.few(1)
@pytest.mark.parametrize(
    ("arguments", "status"), [((), 2), (("--dry-run",), 0), (("--dry-run", "--diff"), 0)]
)
def test_a_plan_alone_writes_nothing(
    changed_template: Path,
    project: Path,
    update: Callable[..., Done],
    arguments: tuple[str, ...],
    status: int,
) -> None:
    release(changed_template, "v2.0.0")
    before = state(project)
    done = update(*arguments)
    assert done.returncode == status
    assert "README.md" in done.stdout
    assert (f"+{NEWS}" in done.stdout) == ("--diff" in arguments)
    assert ("--yes" in done.stderr) == (status == 2)
    assert state(project) == before
    planned = update(*arguments, "--json")
    assert planned.returncode == status
    found = json.loads(planned.stdout)
    assert found["to"]["ref"] == "v2.0.0"
    assert found["applied"] is False
    assert state(project) == before


@pytest.mark.slow
def test_a_subfolder_of_a_larger_repository_is_updated_alone(
    changed_template: Path, project: Path, update: Callable[..., Done], inside: Inside
) -> None:
    shutil.rmtree(project / ".git")
    git(inside.folder, "init", "--quiet")
    edit(inside.folder, {"README.md": "Ours.\n", "demo/Dockerfile": "# mine\n"})
    (inside.folder / "notes").write_text("not committed")
    release(changed_template, "v2.0.0")
    done = update("--yes")
    assert done.returncode == 0
    assert (inside.folder / "README.md").read_text() == "Ours.\n"
    assert NEWS in (project / "README.md").read_text()
    undone(inside.folder, done.stdout)
    assert git(inside.folder, "status", "--porcelain") == "?? notes"


@pytest.mark.slow
def test_a_template_that_moved_is_followed_to_where_it_is(
    changed_template: Path, project: Path, update: Callable[..., Done], tmp_path: Path
) -> None:
    moved = changed_template.rename(tmp_path / "moved")
    gone = update("--yes")
    assert gone.returncode == 2
    assert "--template SOURCE" in gone.stderr
    assert str(changed_template) in gone.stderr
    assert update("--yes", "--template", str(moved)).returncode == 0
    assert f"_src_path: {moved}" in (project / ".copier-answers.yml").read_text()


@pytest.mark.slow
def test_what_is_not_committed_of_a_template_is_no_version_of_it(
    changed_template: Path, project: Path, update: Callable[..., Done]
) -> None:
    git(changed_template, "tag", "--delete", "v1.0.0")
    announce(changed_template)
    assert update("--yes").returncode == 2  # There is no v1.0.0 any more.
    git(changed_template, "tag", "v1.0.0")
    done = update("--yes", "--vcs-ref", "HEAD")
    assert (done.returncode, "Nothing to do" in done.stdout) == (0, True)
    assert NEWS not in (project / "README.md").read_text()


def test_a_new_question_without_a_default_is_asked(
    changed_template: Path, project: Path, update: Callable[..., Done]
) -> None:
    questions = changed_template / "copier.yml"
    asked = "region: {type: str, choices: [north, south]}\nsize: {type: int, default: 5}\n"
    questions.write_text(f"{asked}{questions.read_text()}")
    release(changed_template, "v2.0.0")
    done = update("--yes")
    assert done.returncode == 2
    assert "-d region=north or -d region=south" in done.stderr
    assert update("--yes", "-d", "region=east").returncode == 2
    done = update("--yes", "-d", "region=south")
    assert done.returncode == 0
    assert "size: 5 (new in v2.0.0)" in done.stdout
    assert answers(project)["region"] == "south"


@pytest.mark.slow
def test_an_answer_that_is_ruled_out_is_named_and_never_changed(
    changed_template: Path, project: Path, update: Callable[..., Done]
) -> None:
    questions = changed_template / "copier.yml"
    text = questions.read_text()
    questions.write_text(
        text.replace('"None": none\n  default: github', '"Off": nothing\n  default: nothing')
    )
    renamed = questions.read_text().replace('hooks": github\n', 'hooks": hub\n')
    questions.write_text(renamed)
    release(changed_template, "v2.0.0")
    done = update("--yes")
    assert done.returncode == 2
    assert 'ci: "github" is not one of its choices' in done.stderr
    assert "-d ci=hub or -d ci=gitlab or -d ci=nothing" in done.stderr
    done = update("--yes", "-d", "ci=hub", "-d", "license=MIT")
    assert done.returncode == 2
    assert "scaffold set license=MIT" in done.stderr


@pytest.mark.slow
def test_the_lock_is_renewed_where_dependencies_changed(
    changed_template: Path,
    project: Path,
    update: Callable[..., Done],
    tmp_path: Path,
    inside: Inside,
) -> None:
    edit(project, {"uv.lock": "old\n"})
    file = changed_template / "templates/_shared/pyproject.toml.jinja"
    text = file.read_text()
    file.write_text(text.replace("\ndependencies = [\n", '\ndependencies = [\n    "attrs>=25",\n'))
    assert file.read_text() != text
    commit(changed_template, "Release", "v2.0.0")
    uv = 'case "$*" in *workspace*) exit 1;; *lock*) echo new > uv.lock;; esac'
    script(tmp_path / "bin/uv", uv)
    path = f"{tmp_path / 'bin'}:{inside.environment['PATH']}"
    done = update("--yes", PATH=path)
    assert done.returncode == 0
    assert "uv lock" in done.stdout
    assert (project / "uv.lock").read_text() == "old\n"
    undone(project, done.stdout)
    done = update("--yes", "--trust", PATH=path)
    assert "ok lock" in done.stdout
    assert "uv sync" in done.stdout
    assert (project / "uv.lock").read_text() == "new\n"
    undone(project, done.stdout)
    assert git(project, "status", "--porcelain") == ""


@pytest.mark.few(0, 2)
@pytest.mark.parametrize(
    ("moment", "order"),
    [
        ("read-tree -m", "after"),
        ("update-ref -d", "before"),
        ("update-ref refs", "before"),
        ("update-ref refs", "after"),
        ("read-tree -m", "before"),
        ("update-ref -d", "after"),
    ],
)
def test_what_a_killed_run_began_is_taken_back_by_the_next(
    changed_template: Path, project: Path, scaffold: Runner, tmp_path: Path, moment: str, order: str
) -> None:
    edit(project, {"README.md": "\nMine.\n"})
    (changed_template / "templates/fastapi/new/file.txt").parent.mkdir()
    (changed_template / "templates/fastapi/new/file.txt").write_text("new\n")
    release(changed_template, "v2.0.0")
    before = state(project)
    real = shutil.which("git")
    kill = f'{real} "$@"; kill -9 $PPID' if order == "after" else "kill -9 $PPID; exit 1"
    script(tmp_path / "bin/git", f'case "$*" in *"{moment}"*) {kill};; *) exec {real} "$@";; esac')
    path = f"{tmp_path / 'bin'}:{scaffold.environment['PATH']}"
    killed = scaffold("update", "-C", str(project), "--yes", PATH=path)
    assert killed.returncode in (-9, 137)
    done = scaffold("update", "-C", str(project), "--yes")
    if (moment, order) == ("update-ref -d", "after"):
        # It was done but for the last word.
        assert done.returncode == 1
        assert "README.md is not merged" in done.stderr
    else:
        assert done.returncode == 4
        assert ("taken back" in done.stderr) == ((moment, order) != ("update-ref refs", "before"))
        assert (project / "new/file.txt").read_text() == "new\n"
        undone(project, done.stdout)
        assert state(project) == before
    assert not [entry for entry in scaffold.folder.iterdir() if entry.name != "demo"]


@pytest.mark.slow
def test_what_somebody_changed_after_a_kill_is_not_taken_back(
    changed_template: Path, project: Path, scaffold: Runner, tmp_path: Path
) -> None:
    release(changed_template, "v2.0.0")
    real = shutil.which("git")
    script(
        tmp_path / "bin/git",
        f'case "$*" in *"read-tree -m"*) kill -9 $PPID; exit 1;; *) exec {real} "$@";; esac',
    )
    path = f"{tmp_path / 'bin'}:{scaffold.environment['PATH']}"
    scaffold("update", "-C", str(project), "--yes", PATH=path)
    (project / "README.md").write_text("Mine.\n")
    done = scaffold("update", "-C", str(project), "--yes")
    assert done.returncode == 1
    assert "README.md has been changed since" in done.stderr
    assert (project / "README.md").read_text() == "Mine.\n"


@pytest.mark.few(0, 2)
@pytest.mark.parametrize(
    ("meddle", "said"),
    [
        ("echo Mine. > Dockerfile", "Dockerfile is not committed"),
        ("echo mine > ignored.txt", "ignored.txt is ignored by git"),
        ("git commit -q --allow-empty -m Mine", "another commit"),
        ("git rev-parse HEAD > .git/MERGE_HEAD", "a merge is under way"),
    ],
)
def test_what_is_done_while_the_plan_is_read_stays(
    changed_template: Path, project: Path, inside: Inside, tmp_path: Path, meddle: str, said: str
) -> None:
    (changed_template / "templates/fastapi/ignored.txt").write_text("new\n")
    release(changed_template, "v2.0.0")
    (project / ".git/info").mkdir(exist_ok=True)
    (project / ".git/info/exclude").write_text("ignored.txt\n")
    real = shutil.which("git")
    planned = f'{real} "$@"; cd {project}; PATH=/usr/bin:/bin; {meddle}'
    script(
        tmp_path / "bin/git",
        f'case "$*" in *"diff-tree -r -z -M"*) {planned};; *) exec {real} "$@";; esac',
    )
    done = inside(
        "update",
        "-C",
        str(project),
        "--yes",
        PATH=f"{tmp_path / 'bin'}:{inside.environment['PATH']}",
    )
    assert done.returncode == 1, done.stdout
    assert said in done.stderr
    staged = git(project, "diff", "--cached", "--name-only")
    assert (staged, git(project, "for-each-ref", "refs/worktree")) == ("", "")
    held = contents(project)
    assert "News" not in held["README.md"].decode()
    for name in ("README.md", "Dockerfile", "ignored.txt"):
        assert f"> {name}" not in meddle or held[name].lower().startswith(b"mine")


@pytest.mark.slow
def test_what_cannot_be_taken_back_waits_for_the_next_run(
    changed_template: Path, project: Path, inside: Inside, tmp_path: Path
) -> None:
    release(changed_template, "v2.0.0")
    before = state(project)
    full = 'echo "fatal: No space left" >&2; exit 128'
    script(
        tmp_path / "bin/git",
        f'case "$*" in *"read-tree -m"*|*" restore --source"*) {full};;'
        f' *) exec {shutil.which("git")} "$@";; esac',
    )
    path = f"{tmp_path / 'bin'}:{inside.environment['PATH']}"
    failed = inside("update", "-C", str(project), "--yes", PATH=path)
    assert failed.returncode == 1
    for word in ("No space left: mend that", "run again", "git restore --source=HEAD"):
        assert word in failed.stderr
    done = inside("update", "-C", str(project), "--yes")
    assert "taken back" in done.stderr
    undone(project, done.stdout)
    assert state(project) == before


@pytest.mark.slow
def test_what_both_renamed_is_undone_too(
    changed_template: Path, project: Path, update: Callable[..., Done]
) -> None:
    git(project, "mv", "README.md", "MINE.md")
    commit(project, "Rename")
    (changed_template / README).rename((changed_template / README).with_name("GUIDE.md.jinja"))
    commit(changed_template, "Rename", "v2.0.0")
    done = update("--yes")
    assert done.returncode == 4
    assert "renamed it, each to another name" in done.stdout
    assert "git -C" in done.stdout
    subprocess.run(shlex.split(done.stdout.splitlines()[-1]), cwd=project, check=True)
    assert git(project, "status", "--porcelain") == ""
    assert not (project / "GUIDE.md").exists()


@pytest.mark.slow
def test_what_is_hidden_stays_hidden_and_is_undone_too(
    changed_template: Path, project: Path, update: Callable[..., Done]
) -> None:
    edit(project, {"mine/file.txt": "mine\n"})
    git(project, "sparse-checkout", "set", "--no-cone", "/*", "!/new/", "!/mine/")
    (changed_template / "templates/fastapi/new").mkdir()
    (changed_template / "templates/fastapi/new/file.txt").write_text("new\n")
    release(changed_template, "v2.0.0")
    done = update("--yes")
    assert done.returncode == 0
    assert not (project / "new").exists()
    assert git(project, "ls-files", "new", "mine").split() == ["mine/file.txt", "new/file.txt"]
    subprocess.run(shlex.split(done.stdout.splitlines()[-1]), cwd=project, check=True)
    assert git(project, "status", "--porcelain") == ""
    assert not (project / "mine").exists()


def status_of(inside: Inside, project: Path, *arguments: str) -> tuple[int, Any]:
    done = inside("status", "-C", str(project), "--json", *arguments)
    return done.returncode, json.loads(done.stdout)


def test_status_says_how_a_project_stands(
    changed_template: Path, project: Path, inside: Inside
) -> None:
    status, found = status_of(inside, project, "--exit-code")
    assert status == 0
    assert found["newest"] is None
    assert (found["different"], found["markers"]) == ([], {})
    assert found["options"]["framework"] == "fastapi"
    release(changed_template, "v2.0.0")
    edit(project, {"README.md": "\nMine.\n"})
    (project / "Dockerfile").unlink()
    assert status_of(inside, project)[0] == 0
    status, found = status_of(inside, project, "--exit-code")
    assert (status, found["newest"]["ref"]) == (3, "v2.0.0")
    assert found["different"] == [
        {"path": "Dockerfile", "kind": "removed"},
        {"path": "README.md", "kind": "changed"},
    ]
    edit(project, {"notes": "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> template\n"})
    status, found = status_of(inside, project, "--exit-code")
    assert (status, found["markers"]) == (4, {"notes": [1]})
    said = inside("status", "-C", str(project)).stdout
    assert "v2.0.0 is newer" in said
    assert "notes, line 1" in said
