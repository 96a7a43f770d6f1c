"""The catalogue: what it takes, what it refuses and why, and that Copier agrees."""

import pytest
import yaml
from answering import ROOT
from jinja2 import Environment

from scaffold.catalogue.catalogue import Catalogue
from scaffold.errors import BadAnswer, MissingAnswer, TemplateFailed, UnknownOption

TEXT = """
_implies:
  deploy: {compose: docker}
name: {type: str, validator: "{% if name == 'bad' %}it is bad: be good{% endif %}"}
shout: {type: str, default: "{{ name | upper }}"}
many: {type: bool, default: false}
count: {type: int, default: 3, when: "{{ many }}"}
database: {type: str, choices: [sqlite, postgresql], default: sqlite}
deploy:
  type: str
  multiselect: true
  choices:
    "An image": docker
    "A group": compose
    "A cluster": {value: cluster, validator: "{% if database == 'sqlite' %}no: choose postgresql{% endif %}"}
  default: [docker]
has_cluster: {type: bool, when: false, default: "{{ 'cluster' in deploy }}"}
"""


@pytest.fixture
def small() -> Catalogue:
    return Catalogue(TEXT, lambda _: None)


def test_defaults_follow_from_answers(small: Catalogue) -> None:
    assert small.complete({"name": "ada"}, {}) == {
        "name": "ada",
        "shout": "ADA",
        "many": False,
        "database": "sqlite",
        "deploy": ["docker"],
    }


def test_a_question_is_asked_when_another_answer_wants_it(small: Catalogue) -> None:
    assert small.complete({"name": "ada", "many": "yes"}, {})["count"] == 3


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("docker,compose", ["docker", "compose"]),
        ("compose, docker", ["docker", "compose"]),
        ("[docker]", ["docker"]),
        ("none", []),
        ("", []),
        (["compose"], ["compose"]),
    ],
)
def test_several_choices(small: Catalogue, typed: object, answer: list[str]) -> None:
    assert small.complete({"name": "ada", "deploy": typed}, {})["deploy"] == answer


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"name": "bad"}, 'name: "bad": it is bad: be good'),
        ({"database": "oracle"}, '"oracle" is not one of its choices: give sqlite, postgresql'),
        ({"deploy": "docker,moon"}, '"moon" is not one of its choices: give docker, compose, or'),
        ({"deploy": "cluster"}, '"cluster" is ruled out: no: choose postgresql'),
        ({"many": "perhaps"}, "neither yes nor no"),
        (
            {"count": "4"},
            "count: it does not apply with many=no: it needs many=yes, or leave it out",
        ),
        ({"many": "yes", "count": "x"}, 'count: "x"'),
    ],
)
def test_a_bad_answer_is_named_with_its_reason(
    small: Catalogue, given: dict[str, object], message: str
) -> None:
    with pytest.raises(BadAnswer) as caught:
        small.complete({"name": "ada"} | given, {})
    assert message in str(caught.value)


def test_what_rules_a_choice_out_goes_with_another_answer(small: Catalogue) -> None:
    given = {"name": "ada", "database": "postgresql", "deploy": "cluster"}
    assert small.complete(given, {})["deploy"] == ["cluster"]


def test_a_missing_answer_is_named_with_both_ways(small: Catalogue) -> None:
    with pytest.raises(MissingAnswer, match=r"name was not given.*--data name=VALUE.*--answers"):
        small.complete({}, {})


@pytest.mark.parametrize("name", ["databse", "has_cluster", "_implies"])
def test_an_unknown_option_is_refused(small: Catalogue, name: str) -> None:
    with pytest.raises(UnknownOption, match=f'no option "{name}"'):
        small.complete({"name": "ada", name: "x"}, {})


def test_the_nearest_name_is_offered(small: Catalogue) -> None:
    with pytest.raises(UnknownOption, match=r"did you mean database\?"):
        small.option("databse")


def test_a_suggestion_that_is_not_taken_is_passed_over(small: Catalogue) -> None:
    answers = small.complete({"name": "ada"}, {"database": "oracle", "shout": "quiet"})
    assert (answers["database"], answers["shout"]) == ("sqlite", "quiet")


