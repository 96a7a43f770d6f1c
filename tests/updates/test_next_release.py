"""The release after this one: what a template may do, and that projects of this one follow."""

import shutil
from pathlib import Path

import pytest
import yaml
from combinations import Combination, ends
from conftest import commit, git

from .conftest import NEXT
from .past import NOW
from .updating import answers, difference, fresh, started, updated

AFTER = "v1000.0.0"
MODULE = "src/{{ package_name }}/trial.py"
MIGRATIONS = {"django": "src/{{ package_name }}/users/migrations", "": "migrations/versions"}


@pytest.fixture(scope="session")
def growing(history: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template with a release that adds an option, gives it an old file, and renames a choice."""
    template = Path(shutil.copytree(history, tmp_path_factory.mktemp("growing") / "template"))
    settings = yaml.safe_load((template / "copier.yml").read_text())
    facts = {
        "has_trial": "{{ trial == 'redis' }}",
        "has_make": "{{ make }}",
        # The choice has a new name, and what projects have recorded goes on to mean the same.
        "has_github": "{{ ci in ('actions', 'github') }}",
    }
    settings["ci"]["choices"]["GitHub Actions: a workflow, Dependabot, hooks"] = "actions"
    settings["trial"] = {"type": "str", "choices": ["none", "redis"], "default": "none"}
    settings["make"] = {"type": "bool", "default": True}
    for name, value in facts.items():
        # At their end, below the questions that they are told from.
        settings.pop(name, None)
        settings[name] = {"type": "bool", "when": False, "default": value}
    migrations = [f"{folder}/9999_trial.py" for folder in MIGRATIONS.values()]
    settings["_exclude"] += [
        *(
            f"{{% if not (has_trial | default(false)) %}}{path}{{% endif %}}"
            for path in [MODULE, *migrations]
        ),
        # Before there was the option, every project had the file.
        "{% if not (has_make | default(true)) %}Makefile{% endif %}",
    ]
    (template / "copier.yml").write_text(yaml.safe_dump(settings, sort_keys=False))
    for framework in NOW.choices("framework"):
        folder = template / "templates" / framework
        (folder / MODULE).with_suffix(".py.jinja").write_text('"""Tries it."""\n')
        migration = folder / MIGRATIONS.get(framework, MIGRATIONS[""]) / "9999_trial.py"
        migration.write_text('"""Makes room for it."""\n')
    project = template / "templates/_shared/pyproject.toml.jinja"
    before = "\ndependencies = [\n"
    after = f'{before}{{% if has_trial %}}\n    "redis>=7",\n{{% endif %}}\n'
    assert project.read_text().count(before) == 1
    project.write_text(project.read_text().replace(before, after))
    commit(template, AFTER, AFTER)
    return template


def with_rest_in_matrix() -> list[object]:
    """One of them every day, and all with the matrix."""
    return [
        pytest.param(
            end,
            id=str(end),
            marks=[
                pytest.mark.slow,
                *([] if end.name == "flask-all-on" else [pytest.mark.matrix]),
            ],
        )
        for end in ends()
    ]


@pytest.mark.parametrize("end", with_rest_in_matrix())
def test_projects_of_this_release_update_to_the_next(
    growing: Path, tmp_path: Path, end: Combination
) -> None:
    project = started(growing, NEXT, end.answers, tmp_path / "project")
    edited = Path(shutil.copytree(project, tmp_path / "edited"))

    # Untouched, with the new option left off: as if made then, and nothing of it is there.
    updated(project)
    assert difference(project, fresh(growing, AFTER, project)) == {}
    assert answers(project)["trial"] == "none"
    assert answers(project)["ci"] == end.answers["ci"]
    assert (project / ".github").exists() == (end.answers["ci"] == "github")
    assert (project / "Makefile").is_file()
    assert not list(project.rglob("*trial*"))
    commit(project, "Update")

    # Edited, and with the new option: the edits stay, and the rest is as if made then.
    for name in ("README.md", "Makefile"):
        file = edited / name
        file.write_text(f"{file.read_text()}# mine\n")
    (edited / "src" / end.package / "mine.py").write_text('"""Mine."""\n')
    commit(edited, "Edit")
    updated(edited, trial="redis", ci="actions" if end.answers["ci"] == "github" else "none")
    assert not git(edited, "diff", "--name-only", "--diff-filter=U")
    assert difference(edited, fresh(growing, AFTER, edited)) == {
        "Makefile": "changed",
        "README.md": "changed",
        f"src/{end.package}/mine.py": "only in one",
    }
    assert (edited / "Makefile").read_text().endswith("# mine\n")
    assert '"redis>=7",\n' in (edited / "pyproject.toml").read_text()
    assert len(list(edited.rglob("*trial.py"))) == 2

    # The file that was always there goes with the option that owns it now.
    updated(project, make=False)
    assert not (project / "Makefile").exists()
    assert difference(project, fresh(growing, AFTER, project)) == {}
