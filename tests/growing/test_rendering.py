"""What is written for any feature: valid, formatted, and nothing that a linter finds."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from growing.drawing import features
from scaffold.growing.found import FRAMEWORKS, Found
from scaffold.growing.rendering import render
from scaffold.growing.rows import Model

USERS = {
    "users": Model("users", "User", "users", (("name", "str", ""), ("email", "str", ""))),
}
FIRST = 'revision: str = "0001"\ndown_revision: str | None = None\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of which there is what rendering looks at."""
    place = tmp_path_factory.mktemp("project")
    for part in ("migrations/versions", "src/shop", "tests"):
        (place / part).mkdir(parents=True)
    (place / "migrations/versions/0001_users.py").write_text(FIRST)
    (place / "src/shop/users").mkdir()
    (place / "src/shop/users/models.py").touch()
    (place / "src/shop/users/services.py").touch()
    (place / "src/shop/db.py").touch()
    (place / "pyproject.toml").write_text(
        '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\n'
        "[tool.ruff]\nline-length = 100\n[tool.ruff.lint.per-file-ignores]\n"
        '"**/{forms,models}.py" = ["RUF012"]\n"**/migrations/*" = ["ALL"]\n'
    )
    return place


@pytest.mark.parametrize("kind", [*FRAMEWORKS, "drf"])
@pytest.mark.parametrize("auth", ["jwt", "none"])
@settings(
    max_examples=5,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(data=st.data())
def test_what_is_written_is_formatted_and_clean(
    folder: Path, kind: str, auth: str, data: DataObject
) -> None:
    framework = "django" if kind == "drf" else kind
    some = st.lists(
        features(owned=auth != "none", shown=framework == "django" and auth != "none"),
        min_size=6,
        max_size=6,
        unique_by=lambda each: each.name,
    )
    answers = {
        "framework": framework,
        "package_name": "shop",
        "api": kind,
        "auth": auth,
        "database": "sqlite",
    }
    project = Found(folder, "shop", answers)
    files: dict[str, str] = {}
    for feature in data.draw(some):
        files |= render(feature, project, USERS)
    for path, text in files.items():
        if path.endswith(".py"):
            compile(text, path, "exec")
    _is_clean(folder, files)


def _is_clean(folder: Path, files: dict[str, str]) -> None:
    written = [folder / path for path in files]
    for path, text in zip(written, files.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    try:
        for command in (["format", "--diff"], ["check", "--no-cache"]):
            done = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "ruff",
                    *command,
                    *(each for each in written if each.suffix == ".py"),
                ],
                capture_output=True,
                text=True,
                check=False,
                cwd=folder,
            )
            assert done.returncode == 0, done.stdout + done.stderr
    finally:
        for path in written:
            path.unlink()
