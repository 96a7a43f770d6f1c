"""What a file may answer, and what is said of the rest."""

import pytest

from scaffold.advisor.answers import read
from scaffold.errors import BadAnswer, UnknownQuestion

from .states import RUBRIC


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"admin": True, "docs": False}, {"admin": "yes", "docs": "no"}),
        (
            {"admin": "true", "docs": "False", "io": "YES"},
            {"admin": "yes", "docs": "no", "io": "yes"},
        ),
        ({"team": ["django", "django", "flask"]}, {"team": ("django", "flask")}),
        ({"team": [], "purpose": "unsure", "load": None, "scope": ""}, {}),
        ({"purpose": "api"}, {"purpose": "api"}),
    ],
)
def test_answers_are_read(raw: dict[str, object], expected: dict[str, object]) -> None:
    assert read(RUBRIC, raw) == expected


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ({"purpos": "api"}, ['"purpos"', "did you mean purpose", "compliance"]),
        ({"purpose": "rocket"}, ['purpose: "rocket"', "microservice", "unsure"]),
        ({"purpose": ["api"]}, ["purpose", "one answer, not a list"]),
        ({"purpose": {"api": 1}}, ["purpose", "not a map"]),
        ({"purpose": True}, ['"true"', "ml-service"]),
        ({"load": 3}, ['"3"', "modest, high, extreme"]),
        ({"team": "django"}, ["team", "a list", "async-typing"]),
        ({"team": ["cobol"]}, ['"cobol"', "newcomers"]),
        ({"team": [["django"]]}, ["team", "not a list"]),
    ],
)
def test_answers_that_cannot_be_used(raw: dict[str, object], words: list[str]) -> None:
    with pytest.raises((BadAnswer, UnknownQuestion)) as caught:
        read(RUBRIC, raw)
    for word in words:
        assert word in str(caught.value)
