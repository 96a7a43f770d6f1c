"""Renews the tables of docs/recommendation.md from the rubric and the catalogue: python docs/tables.py

They stand between comments such as `<!-- weights -->` and `<!-- /weights -->`; all else is written by hand.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from operator import add
from pathlib import Path
from typing import Any, NamedTuple

from scaffold.advisor import words
from scaffold.advisor.advice import recommend
from scaffold.advisor.changes import changed, every
from scaffold.advisor.rubric import Conditions, Given, Question, Remark, Rubric, load
from scaffold.advisor.scores import ENOUGH, Verdict, recommended, scores, substance, verdict
from scaffold.catalogue.catalogue import Catalogue
from scaffold.catalogue.option import Answer
from scaffold.deciding import fitting

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "recommendation.md"

# The columns of points, as the article names the frameworks.
ORDER = ("fastapi", "django", "flask")

# The answers that the document adds up before the reader's eyes.
EXAMPLE: Given = {"purpose": "api", "team": ("django",), "compliance": "yes", "docs": "yes"}


class Sources(NamedTuple):
    """What every table is made from."""

    rubric: Rubric
    catalogue: Catalogue


def renewed(text: str, rubric: Rubric | None = None) -> str:
    """Return the document with fresh tables; of the program's own rubric if none is given."""
    sources = Sources(rubric or load(), catalogue())

    def fresh(found: re.Match[str]) -> str:
        name = found["name"]
        return f"<!-- {name} -->{TABLES[name](sources)}<!-- /{name} -->"

    return re.sub(r"<!-- (?P<name>\w+) -->.*?<!-- /(?P=name) -->", fresh, text, flags=re.DOTALL)


def catalogue() -> Catalogue:
    """Return the options of this checkout."""

    def read(path: str) -> str | None:
        file = ROOT / path
        return file.read_text(encoding="utf-8") if file.is_file() else None

    return Catalogue((ROOT / "copier.yml").read_text(encoding="utf-8"), read)


# -- the rubric ----------------------------------------------------------------------------------


def weights(sources: Sources) -> str:
    """Return a table of each question: every answer with its points, their reason and source."""
    rubric = sources.rubric
    head = ["answer", *(rubric.frameworks[each] for each in ORDER), "why", "section"]
    blocks: list[str] = []
    for question in rubric.questions.values():
        rows = [
            [f"{code(answer)}: {weight.title}", *points(weight.points), weight.why, weight.source]
            for answer, weight in question.answers.items()
        ]
        several = " (any number of answers)" if question.several else ""
        blocks += [f"**{code(question.id)}**: {question.asks}{several}", table(head, rows)]
    return block("\n\n".join(blocks))


def example(sources: Sources) -> str:
    """Return one set of answers added up, with the verdict and what would change it."""
    rubric = sources.rubric
    advice = recommend(rubric, EXAMPLE)
    assert advice is not None
    head = ["answer", *(rubric.frameworks[each] for each in ORDER)]
    rows = [
        [code(f"{each.question}: {each.answer}"), *points(each.points)] for each in advice.reasons
    ]
    rows.append(["**sum**", *(f"**{advice.scores[each]:g}**" for each in ORDER)])
    said = (
        f"{rubric.frameworks[advice.recommended]} is recommended. {words.closeness(rubric, advice)}"
    )
    flips = [f"- {plain(each)}" for each in words.changes(rubric, advice)]
    return block(
        "\n\n".join([table(head, rows), said, "What would change this:", "\n".join(flips)])
    )


def prefills(sources: Sources) -> str:
    """Return what each purpose says of other questions."""
    rows = [
        [code(purpose), code(f"{question}: {answer}")]
        for purpose, weight in sources.rubric.questions["purpose"].answers.items()
        for question, answer in weight.prefills.items()
    ]
    return block(table(["purpose", "fills in"], rows))


