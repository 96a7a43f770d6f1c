"""An option that is off leaves nothing behind; one that is on brings what the catalogue says it owns."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from answering import catalogue, facts, render
from combinations import TEXTS, all_on, combination, everything
from conftest import contents
from pathspec import PathSpec

from .conftest import Project, Render
from .rendering import copied

ANSWERS_FILE = ".copier-answers.yml"
# What people choose says nothing about a project, though it may be the name of a framework.
COMMON_PASSWORDS = "common_passwords.txt"
CONDITION = re.compile(r"\{%-?\s*if\b.*?%\}")


def lines(project: Project) -> Iterator[tuple[str, str]]:
    """Where and what: each path, and each line of each file, the answers and the user's own words apart."""
    words = sorted(
        filter(None, (str(project.combination.answers[key]) for key in TEXTS[0])),
        key=len,
        reverse=True,
    )
    for name, text in project.texts.items():
        if name == ANSWERS_FILE:
            continue
        yield name, name.replace(project.combination.package, "")
        if name.endswith(COMMON_PASSWORDS):
            continue
        for number, line in enumerate(text.splitlines(), 1):
            for word in words:
                line = line.replace(word, "") if len(word) > 1 else line
            yield f"{name}:{number}", line


def matches(pattern: str, project: Project) -> list[str]:
    return list(PathSpec.from_lines("gitignore", [pattern]).match_files(project.texts))


def test_what_is_off_leaves_no_mark(project: Project) -> None:
    absent = {
        fact: re.compile("|".join(patterns), re.IGNORECASE)
        for fact, patterns in catalogue()["_markers"].items()
        if not project.combination.facts[fact]
    }
    left = [
        (fact, where, text.strip())
        for where, text in lines(project)
        for fact, pattern in absent.items()
        if pattern.search(text)
    ]
    assert left == []


@pytest.mark.parametrize("fact", catalogue()["_markers"])
def test_every_mark_is_found_where_its_option_is_on(fact: str, projects: list[Project]) -> None:
    """A marker that matches nothing anywhere proves nothing by its absence."""
    on = [project for project in projects if project.combination.facts[fact]]
    texts = [text for project in on for _, text in lines(project)]
    patterns = catalogue()["_markers"][fact]
    dead = [
        marker
        for marker in patterns
        if not any(re.search(marker, text, re.IGNORECASE) for text in texts)
    ]
    assert dead == []


def test_every_fact_of_an_option_has_marks() -> None:
    booleans = {
        name
        for name, body in catalogue().items()
        if isinstance(body, dict) and body.get("type") == "bool"
    }
    assert {name for name in booleans if name.startswith("has_")} <= set(catalogue()["_markers"])


def knowing(project: Project) -> dict[str, Any]:
    return {**project.combination.answers, **project.combination.facts}


@cache
def excluding(project: Project) -> PathSpec[Any]:
    """What all exclusions together leave out of a project."""
    patterns = (render(each, knowing(project)) for each in catalogue()["_exclude"])
    return PathSpec.from_lines("gitignore", filter(None, patterns))


@pytest.mark.parametrize("pattern", catalogue()["_exclude"])
def test_every_exclusion_is_alive(pattern: str, projects: list[Project]) -> None:
    """Every project of some framework that keeps it has it, unless another exclusion takes its place away."""
    kept: dict[str, list[list[str]]] = {}
    for project in projects:
        known = knowing(project)
        if excluded := render(pattern, known):
            assert matches(excluded, project) == [], project.combination
        else:
            path = render(CONDITION.sub("{% if true %}", pattern), known)
            if not excluding(project).match_file(path):
                found = matches(path, project)
                kept.setdefault(project.combination.framework, []).append(found)
    assert kept, "no combination keeps it"
    assert any(all(found) for found in kept.values())


def different(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> set[str]:
    """The files that differ, the answers apart."""
    return {name for name in {*one, *other} if one.get(name) != other.get(name)} - {ANSWERS_FILE}


FORCED: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # what holds of the project, and what is forced on it
    ({"database": "sqlite", "deploy": ["docker"]}, {"deploy": ["docker", "kubernetes"]}),
    ({"framework": "fastapi", "server": "granian"}, {"server": "gunicorn"}),
    ({"framework": "fastapi"}, {"api": "drf", "admin": True, "pages": "htmx"}),
    ({"framework": "django", "auth": "none"}, {"admin": True, "pages": "htmx"}),
    ({"framework": "flask", "auth": "none"}, {"pages": "htmx"}),
    ({"framework": "django", "server": "granian"}, {"server": "uvicorn"}),
    (
        {"framework": "flask", "server": "granian"},
        {"server": "uvicorn", "api": "drf", "admin": True},
    ),
    ({"framework": "django"}, {"legacy_mount": "old_shop.wsgi:application"}),
]


@pytest.mark.slow
@pytest.mark.parametrize(("beside", "forced"), FORCED, ids=str)
def test_a_forced_answer_that_is_ruled_out_changes_nothing(
    rendered: Render, template: Path, tmp_path: Path, beside: dict[str, Any], forced: dict[str, Any]
) -> None:
    """Plain Copier refuses it or ignores it; it never makes a project that no combination stands for."""
    chosen = next(c for c in everything() if beside.items() <= c.answers.items())
    data = {**chosen.answers, **forced}
    changed = {name for name, value in facts(data).items() if chosen.facts[name] != value}
    assert changed == set()
    try:
        made = contents(copied(template, tmp_path, data))
    except ValueError as refusal:
        assert any(str(name) in str(refusal) for name in forced)
        assert not any(tmp_path.iterdir())
    else:
        assert different(rendered(chosen).contents, made) == set()


@pytest.mark.parametrize(
    ("option", "choice", "implied"),
    [
        (option, choice, implied)
        for option, rules in catalogue()["_implies"].items()
        for choice, implied in rules.items()
    ],
)
def test_an_implied_choice_writes_what_choosing_it_writes(
    option: str, choice: str, implied: str, rendered: Render
) -> None:
    base = dict(all_on("fastapi").answers)
    texts = {key: base.pop(key) for key in TEXTS[0]}
    alone = rendered(combination({**base, option: (choice,)}, texts))
    both = rendered(combination({**base, option: (implied, choice)}, texts))
    assert different(alone.contents, both.contents) == set()
