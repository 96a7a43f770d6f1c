"""A `copier.yml` that is not shaped like one: a sentence that names what is wrong, and nothing is written."""

from pathlib import Path

import pytest
from conftest import Inside

QUESTIONS = """
_subdirectory: {subdirectory}
_next_steps: {next_steps}
_implies: {implies}
_schema: {schema}
project_name: {{type: str}}
color: {{type: str, choices: {choices}, default: red, validator: {validator}, when: {when}}}
"""
GOOD = {
    "subdirectory": "root",
    "next_steps": "[ls]",
    "implies": "{color: {red: blue}}",
    "schema": "{kept: {}, parts: {}}",
    "choices": "{Red: {value: red}, Blue: blue}",
    "validator": "''",
    "when": "true",
}
WRONG = [
    ("subdirectory", "[root]", "_subdirectory is not a text"),
    ("next_steps", "ls", "_next_steps is not a list of texts"),
    ("next_steps", "[{ls: 1}]", "_next_steps is not a list of texts"),
    ("implies", "{color: red}", "_implies is not a map of maps of texts"),
    ("schema", "[kept]", "_schema is not a map"),
    ("schema", "{parts: {accounts: {holds: names}}}", "_schema: parts is not"),
    ("choices", "3", "color: choices is not a list or a map"),
    ("choices", "[[]]", "color: choices is not a list of values"),
    ("choices", "{Red: {title: red}}", "color: choices: Red is not a value"),
    ("choices", "[{value: {a: b}}]", "color: choices is not a list of values"),
    ("choices", "'{{ 3 }}'", "color: choices is not a list or a map"),
    ("validator", "[a]", "color: validator is not a text"),
    ("when", "[a]", "color: when is not true, false or a text"),
]


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A folder that is a template, but for its questions."""
    folder = tmp_path / "shaped"
    (folder / "root").mkdir(parents=True)
    answers = "{{ _copier_answers | to_nice_yaml }}"
    (folder / "root" / "{{ _copier_conf.answers_file }}.jinja").write_text(answers)
    return folder


def dry(inside: Inside, template: Path, **changes: str) -> tuple[int, str]:
    (template / "copier.yml").write_text(QUESTIONS.format(**{**GOOD, **changes}))
    done = inside("new", "demo", "--yes", "--dry-run", "--template", str(template))
    assert not (inside.folder / "demo").exists()
    return done.returncode, done.stderr


def test_what_is_shaped_well_is_taken(inside: Inside, template: Path) -> None:
    assert dry(inside, template)[0] == 0


@pytest.mark.parametrize(("key", "value", "said"), WRONG)
def test_what_is_not_is_named(
    inside: Inside, template: Path, key: str, value: str, said: str
) -> None:
    status, stderr = dry(inside, template, **{key: value})
    assert status == 1
    assert f"the template's copier.yml: {said}" in stderr


def test_what_is_null_is_as_if_it_were_not_there(inside: Inside, template: Path) -> None:
    nothing = dict.fromkeys(("validator", "when", "next_steps", "implies", "schema"), "null")
    assert dry(inside, template, **nothing)[0] == 0
