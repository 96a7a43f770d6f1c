"""The article's own lists, purposes and cases give what the article says."""

import itertools
from typing import Any

import pytest

from .states import RUBRIC, advise

PURPOSES = {
    "fastapi": ["api", "microservice", "realtime", "ml-service", "high-throughput"],
    "django": ["business-app", "content-site", "mvp-backoffice", "regulated-app"],
    "flask": ["prototype", "small-tool", "learning", "custom-stack", "legacy-integration"],
}
# The lists under "How to Choose Today", each of their lines as an answer.
LISTS: dict[str, dict[str, Any]] = {
    "fastapi": {"purpose": "api", "load": "high", "team": ["async-typing"], "docs": "yes"},
    "django": {
        "purpose": "business-app",
        "admin": "yes",
        "compliance": "yes",
        "team": ["django"],
    },
    "flask": {"purpose": "prototype", "scope": "small", "control": "control", "team": ["flask"]},
}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "trading system": ("fastapi", {"purpose": "high-throughput", "load": "extreme", "io": "yes"}),
    "medical platform": (
        "django",
        {"purpose": "regulated-app", "compliance": "yes", "scope": "large"},
    ),
    "two-week MVP": ("flask", {"purpose": "prototype", "scope": "throwaway", "load": "modest"}),
}
NEUTRAL = [
    (question, answer)
    for question, body in RUBRIC.questions.items()
    for answer, weight in body.answers.items()
    if not weight.points
]


@pytest.mark.parametrize("framework", LISTS)
def test_each_list_of_the_article_gives_its_framework(framework: str) -> None:
    lines = LISTS[framework]
    assert advise(**lines).recommended == framework
    for left_out in lines:
        rest = {question: answer for question, answer in lines.items() if question != left_out}
        assert advise(**rest).recommended == framework


@pytest.mark.parametrize(
    ("framework", "purpose"),
    [(framework, each) for framework, purposes in PURPOSES.items() for each in purposes],
)
def test_each_purpose_gives_its_framework_with_any_neutral_answer(
    framework: str, purpose: str
) -> None:
    assert len(NEUTRAL) >= 6
    assert advise(purpose=purpose).recommended == framework
    for question, answer in NEUTRAL:
        assert advise(**{"purpose": purpose, question: answer}).recommended == framework


def test_every_purpose_has_its_framework() -> None:
    assert sorted(itertools.chain(*PURPOSES.values())) == sorted(
        RUBRIC.questions["purpose"].answers
    )


@pytest.mark.parametrize("case", CASES)
def test_real_cases_give_what_the_teams_chose(case: str) -> None:
    framework, answers = CASES[case]
    advice = advise(**answers)
    assert advice.recommended == framework
    assert not advice.too_close
