"""Who may import whom: the layers of the program, and the one module that each library has."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import scaffold

SOURCE = Path(scaffold.__file__).parent
MODULES = sorted(path.stem for path in SOURCE.glob("*.py") if path.stem != "__init__")
# From the top: a module imports from the layers below its own, and nothing beside it.
LAYERS: list[set[str]] = [
    {"__main__"},
    {"cli"},
    {"new", "options"},
    {"interview", "generate", "finish", "report"},
    {"render"},
    {"answers", "catalogue", "source", "project", "destination"},
    {"bundle", "releases", "staging", "expressions", "values"},
    {"git", "stopping", "question"},
    {"errors"},
]
ONLY_IN = {
    "typer": {"cli"},
    "questionary": {"interview"},
    "prompt_toolkit": {"interview"},
    "copier": {"render"},
    "plumbum": {"render"},
    "subprocess": {"git", "finish"},
    "rich": {"report"},
    "jinja2": {"expressions"},
    "packaging": {"bundle", "releases"},
}
HEAVY = {"copier", "questionary", "prompt_toolkit", "rich", "jinja2", "yaml", "packaging"}


def imported(module: str, *, at_the_top: bool = False) -> set[str]:
    tree = ast.parse((SOURCE / f"{module}.py").read_text())
    names: set[str] = set()
    for node in tree.body if at_the_top else ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "scaffold":
            names |= {f"scaffold.{each.name}" for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def own(names: set[str]) -> set[str]:
    return {name.removeprefix("scaffold.") for name in names if name.startswith("scaffold.")}


def test_every_module_has_its_layer() -> None:
    assert set(MODULES) == set().union(*LAYERS)


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_downwards(module: str) -> None:
    layer = next(number for number, names in enumerate(LAYERS) if module in names)
    below = set().union(*LAYERS[layer + 1 :])
    assert own(imported(module)) <= below


@pytest.mark.parametrize("library", ONLY_IN)
def test_each_library_has_its_module(library: str) -> None:
    users = {
        module
        for module in MODULES
        if library in {name.partition(".")[0] for name in imported(module)}
    }
    assert users <= ONLY_IN[library]


def test_help_does_not_pay_for_what_it_does_not_use() -> None:
    code = (
        "import sys; from scaffold import cli; cli.run(['--help']);"
        "print('\\n'.join(name for name in sys.modules if '.' not in name), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stderr.split())
    assert "new" in done.stdout
