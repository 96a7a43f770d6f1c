"""`scaffold recommend`: what it takes, what it prints, and that it writes nothing."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import Inside
from terminal import small_template

KEYS = {
    *("recommended", "too_close", "margin", "ruled_out", "scores", "reasons", "cautions"),
    *("flips", "hybrid", "defaults", "default_causes", "consequences", "rubric"),
}


def ask(inside: Inside, answers: str, *flags: str) -> Any:
    done = inside("recommend", "--answers", "-", "--json", *flags, typed=answers)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "answers",
    [
        '{"purpose": "api", "docs": true, "team": ["async-typing"]}',
        "purpose: api\ndocs: true\nteam: [async-typing]\n",
        "interview:\n  purpose: api\n  docs: yes\n  team: [async-typing]\n",
        '{"interview": {"purpose": "api", "docs": "yes", "team": ["async-typing"]}, "options": {}}',
    ],
)
def test_an_answer_in_json(inside: Inside, answers: str) -> None:
    result = ask(inside, answers)
    assert set(result) == KEYS
    assert result["recommended"] == "fastapi"
    assert result["scores"] == {"flask": 0.0, "fastapi": 8.0, "django": 0.0}
    assert (result["margin"], result["too_close"], result["ruled_out"]) == (8.0, False, {})
    assert result["reasons"][0] == {
        "question": "purpose",
        "answer": "api",
        "points": {"fastapi": 4},
        "why": "An API is what FastAPI is made for.",
        "source": "When to Choose FastAPI",
    }
    assert result["defaults"] == {"database": "postgresql", "auth": "jwt"}
    assert result["default_causes"]["auth"] == {"question": "purpose", "answer": "api"}
    assert result["hybrid"] is None


def test_a_stated_flip_flips(inside: Inside) -> None:
    answers: dict[str, Any] = {"purpose": "api", "team": ["flask"], "docs": "yes"}
    flips = ask(inside, json.dumps(answers))["flips"]
    assert flips
    for flip in flips:
        changed = json.dumps({**answers, flip["question"]: flip["answer"]})
        assert ask(inside, changed)["recommended"] == flip["recommended"]


def test_what_is_given_is_no_default(inside: Inside) -> None:
    text = "interview: {purpose: api}\noptions: {database: sqlite, framework: fastapi}\n"
    assert ask(inside, text)["defaults"] == {"auth": "jwt"}


def test_nothing_is_no_answer(inside: Inside) -> None:
    for text in (
        "purpose: null\nteam: ~\nload: high\nio: yes",
        '{"purpose": null, "io": "yes", "load": "high"}',
    ):
        assert ask(inside, text)["recommended"] == "fastapi"


def test_a_terminal_does_not_obey_what_a_file_says(inside: Inside) -> None:
    done = inside("recommend", "--answers", "-", typed=r'{"purpose": "\u001b[31mred"}')
    assert "\x1b" not in done.stderr
    assert r"\x1b[31mred" in done.stderr


@pytest.mark.parametrize("answers", ["", "{}", "admin: yes", "team: []\npurpose: unsure\n"])
def test_too_few_answers(inside: Inside, answers: str) -> None:
    if not answers:
        answers = "interview: {}"
    result = ask(inside, answers)
    assert result["recommended"] is None
    assert result["missing"][0] == "purpose"
    assert set(result) == {"recommended", "missing"}


@pytest.mark.few(8)
@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ("purpose: rocket", ('"rocket"', "api, microservice")),
        ("purpos: api", ('"purpos"', "did you mean purpose")),
        ("team: django", ("team", "a list")),
        ("purpose: [api]", ("purpose", "one answer")),
        ("[purpose]", ("not a map", "interview")),
        ("purpose: [", ("neither JSON nor YAML",)),
        ("interview: {}\npurpose: api", ('"purpose" at its top', "interview")),
        ("interview: []", ('"interview" is not a map',)),
        ("interview: {purpose: api}\noptions: {framework: rails}", ('"rails"', "fastapi")),
        ("interview: [api]", ('"interview" is not a map',)),
        ("interview: {purpose: api}\noptions: {databse: sqlite}", ('"databse"', "database")),
        ("interview: {purpose: api}\noptions: {database: oracle}", ('"oracle"', "sqlite")),
    ],
)
@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_bad_answers_are_refused(
    inside: Inside, answers: str, words: tuple[str, ...], flags: tuple[str, ...]
) -> None:
    done = inside("recommend", "--answers", "-", *flags, typed=answers)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr
    if flags:
        assert json.loads(done.stdout)["error"]["status"] == 2


def test_a_file_that_is_not_there(inside: Inside) -> None:
    done = inside("recommend", "--answers", "none.yml")
    assert done.returncode == 2
    assert "none.yml" in done.stderr


def test_without_a_terminal_nothing_is_asked(inside: Inside) -> None:
    for flags in ((), ("--json",)):
        done = inside("recommend", *flags)
        assert done.returncode == 2
        assert "--answers FILE" in done.stderr


def test_the_report_in_words(inside: Inside) -> None:
    answers = "{purpose: business-app, admin: yes, load: extreme, pages: yes, team: [newcomers]}"
    done = inside("recommend", "--answers", "-", typed=answers, COLUMNS="80")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0] == "Django is recommended."
    picture = [line for line in lines[:8] if "█" in line]
    assert [line.split()[0] for line in picture] == ["Django", "FastAPI", "Flask"]
    assert len(picture[0]) > len(picture[1]) > len(picture[2])
    sums = {line.split()[0]: line.split()[1] for line in picture}
    for title in (
        f"Why Django: {sums['Django']} points",
        f"What speaks for FastAPI: {sums['FastAPI']} points",
        "Keep in mind",
        "Or two side by side",
        "You will write or run yourself",
        "What would change this",
    ):
        assert title in lines
    changes = lines[lines.index("What would change this") + 1 :]
    questions = [line.split(":")[0].strip() for line in changes if ": " in line]
    assert "purpose" not in questions[: -questions.count("purpose")]
    assert "\x1b" not in done.stdout


def test_it_writes_nothing(inside: Inside) -> None:
    before = list(inside.folder.parent.rglob("*"))
    inside("recommend", "--answers", "-", typed="purpose: api")
    assert list(inside.folder.parent.rglob("*")) == before


@pytest.fixture
def without_django(inside: Inside, tmp_path: Path) -> Inside:
    """A template that has no skeleton for Django."""
    template = str(small_template(tmp_path / "small"))
    return replace(inside, environment=inside.environment | {"SCAFFOLD_TEMPLATE": template})


def test_one_without_a_skeleton_is_still_recommended(without_django: Inside) -> None:
    done = without_django("recommend", "--answers", "-", typed="purpose: business-app")
    assert "Django is recommended." in done.stdout
    assert "no skeleton for Django yet" in done.stdout
    assert ask(without_django, "purpose: business-app")["defaults"] == {}


def test_defaults_of_the_framework_that_has_them(inside: Inside) -> None:
    result = ask(inside, "{purpose: content-site, admin: yes}")
    assert result["recommended"] == "django"
    assert {name: result["defaults"][name] for name in ("auth", "admin", "pages")} == {
        "auth": "jwt",
        "admin": True,
        "pages": "htmx",
    }
    assert list(result["defaults"]) == ["database", "auth", "admin", "pages", "deploy"]


def test_a_default_that_the_framework_lacks_is_a_caution(inside: Inside) -> None:
    result = ask(inside, "{purpose: api, pages: yes, team: [async-typing]}")
    assert result["recommended"] == "fastapi"
    assert "pages" not in result["defaults"]
    said = [caution["why"] for caution in result["cautions"] if "lacks" in caution["why"]]
    reason = (
        "it does not apply with framework=fastapi: it needs framework=django or framework=flask"
    )
    assert said == [f"pages: yes asks for what FastAPI lacks here: pages: {reason}"]


def test_new_takes_the_recommendation_of_a_file(inside: Inside) -> None:
    text = "interview: {purpose: prototype, team: [async-typing], load: high, io: yes}\n"
    done = inside("new", "demo", "--answers", "-", "--json", "--no-install", "--no-git", typed=text)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["answers"]["framework"] == "fastapi"
    assert result["answers"]["auth"] == "none"
    assert result["due_to"]["database"] == "load: high"
    assert result["recommendation"]["recommended"] == "fastapi"
    assert "docs/decisions/0001-framework.md" in result["files"]
    record = (inside.folder / "demo" / "docs" / "decisions" / "0001-framework.md").read_text()
    assert "We use FastAPI, as recommended." in record


def test_an_option_that_was_given_beats_the_recommendation(inside: Inside) -> None:
    text = "interview: {purpose: api}\noptions: {auth: none}\n"
    arguments = ("new", "demo", "--answers", "-", "--json", "--dry-run", "-d", "database=sqlite")
    result = json.loads(inside(*arguments, typed=text).stdout)
    assert (result["answers"]["database"], result["answers"]["auth"]) == ("sqlite", "none")
    assert result["due_to"] == {}


def test_new_overrides_the_recommendation_of_a_file(without_django: Inside) -> None:
    text = "interview: {purpose: business-app}\noptions: {project_name: demo}"
    fast = ("--no-install", "--no-git", "--framework", "fastapi")
    done = without_django("new", "demo", "--answers", "-", *fast, typed=text)
    assert done.returncode == 0, done.stderr
    record = (without_django.folder / "demo/docs/decisions/0001-framework.md").read_text()
    assert "We use FastAPI. Recommended was Django, for which there was no skeleton" in record


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "interview: {purpose: mvp-backoffice}",
            ("Django is recommended", "no skeleton", "fastapi"),
        ),
        ("interview: {admin: yes}", ("framework", "too few answers", "purpose, team")),
        ("interview: {}", ("framework", "--framework NAME", "--answers FILE")),
        ("options: {database: sqlite}", ("framework", "--framework NAME", '"interview"')),
    ],
)
def test_new_without_a_framework_to_make(
    without_django: Inside, text: str, words: tuple[str, ...]
) -> None:
    done = without_django("new", "demo", "--answers", "-", "--no-install", "--no-git", typed=text)
    assert done.returncode == 2
    for word in words:
        assert word in done.stderr
    assert not list(without_django.folder.iterdir())
