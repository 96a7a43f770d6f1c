"""What Django itself says of a project: its migrations, its checks, and its settings."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

from .databases import elsewhere
from .installed import Installed
from .service import serving, settings_for

# The proxy that ends TLS redirects to it, and the domain's owner speaks for browsers' lists.
SILENCED = {"security.W008", "security.W021"}


def production(project: Installed, folder: Path) -> dict[str, str]:
    """Settings of production; nobody has to be at the database, and no mail is sent."""
    has_file = project.combination.facts["has_sqlite"]
    nowhere = elsewhere(project.combination, "nobody@127.0.0.1:1/nothing")
    url = f"sqlite:///{folder / 'x.db'}" if has_file else nowhere
    return settings_for(project, url, environment="production")


def manage(project: Installed, folder: Path, *command: str) -> None:
    done = project.run(*project.program, *command, **production(project, folder))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_migrations_are_those_of_the_models(django: Installed, tmp_path: Path) -> None:
    manage(django, tmp_path, "makemigrations", "--check", "--dry-run")


def test_the_checks_for_deployment_pass(django: Installed, tmp_path: Path) -> None:
    manage(django, tmp_path, "check", "--deploy", "--fail-level", "WARNING")


def test_static_files_are_there_at_the_first_start(django: Installed, tmp_path: Path) -> None:
    """Outside the image nobody has collected them before."""
    folder = django.root / "src" / django.combination.package / "staticfiles"
    shutil.rmtree(folder, ignore_errors=True)
    with serving(django, tmp_path, command=(*django.program, "serve")) as service:
        assets = re.findall(r'"(/static/[^"]+)"', service.client.get("/docs").text)
        assert assets
        statuses = {path: service.client.get(path).status_code for path in assets}
    assert set(statuses.values()) == {200}, statuses


def test_nothing_else_is_silenced(django: Installed, tmp_path: Path) -> None:
    package = django.combination.package
    code = f"from {package} import settings; print(*settings.SILENCED_SYSTEM_CHECKS)"
    done = django.run(django.python, "-c", code, **production(django, tmp_path))
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == SILENCED


def test_somebody_reads_every_setting(django: Installed) -> None:
    """A name that nobody reads is a mistake, or left over."""
    module = django.root / "src" / django.combination.package / "settings.py"
    names = {
        target.id
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id.isupper()
    }
    assert "INSTALLED_APPS" in names
    code = "from django.conf import global_settings; print(*dir(global_settings))"
    known = set(django.run(django.python, "-c", code).stdout.split())
    # The project's own folder is no help: it would read itself. Its middleware reads the second.
    names -= known | {"BASE_DIR", "BODY_LIMITS"}
    assert {name for name in names if not read_in(django, name)} == set()


def read_in(project: Installed, name: str) -> bool:
    """Whether an installed package names a setting in its source."""
    (packages,) = (project.root / ".venv" / "lib").glob("python*/site-packages")
    command = ["grep", "-rqwF", "--include=*.py", name, str(packages)]
    return subprocess.run(command, check=False).returncode == 0