def parts(sources: Sources) -> str:
    """Return what each answer asks of one framework beside another."""
    rubric = sources.rubric
    rows = [
        [code(f"{question.id}: {answer}"), weight.part, *points(weight.points)]
        for question in rubric.questions.values()
        for answer, weight in question.answers.items()
        if weight.part
    ]
    titles = [rubric.frameworks[each] for each in ORDER]
    return block(table(["answer", "part", *titles], rows))


def never(sources: Sources) -> str:
    """Return where no two frameworks are advised."""
    rubric = sources.rubric
    return ", or ".join(_met(rubric, rubric.hybrid.never, "is", "includes"))


def cautions(sources: Sources) -> str:
    """Return what is to be kept in mind, and when it is said."""
    rubric = sources.rubric
    rows = [remark(rubric, each, each.recommended) for each in rubric.cautions]
    return block(table(["framework", "answers", "what is said", "section"], rows))


def consequences(sources: Sources) -> str:
    """Return what is left to the team with each framework, and when it is said."""
    rubric = sources.rubric
    rows = [
        remark(rubric, each, [framework])
        for framework in ORDER
        for each in rubric.consequences[framework]
    ]
    return block(table(["framework", "answers", "what is said", "section"], rows))


def remark(rubric: Rubric, said: Remark, frameworks: Iterable[str]) -> list[str]:
    """Return the row of a sentence and its conditions."""
    named = ", ".join(rubric.frameworks[each] for each in frameworks) or "any"
    conditions = [*_met(rubric, said.when, "is", "includes")]
    conditions += _met(rubric, said.unless, "is not", "does not include")
    return [named, " and ".join(conditions) or "always", said.why, said.source]


def _met(rubric: Rubric, conditions: Conditions, one: str, several: str) -> Iterator[str]:
    for question, answers in conditions.items():
        verb = several if rubric.questions[question].several else one
        yield f"{code(question)} {verb} {series(list(map(code, answers)), 'or')}"


# -- the skeleton's defaults ---------------------------------------------------------------------


def purposes(sources: Sources) -> str:
    """Return what the skeleton begins with for each purpose; in bold what the purpose itself sets."""
    rubric = sources.rubric
    options = settable(sources)
    rows = []
    for purpose, weight in rubric.questions["purpose"].answers.items():
        framework = recommended(rubric, {"purpose": purpose}, list(rubric.frameworks)) or ""
        begins = beginning(sources, framework, weight.sets)
        cells = [cell(begins.get(each), weight.sets.get(each)) for each in options]
        rows.append([code(purpose), rubric.frameworks[framework], *cells])
    return block(table(["purpose", "alone it gives", *map(code, options)], rows))


def settings(sources: Sources) -> str:
    """Return what the answers to the other questions set."""
    options = settable(sources)
    rows = [
        [code(f"{question.id}: {answer}"), *(shown(weight.sets.get(each)) for each in options)]
        for question in sources.rubric.questions.values()
        for answer, weight in question.answers.items()
        if question.id != "purpose" and weight.sets.keys() & set(options)
    ]
    return block(table(["answer", *map(code, options)], rows))


def settable(sources: Sources) -> list[str]:
    """Return the options that exist and that an answer can set, in the catalogue's order."""
    questions = sources.rubric.questions.values()
    named = {name for each in questions for weight in each.answers.values() for name in weight.sets}
    return [each.name for each in sources.catalogue.options if each.name in named]


def beginning(sources: Sources, framework: str, sets: Mapping[str, Any]) -> Mapping[str, Answer]:
    """Return every option as the program fills it in; without a skeleton, as the first one has it."""
    available = fitting.frameworks(sources.catalogue)
    taken = framework if framework in available else available[0]
    given = {"project_name": "Example", fitting.FRAMEWORK: taken}
    return sources.catalogue.complete(given, sets)


def cell(value: Any, wanted: Any) -> str:
    """Return an option's value, in bold if it is what was wanted, a dash if the option is not there."""
    if value is None:
        return "–"
    return f"**{shown(value)}**" if shown(value) == shown(wanted) else shown(value)


