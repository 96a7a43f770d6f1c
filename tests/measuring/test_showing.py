"""The picture and the page of any figures: well-formed, without a script, and with every figure in them."""

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from xml.etree import ElementTree

import pytest
from conftest import contents
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.errors import BadDestination, ScaffoldError
from scaffold.measuring import chart, publishing, table, words

from .seen import runs

SVG = "{http://www.w3.org/2000/svg}"


@settings(max_examples=40)
@given(runs())
def test_the_picture_is_text_and_rectangles(seen: dict[str, Any]) -> None:
    root = ElementTree.fromstring(chart.picture(seen))
    kinds = {each.tag.removeprefix(SVG) for each in root.iter()}
    assert kinds == {"svg", "title", "desc", "style", "rect", "line", "text"}
    assert not {name for each in root.iter() for name in each.attrib if name.startswith("on")}
    style = next(root.iter(f"{SVG}style")).text or ""
    assert "prefers-color-scheme: dark" in style
    assert "url(" not in style
    shown = [each.text for each in root.iter(f"{SVG}text")]
    for service in seen["services"]:
        assert service["name"] in shown
        for load in service["loads"]:
            assert words.rate(load) in shown


@settings(max_examples=40)
@given(runs())
def test_bars_are_as_long_as_their_figures_are_large(seen: dict[str, Any]) -> None:
    root = ElementTree.fromstring(chart.picture(seen))
    bars = [each for each in root.iter(f"{SVG}rect") if each.get("rx") == "1"]
    many = len(words.levels(seen))
    live = [float(each.attrib["width"]) for each in bars[: 3 * many]]
    rates = [
        words.load(service, "live", level)["requests_per_second"]
        for service in seen["services"]
        for level in words.levels(seen)
    ]
    pairs = sorted(zip(rates, live, strict=True))
    assert [width for _, width in pairs] == sorted(live)


@settings(max_examples=40)
@given(runs())
def test_every_row_of_a_table_has_every_column(seen: dict[str, Any]) -> None:
    page = table.page(seen, "bench.svg")
    assert page.startswith(table.MARK)
    assert "](bench.svg)" in page
    for block in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
        rows = block.splitlines()
        assert len({row.count("|") for row in rows}) == 1


@given(st.floats(0.01, 9e8))
def test_numbers_keep_what_means_something(value: float) -> None:
    shown = float(words.number(value).replace(",", ""))
    assert shown == pytest.approx(value, rel=0.006, abs=0.006)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (0.4, "0.40"), (7.804, "7.80"), (99.96, "100"), (999.6, "1,000"), (4344.2, "4,340")],
)
def test_numbers_as_they_are_read(value: float, shown: str) -> None:
    assert words.number(value) == shown


@settings(max_examples=10)
@given(seen=runs(), again=runs())
def test_a_run_replaces_the_last_one(seen: dict[str, Any], again: dict[str, Any]) -> None:
    with TemporaryDirectory() as place:
        folder = Path(place, "docs", "bench")
        for each in (seen, again):
            publishing.check(folder)
            files = publishing.publish(each, folder)
        assert {Path(file).name for file in files} == set(contents(folder))
        assert json.loads((folder / "bench.json").read_text()) == again


@settings(max_examples=5)
@given(runs())
def test_what_cannot_be_written_leaves_nothing(seen: dict[str, Any]) -> None:
    with TemporaryDirectory() as place:
        (Path(place) / "bench.json").mkdir()
        with pytest.raises(BadDestination):
            publishing.check(Path(place))
        with pytest.raises(ScaffoldError, match="cannot be written"):
            publishing.publish(seen, Path(place))
        assert [each.name for each in Path(place).iterdir() if each.name.startswith(".")] == []
