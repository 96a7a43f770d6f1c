"""The template's options at the prompts."""

from typing import Any

from scaffold.advisor.words import shown
from scaffold.asking import prompts
from scaffold.asking.course import Course
from scaffold.asking.memory import Memory, marked
from scaffold.asking.walk import Outcome, Step
from scaffold.catalogue.catalogue import Catalogue
from scaffold.catalogue.option import Answer, Answers, Option
from scaffold.errors import BadAnswer, MissingAnswer, ScaffoldError


class Picking:
    """The options of the catalogue that are left open."""

    def __init__(self, catalogue: Catalogue, course: Course, memory: Memory) -> None:
        """Take up the answers that the memory has; it keeps the new ones too."""
        self.catalogue = catalogue
        self.course = course
        self.memory = memory
        self.steps: list[Step] = [_OptionStep(self, each) for each in catalogue.options]

    def before(self, until: Option) -> dict[str, Answer]:
        """Return the answers to the options before this one."""
        answers: dict[str, Answer] = {}
        given, preferred = self.course.given(), self.course.preferred()
        for option in self.catalogue.options:
            if option is until:
                break
            if self.catalogue.applies(option, answers):
                try:
                    answers[option.name] = (
                        self.catalogue.check(option, given[option.name], answers)
                        if option.name in given
                        else self.catalogue.suggestion(option, preferred, answers)
                    )
                except (BadAnswer, MissingAnswer):
                    continue  # It has no answer yet, and will be asked before this one is.
        return answers

    def asks(self, option: Option) -> bool:
        """Return whether an option is open and applies."""
        return option.name not in self.course.given() and self.catalogue.applies(
            option, self.before(option)
        )


class _OptionStep:
    """The prompt for one option."""

    def __init__(self, picking: Picking, option: Option) -> None:
        self.name = option.name
        self._picking = picking
        self._option = option

    def applies(self) -> bool:
        return self._picking.asks(self._option)

    def current(self) -> str | None:
        if self.name not in self._picking.memory.options:
            return None
        default = self._default(self._picking.before(self._option))
        return shown(default) if default == self._picking.memory.options[self.name] else None

    def ask(self) -> Outcome:
        before = self._picking.before(self._option)
        default = self._default(before)
        answer = self._prompt(before, default)
        if answer is prompts.BACK:
            return Outcome.BACK
        memory = self._picking.memory
        fresh = self.name not in memory.options or self.name in memory.accepted
        memory.options[self.name] = answer
        follows = fresh and answer == default
        memory.accepted = marked(memory.accepted, self.name, follows=follows)
        return Outcome.ON

    def _default(self, before: Answers) -> Answer:
        try:
            return self._picking.catalogue.suggestion(
                self._option, self._picking.course.preferred(), before
            )
        except (MissingAnswer, BadAnswer):
            return None

    def _prompt(self, before: Answers, default: Answer) -> Any:
        catalogue, option = self._picking.catalogue, self._option

        def verdict(value: object) -> bool | str:
            try:
                catalogue.check(option, value, before)
            except ScaffoldError as error:
                return str(error)
            return True

        message = f"{self._place()} {catalogue.text(option.help, before) or self.name}"
        advised, causes = self._picking.course.advised()
        note = f"from {causes[self.name]}" if advised.get(self.name, ...) == default else ""
        choices = catalogue.choices(option, before)
        if option.multiselect:
            chosen = default if isinstance(default, list) else []
            return prompts.several(message, choices, chosen, verdict, note)
        if choices:
            return prompts.select(message, choices, None if default is None else str(default), note)
        if option.type == "bool":
            return prompts.confirm(message, bool(default), note)
        return prompts.text(message, "" if default is None else str(default), verdict, note)

    def _place(self) -> str:
        asked = [each.name for each in self._picking.steps if each.applies()]
        return f"[{asked.index(self.name) + 1}/{len(asked)}]"
