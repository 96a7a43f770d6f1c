"""The catalogue: the options of `copier.yml`, its questions, read exactly as Copier reads them.

Every flag value, prompt, list of options and error message about an option comes from here, so that
what Copier would refuse is refused before anything is written, and in a sentence.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from scaffold.catalogue import ruled_out, shape, values
from scaffold.catalogue.jinja import Expressions, Read, of_its_own
from scaffold.catalogue.option import Answer, Answers, Choice, Option, parse, unknown
from scaffold.errors import BadAnswer, MissingAnswer, TemplateFailed, UnknownOption


class Catalogue:
    """The options of one template, in order.

    Raises:
        TemplateFailed: if the text is not a catalogue.
    """

    def __init__(self, text: str, read: Read) -> None:
        """Read `copier.yml` from its text; `read` gives other files of the template by path."""
        try:
            data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            raise TemplateFailed(f"the template's copier.yml is not valid YAML: {error}") from error
        if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
            raise TemplateFailed("the template's copier.yml holds no questions by name")
        shape.hold(data)
        self._all = {k: parse(k, v) for k, v in data.items() if not k.startswith("_")}
        # What is set for Copier, by its name there.
        self.settings = {k[1:]: v for k, v in data.items() if k.startswith("_") and v is not None}
        self.implied: Mapping[str, Mapping[str, str]] = data.get("_implies") or {}
        self._next_steps: list[str] = data.get("_next_steps") or []
        self._texts = Expressions(data.get("_envops") or {}, of_its_own(read))

    @property
    def every(self) -> list[Option]:
        """What may be asked, and the facts, in order."""
        return list(self._all.values())

    @property
    def options(self) -> list[Option]:
        """What may be asked, in order."""
        return [option for option in self._all.values() if not option.is_fact]

    def option(self, name: str) -> Option:
        """Return the option of that name.

        Raises:
            UnknownOption: if there is none, with the nearest name.
        """
        option = self._all.get(name)
        if option is None or option.is_fact:
            raise UnknownOption(unknown("option", name, [each.name for each in self.options]))
        return option

    def applies(self, option: Option, answers: Answers) -> bool:
        """Return whether the option is asked at all after these answers to the ones before it."""
        if isinstance(option.when, bool):
            return option.when
        return values.is_true(self._texts.render(option.when, self._context(option, answers)))

    def beside(self, option: Option, answers: Answers) -> str:
        """Return why an option that does not apply does not, and what to answer instead."""
        return ruled_out.beside(
            option,
            answers,
            lambda other: self.applies(option, other),
            lambda name: self._alternatives(name, answers),
        )

    def choices(self, option: Option, answers: Answers) -> list[Choice]:
        """Return the choices of an option, with what rules each of them out."""
        return list(ruled_out.choices(option, self._texts, self._context(option, answers)))

    def values(self, option: Option, answers: Answers) -> set[str]:
        """Return the values of an option's choices, whether or not they are ruled out."""
        return {
            each.value
            for each in ruled_out.choices(option, self._texts, self._context(option, answers), ())
        }

    def default(self, option: Option, answers: Answers) -> Answer:
        """Return the catalogue's own default.

        Raises:
            MissingAnswer: if there is none.
        """
        if not option.has_default:
            possible = [each.value for each in self.choices(option, answers) if not each.reason]
            takes = f" (one of {', '.join(possible)})" if possible else ""
            raise MissingAnswer(
                f"{option.name} was not given and has no default{takes}: give {option.flag}, "
                f'or "{option.name}" under "options" in --answers FILE'
            )
        context = self._context(option, answers)
        return _cast(option, self._texts.value(option.default, context))

    def check(self, option: Option, value: object, answers: Answers) -> Answer:
        """Return the value as the option's own type, if the option takes it.

        Raises:
            BadAnswer: if it does not, with the reason.
        """
        context = self._context(option, answers)
        try:
            answer = values.cast(option, value)
        except (TypeError, ValueError) as error:
            raise BadAnswer(f"{option.name}: {values.show(value)}: {error}") from error
        choices = list(ruled_out.choices(option, self._texts, context, values.words(answer)))
        if choices:
            if not {choice.value for choice in choices}.issuperset(values.words(answer)):
                choices = list(ruled_out.choices(option, self._texts, context))
            answer = values.choose(option, answer, choices)
        said = self._texts.render(option.validator, context | {option.name: answer}).strip()
        if said:
            raise BadAnswer(f"{option.name}: {values.show(value)}: {said}")
        return answer

    def text(self, template: str, answers: Answers) -> str:
        """Render a text of the catalogue, such as an option's help."""
        return self._texts.render(template, dict(answers))

    def next_steps(self, answers: Answers) -> list[str]:
        """Return the commands with which somebody begins in a new project; what is empty is for another."""
        context = self._context(None, answers)
        steps = [self._texts.render(text, context) for text in self._next_steps]
        return [step for step in steps if step]

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
        """Return an answer to every option: the given one, else a suggestion, else the default.

        A suggestion that its option does not take is passed over.

        Raises:
            UnknownOption, BadAnswer: if a given answer cannot be used.
            MissingAnswer: if an option without default was given none.
        """
        for name in given:
            self.option(name)
        answers: dict[str, Answer] = {}
        for option in self.options:
            name = option.name
            if not self.applies(option, answers):
                if name in given:
                    raise BadAnswer(f"{name}: {self.beside(option, answers)}, or leave it out")
            elif name in given:
                answers[name] = self.check(option, given[name], answers)
            else:
                answers[name] = self.suggestion(option, suggested, answers)
        return answers

    def suggestion(self, option: Option, suggested: Answers, answers: Answers) -> Answer:
        """Return what an option is answered with when nobody answers it.

        Raises:
            MissingAnswer: if there is nothing.
            BadAnswer: if the default follows from an answer but is not one itself.
        """
        if option.name in suggested:
            try:
                return self.check(option, suggested[option.name], answers)
            except BadAnswer:
                pass
        try:
            return self.check(option, self.default(option, answers), answers)
        except BadAnswer as error:
            raise BadAnswer(
                f"{error} (this one follows from another answer: give {option.flag})"
            ) from error

    def chosen(self, answers: Answers) -> list[str]:
        """Return which of these answers would be others if they were left to the defaults."""
        names: list[str] = []
        before: dict[str, Answer] = {}
        for option in self.options:
            if option.name not in answers:
                continue
            answer = answers[option.name]
            try:
                left = self.suggestion(option, {}, before)
            except (BadAnswer, MissingAnswer):
                names.append(option.name)
            else:
                if left != answer:
                    names.append(option.name)
            before[option.name] = answer
        return names

    def _context(self, until: Option | None, answers: Answers) -> dict[str, Any]:
        context: dict[str, Any] = {}
        for option in self._all.values():
            if option is until:
                break
            if option.name in answers:
                context[option.name] = answers[option.name]
            elif option.is_fact and option.has_default:
                value = self._texts.value(option.default, context)
                context[option.name] = _cast(option, value)
        return context

    def _alternatives(self, name: str, answers: Answers) -> list[Answer]:
        """Return what else may be answered to an option."""
        option = self._all[name]
        if option.type == "bool":
            return [True, False]
        if option.multiselect:
            return []
        return [each.value for each in self.choices(option, answers) if not each.reason]


def _cast(option: Option, default: object) -> Answer:
    """Return the template's own default as the type that the option has."""
    try:
        return values.cast(option, default)
    except (TypeError, ValueError) as error:
        raise TemplateFailed(
            f"the template's default for {option.name} is {values.show(default)}: {error}"
        ) from error
