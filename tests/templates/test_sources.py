"""The templates as they are written: what rendering them cannot show."""

import re
from pathlib import Path

import pytest
from answering import ROOT

TEMPLATES = ROOT / "templates"
PIECES = TEMPLATES / "_shared" / "pieces"
SOURCES = sorted(TEMPLATES.rglob("*.jinja"))
TEXTS = {source: source.read_text() for source in (ROOT / "copier.yml", *SOURCES)}
BLOCK = re.compile(r"\{%-? block (\w+) %\}\s*\{%-? endblock")


def name(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


@pytest.mark.parametrize("source", SOURCES, ids=name)
def test_no_tag_is_dead(source: Path) -> None:
    """No branch is empty, and no block that the base leaves empty is emptied once more."""
    text = TEXTS[source]
    branches = re.findall(r"\{%-? (?:if|elif|else)\b[^%]*%\}\n?\{%-? (?:elif|else|endif)\b", text)
    base = re.match(r"\{% extends '([^']+)' %\}", text)
    empty = set(BLOCK.findall((ROOT / base[1]).read_text())) if base else set()
    assert (branches, empty.intersection(BLOCK.findall(text))) == ([], set())


@pytest.mark.parametrize("piece", sorted(PIECES.rglob("*.jinja")), ids=name)
def test_a_piece_says_who_includes_it(piece: Path) -> None:
    """The files as a project has them, so that whoever changes the piece knows what it changes."""
    path = f"'{piece.relative_to(ROOT).as_posix()}'"
    includers = [
        name(source) if source in SOURCES else source.name
        for source, text in TEXTS.items()
        if path in text
    ]
    named = ", ".join(includers).replace("src/{{ package_name }}/", "").replace(".jinja", "")
    assert includers
    assert TEXTS[piece].splitlines()[0] == f"{{# Included by {named} #}}"


@pytest.mark.parametrize("source", SOURCES, ids=name)
def test_what_is_included_beside_other_text_is_a_piece(source: Path) -> None:
    """A whole file is all that the place of it holds; the texts of licenses have names of their own."""
    text = TEXTS[source]
    whole = [
        tag
        for tag, path in re.findall(r"(\{% include '([^']+)'[^%]*%\}\n)", text)
        if "/_shared/" in path and not path.startswith("templates/_shared/pieces/")
    ]
    assert whole in ([], [text]) or source.name == "LICENSE.jinja"
