"""The templates as they are written: what rendering them cannot show."""

import re
from pathlib import Path

import pytest
from answering import ROOT

TEMPLATES = ROOT / "templates"
SOURCES = sorted(TEMPLATES.rglob("*.jinja"))
BLOCK = re.compile(r"\{%-? block (\w+) %\}\s*\{%-? endblock")


def name(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


@pytest.mark.parametrize("source", SOURCES, ids=name)
def test_no_tag_is_dead(source: Path) -> None:
    """No branch is empty, and no block that the base leaves empty is emptied once more."""
    text = source.read_text()
    branches = re.findall(r"\{%-? (?:if|elif|else)\b[^%]*%\}\n?\{%-? (?:elif|else|endif)\b", text)
    base = re.match(r"\{% extends '([^']+)' %\}", text)
    empty = set(BLOCK.findall((ROOT / base[1]).read_text())) if base else set()
    assert (branches, empty.intersection(BLOCK.findall(text))) == ([], set())
