"""What surrounds the program and is not as it should be: one line, and never the status of bad usage."""

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Runner, git

FAST = ("--yes", "--framework", "fastapi", "--no-install", "--no-git")


@pytest.fixture
def homeless(scaffold: Runner) -> Runner:
    """The program for a user whom the system does not know, without a `HOME`."""
    unknown = ["unshare", "--user", "--map-user=54321"]
    if (
        not shutil.which("unshare")
        or subprocess.run([*unknown, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("being another user needs unshare and user namespaces")
    environment = {name: text for name, text in scaffold.environment.items() if name != "HOME"}
    return replace(scaffold, environment=environment, command=(*unknown, *scaffold.command))


def packed(run: Runner, tmp_path: Path) -> Runner:
    """Return the program as a wheel has it, with its template in a bundle."""
    bundle = tmp_path / "packed.bundle"
    template = Path(run.environment["SCAFFOLD_TEMPLATE"])
    git(template, "bundle", "create", "--quiet", str(bundle), "HEAD", "--all")
    code = (
        "import sys; from pathlib import Path; from scaffold import cli; from scaffold.template import bundle, opening;"
        f"bundle._PACKED = Path({str(bundle)!r}); opening._CHECKOUT = Path('/none');"
        "sys.exit(cli.run(sys.argv[1:]))"
    )
    environment = {k: v for k, v in run.environment.items() if k != "SCAFFOLD_TEMPLATE"}
    command = (*run.command[: run.command.index(sys.executable)], sys.executable, "-c", code)
    return replace(run, environment=environment, command=command)


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert [line[:7] for line in done.stderr.splitlines()] == ["error: "], done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.slow
def test_without_a_home_a_project_is_made(homeless: Runner) -> None:
    done = homeless("new", "demo", *FAST)
    assert (done.returncode, done.stderr) == (0, "")
    assert homeless("options").returncode == 0


@pytest.mark.parametrize(
    "arguments", [("~/demo", *FAST), ("demo", *FAST, "--template", "~/template")]
)
def test_without_a_home_a_path_below_it_is_refused(
    homeless: Runner, arguments: tuple[str, ...]
) -> None:
    refused(homeless("new", *arguments), "home directory")
    assert not list(homeless.folder.iterdir())


@pytest.mark.slow
def test_without_a_home_a_wheel_has_nowhere_for_its_template(
    homeless: Runner, tmp_path: Path
) -> None:
    run = packed(homeless, tmp_path)
    assert run("--version").returncode == 0
    refused(run("new", "demo", *FAST), "templates.bundle", "home directory")
    assert not list(run.folder.iterdir())


def test_a_home_that_cannot_be_written_to(scaffold: Runner, tmp_path: Path) -> None:
    run = packed(scaffold, tmp_path)
    refused(run("new", "demo", *FAST, HOME="/proc"), "templates.bundle")
    assert scaffold("new", "demo", *FAST, HOME="/proc").returncode == 0


@pytest.mark.parametrize("how", ["variable", "configuration"])
def test_a_transport_that_git_must_not_use(
    scaffold: Runner, light_template: Path, tmp_path: Path, how: str
) -> None:
    (tmp_path / "config").write_text("[protocol]\nallow = never\n")
    settings = {
        "variable": {"GIT_ALLOW_PROTOCOL": "none"},
        "configuration": {"GIT_CONFIG_GLOBAL": str(tmp_path / "config")},
    }[how]
    done = scaffold("new", "demo", *FAST, "--template", f"git+file://{light_template}", **settings)
    refused(done, "not allowed")
    assert not list(scaffold.folder.iterdir())


def test_a_place_that_may_not_be_looked_into(scaffold: Runner, tmp_path: Path) -> None:
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("root may look everywhere, and there is no setpriv to take that away")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    less = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    command = shlex.join([*less, *scaffold.command, "new", str(closed / "demo"), *FAST])
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=scaffold.folder,
        env=scaffold.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    closed.chmod(0o700)
    refused(done, "Permission denied")
