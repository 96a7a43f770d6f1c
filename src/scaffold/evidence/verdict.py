"""What the evidence says of one combination of choices."""

from collections.abc import Collection, Mapping
from typing import Any, Literal, NamedTuple

from scaffold.catalogue.catalogue import Catalogue
from scaffold.catalogue.option import Answers, Option
from scaffold.catalogue.values import plain
from scaffold.evidence.shipped import Choice, Evidence, Pair, Row, pairs

Scope = Literal["combination", "pairs", "part"]


class Verdict(NamedTuple):
    """What was installed, tested and served: this very combination, each two of its choices, or a part.

    Of a part, `unproven` has the choices that were not, with the reason, and `apart` those that were, but
    not together. `versions` has what the other choices ran on where they were served.
    """

    scope: Scope
    unproven: Mapping[Choice, str]
    apart: list[tuple[Choice, Choice]]
    versions: Mapping[str, list[str]]


def judge(evidence: Evidence, catalogue: Catalogue, answers: Answers) -> Verdict:
    """Return what the evidence says of a project with these answers."""
    choices = [
        (option.name, value)
        for option in catalogue.options
        if option.name in answers
        for value in _values(evidence, option, answers[option.name])
    ]
    lacking = evidence.unproven(choices)
    matter = [each for each in choices if each[0] in evidence.options]
    known = [each for each in matter if each not in lacking]
    together: set[Pair] = set().union(*(row.pairs for row in evidence.served))
    apart = sorted(_ordered(pair) for pair in pairs(frozenset(known)) - together)
    scope: Scope = "pairs"
    if lacking or apart:
        scope = "part"
    elif any(row.picked == set(matter) for row in evidence.served):
        scope = "combination"
    return Verdict(scope, lacking, apart, _versions(evidence.served, known))


def _values(evidence: Evidence, option: Option, answer: Any) -> list[str]:
    if option.choices or option.type == "bool":
        return plain(answer).split(",")
    # Nothing hangs on a text such as a name, which the tests write in every form.
    given = "given" if answer else "none"
    return [given] if option.name in evidence.rendered else []


def _ordered(pair: Pair) -> tuple[Choice, Choice]:
    one, other = sorted(pair)
    return one, other


def _versions(rows: Collection[Row], choices: list[Choice]) -> dict[str, list[str]]:
    """Return the versions that came with each choice, in the projects most like this one that had it."""
    found: dict[str, list[str]] = {}
    for choice in choices:
        having = [row for row in rows if choice in row.picked]
        shared = {id(row): len(row.picked & set(choices)) for row in having}
        most = max(shared.values(), default=0)
        name = "python" if choice[0] == "python_version" else choice[1]
        versions = {row.versions.get(name) for row in having if shared[id(row)] == most}
        if known := sorted(each for each in versions if each):
            found[name] = known
    return found
