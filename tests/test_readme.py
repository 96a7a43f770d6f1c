"""The README and CONTRIBUTING say what is so: every option, every flag, and files that exist."""

import re
from typing import Any

import pytest
import typer
import yaml
from conftest import ROOT

from scaffold.cli import app

README = (ROOT / "README.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
CATALOGUE: dict[str, Any] = yaml.safe_load((ROOT / "copier.yml").read_text())
QUESTIONS = {
    name: body
    for name, body in CATALOGUE.items()
    if not name.startswith("_") and body.get("when") is not False
}
# What is made by the commands themselves, or by whoever follows them.
MADE = {".venv", "templates.bundle", "tests/test_<option>.py"}


def values(body: dict[str, Any]) -> list[str]:
    """Return the choices of a question, its default first."""
    if body["type"] == "bool":
        return ["yes", "no"] if body["default"] else ["no", "yes"]
    choices = body.get("choices", [])
    listed = list(choices.values()) if isinstance(choices, dict) else choices
    plain = [each["value"] if isinstance(each, dict) else each for each in listed]
    default = body.get("default")
    first = default if isinstance(default, list) else [default]
    return sorted(plain, key=lambda value: value not in first)


def row(name: str) -> str:
    """Return what the table of options says of one."""
    table = README.partition("## Options")[2].partition("| flag of")[0]
    for line in table.splitlines():
        cells = line.strip("|").split(" | ")
        if f"`{name}`" in cells[0]:
            return cells[1]
    raise AssertionError(f"the README has no row for {name}")


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_option_and_choice_is_listed_its_default_first(name: str) -> None:
    named = re.findall(r"`([^`]+)`", row(name))
    expected = values(QUESTIONS[name])
    assert [word for word in named if word in expected or word != "none"][: len(expected)] == (
        expected
    )


def flags() -> list[Any]:
    """Return the spellings of each flag."""
    new = typer.main.get_command(app).commands["new"]  # type: ignore[attr-defined]
    known = [tuple(each.opts) for each in new.params if each.opts[0].startswith("-")]
    return [pytest.param(each, id=each[0]) for each in known]


@pytest.mark.parametrize("spellings", flags())
def test_every_flag_of_new_is_listed(spellings: tuple[str, ...]) -> None:
    assert any(re.search(rf"(?<![\w-]){each}(?![\w-])", README) for each in spellings)


@pytest.mark.parametrize("text", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_what_commands_and_links_name_exists(text: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    places = re.findall(r"(?<![\w~/.-])((?:tests|src|templates|benchmarks|\.ci)/[\w./<>-]*)", text)
    assert links or places
    missing = {place for place in links + places if not (ROOT / place).exists()}
    assert missing <= MADE
