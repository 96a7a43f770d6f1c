"""The catalogue: the questions of `copier.yml`, read exactly as Copier reads them.

Every flag value, prompt, list of options and error message about an option comes from here, so that
what Copier would refuse is refused before anything is written, and in a sentence.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from jinja2 import FunctionLoader, StrictUndefined, TemplateError, Undefined
from jinja2.sandbox import SandboxedEnvironment

from scaffold.errors import BadAnswer, MissingAnswer, TemplateFailed, UnknownOption

Answer = str | bool | int | float | list[str] | None
Answers = Mapping[str, Answer]

_TRUE = {"y", "yes", "t", "true", "on", "1"}
_FALSE = {"n", "no", "f", "false", "off", "0"}


@dataclass(frozen=True)
class Choice:
    """One value that a question takes; `reason` says why it is ruled out, if it is."""

    value: str
    title: str
    reason: str = ""


@dataclass(frozen=True)
class Question:
    """One question as the catalogue has it; its texts are still Jinja."""

    name: str
    type: str
    help: str
    default: Any
    choices: Any
    multiselect: bool
    validator: str
    when: str | bool
    placeholder: str
    has_default: bool

    @property
    def is_fact(self) -> bool:
        """Whether it is never asked: a value derived from the answers."""
        return self.when is False


class Catalogue:
    """The questions of one template, in order.

    Raises:
        TemplateFailed: if the text is not a catalogue.
    """

    def __init__(self, text: str, read: Callable[[str], str | None]) -> None:
        """Read `copier.yml` from its text; `read` gives other files of the template by path."""
        try:
            data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        except yaml.YAMLError as error:
            raise TemplateFailed(f"the template's copier.yml is not valid YAML: {error}") from error
        if not isinstance(data, dict):
            raise TemplateFailed("the template's copier.yml holds no questions")
        self._all = {k: _question(k, v) for k, v in data.items() if not k.startswith("_")}
        self.implied: Mapping[str, Mapping[str, str]] = data.get("_implies", {})
        self._next_steps: list[str] = data.get("_next_steps", [])
        self._environment = _environment(data.get("_envops") or {}, read)

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
            raise UnknownOption(_unknown(name, [each.name for each in self.questions]))
        return question

    def applies(self, question: Question, answers: Answers) -> bool:
        """Return whether the question is asked at all after these answers to the ones before it."""
        if isinstance(question.when, bool):
            return question.when
        return self._render(question.when, self._context(question, answers)).lower() in _TRUE

    def choices(self, question: Question, answers: Answers) -> list[Choice]:
        """Return the choices of a question, with what rules each of them out."""
        return list(self._choices(question, self._context(question, answers)))

    def default(self, question: Question, answers: Answers) -> Answer:
        """Return the catalogue's own default.

        Raises:
            MissingAnswer: if there is none.
        """
        if not question.has_default:
            possible = [each.value for each in self.choices(question, answers) if not each.reason]
            takes = f" (one of {', '.join(possible)})" if possible else ""
            raise MissingAnswer(
                f"{question.name} was not given and has no default{takes}: give {_flag(question)}, "
                f'or "{question.name}" under "options" in --answers FILE'
            )
        context = self._context(question, answers)
        return self._cast(question, self._value(question.default, context))

    def check(self, question: Question, value: object, answers: Answers) -> Answer:
        """Return the value as the question's own type, if the question takes it.

        Raises:
            BadAnswer: if it does not, with the reason.
        """
        context = self._context(question, answers)
        try:
            answer = self._cast(question, value)
        except (TypeError, ValueError) as error:
            raise BadAnswer(f"{question.name}: {_show(value)}: {error}") from error
        choices = list(self._choices(question, context))
        if choices:
            answer = _choose(question, answer, choices)
        said = self._render(question.validator, context | {question.name: answer}).strip()
        if said:
            raise BadAnswer(f"{question.name}: {_show(value)}: {said}")
        return answer

    def text(self, template: str, answers: Answers) -> str:
        """Render a text of the catalogue, such as a question's help."""
        return self._render(template, dict(answers))

    def next_steps(self, answers: Answers) -> list[str]:
        """Return the commands with which somebody begins in a new project."""
        context = self._context(None, answers)
        return [self._render(text, context) for text in self._next_steps]

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
                    raise BadAnswer(
                        f"{name}: it does not apply with the other answers; leave it out"
                    )
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
                f"{error} (this one follows from another answer: give {_flag(question)})"
            ) from error

    def _context(self, until: Question | None, answers: Answers) -> dict[str, Any]:
        context: dict[str, Any] = {}
        for question in self._all.values():
            if question is until:
                break
            if question.name in answers:
                context[question.name] = answers[question.name]
            elif question.is_fact and question.has_default:
                value = self._value(question.default, context)
                context[question.name] = self._cast(question, value)
        return context

    def _choices(self, question: Question, context: Mapping[str, Any]) -> Iterator[Choice]:
        choices = question.choices
        if isinstance(choices, str):
            choices = yaml.safe_load(self._render(choices, context))
        if isinstance(choices, dict):
            choices = list(choices.items())
        for choice in choices or ():
            title, value = choice if isinstance(choice, (list, tuple)) else (choice, choice)
            reason = ""
            if isinstance(value, dict):
                reason = self._render(value.get("validator", ""), context).strip()
                value = value["value"]
            yield Choice(
                str(self._value(value, context)), self._render(str(title), context), reason
            )

    def _cast(self, question: Question, value: Any) -> Answer:
        if question.multiselect:
            return _listed(value)
        if question.type == "bool" and not isinstance(value, bool):
            word = str(value).lower()
            if word not in _TRUE | _FALSE:
                raise ValueError("it is neither yes nor no")
            return word in _TRUE
        if question.type in ("int", "float"):
            return int(value) if question.type == "int" else float(value)
        if question.type == "str":
            if isinstance(value, (list, dict)) or value is None:
                raise ValueError("it is not a text")
            return str(value).lower() if isinstance(value, bool) else str(value)
        answer: Answer = value
        return answer

    def _value(self, value: Any, context: Mapping[str, Any]) -> Any:
        if isinstance(value, str):
            return self._render(value, context)
        if isinstance(value, list):
            return [self._value(item, context) for item in value]
        return value

    def _render(self, text: str, context: Mapping[str, Any]) -> str:
        try:
            return self._environment.from_string(text).render(context)
        except TemplateError as error:
            raise TemplateFailed(f"the template's copier.yml: {error}") from error


