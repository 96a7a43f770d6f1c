"""What a new project says is done first, typed as it stands where nothing was prepared."""

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx2
import pytest
from combinations import Combination

from scaffold.catalogue.values import plain

from .conftest import EVERY, Install, each, lacking
from .databases import admin_url, elsewhere, unmade
from .installed import Installed, free_port, surroundings
from .service import ADMIN_PASSWORD, running

BY_DATABASE = each(EVERY, "has_sqlite", "has_mysql")
ON_SERVERS = each(lacking("has_sqlite", EVERY), "has_mysql")


def printed(combination: Combination, folder: Path) -> list[str]:
    """What `scaffold new` prints under "Next", but for what comes of `--no-install` and `--no-git`."""
    data = [f"--data={key}={plain(value)}" for key, value in combination.answers.items()]
    options = ("--yes", "--no-install", "--no-git", "--allow-dirty", "--json")
    done = subprocess.run(
        ["scaffold", "new", str(folder / "project"), *options, *data],
        env=surroundings(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    steps: list[str] = json.loads(done.stdout)["next_steps"]
    return [step for step in steps if step.startswith("uv run ")]


@pytest.fixture
def own_database(combination: Combination) -> Iterator[str]:
    """The URL of a database that is not there yet; whatever made it, it is gone afterwards."""
    with unmade(combination) as url:
        yield url


@pytest.mark.parametrize("combination", BY_DATABASE)
def test_what_new_prints_works_as_typed(
    combination: Combination, install: Install, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    project = install(combination)
    steps = printed(combination, tmp_path)
    variables = {"PORT": str(free_port()), "ADMIN_PASSWORD": ADMIN_PASSWORD}
    if not combination.facts["has_sqlite"]:
        variables["DATABASE_URL"] = request.getfixturevalue("own_database")
        variables["TEST_DATABASE_URL"] = admin_url(combination)
        assert steps[0].endswith(" database")
    else:
        variables["DATABASE_URL"] = f"sqlite:///{tmp_path / 'service.db'}"
    with ExitStack() as stack:
        for step in steps:
            if step.endswith(" dev"):
                stack.enter_context(developing(project, step, variables, tmp_path))
            else:
                done = project.run(*shlex.split(step), **variables)
                assert done.returncode == 0, f"{step}: {done.stdout}{done.stderr}"
    assert [step for step in steps if step.endswith(" dev")]
    assert steps[-1] == "uv run pytest"


@contextmanager
def developing(
    project: Installed, step: str, variables: dict[str, str], folder: Path
) -> Iterator[None]:
    """Serve as who develops does, from when it is ready to when the block ends."""
    url = f"http://127.0.0.1:{variables['PORT']}"
    with running(project, folder, variables, tuple(shlex.split(step))) as service:
        ready = httpx2.get(f"{url}/health/ready")
        assert ready.status_code == 200, ready.text
        page = httpx2.get(url, follow_redirects=True, headers={"Accept": "text/html"})
        assert page.status_code == 200, page.text
        assert url in service.output.read_text()
        yield


@pytest.mark.parametrize("combination", BY_DATABASE)
def test_the_readme_says_the_same(
    combination: Combination, install: Install, tmp_path: Path
) -> None:
    readme = (install(combination).root / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^## (?:Run|Test)\n\n```sh\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    lines = [line for block in shown for line in block.splitlines()]
    steps = printed(combination, tmp_path)
    assert lines == [step for step in steps if " admin " not in step]
    assert all(f"`{step}`" in readme for step in steps if " admin " in step)


@pytest.mark.parametrize("combination", BY_DATABASE)
def test_it_migrates_from_any_folder(
    combination: Combination, install: Install, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    project = install(combination)
    url = f"sqlite:///{tmp_path / 'service.db'}"
    script = str(Path(project.python).with_name(str(combination.facts["dist_name"])))
    if not combination.facts["has_sqlite"]:
        url = request.getfixturevalue("own_database")
        assert project.run(script, "database", DATABASE_URL=url).returncode == 0
    done = subprocess.run(
        [script, "migrate"],
        cwd=tmp_path,
        env=surroundings(DATABASE_URL=url),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("combination", ON_SERVERS)
def test_what_is_missing_is_told_apart(
    combination: Combination, install: Install, own_database: str
) -> None:
    project = install(combination)
    name = combination.facts["dist_name"]
    for command in ("migrate", "serve", "dev"):
        done = project.run(*project.program, command, DATABASE_URL=own_database)
        assert done.returncode == 1, command
        assert done.stderr.strip().endswith(f"uv run {name} database"), done.stderr
        assert f'no database "{own_database.rpartition("/")[2]}"' in done.stderr
        nowhere = elsewhere(combination, "root:secret@127.0.0.1:1/x")
        done = project.run(*project.program, command, DATABASE_URL=nowhere)
        assert done.returncode == 1, command
        assert "no server answers" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert "secret" not in done.stderr
    made = [project.run(*project.program, "database", DATABASE_URL=own_database) for _ in range(2)]
    assert [each.returncode for each in made] == [0, 0], made
    assert ["created" in each.stdout for each in made] == [True, False]


@pytest.mark.parametrize("combination", ON_SERVERS)
def test_without_a_server_there_is_a_line_that_starts_one(
    combination: Combination, install: Install
) -> None:
    project = install(combination)
    module = "environment" if combination.framework == "django" else "settings"
    code = (
        f"import re, sys; from {combination.package} import {module}, __main__\n"
        f"defaults = {module}.DEFAULTS_OUTSIDE_PRODUCTION\n"
        "defaults['database_url'] = re.sub(':[0-9]+/', ':1/', defaults['database_url'])\n"
        "sys.argv[1:] = ['database']; __main__.main()"
    )
    done = project.run(project.python, "-c", code)
    assert done.returncode == 1, done.stdout
    assert done.stderr.strip().splitlines()[-1].startswith("docker "), done.stderr
