"""`scaffold feature` as people type it: what it writes and says, what it refuses, and what is left then."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import Inside, Runner, commit, contents, git, released

from scaffold.growing.found import FRAMEWORKS

FEATURES = "src/shop/features.py"
MODULES = {
    "django": (
        "src/shop/api.py",
        "src/shop/settings.py",
        *("src/shop/order_items/" + name for name in ("__init__.py", "api.py", "apps.py")),
        "src/shop/order_items/migrations/0001_initial.py",
        "src/shop/order_items/migrations/__init__.py",
        *("src/shop/order_items/" + name for name in ("models.py", "schemas.py", "services.py")),
    ),
    "fastapi": (
        FEATURES,
        *("src/shop/order_items/" + name for name in ("__init__.py", "models.py", "router.py")),
        *("src/shop/order_items/" + name for name in ("schemas.py", "services.py")),
    ),
    "flask": (
        FEATURES,
        *("src/shop/order_items/" + name for name in ("__init__.py", "models.py", "schemas.py")),
        *("src/shop/order_items/" + name for name in ("services.py", "views.py")),
    ),
}
LINES = {
    "django": [
        '"shop.order_items",',
        'api.add_router("/order_items", "shop.order_items.api.router")',
    ],
    "fastapi": ['"order_items",'],
    "flask": ['"order_items",'],
}
OF_ALL = pytest.mark.parametrize("made", FRAMEWORKS, indirect=True)


@pytest.fixture(scope="module", params=["flask"])
def made(
    own_template: Path,
    tmp_path_factory: pytest.TempPathFactory,
    server: Any,
    request: pytest.FixtureRequest,
) -> Path:
    """A project, committed; of Flask where a test does not ask for others too."""
    folder = tmp_path_factory.mktemp("made")
    runner = Inside(folder, dict(os.environ) | {"SCAFFOLD_TEMPLATE": str(own_template)}, server)
    done = runner("new", "shop", "--yes", "--framework", request.param, "--no-install", "--no-git")
    assert done.returncode == 0, done.stderr
    return released(folder / "shop")


@pytest.fixture
def project(made: Path, inside: Inside) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(made, inside.folder / "shop"))


def feature(inside: Inside, *arguments: str) -> Any:
    return inside("feature", *arguments, "-C", "shop")


@OF_ALL
def test_a_feature_is_written_and_registered(inside: Inside, project: Path) -> None:
    framework = yaml.safe_load((project / ".copier-answers.yml").read_text())["framework"]

    done = feature(inside, "order_items", "title:str", "user:ref:users?")

    assert done.returncode == 0, done.stderr
    status = git(project, "status", "--porcelain", "--untracked-files=all").splitlines()
    changed = [line[2:].strip() for line in status]
    versions = "migrations/versions"
    assert [path for path in changed if not path.startswith(versions)] == [
        *MODULES[framework],
        "tests/test_order_items.py",
    ]
    added = [
        line[1:].strip()
        for line in git(project, "diff").splitlines()
        if line[:2] == "+ " or line.startswith("+api")
    ]
    assert sorted(added) == sorted(LINES[framework])
    assert "make migrate" in done.stdout


def test_what_it_says_undoes_it(inside: Inside, project: Path) -> None:
    before = contents(project / "src")
    result = json.loads(feature(inside, "orders", "title:str", "--json").stdout)

    subprocess.run(result["undo"], shell=True, check=True, cwd=inside.folder, capture_output=True)

    assert contents(project / "src") == before
    assert git(project, "status", "--porcelain") == ""


@OF_ALL
def test_a_second_feature_refers_to_the_first(inside: Inside, project: Path) -> None:
    feature(inside, "customers", "name:str", "born_on:date", "referrer:ref:users")
    commit(project, "Customers")

    done = feature(inside, "orders", "customer:ref:customers", "--json")

    assert done.returncode == 0, done.stderr
    migration = next(
        each["text"]
        for each in json.loads(done.stdout)["files"]
        if "migrations/" in each["path"] and each["text"]
    )
    versions = [each.name for each in project.rglob("*_*_customers.py")]
    follows = (
        f'down_revision: str | None = "{versions[0].split("_")[1]}"'
        if versions
        else '("customers", "0001_initial")'
    )
    assert follows in migration


def test_a_dry_run_shows_it_and_writes_nothing(inside: Inside, project: Path) -> None:
    result = json.loads(feature(inside, "orders", "title:str", "--dry-run", "--json").stdout)

    assert result["applied"] is False
    assert result["feature"]["model"] == "Order"
    texts = {each["path"]: each["text"] for each in result["files"]}
    assert "class Order(" in texts["src/shop/orders/models.py"]
    assert '"orders",' in texts[FEATURES]
    assert git(project, "status", "--porcelain") == ""


def test_a_list_that_was_rebuilt_is_left_to_its_owner(inside: Inside, project: Path) -> None:
    path = project / FEATURES
    path.write_text(path.read_text().replace("FEATURES = [", "FEATURES = [*(), "))
    commit(project, "Another form")

    done = feature(inside, "orders", "title:str")

    assert done.returncode == 0
    assert 'add "orders", to it by hand' in done.stderr
    assert f'add "orders", to FEATURES in {FEATURES}' in done.stdout
    assert (project / "src/shop/orders/models.py").is_file()
    assert git(project, "diff", "--name-only") == ""


@pytest.mark.parametrize(
    ("arguments", "status", "why"),
    [
        (["users"], 2, "users is a name of the template's own"),
        (["shop"], 2, "the name of the package itself"),
        (["orders", "title:words"], 2, "has no type that is known"),
        (["orders", "x:ref:nothing"], 2, "no feature of this project: it has"),
        (["orders", "owner:ref:users", "--owner"], 2, "what --owner adds"),
        (["people", "--singular", "user"], 2, "User is taken|User, which is"),
    ],
)
def test_what_cannot_be_is_refused(
    inside: Inside, project: Path, arguments: list[str], status: int, why: str
) -> None:
    done = feature(inside, *arguments)

    assert done.returncode == status
    assert re.search(why, done.stderr)
    assert git(project, "status", "--porcelain") == ""


def test_a_dirty_tree_is_refused_unless_it_is_allowed(inside: Inside, project: Path) -> None:
    (project / "mine.txt").touch()

    refused = feature(inside, "orders")

    assert refused.returncode == 1
    assert "mine.txt is not committed" in refused.stderr
    assert feature(inside, "orders", "--allow-dirty").returncode == 0


def test_a_name_that_is_there_is_refused(inside: Inside, project: Path) -> None:
    feature(inside, "orders")
    commit(project, "Orders")

    done = feature(inside, "orders")

    assert done.returncode == 2
    assert "orders is taken, there is src/shop/orders" in done.stderr


def test_a_project_without_the_building_blocks_is_told_to_update(
    inside: Inside, project: Path
) -> None:
    (project / "src/shop/pagination.py").unlink()
    commit(project, "As it was once")

    done = feature(inside, "orders")

    assert done.returncode == 1
    assert "scaffold update" in done.stderr


def test_nobody_owns_anything_where_nobody_logs_in(inside: Inside, project: Path) -> None:
    answers = project / ".copier-answers.yml"
    answers.write_text(answers.read_text().replace("auth: jwt", "auth: none"))
    commit(project, "Open")

    done = feature(inside, "orders", "--owner")

    assert done.returncode == 2
    assert "scaffold set auth=jwt" in done.stderr


def test_nothing_has_pages_where_there_are_none(inside: Inside, project: Path) -> None:
    done = feature(inside, "orders", "--pages")

    assert done.returncode == 2
    assert "--pages" in done.stderr
    assert git(project, "status", "--porcelain") == ""


@OF_ALL
def test_nothing_is_shown_where_there_is_no_admin(inside: Inside, project: Path) -> None:
    answers = project / ".copier-answers.yml"
    framework = yaml.safe_load(answers.read_text())["framework"]
    if framework == "django":
        answers.write_text(answers.read_text().replace("admin: true", "admin: false"))
        commit(project, "Without")

    done = feature(inside, "orders", "--admin")

    assert done.returncode == 2
    assert ("scaffold set admin=true" in done.stderr) == (framework == "django")
    assert git(project, "status", "--porcelain") == ""


def test_it_needs_a_project(scaffold: Runner) -> None:
    done = scaffold("feature", "orders")

    assert done.returncode == 2
    assert "no project that follows a template" in done.stderr
