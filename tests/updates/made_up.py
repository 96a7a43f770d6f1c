"""Releases of the template that never were: each does one thing that releases do."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from conftest import commit, git

FIRST = "v1.0.0"
PACKAGE = "src/{{ package_name }}"
FRAMEWORKS = ("fastapi", "django", "flask")
Settings = dict[str, Any]
Release = Callable[[Path, Settings], None]


def _changed(file: Path, pattern: str, new: str) -> None:
    text, count = re.subn(pattern, new, file.read_text(), flags=re.MULTILINE)
    assert count, f"{file} has no {pattern}"
    file.write_text(text)


def _own(template: Path, name: str) -> list[Path]:
    """The files of this name in every framework that has it."""
    found = [template / "templates" / each / name for each in FRAMEWORKS]
    return [file for file in found if file.exists()]


def lines_change(template: Path, _: Settings) -> None:
    """In the middle, at the beginning and at the end."""
    shared = template / "templates/_shared"
    _changed(shared / "Makefile.jinja", r"^\tuv run pytest$", r"\tuv run pytest --durations=5")
    _changed(shared / "README.md.jinja", r"\Z", "\n## News\n\nMore of it.\n")
    _changed(shared / "Dockerfile.jinja", r"\A(.*\n)", r"\1# Newer than before.\n")
    _changed(shared / "src/settings.py.jinja", r"^import os$", "import os\nimport sys")
    for file in _own(template, ".env.example.jinja"):
        _changed(file, r"\A", "# What is new comes first.\nNEWS=\n")


def file_is_registered(template: Path, _: Settings) -> None:
    """Where owners register theirs."""
    places = {"fastapi": "main.py", "django": "urls.py", "flask": "__init__.py"}
    for framework, name in places.items():
        folder = template / "templates" / framework
        (folder / PACKAGE / "news.py.jinja").write_text('"""Tells the news."""\n\nNEWS = ""\n')
        (folder / "tests/test_news.py").write_text('"""Of the news."""\n')
        registered = r"^( +)(app\.include_router|path|app\.register_blueprint)(\(.+)$"
        file = folder / PACKAGE / f"{name}.jinja"
        text = file.read_text()
        last = list(re.finditer(registered, text, re.MULTILINE))[-1]
        more = f"\n{last[1]}{last[2]}(news.news)"
        file.write_text(text[: last.end()] + more + text[last.end() :])


def files_go(template: Path, _: Settings) -> None:
    """A module, its test, and what people edit."""
    for name in (f"{PACKAGE}/logs.py.jinja", "tests/test_logs.py.jinja", "Makefile.jinja"):
        for file in _own(template, name):
            file.unlink()


def files_are_renamed(template: Path, _: Settings) -> None:
    """A module and its test."""
    for old, new in (
        (f"{PACKAGE}/health", f"{PACKAGE}/probes"),
        ("tests/test_health", "tests/test_probes"),
    ):
        for file in _own(template, f"{old}.py.jinja"):
            file.rename(file.parent / f"{Path(new).name}.py.jinja")


def _option(settings: Settings, name: str, fact: str, body: Settings) -> None:
    settings[name] = body
    settings[fact] = {"type": "bool", "when": False, "default": f"{{{{ {name} }}}}"}


def option_is_on(template: Path, settings: Settings) -> None:
    """With a file, and lines in another."""
    _option(settings, "metrics", "has_metrics", {"type": "bool", "default": True})
    _metrics(template, settings, "default(false)")


def option_is_off(template: Path, settings: Settings) -> None:
    """The same, left off."""
    _option(settings, "metrics", "has_metrics", {"type": "bool", "default": False})
    _metrics(template, settings, "default(false)")


def _metrics(template: Path, settings: Settings, known: str) -> None:
    path = f"{PACKAGE}/news.py"
    settings["_exclude"].append(f"{{% if not (has_metrics | {known}) %}}{path}{{% endif %}}")
    for framework in FRAMEWORKS:
        file = template / "templates" / framework / f"{path}.jinja"
        file.write_text('"""Counts the news."""\n')
    readme = template / "templates/_shared/README.md.jinja"
    _changed(readme, r"\Z", "{% if has_metrics %}\n## Metrics\n{% endif %}\n")


def fact_has_no_default(template: Path, settings: Settings) -> None:
    """Which plain Copier does not survive."""
    _option(settings, "metrics", "has_metrics", {"type": "bool", "default": True})
    settings["_exclude"].append(f"{{% if not has_metrics %}}{PACKAGE}/logs.py{{% endif %}}")


def dependencies_change(template: Path, _: Settings) -> None:
    """One is newer, one is new."""
    for file in _own(template, "pyproject.toml.jinja"):
        _changed(file, r'^( +"structlog>=)[^"]+(",)$', r'\g<1>99.1\2\n    "tzdata>=2026",')


def option_takes_files(template: Path, settings: Settings) -> None:
    """Which every project had, and which go."""
    _option(settings, "tools", "has_tools", {"type": "bool", "default": False})
    settings["_exclude"] += [
        f"{{% if not (has_tools | default(true)) %}}{path}{{% endif %}}"
        for path in ("Makefile", "tests/test_errors.py", f"{PACKAGE}/logs.py")
    ]


def choice_is_renamed(_: Path, settings: Settings) -> None:
    """Together with the default, and without an alias."""
    choices = settings["ci"]["choices"]
    renamed = next(title for title, value in choices.items() if value == "github")
    choices[renamed] = settings["ci"]["default"] = "actions"
    settings["has_github"]["default"] = "{{ ci == 'actions' }}"


def default_changes(_: Path, settings: Settings) -> None:
    """Of what projects have recorded."""
    settings["license"]["default"] = "Apache-2.0"
    settings["deploy"]["default"] = []


def choices_go(_: Path, settings: Settings) -> None:
    """One of a list, and one of which there is one."""
    for name, gone in (("deploy", "compose"), ("license", "MIT")):
        choices = settings[name]["choices"]
        settings[name]["choices"] = {k: v for k, v in choices.items() if v != gone}
    settings["license"]["default"] = "Apache-2.0"
    del settings["_implies"]["deploy"]["compose"]


def migration_comes(template: Path, _: Settings) -> None:
    """After those that there are, as this release has them."""
    for framework in ("fastapi", "flask"):
        folder = template / "templates" / framework / "migrations/versions"
        text = '"""Adds news."""\n\nrevision: str = "9000"\ndown_revision: str | None = None\n'
        text += 'branch_labels: str = "news"\ndepends_on: str = "0001"\n'
        (folder / "9000_news.py.jinja").write_text(text)
    folder = template / "templates/django" / PACKAGE / "news/migrations"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    text = "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
    text += '    dependencies = [("users", "0001_initial")]\n\n    operations = []\n'
    (folder / "0001_initial.py").write_text(text)


RELEASES: tuple[Release, ...] = (
    lines_change,
    file_is_registered,
    files_go,
    files_are_renamed,
    option_is_on,
    option_is_off,
    fact_has_no_default,
    dependencies_change,
    option_takes_files,
    choice_is_renamed,
    default_changes,
    choices_go,
    migration_comes,
)
# In which answers that projects have recorded are taken no more.
REFUSING = {choice_is_renamed, choices_go}


def tag(release: Release) -> str:
    """What it is called."""
    return f"v2.{RELEASES.index(release)}.0"


def released(template: Path, place: Path) -> Path:
    """A copy of a template with all of them, each following the first."""
    copy = Path(shutil.copytree(template, place))
    if FIRST not in git(copy, "tag").split():
        git(copy, "tag", FIRST)
    for release in RELEASES:
        git(copy, "checkout", "--quiet", "--detach", FIRST)
        settings = yaml.safe_load((copy / "copier.yml").read_text())
        before = yaml.safe_dump(settings)
        release(copy, settings)
        if yaml.safe_dump(settings) != before:
            (copy / "copier.yml").write_text(yaml.safe_dump(settings, sort_keys=False))
        commit(copy, release.__doc__ or "", tag(release))
    git(copy, "checkout", "--quiet", "--detach", FIRST)
    git(copy, "gc", "--quiet")
    return copy
