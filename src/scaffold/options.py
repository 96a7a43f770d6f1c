"""What `scaffold options` shows: every question of the catalogue, for people and as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from scaffold import source
from scaffold.catalogue import Catalogue
from scaffold.question import Choice
from scaffold.report import Report, plain


def show(framework: str | None, template: str | None, ref: str | None, to: Report) -> None:
    """Show the questions of a template, for one framework or for all of them.

    Raises:
        ScaffoldError: if the template cannot be read.
        BadAnswer: if it has no such framework.
    """
    with source.opened(template, ref, allow_dirty=True) as found:
        catalogue = Catalogue(found.catalogue(), found.read)
        listed = _listed(catalogue, framework)
    if to.as_json:
        to.json({"template": found.described(), "options": listed})
    else:
        _write(to, listed)


def _listed(catalogue: Catalogue, framework: str | None) -> list[dict[str, Any]]:
    given = {} if framework is None else {"framework": framework}
    answers: dict[str, Any] = {}
    result = []
    for question in catalogue.questions:
        name = question.name
        choices = catalogue.choices(question, answers)
        default: Any = None
        if name in given:
            answers[name] = catalogue.check(question, given[name], answers)
        elif question.has_default:
            answers[name] = default = catalogue.default(question, answers)
        elif choices:
            answers[name] = choices[0].value
        else:
            answers[name] = catalogue.text(question.placeholder, answers)
        result.append(
            {
                "id": name,
                "type": "list" if question.multiselect else question.type,
                "help": catalogue.text(question.help, answers),
                "default": default,
                "required": not question.has_default,
                "choices": [_choice(each) for each in choices],
            }
        )
    return result


def _write(to: Report, listed: Sequence[Mapping[str, Any]]) -> None:
    for each in listed:
        ending = "required" if each["required"] else f"default: {plain(each['default'])}"
        to.say(f"{each['id']}  ({each['type']}, {ending})", "bold")
        to.say(f"  {each['help']}")
        for choice in each["choices"]:
            title = "" if choice["title"] == choice["value"] else choice["title"]
            to.say(f"    {choice['value']:<12} {title}".rstrip())
            if choice["ruled_out"]:
                to.say(f"    {'':<12} ruled out: {choice['ruled_out']}", "yellow")
        to.say()


def _choice(choice: Choice) -> dict[str, Any]:
    return {"value": choice.value, "title": choice.title, "ruled_out": choice.reason or None}