def _question(name: str, data: Any) -> Question:
    if not isinstance(data, dict):
        data = {"default": data}
    default = data.get("default")
    inferred = {bool: "bool", int: "int", float: "float", str: "str"}.get(type(default), "yaml")
    return Question(
        name=name,
        type=data.get("type") or inferred,
        help=data.get("help", ""),
        default=default,
        choices=data.get("choices"),
        multiselect=data.get("multiselect", False),
        validator=data.get("validator", ""),
        when=data.get("when", True),
        placeholder=data.get("placeholder", ""),
        has_default="default" in data,
    )


def _environment(
    options: Mapping[str, Any], read: Callable[[str], str | None]
) -> SandboxedEnvironment:
    # As copier._main.Worker.jinja_env makes it (Copier 9.19).
    classes = {"jinja2.Undefined": Undefined, "jinja2.StrictUndefined": StrictUndefined}
    known: dict[str, Any] = {"keep_trailing_newline": True} | dict(options)
    known["undefined"] = classes.get(known.get("undefined", ""), Undefined)
    return SandboxedEnvironment(
        loader=FunctionLoader(read),
        extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"],
        **known,
    )


def _listed(value: Any) -> list[str]:
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("[") and text.endswith("]"):
            text = text[1:-1]
        words = [word.strip().strip("'\"") for word in text.split(",")]
        return [] if words in ([""], ["none"]) else words
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return [] if value == ["none"] else list(value)
    raise ValueError("it is not a list of names")


def _choose(question: Question, answer: Answer, choices: list[Choice]) -> Answer:
    known = {choice.value: choice for choice in choices}
    words = answer if isinstance(answer, list) else [str(answer)]
    for word in words:
        choice = known.get(word)
        if choice is None:
            possible = [each.value for each in choices if not each.reason]
            ending = ", or none" if question.multiselect else ""
            raise BadAnswer(
                f'{question.name}: "{word}" is not one of its choices: '
                f"give {', '.join(possible)}{ending}"
            )
        if choice.reason:
            raise BadAnswer(f'{question.name}: "{word}" is ruled out: {choice.reason}')
    return [value for value in known if value in words] if isinstance(answer, list) else answer


def _flag(question: Question) -> str:
    return "--framework NAME" if question.name == "framework" else f"--data {question.name}=VALUE"


def _show(value: object) -> str:
    text = str(value)
    return f'"{text[:60]}…"' if len(text) > 61 else f'"{text}"'


def _unknown(name: str, names: list[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, names, 1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f'there is no option "{name}": {hint}The options are {", ".join(names)}'