def test_implied_choices_say_what_implied_them(small: Catalogue) -> None:
    assert list(small.implications({"deploy": ["compose"]})) == [("deploy", "docker", "compose")]
    assert not list(small.implications({"deploy": ["docker", "compose"]}))


@pytest.mark.parametrize("text", ["- a list", "a: [", "name: {default: '{{'}"])
def test_a_broken_catalogue_is_the_templates_failure(text: str) -> None:
    with pytest.raises(TemplateFailed):
        Catalogue(text, lambda _: None).complete({}, {})


@pytest.mark.parametrize(
    "name",
    [
        "django",
        "test",
        "class",
        "json",
        "python",
        "django_admin",
        "../x",
        "/etc",
        "",
        "Ünïcode",
        "a" * 200,
        "1st",
        "a-b",
    ],
)
def test_unusable_package_names_are_refused(ours: Catalogue, name: str) -> None:
    given = {"project_name": "Demo", "framework": "fastapi", "package_name": name}
    with pytest.raises(BadAnswer, match=r"^package_name: .*: "):
        ours.complete(given, {})


def test_a_name_without_ascii_asks_for_a_package_name(ours: Catalogue) -> None:
    with pytest.raises(BadAnswer, match="--data package_name=VALUE"):
        ours.complete({"project_name": "日本語", "framework": "fastapi"}, {})
    given = {"project_name": "日本語", "framework": "fastapi", "package_name": "nihongo"}
    assert ours.complete(given, {})["package_name"] == "nihongo"


@pytest.mark.parametrize("framework", ["fastapi", "django"])
def test_what_is_done_first_is_what_the_answers_need(ours: Catalogue, framework: str) -> None:
    given = {"project_name": "My shop", "framework": framework}
    most = ours.next_steps(ours.complete(given | {"database": "postgresql"}, {}))
    least = ours.next_steps(ours.complete(given | {"auth": "none"}, {}))
    assert [step.split()[2:4] for step in most] == [
        ["my-shop", "database"],
        ["my-shop", "dev"],
        ["my-shop", "admin"],
        ["pytest"],
    ]
    assert least == ["uv run my-shop dev", "uv run pytest"]


@pytest.mark.parametrize(("auth", "said"), [("none", True), ("jwt", False)])
def test_after_an_update_it_says_why_there_are_no_pages(auth: str, said: bool) -> None:
    catalogue = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    answered = {"pages": "htmx", "has_pages": auth != "none"}
    message = Environment().from_string(catalogue["_message_after_update"]).render(answered)
    assert ("pages need accounts" in message) == said
    assert all(step in message for step in ("git status", "conflicts", "uv sync", "make migrate"))


def test_there_is_no_default_framework(ours: Catalogue) -> None:
    with pytest.raises(MissingAnswer, match="--framework NAME.*--answers FILE"):
        ours.complete({"project_name": "Demo"}, {})


@pytest.mark.parametrize("framework", ["fastapi", "django"])
def test_no_question_is_left_out(ours: Catalogue, framework: str) -> None:
    given = {"project_name": "Demo", "framework": framework}
    answers = ours.complete(given, {"python_version": "3.12"})
    asked = [each.name for each in ours.options if ours.applies(each, answers)]
    assert list(answers) == asked
    assert ("admin" in asked) == (framework == "django")
    assert answers["python_version"] == "3.12"


@pytest.mark.parametrize(
    ("framework", "given", "said"),
    [
        ("fastapi", {"admin": "yes"}, "with framework=fastapi: it needs framework=django, or"),
        ("fastapi", {"api": "drf"}, "with framework=fastapi: it needs framework=django, or"),
        ("django", {"auth": "none", "pages": "htmx"}, "auth=none: it needs auth=jwt or auth=sess"),
        ("fastapi", {"auth": "none", "pages": "htmx"}, "with framework=fastapi and auth=none, or"),
        ("django", {"server": "uvicorn"}, "uvicorn needs framework=fastapi"),
        ("django", {"admin": "perhaps"}, 'admin: "perhaps": it is neither yes nor no'),
    ],
)
def test_what_rules_an_option_out_and_the_way_out(
    ours: Catalogue, framework: str, given: dict[str, str], said: str
) -> None:
    with pytest.raises(BadAnswer) as caught:
        ours.complete({"project_name": "Demo", "framework": framework, **given}, {})
    assert said in str(caught.value)
