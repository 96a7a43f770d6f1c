"""A feature's names: the plural as it was typed, and what follows from it."""

import re
from typing import NamedTuple

from scaffold.errors import BadName
from scaffold.growing import words

LONGEST = 30
SHAPE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_IRREGULAR = {
    "children": "child",
    "criteria": "criterion",
    "feet": "foot",
    "geese": "goose",
    "indices": "index",
    "matrices": "matrix",
    "men": "man",
    "mice": "mouse",
    "movies": "movie",
    "cookies": "cookie",
    "oxen": "ox",
    "people": "person",
    "phenomena": "phenomenon",
    "quizzes": "quiz",
    "teeth": "tooth",
    "ties": "tie",
    "vertices": "vertex",
    "women": "woman",
}
# An ending, and what stands there in the singular; the first that fits counts.
_ENDINGS = (
    (r"(analy|cri|diagno|hypothe|paren|synop|the)ses", r"\1sis"),
    (r"(alias|bus|campus|status|virus|bonus|gas|lens)es", r"\1"),
    (r"(cal|el|hal|lea|loa|sel|shel|thie|wol)ves", r"\1f"),
    (r"(kni|li|wi)ves", r"\1fe"),
    (r"([^aeiou]|qu)ies", r"\1y"),
    (r"(s[sh]|ch|x|zz)es", r"\1"),
    (r"(ech|her|potat|tomat|vet)oes", r"\1o"),
    (r"(.*[^s])s", r"\1"),
)
_UNCHANGED = re.compile(
    r"(.*_)?(equipment|information|news|series|sheep|species|[a-z]*(ss|is|status|virus|campus))"
)


class Name(NamedTuple):
    """What a feature is called: `orders`, each of them an `order`."""

    plural: str
    singular: str

    @property
    def model(self) -> str:
        """The class of one of them."""
        return camel(self.singular)

    @property
    def many(self) -> str:
        """What people read of several."""
        return self.plural.replace("_", " ")

    @property
    def one(self) -> str:
        """What people read of one."""
        return self.singular.replace("_", " ")

    @property
    def article(self) -> str:
        """What stands before one: a vowel that is not spoken as "you" takes "an"."""
        vowel = re.match(r"(?!(use|uni[a-z]|eu|one|once))[aeiou]", self.singular)
        return "an" if vowel else "a"


def name(plural: str, singular: str | None, package: str) -> Name:
    """Return the names of a feature.

    Raises:
        BadName: if one of them cannot be used, with the reason.
    """
    _check_shape("NAME", plural)
    if reason := words.taken_as_feature(plural):
        raise BadName(f"{plural} is {reason}: take another name")
    if plural == package:
        raise BadName(f"{plural} is the name of the package itself: take another name")
    made = Name(plural, _singular(plural) if singular is None else singular)
    _check_shape("--singular", made.singular)
    if reason := words.taken_as_class(made.model) or words.taken_as_variable(made.singular):
        raise BadName(
            f"one of {plural} would be called {made.singular}, or {made.model}, which is {reason}: --singular NAME"
        )
    return made


def camel(snake: str) -> str:
    """Return the name of a class."""
    return "".join(part.capitalize() for part in snake.split("_"))


def _check_shape(what: str, given: str) -> None:
    if not SHAPE.fullmatch(given):
        raise BadName(
            f'{what} "{given[:80]}" is no name: lower-case letters, digits and single underscores, '
            "as in order_items"
        )
    if len(given) > LONGEST:
        raise BadName(f"{what} {given[:80]} is longer than {LONGEST} characters")


def _singular(plural: str) -> str:
    before, mark, last = plural.rpartition("_")
    if _UNCHANGED.fullmatch(last):
        return plural
    if last in _IRREGULAR:
        return f"{before}{mark}{_IRREGULAR[last]}"
    for ending, replacement in _ENDINGS:
        found = re.sub(rf"{ending}$", replacement, last)
        if found != last:
            return f"{before}{mark}{found}"
    return plural
