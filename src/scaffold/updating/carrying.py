"""Answers carried to another version of their template, or to another answer: what goes along, by name."""

from collections.abc import Mapping
from typing import NamedTuple

from scaffold.catalogue.catalogue import Catalogue
from scaffold.catalogue.option import Answer, Answers, Option
from scaffold.catalogue.values import plain
from scaffold.errors import BadAnswer, MissingAnswer

# Nobody misses an answer that said so.
_OFF: tuple[Answer, ...] = (None, False, "", "none", [])


class Change(NamedTuple):
    """An answer that is another one afterwards; None is no answer."""

    name: str
    before: Answer
    after: Answer
    reason: str

    def __str__(self) -> str:
        """Return it as people read it."""
        before, after = (None if each is None else plain(each) for each in self[1:3])
        if before is None:
            said = f"{self.name}: {after}"
        elif after is None:
            said = f"{self.name}: {before} goes"
        else:
            said = f"{self.name}: {before} becomes {after}"
        return f"{said} ({self.reason})" if self.reason else said


class Carried(NamedTuple):
    """All answers, and those of them that are others than before."""

    answers: dict[str, Answer]
    changes: list[Change]


class LeftOpen(BadAnswer):
    """An option that somebody has to answer: `answers` are those before it, `fits` what it could be."""

    def __init__(self, why: str, option: Option, answers: Answers, fits: list[str]) -> None:
        """Take why it is open."""
        super().__init__(why)
        self.option = option
        self.answers = answers
        self.fits = fits


def carry(
    catalogue: Catalogue, recorded: Answers, given: Mapping[str, object], cause: str
) -> Carried:
    """Return the answers after those that are `given`; `cause` says why the others may change.

    Raises:
        UnknownOption, BadAnswer: if a given answer cannot be used.
        LeftOpen: if a recorded answer no longer fits, or an option that is new has no default.
    """
    for name in given:
        catalogue.option(name)
    answers: dict[str, Answer] = {}
    changes: list[Change] = []
    for option in catalogue.options:
        name = option.name
        before = recorded.get(name)
        if not catalogue.applies(option, answers):
            beside = catalogue.beside(option, answers)
            if name in given:
                raise BadAnswer(f"{name}: {beside}, or leave it out")
            if name in recorded and before not in _OFF:
                changes.append(Change(name, before, None, beside))
            continue
        answer = _answer(catalogue, option, recorded, given, answers)
        if answer != before:
            changes.append(Change(name, before, answer, "" if name in given else cause))
        answers[name] = answer
    known = {option.name for option in catalogue.options}
    gone = [name for name in recorded if name not in known]
    changes += [Change(name, recorded[name], None, "it is asked no more") for name in gone]
    return Carried(answers, changes)


def _answer(
    catalogue: Catalogue,
    option: Option,
    recorded: Answers,
    given: Mapping[str, object],
    answers: Answers,
) -> Answer:
    name = option.name
    if name in given:
        return catalogue.check(option, given[name], answers)
    try:
        if name in recorded:
            return catalogue.check(option, recorded[name], answers)
        return catalogue.suggestion(option, {}, answers)
    except (BadAnswer, MissingAnswer) as error:
        open_to = [each.value for each in catalogue.choices(option, answers) if not each.reason]
        kept = recorded.get(name)
        if isinstance(kept, list):
            fits = [",".join(each for each in kept if each in open_to) or "none"]
        else:
            fits = open_to
        raise LeftOpen(str(error), option, dict(answers), fits) from error
