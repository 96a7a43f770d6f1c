"""What plain Copier loses by git's configuration, by bytes and by the kinds of repositories: all of it stays.

Each is compared with the same update in an ordinary repository.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import NEWS, README, Inside, announce, commit, git, script

from .updating import started

pytestmark = pytest.mark.slow

ANSWERS = {"project_name": "Demo", "framework": "fastapi"}
NEW = "new/file.txt"
MINE = "Paragraph 1, mine, with blanks at its end.  "
HOOKS = (
    "applypatch-msg",
    "commit-msg",
    "post-checkout",
    "post-commit",
    "post-index-change",
    "post-merge",
    "pre-commit",
    "pre-merge-commit",
    "prepare-commit-msg",
    "reference-transaction",
)


@pytest.fixture(scope="module")
def template(light_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template whose second release has a longer README, another Dockerfile and two new files."""
    folder = tmp_path_factory.mktemp("causes") / "template"
    shutil.copytree(light_template, folder)
    lines = "\n\n".join(f"Paragraph {number}." for number in range(6))
    (folder / README).write_text(f"# {{{{ project_name }}}}\n\n{lines}\n")
    git(folder, "tag", "--delete", "v1.0.0")
    commit(folder, "Release", "v1.0.0")
    announce(folder)
    dockerfile = folder / "templates/fastapi/Dockerfile.jinja"
    dockerfile.write_text(f"# Theirs.\n{dockerfile.read_text()}")
    new = folder / "templates/fastapi" / NEW
    new.parent.mkdir()
    new.write_text("new\n")
    script(new.with_name("run.sh"), "exit 0")
    commit(folder, "Release", "v2.0.0")
    return folder


