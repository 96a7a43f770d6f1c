"""A line more in a list of the project, or the line to add by hand."""

from pathlib import Path

import pytest

from scaffold.growing.feature import Feature
from scaffold.growing.found import Found
from scaffold.growing.names import Name
from scaffold.growing.registration import Entry, added, entries

ENTRY = Entry("features.py", "FEATURES", '"orders",')


@pytest.mark.parametrize("brackets", ["()", "[]"])
def test_a_line_comes_to_the_end(brackets: str) -> None:
    opened, closed = tuple(brackets)
    text = (
        f'"""Features."""\n\nFEATURES = {opened}\n    "users",\n    # Yours.\n{closed}\n\nX = 1\n'
    )

    assert added(text, ENTRY) == text.replace(
        f"# Yours.\n{closed}", f'# Yours.\n    "orders",\n{closed}'
    )


def test_lines_end_as_they_did() -> None:
    assert added('FEATURES = (\r\n    "users",\r\n)\r\n', ENTRY) == (
        'FEATURES = (\r\n    "users",\r\n    "orders",\r\n)\r\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        'FEATURES = ("users",)\n',
        'FEATURES = (\n    "users"\n)\n',
        'FEATURES = ["users"] + MORE\n',
        "FEATURES = tuple(find())\n",
        "from .mine import FEATURES\n",
        "FEATURES = (\n",
        'FEATURES = (\n    "a", "b",\n)\n',
        'FEATURES = (\n    "a",\n)\nFEATURES = (\n    "a",\n)\n',
    ],
)
def test_a_list_of_another_form_is_left_alone(text: str) -> None:
    assert added(text, ENTRY) is None


def test_a_link_stands_first_in_the_navigation() -> None:
    project = Found(Path(), "shop", {"framework": "django", "api": "ninja"})
    navigation = '<nav aria-label="Main">\n  <a href="/">Home</a>\n</nav>\n'
    feature = Feature(Name("orders", "order"), (), has_pages=True)

    *_, paths, link = entries(project, feature)

    assert paths == Entry(
        "src/shop/urls.py", "urlpatterns", 'path("", include("shop.orders.pages")),'
    )
    opened = '<nav aria-label="Main">'
    assert added(navigation, link) == navigation.replace(opened, f"{opened}\n  {link.line}")
    assert added(navigation.replace("Main", "Mine"), link) is None


def test_with_drf_the_paths_are_included() -> None:
    project = Found(Path(), "shop", {"framework": "django", "api": "drf"})
    rest = 'urlpatterns = [\n    path("", include("shop.users.urls")),\n]\n'

    app, paths = entries(project, Feature(Name("orders", "order"), ()))

    assert app == Entry("src/shop/settings.py", "INSTALLED_APPS", '"shop.orders",')
    assert added(rest, paths) == rest.replace("]", '    path("", include("shop.orders.urls")),\n]')
