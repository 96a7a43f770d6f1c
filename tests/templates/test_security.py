"""What a project says of its security is so, and what a reviewer greps for is not there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from combinations import Combination, ends, everything

from .conftest import Project, Render

WITH_ACCOUNTS = [each for each in everything() if each.facts["has_auth"]]
# What the rules of Bandit take for secrets and temporary files ("bearer", /dev/shm) is none, and the server
# may take over the process.
RULES = ("--select=S", "--ignore=S105,S108,S606")
SETTING = re.compile(r"`([A-Z][A-Z_]+)(?:=\w+)?`(?: \(([\d,]+)( MiB)?\))?")

WINDOWS = {"MINUTE": "a minute", "QUARTER": "in 15 minutes", "HOUR": "an hour"}
SETTINGS = {"by_client": "`LOGIN_FAILURES_PER_CLIENT` (100)"}


def document(project: Project) -> str:
    return project.read("docs/security.md")


@pytest.mark.parametrize("combination", WITH_ACCOUNTS, ids=str)
def test_the_document_says_what_is_so(combination: Combination, rendered: Render) -> None:
    """Each setting that it names is one, with the default that it gives."""
    project = rendered(combination)
    module = "environment.py" if combination.framework == "django" else "settings.py"
    code = project.module(module)
    named = SETTING.findall(document(project))
    assert named
    for name, default, mebi in named:
        field = re.search(rf"^    {name.lower()}: [^=]+= Field\(\s*([\w.]+)?", code, re.MULTILINE)
        assert field is not None, name
        if default:
            number = int(default.replace(",", "")) * (1 << 20 if mebi else 1)
            assert int((field[1] or "").replace("_", "")) == number, name


@pytest.mark.parametrize("combination", WITH_ACCOUNTS, ids=str)
def test_the_document_gives_the_limits_of_the_code(
    combination: Combination, rendered: Render
) -> None:
    project = rendered(combination)
    place = "accounts" if combination.framework == "django" else "auth"
    code = project.module(f"{place}/attempts.py")
    limits = re.findall(r'Limit\((?:"\w+", )?f"[^"]+", (\w+), (\w+)\)', code)
    assert limits
    text = document(project)
    for attempts, window in limits:
        often = SETTINGS.get(attempts) or f"{int(attempts):,}"
        assert f"| {often} {WINDOWS[window]} |" in text, (attempts, window)


@pytest.mark.parametrize("combination", ends(), ids=str)
def test_no_dangerous_call(combination: Combination, rendered: Render) -> None:
    """Neither commands nor evaluation, weak hashes, made-up SQL or skipped certificates: Bandit's rules, by Ruff."""
    project = rendered(combination)
    found = _ruff(project.root / "src")
    assert found.returncode == 0, found.stdout + found.stderr


def test_a_dangerous_call_is_found(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(
        "import random\n\nkey = random.random()\n", encoding="utf-8"
    )
    assert "S311" in _ruff(tmp_path).stdout


def _ruff(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--isolated", *RULES]
    return subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False)
