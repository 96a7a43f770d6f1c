"""Names of features: what follows from the plural, and which are refused."""

import pytest

from scaffold.errors import BadName
from scaffold.growing import names


@pytest.mark.parametrize(
    ("plural", "singular"),
    [
        ("orders", "order"),
        ("order_items", "order_item"),
        ("categories", "category"),
        ("boxes", "box"),
        ("addresses", "address"),
        ("statuses", "status"),
        ("houses", "house"),
        ("analyses", "analysis"),
        ("potatoes", "potato"),
        ("shoes", "shoe"),
        ("knives", "knife"),
        ("leaves", "leaf"),
        ("curves", "curve"),
        ("people", "person"),
        ("school_children", "school_child"),
        ("movies", "movie"),
        ("days", "day"),
        ("news", "news"),
        ("series", "series"),
        ("menus", "menu"),
        ("staff", "staff"),
    ],
)
def test_the_singular_is_found(plural: str, singular: str) -> None:
    assert names.name(plural, None, "shop").singular == singular


def test_the_singular_can_be_said() -> None:
    made = names.name("data_points", "datum", "shop")

    assert (made.plural, made.singular, made.model) == ("data_points", "datum", "Datum")


@pytest.mark.parametrize(
    ("plural", "why"),
    [
        ("Orders", "is no name"),
        ("order-items", "is no name"),
        ("orders_", "is no name"),
        ("_orders", "is no name"),
        ("order__items", "is no name"),
        ("1orders", "is no name"),
        ("", "is no name"),
        ("../orders", "is no name"),
        ("a" * 31, "longer than 30"),
        ("class", "a word of Python"),
        ("match", "a word of Python"),
        ("groups", "a reserved word of SQL"),
        ("jobs", "the template's own"),
        ("users", "the template's own"),
        ("shop", "the package itself"),
        ("texts", "or Text, which is"),
        ("ins", "would be called in"),
        ("exceptions", "or Exception, which is"),
        ("timezones", "would be called timezone"),
        ("selects", "or Select, which is"),
    ],
)
def test_some_names_are_refused_with_the_reason(plural: str, why: str) -> None:
    with pytest.raises(BadName, match=why):
        names.name(plural, None, "shop")


@pytest.mark.parametrize(
    ("singular", "article"), [("order", "an"), ("user_note", "a"), ("box", "a")]
)
def test_one_has_its_article(singular: str, article: str) -> None:
    assert names.name("things", singular, "shop").article == article
