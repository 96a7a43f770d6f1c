"""What `scaffold options` shows: every option of the catalogue, for people and as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from scaffold.catalogue.catalogue import Catalogue
from scaffold.catalogue.option import Answer, Choice, Option
from scaffold.catalogue.values import plain
from scaffold.commands import proven
from scaffold.deciding import fitting
from scaffold.report import Report
from scaffold.template import opening

Entry = dict[str, Any]


def show(
    framework: str | None, template: str | None, ref: str | None, to: Report, *, evidence: bool
) -> None:
    """Show the options of a template, for one framework or for all of them, or what is proven of them.

    Raises:
        ScaffoldError: if the template cannot be read.
        BadAnswer: if it has no such framework.
        UsageError: if it is another's, and what is proven was asked for.
    """
    with opening.opened(template, ref, allow_dirty=True) as found:
        catalogue = Catalogue(found.catalogue(), found.read)
        if framework is not None:
            listed = _listed(catalogue, framework)
        else:
            every = {each: _listed(catalogue, each) for each in fitting.frameworks(catalogue)}
            listed = _merged(every) if every else _listed(catalogue, None)
        if evidence:
            proven.show(found, listed, framework, to)
            return
    if to.as_json:
        to.json({"template": found.described(), "options": listed})
    else:
        _write(to, listed)


def _listed(catalogue: Catalogue, framework: str | None) -> list[Entry]:
    given = {} if framework is None else {fitting.FRAMEWORK: framework}
    answers: dict[str, Answer] = {}
    result = []
    for option in catalogue.options:
        name = option.name
        choices = catalogue.choices(option, answers)
        default: Answer = None
        applies = catalogue.applies(option, answers)
        ruled_out = None if applies else catalogue.beside(option, answers)
        answer = _answer(catalogue, option, choices, answers)
        if option.has_default:
            default = answer
        if name in given:
            answer = catalogue.check(option, given[name], answers)
        if applies:
            answers[name] = answer
        result.append(
            {
                "id": name,
                "type": "list" if option.multiselect else option.type,
                "help": catalogue.text(option.help, answers),
                "default": default,
                "required": not option.has_default,
                "ruled_out": ruled_out,
                "choices": [_choice(each) for each in choices],
            }
        )
    return result


def _answer(
    catalogue: Catalogue,
    option: Option,
    choices: Sequence[Choice],
    answers: Mapping[str, Answer],
) -> Answer:
    """Return what is taken for the answer while the later options are listed."""
    if option.has_default:
        return catalogue.default(option, answers)
    return choices[0].value if choices else catalogue.text(option.placeholder, answers)


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
