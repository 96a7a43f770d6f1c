"""The measured figures stand in the documents as they were measured, and say what follows from them."""

import json
import re
from typing import Any

import pytest
from conftest import ROOT
from scripts import script

from scaffold.measuring import chart, table

FOLDER = ROOT / "docs" / "bench"
SEEN: dict[str, Any] = json.loads((FOLDER / "bench.json").read_text(encoding="utf-8"))

MEASURED = script("measured")
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in MEASURED.DOCUMENTS}


@pytest.mark.parametrize("name", TEXTS)
def test_the_figures_are_those_of_the_run(name: str) -> None:
    assert "<!-- figures: claims -->" in TEXTS[name]
    assert MEASURED.renewed(TEXTS[name], SEEN) == TEXTS[name], "run: python docs/measured.py"


def test_the_page_and_the_picture_are_those_of_the_run() -> None:
    assert (FOLDER / "bench.md").read_text(encoding="utf-8") == table.page(SEEN, "bench.svg")
    assert (FOLDER / "bench.svg").read_text(encoding="utf-8") == chart.picture(SEEN)


def test_a_token_and_a_query_take_more_than_half_of_the_speed() -> None:
    """The interview's caution about databases says so."""
    taken = re.findall(r"(\d+) %", MEASURED.cost(SEEN))
    assert len(taken) == 3
    assert all(int(each) > 50 for each in taken)


def changed(framework: str, times: float) -> dict[str, Any]:
    """The run, with one framework that many times as fast."""
    copy: dict[str, Any] = json.loads(json.dumps(SEEN))
    for service in copy["services"]:
        if service["framework"] == framework:
            for load in service["loads"]:
                load["requests_per_second"] *= times
                load["median_ms"] /= times
    return copy


def test_a_claim_is_borne_out_or_not_by_the_figures() -> None:
    for times, holds in ((1000, True), (0.001, False)):
        found = {each.claim: each.holds for each in MEASURED.findings(changed("fastapi", times))}
        assert found["FastAPI answers most"] is holds
        assert found["FastAPI's median is the shortest"] is holds
        assert not found["FastAPI is 2 to 3 times as fast as Django"]
