"""A feature's fields as they are typed: `price:decimal`, `email:email!`, `customer:ref:customers?`."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from scaffold.errors import BadField
from scaffold.growing import names, words

TYPES = (
    "str, str:80, text, int, decimal, bool, date, datetime, uuid, email, enum:a,b, ref:other; "
    "then ? for one that may be null, ! for one that is unique"
)
LONGEST = 28
LONGEST_TEXT = 255
_MOST = 60
_CHOICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}")
_PLAIN = ("text", "int", "decimal", "bool", "date", "datetime", "uuid", "email")
# No index of MySQL takes a whole text, and of two values of a flag or a choice few rows can be unique.
_NEVER_UNIQUE = ("text", "bool", "enum")


class Field(NamedTuple):
    """A field: its name as in the database and in JSON, its kind, and what goes with that."""

    name: str
    kind: str
    length: int = 0
    choices: tuple[str, ...] = ()
    target: str = ""
    is_optional: bool = False
    is_unique: bool = False

    @property
    def label(self) -> str:
        """What people read."""
        return self.stem.replace("_", " ")

    @property
    def stem(self) -> str:
        """The name of what a reference refers to; of others their own."""
        return self.name.removesuffix("_id") if self.kind == "ref" else self.name

    @property
    def alias(self) -> str:
        """The type that has its rules."""
        made = names.camel(self.name)
        return f"{made}Value" if words.taken_as_type(made) else made

    @property
    def is_searched(self) -> bool:
        """Whether `search` looks there."""
        return self.kind in ("str", "text")

    @property
    def is_sorted(self) -> bool:
        """Whether `sort` takes it."""
        return self.kind != "ref"


def fields(given: Sequence[str]) -> tuple[Field, ...]:
    """Return the fields that were typed.

    Raises:
        BadField: if one of them is none, with the reason.
    """
    if len(given) > _MOST:
        raise BadField(f"more than {_MOST} fields: make it two features, with a ref between them")
    found: dict[str, Field] = {}
    taken: set[str] = set()
    for text in given:
        field = _field(text)
        called = {field.name, field.stem}
        if twice := taken & called:
            raise BadField(f"{min(twice)} is there twice")
        taken |= called
        found[field.name] = field
    aliases: dict[str, str] = {}
    for field in found.values():
        other = aliases.setdefault(field.alias, field.name)
        if other != field.name:
            raise BadField(f"{other} and {field.name} are too much alike: rename one of them")
    return tuple(found.values())


def _field(text: str) -> Field:
    name, colon, typed = text.partition(":")
    shown = text[:80]
    if not colon or not typed:
        raise BadField(
            f'"{shown}" is no field: NAME:TYPE, such as title:str; the types are {TYPES}'
        )
    bare = typed.rstrip("?!")
    marks = typed[len(bare) :]
    if len(set(marks)) != len(marks):
        raise BadField(f'"{shown}" has a mark twice: ? once, ! once')
    kind, _, rest = bare.partition(":")
    field = Field(name, kind, is_optional="?" in marks, is_unique="!" in marks)
    match kind:
        case "str":
            field = field._replace(length=_length(shown, rest) if ":" in bare else LONGEST_TEXT)
        case "enum":
            field = field._replace(choices=_choices(shown, rest))
        case "ref":
            if not names.SHAPE.fullmatch(rest):
                raise BadField(f'"{shown}" refers to nothing: ref:NAME, such as ref:users')
            field = field._replace(name=f"{name.removesuffix('_id')}_id", target=rest)
        case _ if kind not in _PLAIN or ":" in bare:
            raise BadField(f'"{shown}" has no type that is known: {TYPES}')
    _check_name(name, field.name)
    if field.is_unique and kind in _NEVER_UNIQUE:
        raise BadField(f"{field.name} cannot be unique: {kind} has no index for that")
    return field


def _check_name(typed: str, name: str) -> None:
    if not names.SHAPE.fullmatch(typed):
        raise BadField(
            f'"{typed[:80]}" is no name: lower-case letters, digits and single underscores, as in due_date'
        )
    if len(name) > LONGEST:
        raise BadField(f"{name[:80]} is longer than {LONGEST} characters")
    # A reference has its column's name, and in Django another without the end.
    if reason := words.taken_as_field(name) or words.taken_as_word(name.removesuffix("_id")):
        raise BadField(f"{name} is {reason}: take another name for the field")


def _length(shown: str, rest: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,2}", rest) or int(rest) > LONGEST_TEXT:
        raise BadField(f'"{shown}" has no length from 1 to {LONGEST_TEXT}: take text for more')
    return int(rest)


def _choices(shown: str, rest: str) -> tuple[str, ...]:
    choices = tuple(rest.split(","))
    if len(choices) < 2 or not all(map(_CHOICE.fullmatch, choices)):
        raise BadField(
            f'"{shown}" has no choices: two or more, with commas between them, each of letters, digits, '
            "- and _, as in enum:open,paid"
        )
    if len(set(choices)) != len(choices):
        raise BadField(f'"{shown}" has a choice twice')
    return choices
