"""Random features, for tests of what is written for them."""

import string
from itertools import count, islice
from random import Random

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from scaffold.errors import BadField, BadName
from scaffold.growing import fields, names
from scaffold.growing.feature import Feature

_WORDS = st.text(string.ascii_lowercase, min_size=1, max_size=12)
_NAMES = st.lists(_WORDS, min_size=1, max_size=2).map("_".join)
_CHOICES = st.lists(
    st.text(string.ascii_letters + string.digits, min_size=1, max_size=20),
    min_size=2,
    max_size=8,
    unique=True,
)
KINDS = [
    *("str", "str:1", "str:80", "text", "int", "decimal", "bool", "date", "datetime"),
    *("uuid", "email", "ref:users"),
]
MARKS = ["", "?", "!", "?!", "!?"]
_TYPES = st.one_of(
    st.sampled_from(KINDS),
    _CHOICES.map(lambda choices: f"enum:{','.join(choices)}"),
)
_MARKS = st.sampled_from(MARKS)


def _is_field(text: str) -> bool:
    try:
        fields.fields([text])
    except BadField:
        return False
    return True


def _is_name(text: str) -> bool:
    try:
        names.name(text, None, "shop")
    except BadName:
        return False
    return True


TYPED = st.tuples(_NAMES, _TYPES, _MARKS).map(lambda parts: f"{parts[0]}:{parts[1]}{parts[2]}")


def _is_set(given: list[str]) -> bool:
    try:
        fields.fields(given)
    except BadField:
        return False
    return True


def typed(chance: Random) -> list[str]:
    """What is typed for a feature of eight random fields: the same for the same chance."""

    def word() -> str:
        return "".join(chance.choices(string.ascii_lowercase, k=chance.randint(3, 12)))

    given = (f"{word()}_{word()}:{chance.choice(KINDS)}{chance.choice(MARKS)}" for _ in count())
    name = next(each for _ in count() if _is_name(each := f"{word()}s"))
    return [name, *islice(filter(_is_field, given), 8)]


def features(*, owned: bool, shown: bool = False) -> SearchStrategy[Feature]:
    """Features of a few fields, with an owner or without, in the admin and on pages or not."""
    return st.builds(
        lambda plural, given, owner, admin, pages: Feature(
            names.name(plural, None, "shop"),
            fields.fields(given),
            owner and owned,
            admin and shown,
            pages and shown,
        ),
        _NAMES.map(lambda word: f"{word}s").filter(_is_name),
        st.lists(TYPED.filter(_is_field), max_size=8).filter(_is_set),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    )
