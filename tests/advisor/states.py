"""What the tests of the advisor share: a rubric, and any state of the answers."""

from typing import Any

from hypothesis import strategies as st

from scaffold.advisor.advice import Recommendation, recommend
from scaffold.advisor.answers import read
from scaffold.advisor.rubric import UNSURE, load

RUBRIC = load()
QUESTIONS = list(RUBRIC.questions)


def advise(**answers: Any) -> Recommendation:
    advice = recommend(RUBRIC, read(RUBRIC, answers))
    assert advice is not None
    return advice


def states() -> st.SearchStrategy[dict[str, Any]]:
    """Any state: every question answered, unsure, or left out."""
    possible: dict[str, st.SearchStrategy[Any]] = {}
    for question, body in RUBRIC.questions.items():
        if body.several:
            possible[question] = st.lists(st.sampled_from(list(body.answers)), unique=True)
        else:
            possible[question] = st.sampled_from([UNSURE, *body.answers])
    return st.fixed_dictionaries({}, optional=possible)
