"""What a project remembers of its template: the source, the version and the answers."""

from pathlib import Path
from typing import Any, NamedTuple

from scaffold.catalogue import bounded, values
from scaffold.catalogue.catalogue import Catalogue
from scaffold.catalogue.option import Answer
from scaffold.errors import BadAnswer, BadProject, UnknownOption
from scaffold.making.generate import ANSWERS

BACK = f"put back what it was (git log -p {ANSWERS})"


class Recorded(NamedTuple):
    """Source and version as Copier recorded them, and the answers as they are in the file."""

    source: str
    commit: str
    answers: dict[str, Any]


def folder(given: str | None) -> Path:
    """Return the folder of the project that the command line means.

    Raises:
        BadProject: if there is no project that follows a template.
    """
    try:
        place = Path.cwd() / Path(given or ".").expanduser()
        place = place.resolve(strict=True)
        if (place / ANSWERS).is_file():
            return place
    except (OSError, RuntimeError, ValueError) as error:
        raise BadProject(f'the project "{(given or ".")[:80]}" cannot be read: {error}') from error
    above = next((each for each in place.parents if (each / ANSWERS).is_file()), None)
    hint = f"the project is {above}: go there, or give -C" if above else "give -C PROJECT"
    raise BadProject(f"{place} is no project that follows a template, it has no {ANSWERS}: {hint}")


def read(project: Path) -> Recorded:
    """Return what a project remembers.

    Raises:
        BadProject: if that cannot be read, or lacks what an update needs.
    """
    try:
        with (project / ANSWERS).open("rb") as file:
            data = bounded.typed(bounded.read(file))
    except (OSError, ValueError) as error:
        raise BadProject(f"{ANSWERS} cannot be read: {error}: {BACK}") from error
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise BadProject(f"{ANSWERS} is not a map of answers: {BACK}")
    for name, why in (
        ("_src_path", "nobody knows which template the project follows"),
        (
            "_commit",
            "nobody knows which version the project is of, as of one made from a folder without history",
        ),
    ):
        if data.get(name) not in (None, "") and not isinstance(data[name], str):
            shown = values.show(data[name])
            raise BadProject(f"{ANSWERS} was edited: {name}: {shown} is no text: {BACK}")
        if not data.get(name):
            raise BadProject(f"{ANSWERS} has no {name}, so {why}: {BACK}")
    answers = {name: value for name, value in data.items() if not name.startswith("_")}
    return Recorded(data["_src_path"], data["_commit"], answers)


def check(recorded: Recorded, catalogue: Catalogue) -> dict[str, Answer]:
    """Return the answers as the version of the template that they were given to reads them.

    Raises:
        BadProject: if that version does not take them: somebody edited the file.
    """
    for name in recorded.answers:
        try:
            catalogue.option(name)
        except UnknownOption as error:
            raise BadProject(f"{ANSWERS} was edited: {error}: {BACK}") from error
    answers: dict[str, Answer] = {}
    for option in catalogue.options:
        name = option.name
        applies = catalogue.applies(option, answers)
        if name not in recorded.answers:
            if applies and not option.is_secret:
                raise BadProject(f"{ANSWERS} has no answer for {name}: {BACK}")
            continue
        if not applies:
            beside = catalogue.beside(option, answers)
            raise BadProject(f"{ANSWERS} was edited: {name}: {beside}: {BACK}")
        given = recorded.answers[name]
        try:
            answer = catalogue.check(option, given, answers)
        except BadAnswer as error:
            raise BadProject(f"{ANSWERS} was edited: {error}: {BACK}") from error
        if type(answer) is not type(given):
            shown = values.show(given)
            raise BadProject(f"{ANSWERS} was edited: {name}: {shown} is no {option.type}: {BACK}")
        answers[name] = answer
    return answers
