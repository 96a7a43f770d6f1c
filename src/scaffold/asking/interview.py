"""The interview at the prompts: what is being built."""

from collections.abc import Mapping
from functools import cached_property

from scaffold.advisor.advice import Recommendation, recommend, remaining
from scaffold.advisor.influence import matters
from scaffold.advisor.rubric import UNSURE, Given, Question, Rubric, several
from scaffold.advisor.words import shown
from scaffold.asking import prompts
from scaffold.asking.memory import Memory, marked
from scaffold.asking.walk import Outcome, Step
from scaffold.catalogue.option import Choice

_NOTHING: tuple[str | tuple[str, ...], ...] = (UNSURE, ())


class Interview:
    """The questions of the rubric, and the answers that have been given to them."""

    def __init__(self, rubric: Rubric, ruled_out: Mapping[str, str], memory: Memory) -> None:
        """Take up the answers that the memory has; it keeps the new ones too."""
        self.rubric = rubric
        self.ruled_out = ruled_out
        self.memory = memory
        # What another version kept may be no answer any more.
        memory.interview = {
            id: answer
            for id, answer in memory.interview.items()
            if id in rubric.questions
            and isinstance(answer, tuple) is rubric.questions[id].several
            and set(several(answer)) <= set(rubric.questions[id].possible)
        }
        self._left = remaining(rubric, ruled_out)
        self._known: dict[object, bool] = {}

    @cached_property
    def steps(self) -> list[Step]:
        """Its prompts, in order."""
        return [_QuestionStep(self, question) for question in self.rubric.questions.values()]

    def advice(self) -> Recommendation | None:
        """Return what the answers so far recommend."""
        return recommend(self.rubric, self.given(), self.ruled_out)

    def given(self, until: Question | None = None) -> Given:
        """Return what is answered before a question, what the purpose answers by itself included."""
        given: dict[str, str | tuple[str, ...]] = {}
        for question in self.rubric.questions.values():
            if question is until:
                break
            answer = self.answer(question, given)
            if answer not in _NOTHING:
                given[question.id] = answer
        return given

    def answer(self, question: Question, before: Given) -> str | tuple[str, ...]:
        """Return the answer to a question: the one chosen, or what the purpose says of it."""
        own = question.id in self.memory.interview and question.id not in self.memory.presumed
        if own and self.is_open(question, before):
            return self.memory.interview[question.id]
        return self.prefilled(question, before) or (() if question.several else UNSURE)

    def prefilled(self, question: Question, before: Given) -> str | None:
        """Return what the purpose says of a question."""
        purpose = before.get("purpose")
        if not isinstance(purpose, str):
            return None
        return self.rubric.questions["purpose"].answers[purpose].prefills.get(question.id)

    def is_open(self, question: Question, before: Given) -> bool:
        """Return whether a question is asked: it sets a default, or the framework can hang on it."""
        if question.sets_defaults:
            return True
        later = list(self.rubric.questions)
        later = [each for each in later[later.index(question.id) + 1 :] if each not in before]
        return self._matters(question, before, later)

    def place(self, question: Question) -> str:
        """Return how far the interview is at a question, such as "[3/9]"; the total can only shrink."""
        before = self.given(question)
        questions = list(self.rubric.questions.values())
        number = questions.index(question)
        asked = sum(self.is_open(each, self.given(each)) for each in questions[:number])
        unasked = [each.id for each in questions[number:]]
        coming = sum(
            each.sets_defaults
            or self._matters(each, before, [other for other in unasked if other != each.id])
            for each in questions[number + 1 :]
        )
        return f"[{asked + 1}/{asked + 1 + coming}]"

    def _matters(self, question: Question, before: Given, later: list[str]) -> bool:
        key = (question.id, tuple(before.items()), tuple(later))
        if key not in self._known:
            self._known[key] = matters(self.rubric, before, later, question, self._left)
        return self._known[key]


class _QuestionStep:
    """The prompt for one question of the rubric."""

    def __init__(self, interview: Interview, question: Question) -> None:
        self.name = question.id
        self._interview = interview
        self._question = question

    def applies(self) -> bool:
        before = self._interview.given(self._question)
        return self._interview.is_open(self._question, before)

    def current(self) -> str | None:
        answer = self._interview.memory.interview.get(self.name)
        before = self._interview.given(self._question)
        stands = answer is not None and answer == self._interview.answer(self._question, before)
        return shown(answer) if stands else None

    def ask(self) -> Outcome:
        question, interview = self._question, self._interview
        before = interview.given(question)
        now = interview.answer(question, before)
        memory = interview.memory
        fresh = question.id not in memory.interview or question.id in memory.presumed
        note = "from purpose" if fresh and interview.prefilled(question, before) else ""
        message = f"{interview.place(question)} {question.asks}"
        choices = [Choice(id, weight.title) for id, weight in question.answers.items()]
        if question.several:
            chosen = now if isinstance(now, tuple) else ()
            answer = prompts.several(message, choices, chosen, lambda _: True, note)
        else:
            # First, so that whoever only presses Enter has said nothing.
            choices.insert(0, Choice(UNSURE, "Not sure"))
            answer = prompts.select(message, choices, str(now), note)
        if answer is prompts.BACK:
            return Outcome.BACK
        answer = tuple(answer) if isinstance(answer, list) else answer
        memory.interview[question.id] = answer
        follows = fresh and answer == now
        memory.presumed = marked(memory.presumed, question.id, follows=follows)
        return Outcome.ON
