"""How a project came to its framework, and the record of it that the project keeps.

The record has the form of an architecture decision record (Michael Nygard, "Documenting Architecture
Decisions": context, decision, status, consequences). It is written once and is the project's own then.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from scaffold.advisor import words
from scaffold.advisor.advice import Recommendation
from scaffold.advisor.rubric import Given, Question, Rubric, several

PATH = "docs/decisions/0001-framework.md"
_ARTICLE = (
    "sections of an article from 2026, a comparison of FastAPI, Django and Flask on which the rubric "
    "of the recommendation rests"
)


@dataclass(frozen=True)
class FrameworkChoice:
    """The framework that was taken, and what was recommended, if there was a recommendation.

    `origin` says how a framework came about that no recommendation led to, `answered` what an
    interview was told, if there was one.
    """

    framework: str
    advice: Recommendation | None = None
    origin: str = ""
    answered: Given | None = None
    without_skeleton: bool = False

    @property
    def followed(self) -> bool:
        """Whether the recommended framework was taken."""
        return self.advice is not None and self.advice.recommended == self.framework


def record(rubric: Rubric, choice: FrameworkChoice, today: date) -> str:
    """Return the record in Markdown."""
    title = rubric.frameworks.get(choice.framework, choice.framework)
    parts = [
        f"# 1. Use {title}",
        f"Date: {today.isoformat()}",
        "## Status",
        "Accepted",
        "## Context",
        *_context(rubric, choice),
        "## Decision",
        *_decision(rubric, choice, title),
        "## Consequences",
        *_consequences(rubric, choice),
    ]
    return "\n\n".join(parts) + "\n"


def _context(rubric: Rubric, choice: FrameworkChoice) -> Iterator[str]:
    advice = choice.advice
    if advice is None and choice.answered is None:
        yield f"The framework was chosen without an interview: it was {choice.origin}."
        return
    given = advice.given if advice is not None else choice.answered or {}
    yield "The service needs a web framework. An interview asked what is being built:"
    yield _table(
        ("question", "answer"),
        [(each.asks, _answer(each, given)) for each in rubric.questions.values()],
    )
    if advice is None:
        yield f"That is too little for a recommendation. The framework was {choice.origin}."
        return
    yield f"Rubric {advice.rubric} weighs the answers so:"
    names = list(rubric.frameworks)
    yield _table(
        ("answer", *rubric.frameworks.values(), "because", "source"),
        [
            (
                f"{each.question}: {each.answer}",
                *(f"{each.points[name]:+d}" if name in each.points else "" for name in names),
                each.why,
                each.source,
            )
            for each in advice.reasons
        ]
        + [("**sum**", *(f"**{advice.scores[name]:g}**" for name in names), "", "")],
    )
    yield f"The sources are {_ARTICLE}."


def _answer(question: Question, given: Given) -> str:
    answers = several(given.get(question.id, ()))
    return ", ".join(question.answers[each].title for each in answers) or "not answered"


def _decision(rubric: Rubric, choice: FrameworkChoice, title: str) -> Iterator[str]:
    advice = choice.advice
    if advice is None:
        yield f"We use {title}."
        return
    recommended = rubric.frameworks[advice.recommended]
    closeness = words.closeness(rubric, advice)
    going_on = closeness[0].lower() + closeness[1:]
    if choice.followed:
        yield f"We use {title}, as recommended. {closeness}"
    else:
        why = (
            f", for which there was no skeleton: {going_on}"
            if choice.without_skeleton
            else f": {going_on}"
        )
        yield f"We use {title}. Recommended was {recommended}{why}"
    for name, reason in advice.ruled_out.items():
        yield f"{rubric.frameworks[name]} was ruled out: {reason}"
    if advice.hybrid is not None:
        parts = "; ".join(
            f"{rubric.frameworks[name]} for {', '.join(each)}"
            for name, each in advice.hybrid.parts.items()
        )
        yield f"Two frameworks side by side were an alternative: {parts}."
    changes = list(words.changes(rubric, advice))
    if changes:
        yield "What would have changed the recommendation:"
        yield _list(changes)


def _consequences(rubric: Rubric, choice: FrameworkChoice) -> Iterator[str]:
    advice = choice.advice
    given = advice.given if advice is not None else choice.answered or {}
    framework = choice.framework
    said = [each for each in rubric.consequences.get(framework, ()) if each.holds(framework, given)]
    if said:
        yield "What we write or run ourselves:"
        yield _list(list(map(words.cited, said)))
    cautions = [each for each in rubric.cautions if each.holds(framework, given)]
    cautions += advice.lacking if advice is not None else ()
    if cautions:
        yield "What to keep in mind:"
        yield _list(list(map(words.cited, cautions)))
    if not said and not cautions:
        yield "Those of the framework itself."
    elif advice is None:
        yield f"The words in parentheses name {_ARTICLE}."


def _list(items: Sequence[str]) -> str:
    return "\n".join(f"- {_plain(item)}" for item in items)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_plain(cell) for cell in line)} |" for line in lines)


def _plain(text: str) -> str:
    """Return a text in which Markdown finds nothing that ends a cell or begins a tag."""
    return " ".join(text.replace("|", "\\|").replace("<", "&lt;").split())
