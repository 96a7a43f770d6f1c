"""Who may import whom: the layers of the program, and the one module that each library has."""

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import scaffold

SOURCE = Path(scaffold.__file__).parent
TESTS = Path(__file__).parent
MODULES = sorted(
    ".".join(path.relative_to(SOURCE).with_suffix("").parts)
    for path in SOURCE.rglob("*.py")
    if path.stem != "__init__"
)
# From the top: what is in a room imports from the rooms below it, and from its own without a circle.
LAYERS: list[set[str]] = [
    {"__main__"},
    {"cli"},
    {"commands"},
    {"measuring"},
    {"growing"},
    {"updating"},
    {"deciding", "making"},
    {"asking", "report"},
    {"advisor", "evidence", "migrating"},
    {"template"},
    {"catalogue"},
    {"git", "project", "state", "stopping", "fast_typer", "flags"},
    {"errors"},
]
ONLY_IN = {
    "typer": {"cli", "fast_typer", "flags"},
    "questionary": {"asking.prompts"},
    "prompt_toolkit": {"asking.prompts"},
    "copier": {"making.render"},
    "plumbum": {"making.render"},
    "subprocess": {"git", "making.running", "measuring.serving"},
    "psutil": {"measuring.machine", "measuring.serving"},
    "rich": {"report"},
    "jinja2": {"catalogue.environment", "catalogue.jinja", "growing.rendering"},
    "pathspec": {"template.preview"},
    "packaging": {"evidence.lock", "making.render", "template.bundle", "template.releases"},
}
HEAVY = {"copier", "questionary", "prompt_toolkit", "rich", "jinja2", "yaml", "packaging", "psutil"}


def room(module: str) -> str:
    """The package that a module is in, or the module itself at the root."""
    return module.partition(".")[0]


def imported(module: str) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse((SOURCE / f"{module.replace('.', '/')}.py").read_text())):
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return names


def own(module: str) -> set[str]:
    """The modules of the program that a module imports."""
    return {name.removeprefix("scaffold.") for name in imported(module)} & set(MODULES)


def test_every_room_has_its_layer() -> None:
    assert {room(module) for module in MODULES} == set().union(*LAYERS)


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_downwards(module: str) -> None:
    layer = next(number for number, rooms in enumerate(LAYERS) if room(module) in rooms)
    below = set().union(*LAYERS[layer + 1 :], {room(module)})
    assert {room(each) for each in own(module)} <= below


def test_no_room_has_a_circle() -> None:
    graph = {
        module: {each for each in own(module) if room(each) == room(module)} for module in MODULES
    }
    TopologicalSorter(graph).prepare()  # It raises CycleError, which names the circle.


@pytest.mark.few(2)
@pytest.mark.parametrize("library", ONLY_IN)
def test_each_library_has_its_module(library: str) -> None:
    users = {
        module
        for module in MODULES
        if library in {name.partition(".")[0] for name in imported(module)}
    }
    assert users <= ONLY_IN[library]


def test_the_advisor_stands_alone() -> None:
    """It is arithmetic: it reads nothing but its own rubric, and knows nothing of the program."""
    advisor = [module for module in MODULES if module.startswith("advisor.")]
    used = set().union(*map(own, advisor))
    assert used <= {*advisor, "errors", "catalogue.option"}


def test_a_recommendation_pays_for_no_more_than_it_uses(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"purpose": "api", "team": ["django"], "load": "high"}')
    code = (
        "import sys; from scaffold import cli; cli.run(['recommend', '--answers', 'a.json', '--json']);"
        "print('\\n'.join(name for name in sys.modules if '.' not in name), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert not (HEAVY | {"pydantic"} - {"yaml"}) & set(done.stderr.split()) - {"yaml"}
    assert '"fastapi"' in done.stdout


def test_help_does_not_pay_for_what_it_does_not_use() -> None:
    code = (
        "import sys; from scaffold import cli; cli.run(['--help']);"
        "print('\\n'.join(name for name in sys.modules if '.' not in name), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stderr.split())
    assert "new" in done.stdout


def test_no_test_module_imports_from_another() -> None:
    """What two of them need is a fixture or a module of its own."""
    found = [
        (str(path.relative_to(TESTS)), node.module)
        for path in TESTS.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[-1][:5] == "test_"
    ]
    assert found == []
