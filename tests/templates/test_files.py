"""What every file of every project must be, whatever is in it."""

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import PurePosixPath

import pytest
import yaml

from .conftest import Project

WINDOWS_NAMES = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)),
}
# Where a condition leaves an empty line behind, Jinja leaves it here; Python's are ruff's to find.
SPACED = {".yml", ".yaml", ".toml", ".md"}

# The suffix of Makefile, Dockerfile and .gitignore.
BARE = {""}


def texts(project: Project, *suffixes: str) -> Iterator[tuple[str, str]]:
    """Relative name and text of each file, or of those with one of the suffixes."""
    for name, text in project.texts.items():
        if not suffixes or PurePosixPath(name).suffix in suffixes:
            yield name, text


@cache
def parsed(text: str) -> ast.Module:
    """Most projects have most modules in common."""
    return ast.parse(text)


def test_python_parses(project: Project) -> None:
    _, minor = project.combination.answers["python_version"].split(".")
    # What is written for a newer Python than this one is read by ruff alone, which lints all of it.
    if int(minor) <= sys.version_info.minor:
        for _, text in texts(project, ".py"):
            parsed(text)


def test_toml_yaml_and_json_are_valid(project: Project) -> None:
    for _, text in texts(project, ".toml"):
        tomllib.loads(text)
    for _, text in texts(project, ".yml", ".yaml"):
        assert list(yaml.safe_load_all(text)) != [None]
    for _, text in texts(project, ".json"):
        json.loads(text)


def test_no_file_is_empty(project: Project) -> None:
    assert [name for name, text in texts(project) if not text.strip()] == []


def test_the_first_line_says_what_a_file_is_for(project: Project) -> None:
    """Pages, styles, data, the licence and migrations speak for themselves, by their names."""
    commented = [
        (name, text)
        for name, text in texts(project)
        if PurePosixPath(name).suffix in {".py", ".toml", ".yml", ".yaml", ".mako"} | BARE
        and PurePosixPath(name).name not in {".python-version", "LICENSE"}
        and not re.search(r"migrations/\d", name)
    ]
    silent = [name for name, text in commented if not re.match(r'#+ \S|r?"""[^"\n]', text)]
    assert silent == []


def test_lines_end_cleanly(project: Project) -> None:
    trailing = [name for name, text in texts(project) if re.search(r"[ \t]+$", text, re.MULTILINE)]
    returns = [name for name, text in texts(project) if "\r" in text]
    final = [name for name, text in texts(project) if not re.search(r"[^\n]\n\Z", text)]
    assert (trailing, returns, final) == ([], [], [])


def test_no_run_of_blank_lines(project: Project) -> None:
    """But between definitions, in the Python that documents show."""
    shown = re.compile(r"^```python\n.*?^```$", re.MULTILINE | re.DOTALL)
    spaced = [
        name
        for name, text in texts(project, *SPACED)
        if re.search(r"\n\n\n|\A\n", shown.sub("…", text))
    ]
    assert spaced == []


@pytest.mark.parametrize("forbidden", ['[<>:"\\\\|?*\\x00-\\x1f]', "[ .]$", "^ "])
def test_names_are_legal_on_windows(project: Project, forbidden: str) -> None:
    names = [part for path in project.paths for part in path.parts]
    assert [name for name in names if re.search(forbidden, name)] == []
    assert [name for name in names if PurePosixPath(name).stem.lower() in WINDOWS_NAMES] == []


def test_no_two_names_differ_by_case_alone(project: Project) -> None:
    names = [name.lower() for name in project.contents]
    assert len(names) == len(set(names))


def test_nothing_of_jinja_is_left(project: Project) -> None:
    """But for templates of the project's own, and what is shown of one: their language looks the same."""
    described = str(project.combination.answers["description"])
    left = [
        (name, line)
        for name, text in texts(project)
        if "/templates/" not in name and name != "docs/growing.md"
        for line in text.splitlines()
        if re.search(r"\{%|%\}|\{#|(?<!\$)\{\{", line.replace(described, ""))
        and not re.search(r"7\\?\*7", line)
    ]
    assert left == []
