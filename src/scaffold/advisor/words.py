"""A recommendation in words: lines for a terminal, and the JSON form of the same."""

import shutil
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scaffold.advisor.advice import Pair, Recommendation
from scaffold.advisor.rubric import Remark, Rubric

# A line and its style.
Line = tuple[str, str]

_WIDTH = 80
_BAR = 40


def lines(rubric: Rubric, advice: Recommendation, *, blocks: bool) -> Iterator[Line]:
    """Yield the report: the picture, the reasons, and what they hang on; `blocks` if they can be shown."""
    titles = rubric.frameworks
    first, second = advice.recommended, advice.runner_up
    yield from verdict(rubric, advice)
    yield "", ""
    yield from _bars(titles, advice, "█" if blocks else "#")
    yield from _section(f"Why {_summed(advice, titles, first)}", _contributions(advice, first))
    if second is not None:
        found = _contributions(advice, second) or ["Nothing that was answered does."]
        yield from _section(f"What speaks for {_summed(advice, titles, second)}", found)
    yield from _section("Keep in mind", [cited(c) for c in (*advice.cautions, *advice.lacking)])
    if advice.hybrid is not None:
        yield from _section("Or two side by side", _pair(titles, advice.hybrid))
    yield from _section("You will write or run yourself", [cited(c) for c in advice.consequences])
    yield from _section("The skeleton begins with", [
        f"{each.option}: {shown(each.value)} (from {each.cause})" for each in advice.defaults
    ])  # fmt: skip
    found = list(changes(rubric, advice)) or ["No single answer would."]
    yield from _section("What would change this", found)


def verdict(rubric: Rubric, advice: Recommendation) -> Iterator[Line]:
    """Yield what is recommended, and how clearly."""
    yield f"{rubric.frameworks[advice.recommended]} is recommended.", "bold"
    yield from _wrapped(closeness(rubric, advice), "  ")


def closeness(rubric: Rubric, advice: Recommendation) -> str:
    """Return how clear the recommendation is, and what decided where it is not."""
    titles = rubric.frameworks
    if advice.runner_up is None or advice.margin is None:
        return "It is the only one left."
    if not advice.too_close:
        behind = [
            titles[name]
            for name, score in advice.scores.items()
            if name not in (advice.recommended, *advice.ruled_out)
            and score == advice.scores[advice.runner_up]
        ]
        follow = f"{' and '.join(behind)} {'are' if len(behind) > 1 else 'is'} second"
        return f"It leads by {points(advice.margin)}; {follow}."
    first, second = advice.near[:2]
    if _of(advice, first, rubric.tie_break) != _of(advice, second, rubric.tie_break):
        decides = "what the team knows decides"
    elif advice.scores[first] != advice.scores[second]:
        decides = "the higher score decides"
    else:
        decides = "what is easier to learn decides"
    named = " and ".join(titles[each] for each in advice.near)
    close = [advice.scores[each] for each in advice.near]
    within = max(close) - min(close)
    return f"Too close to call: {named} are within {points(within)} of each other, so {decides}."


def changes(rubric: Rubric, advice: Recommendation) -> Iterator[str]:
    """Yield what would change the recommendation, purposes last."""
    found: dict[tuple[str, str], list[str]] = {}
    for flip in advice.flips:
        found.setdefault((flip.question, flip.recommended), []).append(
            shown(flip.answer or "nothing")
        )
    for question, framework in sorted(found, key=lambda each: each[0] == "purpose"):
        answers = found[question, framework]
        if rubric.questions[question].several:
            listed = " or ".join(f"[{each}]" for each in answers)
        else:
            listed = _series(answers, "or")
        yield f"{question}: {listed} gives {rubric.frameworks[framework]}"


def as_json(advice: Recommendation) -> dict[str, Any]:
    """Return the JSON form."""
    return {
        "recommended": advice.recommended,
        "too_close": advice.too_close,
        "margin": advice.margin,
        "ruled_out": dict(advice.ruled_out),
        "scores": dict(advice.scores),
        "reasons": [
            {
                "question": each.question,
                "answer": each.answer,
                "points": dict(each.points),
                "why": each.why,
                "source": each.source,
            }
            for each in advice.reasons
        ],
        "cautions": [_remark(each) for each in (*advice.cautions, *advice.lacking)],
        "flips": [
            {
                "question": each.question,
                "answer": list(each.answer) if isinstance(each.answer, tuple) else each.answer,
                "recommended": each.recommended,
            }
            for each in advice.flips
        ],
        "hybrid": None
        if advice.hybrid is None
        else {
            "frameworks": list(advice.hybrid.parts),
            "parts": {name: list(parts) for name, parts in advice.hybrid.parts.items()},
            "why": advice.hybrid.why,
            "source": advice.hybrid.source,
        },
        "defaults": {each.option: each.value for each in advice.defaults},
        "default_causes": {
            each.option: {"question": each.question, "answer": each.answer}
            for each in advice.defaults
        },
        "consequences": [_remark(each) for each in advice.consequences],
        "rubric": advice.rubric,
    }


def points(number: float) -> str:
    """Return a number of points in words."""
    return f"{number:g} point{'' if number == 1 else 's'}"


def shown(value: object) -> str:
    """Return an answer or an option's value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "none"
    return str(value)


def cited(remark: Remark) -> str:
    """Return a remark with its source."""
    return f"{remark.why} ({remark.source})"


def _remark(remark: Remark) -> dict[str, str]:
    return {"why": remark.why, "source": remark.source}


def _of(advice: Recommendation, framework: str, question: str) -> int:
    return sum(r.points.get(framework, 0) for r in advice.reasons if r.question == question)


def _bars(titles: Mapping[str, str], advice: Recommendation, block: str) -> Iterator[Line]:
    order = list(titles)
    ranked = sorted(order, key=lambda each: (-advice.scores[each], order.index(each)))
    top = max(1.0, *advice.scores.values())
    for each in ranked:
        score = advice.scores[each]
        bar = block * round(_BAR * max(0.0, score) / top)
        style = "green" if each == advice.recommended else ""
        yield f"  {titles[each]:<9}{score:>4g}  {bar}".rstrip(), style
        if each in advice.ruled_out:
            yield from _wrapped(f"ruled out: {advice.ruled_out[each]}", "      ")


def _contributions(advice: Recommendation, framework: str) -> list[str]:
    return [
        f"{each.points[framework]:+d}  {each.question}: {each.answer}. {each.why} ({each.source})"
        for each in advice.reasons
        if each.points.get(framework)
    ]


def _summed(advice: Recommendation, titles: Mapping[str, str], framework: str) -> str:
    return f"{titles[framework]}: {points(advice.scores[framework])}"


def _pair(titles: Mapping[str, str], pair: Pair) -> list[str]:
    shares = "; ".join(
        f"{titles[each]} for {_series(parts, 'and')}" for each, parts in pair.parts.items()
    )
    return [f"{shares}. {pair.why} ({pair.source})"]


def _series(words: Sequence[str], last: str) -> str:
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _section(title: str, said: list[str]) -> Iterator[Line]:
    if said:
        yield "", ""
        yield title, "bold"
        for each in said:
            yield from _wrapped(each, "  ")


def _wrapped(text: str, indent: str) -> Iterator[Line]:
    width = max(40, min(_WIDTH, shutil.get_terminal_size().columns))
    hanging = indent + "    "
    for line in textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=hanging):
        yield line, ""
