"""The catalogue: the questions of `copier.yml`, read exactly as Copier reads them.

Every flag value, prompt, list of options and error message about an option comes from here, so that
what Copier would refuse is refused before anything is written, and in a sentence.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from scaffold import conditions, values
from scaffold.errors import BadAnswer, MissingAnswer, TemplateFailed, UnknownOption
from scaffold.expressions import Expressions, Read
from scaffold.question import Answer, Answers, Choice, Question, parse, unknown


class Catalogue:
    """The questions of one template, in order.

    Raises:
        TemplateFailed: if the text is not a catalogue.
    """

    def __init__(self, text: str, read: Read) -> None:
        """Read `copier.yml` from its text; `read` gives other files of the template by path."""
        try:
            data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except yaml.YAMLError as error:
            raise TemplateFailed(f"the template's copier.yml is not valid YAML: {error}") from error
        if not isinstance(data, dict):
            raise TemplateFailed("the template's copier.yml holds no questions")
        self._all = {k: parse(k, v) for k, v in data.items() if not k.startswith("_")}
        self.implied: Mapping[str, Mapping[str, str]] = data.get("_implies", {})
        self._next_steps: list[str] = data.get("_next_steps", [])
        self._texts = Expressions(data.get("_envops") or {}, read)

    @property
    def questions(self) -> list[Question]:
        """What may be asked, in order."""
        return [question for question in self._all.values() if not question.is_fact]

    def question(self, name: str) -> Question:
        """Return the question of that name.

        Raises:
            UnknownOption: if there is none, with the nearest name.
        """
        question = self._all.get(name)
        if question is None or question.is_fact:
            raise UnknownOption(unknown("option", name, [each.name for each in self.questions]))
        return question

    def applies(self, question: Question, answers: Answers) -> bool:
        """Return whether the question is asked at all after these answers to the ones before it."""
        if isinstance(question.when, bool):
            return question.when
        return values.is_true(self._texts.render(question.when, self._context(question, answers)))

    def beside(self, question: Question, answers: Answers) -> str:
        """Return why a question that does not apply does not, and what to answer instead."""
        return conditions.beside(
            question,
            answers,
            lambda other: self.applies(question, other),
            lambda name: self._alternatives(name, answers),
        )

    def choices(self, question: Question, answers: Answers) -> list[Choice]:
        """Return the choices of a question, with what rules each of them out."""
        return list(conditions.choices(question, self._texts, self._context(question, answers)))

    def values(self, question: Question, answers: Answers) -> set[str]:
        """Return the values of a question's choices, whether or not they are ruled out."""
        return {
            each.value
            for each in conditions.choices(
                question, self._texts, self._context(question, answers), ()
            )
        }

    def default(self, question: Question, answers: Answers) -> Answer:
        """Return the catalogue's own default.

        Raises:
            MissingAnswer: if there is none.
        """
        if not question.has_default:
            possible = [each.value for each in self.choices(question, answers) if not each.reason]
            takes = f" (one of {', '.join(possible)})" if possible else ""
            raise MissingAnswer(
                f"{question.name} was not given and has no default{takes}: give {question.flag}, "
                f'or "{question.name}" under "options" in --answers FILE'
            )
        context = self._context(question, answers)
        return values.cast(question, self._texts.value(question.default, context))

    def check(self, question: Question, value: object, answers: Answers) -> Answer:
        """Return the value as the question's own type, if the question takes it.

        Raises:
            BadAnswer: if it does not, with the reason.
        """
        context = self._context(question, answers)
        try:
            answer = values.cast(question, value)
        except (TypeError, ValueError) as error:
            raise BadAnswer(f"{question.name}: {values.show(value)}: {error}") from error
        choices = list(conditions.choices(question, self._texts, context, values.words(answer)))
        if choices:
            if not {choice.value for choice in choices}.issuperset(values.words(answer)):
                choices = list(conditions.choices(question, self._texts, context))
            answer = values.choose(question, answer, choices)
        said = self._texts.render(question.validator, context | {question.name: answer}).strip()
        if said:
            raise BadAnswer(f"{question.name}: {values.show(value)}: {said}")
        return answer

    def text(self, template: str, answers: Answers) -> str:
        """Render a text of the catalogue, such as a question's help."""
        return self._texts.render(template, dict(answers))

    def next_steps(self, answers: Answers) -> list[str]:
        """Return the commands with which somebody begins in a new project."""
        context = self._context(None, answers)
        return [self._texts.render(text, context) for text in self._next_steps]

    def implications(self, answers: Answers) -> Iterator[tuple[str, str, str]]:
        """Yield each value that a chosen one brings along: option, value, and what implied it."""
        for name, rules in self.implied.items():
            chosen = answers.get(name)
            if not isinstance(chosen, list):
                continue
            due: dict[str, list[str]] = {}
            for cause, value in rules.items():
                if cause in chosen and value not in chosen:
                    due.setdefault(value, []).append(cause)
            for value, causes in due.items():
                yield name, value, " and ".join(causes)

    def complete(self, given: Mapping[str, object], suggested: Answers) -> dict[str, Answer]:
        """Return an answer to every question: the given one, else a suggestion, else the default.

        A suggestion that its question does not take is passed over.

        Raises:
            UnknownOption, BadAnswer: if a given answer cannot be used.
            MissingAnswer: if a question without default was given none.
        """
        for name in given:
            self.question(name)
        answers: dict[str, Answer] = {}
        for question in self.questions:
            name = question.name
            if not self.applies(question, answers):
                if name in given:
                    raise BadAnswer(f"{name}: {self.beside(question, answers)}, or leave it out")
            elif name in given:
                answers[name] = self.check(question, given[name], answers)
            else:
                answers[name] = self.suggestion(question, suggested, answers)
        return answers

    def suggestion(self, question: Question, suggested: Answers, answers: Answers) -> Answer:
        """Return what a question is answered with when nobody answers it.

        Raises:
            MissingAnswer: if there is nothing.
            BadAnswer: if the default follows from an answer but is not one itself.
        """
        if question.name in suggested:
            try:
                return self.check(question, suggested[question.name], answers)
            except BadAnswer:
                pass
        try:
            return self.check(question, self.default(question, answers), answers)
        except BadAnswer as error:
            raise BadAnswer(
                f"{error} (this one follows from another answer: give {question.flag})"
            ) from error

    def chosen(self, answers: Answers) -> list[str]:
        """Return which of these answers would be others if they were left to the defaults."""
        names: list[str] = []
        before: dict[str, Answer] = {}
        for question in self.questions:
            if question.name not in answers:
                continue
            answer = answers[question.name]
            try:
                left = self.suggestion(question, {}, before)
            except (BadAnswer, MissingAnswer):
                names.append(question.name)
            else:
                if left != answer:
                    names.append(question.name)
            before[question.name] = answer
        return names

    def _context(self, until: Question | None, answers: Answers) -> dict[str, Any]:
        context: dict[str, Any] = {}
        for question in self._all.values():
            if question is until:
                break
            if question.name in answers:
                context[question.name] = answers[question.name]
            elif question.is_fact and question.has_default:
                value = self._texts.value(question.default, context)
                context[question.name] = values.cast(question, value)
        return context

    def _alternatives(self, name: str, answers: Answers) -> list[Answer]:
        """Return what else may be answered to a question."""
        question = self._all[name]
        if question.type == "bool":
            return [True, False]
        if question.multiselect:
            return []
        return [each.value for each in self.choices(question, answers) if not each.reason]
