"""What `scaffold update` and its like refuse: in a sentence with the way out, and nothing is written."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Inside, commit, git, release, script

from .updating import started

ANSWERS = ".copier-answers.yml"
Prepare = Callable[[Path], None]


@pytest.fixture(scope="module")
def template(light_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template with two releases; the second one has a new file."""
    folder = tmp_path_factory.mktemp("refusing") / "template"
    shutil.copytree(light_template, folder)
    for framework in ("fastapi", "django"):
        (folder / f"templates/{framework}/new").mkdir()
        (folder / f"templates/{framework}/new/file.txt").write_text("new\n")
    release(folder, "v2.0.0")
    return folder


@pytest.fixture(scope="module")
def made(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the first."""
    answers: dict[str, object] = {
        "project_name": "Demo",
        "framework": "django",
        "database": "postgresql",
    }
    answers |= {"pages": "htmx", "deploy": ["docker", "compose", "kubernetes"]}
    return started(template, "v1.0.0", answers, tmp_path_factory.mktemp("made") / "demo")


@pytest.fixture
def project(made: Path, inside: Inside) -> Path:
    """A copy that a test may change."""
    return Path(shutil.copytree(made, inside.folder / "demo", symlinks=True))


def every(project: Path) -> dict[str, bytes | str]:
    """All that is in a folder, links and git's own files too, but for what git rewrites when it looks."""
    return {
        str(path.relative_to(project)): path.read_bytes() if path.is_file() else str(path.is_dir())
        for path in project.rglob("*")
        if path.name != "index"
    }


def answer(old: str, new: str) -> Prepare:
    """Edit the answers file by hand, and commit that."""

    def prepare(project: Path) -> None:
        file = project / ANSWERS
        text = re.sub(old, new, file.read_text(), count=1, flags=re.MULTILINE)
        assert text != file.read_text()
        file.write_text(text)
        commit(project, "Edit")

    return prepare


def without_git(project: Path) -> None:
    shutil.rmtree(project / ".git")


def without_a_commit(project: Path) -> None:
    without_git(project)
    git(project, "init", "--quiet")


def with_changes(project: Path) -> None:
    (project / "README.md").write_text("mine\n")


def with_a_new_file(project: Path) -> None:
    (project / "mine.txt").write_text("mine\n")


def in_a_merge(project: Path) -> None:
    git(project, "branch", "other")
    (project / "mine.txt").write_text("a\n")
    commit(project, "One")
    git(project, "checkout", "--quiet", "other")
    (project / "other.txt").write_text("b\n")
    commit(project, "Other")
    git(project, "merge", "--quiet", "--no-commit", "--no-ff", "main")


def amid(name: str) -> Prepare:
    """Have git keep what it keeps while something is under way."""
    return lambda project: (project / ".git" / name).touch()


def with_a_broken_configuration(project: Path) -> None:
    (project / ".git/config").write_text("[core\n")


def with_a_lock(project: Path) -> None:
    (project / ".git/index.lock").touch()


def with_markers(project: Path) -> None:
    (project / "notes").write_text("<<<<<<< before\na\n=======\nb\n>>>>>>> after\n")
    commit(project, "Markers")


def unmerged(project: Path) -> None:
    name = git(project, "rev-parse", "HEAD:README.md")
    lines = "".join(f"100644 {name} {stage}\tREADME.md\n" for stage in (1, 2, 3))
    (project / ".git/lines").write_text(f"0 {'0' * 40}\tREADME.md\n{lines}")
    with (project / ".git/lines").open() as given:
        subprocess.run(
            ["git", "update-index", "--index-info"], cwd=project, stdin=given, check=True
        )


def skipping(flag: str) -> Prepare:
    def prepare(project: Path) -> None:
        git(project, "update-index", flag, "README.md")
        (project / "README.md").write_text("mine\n")

    return prepare


def ignoring(name: str) -> Prepare:
    """Have git ignore what is where a new file would be."""

    def prepare(project: Path) -> None:
        file = project / name
        (project / ".git/info").mkdir(exist_ok=True)
        (project / ".git/info/exclude").write_text("new\n")
        file.parent.mkdir(exist_ok=True)
        file.write_text("mine\n")

    return prepare


def linked_out(project: Path) -> None:
    (project / ".git/info").mkdir(exist_ok=True)
    (project / ".git/info/exclude").write_text("new\n")
    outside = project.parent / "outside"
    outside.mkdir()
    (project / "new").symlink_to(outside)


def without_answers(project: Path) -> None:
    (project / ANSWERS).unlink()
    commit(project, "No answers")


def untracked_answers(project: Path) -> None:
    git(project, "rm", "--quiet", "--cached", ANSWERS)
    (project / ".git/info").mkdir(exist_ok=True)
    (project / ".git/info/exclude").write_text(f"{ANSWERS}\n")
    git(project, "commit", "--quiet", "--message", "No answers")


UPDATE = ("update", "--yes")
REFUSED: dict[str, tuple[Prepare, tuple[str, ...], int, tuple[str, ...]]] = {
    "no-git": (without_git, UPDATE, 1, ("no git repository", "git init")),
    "broken-git": (with_a_broken_configuration, UPDATE, 1, ("cannot be used: bad config",)),
    "no-commit": (without_a_commit, UPDATE, 1, ("no commit yet", "git commit")),
    "changes": (with_changes, UPDATE, 1, ("README.md is not committed", "git stash")),
    "new-file": (with_a_new_file, UPDATE, 1, ("mine.txt is not committed", "git add")),
    "merge": (in_a_merge, UPDATE, 1, ("a merge is under way", "abort it")),
    "rebase": (amid("rebase-merge"), UPDATE, 1, ("a rebase is under way", "abort it")),
    "rebase-apply": (amid("rebase-apply"), UPDATE, 1, ("a rebase is under way", "abort it")),
    "cherry-pick": (amid("CHERRY_PICK_HEAD"), UPDATE, 1, ("a cherry-pick is under way",)),
    "revert": (amid("REVERT_HEAD"), UPDATE, 1, ("a revert is under way", "finish it")),
    "index-lock": (with_a_lock, UPDATE, 1, ("another git is at work", "index.lock")),
    "unmerged": (unmerged, UPDATE, 1, ("README.md is not merged", "resolve")),
    "markers": (with_markers, UPDATE, 1, ("notes is left with conflict markers", "resolve")),
    "skip-worktree": (
        skipping("--skip-worktree"),
        UPDATE,
        1,
        ("README.md is changed where git was told not to look", "--no-skip-worktree"),
    ),
    "assume-unchanged": (
        skipping("--assume-unchanged"),
        UPDATE,
        1,
        ("README.md is changed where git was told not to look", "--no-assume-unchanged"),
    ),
    "ignored": (ignoring("new/file.txt"), UPDATE, 1, ("new/file.txt is ignored", "move it away")),
    "ignored-above": (ignoring("new"), UPDATE, 1, ("new is ignored", "move it away")),
    "link": (linked_out, UPDATE, 1, ("new/file.txt would be written through new", "move it away")),
    "no-project": (without_answers, UPDATE, 2, ("no project that follows a template", "-C")),
    "not-tracked": (untracked_answers, UPDATE, 1, (f"{ANSWERS} is not in the last commit",)),
    "not-yaml": (answer("^auth: jwt", "auth: ["), UPDATE, 2, ("cannot be read", "git log -p")),
    "not-a-map": (answer(r"(?s).*", "- a\n"), UPDATE, 2, ("not a map", "git log -p")),
    "no-commit-recorded": (answer("^_commit: .*", ""), UPDATE, 2, ("has no _commit",)),
    "no-source-recorded": (answer("^_src_path: .*", ""), UPDATE, 2, ("has no _src_path",)),
    "unknown-commit": (
        answer("^_commit: .*", "_commit: v1.0.0-3-g0123abc"),
        UPDATE,
        2,
        ("v1.0.0-3-g0123abc", "uncommitted changes", "--template"),
    ),
    "commit-is-head": (
        answer("^_commit: .*", "_commit: HEAD"),
        UPDATE,
        2,
        ("_commit is HEAD, which is no version", "git log -p"),
    ),
    "commit-is-counted": (
        answer("^_commit: .*", "_commit: v2.0.0~1"),
        ("status",),
        2,
        ("_commit is v2.0.0~1, which is no version", "git log -p"),
    ),
    "commit-is-a-number": (
        answer("^_commit: .*", "_commit: 1234567"),
        UPDATE,
        2,
        ('_commit: "1234567" is no text', "git log -p"),
    ),
    "commit-is-excluded": (
        answer("^_commit: .*", "_commit: ^v1.0.0"),
        UPDATE,
        2,
        ("^v1.0.0", "--template"),
    ),
    "endless-number": (
        answer("^license: .*", f"license: 0x{'f' * 9000}"),
        UPDATE,
        2,
        ("number of more than 1000 bits", "git log -p"),
    ),
    "unknown-key": (
        answer("^auth: jwt", "auth: jwt\nauht: jwt"),
        UPDATE,
        2,
        ('no option "auht"', "did you mean auth", "git log -p"),
    ),
    "wrong-type": (answer("^admin: true", "admin: 3"), UPDATE, 2, ("admin", "neither yes nor no")),
    "other-type": (answer("^admin: true", "admin: 'yes'"), UPDATE, 2, ("admin", "is no bool")),
    "no-such-choice": (answer("^auth: jwt", "auth: oauth"), UPDATE, 2, ('"oauth"', "jwt")),
    "missing-answer": (answer("^auth: jwt\n", ""), UPDATE, 2, ("no answer for auth", "git log")),
    "does-not-apply": (
        answer("^auth: jwt", "auth: none"),
        UPDATE,
        2,
        ("admin: it does not apply with auth=none",),
    ),
    "source-gone": (
        answer("^_src_path: .*", "_src_path: /nowhere"),
        UPDATE,
        2,
        ("/nowhere", "--template SOURCE"),
    ),
    "no-such-version": (lambda _: None, (*UPDATE, "--vcs-ref", "v9"), 2, ('"v9"', "v2.0.0")),
    "no-version": (
        lambda _: None,
        (*UPDATE, "--vcs-ref", ""),
        2,
        ("--vcs-ref is empty", "leave it out"),
    ),
    "no-such-template": (lambda _: None, (*UPDATE, "--template", "/no"), 2, ("/no",)),
    "empty-template": (
        lambda _: None,
        (*UPDATE, "--template", ""),
        2,
        ("template source is empty",),
    ),
    "downgrade": (
        answer("^_commit: .*", "_commit: v2.0.0"),
        (*UPDATE, "--vcs-ref", "v1.0.0"),
        2,
        ("v1.0.0 is older than v2.0.0", "git revert"),
    ),
    "not-a-pair": (lambda _: None, (*UPDATE, "-d", "auth"), 2, ('"auth"', "KEY=VALUE")),
    "set-nothing": (lambda _: None, ("set", "--yes"), 2, ("KEY=VALUE",)),
    "set-no-pair": (lambda _: None, ("set", "auth"), 2, ('"auth"', "KEY=VALUE")),
    "set-two": (lambda _: None, ("set", "ci=none", "ci=github"), 2, ("differ",)),
    "set-unknown": (lambda _: None, ("set", "auht=jwt"), 2, ("did you mean auth",)),
    "set-framework": (
        lambda _: None,
        ("set", "--yes", "framework=flask"),
        2,
        ("framework never changes", "scaffold new DEST --framework flask"),
    ),
    "set-package": (
        lambda _: None,
        ("set", "--yes", "package_name=other"),
        2,
        ("package_name never changes", "editor"),
    ),
    "set-sqlite": (
        lambda _: None,
        ("set", "--yes", "database=sqlite"),
        2,
        ("kubernetes needs database=postgresql", "set deploy=docker,compose as well"),
    ),
    "set-does-not-apply": (
        lambda _: None,
        ("set", "--yes", "legacy_mount=a.b:c"),
        2,
        ("legacy_mount: it does not apply", "framework=flask"),
    ),
    "set-not-a-choice": (lambda _: None, ("diff", "server=uvicorn"), 2, ("it speaks ASGI",)),
    "set-changes": (with_changes, ("set", "--yes", "ci=none"), 1, ("README.md is not committed",)),
    "diff-in-a-merge": (in_a_merge, ("diff", "ci=none"), 1, ("a merge is under way",)),
    "diff-no-git": (without_git, ("diff", "ci=none"), 1, ("no git repository", "git init")),
    "status-no-git": (without_git, ("status",), 1, ("no git repository", "git init")),
    "status-no-project": (without_answers, ("status",), 2, ("no project", "-C")),
    "status-edited": (answer("^auth: jwt", "auth: oauth"), ("status",), 2, ('"oauth"',)),
}


@pytest.mark.few(12)
@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_refused_and_nothing_is_written(
    template: Path, project: Path, inside: Inside, name: str
) -> None:
    prepare, arguments, status, words = REFUSED[name]
    prepare(project)
    before = every(inside.folder)
    done = inside(*arguments, "-C", str(project))
    assert done.returncode == status, done.stderr
    for word in words:
        assert word in done.stderr
    assert done.stderr.count("\n") == 1
    assert every(inside.folder) == before


def test_markers_in_a_file_that_is_not_there_are_none(project: Path, inside: Inside) -> None:
    with_markers(project)
    git(project, "update-index", "--assume-unchanged", "notes")
    (project / "notes").unlink()
    done = inside("status", "-C", str(project))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("place", ["", "nowhere", "a\0b", "file"])
def test_a_place_that_is_no_project_is_refused(inside: Inside, place: str) -> None:
    (inside.folder / "file").touch()
    done = inside("update", "-C", place)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")


def test_below_a_project_the_folder_is_named(project: Path, inside: Inside) -> None:
    done = inside("status", "-C", str(project / ".git"))
    assert done.returncode == 2
    assert f"the project is {project}" in done.stderr


@pytest.mark.slow
def test_another_framework_than_that_of_the_files_is_refused(
    own_template: Path, inside: Inside
) -> None:
    answers = {"project_name": "Demo", "framework": "flask"}
    project = started(own_template, "v1.0.0", answers, inside.folder / "demo")
    answer("^framework: flask", "framework: fastapi")(project)
    answer("^legacy_mount: .*\n", "")(project)
    answer("^pages: .*\n", "")(project)
    answer("^server: .*", "server: granian")(project)
    done = inside("status", "-C", str(project))
    assert done.returncode == 2
    assert "says framework: fastapi, but the files are those of flask" in done.stderr


def test_a_git_that_is_too_old_is_refused(project: Path, inside: Inside, tmp_path: Path) -> None:
    script(tmp_path / "bin/git", "echo git version 2.30.1")
    path = f"{tmp_path / 'bin'}:{inside.environment['PATH']}"
    done = inside("update", "-C", str(project), PATH=path)
    assert done.returncode == 1
    assert "2.31" in done.stderr
