"""What a framework's skeleton can give: the catalogue's word on the options that were given or advised."""

from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType

from scaffold.advisor.advice import Default, Recommendation
from scaffold.advisor.rubric import Remark, Rubric
from scaffold.catalogue.catalogue import Catalogue
from scaffold.catalogue.option import Answer, Option
from scaffold.errors import BadAnswer, TemplateFailed

FRAMEWORK = "framework"
_SOURCE = "the catalogue of options"


def frameworks(catalogue: Catalogue) -> list[str]:
    """Return the frameworks that the template has skeletons for; none if it does not ask for one."""
    asked = [each for each in catalogue.options if each.name == FRAMEWORK]
    return [choice.value for each in asked for choice in catalogue.choices(each, {})]


def ruled_out(catalogue: Catalogue, given: Mapping[str, object]) -> dict[str, str]:
    """Return why the options that were given cannot be had with some frameworks.

    Raises:
        UnknownOption, BadAnswer: if they cannot be had with any.
    """
    options = {name: value for name, value in given.items() if name != FRAMEWORK}
    refusals: dict[str, BadAnswer] = {}
    available = frameworks(catalogue)
    for framework in available:
        try:
            check(catalogue, {FRAMEWORK: framework, **options})
        except BadAnswer as error:
            refusals[framework] = error
    if refusals and len(refusals) == len(available):
        raise next(iter(refusals.values()))
    return {framework: str(error) for framework, error in refusals.items()}


def check(catalogue: Catalogue, given: Mapping[str, object]) -> None:
    """Check what was given as far as that can be done before the rest is answered.

    Raises:
        UnknownOption, BadAnswer: if something in it cannot be used.
    """
    for name in given:
        catalogue.option(name)
    answers: dict[str, Answer] = {}
    for option in catalogue.options:
        if option.name in given:
            with suppress(TemplateFailed):  # It hangs on an answer that is yet to come.
                if not catalogue.applies(option, answers):
                    raise BadAnswer(f"{option.name}: {catalogue.beside(option, answers)}")
                answers[option.name] = catalogue.check(option, given[option.name], answers)


def fitted(
    catalogue: Catalogue,
    rubric: Rubric,
    advice: Recommendation,
    framework: str,
    given: Mapping[str, object] = MappingProxyType({}),
) -> Recommendation:
    """Return the recommendation with the defaults that a framework's skeleton has; none for what is `given`.

    What only other skeletons have becomes a caution; what none has is not spoken of.
    """
    if framework not in frameworks(catalogue):
        return advice._replace(defaults=())
    wanted = {each.option: each for each in advice.defaults}
    answers: dict[str, Answer] = {FRAMEWORK: framework}
    # An expression costs an import: an option with one is left until another hangs on its answer.
    conditional: list[Option] = []
    kept: list[Default] = []
    lacking: list[Remark] = []
    for option in catalogue.options:
        default = wanted.get(option.name)
        if option.name in given:
            with suppress(BadAnswer, TemplateFailed):
                answers[option.name] = catalogue.check(option, given[option.name], answers)
            continue
        if default is None:
            if not isinstance(option.when, bool) or "{{" in str(option.default):
                conditional.append(option)
            elif _chooses(option) and option.name not in answers:
                answers[option.name] = catalogue.suggestion(option, {}, answers)
            continue
        if not _exists(catalogue, option, default.value, answers):
            continue
        if not isinstance(option.when, bool):
            _settle(catalogue, conditional, answers)
        try:
            if not catalogue.applies(option, answers):
                raise BadAnswer(f"{option.name}: {catalogue.beside(option, answers)}")
            answers[option.name] = catalogue.check(option, default.value, answers)
            kept.append(default)
        except BadAnswer as error:
            title = rubric.frameworks.get(framework, framework)
            lacking.append(
                Remark(f"{default.cause} asks for what {title} lacks here: {error}", _SOURCE)
            )
    return advice._replace(defaults=tuple(kept), lacking=tuple(lacking))


def _chooses(option: Option) -> bool:
    """Return whether the answers to an option are known, so that another may hang on them."""
    return bool(option.choices) or option.type == "bool"


def _exists(
    catalogue: Catalogue, option: Option, value: Answer, answers: dict[str, Answer]
) -> bool:
    """Return whether an option has such a value, ruled out or not."""
    if option.type == "bool":
        return isinstance(value, bool)
    wanted = value if isinstance(value, list) else [value]
    return catalogue.values(option, answers).issuperset(wanted)


def _settle(catalogue: Catalogue, left: list[Option], answers: dict[str, Answer]) -> None:
    """Answer the options that were left, as far as they are asked."""
    for option in left:
        if _chooses(option) and catalogue.applies(option, answers):
            answers[option.name] = catalogue.suggestion(option, {}, answers)
    left.clear()