def shown(value: Any) -> str:
    """Return an option's value in words, and nothing for None."""
    return "" if value is None else words.shown(value)


def skeletons(sources: Sources) -> str:
    """Return which frameworks can be had in this version."""
    available = fitting.frameworks(sources.catalogue)
    titles = {each: sources.rubric.frameworks[each] for each in ORDER}
    missing = [title for each, title in titles.items() if each not in available]
    has = series([title for each, title in titles.items() if each in available])
    lacks = f", and none yet for {series(missing)}" if missing else ""
    return block(f"This version has a skeleton for {has}{lacks}.")


# -- the whole space of answers ------------------------------------------------------------------


class Standing(NamedTuple):
    """All that a recommendation hangs on; points are relative to the first framework's."""

    total: tuple[float, ...]
    known: tuple[float, ...]
    substance: int
    weighty: bool

    def plus(self, other: "Standing") -> "Standing":
        """Return the sum of two."""
        return Standing(
            tuple(map(add, self.total, other.total)),
            tuple(map(add, self.known, other.known)),
            min(ENOUGH, self.substance + other.substance),
            self.weighty or other.weighty,
        )


Count = Counter[Standing]


class Space:
    """Every state of the answers, counted exactly: many states come to one sum of points."""

    def __init__(self, rubric: Rubric) -> None:
        self.rubric = rubric
        self._verdicts: dict[Standing, Verdict | None] = {}
        # The tie-breaking one last: before it, there is nothing to tell apart by it.
        questions = sorted(rubric.questions.values(), key=lambda each: each.id == rubric.tie_break)
        self._steps = {each.id: self._answers(each) for each in questions}

    @cached_property
    def states(self) -> Count:
        """Every sum, with the number of states that come to it."""
        return self._sums(self._steps)

    def verdict(self, standing: Standing) -> Verdict | None:
        """Return the program's own verdict on a sum, None where it has too little to go by."""
        if standing not in self._verdicts:
            self._verdicts[standing] = self._verdict(standing)
        return self._verdicts[standing]

    def changeable(self, question: str) -> int:
        """Return in how many states some change of one answer to a question gives another framework."""
        steps = self._steps[question]
        found = 0
        for rest, many in self._sums(each for each in self._steps if each != question).items():
            results = {answer: self._framework(rest.plus(step)) for answer, step in steps.items()}
            if len(set(results.values())) > 1:
                found += many * sum(_can_change(answer, results) for answer in results)
        return found

    def _framework(self, standing: Standing) -> str | None:
        found = self.verdict(standing)
        return found.recommended if found else None

    def _verdict(self, standing: Standing) -> Verdict | None:
        if standing.substance < ENOUGH or not standing.weighty:
            return None
        names = list(self.rubric.frameworks)
        total = dict(zip(names, (0, *standing.total), strict=True))
        known = dict(zip(names, (0, *standing.known), strict=True))
        return verdict(self.rubric, total, known, names)

    def _answers(self, question: Question) -> dict[str | tuple[str, ...], Standing]:
        return {answer: self._standing(changed({}, question, answer)) for answer in every(question)}

    def _standing(self, given: Given) -> Standing:
        weighty = any(weight.points for _, _, weight in self.rubric.weights(given))
        total, known = scores(self.rubric, given), scores(self.rubric, given, self.rubric.tie_break)
        return Standing(_relative(total), _relative(known), substance(given), weighty)

    def _sums(self, questions: Iterable[str]) -> Count:
        nothing = self._standing({})
        sums = Counter({nothing: 1})
        for question in questions:
            grown: Count = Counter()
            for step, times in Counter(self._steps[question].values()).items():
                for before, many in sums.items():
                    grown[before.plus(step)] += many * times
            sums = grown
        return sums


