"""The page on the recommendation says what is so: its tables are fresh, and its sources exist."""

import re
from collections import Counter
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT
from scripts import script

from scaffold.advisor.changes import changed, every, flips
from scaffold.advisor.rubric import Given, Rubric, load
from scaffold.advisor.scores import recommended

PAGE = ROOT / "docs" / "recommendation.md"
TEXT = PAGE.read_text(encoding="utf-8")
RUBRIC = load()
# Every heading of the article that the rubric rests on.
HEADINGS = {
    "Architecture Philosophy: Three Different Design Approaches",
    "FastAPI: Modern Async API Framework",
    "Django: Full-Stack Enterprise Framework",
    "Flask: Flexible Microframework",
    "Performance Showdown: Let the Data Speak",
    "The Real Value of Async",
    "Core Feature Comparison",
    "Automatic Documentation Generation",
    "Data Validation and Type Safety",
    "Built-in Feature Completeness",
    "Real-World Use Cases",
    "When to Choose FastAPI",
    "When to Choose Django",
    "When to Choose Flask",
    "Ecosystem and Community",
    "Community Size and Maturity",
    "Learning Curve",
    "Recruitment and Talent",
    "Migration and Hybrid Usage",
    "How to Choose Today",
    "Conclusion",
}

TABLES = script("tables")


def generated(name: str) -> str:
    """Return what stands between the comments of a table."""
    found = re.search(f"<!-- {name} -->(.*?)<!-- /{name} -->", TEXT, re.DOTALL)
    assert found is not None
    return found[1]


def without_points(question: str, answer: str) -> Rubric:
    """Return the rubric with one weight less."""
    body = RUBRIC.questions[question]
    weight = body.answers[answer]._replace(points={})
    body = body._replace(answers={**body.answers, answer: weight})
    return RUBRIC._replace(questions={**RUBRIC.questions, question: body})


@pytest.mark.slow
def test_every_table_is_fresh() -> None:
    assert TABLES.renewed(TEXT) == TEXT, "run: python docs/tables.py"


@pytest.mark.slow
def test_a_page_that_is_out_of_step_is_noticed() -> None:
    renewed = TABLES.renewed(TEXT, without_points("docs", "yes"))
    lines = set(renewed.splitlines()) - set(TEXT.splitlines())
    why = RUBRIC.questions["docs"].answers["yes"].why
    assert any(line.startswith(f"| `yes`: Yes |  |  |  | {why} |") for line in lines)
    assert any(line.startswith("| FastAPI is recommended |") for line in lines)
    assert any(line.startswith("| `docs` | 0 |") for line in lines)


def test_every_table_stands_once() -> None:
    assert Counter(re.findall(r"<!-- (\w+) -->", TEXT)) == Counter(list(TABLES.TABLES))


def test_comments_do_not_break_sentences() -> None:
    """A line that begins with a comment is HTML to Markdown, and ends the paragraph."""
    for line in TEXT.splitlines():
        assert not line.startswith("<!--") or re.fullmatch(r"<!-- /?[\w: ]+ -->", line), line


def test_every_source_is_a_section_of_the_article() -> None:
    weights = [each for body in RUBRIC.questions.values() for each in body.answers.values()]
    remarks = [*RUBRIC.cautions, *(each for said in RUBRIC.consequences.values() for each in said)]
    cited = {each.source for each in weights if each.source} | {each.source for each in remarks}
    by_hand = set(re.findall(r'\("([^"]+)"\)', TEXT))
    assert by_hand
    assert cited | by_hand | {RUBRIC.hybrid.source} <= HEADINGS


def test_every_purpose_has_its_row() -> None:
    first = [line.split(" | ")[0] for line in generated("purposes").strip().splitlines()]
    assert first[2:] == [f"| `{each}`" for each in RUBRIC.questions["purpose"].answers]
    for purpose in RUBRIC.questions["purpose"].answers:
        assert f"`{purpose}`: " in generated("weights")


@pytest.mark.parametrize("name", ["purposes", "settings"])
def test_only_options_that_exist_are_promised(name: str) -> None:
    catalogue: dict[str, Any] = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    options = re.findall(r"`(\w+)`", generated(name).strip().splitlines()[0])
    assert options
    for option in options:
        assert catalogue[option].get("when", True) is not False


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", TEXT)
    titles = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in titles}
    for link in links:
        path, _, anchor = link.partition("#")
        assert not path or Path(PAGE.parent, path).exists(), link
        assert not anchor or anchor in anchors, link


def test_the_counts_are_those_of_trying_every_state() -> None:
    names = ("purpose", "team", "pages")
    small = RUBRIC._replace(questions={each: RUBRIC.questions[each] for each in names})
    left = list(small.frameworks)
    frameworks: Counter[str | None] = Counter()
    changeable: Counter[str] = Counter()
    for answers in product(*(every(small.questions[each]) for each in names)):
        given: Given = {}
        for name, answer in zip(names, answers, strict=True):
            given = changed(given, small.questions[name], answer)
        now = recommended(small, given, left)
        frameworks[now] += 1
        if now is not None:
            changeable.update({flip.question for flip in flips(small, given, left)})
    space = TABLES.Space(small)
    counted: Counter[str | None] = Counter()
    for standing, many in space.states.items():
        verdict = space.verdict(standing)
        counted[verdict and verdict.recommended] += many
    assert counted == frameworks
    assert {each: space.changeable(each) for each in names} == changeable