@pytest.fixture(scope="module")
def made(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of the first release, with an edit that merges and one that conflicts."""
    project = tmp_path_factory.mktemp("made") / "demo"
    started(template, "v1.0.0", ANSWERS, project)
    readme, dockerfile = project / "README.md", project / "Dockerfile"
    readme.write_text(readme.read_text().replace("Paragraph 1.", MINE))
    dockerfile.write_text(f"# Mine.\n{dockerfile.read_text()}")
    commit(project, "Edit")
    return project


@pytest.fixture
def project(made: Path, inside: Inside) -> Path:
    """A copy that a test may change."""
    copy = Path(shutil.copytree(made, inside.folder / "demo", symlinks=True))
    git(copy, "status")
    return copy


def updated(inside: Inside, project: Path, status: int = 4, **extra: str) -> str:
    """Update a project, and return what was said."""
    done = inside("update", "--yes", "-C", str(project), **extra)
    assert done.returncode == status, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


def index(project: Path, *places: str) -> str:
    """What git would commit, stage by stage."""
    return git(project, "ls-files", "--stage", "--", *places)


@pytest.fixture(scope="module")
def ordinary(made: Path, server: object, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What git would commit after the update of an ordinary project."""
    folder = tmp_path_factory.mktemp("ordinary")
    project = Path(shutil.copytree(made, folder / "demo"))
    inside = Inside(folder, dict(os.environ) | {"HOME": str(folder)}, server)  # type: ignore[arg-type]
    updated(inside, project)
    assert (project / NEW).read_text() == "new\n"
    text = (project / "README.md").read_text()
    assert MINE in text
    assert NEWS in text
    assert git(project, "diff", "--name-only", "--diff-filter=U") == "Dockerfile"
    return index(project)


def unstaged(project: Path) -> set[str]:
    """The files that are not as git would commit them."""
    return set(git(project, "-c", "color.ui=false", "diff", "--name-only").splitlines())


def undo(project: Path, said: str) -> None:
    """Undo an update by the command that it printed."""
    command = said.partition("To undo all of it:\n")[2]
    done = subprocess.run(
        command, cwd=project, shell=True, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert git(project, "status", "--porcelain") == ""


CONFIGURATIONS = {
    "apply-whitespace-error": ("apply.whitespace=error", "core.whitespace=trailing-space"),
    "apply-whitespace-fix": ("apply.whitespace=fix",),
    "untracked-hidden": ("status.showUntrackedFiles=no", "core.excludesFile={}/everything"),
    "hooks": ("core.hooksPath={}/hooks", "core.fsmonitor={}/hooks/pre-commit"),
    "autocrlf": ("core.autocrlf=true", "core.safecrlf=true"),
    "autocrlf-input": ("core.autocrlf=input", "core.safecrlf=true"),
    "merge": (
        "merge.conflictStyle=diff3",
        "merge.default=binary",
        "merge.directoryRenames=true",
        "merge.ff=only",
        "merge.renames=false",
        "merge.renormalize=true",
        "merge.verifySignatures=true",
        "pull.rebase=true",
        "rerere.enabled=true",
        "rerere.autoUpdate=true",
    ),
    "signing": ("commit.gpgSign=true", "tag.gpgSign=true", "gpg.program=false"),
    "looking": (
        "color.ui=always",
        "core.pager=false",
        "core.editor=false",
        "core.quotePath=true",
        "diff.external=false",
        "diff.ignoreSubmodules=all",
        "diff.mnemonicPrefix=true",
        "diff.noprefix=true",
        "diff.renames=copies",
        "grep.lineNumber=true",
        "grep.patternType=fixed",
        "log.showSignature=true",
        "status.branch=true",
        "status.relativePaths=false",
        "status.short=true",
        "status.showStash=true",
    ),
    "index": ("feature.manyFiles=true", "index.version=4", "submodule.recurse=true"),
    "modes": ("core.fileMode=false", "core.symlinks=false"),
    "template": ("init.templateDir={}", "init.defaultRefFormat=files"),
}
ALONE = {"autocrlf-input"}
ROWS = [
    pytest.param(
        [each for name, some in CONFIGURATIONS.items() if name not in ALONE for each in some],
        id="all",
    ),
    *(
        pytest.param(list(some), id=name, marks=pytest.mark.matrix)
        for name, some in CONFIGURATIONS.items()
    ),
]


@pytest.mark.parametrize("settings", ROWS)
def test_no_configuration_of_git_changes_what_comes(
    project: Path, inside: Inside, ordinary: str, tmp_path: Path, settings: list[str]
) -> None:
    for name in HOOKS:
        script(tmp_path / "hooks" / name, "exit 1")
    (tmp_path / "everything").write_text("*\n")
    configuration = tmp_path / "gitconfig"
    shutil.copy(os.environ["GIT_CONFIG_GLOBAL"], configuration)
    for setting in settings:
        key, value = setting.format(tmp_path).split("=", 1)
        git(tmp_path, "config", "--file", str(configuration), key, value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", str(configuration))
        git(project, "config", "--unset", "core.fileMode")
        git(project, "-c", "core.hooksPath=/dev/null", "reset", "--quiet", "--hard")
        said = updated(inside, project, GIT_CONFIG_GLOBAL=str(configuration))
        assert index(project) == ordinary
        assert unstaged(project) == {"Dockerfile"}
    assert "Dockerfile (line 1)" in said
    assert (project / NEW).read_text() == "new\n"


def test_markers_are_found_however_git_searches(
    project: Path, inside: Inside, tmp_path: Path
) -> None:
    (project / "notes").write_text("<<<<<<< before\na\n=======\nb\n>>>>>>> after\n")
    commit(project, "Markers")
    git(project, "config", "grep.patternType", "fixed")
    done = inside("update", "--yes", "-C", str(project))
    assert done.returncode == 1
    assert "notes is left with conflict markers" in done.stderr


def test_a_repository_that_a_hook_names_is_not_taken_for_the_projects(
    project: Path, inside: Inside, ordinary: str, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    variables = {
        "GIT_DIR": str(other / ".git"),
        "GIT_INDEX_FILE": str(other / ".git/index"),
        "GIT_OBJECT_DIRECTORY": str(other / ".git/objects"),
        "GIT_PREFIX": "src/",
        "GIT_WORK_TREE": str(other),
    }
    updated(inside, project, 4, **variables)
    assert index(project) == ordinary
    assert git(other, "status", "--porcelain") == ""


BINARY = b"\x89PNG\r\n\x1a\n\0\0\xff"
UTF_16 = "\ufeff# Für Zoë\r\n".encode("utf-16-le")


@pytest.mark.parametrize("content", [BINARY, UTF_16], ids=["binary", "utf-16"])
def test_what_is_no_text_any_more_stays(project: Path, inside: Inside, content: bytes) -> None:
    untouched, changed = project / "pyproject.toml", project / "README.md"
    for file in (untouched, changed):
        file.write_bytes(content)
    commit(project, "No text")
    said = updated(inside, project)
    assert "README.md: you and the template changed it, and it cannot be merged" in said
    assert "pyproject.toml" not in said.replace("uv lock", "").split("\nok ")[0]
    assert (untouched.read_bytes(), changed.read_bytes()) == (content, content)
    git(project, "checkout", "--theirs", "--", "README.md")
    assert NEWS in changed.read_text()
    undo(project, said)
    assert changed.read_bytes() == content


def test_other_encodings_and_line_ends_in_the_working_tree_stay(
    project: Path, inside: Inside
) -> None:
    attributes = "README.md text eol=crlf\nnew/*.txt text working-tree-encoding=UTF-16LE\n"
    (project / ".gitattributes").write_text(attributes)
    commit(project, "Attributes")
    git(project, "rm", "--quiet", "--cached", "README.md")
    git(project, "reset", "--quiet", "--hard")
    readme = project / "README.md"
    assert b"\r\n" in readme.read_bytes()
    updated(inside, project)
    text = readme.read_bytes()
    assert NEWS.encode() in text
    assert text.count(b"\n") == text.count(b"\r\n")
    assert (project / NEW).read_bytes() == "new\n".encode("utf-16-le")
    assert unstaged(project) == {"Dockerfile"}


@pytest.mark.matrix
def test_a_file_with_line_ends_of_both_kinds_loses_none(project: Path, inside: Inside) -> None:
    readme = project / "README.md"
    text = readme.read_bytes().replace(b"Paragraph 2.\n", b"Paragraph 2.\r\n")
    readme.write_bytes(text)
    commit(project, "Mixed")
    updated(inside, project)
    assert readme.read_bytes() == text + f"\n{NEWS}\n".encode()


def test_a_file_that_became_a_folder_and_a_folder_that_became_a_file(
    project: Path, inside: Inside
) -> None:
    (project / "README.md").unlink()
    (project / "README.md").mkdir()
    (project / "README.md/en").write_text("In English.\n")
    (project / "new").write_text("mine\n")
    commit(project, "Swap")
    said = updated(inside, project)
    assert (project / "README.md/en").read_text() == "In English.\n"
    assert "stays deleted, though the template changed it (1)\n  README.md\n" in said
    assert "new~HEAD: yours, while the template made something else of it" in said
    kept = [path for path in project.glob("new*") if path.is_file()]
    assert [path.read_text() for path in kept] == ["mine\n"]
    assert (project / NEW).read_text() == "new\n"
    undo(project, said)
    assert (project / "new").read_text() == "mine\n"


@pytest.mark.parametrize("tracked", ["ignored", pytest.param("tracked", marks=pytest.mark.matrix)])
def test_rejected_parts_of_ones_own_stay(
    project: Path, inside: Inside, ordinary: str, tracked: str
) -> None:
    if tracked == "ignored":
        (project / ".git/info").mkdir(exist_ok=True)
        (project / ".git/info/exclude").write_text("*.rej\n")
    (project / "README.md.rej").write_text("mine\n")
    if tracked == "tracked":
        commit(project, "Rejected")
    updated(inside, project)
    assert (project / "README.md.rej").read_text() == "mine\n"
    assert [line for line in index(project).splitlines() if ".rej" not in line] == (
        ordinary.splitlines()
    )


def test_a_link_that_leaves_the_project_is_not_followed(project: Path, inside: Inside) -> None:
    outside = project.parent / "outside"
    outside.mkdir()
    (project / "new").symlink_to(outside)
    (project / "README.md").rename(outside / "README.md")
    (project / "README.md").symlink_to(outside / "README.md")
    before = (outside / "README.md").read_bytes()
    commit(project, "Links")
    said = updated(inside, project)
    assert "README.md" in said
    assert [path.name for path in outside.iterdir()] == ["README.md"]
    assert (outside / "README.md").read_bytes() == before
    assert (project / NEW).read_text() == "new\n"
    undo(project, said)
    assert (project / "new").is_symlink()


def test_what_a_sparse_checkout_hides_is_updated_and_stays_hidden(
    project: Path, inside: Inside, ordinary: str
) -> None:
    (project / "deep").mkdir()
    (project / "deep/Dockerfile").write_text("mine\n")
    commit(project, "Deep")
    git(project, "sparse-checkout", "set", "--no-cone", "/*", "!/new/", "!/README.md", "!/deep/")
    assert not (project / "README.md").exists()
    updated(inside, project)
    assert [line for line in index(project).splitlines() if "deep" not in line] == (
        ordinary.splitlines()
    )
    hidden = ("README.md", "new", "deep")
    assert not any((project / name).exists() for name in hidden)
    git(project, "add", "Dockerfile")
    git(project, "commit", "--quiet", "--message", "Update")
    git(project, "sparse-checkout", "disable")
    assert NEWS in (project / "README.md").read_text()
    assert git(project, "status", "--porcelain") == ""


def test_a_conflict_in_what_a_sparse_checkout_hides_is_shown(
    project: Path, inside: Inside, ordinary: str
) -> None:
    git(project, "sparse-checkout", "set", "--no-cone", "/*", "!/Dockerfile")
    assert not (project / "Dockerfile").exists()
    said = updated(inside, project)
    assert index(project) == ordinary
    text = (project / "Dockerfile").read_text()
    assert "# Mine.\n" in text
    assert "# Theirs.\n" in text
    undo(project, said)


def test_a_linked_working_tree_is_updated_alone(
    project: Path, inside: Inside, ordinary: str
) -> None:
    linked = project.parent / "linked"
    git(project, "worktree", "add", "--quiet", "-b", "other", str(linked))
    said = updated(inside, linked)
    assert index(linked) == ordinary
    assert git(project, "status", "--porcelain") == ""
    assert not (project / NEW).exists()
    undo(linked, said)


def test_submodules_stay(project: Path, inside: Inside, ordinary: str, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    git(library, "init", "--quiet")
    (library / "code.txt").write_text("code\n")
    commit(library, "Code")
    given = ("-c", "protocol.file.allow=always")
    git(project, *given, "submodule", "--quiet", "add", str(library), "library")
    commit(project, "Library")
    git(project, "config", "submodule.recurse", "true")
    said = updated(inside, project)
    (entry,) = [line for line in index(project).splitlines() if line.endswith("\tlibrary")]
    assert entry.startswith("160000 ")
    assert (project / "library/code.txt").read_text() == "code\n"
    assert set(ordinary.splitlines()) < set(index(project).splitlines())
    undo(project, said)
    git(project, "config", "diff.ignoreSubmodules", "all")
    (project / "library/code.txt").write_text("mine\n")
    done = inside("update", "--yes", "-C", str(project))
    assert done.returncode == 1
    assert "library is not committed" in done.stderr


def shallow(project: Path) -> Path:
    """A clone without history."""
    commits = git(project, "rev-list", "--count", "HEAD")
    assert commits == "2"
    clone = project.with_name("clone")
    git(project.parent, "clone", "--quiet", "--depth=1", project.as_uri(), str(clone))
    return clone


def partial(project: Path) -> Path:
    """A clone that fetches what files contain when it needs that."""
    git(project, "config", "uploadpack.allowFilter", "true")
    git(project, "config", "uploadpack.allowAnySHA1InWant", "true")
    clone = project.with_name("clone")
    source = project.as_uri()
    git(project.parent, "clone", "--quiet", "--filter=blob:none", "--sparse", source, str(clone))
    git(clone, "sparse-checkout", "set", "--no-cone", "/Dockerfile", f"/{'.copier-answers.yml'}")
    return clone


def detached(project: Path) -> Path:
    """A commit that no branch is at."""
    git(project, "checkout", "--quiet", "--detach")
    return project


def borrowing(project: Path) -> Path:
    """A clone whose objects are in another repository."""
    clone = project.with_name("clone")
    git(project.parent, "clone", "--quiet", "--shared", str(project), str(clone))
    return clone


@pytest.mark.parametrize(
    "kind", [shallow, partial, detached, pytest.param(borrowing, marks=pytest.mark.matrix)]
)
def test_every_kind_of_repository_is_updated(
    project: Path, inside: Inside, ordinary: str, kind: Callable[[Path], Path]
) -> None:
    there = kind(project)
    said = updated(inside, there)
    assert index(there) == ordinary
    undo(there, said)


NAMES = ["grün 漢字.txt", " blank ", "new\nline", 'quo"te\\', "-dash", ":colon", "*star", "tab\t"]


def test_every_name_of_a_file_is_fine(project: Path, inside: Inside, ordinary: str) -> None:
    for name in NAMES:
        (project / name).write_text("mine\n")
    bad = os.fsdecode(b"latin-\xe9")
    (project / bad).write_text("mine\n")
    commit(project, "Names")
    said = updated(inside, project)
    for name in [*NAMES, bad]:
        assert (project / name).read_text() == "mine\n"
    assert set(ordinary.splitlines()) < set(index(project).splitlines())
    undo(project, said)


FOLDERS = ["grün 漢字", "sep\u2028arator", 'quo"te\\', "-dash"]


@pytest.mark.parametrize(
    "name",
    ["new\nline", *(pytest.param(each, marks=pytest.mark.matrix) for each in FOLDERS)],
)
def test_every_name_of_a_folder_is_fine(
    project: Path, inside: Inside, ordinary: str, name: str
) -> None:
    updated(inside, project.rename(project.with_name(name)))
    assert index(project.with_name(name)) == ordinary


def test_names_are_bytes_where_the_locale_knows_no_others(project: Path, inside: Inside) -> None:
    named = project.rename(project.with_name("grün"))
    ascii_alone = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-m", "scaffold", "status", "-C", str(named)],
        env=inside.environment | ascii_alone,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "2 files unlike a fresh render" in done.stdout


def test_a_project_below_a_strange_folder_of_a_larger_repository(
    project: Path, inside: Inside, ordinary: str
) -> None:
    shutil.rmtree(project / ".git")
    folder = inside.folder / "grün\nline *"
    folder.mkdir()
    inner = project.rename(folder / "demo")
    git(inside.folder, "init", "--quiet")
    commit(inside.folder, "Start")
    said = updated(inside, inner)
    assert index(inner) == ordinary
    undo(inner, said)


@pytest.mark.matrix
def test_modes_that_the_disk_does_not_keep_come_all_the_same(
    project: Path, inside: Inside, ordinary: str
) -> None:
    git(project, "config", "core.fileMode", "false")
    (project / "README.md").chmod(0o755)
    updated(inside, project)
    assert index(project) == ordinary
    assert index(project, "new/run.sh").startswith("100755 ")


def killed_at(inside: Inside, project: Path, moment: str, folder: Path) -> None:
    """Begin an update and have it killed before a git command."""
    real = shutil.which("git")
    text = f'case "$*" in *"{moment}"*) kill -9 $PPID; exit 1;; *) exec {real} "$@";; esac'
    script(folder / "bin/git", text)
    environment = inside.environment | {"PATH": f"{folder / 'bin'}:{inside.environment['PATH']}"}
    done = subprocess.run(
        [*inside.command, "update", "--yes", "-C", str(project)],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == -9


def test_what_a_killed_run_began_in_one_working_tree_waits_for_that_one(
    project: Path, inside: Inside, ordinary: str, tmp_path: Path
) -> None:
    linked = project.parent / "linked"
    git(project, "worktree", "add", "--quiet", "-b", "other", str(linked))
    killed_at(inside, linked, "update-ref -d", tmp_path)
    assert (linked / NEW).exists()
    updated(inside, project)
    assert index(project) == ordinary
    done = inside("update", "--yes", "-C", str(linked))
    assert done.returncode == 4, done.stderr
    assert "taken back" in done.stderr
    assert index(linked) == ordinary


@pytest.mark.matrix
def test_what_a_killed_run_hid_is_taken_back(
    project: Path, inside: Inside, ordinary: str, tmp_path: Path
) -> None:
    git(project, "sparse-checkout", "set", "--no-cone", "/*", "!/new/", "!/README.md")
    killed_at(inside, project, "update-ref -d", tmp_path)
    done = inside("update", "--yes", "-C", str(project))
    assert done.returncode == 4, done.stderr
    assert "taken back" in done.stderr
    assert index(project) == ordinary
    undo(project, done.stdout)
