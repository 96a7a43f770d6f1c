"""What was answered, checked: the words of a file as the rubric's own answers."""

from collections.abc import Mapping

from scaffold.advisor.rubric import UNSURE, Given, Question, Rubric
from scaffold.catalogue.option import unknown
from scaffold.errors import BadAnswer, UnknownQuestion

# Nothing, as JSON and YAML write it.
_NOTHING = (None, "", "null", "~")
# What YAML 1.1 makes of a yes or no, and what people write for it.
_SPELLINGS = {"true": "yes", "on": "yes", "false": "no", "off": "no"}


def read(rubric: Rubric, raw: Mapping[str, object]) -> Given:
    """Return the answers of a file; "unsure", nothing and an empty list count as unanswered.

    Raises:
        UnknownQuestion: if there is no question of a name.
        BadAnswer: if a question does not take its answer.
    """
    given: dict[str, str | tuple[str, ...]] = {}
    for name, value in raw.items():
        if name not in rubric.questions:
            raise UnknownQuestion(unknown("question", name, list(rubric.questions)))
        answer = check(rubric.questions[name], value)
        if answer not in (UNSURE, ()):
            given[name] = answer
    return {id: given[id] for id in rubric.questions if id in given}


def check(question: Question, value: object) -> str | tuple[str, ...]:
    """Return a value as an answer to a question.

    Raises:
        BadAnswer: if it is none.
    """
    takes = f"give {'any of ' if question.several else ''}{', '.join(question.possible)}"
    if question.several:
        if value in (*_NOTHING, UNSURE):
            return ()
        if not isinstance(value, (list, tuple)):
            raise BadAnswer(
                f"{question.id}: it takes a list, such as [{question.possible[0]}]: {takes}"
            )
        known = [_word(question, each, takes) for each in value]
        return tuple(each for each in question.answers if each in known)
    if value in _NOTHING:
        return UNSURE
    return _word(question, value, takes)


def _word(question: Question, value: object, takes: str) -> str:
    if isinstance(value, (list, tuple, dict)):
        kind = "a map" if isinstance(value, dict) else "a list"
        raise BadAnswer(f"{question.id}: it takes one answer, not {kind}: {takes}")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    word = text if text in question.possible else text.casefold()
    word = _SPELLINGS.get(word, word)
    if word not in question.possible:
        raise BadAnswer(f'{question.id}: "{text[:60]}" is not one of its answers: {takes}')
    return word
