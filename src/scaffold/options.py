"""What `scaffold options` shows: every question of the catalogue, for people and as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from scaffold import skeleton, source
from scaffold.catalogue import Catalogue
from scaffold.question import Answer, Choice, Question
from scaffold.report import Report
from scaffold.values import plain

Entry = dict[str, Any]


def show(framework: str | None, template: str | None, ref: str | None, to: Report) -> None:
    """Show the questions of a template, for one framework or for all of them.

    Raises:
        ScaffoldError: if the template cannot be read.
        BadAnswer: if it has no such framework.
    """
    with source.opened(template, ref, allow_dirty=True) as found:
        catalogue = Catalogue(found.catalogue(), found.read)
        if framework is not None:
            listed = _listed(catalogue, framework)
        else:
            every = {each: _listed(catalogue, each) for each in skeleton.frameworks(catalogue)}
            listed = _merged(every) if every else _listed(catalogue, None)
    if to.as_json:
        to.json({"template": found.described(), "options": listed})
    else:
        _write(to, listed)


def _listed(catalogue: Catalogue, framework: str | None) -> list[Entry]:
    given = {} if framework is None else {skeleton.FRAMEWORK: framework}
    answers: dict[str, Answer] = {}
    result = []
    for question in catalogue.questions:
        name = question.name
        choices = catalogue.choices(question, answers)
        default: Answer = None
        applies = catalogue.applies(question, answers)
        ruled_out = None if applies else catalogue.beside(question, answers)
        answer = _answer(catalogue, question, choices, answers)
        if question.has_default:
            default = answer
        if name in given:
            answer = catalogue.check(question, given[name], answers)
        if applies:
            answers[name] = answer
        result.append(
            {
                "id": name,
                "type": "list" if question.multiselect else question.type,
                "help": catalogue.text(question.help, answers),
                "default": default,
                "required": not question.has_default,
                "ruled_out": ruled_out,
                "choices": [_choice(each) for each in choices],
            }
        )
    return result


def _answer(
    catalogue: Catalogue,
    question: Question,
    choices: Sequence[Choice],
    answers: Mapping[str, Answer],
) -> Answer:
    """Return what is taken for the answer while the later questions are listed."""
    if question.has_default:
        return catalogue.default(question, answers)
    return choices[0].value if choices else catalogue.text(question.placeholder, answers)


def _choice(choice: Choice) -> Entry:
    return {"value": choice.value, "title": choice.title, "ruled_out": choice.reason or None}


def _merged(every: Mapping[str, list[Entry]]) -> list[Entry]:
    """Return what holds for all frameworks; where some of them rule out, which ones do is said."""
    result = []
    for versions in zip(*every.values(), strict=True):
        merged = {**versions[0], "ruled_out": _reasons(every, versions)}
        merged["choices"] = [
            {**each[0], "ruled_out": _reasons(every, each)}
            for each in zip(*(version["choices"] for version in versions), strict=True)
        ]
        result.append(merged)
    return result


def _reasons(frameworks: Mapping[str, Any], versions: Sequence[Entry]) -> str | None:
    said = {
        framework: version["ruled_out"]
        for framework, version in zip(frameworks, versions, strict=True)
        if version["ruled_out"]
    }
    if len(said) == len(frameworks) and len(set(said.values())) == 1:
        return str(versions[0]["ruled_out"])
    named = (
        reason
        if f"framework={framework}" in reason.partition(":")[0]
        else f"with {framework}: {reason}"
        for framework, reason in said.items()
    )
    return "; ".join(named) or None


def _write(to: Report, listed: Sequence[Entry]) -> None:
    for each in listed:
        kind = "yes or no" if each["type"] == "bool" else each["type"]
        ending = "required" if each["required"] else f"default: {plain(each['default'])}"
        to.say(f"{each['id']}  ({kind}, {ending})", "bold")
        to.say(f"  {each['help']}")
        if each["ruled_out"]:
            to.say(f"  ruled out: {each['ruled_out']}", "yellow")
        for choice in each["choices"]:
            title = "" if choice["title"] == choice["value"] else choice["title"]
            to.say(f"    {choice['value']:<12} {title}".rstrip())
            if choice["ruled_out"]:
                to.say(f"    {'':<12} ruled out: {choice['ruled_out']}", "yellow")
        to.say()
