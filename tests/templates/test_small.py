"""The small end: without accounts, deployment and CI a project can be read in an evening."""

import ast
import io
import tokenize
from pathlib import Path

import pytest
from combinations import TEXTS, all_off, all_on
from updates import updating

from .conftest import Project, Render

# Files, and lines of Python that are neither empty nor a comment nor a docstring, tests included.
BUDGETS = {"flask": (41, 1375), "fastapi": (42, 1532)}
LAYOUT = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}


def code(text: str) -> int:
    """How many lines of code a module has."""
    written = {
        line
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type not in LAYOUT
        for line in range(token.start[0], token.end[0] + 1)
    }
    described = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and ast.get_docstring(node) is not None
        for line in range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)
    }
    return len(written - described)


@pytest.mark.parametrize("framework", BUDGETS)
def test_it_is_small(framework: str, rendered: Render) -> None:
    project: Project = rendered(all_off(framework))
    lines = sum(code(text) for name, text in project.texts.items() if name.endswith(".py"))
    most_files, most_lines = BUDGETS[framework]
    assert len(project.texts) <= most_files
    assert lines <= most_lines


@pytest.mark.slow
@pytest.mark.parametrize("framework", BUDGETS)
def test_it_grows(framework: str, own_template: Path, tmp_path: Path) -> None:
    """An update that asks for every part leaves what is made with them from the start."""
    small = dict(all_off(framework).answers)
    large = dict(all_on(framework).answers) | {text: small[text] for text in TEXTS[0]}
    grown, made = tmp_path / "grown", tmp_path / "made"
    updating.made(own_template, "v1.0.0", large, made)
    updating.started(own_template, "v1.0.0", small, grown)
    updating.updated(grown, **large)
    assert updating.difference(grown, made) == {}
