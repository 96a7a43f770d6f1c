"""Puts the figures of docs/bench/ beside the article's, in README.md and docs/recommendation.md.

First `scaffold bench --output docs/bench` (CONTRIBUTING.md has the whole of it), then python docs/measured.py.
The figures stand between comments such as `<!-- figures: claims -->` and `<!-- /figures: claims -->`.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from scaffold.measuring import words
from scaffold.measuring.table import table

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "docs" / "bench" / "bench.json"
DOCUMENTS = (ROOT / "README.md", ROOT / "docs" / "recommendation.md")

Seen = Mapping[str, Any]


class Claim(NamedTuple):
    """What the article says of a framework ("Performance Showdown: Let the Data Speak")."""

    title: str
    server: str
    rate: str
    median: str
    connections: str
    times: tuple[float, float]
    """How many times slower than FastAPI it is said to be."""


ARTICLE = {
    "fastapi": Claim("FastAPI", "Uvicorn", "15,000–20,000", "under 60", "40,000+", (1, 1)),
    "django": Claim("Django", "Uvicorn", "4,000–6,000", "120–150", "10,000–15,000", (2, 3)),
    "flask": Claim("Flask", "Gunicorn", "2,000–3,000", "over 200", "about 3,500", (5, 10)),
}
OTHERS = ("django", "flask")
LEVEL = 32


def renewed(text: str, seen: Seen) -> str:
    """Return a document with the figures of a run."""

    def fresh(found: re.Match[str]) -> str:
        name = found["name"]
        return f"<!-- figures: {name} -->{BLOCKS[name](seen)}<!-- /figures: {name} -->"

    pattern = r"<!-- figures: (?P<name>\w+) -->.*?<!-- /figures: (?P=name) -->"
    return re.sub(pattern, fresh, text, flags=re.DOTALL)


def claims(seen: Seen) -> str:
    """Return the article's table beside ours: what it says, and what each service did."""
    head = ["", "requests/s", "of `me`", "median ms", "of `me`", "connections"]
    rows = []
    for framework, claim in ARTICLE.items():
        said = f"the article's {claim.title}, {claim.server}"
        rows.append([said, claim.rate, "", claim.median, "", claim.connections])
        rows += [
            [
                each["name"],
                rate(each, "live"),
                rate(each, "me"),
                median(each, "live"),
                median(each, "me"),
                words.held(each) or "not tried",
            ]
            for each in seen["services"]
            if each["framework"] == framework
        ]
    machine = seen["machine"]
    below = (
        f"Ours are `live`, where nothing is looked up, and `me`, where a token is checked and a row read, "
        f"on {LEVEL} connections: {words.sides(seen)} ({machine['cpu']}, "
        f"{words.database(seen)}, {seen['date']}). Connections are those of `live` that all have their answer "
        "within a second."
    )
    if said := words.disturbed(seen["busy"]):
        below += f" **{said.capitalize()}.**"
    return f"\n\n{table(head, rows)}\n{below}\n\n"


class Finding(NamedTuple):
    """A claim of the article's, whether the figures bear it out, and which they are."""

    holds: bool
    claim: str
    measured: str


def agree(seen: Seen) -> str:
    """Return a sentence for each claim, those that were found before those that were not."""
    found = sorted(findings(seen), key=lambda each: not each.holds)
    lines = (
        f"- They {'agree' if each.holds else 'do not agree'} that {each.claim}: {each.measured}."
        for each in found
    )
    return "\n\n" + "\n".join(lines) + "\n\n"


def findings(seen: Seen) -> Iterator[Finding]:
    """Yield what becomes of each claim."""
    live = {each: fastest(seen, each, "live") for each in ARTICLE}
    yield Finding(
        max(live, key=lambda each: live[each]) == "fastapi",
        "FastAPI answers most",
        f"each on its fastest server, `live` comes to {listed(live)} a second",
    )
    for framework in OTHERS:
        yield _times(seen, framework)
    medians = {
        each: min(words.load(one, "me", LEVEL)["median_ms"] for one in of(seen, each))
        for each in ARTICLE
    }
    yield Finding(
        min(medians, key=lambda each: medians[each]) == "fastapi",
        "FastAPI's median is the shortest",
        f"with {LEVEL} callers of `me` the medians are, in ms, {listed(medians)}",
    )
    if all(each["held"] for each in seen["services"]):
        yield _held(seen)
    if spread := [
        max(several) / min(several)
        for each in ARTICLE
        if len(several := [_rate(one, "live") for one in of(seen, each)]) > 1
    ]:
        yield Finding(
            max(spread) < 1.25,
            "one server stands for a framework",
            f"on another one the same service is up to {max(spread):.1f} times as fast",
        )


def _times(seen: Seen, framework: str) -> Finding:
    low, high = ARTICLE[framework].times
    live, me = (
        fastest(seen, "fastapi", call) / fastest(seen, framework, call) for call in ("live", "me")
    )
    return Finding(
        low <= live <= high and low <= me <= high,
        f"FastAPI is {low:g} to {high:g} times as fast as {ARTICLE[framework].title}",
        f"it is {live:.1f} times for `live`, and {me:.1f} times for `me`",
    )


def _held(seen: Seen) -> Finding:
    held = {each: max(one["held"]["connections"] for one in of(seen, each)) for each in ARTICLE}
    return Finding(
        held["fastapi"] > held["django"] > held["flask"],
        "FastAPI holds most connections and Flask fewest",
        f"one worker holds {listed(held, '{:,}'.format)}",
    )


def listed(values: Mapping[str, Any], shown: Callable[[Any], str] = words.number) -> str:
    """Return a number for each framework."""
    return ", ".join(f"{ARTICLE[each].title} {shown(one)}" for each, one in values.items())


def cost(seen: Seen) -> str:
    """Return the share of its speed that one query takes from each framework, on its fastest server."""
    shares = []
    for framework, claim in ARTICLE.items():
        taken = 1 - fastest(seen, framework, "me") / fastest(seen, framework, "live")
        shares.append(f"{round(taken * 100)} % of {claim.title}'s")
    return f"{', '.join(shares[:-1])} and {shares[-1]}"


def of(seen: Seen, framework: str) -> list[Mapping[str, Any]]:
    """Return the services of a framework."""
    return [each for each in seen["services"] if each["framework"] == framework]


def fastest(seen: Seen, framework: str, call: str) -> float:
    """Return the most requests a second of a framework, on whatever server."""
    return max(_rate(each, call) for each in of(seen, framework))


def _rate(service: Mapping[str, Any], call: str) -> float:
    return float(words.load(service, call, LEVEL)["requests_per_second"])


def rate(service: Mapping[str, Any], call: str) -> str:
    """Return the requests a second of a service."""
    return words.rate(words.load(service, call, LEVEL))


def median(service: Mapping[str, Any], call: str) -> str:
    """Return the median time of a service."""
    return words.number(words.load(service, call, LEVEL)["median_ms"])


BLOCKS: Mapping[str, Callable[[Seen], str]] = {"claims": claims, "agree": agree, "cost": cost}


def main(documents: Sequence[Path] = DOCUMENTS) -> None:
    """Write the documents anew."""
    seen = json.loads(FIGURES.read_text(encoding="utf-8"))
    for document in documents:
        text = document.read_text(encoding="utf-8")
        document.write_text(renewed(text, seen), encoding="utf-8")


if __name__ == "__main__":
    main()
