"""What is written for people: the README, comments, and the Makefile's targets."""

import re
import subprocess
import tomllib
from pathlib import Path

from combinations import TEXTS
from markdown_it import MarkdownIt

from .conftest import Project

TARGETS = {
    *("help", "install", "dev", "test", "coverage", "lint", "format", "types", "check"),
    *("migrate", "migration", "openapi", "serve"),
}
OPTIONAL = {"admin": ("has_auth",), "database": ("has_mysql", "has_postgresql")}
GENERATOR = re.compile(r"scaffold|copier|cookiecutter|generated (by|from|with)", re.IGNORECASE)
LEFTOVERS = re.compile(
    r"\bTODO\b|\bFIXME\b|\bXXX\b|[#/*=~-]{2,}\s*\w.*[#/*=~-]{8,}\s*$|^\s*#\s*[=*#~-]{4,}"
)


def plain(markdown: str) -> str:
    """The text that a reader of the rendered Markdown sees, a line for each block."""
    tokens = [
        token.children or [] for token in MarkdownIt().parse(markdown) if token.type == "inline"
    ]
    return "\n".join("".join(child.content or " " for child in children) for children in tokens)


def own_words(project: Project, text: str) -> str:
    for word in filter(None, (project.combination.answers[key] for key in TEXTS[0])):
        text = text.replace(str(word), "") if len(str(word)) > 1 else text
    return text


def test_readme_is_short(project: Project) -> None:
    assert len(project.read("README.md").splitlines()) < 80


def test_readme_shows_the_texts_as_they_were_given(project: Project) -> None:
    shown = plain(project.read("README.md"))
    assert project.combination.answers["project_name"] in shown
    assert project.combination.answers["description"] in shown


def test_readme_has_what_a_reader_looks_for(project: Project) -> None:
    headings = re.findall(r"^## (.+)$", project.read("README.md"), re.MULTILINE)
    wanted = ["run", "test", "layout", "update"] + (
        ["deploy"] if project.combination.facts["has_docker"] else []
    )
    assert [
        word for word in wanted if not any(word in heading.lower() for heading in headings)
    ] == []


def test_package_metadata_is_what_was_answered(project: Project) -> None:
    answers = project.combination.answers
    metadata = tomllib.loads(project.read("pyproject.toml"))["project"]
    assert metadata["name"] == answers["package_name"].replace("_", "-")
    assert metadata["description"] == answers["description"]
    assert metadata["requires-python"] == f">={answers['python_version']}"
    assert project.read(".python-version") == f"{answers['python_version']}\n"
    author = {"name": answers["author_name"], "email": answers["author_email"]}
    assert metadata.get("authors", [{"name": "", "email": ""}]) == [author]


def test_make_targets_are_those_of_the_contract(project: Project) -> None:
    found = set(re.findall(r"^([a-z][\w-]*):", project.read("Makefile"), re.MULTILINE))
    facts = project.combination.facts
    assert found == TARGETS | {
        name for name, any_of in OPTIONAL.items() if any(facts[fact] for fact in any_of)
    }


def test_make_alone_lists_every_other_target(project: Project, tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text(project.read("Makefile"), encoding="utf-8")
    done = subprocess.run(["make"], cwd=tmp_path, capture_output=True, text=True, check=True)
    listed = re.findall(r"^make (\S+) +\S", done.stdout, re.MULTILINE)
    assert listed == re.findall(r"^(?!help:)([a-z][\w-]*):", project.read("Makefile"), re.MULTILINE)


def found_in(project: Project, pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """The lines that a pattern finds, whatever was answered, with the paths that they are in."""
    return [
        (name, line)
        for name, line in project.lines()
        if pattern.search(line) and pattern.search(own_words(project, line))
    ]


def test_the_generator_is_named_only_where_updating_is_explained(project: Project) -> None:
    unread = (".copier-answers.yml", "LICENSE")
    found = [entry for entry in found_in(project, GENERATOR) if entry[0] not in unread]
    assert [entry for entry in found if entry[0] != "README.md"] == []
    assert len(found) == 1
    assert "update" in found[0][1]


def test_nothing_is_left_to_be_done(project: Project) -> None:
    assert found_in(project, LEFTOVERS) == []
