"""What a skeleton can give: constraints from the options that were given, defaults that it lacks."""

from typing import Any

import pytest

from scaffold.advisor.advice import Default, Recommendation, recommend
from scaffold.advisor.answers import read
from scaffold.advisor.rubric import load
from scaffold.catalogue.catalogue import Catalogue
from scaffold.deciding import fitting
from scaffold.errors import BadAnswer, UnknownOption

RUBRIC = load()
THREE = """
_envops: {undefined: jinja2.StrictUndefined}
project_name: {type: str}
framework: {type: str, choices: [fastapi, django, flask]}
database: {type: str, choices: [sqlite, postgresql], default: sqlite}
accounts: {type: bool, default: true}
library: {type: str, choices: [small, large], default: large, when: "{{ framework == 'django' }}"}
pages:
  type: str
  choices: [none, htmx]
  default: none
  when: "{{ framework != 'fastapi' and accounts }}"
office: {type: bool, default: false, when: "{{ framework == 'django' and library == 'large' }}"}
deploy:
  type: str
  multiselect: true
  choices:
    - docker
    - [Cluster, {value: cluster, validator: "{% if database == 'sqlite' %}cluster needs database=postgresql{% endif %}"}]
  default: [docker]
"""


@pytest.fixture
def three() -> Catalogue:
    return Catalogue(THREE, lambda _: None)


def advised(*defaults: tuple[str, Any]) -> Recommendation:
    advice = recommend(RUBRIC, read(RUBRIC, {"purpose": "api"}))
    assert advice is not None
    made = tuple(Default(option, value, "purpose", "api") for option, value in defaults)
    return advice._replace(defaults=made)


def test_the_frameworks_are_those_that_can_be_chosen(three: Catalogue) -> None:
    assert fitting.frameworks(three) == ["fastapi", "django", "flask"]
    assert fitting.frameworks(Catalogue("name: {type: str}", lambda _: None)) == []


def test_an_option_rules_out_the_frameworks_without_it(three: Catalogue) -> None:
    out = fitting.ruled_out(three, {"pages": "htmx"})
    assert set(out) == {"fastapi"}
    assert out["fastapi"] == (
        "pages: it does not apply with framework=fastapi: it needs framework=django or framework=flask"
    )
    assert fitting.ruled_out(three, {"database": "sqlite"}) == {}
    assert fitting.ruled_out(three, {}) == {}


def test_what_no_framework_takes_is_an_error_and_rules_nothing_out(three: Catalogue) -> None:
    with pytest.raises(BadAnswer, match="oracle"):
        fitting.ruled_out(three, {"database": "oracle"})
    with pytest.raises(UnknownOption, match="databse"):
        fitting.ruled_out(three, {"databse": "sqlite"})


def test_the_framework_itself_is_no_constraint(three: Catalogue) -> None:
    assert fitting.ruled_out(three, {"framework": "django"}) == {}


def test_defaults_that_the_skeleton_has_are_kept(three: Catalogue) -> None:
    advice = advised(("pages", "htmx"), ("database", "postgresql"), ("deploy", ["cluster"]))
    fitted = fitting.fitted(three, RUBRIC, advice, "django")
    assert [each.option for each in fitted.defaults] == ["database", "pages", "deploy"]
    assert fitted.lacking == ()


def test_a_yes_or_no_that_hangs_on_an_answer_that_nobody_gave(three: Catalogue) -> None:
    fitted = fitting.fitted(three, RUBRIC, advised(("office", True)), "django")
    assert [(each.option, each.value) for each in fitted.defaults] == [("office", True)]
    fitted = fitting.fitted(
        three, RUBRIC, advised(("library", "small"), ("office", True)), "django"
    )
    assert [each.option for each in fitted.defaults] == ["library"]
    (office,) = (each.why for each in fitted.lacking)
    assert "it does not apply with library=small: it needs library=large" in office


def test_a_value_of_another_kind_is_not_spoken_of(three: Catalogue) -> None:
    fitted = fitting.fitted(three, RUBRIC, advised(("office", "large")), "django")
    assert (fitted.defaults, fitted.lacking) == ((), ())


def test_a_default_that_the_skeleton_lacks_becomes_a_caution(three: Catalogue) -> None:
    advice = advised(("pages", "htmx"), ("deploy", ["cluster"]))
    fitted = fitting.fitted(three, RUBRIC, advice, "fastapi")
    assert fitted.defaults == ()
    pages, deploy = (each.why for each in fitted.lacking)
    assert "purpose: api asks for what FastAPI lacks" in pages
    assert "cluster needs database=postgresql" in deploy


def test_an_option_or_value_that_no_skeleton_has_is_not_spoken_of(three: Catalogue) -> None:
    advice = advised(("realtime", "websocket"), ("database", "mysql"), ("deploy", ["moon"]))
    fitted = fitting.fitted(three, RUBRIC, advice, "django")
    assert (fitted.defaults, fitted.lacking) == ((), ())


def test_a_framework_without_a_skeleton_has_no_defaults(three: Catalogue) -> None:
    one = Catalogue(THREE.replace("[fastapi, django, flask]", "[fastapi]"), lambda _: None)
    advice = advised(("database", "postgresql"))
    assert fitting.fitted(one, RUBRIC, advice, "django").defaults == ()