def _relative(total: Mapping[str, float]) -> tuple[float, ...]:
    first, *others = total.values()
    return tuple(each - first for each in others)


def _can_change(
    answer: str | tuple[str, ...], results: Mapping[str | tuple[str, ...], str | None]
) -> bool:
    """Return whether another answer, or with several one more or one less, gives another framework."""
    return results[answer] is not None and any(
        result not in (None, results[answer])
        and (isinstance(other, str) or len(set(other) ^ set(answer)) == 1)
        for other, result in results.items()
    )


def shares(sources: Sources) -> str:
    """Return in how many states each framework is recommended, and how surely."""
    rubric, space = sources.rubric, Space(sources.rubric)
    found: Counter[str] = Counter()
    close = behind = none = 0
    for standing, many in space.states.items():
        said = space.verdict(standing)
        if said is None:
            none += many
            continue
        found[said.recommended] += many
        close += many * (len(said.near) > 1)
        total = dict(zip(rubric.frameworks, (0, *standing.total), strict=True))
        behind += many * (total[said.recommended] < max(total.values()))
    counted = {
        **{f"{rubric.frameworks[each]} is recommended": found[each] for each in ORDER},
        "there is no recommendation": none,
        "the recommendation is too close to call": close,
        "the team's points outweigh a higher score": behind,
    }
    everything = space.states.total()
    rows = [[name, f"{many:,}", share(many, everything)] for name, many in counted.items()]
    return block(table(["states in which", "number", "share"], rows))


def influence(sources: Sources) -> str:
    """Return how often a change of one answer alone gives another framework, by question."""
    space = Space(sources.rubric)
    everything = space.states.total()
    counted = {each: space.changeable(each) for each in sources.rubric.questions}
    rows = [
        [code(question), f"{many:,}", share(many, everything)]
        for question, many in sorted(counted.items(), key=lambda each: -each[1])
    ]
    return block(table(["question", "states in which it can change the framework", "share"], rows))


def states(sources: Sources) -> str:
    """Return the number of all the states."""
    return f"{Space(sources.rubric).states.total():,}"


def tries(sources: Sources) -> str:
    """Return how many changes there are from one state."""
    questions = sources.rubric.questions.values()
    return str(sum(len(each.possible) - (not each.several) for each in questions))


def share(part: int, whole: int) -> str:
    """Return a part in percent."""
    return "less than 0.1 %" if 0 < part < whole / 1000 else f"{part / whole * 100:.1f} %"


# -- Markdown ------------------------------------------------------------------------------------


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(plain, line))} |" for line in lines)


def plain(text: str) -> str:
    """Return a text in which Markdown finds nothing that ends a cell or begins a tag."""
    return text.replace("|", "\\|").replace("<", "&lt;")


def points(given: Mapping[str, int]) -> list[str]:
    """Return the cells of an answer's points, empty where there are none."""
    return [f"{given[each]:+d}" if each in given else "" for each in ORDER]


def code(text: str) -> str:
    """Return a name as code."""
    return f"`{text}`"


def series(words: Sequence[str], last: str = "and") -> str:
    """Return words as a sentence lists them."""
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def block(text: str) -> str:
    """Return a text on lines of its own, as Markdown wants it between comments."""
    return f"\n\n{text}\n\n"


TABLES: Mapping[str, Callable[[Sources], str]] = {
    "skeletons": skeletons,
    "version": lambda sources: str(sources.rubric.version),
    "thin": lambda sources: f"{sources.rubric.thin:g}",
    "never": never,
    "pull": lambda sources: str(sources.rubric.hybrid.pull),
    "tries": tries,
    "states": states,
    "example": example,
    "weights": weights,
    "purposes": purposes,
    "settings": settings,
    "prefills": prefills,
    "parts": parts,
    "cautions": cautions,
    "consequences": consequences,
    "shares": shares,
    "influence": influence,
}


if __name__ == "__main__":
    DOCUMENT.write_text(renewed(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
