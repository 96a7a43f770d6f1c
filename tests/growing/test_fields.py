"""Fields as they are typed: what is made of them, and which are refused."""

import pytest

from scaffold.errors import BadField
from scaffold.growing.fields import Field, fields


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ("title:str", Field("title", "str", length=255)),
        ("title:str:80", Field("title", "str", length=80)),
        ("title:str:80!?", Field("title", "str", length=80, is_optional=True, is_unique=True)),
        ("note:text?", Field("note", "text", is_optional=True)),
        ("total:decimal", Field("total", "decimal")),
        ("email:email!", Field("email", "email", is_unique=True)),
        ("state:enum:open,paid", Field("state", "enum", choices=("open", "paid"))),
        ("customer:ref:users", Field("customer_id", "ref", target="users")),
        ("customer_id:ref:users?", Field("customer_id", "ref", target="users", is_optional=True)),
    ],
)
def test_a_field_is_read(typed: str, field: Field) -> None:
    assert fields([typed]) == (field,)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("title", "is no field"),
        ("title:", "is no field"),
        ("title:string", "has no type that is known"),
        ("title:int:5", "has no type that is known"),
        ("title:str:", "has no length"),
        ("title:str:0", "has no length"),
        ("title:str:256", "has no length"),
        ("title:str??", "a mark twice"),
        ("Title:str", "is no name"),
        ("two words:str", "is no name"),
        ("state:enum", "has no choices"),
        ("state:enum:open", "has no choices"),
        ('state:enum:a",b', "has no choices"),
        ("state:enum:a,a", "a choice twice"),
        ("customer:ref", "refers to nothing"),
        ("note:text!", "cannot be unique"),
        ("paid:bool!", "cannot be unique"),
        ("id:uuid", "every feature has"),
        ("created_at:datetime", "every feature has"),
        ("order:int", "a reserved word of SQL"),
        ("class:str", "a word of Python"),
        ("metadata:text", "something of their own"),
        ("model_name:str", "something of their own"),
        ("list:str", "Python has for something else"),
        ("a" * 29 + ":str", "longer than 28"),
    ],
)
def test_some_fields_are_refused_with_the_reason(typed: str, why: str) -> None:
    with pytest.raises(BadField, match=why):
        fields([typed])


def test_no_two_fields_have_one_name() -> None:
    with pytest.raises(BadField, match="customer_id is there twice"):
        fields(["customer:ref:users", "customer_id:uuid"])
    with pytest.raises(BadField, match="boss is there twice"):
        fields(["boss:str", "boss:ref:users"])
